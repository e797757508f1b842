/**
 * Rolling back: a dataset loses its catalog entry, servers serve it no longer, its folder stays. Projects that own the entry take it as held.
 * The commit point is the rename of catalog.json; aliases are moved before, so that none ever points to what is not in the catalog.
 */
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { sha256 } from "../artifact/sha256.ts"
import { canonicalId, type DatasetId, datasetId, DatasetIdInvalid, sameDataset } from "../dataset-id.ts"
import { syncDirectory } from "../durable.ts"
import { appendEvent } from "../store/history.ts"
import { lastEvent } from "../store/last-events.ts"
import { type ServingStore, withStoreLock } from "../store/serving-store.ts"
import { AliasNotPromoted, aliasesTo } from "./alias.ts"
import { catalogJson, catalogPath, entryIn, type StoreCatalog } from "./catalog.ts"
import { isLatest, placeLatest, takeLatest } from "./latest-alias.ts"
import { aliasErrors, placeAlias, takeAlias } from "./set-alias.ts"
import { CatalogChanged, type CatalogChangeOptions, expectCatalog, openCatalog, swapCatalog } from "./swap.ts"

export class NotPromoted extends Schema.TaggedError<NotPromoted>()("NotPromoted", { ...Told, dataset: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A dataset is not in the catalog, and nobody rolled it back",
    hint: "look at the catalog for what is promoted",
    example: "110/homo_sapiens/GRCh38 is not in the catalog of store"
  }
}

export class AliasInUse extends Schema.TaggedError<AliasInUse>()("AliasInUse", {
  ...Told,
  dataset: Schema.String,
  aliases: Schema.Array(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A dataset stays in the catalog, because aliases point to it",
    hint: "name the release they shall point to with --move-alias-to, or take them away with --remove-alias",
    example: "110/homo_sapiens/GRCh38 stays in the catalog: latest points to it"
  }
}

export interface RollbackOptions extends CatalogChangeOptions {
  /** What becomes of aliases that point to it: they move to another release of its species and assembly, or go. Without it, refused. */
  readonly aliases?: { readonly moveTo: string } | "remove" | undefined
}

/** `changed` is false where it was rolled back before; `aliases` by name, `latest.alias.json` for the store's one. */
export interface RolledBack {
  readonly dataset: DatasetId
  readonly changed: boolean
  readonly aliases: ReadonlyArray<string>
  /** Of catalog.json's bytes; null where there is none. */
  readonly catalog_sha256: string | null
}

export const rollbackErrors = [NotPromoted, AliasInUse, CatalogChanged, DatasetIdInvalid, ...aliasErrors] as const
export type RollbackFailure = InstanceType<(typeof rollbackErrors)[number]>

/** Where aliases are to point instead: a promoted dataset, and not the one that goes. */
const destination = (id: DatasetId, release: string, catalog: StoreCatalog) =>
  Effect.gen(function* () {
    const to = yield* datasetId({ ...id, release })
    const dataset = canonicalId(to)
    if (!sameDataset(to, id) && entryIn(catalog, to).state === "present") return to
    const why = sameDataset(to, id) ? "it is what is taken out of the catalog" : "it is not in the catalog"
    return yield* new AliasNotPromoted({ message: `aliases cannot point to ${dataset}: ${why}`, alias: "", dataset })
  })

/** All that points to a dataset; `names` as people read them, `latest.alias.json` for the store's one. */
const pointers = (store: ServingStore, id: DatasetId) =>
  Effect.gen(function* () {
    const cells = yield* aliasesTo(store, id)
    const latest = yield* isLatest(store, id)
    return { cells, latest, names: [...cells.map(({ name }) => name), ...(latest ? ["latest.alias.json"] : [])] }
  })

const inUse = (store: ServingStore, id: DatasetId, names: ReadonlyArray<string>) => {
  const dataset = canonicalId(id)
  const message = `${dataset} stays in the catalog: ${names.join(" and ")} ${names.length === 1 ? "points" : "point"} to it`
  return new AliasInUse({ message, where: { path: catalogPath(store) }, dataset, aliases: names })
}

/** Fails with `AliasInUse` if anything points to a dataset. */
export const notInUse = (store: ServingStore, id: DatasetId) =>
  Effect.flatMap(pointers(store, id), ({ names }) => (names.length === 0 ? Effect.void : Effect.fail(inUse(store, id, names))))

/** Moves or removes all that points to `id`. `after` is the digest of the catalog without it. */
const clearAliases = (store: ServingStore, id: DatasetId, catalog: StoreCatalog, after: string, options: RollbackOptions) =>
  Effect.gen(function* () {
    const { cells, latest, names } = yield* pointers(store, id)
    if (names.length === 0) return names
    const { aliases } = options
    if (aliases === undefined) return yield* inUse(store, id, names)
    if (aliases === "remove") {
      for (const cell of cells) yield* takeAlias(store, cell, id, options)
      if (latest) yield* takeLatest(store, id, options)
      return names
    }
    const to = yield* destination(id, aliases.moveTo, catalog)
    for (const { name } of cells) yield* placeAlias(store, name, to, { actor: options.actor, because: options.because })
    if (latest) yield* placeLatest(store, to, after, options)
    return names
  })

/**
 * Takes a dataset out of the catalog, for who holds the store's lock. `retire` is told in the history instead of `rollback`, also where there
 * is no entry.
 */
export const takeEntry = (store: ServingStore, id: DatasetId, action: "rollback" | "retire", options: RollbackOptions) =>
  Effect.gen(function* () {
    const { actor, because } = options
    const dataset = canonicalId(id)
    const catalog = yield* openCatalog(store)
    const entry = entryIn(catalog, id)
    const rest = catalog.entries.filter((one) => !sameDataset(one.dataset, id))
    const after = sha256(catalogJson(rest))
    if (entry.state === "absent") {
      const last = yield* lastEvent(store, { cell: "entry", dataset: id })
      if (action === "rollback" && last === undefined) {
        const message = `${dataset} is not in the catalog of ${store.path}`
        return yield* new NotPromoted({ message, where: { path: catalogPath(store) }, dataset })
      }
      const aliases = yield* clearAliases(store, id, catalog, after, options)
      const told = last?.after === null && (action === "rollback" || last.action === "retire")
      // The run that did it may have been killed before its fsync.
      if (told) yield* syncDirectory(store.path)
      else yield* appendEvent(store, { action, actor, because, dataset: id, before: null, after: null })
      return { dataset: id, changed: !told || aliases.length > 0, aliases, catalog_sha256: catalog.sha256 } satisfies RolledBack
    }
    yield* expectCatalog(store, catalog, options)
    const aliases = yield* clearAliases(store, id, catalog, after, options)
    yield* appendEvent(store, { action, actor, because, dataset: id, before: entry.value, after: null })
    const written = yield* swapCatalog(store, catalog.sha256, rest)
    return { dataset: id, changed: true, aliases, catalog_sha256: written.sha256 } satisfies RolledBack
  })

/** Takes a dataset's entry out of the catalog by compare-and-swap under the store's lock. Idempotent. */
export const rollback = (store: ServingStore, id: DatasetId, options: RollbackOptions = {}): Effect.Effect<RolledBack, RollbackFailure> =>
  withStoreLock(store, takeEntry(store, id, "rollback", options), options.lock)
