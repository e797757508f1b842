/** The coding sequences of a transcript: which rows are one, and in which order they are read. */
import { inReadingOrder, type Segment } from "../coding/translation.ts"
import type { TranscriptDraft } from "./draft.ts"
import type { Feature } from "./feature.ts"

/** Each CDS: rows of one ID, and rows without ID together; in the order of lines. Several are a polycistronic transcript's. */
export const codingSequences = (transcript: TranscriptDraft): ReadonlyArray<ReadonlyArray<Feature>> => {
  const byId = new Map<string, Array<Feature>>()
  for (const row of transcript.cds.toSorted((a, b) => a.line - b.line)) {
    const id = row.node?.id ?? ""
    const rows = byId.get(id)
    if (rows === undefined) byId.set(id, [row])
    else rows.push(row)
  }
  return [...byId.values()]
}

/** Rows of a transcript as they are read, those behind the origin of a circle moved on by its length. */
export const inOrder = <S extends Segment>(transcript: TranscriptDraft, rows: ReadonlyArray<S>): ReadonlyArray<S> => {
  const { circular, length = 0 } = transcript.sequence
  return inReadingOrder(rows, circular && transcript.end > length ? { length, from: transcript.start } : undefined)
}
