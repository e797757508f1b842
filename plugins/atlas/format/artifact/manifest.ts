/** The dataset manifest, derived/manifest.json (dataset contract §2.13, dialect `main`): its fields, their defaults, how it is read and written. */
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { canonicalJson } from "../canonical-json.ts"
import { DatasetParts } from "../dataset-id.ts"
import { dialectOf, isMainOnly } from "./dialect.ts"
import { readJsonFile } from "./json-file.ts"
import { layout } from "./layout.ts"

const text = Schema.String.pipe(Schema.withDecodingDefaultKey(Effect.succeed("")))
const textOr = (value: string) => Schema.String.pipe(Schema.withDecodingDefaultKey(Effect.succeed(value)))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Counts = Schema.Record(Schema.String, Count)
const Texts = Schema.Record(Schema.String, Schema.String)

/** sha256 of the whole files. */
export const Checksums = Schema.Struct({
  gff3_sha256: Schema.String,
  fasta_sha256: Schema.String,
  fai_sha256: Schema.String,
  sqlite_sha256: Schema.String
})
export type Checksums = typeof Checksums.Type

export const InputHashes = Schema.Struct({ gff3_sha256: text, fasta_sha256: text, fai_sha256: text, policy_sha256: text })
export type InputHashes = typeof InputHashes.Type

/** `transcript_count` sums the genes' counts and adds transcripts whose gene has no row; `contig_count` counts sequences with genes. */
export const Stats = Schema.Struct({ gene_count: Count, transcript_count: Count, contig_count: Count })
export type Stats = typeof Stats.Type

/** §1.4: all five fields or none. */
export const Identity = Schema.Struct({
  release_id: Schema.String,
  source_fingerprint_sha256: Schema.String,
  build_fingerprint_sha256: Schema.String,
  artifact_fingerprint_sha256: Schema.String,
  canonical_metadata_sha256: Schema.String
})
export type Identity = typeof Identity.Type

/** Where each column comes from; these eight texts are part of the format. */
export const derivedColumnOrigins: Readonly<Record<string, string>> = {
  "gene_summary.gene_id": "GFF3 gene feature: ID attribute (or configured canonical gene ID policy)",
  "gene_summary.name": "GFF3 attributes using GeneNamePolicy priority keys",
  "gene_summary.biotype": "GFF3 attributes using BiotypePolicy priority keys (or policy-defined unknown)",
  "gene_summary.seqid": "GFF3 seqid normalized by dataset-local SeqidNormalizationPolicy",
  "gene_summary.start/end": "GFF3 feature coordinates validated against FASTA FAI contig lengths",
  "gene_summary.transcript_count": "Count of transcript/mRNA records whose Parent resolves to gene_id under strictness policy",
  "gene_summary.sequence_length": "Computed as end-start+1 after contig-bound validation",
  "transcript_summary.*": "Derived from transcript/mRNA + exon/CDS relationships from GFF3"
}

export const emptyIdentity: Identity = {
  release_id: "",
  source_fingerprint_sha256: "",
  build_fingerprint_sha256: "",
  artifact_fingerprint_sha256: "",
  canonical_metadata_sha256: ""
}

/** Every field of the main dialect, in the contract's order. Absent texts read as "", so it reads the released dialect too (`dialectOf`). */
export const Manifest = Schema.Struct({
  model_version: textOr("v1"),
  artifact_version: text,
  schema_version: text,
  manifest_version: Schema.String,
  db_schema_version: Schema.String,
  identity_schema_version: textOr("1"),
  dataset: DatasetParts,
  checksums: Checksums,
  input_hashes: InputHashes.pipe(
    Schema.withDecodingDefaultKey(Effect.succeed({ gff3_sha256: "", fasta_sha256: "", fai_sha256: "", policy_sha256: "" }))
  ),
  stats: Stats,
  identity: Identity.pipe(Schema.withDecodingDefaultKey(Effect.succeed(emptyIdentity))),
  /** The deep form, recomputable from the database (§2.12, §11.5 (1)). */
  dataset_signature_sha256: text,
  db_hash: text,
  artifact_hash: text,
  schema_evolution_note: text,
  ingest_toolchain: text,
  ingest_build_hash: text,
  toolchain_hash: text,
  config_version: text,
  build_policy_version: text,
  software_version: text,
  created_at: text,
  qc_report_path: text,
  canonical_feature_summary_path: text,
  source_gff3_filename: text,
  source_fasta_filename: text,
  source_fai_filename: text,
  source_facts_path: text,
  build_metadata_path: text,
  anomaly_summary_path: text,
  dataset_stats_path: text,
  artifact_inventory_path: text,
  evidence_bundle_path: text,
  scientific_profile_path: text,
  evidence_bundle_sha256: text,
  normalized_input_identity_sha256: text,
  reference_build_identity_sha256: text,
  contig_naming_style: text,
  scientific_prerequisites_status: text,
  coordinate_system: text,
  sharding_plan: Schema.Literals(["none", "contig", "region_grid"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("none" as const))),
  canonical_model_schema_version: Count.pipe(Schema.withDecodingDefaultKey(Effect.succeed(0))),
  canonical_query_semantic_sha256: text,
  canonical_lineage_sha256: text,
  canonical_feature_counts: Schema.optionalKey(Counts),
  contig_normalization_aliases: Schema.optionalKey(Texts),
  derived_column_origins: Texts.pipe(Schema.withDecodingDefaultKey(Effect.succeed(derivedColumnOrigins)))
})
export type Manifest = typeof Manifest.Type

export class ManifestUnreadable extends Schema.TaggedError<ManifestUnreadable>()("ManifestUnreadable", { ...Told, reason: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A dataset manifest could not be read",
    hint: "is this the folder of a dataset, and was its ingest finished? Ingest again, or name the right folder",
    example: "derived/manifest.json could not be read: no such file"
  }
}

export class ManifestInvalid extends Schema.TaggedError<ManifestInvalid>()("ManifestInvalid", {
  ...Told,
  problems: Schema.Array(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A dataset manifest is not JSON of the manifest's shape",
    hint: "it was altered, or written by another version of the format: ingest again",
    example: "derived/manifest.json is not a dataset manifest: unknown field `checksum`"
  }
}

/** Reads and decodes a manifest file: strict JSON, unknown fields refused, all problems at once. Its rules are `manifestProblems`. */
export const readManifest = (path: string): Effect.Effect<Manifest, ManifestUnreadable | ManifestInvalid> =>
  readJsonFile(Manifest, path).pipe(
    Effect.catchTags({
      ArtifactUnreadable: (e) => Effect.fail(new ManifestUnreadable({ message: e.message, where: { path }, reason: e.reason })),
      JsonFileInvalid: (e) =>
        Effect.fail(
          new ManifestInvalid({
            message: `${layout.manifest} is not a dataset manifest: ${e.problems.join("; ")}`,
            where: e.where ?? { path },
            problems: e.problems
          })
        )
    })
  )

/** The bytes of manifest.json in the manifest's dialect: canonical, and empty maps are left out as the format has it. */
export const manifestJson = (manifest: Manifest): string => {
  const { canonical_feature_counts: counts, contig_normalization_aliases: aliases, ...fields } = manifest
  const released = dialectOf(manifest) === "released"
  return canonicalJson({
    ...(released ? Object.fromEntries(Object.entries(fields).filter(([field]) => !isMainOnly(field))) : fields),
    ...(counts !== undefined && Object.keys(counts).length > 0 ? { canonical_feature_counts: counts } : {}),
    ...(aliases !== undefined && Object.keys(aliases).length > 0 ? { contig_normalization_aliases: aliases } : {})
  })
}
