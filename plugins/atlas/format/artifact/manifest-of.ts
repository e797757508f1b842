/** The manifest that belongs to a dataset's facts and digests (dataset contract §2.13). */
import type { DatasetFacts } from "./dataset-facts.ts"
import { artifactHash, identityOf, normalizedInputIdentity } from "./identity.ts"
import { type Checksums, derivedColumnOrigins, emptyIdentity, type Manifest } from "./manifest.ts"
import { fixedFields } from "./manifest-fixed.ts"
import { policySha256 } from "./policy.ts"
import type { WrittenBy } from "./sidecars.ts"

export interface ManifestParts {
  readonly checksums: Checksums
  /** The deep form. */
  readonly signature: string
  readonly bundleSha256: string
  readonly writtenBy: WrittenBy
  /** `none` if absent. */
  readonly shardingPlan?: Manifest["sharding_plan"] | undefined
}

export const manifestOf = (
  facts: DatasetFacts,
  { checksums, signature, bundleSha256, writtenBy, shardingPlan }: ManifestParts
): Manifest => {
  const { sqlite_sha256, ...inputs } = checksums
  const unsealed: Manifest = {
    ...fixedFields,
    schema_version: "1",
    manifest_version: "1",
    db_schema_version: "1",
    identity_schema_version: "1",
    dataset: { release: facts.dataset.release, species: facts.dataset.species, assembly: facts.dataset.assembly },
    checksums,
    input_hashes: { ...inputs, policy_sha256: policySha256 },
    stats: facts.stats,
    identity: emptyIdentity,
    dataset_signature_sha256: signature,
    db_hash: sqlite_sha256,
    artifact_hash: "",
    ...writtenBy,
    created_at: "",
    evidence_bundle_sha256: bundleSha256,
    normalized_input_identity_sha256: normalizedInputIdentity(checksums, facts.aliases),
    reference_build_identity_sha256: facts.referenceBuildIdentity,
    contig_naming_style: facts.namingStyle,
    scientific_prerequisites_status: facts.prerequisites,
    canonical_query_semantic_sha256: facts.canonical.hashes.query_semantic_sha256,
    canonical_lineage_sha256: facts.canonical.hashes.lineage_sensitive_sha256,
    canonical_feature_counts: facts.canonical.summary.feature_type_counts,
    ...(Object.keys(facts.aliases).length > 0 ? { contig_normalization_aliases: facts.aliases } : {}),
    ...(shardingPlan === undefined ? {} : { sharding_plan: shardingPlan }),
    derived_column_origins: derivedColumnOrigins
  }
  return { ...unsealed, identity: identityOf(unsealed), artifact_hash: artifactHash(unsealed) }
}
