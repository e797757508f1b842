/** The anomaly classes: order, severity, counts, and anomaly_report.json (dataset contract §2.7). */
import { Effect, Schema } from "effect"
import type { Anomalies } from "../model/gene-model.ts"

export type Severity = "WARN" | "ERROR"

/** Every class in the format's order. */
export const anomalySeverity = {
  missing_parents: "WARN",
  missing_transcript_parents: "WARN",
  multiple_parent_transcripts: "WARN",
  unknown_contigs: "ERROR",
  overlapping_ids: "WARN",
  duplicate_gene_ids: "WARN",
  overlapping_gene_ids_across_contigs: "WARN",
  orphan_transcripts: "WARN",
  parent_cycles: "ERROR",
  attribute_fallbacks: "WARN",
  unknown_feature_types: "ERROR",
  missing_required_fields: "ERROR",
  rejections: "ERROR",
  scientific_ambiguities: "WARN"
} as const satisfies Record<keyof Anomalies, Severity>

export const anomalyClasses = Object.keys(anomalySeverity) as ReadonlyArray<keyof Anomalies>

export interface AnomalyItem {
  readonly class: keyof Anomalies
  readonly count: number
  readonly severity: Severity
}

/** Classes that occur, in class order. */
export const anomalyItems = (anomalies: Anomalies): ReadonlyArray<AnomalyItem> =>
  anomalyClasses.flatMap((name) => {
    const count = anomalies[name].length
    return count === 0 ? [] : [{ class: name, count, severity: anomalySeverity[name] }]
  })

/** All fourteen classes with their counts. */
export const anomalyCounts = (anomalies: Anomalies): Readonly<Record<string, number>> =>
  Object.fromEntries(anomalyClasses.map((name) => [name, anomalies[name].length]))

/** Sums `weigh` over the items of each severity. */
export const severitySummary = (items: ReadonlyArray<AnomalyItem>, weigh: (item: AnomalyItem) => number) => {
  const sum = (severity: Severity) => items.filter((i) => i.severity === severity).reduce((total, item) => total + weigh(item), 0)
  return { INFO: 0, WARN: sum("WARN"), ERROR: sum("ERROR") }
}

const list = Schema.Array(Schema.String).pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))

export const Rejection = Schema.Struct({ line: Schema.Int, code: Schema.String, sample: Schema.String })

export const anomalyLists = {
  missing_parents: Schema.Array(Schema.String),
  missing_transcript_parents: list,
  multiple_parent_transcripts: list,
  unknown_contigs: Schema.Array(Schema.String),
  overlapping_ids: Schema.Array(Schema.String),
  duplicate_gene_ids: Schema.Array(Schema.String),
  overlapping_gene_ids_across_contigs: list,
  orphan_transcripts: list,
  parent_cycles: list,
  attribute_fallbacks: list,
  unknown_feature_types: list,
  missing_required_fields: list,
  rejections: Schema.Array(Rejection).pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))
}

/** anomaly_report.json. */
export const AnomalyReport = Schema.Struct({
  model_version: Schema.String.pipe(Schema.withDecodingDefaultKey(Effect.succeed("v1"))),
  ...anomalyLists,
  scientific_ambiguities: list
})
export type AnomalyReport = typeof AnomalyReport.Type
