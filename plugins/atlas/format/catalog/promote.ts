/** Promoting: a published dataset gets its catalog entry, from when on servers serve it. The commit point is the rename of catalog.json. */
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { layout } from "../artifact/layout.ts"
import { sha256 } from "../artifact/sha256.ts"
import { canonicalId, type DatasetId } from "../dataset-id.ts"
import { durableReplace, removeTemporaries, syncDirectory } from "../durable.ts"
import { hashPlainFile } from "../store/copy.ts"
import { appendEvent } from "../store/history.ts"
import type { LockOptions } from "../store/lock.ts"
import { type ObserveOptions, observePublished } from "../store/observe.ts"
import { PublishedDamaged, storeErrors, toldProblems } from "../store/publish.ts"
import { publishedFolder, type ServingStore, withStoreLock } from "../store/serving-store.ts"
import { CatalogInvalid, catalogJson, catalogPath, entryIn, entryOf, entryValue, readCatalog, readCatalogBytes } from "./catalog.ts"

export class NotPublished extends Schema.TaggedError<NotPublished>()("NotPublished", { ...Told, dataset: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A dataset is not in the store",
    hint: "publish it first",
    example: "110/homo_sapiens/GRCh38 is not published in store"
  }
}

export class CatalogChanged extends Schema.TaggedError<CatalogChanged>()("CatalogChanged", {
  ...Told,
  path: Schema.String,
  expected: Schema.NullOr(Schema.String),
  actual: Schema.NullOr(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "Another program changed the catalog at the same time, without the store's lock; its change was kept, ours was not made",
    hint: "run again; use one program to change a store",
    example: "store/catalog.json was changed by another program while it was being updated"
  }
}

export class EntryConflict extends Schema.TaggedError<EntryConflict>()("EntryConflict", {
  ...Told,
  dataset: Schema.String,
  expected: Schema.String,
  actual: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "The catalog has another entry for this dataset",
    hint: "look at the entry in catalog.json: another program made it; remove it there if it is not wanted",
    example: "the catalog has another entry for 110/homo_sapiens/GRCh38"
  }
}

/** `value` is that of the entry (`entryValue`); `catalog_sha256` of catalog.json's bytes. */
export interface Promoted {
  readonly dataset: DatasetId
  readonly value: string
  readonly changed: boolean
  readonly catalog_sha256: string
}

export interface StoreChangeOptions {
  /** Who does it, for the history; the login name if not given. */
  readonly actor?: string | undefined
  /** Why, for the history. */
  readonly because?: string | undefined
  readonly lock?: LockOptions
}

export const promoteErrors = [NotPublished, PublishedDamaged, CatalogChanged, CatalogInvalid, EntryConflict, ...storeErrors] as const
export type PromoteFailure = InstanceType<(typeof promoteErrors)[number]>

const notPublished = (store: ServingStore, id: DatasetId) => {
  const [dataset, path] = [canonicalId(id), publishedFolder(store, id)]
  return new NotPublished({ message: `${dataset} is not published in ${store.path}`, where: { path }, dataset })
}

/** Replaces catalog.json if it still has the digest `expected`; readers that keep no lock of ours are seen so. */
export const swapCatalog = (store: ServingStore, expected: string | null, text: string) =>
  Effect.gen(function* () {
    const path = catalogPath(store)
    const bytes = yield* readCatalogBytes(store)
    const actual = bytes === null ? null : sha256(bytes)
    if (actual === expected) return yield* durableReplace(path, text)
    const message = `${path} was changed by another program while it was being updated`
    return yield* new CatalogChanged({ message, where: { path }, path, expected, actual })
  })

/** Gives a complete, undamaged dataset of the store its catalog entry. Idempotent. */
export const promote = <E = never, R = never>(
  store: ServingStore,
  id: DatasetId,
  options: StoreChangeOptions & ObserveOptions<E, R> = {}
): Effect.Effect<Promoted, PromoteFailure | E, R> =>
  Effect.gen(function* () {
    const dataset = canonicalId(id)
    const live = yield* observePublished(store, id, options)
    if (live.state === "absent") return yield* notPublished(store, id)
    if (live.state === "damaged") {
      const message = `${dataset} is damaged in the store: ${toldProblems(live.problems)}`
      return yield* new PublishedDamaged({ message, where: { path: publishedFolder(store, id) }, dataset, problems: live.problems })
    }
    const value = entryValue(id)
    return yield* withStoreLock(
      store,
      Effect.gen(function* () {
        // Hashing took its time outside the lock: the folder may be gone.
        const manifest = yield* hashPlainFile(`${publishedFolder(store, id)}/${layout.manifest}`).pipe(
          Effect.mapError(() => notPublished(store, id))
        )
        if (manifest.sha256 !== live.value) return yield* notPublished(store, id)
        yield* removeTemporaries(store.path)
        const catalog = yield* readCatalog(store)
        const entry = entryIn(catalog, id)
        if (entry.state === "present") {
          if (entry.value === value) {
            // The run that made it may have been killed between its rename and its fsync.
            yield* syncDirectory(store.path)
            return { dataset: id, value, changed: false, catalog_sha256: catalog.sha256 ?? "" }
          }
          const message = `the catalog has another entry for ${dataset}`
          const where = { path: catalogPath(store) }
          return yield* new EntryConflict({ message, where, dataset, expected: value, actual: entry.value })
        }
        const text = catalogJson([...catalog.entries, entryOf(id)])
        yield* appendEvent(store, {
          action: "promote",
          actor: options.actor,
          because: options.because,
          dataset: id,
          before: null,
          after: value
        })
        const written = yield* swapCatalog(store, catalog.sha256, text)
        return { dataset: id, value, changed: true, catalog_sha256: written.sha256 }
      }),
      options.lock
    )
  })
