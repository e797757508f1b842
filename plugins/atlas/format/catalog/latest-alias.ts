/** STORE/latest.alias.json, the reference's single alias (dataset contract §7). It holds a clock, so `atlas-dataset` alone writes it. */
import { Clock, Effect, Result, Schema } from "effect"
import { decodeJson, readWhole } from "../artifact/json-file.ts"
import { sha256 } from "../artifact/sha256.ts"
import { canonicalJson } from "../canonical-json.ts"
import { canonicalId, type DatasetId, DatasetParts, sameDataset } from "../dataset-id.ts"
import { durableReplace, remove, removeTemporaries, syncDirectory } from "../durable.ts"
import { appendEvent } from "../store/history.ts"
import { type ServingStore, withStoreLock } from "../store/serving-store.ts"
import { AliasNotPromoted, observeAlias } from "./alias.ts"
import { catalogJson, entryIn, readCatalog } from "./catalog.ts"
import { type AliasFailure, placeAlias } from "./set-alias.ts"
import type { StoreChangeOptions } from "./swap.ts"

/** `updated_at` is seconds since 1970 as text; `catalog_sha256` of the catalog's canonical text. */
export const LatestAlias = Schema.Struct({
  schema_version: Schema.Literal(1),
  alias: Schema.Literal("latest"),
  dataset: DatasetParts,
  policy: Schema.Literal("promotion-gated"),
  updated_at: Schema.String,
  updated_by: Schema.String,
  catalog_sha256: Schema.String
})
export type LatestAlias = typeof LatestAlias.Type

/** What the program released as 0.2.1 writes (dataset contract §13): neither when nor under which catalog. */
export const ReleasedLatestAlias = Schema.Struct({ dataset: DatasetParts, policy: Schema.Literal("promotion-gated") })

/** By whom an alias of this program was written. */
const writer = "atlas-dataset"

/** `changed` is true if either alias was. */
export interface LatestAliasUpdated {
  readonly path: string
  readonly changed: boolean
}

const pathOf = (store: ServingStore): string => `${store.path}/latest.alias.json`

const readLatest = (store: ServingStore) =>
  Effect.gen(function* () {
    const bytes = yield* Effect.result(readWhole(pathOf(store), 65_536))
    if (Result.isFailure(bytes)) return { before: null, alias: undefined, released: undefined }
    const alias = yield* Effect.result(decodeJson(LatestAlias, bytes.success, pathOf(store)))
    const released = yield* Effect.result(decodeJson(ReleasedLatestAlias, bytes.success, pathOf(store)))
    return {
      before: sha256(bytes.success),
      alias: Result.isSuccess(alias) ? alias.success : undefined,
      released: Result.isSuccess(released) ? released.success : undefined
    }
  })

/** Where the store's one `latest` points; null where it is not there or says nothing. `ours` if this program wrote it. */
export interface ObservedLatest {
  readonly there: boolean
  readonly dataset: DatasetParts | null
  readonly ours: boolean
}

export const observeLatest = (store: ServingStore): Effect.Effect<ObservedLatest> =>
  Effect.map(readLatest(store), ({ before, alias, released }) => ({
    there: before !== null,
    dataset: (alias ?? released)?.dataset ?? null,
    ours: alias?.updated_by === writer
  }))

/** Whether the store's one `latest` points to a dataset. */
export const isLatest = (store: ServingStore, id: DatasetId): Effect.Effect<boolean> =>
  Effect.map(observeLatest(store), ({ dataset }) => dataset !== null && sameDataset(dataset, id))

/** Points it to `id` under the catalog of that digest, for who holds the store's lock; true if it did not. */
export const placeLatest = (store: ServingStore, id: DatasetId, catalogSha256: string, { actor, because }: StoreChangeOptions) =>
  Effect.gen(function* () {
    const { before, alias } = yield* readLatest(store)
    if (alias !== undefined && alias.catalog_sha256 === catalogSha256 && sameDataset(alias.dataset, id)) {
      // The run that made it may have been killed before its fsync.
      yield* syncDirectory(store.path)
      return false
    }
    const latest: LatestAlias = {
      schema_version: 1,
      alias: "latest",
      dataset: { release: id.release, species: id.species, assembly: id.assembly },
      policy: "promotion-gated",
      updated_at: String(Math.floor((yield* Clock.currentTimeMillis) / 1000)),
      updated_by: writer,
      catalog_sha256: catalogSha256
    }
    const text = canonicalJson(latest)
    yield* removeTemporaries(store.path)
    yield* appendEvent(store, { action: "latest-alias", actor, because, dataset: id, before, after: sha256(text) })
    yield* durableReplace(pathOf(store), text)
    return true
  })

/** Removes it, for who holds the store's lock. */
export const takeLatest = (store: ServingStore, id: DatasetId, { actor, because }: StoreChangeOptions) =>
  Effect.gen(function* () {
    const { before } = yield* readLatest(store)
    yield* appendEvent(store, { action: "latest-alias", actor, because, dataset: id, before, after: null })
    yield* remove(pathOf(store))
    yield* syncDirectory(store.path)
  })

/**
 * Points the store's one `latest` to a promoted dataset; unchanged if it does so under this catalog. An alias `latest` of its species and
 * assembly, where there is one, is moved with it: two that disagree would help nobody.
 */
export const latestAliasUpdate = (
  store: ServingStore,
  id: DatasetId,
  options: StoreChangeOptions = {}
): Effect.Effect<LatestAliasUpdated, AliasFailure> =>
  withStoreLock(
    store,
    Effect.gen(function* () {
      const path = pathOf(store)
      const catalog = yield* readCatalog(store)
      const dataset = canonicalId(id)
      if (entryIn(catalog, id).state === "absent") {
        const message = `latest cannot point to ${dataset}: it is not in the catalog`
        return yield* new AliasNotPromoted({ message, where: { path }, alias: "latest", dataset })
      }
      const changed = yield* placeLatest(store, id, sha256(catalogJson(catalog.entries)), options)
      const own = yield* observeAlias(store, { name: "latest", species: id.species, assembly: id.assembly })
      const moved = own.state === "present" && (yield* placeAlias(store, "latest", id, options)).changed
      return { path, changed: changed || moved }
    }),
    options.lock
  )
