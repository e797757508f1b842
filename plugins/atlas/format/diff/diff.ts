/**
 * The diff of two releases of a dataset, by their gene-summary databases: so a published dataset of any program of the format is enough.
 * Both are held against their manifests first; memory does not grow with the number of genes.
 */
import * as fs from "node:fs/promises"
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { GeneSummaryUnreadable, openGeneSummary } from "../artifact/gene-summary-reader.ts"
import { layout } from "../artifact/layout.ts"
import { ManifestInvalid, ManifestUnreadable, readManifest } from "../artifact/manifest.ts"
import { ArtifactUnreadable, reasonOf, unreadable } from "../artifact/sha256.ts"
import { canonicalId, type DatasetId, sameDataset } from "../dataset-id.ts"
import { hashPlainFile } from "../store/copy.ts"
import { compareGenes, countGene, type GeneComparison, type GeneCounts, noGenes } from "./compare.ts"
import { type GeneRow, geneRows } from "./gene-rows.ts"

export class DiffRefused extends Schema.TaggedError<DiffRefused>()("DiffRefused", { ...Told, dataset: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "Releases were not compared: a dataset's files are not those that its manifest names",
    hint: "verify the dataset; a damaged one is published or ingested again",
    example: "derived/gene_summary.sqlite of 110/homo_sapiens/GRCh38 is not the one that its manifest names"
  }
}

/** A dataset's folder: a build root, or a published dataset. */
export interface DiffSide {
  readonly dataset: DatasetId
  readonly folder: string
}

/** `manifestSha256` is the dataset's digest. */
export interface DiffedSide extends DiffSide {
  readonly manifestSha256: string
}

export interface Diffed {
  readonly from: DiffedSide
  readonly to: DiffedSide
  readonly counts: GeneCounts
}

export const diffErrors = [DiffRefused, ArtifactUnreadable, GeneSummaryUnreadable, ManifestInvalid, ManifestUnreadable] as const
export type DiffFailure = InstanceType<(typeof diffErrors)[number]>

const refused = ({ dataset, folder }: DiffSide, path: string, why: string) =>
  new DiffRefused({
    message: `${path} of ${canonicalId(dataset)} ${why}`,
    where: { path: join(folder, path) },
    dataset: canonicalId(dataset)
  })

/** What a file was when it was hashed: another one has another. */
const identityOf = (path: string) =>
  Effect.tryPromise({
    try: async () => {
      const { dev, ino, size, mtimeNs, ctimeNs } = await fs.lstat(path, { bigint: true })
      return [dev, ino, size, mtimeNs, ctimeNs].join(" ")
    },
    catch: unreadable(path)
  })

/** Fails unless the database is the one that the manifest names, and the manifest the dataset's. */
const judged = (side: DiffSide) =>
  Effect.gen(function* () {
    const [manifestPath, database] = [join(side.folder, layout.manifest), join(side.folder, layout.sqlite)]
    const manifest = yield* readManifest(manifestPath)
    if (!sameDataset(manifest.dataset, side.dataset)) return yield* refused(side, layout.manifest, `is of ${canonicalId(manifest.dataset)}`)
    const { sha256: manifestSha256 } = yield* hashPlainFile(manifestPath)
    const identity = yield* identityOf(database)
    if ((yield* hashPlainFile(database)).sha256 !== manifest.checksums.sqlite_sha256)
      return yield* refused(side, layout.sqlite, "is not the one that its manifest names")
    return { side: { ...side, manifestSha256 }, database, identity }
  })

const unreadableRows = (path: string, cause: unknown) =>
  new GeneSummaryUnreadable({ message: `${path} could not be read: ${reasonOf(cause)}`, where: { path }, reason: reasonOf(cause) })

/** The genes of a database; what goes wrong with them is told of it. */
function* genesOf(database: DatabaseSync, path: string): Generator<GeneRow, void, void> {
  try {
    yield* geneRows(database)
  } catch (cause) {
    throw unreadableRows(path, cause)
  }
}

/** Comparisons that are made before anything else gets its turn. */
const batch = 2048

/** Tells `take` each comparison in the order of gene ids, in batches; `take` answers false to hear no more. */
export const diff = <E = never, R = never>(
  from: DiffSide,
  to: DiffSide,
  take: (comparisons: ReadonlyArray<GeneComparison>) => Effect.Effect<boolean, E, R>
): Effect.Effect<Diffed, DiffFailure | E, R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const sides = [yield* judged(from), yield* judged(to)] as const
      const [a, b] = [yield* openGeneSummary(sides[0].database), yield* openGeneSummary(sides[1].database)]
      const comparisons = compareGenes(genesOf(a, sides[0].database), genesOf(b, sides[1].database))
      let counts = noGenes
      const next = Effect.try({
        try: () => {
          const found: Array<GeneComparison> = []
          while (found.length < batch) {
            const one = comparisons.next()
            if (one.done === true) break
            found.push(one.value)
          }
          return found
        },
        catch: (cause) => (cause instanceof GeneSummaryUnreadable ? cause : unreadableRows(sides[0].database, cause))
      })
      for (;;) {
        const found = yield* next
        if (found.length === 0) break
        for (const one of found) counts = countGene(counts, one)
        if (!(yield* take(found))) break
        yield* Effect.yieldNow
      }
      for (const { side, database, identity } of sides)
        if ((yield* identityOf(database)) !== identity) return yield* refused(side, layout.sqlite, "changed while it was compared")
      return { from: sides[0].side, to: sides[1].side, counts }
    })
  )
