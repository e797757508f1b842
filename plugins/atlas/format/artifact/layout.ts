/** Where a dataset's files are, relative to its folder (dataset contract §1.2). */
export const layout = {
  gff3: "inputs/genes.gff3.bgz",
  fasta: "inputs/genome.fa.bgz",
  fai: "inputs/genome.fa.bgz.fai",
  manifest: "derived/manifest.json",
  lock: "derived/manifest.lock",
  sqlite: "derived/gene_summary.sqlite",
  anomalyReport: "derived/anomaly_report.json",
  anomalySummary: "derived/anomaly_summary.json",
  qcReport: "derived/qc_report.json",
  qc: "derived/qc.json",
  sourceFacts: "derived/source_facts.json",
  buildMetadata: "derived/build_metadata.json",
  datasetStats: "derived/dataset_stats.json",
  scientificProfile: "derived/scientific_profile.json",
  inventory: "derived/artifact_inventory.json",
  bundle: "derived/evidence_bundle.lock.json",
  canonicalFeatures: "derived/canonical_features.json",
  canonicalSummary: "derived/canonical_summary.json",
  geneIndex: "derived/release_gene_index.json"
} as const

/** A file of a dataset, by role. */
export type Role = keyof typeof layout
export type LayoutPath = (typeof layout)[Role]

/** The last segment, e.g. `genes.gff3.bgz`. */
export const fileName = (role: Role): string => layout[role].slice(layout[role].indexOf("/") + 1)

/** What artifact_inventory.json lists, with the role names it uses, in path order (§2.14). */
export const inventoryRoles = [
  ["anomalyReport", "anomaly_report"],
  ["anomalySummary", "anomaly_summary"],
  ["buildMetadata", "build_metadata"],
  ["canonicalFeatures", "canonical_features"],
  ["canonicalSummary", "canonical_summary"],
  ["datasetStats", "dataset_stats"],
  ["sqlite", "sqlite"],
  ["qcReport", "qc_report"],
  ["geneIndex", "release_gene_index"],
  ["scientificProfile", "scientific_profile"],
  ["sourceFacts", "source_facts"],
  ["gff3", "gff3"],
  ["fasta", "fasta"],
  ["fai", "fai"]
] as const satisfies ReadonlyArray<readonly [Role, string]>

/** What the evidence bundle hashes (§2.14), in path order. */
export const bundleRoles = [
  "anomalyReport",
  "anomalySummary",
  "inventory",
  "buildMetadata",
  "datasetStats",
  "qcReport",
  "scientificProfile",
  "sourceFacts"
] as const satisfies ReadonlyArray<Role>
