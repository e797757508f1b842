/** The folder of one dataset: a build root as ingest made it, or a published dataset of a store. What wants one does not take the other. */
import { lstat } from "node:fs/promises"
import { join, resolve } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { Effect, Schema, type Scope } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { type DatasetParts, partsOfFolder } from "./dataset-id.ts"
import { type GeneSummaryUnreadable, openGeneSummary, queryGeneSummary } from "./artifact/gene-summary-reader.ts"
import type { JsonFileInvalid } from "./artifact/json-file.ts"
import { layout, type Role } from "./artifact/layout.ts"
import { type Manifest, type ManifestInvalid, type ManifestUnreadable, readManifest } from "./artifact/manifest.ts"
import { readQc } from "./artifact/qc.ts"
import { type ArtifactUnreadable, reasonOf } from "./artifact/sha256.ts"
import { immutablePath, inventoryPath } from "./store/inventory.ts"

export class BuildRootInvalid extends Schema.TaggedError<BuildRootInvalid>()("BuildRootInvalid", { ...Told, reason: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "The folder is not a build root",
    hint: "a build root is the folder …/release=R/species=S/assembly=A that ingest made, with inputs/ and derived/ in it",
    example: "build/release=110/species=homo_sapiens/assembly=GRCh38 is not a build root: no such folder"
  }
}

/** One sequence of the genome: `length` in bases, `genes` that lie on it. */
export interface SequenceCount {
  readonly name: string
  readonly length: number
  readonly genes: number
}

/** Rows of the database's tables, CDS rows of the GFF3, and sequences of the FASTA. */
export interface DatasetCounts {
  readonly genes: number
  /** Rows; a gene's own count may be higher (manifest `stats.transcript_count`). */
  readonly transcripts: number
  readonly exons: number
  readonly cds: number
  readonly sequences: number
}

/** Files of a dataset by role, wherever they lie. */
export abstract class DatasetFiles {
  readonly #path: string

  protected constructor(path: string) {
    this.#path = path
  }

  /** The dataset's folder, absolute. */
  get path(): string {
    return this.#path
  }

  /** What the folder's name claims to be; undefined where it is not named release=…/species=…/assembly=…. */
  get folderParts(): DatasetParts | undefined {
    return partsOfFolder(this.#path)
  }

  /** Absolute path of one of its files. */
  file(role: Role): string {
    return join(this.#path, layout[role])
  }

  get manifest(): Effect.Effect<Manifest, ManifestUnreadable | ManifestInvalid> {
    return readManifest(this.file("manifest"))
  }

  /** The gene-summary database, read-only and immutable, closed with the scope. */
  get openDatabase(): Effect.Effect<DatabaseSync, GeneSummaryUnreadable, Scope.Scope> {
    return openGeneSummary(this.file("sqlite"))
  }

  /** Every sequence of the genome by name, also those without genes. */
  get sequences(): Effect.Effect<ReadonlyArray<SequenceCount>, GeneSummaryUnreadable> {
    return queryGeneSummary(this.file("sqlite"), (database) =>
      database
        .prepare(
          "SELECT c.name AS name, c.length AS length, COALESCE(s.gene_count, 0) AS genes FROM contigs c LEFT JOIN dataset_stats s ON s.dimension = 'seqid' AND s.value = c.name ORDER BY c.name"
        )
        .all()
        .map((row) => ({ name: String(row["name"]), length: Number(row["length"]), genes: Number(row["genes"]) }))
    )
  }

  get counts(): Effect.Effect<DatasetCounts, GeneSummaryUnreadable | ArtifactUnreadable | JsonFileInvalid> {
    const rows = queryGeneSummary(this.file("sqlite"), (database) => {
      const count = (table: string) => Number(database.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get()?.["n"])
      return { genes: count("gene_summary"), transcripts: count("transcript_summary"), exons: count("exons"), sequences: count("contigs") }
    })
    return Effect.zipWith(rows, readQc(this.file("qc")), (counted, qc) => ({ ...counted, cds: qc.counts.cds }))
  }
}

/** The absolute path, if each of the folders is there; what is in them is for `validate` and `verify`. */
const foldersOf = (path: string, ...below: ReadonlyArray<string>): Effect.Effect<string, BuildRootInvalid> =>
  Effect.tryPromise({
    try: async () => {
      const at = resolve(path)
      for (const folder of [at, ...below.map((name) => join(at, name))])
        if (!(await lstat(folder)).isDirectory()) throw new Error(`${folder} is not a folder`)
      return at
    },
    catch: (cause) => {
      const reason = reasonOf(cause) === "no such file" ? "no such folder" : reasonOf(cause)
      const missing = (cause as { path?: string }).path ?? path
      return new BuildRootInvalid({ message: `${path} is not a build root: ${reason} (${missing})`, where: { path: missing }, reason })
    }
  })

export class BuildRoot extends DatasetFiles {
  readonly kind = "build-root"

  static open(path: string): Effect.Effect<BuildRoot, BuildRootInvalid> {
    return Effect.map(foldersOf(path, "inputs", "derived"), (at) => new BuildRoot(at))
  }
}

/** A dataset in a store. Its inputs need not be there: the reference publishes none, and nobody publishes the GFF3. */
export class PublishedDataset extends DatasetFiles {
  readonly kind = "published-dataset"

  static open(path: string): Effect.Effect<PublishedDataset, BuildRootInvalid> {
    return Effect.map(foldersOf(path, "derived"), (at) => new PublishedDataset(at))
  }
}

/** Opens the folder of one dataset (…/assembly=A) as a build root. */
export const openBuildRoot = (path: string): Effect.Effect<BuildRoot, BuildRootInvalid> => BuildRoot.open(path)

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false
  )

/**
 * Whether a dataset's folder is one of a store: publish leaves a marker or an inventory. The released program leaves neither, but also none
 * of the reports that every ingest makes.
 */
export const isPublished = async (folder: string): Promise<boolean> => {
  for (const mark of [immutablePath, inventoryPath]) if (await isThere(join(folder, mark))) return true
  for (const made of ["inputs", layout.qc, layout.qcReport, layout.anomalyReport]) if (await isThere(join(folder, made))) return false
  return isThere(join(folder, layout.manifest))
}

/** Opens the folder of one dataset as what it is. */
export const openDatasetFiles = (path: string): Effect.Effect<BuildRoot | PublishedDataset, BuildRootInvalid> =>
  Effect.flatMap(
    Effect.promise(() => isPublished(resolve(path))),
    (published): Effect.Effect<BuildRoot | PublishedDataset, BuildRootInvalid> =>
      published ? PublishedDataset.open(path) : BuildRoot.open(path)
  )
