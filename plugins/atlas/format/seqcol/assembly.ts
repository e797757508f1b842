/** The sequences of an assembly, wherever it lies: a FASTA, a build root, a published dataset. */
import { stat } from "node:fs/promises"
import { Effect, Schema } from "effect"
import { type ErrorDocs, type Several, Told } from "atlas-run/plugin"
import { layout } from "../artifact/layout.ts"
import { ManifestInvalid, ManifestUnreadable } from "../artifact/manifest.ts"
import { BuildRootInvalid, openDatasetFiles } from "../build-root.ts"
import { type ContentError, contentErrors } from "../content/failure.ts"
import { fastaErrors, type FastaProblem } from "../fasta/failure.ts"
import { scanFasta } from "../fasta/read.ts"
import type { FastaSequence } from "../fasta/sequence.ts"

export class AssemblyRefused extends Schema.TaggedError<AssemblyRefused>()("AssemblyRefused", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "An assembly was not compared: a dataset's genome is not the one that its manifest names",
    hint: "verify the dataset; a damaged one is published or ingested again",
    example: "inputs/genome.fa.bgz of build/release=110/species=homo_sapiens/assembly=GRCh38 is not the one that its manifest names"
  }
}

export interface Assembly {
  /** As given, and the FASTA that was read. */
  readonly path: string
  readonly fasta: string
  /** In the order of the file. */
  readonly sequences: ReadonlyArray<FastaSequence>
  /** Residues of all. */
  readonly bases: number
}

export const assemblyErrors = [
  AssemblyRefused,
  BuildRootInvalid,
  ManifestInvalid,
  ManifestUnreadable,
  ...contentErrors,
  ...fastaErrors
] as const

export type AssemblyFailure = AssemblyRefused | BuildRootInvalid | ManifestInvalid | ManifestUnreadable | ContentError | FastaProblem

export interface AssemblyHooks {
  /** Bytes on disk, read so far and in all. */
  readonly progress?: (bytesRead: number, bytesTotal: number) => void
}

const isFolder = (path: string) =>
  Effect.promise(() =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false
    )
  )

const scanned = (path: string, { progress }: AssemblyHooks) => scanFasta(path, progress === undefined ? {} : { onProgress: progress })

/** Of a dataset's folder its genome, which must be the one that the manifest names. */
export const readAssembly = (path: string, hooks: AssemblyHooks = {}): Effect.Effect<Assembly, AssemblyFailure | Several<FastaProblem>> =>
  Effect.gen(function* () {
    if (!(yield* isFolder(path))) {
      const { sequences, residues } = yield* scanned(path, hooks)
      return { path, fasta: path, sequences, bases: residues }
    }
    const dataset = yield* openDatasetFiles(path)
    const { checksums } = yield* dataset.manifest
    const fasta = dataset.file("fasta")
    const { content, sequences, residues } = yield* scanned(fasta, hooks)
    if (content.fileSha256 !== checksums.fasta_sha256)
      return yield* new AssemblyRefused({
        message: `${layout.fasta} of ${path} is not the one that its manifest names`,
        where: { path: fasta }
      })
    return { path, fasta, sequences, bases: residues }
  })
