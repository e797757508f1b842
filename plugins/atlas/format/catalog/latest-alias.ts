/** STORE/latest.alias.json, the reference's single alias (dataset contract §7). It holds a clock, so `atlas-dataset` alone writes it. */
import { Clock, Effect, Result, Schema } from "effect"
import { decodeJson, readWhole } from "../artifact/json-file.ts"
import { sha256 } from "../artifact/sha256.ts"
import { canonicalJson } from "../canonical-json.ts"
import { canonicalId, type DatasetId, DatasetParts, sameDataset } from "../dataset-id.ts"
import { durableReplace, removeTemporaries, syncDirectory } from "../durable.ts"
import { appendEvent } from "../store/history.ts"
import { type ServingStore, withStoreLock } from "../store/serving-store.ts"
import { type AliasFailure, AliasNotPromoted } from "./alias.ts"
import { catalogJson, entryIn, readCatalog } from "./catalog.ts"
import type { StoreChangeOptions } from "./promote.ts"

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

export interface LatestAliasUpdated {
  readonly path: string
  readonly changed: boolean
}

/** Points the store's one `latest` to a promoted dataset; unchanged if it does so under this catalog. */
export const latestAliasUpdate = (
  store: ServingStore,
  id: DatasetId,
  options: StoreChangeOptions = {}
): Effect.Effect<LatestAliasUpdated, Exclude<AliasFailure, { readonly _tag: "AliasNameInvalid" | "AliasChanged" }>> =>
  withStoreLock(
    store,
    Effect.gen(function* () {
      const path = `${store.path}/latest.alias.json`
      const catalog = yield* readCatalog(store)
      const dataset = canonicalId(id)
      if (entryIn(catalog, id).state === "absent") {
        const message = `latest cannot point to ${dataset}: it is not in the catalog`
        return yield* new AliasNotPromoted({ message, where: { path }, alias: "latest", dataset })
      }
      const catalogSha256 = sha256(catalogJson(catalog.entries))
      const bytes = yield* Effect.result(readWhole(path, 65_536))
      if (Result.isSuccess(bytes)) {
        const live = yield* Effect.result(decodeJson(LatestAlias, bytes.success, path))
        if (Result.isSuccess(live) && live.success.catalog_sha256 === catalogSha256 && sameDataset(live.success.dataset, id)) {
          // The run that made it may have been killed before its fsync.
          yield* syncDirectory(store.path)
          return { path, changed: false }
        }
      }
      const alias: LatestAlias = {
        schema_version: 1,
        alias: "latest",
        dataset: { release: id.release, species: id.species, assembly: id.assembly },
        policy: "promotion-gated",
        updated_at: String(Math.floor((yield* Clock.currentTimeMillis) / 1000)),
        updated_by: "atlas-dataset",
        catalog_sha256: catalogSha256
      }
      const text = canonicalJson(alias)
      const before = Result.isSuccess(bytes) ? sha256(bytes.success) : null
      yield* removeTemporaries(store.path)
      yield* appendEvent(store, { action: "latest-alias", actor: options.actor, dataset: id, before, after: sha256(text) })
      yield* durableReplace(path, text)
      return { path, changed: true }
    }),
    options.lock
  )
