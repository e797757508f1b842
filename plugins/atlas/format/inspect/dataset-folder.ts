/** Inspecting one dataset's folder: a build root, a published dataset, or what was unpacked from a pack. */
import { access } from "node:fs/promises"
import { basename, join } from "node:path"
import { Effect, Result } from "effect"
import { layout } from "../artifact/layout.ts"
import { isPublished } from "../build-root.ts"
import { isOurs, provenanceOf, provenanceText } from "../artifact/dialect.ts"
import { readCreatedBy } from "../artifact/gene-summary-contract.ts"
import { readManifest } from "../artifact/manifest.ts"
import { type ArtifactUnreadable, sha256File } from "../artifact/sha256.ts"
import { partsOfFolder } from "../dataset-id.ts"
import { packMembers } from "../pack/header.ts"
import { databaseFacts } from "./database.ts"
import { inspectFasta } from "./genome.ts"
import type { InspectHooks, InspectedSequence, Inspection, InspectProblem } from "./inspected.ts"

export type DatasetFolderKind = "build-root" | "published-dataset" | "unpacked-pack"

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false
  )

/** Undefined for a folder that holds no dataset. */
export const datasetFolderKind = async (folder: string): Promise<DatasetFolderKind | undefined> => {
  if (await isThere(join(folder, layout.manifest))) return (await isPublished(folder)) ? "published-dataset" : "build-root"
  for (const member of packMembers) if (!(await isThere(join(folder, member)))) return undefined
  return "unpacked-pack"
}

/** Lengths and genes of the database beside ids of the FASTA. */
const merged = (fromDatabase: ReadonlyArray<InspectedSequence>, fromFasta: ReadonlyArray<InspectedSequence>) => {
  if (fromFasta.length === 0) return fromDatabase
  const genes = new Map(fromDatabase.map(({ name, genes }) => [name, genes]))
  return fromFasta.map((sequence) => {
    const count = genes.get(sequence.name)
    return count === undefined ? sequence : { ...sequence, genes: count }
  })
}

export const inspectDatasetFolder = (
  folder: string,
  kind: DatasetFolderKind,
  hooks: InspectHooks
): Effect.Effect<Inspection, ArtifactUnreadable> =>
  Effect.gen(function* () {
    const problems: Array<InspectProblem> = []
    const names = kind === "unpacked-pack" ? packMembers : Object.values(layout)
    const at = (path: string) => join(folder, kind === "unpacked-pack" ? basename(path) : path)
    const digests: Record<string, string> = {}
    for (const name of names)
      if (yield* Effect.promise(() => isThere(join(folder, name)))) digests[name] = (yield* sha256File(join(folder, name))).sha256
    const manifest = yield* Effect.result(readManifest(at(layout.manifest)))
    if (Result.isFailure(manifest)) problems.push(manifest.failure)
    const database = yield* Effect.result(databaseFacts(at(layout.sqlite)))
    if (Result.isFailure(database)) problems.push(database.failure)
    const genome = digests[layout.fasta] === undefined ? undefined : yield* inspectFasta(at(layout.fasta), hooks)
    problems.push(...(genome?.problems ?? []))
    const writtenBy = Result.isSuccess(manifest) ? provenanceOf(manifest.success, yield* readCreatedBy(at(layout.sqlite))) : undefined
    const quirks =
      writtenBy === undefined || isOurs(writtenBy)
        ? []
        : [{ name: "reference-writer" as const, at: basename(layout.manifest), message: `written by ${provenanceText(writtenBy)}` }]
    const facts = Result.isSuccess(database) ? database.success : undefined
    const dataset = Result.isSuccess(manifest) ? manifest.success.dataset : partsOfFolder(folder)
    const sequences = merged(facts?.sequences ?? [], genome?.inspected.sequences ?? [])
    const { sequences: scanned, bases } = genome?.inspected.counts ?? {}
    return {
      inspected: {
        path: folder,
        kind,
        ...(dataset === undefined ? {} : { dataset }),
        ...(writtenBy === undefined ? {} : { writtenBy }),
        counts: { ...facts?.counts, ...(scanned === undefined ? {} : { sequences: scanned }), ...(bases === undefined ? {} : { bases }) },
        digests,
        ...(sequences.length === 0 ? {} : { sequences }),
        ...(genome?.inspected.collection === undefined ? {} : { collection: genome.inspected.collection })
      },
      quirks,
      problems
    }
  })
