/** Genes and transcripts while they are put together. */
import type { Feature, Sequence } from "./feature.ts"

export interface TranscriptDraft {
  readonly id: string
  /** Undefined for a gene that is its own transcript. */
  readonly type: string | undefined
  readonly pseudo: boolean
  readonly biotype: string | undefined
  readonly sequence: Sequence
  readonly start: number
  readonly end: number
  /** The rows it stands on; of an own transcript those of its gene. */
  readonly rows: ReadonlyArray<Feature>
  readonly exons: Array<Feature>
  readonly cds: Array<Feature>
  /** Rows of its untranslated regions; undefined where none are known. */
  utrs: Array<Feature> | undefined
  gene: GeneDraft | undefined
  /** What its gene is called where it has none: an RNA whose gene is named, not counted. */
  geneName: string | undefined
}

export interface GeneDraft {
  readonly id: string
  readonly name: string | undefined
  readonly biotype: string | undefined
  readonly biotypeKey: string | undefined
  readonly type: string
  readonly pseudo: boolean
  readonly sequence: Sequence
  readonly start: number
  readonly end: number
  readonly rows: ReadonlyArray<Feature>
  readonly transcripts: Array<TranscriptDraft>
  /** Polycistronic transcripts that are counted with another gene; undefined where there are none. */
  shared: Array<TranscriptDraft> | undefined
  /** Not in the file: inferred from CDS. */
  readonly inferred: boolean
  /** Transcripts name it, also such as are counted with another gene. */
  hasTranscripts: boolean
}

export interface Span {
  readonly start: number
  readonly end: number
}

/** First base and last base of rows. */
export const spanOf = (rows: Iterable<Span>): Span => {
  let [start, end] = [Number.POSITIVE_INFINITY, 0]
  for (const row of rows) {
    if (row.start < start) start = row.start
    if (row.end > end) end = row.end
  }
  return { start, end }
}

export const overlap = (a: Span, b: Span): boolean => a.start <= b.end && b.start <= a.end

/** Rows by place, so that nothing depends on their order in the file but ties. */
export const byPlace = (a: Feature, b: Feature): number => a.start - b.start || a.end - b.end || a.line - b.line

/** How often something was seen, and its first line. */
export class Tally {
  count = 0
  line = 0

  add(line: number): void {
    this.count++
    if (this.line === 0 || line < this.line) this.line = line
  }

  take({ count, line }: Pick<Tally, "count" | "line">): void {
    if (count === 0) return
    this.add(line)
    this.count += count - 1
  }
}
