import { canonicalModelVersion } from "./canonical-files.ts"
import { fileName, layout } from "./layout.ts"
import type { Manifest } from "./manifest.ts"
import { coordinateSystem } from "./sidecars.ts"

/** Fields that are the same in every manifest we write. */
export const fixedFields = {
  model_version: "v1",
  artifact_version: "v1",
  schema_evolution_note: "v1 schema: additive-only evolution; existing fields remain stable",
  qc_report_path: layout.qcReport,
  canonical_feature_summary_path: layout.canonicalSummary,
  source_gff3_filename: fileName("gff3"),
  source_fasta_filename: fileName("fasta"),
  source_fai_filename: fileName("fai"),
  source_facts_path: layout.sourceFacts,
  build_metadata_path: layout.buildMetadata,
  anomaly_summary_path: layout.anomalySummary,
  dataset_stats_path: layout.datasetStats,
  artifact_inventory_path: layout.inventory,
  evidence_bundle_path: layout.bundle,
  scientific_profile_path: layout.scientificProfile,
  coordinate_system: coordinateSystem,
  sharding_plan: "none",
  canonical_model_schema_version: canonicalModelVersion
} as const satisfies Partial<Manifest>
