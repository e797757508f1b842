/** Looks at every CDS of a model as the sequence reads it. */
import { geneticCodes } from "../coding/genetic-codes.ts"
import { isStartCodon, type Segment, type Translation, translateCds } from "../coding/translation.ts"
import { inOrder, isInFrame, readSequences } from "./coding-rows.ts"
import { Tally, type TranscriptDraft } from "./draft.ts"
import type { CdsFacts, Feature } from "./feature.ts"
import type { SequenceCodes } from "./sequence-codes.ts"

/** Residues of a named sequence, 1-based closed, forward strand; beyond the length of a circular one it goes on at 1. */
export type FetchOf = (sequence: string, start: number, end: number) => Uint8Array

/** What CDS of a file have, by finding; the line is the first one's. */
export class CodingCheck {
  readonly internalStops = new Tally()
  readonly length = new Tally()
  readonly start = new Tally()
  readonly stop = new Tally()
  readonly translation = new Tally()
  readonly table = new Tally()
  readonly phase = new Tally()
  /** CDS whose rows have an ID each. */
  readonly pieces = new Tally()
  checked = 0
  readonly codes: SequenceCodes
  readonly fetch: FetchOf

  constructor(fetch: FetchOf, codes: SequenceCodes) {
    this.fetch = fetch
    this.codes = codes
  }

  /** Each CDS of the transcript. */
  look(transcript: TranscriptDraft): void {
    if (transcript.pseudo || transcript.gene?.pseudo === true) return
    const sequences = readSequences(transcript, this.fetch, this.codes)
    for (const rows of sequences) {
      const [first] = rows
      if (first !== undefined && rows.some((row) => row.node !== first.node)) this.pieces.add(first.line)
      this.#lookAt(transcript, rows)
    }
  }

  #lookAt(transcript: TranscriptDraft, rows: ReadonlyArray<Feature>): void {
    const [first] = rows
    if (first === undefined) return
    const facts = rows.map((row) => row.facts as CdsFacts)
    if (facts.some((f) => f.exempt) || rows.some((row) => row.strand === "." || row.strand === "?")) return
    const { name } = first.sequence
    const stated = this.codes.of(first.sequence, facts.find((f) => f.table !== undefined)?.table)
    if (stated !== undefined && !geneticCodes.has(stated)) return this.table.add(first.line)
    const ordered = inOrder(transcript, rows)
    if (!isInFrame(ordered)) this.phase.add(first.line)
    const protein = translateCds(ordered, (start, end) => this.fetch(name, start, end), stated)
    if (protein === undefined) return
    this.checked++
    if (protein.internalStops > 0) this.internalStops.add(first.line)
    const translation = facts.find((f) => f.translation !== undefined)?.translation
    if (translation !== undefined && !isRead(protein.protein, translation)) this.translation.add(first.line)
    if (facts.some((f) => f.partial)) return
    if (protein.bases % 3 !== 0) this.length.add(first.line)
    if (!protein.stops) this.stop.add(first.line)
    if (!startsIn(ordered, protein, stated)) this.start.add(first.line)
  }
}

/** Whether a translation is what was read: any start codon begins with M, the stop is left out, X stands for anything. */
const isRead = (read: string, translation: string): boolean => {
  const given = translation.replace(/\*$/, "")
  const body = read.replace(/\*$/, "")
  if (given.length !== body.length) return false
  for (let i = 1; i < given.length; i++) {
    const [x, y] = [given[i], body[i]]
    if (x !== y && x !== "X" && y !== "X") return false
  }
  return given[0] === body[0] || given[0] === "M" || given[0] === "X"
}

// Where no table is stated it may be a bacterium: any start of table 11 will do.
const startsIn = (ordered: ReadonlyArray<Segment>, { starts, bases, firstCodon }: Translation, stated: number | undefined): boolean => {
  if ((ordered[0]?.phase ?? 0) !== 0) return false
  return starts || (stated === undefined && bases >= 3 && isStartCodon(firstCodon, 11))
}
