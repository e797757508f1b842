/** The publication policy and the quality thresholds that ship with the plugin (dataset contract §2.9, §5.2). */
import { canonicalJson, Float } from "../canonical-json.ts"
import { sha256 } from "./sha256.ts"

export interface PublishPolicy {
  readonly schema_version: string
  readonly required_indexes: ReadonlyArray<string>
  readonly min_gene_count: number
  readonly max_missing_parents: number
}

export const policy: PublishPolicy = {
  schema_version: "1",
  required_indexes: [
    "idx_gene_summary_gene_id",
    "idx_gene_summary_region",
    "idx_transcript_summary_transcript_id",
    "idx_transcript_summary_region"
  ],
  min_gene_count: 1,
  max_missing_parents: 1000
}

/** Percentages are of 100; every limit itself is allowed. */
export interface QcThresholds {
  readonly min_gene_count: number
  readonly max_orphan_percent: number
  readonly max_rejected_percent: number
  readonly max_unknown_contig_feature_percent: number
  readonly max_duplicate_gene_id_events: number
}

export const thresholds: QcThresholds = {
  min_gene_count: 1,
  max_orphan_percent: 2,
  max_rejected_percent: 2,
  max_unknown_contig_feature_percent: 0.1,
  max_duplicate_gene_id_events: 0
}

/**
 * Of a dataset that was ingested leniently: who asked for that has chosen to go without rejected rows, so they are told and do not refuse.
 * The manifest's config_version says which thresholds a dataset goes by.
 */
export const lenientThresholds: QcThresholds = { ...thresholds, max_rejected_percent: 100 }

const policyJson = canonicalJson(policy)

export const policySha256 = sha256(policyJson)
export const buildPolicyVersion = `sha256:${policySha256}`

const configVersionOf = (limits: QcThresholds): string => {
  const json = canonicalJson(
    new Map(Object.entries(limits).map(([name, limit]) => [name, name.endsWith("_percent") ? new Float(limit) : limit]))
  )
  return sha256(json + policyJson)
}

export const configVersion = configVersionOf(thresholds)
export const lenientConfigVersion = configVersionOf(lenientThresholds)

/** The thresholds that a manifest names; those of strict where it names none of ours. */
export const thresholdsOf = (config: string | undefined): QcThresholds => (config === lenientConfigVersion ? lenientThresholds : thresholds)
