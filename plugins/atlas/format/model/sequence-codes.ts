/** By which genetic code the CDS of a sequence are read that state no transl_table. */
import { mitochondrialCodes, plastidCode } from "../coding/organelle.ts"
import { translateCds } from "../coding/translation.ts"
import type { FetchOf } from "./coding-check.ts"
import { codingSequences, inOrder } from "./coding-rows.ts"
import type { TranscriptDraft } from "./draft.ts"
import type { CdsFacts, Feature, Sequence } from "./feature.ts"

/** CDS of one sequence that the choice looks at: organelles have some tens. */
const most = 500

export interface AssumedCode {
  readonly table: number
  /** CDS that it was chosen by. */
  readonly cds: number
}

interface Reading {
  readonly transcript: TranscriptDraft
  readonly rows: ReadonlyArray<Feature>
}

export class SequenceCodes {
  /** For organelles whose CDS say nothing. */
  readonly assumed = new Map<Sequence, AssumedCode>()
  readonly #given: ReadonlyMap<string, number>

  /** `given`: NCBI's table by sequence name; it stands where a CDS states none. */
  constructor(given: ReadonlyMap<string, number> = new Map()) {
    this.#given = given
  }

  /** Chooses a code for each organelle by what its CDS read like. */
  learn(transcripts: Iterable<TranscriptDraft>, fetch: FetchOf): void {
    const open = new Map<Sequence, Array<Reading>>()
    for (const transcript of transcripts) {
      const { sequence } = transcript
      if (sequence.organelle === undefined || this.#given.has(sequence.name) || transcript.pseudo || transcript.gene?.pseudo === true)
        continue
      for (const rows of codingSequences(transcript)) {
        if (rows.some((row) => (row.facts as CdsFacts).table !== undefined || (row.facts as CdsFacts).exempt)) continue
        const readings = open.get(sequence) ?? []
        if (readings.length < most) readings.push({ transcript, rows })
        open.set(sequence, readings)
      }
    }
    for (const [sequence, readings] of open) {
      const table = sequence.organelle === "plastid" ? plastidCode : bestOf(sequence, readings, fetch)
      this.assumed.set(sequence, { table, cds: readings.length })
    }
  }

  /** Puts what was learnt of sequences one by one into the order of learning from all. */
  inFileOrder(): void {
    const sorted = [...this.assumed].sort(([a], [b]) => a.index - b.index)
    this.assumed.clear()
    for (const [sequence, code] of sorted) this.assumed.set(sequence, code)
  }

  /** Undefined where nothing is known: the standard code, and any usual start. */
  of(sequence: Sequence, stated: number | undefined): number | undefined {
    return stated ?? this.#given.get(sequence.name) ?? this.assumed.get(sequence)?.table
  }
}

/** The fewest stops within, then the most starts and stops at the ends; the first among equals. */
const bestOf = ({ name }: Sequence, readings: ReadonlyArray<Reading>, fetch: FetchOf): number => {
  let best: { readonly table: number; readonly within: number; readonly ends: number } | undefined
  for (const table of mitochondrialCodes) {
    let [within, ends] = [0, 0]
    for (const { transcript, rows } of readings) {
      const read = translateCds(inOrder(transcript, rows), (start, end) => fetch(name, start, end), table)
      within += read?.internalStops ?? 0
      ends += Number(read?.starts === true) + Number(read?.stops === true)
    }
    if (best === undefined || within < best.within || (within === best.within && ends > best.ends)) best = { table, within, ends }
  }
  return best?.table ?? 1
}
