/** What makes an annotation contradict itself or its sequences. `where` has the line, and the column of the field or attribute that is wrong. */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { LimitExceeded } from "../limits.ts"

export class Gff3UnknownSequence extends Schema.TaggedError<Gff3UnknownSequence>()("Gff3UnknownSequence", {
  ...Told,
  sequence: Schema.String,
  rows: Schema.Int
}) {
  static readonly docs: ErrorDocs = {
    summary: "A GFF3 row names a sequence that the FASTA does not have",
    hint: "use annotation and genome of one assembly and one naming style (chr1 or 1), or rename the sequences in one of them",
    example: 'sequence "chr1" of 2,104 GFF3 rows is not in the FASTA'
  }
}

export class Gff3PastEnd extends Schema.TaggedError<Gff3PastEnd>()("Gff3PastEnd", {
  ...Told,
  sequence: Schema.String,
  end: Schema.Int,
  length: Schema.Int
}) {
  static readonly docs: ErrorDocs = {
    summary: "A feature ends beyond its sequence",
    hint: "is the FASTA of another assembly, or cut off? On a circular sequence the row of the whole sequence must say Is_circular=true, and a feature may go round once",
    example: 'feature ends at 6130, but sequence "ctgB" has 6079 bases'
  }
}

export class Gff3ParentMissing extends Schema.TaggedError<Gff3ParentMissing>()("Gff3ParentMissing", {
  ...Told,
  parent: Schema.String,
  rows: Schema.Int
}) {
  static readonly docs: ErrorDocs = {
    summary: "A GFF3 row names a Parent that no row has as its ID",
    hint: "is the file cut off, or was it filtered by type? Take the whole annotation",
    example: 'Parent "FBtr0475186" is not defined (3 rows name it)'
  }
}

export class Gff3ParentCycle extends Schema.TaggedError<Gff3ParentCycle>()("Gff3ParentCycle", {
  ...Told,
  cycle: Schema.Array(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "GFF3 rows are each other's parents",
    hint: "correct the Parent of one of these rows",
    example: 'Parent goes in a circle: "a" → "b" → "a"'
  }
}

export class Gff3DuplicateId extends Schema.TaggedError<Gff3DuplicateId>()("Gff3DuplicateId", {
  ...Told,
  id: Schema.String,
  firstLine: Schema.Int,
  reason: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "Rows share an ID without being one discontinuous feature",
    hint: "an ID stands for one feature: rows that share it must agree in type, sequence, strand and Parent, and not repeat each other; genes, transcripts and exons on several rows need `part` or `exception=trans-splicing`",
    example: 'ID "g1" of line 3 is used again: another type (gene, mRNA)'
  }
}

export class Gff3IdIllegal extends Schema.TaggedError<Gff3IdIllegal>()("Gff3IdIllegal", {
  ...Told,
  id: Schema.String,
  reason: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "A gene's ID or a sequence's name cannot stand in a dataset",
    hint: "a gene id or sequence name has 1 to 128 bytes and no white space at its ends",
    example: 'gene id "gene-…" has 131 bytes, at most 128 fit'
  }
}

export class Gff3NoGenes extends Schema.TaggedError<Gff3NoGenes>()("Gff3NoGenes", { ...Told, rows: Schema.Int }) {
  static readonly docs: ErrorDocs = {
    summary: "An annotation holds no gene",
    hint: "is it the annotation of genes? Column 3 must hold gene types of the Sequence Ontology, or CDS rows from which genes are inferred",
    example: "no gene in 12 rows"
  }
}

export type ModelError =
  | LimitExceeded
  | Gff3UnknownSequence
  | Gff3PastEnd
  | Gff3ParentMissing
  | Gff3ParentCycle
  | Gff3DuplicateId
  | Gff3IdIllegal
  | Gff3NoGenes

export const modelErrors = [
  LimitExceeded,
  Gff3UnknownSequence,
  Gff3PastEnd,
  Gff3ParentMissing,
  Gff3ParentCycle,
  Gff3DuplicateId,
  Gff3IdIllegal,
  Gff3NoGenes
] as const
