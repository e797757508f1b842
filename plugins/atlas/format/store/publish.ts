/** Publishing: a build root's files become an immutable dataset of a store by the rename of one staged folder. */
import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import * as fs from "node:fs/promises"
import { dirname, join } from "node:path"
import { Effect, Result, Schema } from "effect"
import { type ErrorDocs, PublishConflict, Told } from "atlas-run/plugin"
import type { BuildRoot } from "../build-root.ts"
import { decodeJson, readWhole } from "../artifact/json-file.ts"
import { layout, type Role } from "../artifact/layout.ts"
import { Manifest } from "../artifact/manifest.ts"
import { manifestLockJson } from "../artifact/manifest-lock.ts"
import { provenanceOf, writesAtIngest } from "../artifact/dialect.ts"
import { readCreatedBy } from "../artifact/gene-summary-contract.ts"
import { type ArtifactUnreadable, type FileDigest, sha256 } from "../artifact/sha256.ts"
import type { Day } from "../catalog/day.ts"
import { placeEmbargo } from "../catalog/embargo.ts"
import { canonicalId, type DatasetId, isDatasetId, sameDataset } from "../dataset-id.ts"
import { change, makeDirectory, remove, syncDirectory, writeNew } from "../durable.ts"
import { followChain, type Problem, publishedRolesOf } from "./chain.ts"
import { copyHashed, hashPlainFile } from "./copy.ts"
import { storeErrors } from "./failures.ts"
import { appendEvent } from "./history.ts"
import { immutablePath, immutableRelease, inventoryPath, type PublishedFile, storeInventory } from "./inventory.ts"
import type { LockOptions } from "./lock.ts"
import { type ObserveOptions, observePublished } from "./observe.ts"
import { publishedFolder, type ServingStore, withDatasetLock, withStoreLock } from "./serving-store.ts"
import { stageOf, sweepStages } from "./stage.ts"

const ProblemSchema = Schema.Struct({ path: Schema.String, message: Schema.String })

/** `problems[].path` is relative to the build root. */
export class PublishRefused extends Schema.TaggedError<PublishRefused>()("PublishRefused", {
  ...Told,
  problems: Schema.Array(ProblemSchema)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A build root was not published: its files are not those that its manifest and lock name",
    hint: "verify the build root, and ingest it again",
    example: "the build root was not published: derived/manifest.lock does not name the bytes of derived/manifest.json"
  }
}

/** `problems[].path` is relative to the dataset's folder in the store. */
export class PublishedDamaged extends Schema.TaggedError<PublishedDamaged>()("PublishedDamaged", {
  ...Told,
  dataset: Schema.String,
  problems: Schema.Array(ProblemSchema)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A published dataset is damaged",
    hint: "move the dataset's folder out of the store and publish again; the same content gives the same bytes",
    example:
      "110/homo_sapiens/GRCh38 is damaged in the store: derived/gene_summary.sqlite has 4097 bytes, derived/store_inventory.json says 4096"
  }
}

export const toldProblems = (problems: ReadonlyArray<Problem>): string => {
  const shown = problems.slice(0, 10).map(({ path, message }) => `${path} ${message}`)
  return [...shown, ...(problems.length > 10 ? [`and ${problems.length - 10} more`] : [])].join("; ")
}

const refused = (root: BuildRoot, problems: ReadonlyArray<Problem>) =>
  new PublishRefused({ message: `the build root was not published: ${toldProblems(problems)}`, where: { path: root.path }, problems })

/** `value` is the dataset's digest, the lower-case hex SHA-256 of manifest.json. `changed` is false where it was published before. */
export interface Published {
  readonly dataset: DatasetId
  readonly value: string
  readonly changed: boolean
  readonly files: ReadonlyArray<PublishedFile>
}

export interface PublishOptions<E = never, R = never> extends ObserveOptions<E, R> {
  /** Who publishes, for the history; the login name if not given. */
  readonly actor?: string | undefined
  /** Why, for the history. */
  readonly because?: string | undefined
  /** The first day, UTC, on which it may be promoted, recorded before it is published; the recorded one stays if not given. */
  readonly embargoUntil?: Day | undefined
  readonly lock?: LockOptions
  /** The manifest's digest as it was verified: a root that changed since is refused. */
  readonly expected?: string | undefined
}

const documentBytes = 16 * 1024 * 1024

/** The dataset that a build root says it is. */
const datasetOf = (root: BuildRoot) =>
  Effect.gen(function* () {
    const path = root.file("manifest")
    const bytes = yield* readWhole(path, documentBytes)
    const bad = (problems: ReadonlyArray<string>) =>
      refused(
        root,
        problems.map((message) => ({ path: layout.manifest, message }))
      )
    const manifest = yield* decodeJson(Manifest, bytes, path).pipe(Effect.mapError((error) => bad(error.problems)))
    const { dataset } = manifest
    if (!isDatasetId(dataset)) return yield* bad([`names an illegal dataset, ${canonicalId(dataset)}`])
    const folder = root.folderParts
    if (folder !== undefined && !sameDataset(folder, dataset))
      return yield* bad([`is of ${canonicalId(dataset)}, but lies in the folder of ${canonicalId(folder)}`])
    const provenance = provenanceOf(manifest, yield* readCreatedBy(root.file("sqlite")))
    const there = existsSync(root.file("lock")) || writesAtIngest(provenance, "lock")
    return { dataset, value: sha256(bytes), roles: publishedRolesOf(provenance).filter((role) => role !== "lock" || there) }
  })

/** What of a root is published: its digest, and the files that its writer made (a missing lock is made, as the reference's publish does). */
interface Source {
  readonly dataset: DatasetId
  readonly value: string
  readonly roles: ReadonlyArray<Role>
}

/** Takes each published file of the root by `take` and judges them together: the problems are all told at once. */
const gather = <E, R>(
  root: BuildRoot,
  base: string,
  roles: ReadonlyArray<Role>,
  take: (role: Role) => Effect.Effect<FileDigest, E | ArtifactUnreadable, R>
) =>
  Effect.gen(function* () {
    const digests = new Map<Role, FileDigest>()
    const problems: Array<Problem> = []
    for (const role of roles) {
      const digest = yield* Effect.result(take(role))
      if (Result.isSuccess(digest)) digests.set(role, digest.success)
      else if ((digest.failure as { readonly _tag?: unknown })._tag === "ArtifactUnreadable")
        problems.push({ path: layout[role], message: `could not be read: ${(digest.failure as ArtifactUnreadable).reason}` })
      else return yield* Effect.fail(digest.failure as E)
    }
    if (problems.length > 0) return yield* refused(root, problems)
    const read = (role: Role) => (digests.has(role) ? readWhole(join(base, layout[role]), documentBytes) : Effect.succeed(undefined))
    const manifest = yield* readWhole(join(base, layout.manifest), documentBytes)
    const [bundle, inventory] = [yield* read("bundle"), yield* read("inventory")]
    const followed = yield* followChain({ digests, manifest, bundle, inventory })
    if (followed.problems.length > 0 || followed.manifest === undefined) return yield* refused(root, followed.problems)
    return { digests, manifest: followed.manifest }
  })

const writeText = (path: string, text: string) => writeNew(path, (sink) => sink.write(Buffer.from(text)))

/** Copies everything into the stage, durably, and judges the copies. */
const fill = (stage: string, root: BuildRoot, { dataset, value, roles }: Source) =>
  Effect.gen(function* () {
    for (const folder of [stage, join(stage, "derived"), join(stage, "inputs")])
      yield* change("mkdir", folder, () => fs.mkdir(folder, { mode: 0o755 }))
    const { digests, manifest } = yield* gather(root, stage, roles, (role) => copyHashed(root.file(role), join(stage, layout[role])))
    if (digests.get("manifest")?.sha256 !== value)
      return yield* refused(root, [{ path: layout.manifest, message: "changed while it was published" }])
    if (!digests.has("lock")) {
      const lock = manifestLockJson({ manifest_sha256: value, sqlite_sha256: manifest.checksums.sqlite_sha256 })
      digests.set("lock", yield* writeText(join(stage, layout.lock), lock))
    }
    const marker = immutableRelease(dataset, value, manifest.checksums.sqlite_sha256)
    const files: ReadonlyArray<PublishedFile> = [
      ...[...digests].map(([role, digest]) => ({ path: layout[role], ...digest })),
      { path: immutablePath, ...(yield* writeText(join(stage, immutablePath), marker)) }
    ]
    const inventory = yield* writeText(join(stage, inventoryPath), storeInventory(dataset, files))
    for (const folder of ["inputs", "derived", ""]) yield* syncDirectory(join(stage, folder))
    return [...files, { path: inventoryPath, ...inventory }].toSorted((a, b) => (a.path < b.path ? -1 : 1))
  })

/** The commit point: one rename, told in the history before. */
const commit = (store: ServingStore, stage: string, dataset: DatasetId, value: string, options: PublishOptions<unknown, unknown>) =>
  withStoreLock(
    store,
    Effect.gen(function* () {
      const final = publishedFolder(store, dataset)
      const { actor, because, embargoUntil } = options
      // First, so that it is never there without its embargo.
      if (embargoUntil !== undefined) yield* placeEmbargo(store, dataset, embargoUntil, options)
      yield* appendEvent(store, { action: "publish", actor, because, dataset, before: null, after: value })
      // What is absent may be a tree of empty folders, which a rename does not replace.
      yield* change("remove", final, () => removeEmptyFolders(final))
      yield* Effect.uninterruptible(
        Effect.andThen(
          change("rename", final, () => fs.rename(stage, final)),
          syncDirectory(dirname(final))
        )
      )
    }),
    options.lock
  )

const removeEmptyFolders = async (top: string): Promise<void> => {
  const entries = await fs.readdir(top, { withFileTypes: true, recursive: true }).catch(() => [])
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
  for (const folder of folders.toSorted((a, b) => b.length - a.length)) await fs.rmdir(folder)
}

const samePublished = <E, R>(store: ServingStore, root: BuildRoot, { dataset, value, roles }: Source, options: PublishOptions<E, R>) =>
  Effect.gen(function* () {
    const live = yield* observePublished(store, dataset, options)
    if (live.state === "absent") return undefined
    const name = canonicalId(dataset)
    const where = { path: publishedFolder(store, dataset) }
    if (live.value !== null && live.value !== value)
      return yield* new PublishConflict({
        message: `${name} is published with other content: the store has ${live.value}, this is ${value}`,
        where,
        cell: name,
        desired: value,
        live: live.value
      })
    if (live.state === "damaged") {
      const message = `${name} is damaged in the store: ${toldProblems(live.problems)}`
      return yield* new PublishedDamaged({ message, where, dataset: name, problems: live.problems })
    }
    yield* gather(root, root.path, roles, (role) => hashPlainFile(root.file(role)))
    // The run that published it may have been killed between its rename and its fsync.
    yield* makeDirectory(dirname(publishedFolder(store, dataset)), store.path)
    yield* syncDirectory(dirname(publishedFolder(store, dataset)))
    return { dataset, value, changed: false, files: live.files }
  })

export const publishErrors = [PublishConflict, PublishRefused, PublishedDamaged, ...storeErrors] as const
export type PublishFailure = InstanceType<(typeof publishErrors)[number]>

/**
 * Publishes a build root. Publishing the same bytes again changes nothing; another content under the id is `PublishConflict`.
 * Killed anywhere, the store is as before or has the whole dataset, and the next publish of it clears what was staged.
 */
export const publish = <E = never, R = never>(
  store: ServingStore,
  root: BuildRoot,
  options: PublishOptions<E, R> = {}
): Effect.Effect<Published, PublishFailure | E, R> =>
  Effect.gen(function* () {
    const source = yield* datasetOf(root)
    const { dataset, value } = source
    if (options.expected !== undefined && options.expected !== value)
      return yield* refused(root, [{ path: layout.manifest, message: "is not the manifest that was verified" }])
    return yield* withDatasetLock(
      store,
      dataset,
      Effect.gen(function* () {
        yield* sweepStages(store, dataset)
        const before = yield* samePublished(store, root, source, options)
        if (before !== undefined) {
          const { embargoUntil } = options
          if (embargoUntil !== undefined) yield* withStoreLock(store, placeEmbargo(store, dataset, embargoUntil, options), options.lock)
          return before
        }
        const stage = stageOf(store, dataset, randomBytes(8).toString("hex"))
        yield* makeDirectory(dirname(stage), store.path)
        return yield* Effect.gen(function* () {
          const files = yield* fill(stage, root, source)
          yield* commit(store, stage, dataset, value, options)
          return { dataset, value, changed: true, files }
        }).pipe(Effect.onError(() => Effect.ignore(remove(stage))))
      }),
      options.lock
    )
  })
