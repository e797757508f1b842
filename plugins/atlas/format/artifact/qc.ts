/** qc_report.json and its twin qc.json (dataset contract §2.8), and what the thresholds say of them (§2.9). */
import { Schema } from "effect"
import { compareCodePoints, Float } from "../canonical-json.ts"
import { DatasetParts } from "../dataset-id.ts"
import { anomalyCounts, anomalyItems, anomalyLists, severitySummary } from "./anomalies.ts"
import { tally } from "./tally.ts"
import { canonicalModelVersion } from "./canonical-files.ts"
import type { DatasetFacts } from "./dataset-facts.ts"
import { readJsonFile } from "./json-file.ts"
import type { QcThresholds } from "./policy.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Counts = Schema.Record(Schema.String, Count)

export const Qc = Schema.Struct({
  schema_version: Count,
  dataset: DatasetParts,
  report_only: Schema.Boolean,
  manifest_signature_sha256: Schema.String,
  counts: Schema.Struct({ genes: Count, transcripts: Count, exons: Count, cds: Count }),
  orphan_counts: Schema.Struct({ transcripts: Count }),
  duplicate_id_events: Schema.Struct({ overlapping_ids: Count, duplicate_gene_ids: Count, overlapping_gene_ids_across_contigs: Count }),
  rejected_record_count_by_reason: Counts,
  contig_stats: Schema.Struct({
    distribution: Counts,
    unknown_contig_feature_ratio: Schema.Number,
    max_contig_name_length: Count,
    total_features: Count
  }),
  biotype_distribution_top_n: Schema.Array(Schema.Tuple([Schema.String, Count])),
  biotype_distribution: Counts,
  anomalies: Schema.Struct(anomalyLists),
  severity_summary: Schema.Struct({ INFO: Count, WARN: Count, ERROR: Count }),
  /** In the dialect `released` a class is called code. */
  severity_items: Schema.Array(
    Schema.Struct({
      severity: Schema.String,
      class: Schema.optionalKey(Schema.String),
      code: Schema.optionalKey(Schema.String),
      count: Count
    })
  ),
  /** The last two are not in the dialect `released`. */
  anomaly_classes: Schema.optionalKey(Counts),
  canonical: Schema.optionalKey(
    Schema.Struct({
      schema_version: Schema.optionalKey(Count),
      query_semantic_sha256: Schema.optionalKey(Schema.String),
      lineage_sensitive_sha256: Schema.optionalKey(Schema.String),
      feature_counts: Schema.optionalKey(Counts)
    })
  )
})
export type Qc = typeof Qc.Type

export const readQc = (path: string) => readJsonFile(Qc, path)

/** At most ten biotypes, the most frequent first, equals by name. */
const topBiotypes = (counts: ReadonlyMap<string, number>): ReadonlyArray<readonly [string, number]> =>
  [...counts].sort((a, b) => b[1] - a[1] || compareCodePoints(a[0], b[0])).slice(0, 10)

const longestName = (seqids: Iterable<string>): number => {
  let longest = 0
  for (const name of seqids) longest = Math.max(longest, Buffer.byteLength(name))
  return longest
}

/** The value of qc_report.json. `signature`: the ingest form; `reportOnly`: no build root stands behind it. */
export const qcReport = (facts: DatasetFacts, signature: string, reportOnly = false): Readonly<Record<string, unknown>> => {
  const { dataset, model, stats, canonical } = facts
  const { scientific_ambiguities: _, ...anomalies } = model.anomalies
  const items = anomalyItems(model.anomalies)
  return {
    schema_version: 1,
    dataset,
    report_only: reportOnly,
    manifest_signature_sha256: signature,
    counts: {
      genes: stats.gene_count,
      transcripts: stats.transcript_count,
      exons: model.exonRows,
      cds: model.cdsRows
    },
    orphan_counts: { transcripts: model.anomalies.orphan_transcripts.length },
    duplicate_id_events: {
      overlapping_ids: anomalies.overlapping_ids.length,
      duplicate_gene_ids: anomalies.duplicate_gene_ids.length,
      overlapping_gene_ids_across_contigs: anomalies.overlapping_gene_ids_across_contigs.length
    },
    rejected_record_count_by_reason: new Map(tally(model.anomalies.rejections.map((r) => r.code))),
    contig_stats: {
      distribution: facts.genesBySequence,
      unknown_contig_feature_ratio: model.totalFeatures === 0 ? 0 : new Float(model.unknownContigFeatures / model.totalFeatures),
      max_contig_name_length: longestName(facts.seqids),
      total_features: model.totalFeatures
    },
    biotype_distribution_top_n: topBiotypes(facts.genesByBiotype),
    biotype_distribution: facts.genesByBiotype,
    anomalies,
    severity_summary: severitySummary(items, () => 1),
    severity_items: items,
    anomaly_classes: anomalyCounts(model.anomalies),
    canonical: reportOnly
      ? {}
      : { schema_version: canonicalModelVersion, ...canonical.hashes, feature_counts: canonical.summary.feature_type_counts }
  }
}

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : (part * 100) / whole)

/** What is beyond a threshold, in the reference's words and order. */
export const qcProblems = (qc: Qc, limits: QcThresholds): ReadonlyArray<{ readonly at: string; readonly message: string }> => {
  const rejected = Object.values(qc.rejected_record_count_by_reason).reduce((a, b) => a + b, 0)
  const measured = [
    ["max_orphan_percent", "orphan_percent", percent(qc.orphan_counts.transcripts, qc.counts.transcripts)],
    ["max_rejected_percent", "rejected_percent", percent(rejected, qc.contig_stats.total_features)],
    ["max_unknown_contig_feature_percent", "unknown_contig_feature_percent", qc.contig_stats.unknown_contig_feature_ratio * 100]
  ] as const
  const duplicates = qc.duplicate_id_events.duplicate_gene_ids
  return [
    ...(qc.counts.genes < limits.min_gene_count
      ? [{ at: "gene_count", message: `gene_count ${qc.counts.genes} < min_gene_count ${limits.min_gene_count}` }]
      : []),
    ...measured
      .filter(([limit, , value]) => value > limits[limit])
      .map(([limit, name, value]) => ({ at: name, message: `${name} ${value.toFixed(4)} > ${limit} ${limits[limit]}` })),
    ...(duplicates > limits.max_duplicate_gene_id_events
      ? [
          {
            at: "duplicate_gene_id_events",
            message: `duplicate_gene_id_events ${duplicates} > max_duplicate_gene_id_events ${limits.max_duplicate_gene_id_events}`
          }
        ]
      : [])
  ]
}
