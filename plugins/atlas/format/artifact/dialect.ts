/**
 * Who wrote a dataset, and in which form. Two programs are called bijux-atlas 0.2.1, and neither reads the other's manifests (dataset
 * contract §13): the package that was released under that number writes the form `released`, a subset; the later state and we write `main`.
 */
import type { Manifest } from "./manifest.ts"
import type { Role } from "./layout.ts"

export const dialects = ["main", "released"] as const
export type Dialect = (typeof dialects)[number]

/** `unknown`: neither this program nor one that says it is bijux-atlas. */
export type Writer = "atlas-run" | "bijux-atlas" | "unknown"

/** `version` as the writer tells it; empty where it tells none. */
export interface Provenance {
  readonly writer: Writer
  readonly dialect: Dialect
  readonly version: string
}

/** Fields that the released form does not have, each with what it reads as there. */
const mainOnly = {
  identity_schema_version: "1",
  config_version: "",
  build_policy_version: "",
  software_version: "",
  canonical_feature_summary_path: "",
  source_facts_path: "",
  build_metadata_path: "",
  anomaly_summary_path: "",
  dataset_stats_path: "",
  artifact_inventory_path: "",
  evidence_bundle_path: "",
  scientific_profile_path: "",
  evidence_bundle_sha256: "",
  normalized_input_identity_sha256: "",
  reference_build_identity_sha256: "",
  contig_naming_style: "",
  scientific_prerequisites_status: "",
  coordinate_system: "",
  canonical_model_schema_version: 0,
  canonical_query_semantic_sha256: "",
  canonical_lineage_sha256: ""
} as const satisfies Partial<Manifest>

type MainOnly = keyof typeof mainOnly | "identity" | "canonical_feature_counts"

const names: ReadonlySet<string> = new Set<MainOnly>([
  ...(Object.keys(mainOnly) as ReadonlyArray<keyof typeof mainOnly>),
  "identity",
  "canonical_feature_counts"
])

export const isMainOnly = (field: string): boolean => names.has(field)

/** A manifest with one field of the later form is of that form. */
export const dialectOf = (manifest: Manifest): Dialect =>
  Object.values(manifest.identity).every((text) => text === "") &&
  manifest.canonical_feature_counts === undefined &&
  Object.entries(mainOnly).every(([field, absent]) => manifest[field as keyof typeof mainOnly] === absent)
    ? "released"
    : "main"

const ours = "atlas-run"
const reference = "bijux-atlas"

/**
 * By what manifest and database say of their writer (`createdBy`: atlas_meta.created_by). What either calls ours is held to our rules: they
 * are stricter, so nobody gains by saying so.
 */
export const provenanceOf = (manifest: Manifest, createdBy = ""): Provenance => {
  const says = (text: string, name: string, mark: string) => text.startsWith(`${name}${mark}`)
  const { software_version: version } = manifest
  const dialect = dialectOf(manifest)
  const told = version !== "" ? version : createdBy.slice(createdBy.indexOf("@") + 1)
  if (says(version, ours, " ") || says(createdBy, ours, "@")) return { writer: ours, dialect, version: told }
  return { writer: says(createdBy, reference, "@") ? reference : "unknown", dialect, version: told }
}

export const isOurs = ({ writer }: Provenance): boolean => writer === ours

/** Files that only the later form has. */
const mainOnlyRoles: ReadonlySet<Role> = new Set<Role>([
  "anomalySummary",
  "sourceFacts",
  "buildMetadata",
  "datasetStats",
  "scientificProfile",
  "inventory",
  "bundle",
  "canonicalFeatures",
  "canonicalSummary"
])

/** Whether ingest of this writer makes the file: the reference locks a dataset only when it publishes it. */
export const writesAtIngest = (provenance: Provenance, role: Role): boolean =>
  (provenance.dialect === "main" || !mainOnlyRoles.has(role)) && (role !== "lock" || isOurs(provenance))

/** `bijux-atlas v0.2.1, dialect main` */
export const provenanceText = ({ writer, dialect, version }: Provenance): string =>
  `${writer === "unknown" ? "another program" : writer}${version === "" ? "" : ` ${version}`}, dialect ${dialect}`
