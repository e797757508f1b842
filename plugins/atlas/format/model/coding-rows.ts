/** The coding sequences of a transcript: which rows are one, and in which order they are read. */
import { inReadingOrder, type Segment, translateCds } from "../coding/translation.ts"
import type { FetchOf } from "./coding-check.ts"
import type { TranscriptDraft } from "./draft.ts"
import type { CdsFacts, Feature } from "./feature.ts"
import type { SequenceCodes } from "./sequence-codes.ts"

/** Each CDS by the file's word: rows of one ID, and rows without ID together; in the order of lines. */
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

/** Each CDS as it is read: that of a provider who gives each row an ID of its own is one, too. Several are a polycistronic transcript's. */
export const readSequences = (transcript: TranscriptDraft, fetch: FetchOf, codes: SequenceCodes): ReadonlyArray<ReadonlyArray<Feature>> => {
  const named = codingSequences(transcript)
  return named.length > 1 && isOne(transcript, named, fetch, codes) ? [named.flat().sort((a, b) => a.line - b.line)] : named
}

/**
 * Whether CDS of several IDs are pieces of one (VEuPathDB, PomBase, Phytozome write them so): on one strand, one behind the other, each in the
 * frame of the one before, of which none ends with a stop, as one of a polycistronic transcript would.
 */
const isOne = (
  transcript: TranscriptDraft,
  named: ReadonlyArray<ReadonlyArray<Feature>>,
  fetch: FetchOf,
  codes: SequenceCodes
): boolean => {
  const all = named.flat()
  const strand = all[0]?.strand
  if ((strand !== "+" && strand !== "-") || all.some((row) => row.strand !== strand || row.node === undefined)) return false
  const ordered = inOrder(transcript, all)
  const pieces: Array<Array<Feature>> = []
  for (const [i, row] of ordered.entries()) {
    const before = ordered[i - 1]
    if (before !== undefined && (strand === "+" ? row.start <= before.end : row.end >= before.start)) return false
    if (before?.node === row.node) pieces.at(-1)?.push(row)
    else pieces.push([row])
  }
  if (pieces.length !== named.length || !isInFrame(ordered)) return false
  const { sequence } = transcript
  const stated = all.map((row) => (row.facts as CdsFacts).table).find((table) => table !== undefined)
  const fetchHere = (start: number, end: number) => fetch(sequence.name, start, end)
  return pieces.slice(0, -1).every((piece) => translateCds(piece, fetchHere, codes.of(sequence, stated))?.stops === false)
}

/** Whether each row's phase is where the frame of the row before it goes on. */
export const isInFrame = (ordered: ReadonlyArray<Segment>): boolean => {
  let phase = ordered[0]?.phase ?? 0
  for (const row of ordered) {
    if (row.phase !== null && row.phase !== phase) return false
    phase = ((((phase - (row.end - row.start + 1)) % 3) + 3) % 3) as 0 | 1 | 2
  }
  return true
}

/** Rows of a transcript as they are read, those behind the origin of a circle moved on by its length. */
export const inOrder = <S extends Segment>(transcript: TranscriptDraft, rows: ReadonlyArray<S>): ReadonlyArray<S> => {
  const { circular, length = 0 } = transcript.sequence
  return inReadingOrder(rows, circular && transcript.end > length ? { length, from: transcript.start } : undefined)
}
