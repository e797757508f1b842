/** What of a dataset is in a store: every file hashed again and followed from its manifest. Writes nothing. */
import * as fs from "node:fs/promises"
import { join, relative } from "node:path"
import { Effect, Result } from "effect"
import { readWhole, decodeJson } from "../artifact/json-file.ts"
import { layout, type Role } from "../artifact/layout.ts"
import { ManifestLock } from "../artifact/manifest-lock.ts"
import { ArtifactUnreadable, type FileDigest, isSha256, sha256, unreadable } from "../artifact/sha256.ts"
import { canonicalJson } from "../canonical-json.ts"
import { canonicalId, type DatasetId, sameDataset } from "../dataset-id.ts"
import { provenanceOf } from "../artifact/dialect.ts"
import { Manifest } from "../artifact/manifest.ts"
import { foreignIn, lookAtPublished, type Quirk } from "../reference/published.ts"
import { followChain, type Problem, publishedRoles, publishedRolesOf } from "./chain.ts"
import { hashPlainFile } from "./copy.ts"
import { immutablePath, immutableRelease, inventoryPath, type PublishedFile, StoreInventory } from "./inventory.ts"
import { publishedFolder, type ServingStore } from "./serving-store.ts"

/**
 * `value` is the dataset's digest: the lower-case hex SHA-256 of its manifest.json. Where the dataset is damaged it is what the
 * store recorded when it was published, null where that cannot be told.
 */
export type ObservedDataset =
  | { readonly state: "absent" }
  | {
      readonly state: "present"
      readonly value: string
      readonly files: ReadonlyArray<PublishedFile>
      /** What is known of a dataset that another program published; none of one that we did. */
      readonly quirks: ReadonlyArray<Quirk>
    }
  | { readonly state: "damaged"; readonly value: string | null; readonly problems: ReadonlyArray<Problem> }

export interface ObserveOptions<E = never, R = never> {
  /** Lower-case hex SHA-256 of a file by absolute path, e.g. from a stat cache; the file is read if not given. */
  readonly hash?: (path: string) => Effect.Effect<string, E, R>
}

const absent = new Set(["ENOENT", "ENOTDIR"])

/** Files below a folder by relative path, with their sizes; undefined where there is no folder. Links and devices have size -1. */
const listFiles = (folder: string) =>
  Effect.tryPromise({
    try: async () => {
      const entries = await fs.readdir(folder, { withFileTypes: true, recursive: true }).catch((cause: NodeJS.ErrnoException) => {
        if (absent.has(cause.code ?? "")) return undefined
        throw cause
      })
      if (entries === undefined) return undefined
      const files = new Map<string, number>()
      for (const entry of entries) {
        if (entry.isDirectory()) continue
        const path = join(entry.parentPath, entry.name)
        files.set(relative(folder, path), entry.isFile() ? (await fs.lstat(path)).size : -1)
      }
      return files
    },
    catch: unreadable(folder)
  })

/** Reasons that lie in the file, not in this process or machine. */
const damage = new Set(["no such file", "it is a folder", "it is not a plain file", "it is a symbolic link", "input/output error"])

const asProblem = (path: string, error: ArtifactUnreadable): Effect.Effect<Problem, ArtifactUnreadable> =>
  damage.has(error.reason) || error.reason.startsWith("it has ")
    ? Effect.succeed({ path, message: `could not be read: ${error.reason}` })
    : Effect.fail(error)

const documentBytes = 16 * 1024 * 1024

/** The value that the store recorded: of its inventory, else of the lock. */
const recordedValue = (folder: string, recorded: StoreInventory | undefined) =>
  Effect.gen(function* () {
    const listed = recorded?.files.find((file) => file.path === layout.manifest)
    if (listed !== undefined) return listed.sha256
    const lock = yield* Effect.result(
      Effect.flatMap(readWhole(join(folder, layout.lock), 65_536), (bytes) => decodeJson(ManifestLock, bytes, layout.lock))
    )
    return Result.isSuccess(lock) && isSha256(lock.success.manifest_sha256) ? lock.success.manifest_sha256 : null
  })

const noInventory = (message: string) => ({ inventory: undefined, problems: [{ path: inventoryPath, message }] })

const readInventory = (folder: string, id: DatasetId) =>
  Effect.gen(function* () {
    const bytes = yield* Effect.result(readWhole(join(folder, inventoryPath), documentBytes))
    if (Result.isFailure(bytes)) {
      const { message } = yield* asProblem(inventoryPath, bytes.failure)
      return noInventory(`${message}; the dataset was not published by this program, or the file was removed`)
    }
    const document = yield* Effect.result(decodeJson(StoreInventory, bytes.success, inventoryPath))
    if (Result.isFailure(document)) return noInventory(document.failure.problems.join("; "))
    if (canonicalJson(document.success) !== bytes.success.toString("utf8")) return noInventory("is not canonical JSON")
    const problems: Array<Problem> = sameDataset(document.success.dataset, id)
      ? []
      : [{ path: inventoryPath, message: `is of ${canonicalId(document.success.dataset)}` }]
    return { inventory: document.success, problems }
  })

/** Absolute paths of a dataset's folder, whether or not it is there, and of all that is in it. */
export const publishedPaths = (store: ServingStore, id: DatasetId): Effect.Effect<ReadonlyArray<string>, ArtifactUnreadable> => {
  const folder = publishedFolder(store, id)
  return Effect.tryPromise({
    try: async () => {
      const entries = await fs.readdir(folder, { withFileTypes: true, recursive: true }).catch((cause: NodeJS.ErrnoException) => {
        if (absent.has(cause.code ?? "")) return []
        throw cause
      })
      return [folder, ...entries.map((entry) => join(entry.parentPath, entry.name))]
    },
    catch: unreadable(folder)
  })
}

/** Looks at one dataset of the store. All problems are told; `path` in them is relative to the dataset's folder. */
export const observePublished = <E = never, R = never>(
  store: ServingStore,
  id: DatasetId,
  options: ObserveOptions<E, R> = {}
): Effect.Effect<ObservedDataset, ArtifactUnreadable | E, R> => observeFolder(publishedFolder(store, id), id, options)

/** The same for a dataset's folder wherever it lies. One without inventory is looked at as its writer published it, if that was not this program. */
export const observeFolder = <E = never, R = never>(
  folder: string,
  id: DatasetId,
  options: ObserveOptions<E, R> = {}
): Effect.Effect<ObservedDataset, ArtifactUnreadable | E, R> =>
  Effect.gen(function* () {
    const sizes = yield* listFiles(folder)
    if (sizes === undefined || sizes.size === 0) return { state: "absent" as const }
    const foreign = sizes.has(inventoryPath) ? undefined : yield* foreignIn(folder)
    const { inventory, problems: found } = foreign === undefined ? yield* readInventory(folder, id) : { inventory: undefined, problems: [] }
    const problems: Array<Problem> = [...found]
    if (foreign === undefined && !sizes.has(inventoryPath)) problems.push(...(yield* manifestDamage(folder)))
    const digests = new Map<string, FileDigest>()
    const listed = new Map(inventory?.files.map((file) => [file.path, file] as const))
    for (const [path, bytes] of sizes) {
      if (bytes < 0) problems.push({ path, message: "is not a plain file" })
      else if (inventory !== undefined && path !== inventoryPath && !listed.has(path))
        problems.push({ path, message: "is not in the store's inventory: it was added" })
      else {
        const absolute = join(folder, path)
        const hash: Effect.Effect<string, E | ArtifactUnreadable, R> =
          options.hash === undefined ? Effect.map(hashPlainFile(absolute), (digest) => digest.sha256) : options.hash(absolute)
        const digest = yield* Effect.result(hash)
        if (Result.isSuccess(digest)) digests.set(path, { sha256: digest.success, bytes })
        else if (digest.failure instanceof ArtifactUnreadable) problems.push(yield* asProblem(path, digest.failure))
        else return yield* Effect.fail(digest.failure)
      }
    }
    for (const [path, { sha256: expected, bytes }] of listed) {
      const digest = digests.get(path)
      if (!sizes.has(path)) problems.push({ path, message: "is missing" })
      else if (digest !== undefined && digest.bytes !== bytes)
        problems.push({ path, message: `has ${digest.bytes} bytes, ${inventoryPath} says ${bytes}` })
      else if (digest !== undefined && digest.sha256 !== expected)
        problems.push({ path, message: `has sha256 ${digest.sha256}, ${inventoryPath} says ${expected}` })
    }
    const seen = foreign === undefined ? undefined : yield* lookAtPublished(folder, id, foreign, digests)
    if (seen !== undefined) problems.push(...seen.problems)
    else if (problems.length === 0) problems.push(...(yield* chainProblems(folder, id, digests)))
    if (problems.length > 0) return { state: "damaged" as const, value: yield* recordedValue(folder, inventory), problems }
    return {
      state: "present" as const,
      value: digests.get(layout.manifest)?.sha256 ?? "",
      files: [...digests].map(([path, digest]) => ({ path, ...digest })).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      quirks: seen?.quirks ?? []
    }
  })

const decodedManifest = (folder: string) =>
  Effect.result(
    Effect.flatMap(readWhole(join(folder, layout.manifest), documentBytes), (bytes) => decodeJson(Manifest, bytes, layout.manifest))
  )

/** Why the manifest does not read, where it is there. */
const manifestDamage = (folder: string): Effect.Effect<ReadonlyArray<Problem>> =>
  Effect.map(decodedManifest(folder), (manifest) =>
    Result.isFailure(manifest) && manifest.failure._tag === "JsonFileInvalid"
      ? manifest.failure.problems.map((message) => ({ path: layout.manifest, message }))
      : []
  )

/** What must be there of the dataset that the manifest is of; all where it does not read. */
const rolesOf = (folder: string) =>
  Effect.map(decodedManifest(folder), (manifest) =>
    Result.isSuccess(manifest) ? publishedRolesOf(provenanceOf(manifest.success)) : publishedRoles
  )

/** An inventory says what was there; the manifest says what must be. */
const chainProblems = (folder: string, id: DatasetId, files: ReadonlyMap<string, FileDigest>) =>
  Effect.gen(function* () {
    const problems: Array<Problem> = []
    const digests = new Map<Role, FileDigest>()
    for (const role of yield* rolesOf(folder)) {
      const digest = files.get(layout[role])
      if (digest === undefined) problems.push({ path: layout[role], message: "is missing" })
      else digests.set(role, digest)
    }
    if (problems.length > 0) return problems
    const manifestBytes = yield* readWhole(join(folder, layout.manifest), documentBytes)
    const read = (role: Role) => (digests.has(role) ? readWhole(join(folder, layout[role]), documentBytes) : Effect.succeed(undefined))
    const [bundle, inventory] = [yield* read("bundle"), yield* read("inventory")]
    const followed = yield* followChain({ digests, manifest: manifestBytes, bundle, inventory })
    problems.push(...followed.problems)
    if (followed.manifest !== undefined) {
      if (!sameDataset(followed.manifest.dataset, id))
        problems.push({ path: layout.manifest, message: `is of ${canonicalId(followed.manifest.dataset)}` })
      const marker = immutableRelease(id, sha256(manifestBytes), followed.manifest.checksums.sqlite_sha256)
      if (files.get(immutablePath)?.sha256 !== sha256(marker))
        problems.push({ path: immutablePath, message: "is missing or not of this dataset" })
    }
    return problems
  })
