/** Inspecting a gene-summary database. */
import { Effect, Result } from "effect"
import { type GeneSummaryUnreadable, queryGeneSummary } from "../artifact/gene-summary-reader.ts"
import type { ArtifactUnreadable } from "../artifact/sha256.ts"
import { sha256File } from "../artifact/sha256.ts"
import type { DatasetParts } from "../dataset-id.ts"
import { inspectLimits, type InspectedSequence, type Inspection } from "./inspected.ts"

export interface DatabaseFacts {
  readonly dataset: DatasetParts | undefined
  readonly counts: { readonly genes: number; readonly transcripts: number; readonly exons: number; readonly sequences: number }
  readonly sequences: ReadonlyArray<InspectedSequence>
}

const sequencesSql = `
  SELECT c.name AS name, c.length AS length, COALESCE(s.gene_count, 0) AS genes
  FROM contigs c LEFT JOIN dataset_stats s ON s.dimension = 'seqid' AND s.value = c.name
  ORDER BY c.name LIMIT ${inspectLimits.sequences}`

export const databaseFacts = (path: string): Effect.Effect<DatabaseFacts, GeneSummaryUnreadable> =>
  queryGeneSummary(path, (database) => {
    const count = (table: string) => Number(database.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get()?.["n"])
    const meta = new Map(
      database
        .prepare("SELECT k, v FROM atlas_meta")
        .all()
        .map((row) => [String(row["k"]), String(row["v"])])
    )
    const [release, species, assembly] = ["dataset_release", "dataset_species", "dataset_assembly"].map((key) => meta.get(key))
    return {
      dataset: release === undefined || species === undefined || assembly === undefined ? undefined : { release, species, assembly },
      counts: {
        genes: count("gene_summary"),
        transcripts: count("transcript_summary"),
        exons: count("exons"),
        sequences: count("contigs")
      },
      sequences: database
        .prepare(sequencesSql)
        .all()
        .map((row) => ({ name: String(row["name"]), length: Number(row["length"]), genes: Number(row["genes"]) }))
    }
  })

export const inspectDatabase = (path: string): Effect.Effect<Inspection, ArtifactUnreadable> =>
  Effect.gen(function* () {
    const { sha256, bytes } = yield* sha256File(path)
    const read = yield* Effect.result(databaseFacts(path))
    const facts = Result.isSuccess(read) ? read.success : undefined
    return {
      inspected: {
        path,
        kind: "gene-summary",
        ...(facts?.dataset === undefined ? {} : { dataset: facts.dataset }),
        counts: { ...facts?.counts, bytes },
        digests: { file: sha256 },
        ...(facts === undefined ? {} : { sequences: facts.sequences })
      },
      problems: Result.isFailure(read) ? [read.failure] : []
    }
  })
