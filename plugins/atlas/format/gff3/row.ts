/** One feature line of a GFF3 file, decoded (GFF3 1.26). Coordinates are 1-based and closed. */
export type Strand = "+" | "-" | "." | "?"
export type Phase = 0 | 1 | 2

/** Attributes in file order: each value list is split at commas first and percent-decoded after. */
export type Attributes = ReadonlyMap<string, ReadonlyArray<string>>

export interface Gff3Row {
  /** 1-based line of the file. */
  readonly line: number
  /** 0-based byte of the line's start in the plain text. */
  readonly byte: number
  /** Bytes of the line without its end, so that whoever wants its digest can read it again. */
  readonly bytes: number
  readonly seqid: string
  readonly source: string
  readonly type: string
  readonly start: number
  readonly end: number
  readonly score: number | null
  readonly strand: Strand
  readonly phase: Phase | null
  readonly attributes: Attributes
  /** 1-based line of the last `###` before it, else 0: rows before that line have their Parents before it. */
  readonly resolved?: number
}
