/** What the reference never recomputes of a manifest (dataset contract §2.13, last line): that its fields belong together. */
import { canonicalJson } from "../canonical-json.ts"
import { canonicalId, datasetIdProblems } from "../dataset-id.ts"
import { dialectOf, isMainOnly } from "./dialect.ts"
import { artifactHash, normalizedInputIdentity, releasedArtifactHash } from "./identity.ts"
import { derivedColumnOrigins, type Manifest } from "./manifest.ts"
import { fixedFields } from "./manifest-fixed.ts"
import type { BrokenRule } from "./manifest-rules.ts"
import { isSha256 } from "./sha256.ts"

const hashFields = [
  "dataset_signature_sha256",
  "artifact_hash",
  "db_hash",
  "evidence_bundle_sha256",
  "normalized_input_identity_sha256",
  "reference_build_identity_sha256",
  "canonical_query_semantic_sha256",
  "canonical_lineage_sha256"
] as const satisfies ReadonlyArray<keyof Manifest>

/** Every field that does not follow from the others as the contract says. */
export const manifestBindings = (m: Manifest): ReadonlyArray<BrokenRule> => {
  const broken: Array<BrokenRule> = datasetIdProblems(m.dataset).map((problem) => ({
    field: "dataset",
    message: `dataset ${canonicalId(m.dataset)}: ${problem}`
  }))
  const main = dialectOf(m) === "main"
  const has = (field: string) => main || !isMainOnly(field)
  const say = (field: string, is: string | number, not: string | number) => {
    if (is !== not) broken.push({ field, message: `${field} is ${JSON.stringify(is)}, not ${JSON.stringify(not)}` })
  }
  for (const field of hashFields.filter(has)) if (!isSha256(m[field])) broken.push({ field, message: `${field} is no sha256` })
  for (const [field, hash] of Object.entries(m.checksums))
    if (!isSha256(hash)) broken.push({ field: `checksums.${field}`, message: `checksums.${field} is no sha256` })
  for (const field of Object.keys(fixedFields) as ReadonlyArray<keyof typeof fixedFields>)
    // A dataset in shards says so; which shards there are is looked at beside them.
    if (has(field) && (field !== "sharding_plan" || m[field] !== "contig")) say(field, m[field], fixedFields[field])
  if (canonicalJson(m.derived_column_origins) !== canonicalJson(derivedColumnOrigins))
    broken.push({ field: "derived_column_origins", message: "derived_column_origins are not the eight texts of the format" })
  say("input_hashes.gff3_sha256", m.input_hashes.gff3_sha256, m.checksums.gff3_sha256)
  say("input_hashes.fasta_sha256", m.input_hashes.fasta_sha256, m.checksums.fasta_sha256)
  say("input_hashes.fai_sha256", m.input_hashes.fai_sha256, m.checksums.fai_sha256)
  say("artifact_hash", m.artifact_hash, main ? artifactHash(m) : releasedArtifactHash(m))
  if (!main) return broken
  const inputs = normalizedInputIdentity(m.checksums, m.contig_normalization_aliases)
  say("normalized_input_identity_sha256", m.normalized_input_identity_sha256, inputs)
  say("build_policy_version", m.build_policy_version, `sha256:${m.input_hashes.policy_sha256}`)
  return broken
}
