/** What may be wrong with a GFF3 file (specification 1.26). Each tells line, column (bytes, from 1) and byte; `value` is what stands there. */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { LimitExceeded } from "../limits.ts"
import { InvalidUtf8 } from "../text.ts"

const value = Schema.String

export class Gff3Columns extends Schema.TaggedError<Gff3Columns>()("Gff3Columns", { ...Told, found: Schema.Int }) {
  static readonly docs: ErrorDocs = {
    summary: "A feature row has not nine columns separated by tabs",
    hint: "Columns are separated by one tab each, an undefined column is a dot. Spaces in place of tabs often come from copying text.",
    example: "A row has 9 columns, this one has 8."
  }
}

export class Gff3Coordinate extends Schema.TaggedError<Gff3Coordinate>()("Gff3Coordinate", { ...Told, value }) {
  static readonly docs: ErrorDocs = {
    summary: "A start or end is no positive integer, or the start lies behind the end",
    hint: "Coordinates count from 1 and include both ends; start must not exceed end, also on the minus strand.",
    example: 'The start "0" is no integer of 1 or more.'
  }
}

export class Gff3Seqid extends Schema.TaggedError<Gff3Seqid>()("Gff3Seqid", { ...Told, value }) {
  static readonly docs: ErrorDocs = {
    summary: "A sequence id is missing or has a character that must be escaped",
    hint: "Allowed are letters, digits and .:^*$@!+_?-| and not > in front; all others are written as %XX.",
    example: 'The sequence id "chr 1" has a character that must be escaped.'
  }
}

export class Gff3Type extends Schema.TaggedError<Gff3Type>()("Gff3Type", { ...Told, value }) {
  static readonly docs: ErrorDocs = {
    summary: "A row has no feature type",
    hint: "Write a term of the Sequence Ontology into column 3.",
    example: "The feature type is missing."
  }
}

export class Gff3Score extends Schema.TaggedError<Gff3Score>()("Gff3Score", { ...Told, value }) {
  static readonly docs: ErrorDocs = {
    summary: "A score is no number",
    hint: "Write a decimal number or a dot into column 6.",
    example: 'The score "high" is no number.'
  }
}

export class Gff3Strand extends Schema.TaggedError<Gff3Strand>()("Gff3Strand", { ...Told, value }) {
  static readonly docs: ErrorDocs = {
    summary: "A strand is none of + - . ?",
    hint: "Write + or -, a dot for features without strand, a question mark for an unknown one.",
    example: 'The strand "x" is none of + - . ?'
  }
}

export class Gff3Phase extends Schema.TaggedError<Gff3Phase>()("Gff3Phase", { ...Told, value }) {
  static readonly docs: ErrorDocs = {
    summary: "A phase is none of 0 1 2, or a CDS has none",
    hint: "The phase is the number of bases to drop to reach the next codon; every CDS row needs it.",
    example: 'A CDS needs phase 0, 1 or 2, not ".".'
  }
}

export class Gff3Escape extends Schema.TaggedError<Gff3Escape>()("Gff3Escape", { ...Told, value }) {
  static readonly docs: ErrorDocs = {
    summary: "A percent sign is not followed by two hex digits, or escaped bytes are not UTF-8",
    hint: "Write a percent sign itself as %25.",
    example: 'The escape "%ZZ" has no two hex digits.'
  }
}

export class Gff3Character extends Schema.TaggedError<Gff3Character>()("Gff3Character", { ...Told, value }) {
  static readonly docs: ErrorDocs = {
    summary: "A control or invisible character stands where none may be",
    hint: "Remove it. Lines end with a line feed; files of old Macs are converted with: tr '\\r' '\\n'.",
    example: "The control character 00 is not allowed."
  }
}

export class Gff3Attribute extends Schema.TaggedError<Gff3Attribute>()("Gff3Attribute", { ...Told, value }) {
  static readonly docs: ErrorDocs = {
    summary: "An attribute is not of the form key=value, or its value is not of the form its key wants",
    hint: 'Column 9 is key=value;key=value. Rows with key "value"; are GTF: convert them, e.g. with gffread.',
    example: 'The attribute "gene_id x" has no =.'
  }
}

export class Gff3DuplicateAttribute extends Schema.TaggedError<Gff3DuplicateAttribute>()("Gff3DuplicateAttribute", {
  ...Told,
  key: value
}) {
  static readonly docs: ErrorDocs = {
    summary: "A row has one attribute twice",
    hint: "Write several values as one attribute, separated by commas.",
    example: 'The attribute "Note" appears twice.'
  }
}

export class Gff3EmptyId extends Schema.TaggedError<Gff3EmptyId>()("Gff3EmptyId", { ...Told, key: value }) {
  static readonly docs: ErrorDocs = {
    summary: "An ID, Parent or Derives_from names nothing",
    hint: "Give it a value or leave the attribute out.",
    example: 'The attribute "Parent" names nothing.'
  }
}

export class Gff3SequenceRegion extends Schema.TaggedError<Gff3SequenceRegion>()("Gff3SequenceRegion", { ...Told, value }) {
  static readonly docs: ErrorDocs = {
    summary: "A ##sequence-region is malformed or contradicts an earlier one",
    hint: "Write: ##sequence-region NAME START END, once per sequence.",
    example: 'The region of "chr1" is 1 to 50 here and 1 to 60 in line 2.'
  }
}

export class Gff3Version extends Schema.TaggedError<Gff3Version>()("Gff3Version", { ...Told, value }) {
  static readonly docs: ErrorDocs = {
    summary: "The file says that it is of another version than GFF 3",
    hint: "Convert it to GFF3, e.g. with gffread; GTF and GFF2 have other rules.",
    example: 'The version "2" is not 3.'
  }
}

export type Gff3Problem =
  | Gff3Columns
  | Gff3Coordinate
  | Gff3Seqid
  | Gff3Type
  | Gff3Score
  | Gff3Strand
  | Gff3Phase
  | Gff3Escape
  | Gff3Character
  | Gff3Attribute
  | Gff3DuplicateAttribute
  | Gff3EmptyId
  | Gff3SequenceRegion
  | Gff3Version
  | InvalidUtf8
  | LimitExceeded

/** For the `errors` of a stage or check. */
export const gff3Errors = [
  Gff3Columns,
  Gff3Coordinate,
  Gff3Seqid,
  Gff3Type,
  Gff3Score,
  Gff3Strand,
  Gff3Phase,
  Gff3Escape,
  Gff3Character,
  Gff3Attribute,
  Gff3DuplicateAttribute,
  Gff3EmptyId,
  Gff3SequenceRegion,
  Gff3Version,
  InvalidUtf8,
  LimitExceeded
] as const
