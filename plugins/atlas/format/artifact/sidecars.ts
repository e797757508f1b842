/** The values of the evidence files beside the database (dataset contract §2.14); each is written as canonical JSON. */
import { compareCodePoints } from "../canonical-json.ts"
import { canonicalId, type DatasetParts } from "../dataset-id.ts"
import { anomalyCounts, anomalyItems, severitySummary } from "./anomalies.ts"
import { canonicalModelVersion } from "./canonical-files.ts"
import type { DatasetFacts } from "./dataset-facts.ts"
import { bundleSha256, geneIndexSignature, normalizedInputIdentity } from "./identity.ts"
import { inventoryRoles, layout, type Role } from "./layout.ts"
import type { Checksums, Manifest } from "./manifest.ts"
import type { FileDigest } from "./sha256.ts"

/** §2.14: coordinates everywhere. */
export const coordinateSystem = "1-based-closed"

const head = (dataset: DatasetParts) => ({ schema_version: 1, dataset, release_id: canonicalId(dataset) })

export const anomalyReport = ({ model }: DatasetFacts) => ({ model_version: "v1", ...model.anomalies })

export const anomalySummary = ({ dataset, model }: DatasetFacts) => {
  const items = anomalyItems(model.anomalies)
  return {
    ...head(dataset),
    anomaly_class_counts: anomalyCounts(model.anomalies),
    severity_summary: severitySummary(items, (item) => item.count),
    items
  }
}

/** Paths are relative to the dataset's folder, so that the bytes do not tell where the build ran. */
export const sourceFacts = (facts: DatasetFacts, { gff3_sha256, fasta_sha256, fai_sha256 }: Omit<Checksums, "sqlite_sha256">) => ({
  schema_version: 1,
  dataset: facts.dataset,
  inputs: {
    gff3_path: layout.gff3,
    fasta_path: layout.fasta,
    fai_path: layout.fai,
    hashes: { gff3_sha256, fasta_sha256, fai_sha256 }
  },
  normalization: {
    seqid_aliases: facts.aliases,
    reject_normalized_seqid_collisions: true,
    seqid_traces: facts.traces,
    ...(facts.model.profile === undefined ? {} : { annotation_profile: facts.model.profile })
  },
  contigs: new Map(facts.model.contigs.map(({ name, length }) => [name, { length, gc_fraction: null, n_fraction: null }])),
  feature_distribution: {
    contigs: facts.genesBySequence,
    contig_classes: facts.genesByClass,
    biotypes: facts.genesByBiotype,
    biotype_source_keys: facts.model.biotypeSources
  },
  canonical_model: { schema_version: canonicalModelVersion, hashes: facts.canonical.hashes, summary: facts.canonical.summary },
  scientific_ambiguities: facts.model.anomalies.scientific_ambiguities
})

/** What the manifest says of the program that wrote it. */
export type WrittenBy = Pick<
  Manifest,
  "software_version" | "config_version" | "build_policy_version" | "toolchain_hash" | "ingest_toolchain" | "ingest_build_hash"
>

export const buildMetadata = (dataset: DatasetParts, by: WrittenBy) => ({
  ...head(dataset),
  software_version: by.software_version,
  config_version: by.config_version,
  build_policy_version: by.build_policy_version,
  toolchain_hash: by.toolchain_hash,
  ingest_toolchain: by.ingest_toolchain,
  ingest_build_hash: by.ingest_build_hash
})

export const datasetStats = (facts: DatasetFacts) => ({
  ...head(facts.dataset),
  stats: facts.stats,
  canonical_feature_counts: facts.canonical.summary.feature_type_counts,
  contig_distribution: facts.genesBySequence,
  contig_class_distribution: facts.genesByClass,
  biotype_distribution: facts.genesByBiotype,
  biotype_source_counts: facts.model.biotypeSources,
  rejected_record_count: facts.model.anomalies.rejections.length
})

export const scientificProfile = (facts: DatasetFacts) => ({
  ...head(facts.dataset),
  coordinate_system: coordinateSystem,
  reference_build_identity_sha256: facts.referenceBuildIdentity,
  contig_naming_style: facts.namingStyle,
  scientific_prerequisites_status: facts.prerequisites,
  contig_class_distribution: facts.genesByClass,
  seqid_normalization_traces: facts.traces,
  scientific_ambiguities: facts.model.anomalies.scientific_ambiguities
})

export interface GeneIndexEntry {
  readonly gene_id: string
  readonly seqid: string
  readonly start: number
  readonly end: number
  readonly signature_sha256: string
}

const compareEntries = (a: GeneIndexEntry, b: GeneIndexEntry): number =>
  compareCodePoints(a.gene_id, b.gene_id) ||
  compareCodePoints(a.seqid, b.seqid) ||
  a.start - b.start ||
  a.end - b.end ||
  compareCodePoints(a.signature_sha256, b.signature_sha256)

export type IndexedGene = Parameters<typeof geneIndexSignature>[0]

const entryOf = (gene: IndexedGene): GeneIndexEntry => {
  const { gene_id, seqid, start, end } = gene
  return { gene_id, seqid, start, end, signature_sha256: geneIndexSignature(gene) }
}

function* entriesOf(genes: Iterable<IndexedGene>): Generator<GeneIndexEntry> {
  for (const gene of genes) yield entryOf(gene)
}

const indexOf = (dataset: DatasetParts, entries: Iterable<GeneIndexEntry>) => ({
  model_version: "v1",
  schema_version: "1",
  dataset,
  entries
})

/** release_gene_index.json of genes that come ordered by gene_id, sequence, start, end. Can be written once. */
export const geneIndexInOrder = (dataset: DatasetParts, genes: Iterable<IndexedGene>) => indexOf(dataset, entriesOf(genes))

/** The same of genes in any order. */
export const geneIndex = (dataset: DatasetParts, genes: ReadonlyArray<IndexedGene>) =>
  indexOf(dataset, genes.map(entryOf).sort(compareEntries))

/** artifact_inventory.json: every file but qc.json, the manifest, its lock and the bundle. */
export const inventory = (
  dataset: DatasetParts,
  checksums: Checksums,
  digests: ReadonlyMap<Role, FileDigest>,
  aliases: Readonly<Record<string, string>> = {}
) => ({
  ...head(dataset),
  normalized_input_identity_sha256: normalizedInputIdentity(checksums, aliases),
  items: inventoryRoles.flatMap(([role, name]) => {
    const digest = digests.get(role)
    return digest === undefined ? [] : [{ role: name, path: layout[role], sha256: digest.sha256, bytes: digest.bytes }]
  })
})

/** evidence_bundle.lock.json. */
export const evidenceBundle = (dataset: DatasetParts, files: Readonly<Record<string, string>>) => ({
  ...head(dataset),
  bundle_sha256: bundleSha256(dataset, files),
  files
})
