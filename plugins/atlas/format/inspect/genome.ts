/** Inspecting a FASTA file and its index: sequences with their refget ids, and the collection they make. */
import { Effect, Result, type Scope } from "effect"
import { Several } from "atlas-run/plugin"
import { readContent } from "../content/read.ts"
import { readFai } from "../fai.ts"
import { fastaScan } from "../fasta/scan.ts"
import type { FastaSequence } from "../fasta/sequence.ts"
import { type InspectHooks, inspectLimits, type InspectedSequence, type Inspection } from "./inspected.ts"

const told = ({ name, length, md5, refget }: FastaSequence): InspectedSequence => ({
  name,
  length,
  ...(md5 === "" ? {} : { md5 }),
  ...(refget === "" ? {} : { refget })
})

export const inspectFasta = (path: string, hooks: InspectHooks): Effect.Effect<Inspection> => Effect.scoped(inspecting(path, hooks))

const inspecting = (path: string, { progress }: InspectHooks): Effect.Effect<Inspection, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scanner = yield* fastaScan(path)
    const read = yield* Effect.result(
      readContent(path, { onChunk: (chunk) => scanner.push(chunk), ...(progress === undefined ? {} : { onProgress: progress }) })
    )
    if (Result.isFailure(read)) return { inspected: { path, kind: "fasta", counts: {}, digests: {} }, problems: [read.failure] }
    const { compression, bytes, sha256, fileSha256 } = read.success
    const { sequences, residues, collection, problems } = yield* scanner.end
    return {
      inspected: {
        path,
        kind: "fasta",
        compression,
        counts: { sequences: sequences.length, bases: residues, bytes },
        digests: { content: sha256, ...(compression === "plain" ? {} : { file: fileSha256 }) },
        sequences: sequences.slice(0, inspectLimits.sequences).map(told),
        ...(collection === null ? {} : { collection })
      },
      problems
    }
  })

export const inspectFai = (path: string): Effect.Effect<Inspection> =>
  Effect.map(Effect.result(readFai(path)), (read) => {
    if (Result.isFailure(read)) {
      const problems = read.failure instanceof Several ? read.failure.errors : [read.failure]
      return { inspected: { path, kind: "fai", counts: {}, digests: {} }, problems }
    }
    const rows = read.success
    return {
      inspected: {
        path,
        kind: "fai",
        counts: { sequences: rows.length, bases: rows.reduce((sum, { length }) => sum + length, 0) },
        digests: {},
        sequences: rows.slice(0, inspectLimits.sequences).map(({ name, length }) => ({ name, length }))
      },
      problems: []
    }
  })
