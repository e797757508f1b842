/** Looks at every CDS of a model as the sequence reads it. */
import { geneticCodes } from "../coding/genetic-codes.ts"
import { inReadingOrder, type Segment, translateCds } from "../coding/translation.ts"
import { Tally, type TranscriptDraft } from "./draft.ts"
import type { CdsFacts, Feature } from "./feature.ts"

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
  checked = 0
  readonly #fetch: FetchOf

  constructor(fetch: FetchOf) {
    this.#fetch = fetch
  }

  /** Each CDS of the transcript: rows of one ID, and rows without ID together. */
  look(transcript: TranscriptDraft): void {
    if (transcript.pseudo || transcript.gene?.pseudo === true) return
    const byId = new Map<string, Array<Feature>>()
    for (const row of transcript.cds) {
      const id = row.node?.id ?? ""
      const rows = byId.get(id)
      if (rows === undefined) byId.set(id, [row])
      else rows.push(row)
    }
    for (const rows of byId.values()) this.#lookAt(transcript, rows)
  }

  #lookAt(transcript: TranscriptDraft, found: ReadonlyArray<Feature>): void {
    // The order of the file decides for a CDS on both strands.
    const rows = [...found].sort((a, b) => a.line - b.line)
    const [first] = rows
    if (first === undefined) return
    const facts = rows.map((row) => row.facts as CdsFacts)
    if (facts.some((f) => f.exempt) || rows.some((row) => row.strand === "." || row.strand === "?")) return
    const stated = facts.find((f) => f.table !== undefined)?.table
    if (stated !== undefined && !geneticCodes.has(stated)) return this.table.add(first.line)
    const { circular, length = 0, name } = first.sequence
    const around = circular && transcript.end > length ? { length, from: transcript.start } : undefined
    const ordered = inReadingOrder(rows, around)
    const protein = translateCds(ordered, (start, end) => this.#fetch(name, start, end), stated)
    if (protein === undefined) return
    this.checked++
    if (protein.internalStops > 0) this.internalStops.add(first.line)
    const translation = facts.find((f) => f.translation !== undefined)?.translation
    if (translation !== undefined && !isRead(protein.protein, translation)) this.translation.add(first.line)
    if (facts.some((f) => f.partial)) return
    if (protein.bases % 3 !== 0) this.length.add(first.line)
    if (!protein.stops) this.stop.add(first.line)
    if (!this.#starts(ordered, protein.starts, stated, name)) this.start.add(first.line)
  }

  // Where no table is stated it may be a bacterium: any start of table 11 will do.
  #starts(ordered: ReadonlyArray<Segment>, starts: boolean, stated: number | undefined, name: string): boolean {
    if ((ordered[0]?.phase ?? 0) !== 0) return false
    if (starts || stated !== undefined) return starts
    return translateCds(ordered, (start, end) => this.#fetch(name, start, end), 11)?.starts === true
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
