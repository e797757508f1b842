/**
 * How the digest of manifest.json reaches every file of a published dataset: manifest → lock, database, inputs and evidence bundle,
 * bundle → eight files with the artifact inventory, inventory → the rest (dataset contract §2.13, §2.14, §5.3).
 */
import { Effect, Result, Schema } from "effect"
import { decodeJson } from "../artifact/json-file.ts"
import { type Provenance, writesAtIngest } from "../artifact/dialect.ts"
import { bundleRoles, inventoryRoles, layout, type Role } from "../artifact/layout.ts"
import { Manifest } from "../artifact/manifest.ts"
import { manifestLockJson } from "../artifact/manifest-lock.ts"
import { manifestProblems } from "../artifact/manifest-rules.ts"
import { type FileDigest, sha256 } from "../artifact/sha256.ts"
import { evidenceBundle } from "../artifact/sidecars.ts"
import { canonicalJson } from "../canonical-json.ts"
import { canonicalId, DatasetParts, isDatasetId } from "../dataset-id.ts"

/** What of a build root is published: all but the GFF3, which no reader of a store asks for. */
export const publishedRoles: ReadonlyArray<Role> = (Object.keys(layout) as ReadonlyArray<Role>).filter((role) => role !== "gff3")

/** One wrong thing; `path` is relative to the dataset's folder. */
export interface Problem {
  readonly path: string
  readonly message: string
}

/** artifact_inventory.json. */
const ArtifactInventory = Schema.Struct({
  schema_version: Schema.Literal(1),
  dataset: DatasetParts,
  release_id: Schema.String,
  normalized_input_identity_sha256: Schema.String,
  items: Schema.Array(Schema.Struct({ role: Schema.String, path: Schema.String, sha256: Schema.String, bytes: Schema.Int }))
})

/** evidence_bundle.lock.json. */
const EvidenceBundle = Schema.Struct({
  schema_version: Schema.Literal(1),
  dataset: DatasetParts,
  release_id: Schema.String,
  bundle_sha256: Schema.String,
  files: Schema.Record(Schema.String, Schema.String)
})

/** What of it is published of a dataset: what its writer makes, and the lock, which publish makes where ingest did not. */
export const publishedRolesOf = (provenance: Provenance): ReadonlyArray<Role> =>
  publishedRoles.filter((role) => role === "lock" || writesAtIngest(provenance, role))

/** Digests of all files that are there, and the bytes of those that name others; a dataset of the dialect `released` has no bundle and inventory. */
export interface Chain {
  readonly digests: ReadonlyMap<Role, FileDigest>
  readonly manifest: Uint8Array
  readonly bundle: Uint8Array | undefined
  readonly inventory: Uint8Array | undefined
}

const decoded = <S extends Schema.ConstraintDecoder<unknown>>(schema: S, bytes: Uint8Array, path: string) =>
  Effect.result(decodeJson(schema, bytes, path))

const inventoryProblems = (manifest: Manifest, digests: Chain["digests"], bytes: Uint8Array) =>
  Effect.gen(function* () {
    const document = yield* decoded(ArtifactInventory, bytes, layout.inventory)
    if (Result.isFailure(document)) return document.failure.problems.map((message) => ({ path: layout.inventory, message }))
    const problems: Array<Problem> = []
    const { items } = document.success
    const wanted = new Map(inventoryRoles.map(([role]) => [layout[role] as string, role]))
    for (const item of items) {
      const role = wanted.get(item.path)
      if (role === undefined || !wanted.delete(item.path)) {
        problems.push({ path: layout.inventory, message: `lists ${item.path}, which is no file of a dataset or is listed before` })
        continue
      }
      const digest = role === "gff3" ? { sha256: manifest.checksums.gff3_sha256, bytes: item.bytes } : digests.get(role)
      if (digest !== undefined && (digest.sha256 !== item.sha256 || digest.bytes !== item.bytes))
        problems.push({ path: item.path, message: `is not the file that ${layout.inventory} lists` })
    }
    for (const path of wanted.keys()) problems.push({ path: layout.inventory, message: `does not list ${path}` })
    return problems
  })

const bundleProblems = (manifest: Manifest, digests: Chain["digests"], bytes: Uint8Array) =>
  Effect.gen(function* () {
    const document = yield* decoded(EvidenceBundle, bytes, layout.bundle)
    if (Result.isFailure(document)) return document.failure.problems.map((message) => ({ path: layout.bundle, message }))
    const problems: Array<Problem> = []
    const files: Record<string, string> = {}
    for (const role of bundleRoles) {
      const listed = document.success.files[layout[role]]
      const digest = digests.get(role)
      if (listed === undefined) problems.push({ path: layout.bundle, message: `does not list ${layout[role]}` })
      else files[layout[role]] = listed
      if (listed !== undefined && digest !== undefined && digest.sha256 !== listed)
        problems.push({ path: layout[role], message: `has sha256 ${digest.sha256}, ${layout.bundle} says ${listed}` })
    }
    const bundle = evidenceBundle(manifest.dataset, files)
    if (bundle.bundle_sha256 !== manifest.evidence_bundle_sha256)
      problems.push({ path: layout.bundle, message: "does not list the files that the manifest's evidence_bundle_sha256 names" })
    else if (canonicalJson(bundle) !== Buffer.from(bytes).toString("utf8"))
      problems.push({ path: layout.bundle, message: "is not of its exact form" })
    return problems
  })

/** The manifest, if it reads, and all that does not follow from it. Files that are missing are the caller's to tell. */
export const followChain = (
  chain: Chain
): Effect.Effect<{ readonly manifest: Manifest | undefined; readonly problems: ReadonlyArray<Problem> }> =>
  Effect.gen(function* () {
    const document = yield* decoded(Manifest, chain.manifest, layout.manifest)
    if (Result.isFailure(document))
      return { manifest: undefined, problems: document.failure.problems.map((message) => ({ path: layout.manifest, message })) }
    const manifest = document.success
    const { checksums, dataset } = manifest
    const problems: Array<Problem> = []
    if (!isDatasetId(dataset)) problems.push({ path: layout.manifest, message: `names an illegal dataset, ${canonicalId(dataset)}` })
    for (const message of manifestProblems(manifest)) problems.push({ path: layout.manifest, message })
    const expect = (role: Role, expected: string, by: string) => {
      const digest = chain.digests.get(role)
      if (digest !== undefined && digest.sha256 !== expected)
        problems.push({ path: layout[role], message: `has sha256 ${digest.sha256}, ${by} says ${expected}` })
    }
    expect("manifest", sha256(chain.manifest), "the manifest that was read")
    expect("sqlite", checksums.sqlite_sha256, layout.manifest)
    expect("gff3", checksums.gff3_sha256, layout.manifest)
    expect("fasta", checksums.fasta_sha256, layout.manifest)
    expect("fai", checksums.fai_sha256, layout.manifest)
    const lock = manifestLockJson({ manifest_sha256: sha256(chain.manifest), sqlite_sha256: checksums.sqlite_sha256 })
    const locked = chain.digests.get("lock")
    if (locked !== undefined && locked.sha256 !== sha256(lock))
      problems.push({ path: layout.lock, message: `does not name the bytes of ${layout.manifest} and ${layout.sqlite}` })
    const report = chain.digests.get("qcReport")
    if (report !== undefined) expect("qc", report.sha256, layout.qcReport)
    const { digests, bundle, inventory } = chain
    if (bundle !== undefined) problems.push(...(yield* bundleProblems(manifest, digests, bundle)))
    if (inventory !== undefined) problems.push(...(yield* inventoryProblems(manifest, digests, inventory)))
    return { manifest, problems }
  })
