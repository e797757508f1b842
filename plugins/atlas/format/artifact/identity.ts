/** Hashes that bind the parts of a dataset together (dataset contract §1.4, §2.12). */
import { canonicalJson } from "../canonical-json.ts"
import { canonicalId, type DatasetParts } from "../dataset-id.ts"
import { fileName } from "./layout.ts"
import type { Checksums, Identity, Manifest } from "./manifest.ts"
import { sha256 } from "./sha256.ts"

const hashOf = (value: unknown): string => sha256(canonicalJson(value))

type InputChecksums = Pick<Checksums, "gff3_sha256" | "fasta_sha256" | "fai_sha256">

const inputs = ({ gff3_sha256, fasta_sha256, fai_sha256 }: InputChecksums) => ({ gff3_sha256, fasta_sha256, fai_sha256 })

/** The identity block that follows from a manifest's other fields. */
export const identityOf = (
  manifest: Pick<Manifest, "dataset" | "checksums" | "manifest_version" | "schema_version" | "db_schema_version">
): Identity => {
  const { manifest_version, schema_version, db_schema_version } = manifest
  const parts = {
    release_id: canonicalId(manifest.dataset),
    source_fingerprint_sha256: hashOf(inputs(manifest.checksums)),
    build_fingerprint_sha256: hashOf({ manifest_version, schema_version, db_schema_version }),
    artifact_fingerprint_sha256: hashOf({ sqlite_sha256: manifest.checksums.sqlite_sha256 })
  }
  return { ...parts, canonical_metadata_sha256: hashOf(parts) }
}

/** What canonical_metadata_sha256 must be for the identity's other four fields. */
export const canonicalMetadataSha256 = (identity: Identity): string => {
  const { canonical_metadata_sha256: _, ...parts } = identity
  return hashOf(parts)
}

/** The three inputs under the names they have in every dataset, and the sequence aliases that were applied. */
export const normalizedInputIdentity = (checksums: InputChecksums, aliases: Readonly<Record<string, string>> = {}): string =>
  hashOf({
    ...inputs(checksums),
    source_filenames: { gff3: fileName("gff3"), fasta: fileName("fasta"), fai: fileName("fai") },
    contig_normalization_aliases: aliases
  })

/** Genes per sequence and per class of sequence, for one species and assembly. */
export const referenceBuildIdentity = (
  { species, assembly }: DatasetParts,
  genesBySequence: ReadonlyMap<string, number>,
  genesByClass: ReadonlyMap<string, number>
): string =>
  hashOf({
    assembly,
    species,
    contig_distribution: genesBySequence,
    contig_class_distribution: genesByClass
  })

/** What both dialects hash. That the released one hashes just this was found by trying: it gives the recorded `artifact_hash`. */
const artifactParts = (m: Manifest) => ({
  artifact_version: m.artifact_version,
  schema_version: m.schema_version,
  db_schema_version: m.db_schema_version,
  dataset: m.dataset,
  checksums: m.checksums,
  input_hashes: m.input_hashes,
  stats: m.stats,
  dataset_signature_sha256: m.dataset_signature_sha256,
  toolchain_hash: m.toolchain_hash,
  db_hash: m.db_hash
})

export const releasedArtifactHash = (m: Manifest): string => hashOf(artifactParts(m))

/** Over the named fields alone: sidecars are bound by the evidence bundle instead. */
export const artifactHash = (m: Manifest): string =>
  hashOf({
    ...artifactParts(m),
    canonical_model_schema_version: m.canonical_model_schema_version,
    canonical_query_semantic_sha256: m.canonical_query_semantic_sha256,
    canonical_lineage_sha256: m.canonical_lineage_sha256,
    canonical_feature_counts: m.canonical_feature_counts ?? {},
    reference_build_identity_sha256: m.reference_build_identity_sha256,
    contig_naming_style: m.contig_naming_style,
    coordinate_system: m.coordinate_system,
    scientific_prerequisites_status: m.scientific_prerequisites_status
  })

/** The evidence bundle's digest: relative path → sha256 of each file. */
export const bundleSha256 = (dataset: DatasetParts, files: Readonly<Record<string, string>>): string =>
  hashOf({ schema_version: 1, dataset, release_id: canonicalId(dataset), files })

/** A gene in release_gene_index.json. */
export const geneIndexSignature = (gene: {
  readonly gene_id: string
  readonly name: string
  readonly biotype: string
  readonly seqid: string
  readonly start: number
  readonly end: number
  readonly transcript_count: number
}): string =>
  // Keys in byte order: this is canonical JSON.
  sha256(
    JSON.stringify({
      biotype: gene.biotype,
      end: gene.end,
      gene_id: gene.gene_id,
      name: gene.name,
      seqid: gene.seqid,
      start: gene.start,
      transcript_count: gene.transcript_count
    })
  )
