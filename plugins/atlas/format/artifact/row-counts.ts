/** Whether the counts that manifest, qc.json and dataset_stats.json tell are those of the tables. */
import type { DatabaseSync } from "node:sqlite"
import { Schema } from "effect"
import { DatasetParts } from "../dataset-id.ts"
import type { Say, ValidateFindingName } from "./finding.ts"
import { readJsonFile } from "./json-file.ts"
import { layout } from "./layout.ts"
import { type Manifest, Stats } from "./manifest.ts"
import type { Qc } from "./qc.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Counts = Schema.Record(Schema.String, Count)

/** dataset_stats.json. */
export const DatasetStats = Schema.Struct({
  schema_version: Schema.Literal(1),
  dataset: DatasetParts,
  release_id: Schema.String,
  stats: Stats,
  canonical_feature_counts: Counts,
  contig_distribution: Counts,
  contig_class_distribution: Counts,
  biotype_distribution: Counts,
  biotype_source_counts: Counts,
  rejected_record_count: Count
})
export type DatasetStats = typeof DatasetStats.Type

export const readDatasetStats = (path: string) => readJsonFile(DatasetStats, path)

export interface RowCounts {
  readonly genes: number
  readonly transcripts: number
  readonly exons: number
  readonly sequences: number
  /** Sum of the genes' own counts. */
  readonly transcriptsCounted: number
  readonly sequencesWithGenes: number
}

export const countRows = (database: DatabaseSync): RowCounts => {
  const one = (sql: string) => Number(database.prepare(sql).get()?.["n"])
  return {
    genes: one("SELECT COUNT(*) AS n FROM gene_summary"),
    transcripts: one("SELECT COUNT(*) AS n FROM transcript_summary"),
    exons: one("SELECT COUNT(*) AS n FROM exons"),
    sequences: one("SELECT COUNT(*) AS n FROM contigs"),
    transcriptsCounted:
      one("SELECT COALESCE(SUM(transcript_count), 0) AS n FROM gene_summary") +
      one("SELECT COUNT(*) AS n FROM transcript_summary WHERE parent_gene_id NOT IN (SELECT gene_id FROM gene_summary)"),
    sequencesWithGenes: one("SELECT COUNT(DISTINCT seqid) AS n FROM gene_summary")
  }
}

/** `told`: what a file says; `at` is that file. */
export const lookAtCounts = (
  rows: RowCounts,
  manifest: Manifest,
  qc: Qc | undefined,
  stats: DatasetStats | undefined,
  say: Say<ValidateFindingName>
): void => {
  const compare = (at: string, what: string, told: number, counted: number) => {
    if (told !== counted) say("counts", at, `${at} says ${told} ${what}, the database has ${counted}`)
  }
  const compareStats = (at: string, told: Manifest["stats"]) => {
    compare(at, "genes", told.gene_count, rows.genes)
    compare(at, "transcripts", told.transcript_count, rows.transcriptsCounted)
    compare(at, "sequences with genes", told.contig_count, rows.sequencesWithGenes)
  }
  compareStats(layout.manifest, manifest.stats)
  if (stats !== undefined) compareStats(layout.datasetStats, stats.stats)
  if (qc === undefined) return
  compare(layout.qc, "genes", qc.counts.genes, rows.genes)
  compare(layout.qc, "transcripts", qc.counts.transcripts, rows.transcriptsCounted)
  compare(layout.qc, "exons", qc.counts.exons, rows.exons)
}
