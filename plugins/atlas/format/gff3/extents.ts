/** How far the rows of each sequence reach, to hold against its ##sequence-region, which may stand anywhere in the file. */
import { owned } from "../text.ts"
import type { Gff3Row } from "./row.ts"

/** 1-based and closed; with the first line that reaches so far. */
export interface Extent {
  readonly start: number
  readonly startLine: number
  readonly end: number
  readonly endLine: number
  /** A row says Is_circular: then features may go on over the end. */
  readonly circular: boolean
}

export class Extents {
  readonly bySeqid = new Map<string, Extent>()
  #seqid = ""
  #extent: { -readonly [K in keyof Extent]: Extent[K] } | undefined

  add({ seqid, start, end, line, attributes }: Gff3Row): void {
    let extent = this.#extent
    if (extent === undefined || seqid !== this.#seqid) {
      extent = this.bySeqid.get(seqid)
      if (extent === undefined) {
        extent = { start, startLine: line, end, endLine: line, circular: false }
        this.bySeqid.set(owned(seqid), extent)
      }
      this.#seqid = seqid
      this.#extent = extent
    }
    if (start < extent.start) {
      extent.start = start
      extent.startLine = line
    }
    if (end > extent.end) {
      extent.end = end
      extent.endLine = line
    }
    if (attributes.get("Is_circular")?.[0] === "true") extent.circular = true
  }
}
