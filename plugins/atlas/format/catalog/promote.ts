/** Promoting: a published dataset gets its catalog entry, from when on servers serve it. The commit point is the rename of catalog.json. */
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { layout } from "../artifact/layout.ts"
import { canonicalId, type DatasetId } from "../dataset-id.ts"
import { syncDirectory } from "../durable.ts"
import { hashPlainFile } from "../store/copy.ts"
import { storeErrors } from "../store/failures.ts"
import { appendEvent } from "../store/history.ts"
import { type ObserveOptions, observePublished } from "../store/observe.ts"
import { PublishedDamaged, toldProblems } from "../store/publish.ts"
import { publishedFolder, type ServingStore, withStoreLock } from "../store/serving-store.ts"
import { CatalogInvalid, catalogPath, entryIn, entryOf, entryValue, observeEntry } from "./catalog.ts"
import { type Embargo, Embargoed, embargoInForce, type EmbargoOptions, notEmbargoed } from "./embargo.ts"
import { CatalogChanged, type CatalogChangeOptions, expectCatalog, openCatalog, swapCatalog } from "./swap.ts"

export class NotPublished extends Schema.TaggedError<NotPublished>()("NotPublished", { ...Told, dataset: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A dataset is not in the store",
    hint: "publish it first",
    example: "110/homo_sapiens/GRCh38 is not published in store"
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

/**
 * `value` is that of the entry (`entryValue`); `catalog_sha256` of catalog.json's bytes. `embargo` is one that is in force though the dataset
 * was promoted before.
 */
export interface Promoted {
  readonly dataset: DatasetId
  readonly value: string
  readonly changed: boolean
  readonly catalog_sha256: string
  readonly embargo: Embargo | null
}

export const promoteErrors = [
  NotPublished,
  PublishedDamaged,
  Embargoed,
  CatalogChanged,
  CatalogInvalid,
  EntryConflict,
  ...storeErrors
] as const
export type PromoteFailure = InstanceType<(typeof promoteErrors)[number]>

const notPublished = (store: ServingStore, id: DatasetId) => {
  const [dataset, path] = [canonicalId(id), publishedFolder(store, id)]
  return new NotPublished({ message: `${dataset} is not published in ${store.path}`, where: { path }, dataset })
}

/** Gives a complete, undamaged dataset of the store its catalog entry, unless it is embargoed. Idempotent. */
export const promote = <E = never, R = never>(
  store: ServingStore,
  id: DatasetId,
  options: CatalogChangeOptions & EmbargoOptions & ObserveOptions<E, R> = {}
): Effect.Effect<Promoted, PromoteFailure | E, R> =>
  Effect.gen(function* () {
    const dataset = canonicalId(id)
    // Before all is hashed; the lock's holder asks again.
    if ((yield* observeEntry(store, id)).state === "absent") yield* notEmbargoed(store, id, options)
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
        const catalog = yield* openCatalog(store)
        const entry = entryIn(catalog, id)
        if (entry.state === "present") {
          if (entry.value === value) {
            // The run that made it may have been killed between its rename and its fsync.
            yield* syncDirectory(store.path)
            const { embargo } = yield* embargoInForce(store, id, options)
            return { dataset: id, value, changed: false, catalog_sha256: catalog.sha256 ?? "", embargo }
          }
          const message = `the catalog has another entry for ${dataset}`
          const where = { path: catalogPath(store) }
          return yield* new EntryConflict({ message, where, dataset, expected: value, actual: entry.value })
        }
        yield* expectCatalog(store, catalog, options)
        yield* notEmbargoed(store, id, options)
        yield* appendEvent(store, {
          action: "promote",
          actor: options.actor,
          because: options.because,
          dataset: id,
          before: null,
          after: value
        })
        const written = yield* swapCatalog(store, catalog.sha256, [...catalog.entries, entryOf(id)])
        return { dataset: id, value, changed: true, catalog_sha256: written.sha256, embargo: null }
      }),
      options.lock
    )
  })
