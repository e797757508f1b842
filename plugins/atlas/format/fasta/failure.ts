/** What may be wrong with a FASTA file of nucleotides. */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { LimitExceeded } from "../limits.ts"
import { InvalidUtf8 } from "../text.ts"

const name = Schema.String

export class FastaHeaderMissing extends Schema.TaggedError<FastaHeaderMissing>()("FastaHeaderMissing", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "A FASTA file does not begin with a header line",
    hint: "The first line is > and a name. A file that begins with @ is FASTQ: convert it with samtools fasta.",
    example: "The file does not begin with >."
  }
}

export class FastaName extends Schema.TaggedError<FastaName>()("FastaName", { ...Told, name }) {
  static readonly docs: ErrorDocs = {
    summary: "A FASTA header has no name, or an invisible character in it",
    hint: "The name follows > at once and ends at the first blank.",
    example: "The header has no name behind >."
  }
}

export class FastaDuplicateName extends Schema.TaggedError<FastaDuplicateName>()("FastaDuplicateName", { ...Told, name }) {
  static readonly docs: ErrorDocs = {
    summary: "Two sequences of a FASTA file have one name",
    hint: "Rename or remove one; the name ends at the first blank of the header.",
    example: 'The name "chr1" was used in line 1.'
  }
}

export class FastaResidue extends Schema.TaggedError<FastaResidue>()("FastaResidue", { ...Told, name, value: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A sequence has a character that is no nucleotide code",
    hint: "Allowed are the IUPAC codes ACGTURYSWKMBDHVN in either case, - and *. Proteins, numbered lines and blanks are not.",
    example: 'The sequence "chr1" has the character "7".'
  }
}

export class FastaLineLength extends Schema.TaggedError<FastaLineLength>()("FastaLineLength", {
  ...Told,
  name,
  expected: Schema.Int,
  found: Schema.Int
}) {
  static readonly docs: ErrorDocs = {
    summary: "The lines of a sequence differ in length, so that no index can find its bases",
    hint: "All lines of a sequence but the last are of one length: wrap the file anew, e.g. with seqkit seq -w 60.",
    example: 'The lines of "chr1" have 60 bases; line 7 does not fit.'
  }
}

export class FastaEmptySequence extends Schema.TaggedError<FastaEmptySequence>()("FastaEmptySequence", { ...Told, name }) {
  static readonly docs: ErrorDocs = {
    summary: "A FASTA file ends behind a header, or holds no residue at all",
    hint: "It may be cut off: download or copy it again.",
    example: 'The file ends behind the header of "chr2".'
  }
}

export type FastaProblem =
  | FastaHeaderMissing
  | FastaName
  | FastaDuplicateName
  | FastaResidue
  | FastaLineLength
  | FastaEmptySequence
  | InvalidUtf8
  | LimitExceeded

/** For the `errors` of a stage or check. */
export const fastaErrors = [
  FastaHeaderMissing,
  FastaName,
  FastaDuplicateName,
  FastaResidue,
  FastaLineLength,
  FastaEmptySequence,
  InvalidUtf8,
  LimitExceeded
] as const
