/** Whether inventory, evidence bundle and lock name the bytes that are there (dataset contract §2.14, §4). */
import { Effect, Schema } from "effect"
import type { DatasetFiles } from "../build-root.ts"
import { DatasetParts, sameDataset } from "../dataset-id.ts"
import type { Say, ValidateFindingName } from "./finding.ts"
import { bundleSha256, normalizedInputIdentity } from "./identity.ts"
import { type JsonFileInvalid, readJsonFile } from "./json-file.ts"
import { bundleRoles, inventoryRoles, layout, type Role } from "./layout.ts"
import { type Manifest } from "./manifest.ts"
import { readManifestLock } from "./manifest-lock.ts"
import type { ArtifactUnreadable, FileDigest } from "./sha256.ts"

const head = { schema_version: Schema.Literal(1), dataset: DatasetParts, release_id: Schema.String }
const Bytes = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** artifact_inventory.json. */
export const ArtifactInventory = Schema.Struct({
  ...head,
  normalized_input_identity_sha256: Schema.String,
  items: Schema.Array(Schema.Struct({ role: Schema.String, path: Schema.String, sha256: Schema.String, bytes: Bytes }))
})

/** evidence_bundle.lock.json. */
export const EvidenceBundle = Schema.Struct({ ...head, bundle_sha256: Schema.String, files: Schema.Record(Schema.String, Schema.String) })

export type Digests = ReadonlyMap<Role, FileDigest>

/** Reads a file of the root if it is there; says what is wrong with its shape. */
export const readPart = <A>(
  digests: Digests,
  role: Role,
  read: Effect.Effect<A, ArtifactUnreadable | JsonFileInvalid>,
  say: Say<ValidateFindingName>
): Effect.Effect<A | undefined, ArtifactUnreadable> =>
  digests.has(role)
    ? Effect.catchTag(read, "JsonFileInvalid", (error) =>
        Effect.sync((): undefined => {
          for (const problem of error.problems) say("sidecar-invalid", layout[role], `${layout[role]}: ${problem}`)
        })
      )
    : Effect.succeed(undefined)

const lookAtInventory = (root: DatasetFiles, digests: Digests, manifest: Manifest, say: Say<ValidateFindingName>) =>
  Effect.gen(function* () {
    const found = yield* readPart(digests, "inventory", readJsonFile(ArtifactInventory, root.file("inventory")), say)
    if (found === undefined) return
    const wrong = (message: string, at: string = layout.inventory) => say("inventory", at, message)
    if (!sameDataset(found.dataset, manifest.dataset)) wrong("the inventory is of another dataset than the manifest")
    if (found.normalized_input_identity_sha256 !== normalizedInputIdentity(manifest.checksums, manifest.contig_normalization_aliases))
      wrong("the inventory's normalized_input_identity_sha256 is not that of the manifest's inputs")
    const items = new Map(found.items.map((item) => [item.path, item]))
    if (items.size !== found.items.length) wrong("the inventory lists a path twice")
    for (const [role, name] of inventoryRoles) {
      const item = items.get(layout[role])
      items.delete(layout[role])
      const digest = digests.get(role)
      if (item === undefined) wrong(`the inventory does not list ${layout[role]}`)
      else if (item.role !== name) wrong(`the inventory calls ${layout[role]} ${JSON.stringify(item.role)}, not ${JSON.stringify(name)}`)
      else if (digest !== undefined && (digest.sha256 !== item.sha256 || digest.bytes !== item.bytes))
        wrong(
          `${layout[role]} has ${digest.bytes} bytes and sha256 ${digest.sha256}, the inventory says ${item.bytes} and ${item.sha256}`,
          layout[role]
        )
    }
    for (const path of items.keys()) wrong(`the inventory lists ${JSON.stringify(path)}, which is no file of a dataset`)
  })

const lookAtBundle = (root: DatasetFiles, digests: Digests, manifest: Manifest, say: Say<ValidateFindingName>) =>
  Effect.gen(function* () {
    const found = yield* readPart(digests, "bundle", readJsonFile(EvidenceBundle, root.file("bundle")), say)
    if (found === undefined) return
    const wrong = (message: string, at: string = layout.bundle) => say("evidence-bundle", at, message)
    if (!sameDataset(found.dataset, manifest.dataset)) wrong("the evidence bundle is of another dataset than the manifest")
    const files = new Map(Object.entries(found.files))
    for (const role of bundleRoles) {
      const declared = files.get(layout[role])
      files.delete(layout[role])
      const digest = digests.get(role)
      if (declared === undefined) wrong(`the evidence bundle does not name ${layout[role]}`)
      else if (digest !== undefined && digest.sha256 !== declared)
        wrong(`${layout[role]} has sha256 ${digest.sha256}, the evidence bundle says ${declared}`, layout[role])
    }
    for (const path of files.keys()) wrong(`the evidence bundle names ${JSON.stringify(path)}, which is no evidence`)
    const computed = bundleSha256(found.dataset, found.files)
    if (computed !== found.bundle_sha256) wrong(`the evidence bundle's digest is ${computed}, it says ${found.bundle_sha256}`)
    if (computed !== manifest.evidence_bundle_sha256)
      wrong(`the evidence bundle's digest is ${computed}, ${layout.manifest} says ${manifest.evidence_bundle_sha256}`)
  })

const lookAtLock = (root: DatasetFiles, digests: Digests, say: Say<ValidateFindingName>) =>
  Effect.gen(function* () {
    const lock = yield* readPart(digests, "lock", readManifestLock(root.file("lock")), say)
    if (lock === undefined) return
    for (const [role, declared] of [["manifest", lock.manifest_sha256] as const, ["sqlite", lock.sqlite_sha256] as const]) {
      const digest = digests.get(role)
      if (digest !== undefined && digest.sha256 !== declared)
        say("lock", layout[role], `${layout[role]} has sha256 ${digest.sha256}, ${layout.lock} says ${declared}`)
    }
  })

/** Looks at inventory, bundle, lock, and that qc.json is qc_report.json byte for byte. */
export const lookAtEvidence = (
  root: DatasetFiles,
  digests: Digests,
  manifest: Manifest,
  say: Say<ValidateFindingName>
): Effect.Effect<void, ArtifactUnreadable> =>
  Effect.gen(function* () {
    yield* lookAtInventory(root, digests, manifest, say)
    yield* lookAtBundle(root, digests, manifest, say)
    yield* lookAtLock(root, digests, say)
    const [qc, report] = [digests.get("qc"), digests.get("qcReport")]
    if (qc !== undefined && report !== undefined && qc.sha256 !== report.sha256)
      say("qc-twins", layout.qc, `${layout.qc} and ${layout.qcReport} differ: they must be equal byte for byte`)
  })
