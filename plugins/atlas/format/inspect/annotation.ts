/** Inspecting a GFF3 file: rows by type and by sequence. */
import { Effect, Result } from "effect"
import { readGff3 } from "../gff3/read.ts"
import { type InspectHooks, inspectLimits, type Inspection } from "./inspected.ts"

/** Counts by key, in order of appearance; beyond `most` keys only all together. */
class Tally {
  readonly counts = new Map<string, number>()
  #last: string | undefined
  #run = 0
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  /** Equal keys in a row cost nothing. */
  add(key: string): void {
    if (key === this.#last) {
      this.#run++
      return
    }
    this.settle()
    this.#last = key
    this.#run = 1
  }

  settle(): void {
    if (this.#last === undefined) return
    const count = this.counts.get(this.#last)
    if (count !== undefined || this.counts.size < this.#most) this.counts.set(this.#last, (count ?? 0) + this.#run)
    this.#last = undefined
  }
}

export const inspectGff3 = (path: string, { progress }: InspectHooks): Effect.Effect<Inspection> =>
  Effect.gen(function* () {
    const types = new Tally(inspectLimits.types)
    const seqids = new Tally(inspectLimits.sequences)
    const read = yield* Effect.result(
      readGff3(
        path,
        {
          onRow: ({ type, seqid }) => {
            types.add(type)
            seqids.add(seqid)
          }
        },
        { tolerate: true, ...(progress === undefined ? {} : { onProgress: progress }) }
      )
    )
    types.settle()
    seqids.settle()
    if (Result.isFailure(read)) return { inspected: { path, kind: "gff3", counts: {}, digests: {} }, problems: [read.failure] }
    const { content, rows, badRows, lines, sequenceRegions, embedded, problems } = read.success
    return {
      inspected: {
        path,
        kind: "gff3",
        compression: content.compression,
        counts: {
          rows,
          ...(badRows > 0 ? { badRows } : {}),
          sequences: seqids.counts.size,
          lines,
          bytes: content.bytes,
          ...(embedded === null ? {} : { embeddedSequences: embedded.sequences.length })
        },
        digests: { content: content.sha256, ...(content.compression === "plain" ? {} : { file: content.fileSha256 }) },
        types: [...types.counts].map(([type, rows]) => ({ type, rows })).sort((a, b) => b.rows - a.rows),
        sequences: [...seqids.counts].map(([name, rows]) => {
          const region = sequenceRegions.get(name)
          return { name, ...(region === undefined ? {} : { length: region.end }), rows }
        })
      },
      problems: [...problems, ...(embedded?.problems ?? [])]
    }
  })
