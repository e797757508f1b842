/**
 * transcripts.fa, cds.fa and proteins.fa of an annotation: what `gffread -w -x -y -S` writes, but for what docs/explanation/dataset-format.md
 * tells under "Sequences".
 */
import { join } from "node:path"
import { Effect, type Scope } from "effect"
import { geneticCodes } from "../coding/genetic-codes.ts"
import { type Segment, translateCds } from "../coding/translation.ts"
import { ioDurability, type IoDurability, makeDirectory, syncDirectory } from "../durable.ts"
import type { FetchOf } from "../model/coding-check.ts"
import { inOrder, readSequences } from "../model/coding-rows.ts"
import { byPlace, type TranscriptDraft } from "../model/draft.ts"
import type { CdsFacts, Feature } from "../model/feature.ts"
import type { SequenceCodes } from "../model/sequence-codes.ts"
import { FastaFile } from "./fasta-file.ts"
import { splice } from "./splice.ts"

export const sequenceFiles = { transcripts: "transcripts.fa", cds: "cds.fa", proteins: "proteins.fa" } as const

export type SequenceCounts = { readonly [K in keyof typeof sequenceFiles]: number }

type Place = Pick<Segment, "start" | "end" | "strand" | "phase">

/** Rows that overlap or abut on one strand as one, since an exon is there once; unlike CDS, whose overlaps are read twice. */
const merged = (rows: ReadonlyArray<Feature>): ReadonlyArray<Place> => {
  if (new Set(rows.map((row) => row.strand)).size > 1) return rows
  const places: Array<Place> = []
  for (const row of rows.toSorted(byPlace)) {
    const last = places.at(-1)
    if (last !== undefined && row.start <= last.end + 1) places[places.length - 1] = { ...last, end: Math.max(last.end, row.end) }
    else places.push(row)
  }
  return places
}

/** Its exons, with what its CDS and untranslated regions have beyond them; itself where it has none of these. */
const transcriptRows = ({ exons, cds, utrs = [], rows }: TranscriptDraft): ReadonlyArray<Feature> => {
  const parts = [...exons, ...cds, ...utrs]
  return parts.length > 0 ? parts : rows
}

/** Where in the spliced transcript these bases lie, from 1; undefined where they are not all in it, one after another. */
const within = (transcript: ReadonlyArray<Place>, coding: ReadonlyArray<Place>): readonly [from: number, to: number] | undefined => {
  const at = (base: number): number => {
    let before = 0
    for (const { start, end, strand } of transcript) {
      if (base >= start && base <= end) return before + (strand === "-" ? end - base : base - start) + 1
      before += end - start + 1
    }
    return 0
  }
  const [first, last] = [coding[0], coding.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const from = at(first.strand === "-" ? first.end : first.start)
  const to = at(last.strand === "-" ? last.start : last.end)
  return from > 0 && to >= from ? [from, to] : undefined
}

export class SequenceFiles {
  readonly #folder: string
  readonly #transcripts: FastaFile
  readonly #cds: FastaFile
  readonly #proteins: FastaFile

  /** New files in this folder; throws where one cannot be made. */
  constructor(folder: string) {
    this.#folder = folder
    this.#transcripts = new FastaFile(join(folder, sequenceFiles.transcripts))
    this.#cds = new FastaFile(join(folder, sequenceFiles.cds))
    this.#proteins = new FastaFile(join(folder, sequenceFiles.proteins))
  }

  get counts(): SequenceCounts {
    return { transcripts: this.#transcripts.records, cds: this.#cds.records, proteins: this.#proteins.records }
  }

  add(transcript: TranscriptDraft, fetchOf: FetchOf, codes: SequenceCodes): void {
    const { id, sequence } = transcript
    const fetch = (start: number, end: number) => fetchOf(sequence.name, start, end)
    const spliced = inOrder(transcript, merged(transcriptRows(transcript)))
    const coding = readSequences(transcript, fetchOf, codes).map((rows) => ({ rows, ordered: inOrder(transcript, rows) }))
    const place = coding.length === 1 ? within(spliced, skipPhase(coding[0]!.ordered)) : undefined
    this.#transcripts.add(place === undefined ? id : `${id} CDS=${place[0]}-${place[1]}`, splice(spliced, fetch))
    for (const { rows, ordered } of coding) {
      // A transcript of several CDS is polycistronic: each is told apart by its own id.
      const header = coding.length === 1 ? id : `${id}:${rows[0]?.node?.id ?? `cds_line_${rows[0]?.line}`}`
      const bases = splice(skipPhase(ordered), fetch)
      this.#cds.add(header, bases)
      const stated = rows.map((row) => (row.facts as CdsFacts).table).find((table) => table !== undefined)
      const table = codes.of(sequence, stated) ?? 1
      const read = translateCds(ordered, fetch, geneticCodes.has(table) ? table : 1)
      this.#proteins.add(header, Buffer.from(read?.protein.replace(/\*$/, "") ?? "", "latin1"))
    }
  }

  /** All three and their folder durable. */
  get finish(): Effect.Effect<SequenceCounts, IoDurability> {
    return Effect.gen({ self: this }, function* () {
      for (const file of [this.#transcripts, this.#cds, this.#proteins]) {
        const { finish } = file
        if (file.failure !== undefined) return yield* file.failure
        yield* finish
      }
      yield* syncDirectory(this.#folder)
      return this.counts
    })
  }

  close(): void {
    for (const file of [this.#transcripts, this.#cds, this.#proteins]) file.close()
  }
}

/** Without the bases before the first whole codon. */
const skipPhase = (ordered: ReadonlyArray<Place>): ReadonlyArray<Place> => {
  const [first, ...rest] = ordered
  if (first === undefined || first.phase === null || first.phase === 0) return ordered
  const skipped = first.strand === "-" ? { ...first, end: first.end - first.phase } : { ...first, start: first.start + first.phase }
  return skipped.end >= skipped.start ? [skipped, ...rest] : rest
}

/** New files in a new folder; closed with the scope. */
export const openSequenceFiles = (folder: string): Effect.Effect<SequenceFiles, IoDurability, Scope.Scope> =>
  Effect.andThen(
    makeDirectory(folder),
    Effect.acquireRelease(
      Effect.try({ try: () => new SequenceFiles(folder), catch: (cause) => ioDurability("create", folder, cause) }),
      (files) => Effect.sync(() => files.close())
    )
  )
