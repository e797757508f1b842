/** The strict rules of a manifest (dataset contract §2.13), all looked at, in the format's order and words. */
import { canonicalId, trimWhiteSpace } from "../dataset-id.ts"
import { dialectOf } from "./dialect.ts"
import { canonicalMetadataSha256, identityOf } from "./identity.ts"
import type { Identity, Manifest } from "./manifest.ts"

export interface BrokenRule {
  /** The field that the rule is about. */
  readonly field: string
  readonly message: string
}

const empty = (text: string): boolean => trimWhiteSpace(text) === ""

const none = (...texts: ReadonlyArray<string>): boolean => !texts.some(empty)

// The reference accepts upper case here; so does this.
const isHash = (text: string): boolean => text.length === 64 && /^[0-9a-fA-F]{64}$/.test(text)

const identityFields = [
  "source_fingerprint_sha256",
  "build_fingerprint_sha256",
  "artifact_fingerprint_sha256",
  "canonical_metadata_sha256"
] as const satisfies ReadonlyArray<keyof Identity>

const versionFields = ["artifact_version", "schema_version", "identity_schema_version", "manifest_version", "db_schema_version"] as const

const identityRules = (manifest: Manifest): ReadonlyArray<BrokenRule> => {
  const { identity } = manifest
  const expected = identityOf(manifest)
  const broken: Array<BrokenRule> = []
  if (empty(identity.release_id)) broken.push({ field: "identity.release_id", message: "identity release_id must not be empty" })
  for (const field of identityFields)
    if (!isHash(identity[field]))
      broken.push({ field: `identity.${field}`, message: `identity field ${field} must be 64-char lowercase sha256 hex` })
  if (identity.canonical_metadata_sha256 !== canonicalMetadataSha256(identity))
    broken.push({
      field: "identity.canonical_metadata_sha256",
      message: "identity canonical_metadata_sha256 does not match canonical serialized identity"
    })
  if (identity.release_id !== canonicalId(manifest.dataset))
    broken.push({ field: "identity.release_id", message: "identity release_id must match dataset canonical string" })
  if (identityFields.slice(0, 3).some((field) => identity[field] !== expected[field]))
    broken.push({ field: "identity", message: "identity fields are contradictory to manifest source/build/artifact components" })
  return broken
}

/** Every rule of its dialect that the manifest breaks; those of the released one are the part that its fields can keep (§13). */
export const brokenRules = (m: Manifest): ReadonlyArray<BrokenRule> => {
  const main = dialectOf(m) === "main"
  const broken: Array<BrokenRule> = []
  const rule = (holds: boolean, field: string, message: string) => {
    if (!holds) broken.push({ field, message })
  }
  const created = trimWhiteSpace(m.created_at)
  rule(
    created === "" || (created.includes("T") && created.endsWith("Z")),
    "created_at",
    "timestamp must be RFC3339-like (e.g. 2026-02-24T00:00:00Z)"
  )
  for (const field of versionFields) rule(none(m[field]), field, `${field} must not be empty`)
  rule(m.manifest_version === m.schema_version, "manifest_version", "manifest_version and schema_version must match")
  rule(m.schema_version === m.db_schema_version, "db_schema_version", "schema_version and db_schema_version must match")
  rule(m.identity_schema_version === "1", "identity_schema_version", "identity_schema_version must currently be 1")
  const { gff3_sha256, fasta_sha256, fai_sha256, policy_sha256 } = m.input_hashes
  rule(
    none(gff3_sha256, fasta_sha256, fai_sha256, policy_sha256),
    "input_hashes",
    "manifest input_hashes are required: gff3/fasta/fai/policy"
  )
  rule(none(m.toolchain_hash), "toolchain_hash", "manifest toolchain_hash must not be empty")
  rule(
    !main || none(m.source_facts_path, m.normalized_input_identity_sha256),
    "source_facts_path",
    "manifest source_facts_path and normalized_input_identity_sha256 are required"
  )
  rule(
    !main || none(m.software_version, m.config_version, m.build_policy_version),
    "software_version",
    "manifest software/config/build policy versions must not be empty"
  )
  rule(
    !main ||
      none(
        m.build_metadata_path,
        m.anomaly_summary_path,
        m.dataset_stats_path,
        m.artifact_inventory_path,
        m.evidence_bundle_path,
        m.evidence_bundle_sha256
      ),
    "evidence_bundle_path",
    "manifest evidence artifact paths and bundle hash must be populated"
  )
  rule(none(m.db_hash), "db_hash", "manifest db_hash must not be empty")
  rule(none(m.artifact_hash), "artifact_hash", "manifest artifact_hash must not be empty")
  rule(
    m.canonical_model_schema_version === 0 || none(m.canonical_query_semantic_sha256, m.canonical_lineage_sha256),
    "canonical_model_schema_version",
    "canonical hashes are required when canonical_model_schema_version is set"
  )
  rule(m.db_hash === m.checksums.sqlite_sha256, "db_hash", "manifest db_hash must equal checksums.sqlite_sha256")
  rule(m.stats.gene_count > 0, "stats.gene_count", "gene_count must be > 0")
  rule(Object.keys(m.derived_column_origins).length > 0, "derived_column_origins", "derived_column_origins must not be empty")
  return main ? [...broken, ...identityRules(m)] : broken
}

/** The broken rules' messages. */
export const manifestProblems = (manifest: Manifest): ReadonlyArray<string> => brokenRules(manifest).map(({ message }) => message)
