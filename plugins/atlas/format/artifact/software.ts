/** What the artifact says of the program that wrote it. The same on every machine with the same Node.js. */
import { canonicalJson } from "../canonical-json.ts"
import { buildPolicyVersion, configVersion, lenientConfigVersion } from "./policy.ts"
import { sha256 } from "./sha256.ts"
import type { WrittenBy } from "./sidecars.ts"

/** The version in package.json; a test holds them equal. */
const version = "0.1.0"

/** SQLite's version decides the bytes of the database. */
const sqlite = process.versions.sqlite ?? "unknown"

/** atlas_meta.created_by */
export const createdBy = `atlas-run@${version}`

/** Fields of the manifest and of build_metadata.json. */
export const writtenBy: WrittenBy = {
  software_version: `atlas-run ${version}`,
  ingest_toolchain: `sqlite ${sqlite}`,
  ingest_build_hash: "unversioned",
  toolchain_hash: sha256(canonicalJson({ program: createdBy, sqlite })),
  config_version: configVersion,
  build_policy_version: buildPolicyVersion
}

/** The same of a dataset that was ingested leniently: it goes by other thresholds. */
export const leniently: WrittenBy = { ...writtenBy, config_version: lenientConfigVersion }
