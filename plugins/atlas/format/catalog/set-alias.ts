/** Moving and removing aliases, each told in the store's history before. */
import { dirname } from "node:path"
import { Effect } from "effect"
import { layout } from "../artifact/layout.ts"
import { canonicalId, type DatasetId, type DatasetParts } from "../dataset-id.ts"
import { durableReplace, makeDirectory, remove, removeTemporaries, syncDirectory } from "../durable.ts"
import { hashPlainFile } from "../store/copy.ts"
import { storeErrors } from "../store/failures.ts"
import { appendEvent } from "../store/history.ts"
import { publishedFolder, type ServingStore, withStoreLock } from "../store/serving-store.ts"
import {
  type AliasCell,
  AliasChanged,
  aliasJson,
  AliasNameInvalid,
  AliasNotPromoted,
  aliasPath,
  aliasText,
  aliasValue,
  namedAlias,
  observeAlias
} from "./alias.ts"
import { CatalogInvalid, entryIn, readCatalog } from "./catalog.ts"
import type { StoreChangeOptions } from "./swap.ts"

export interface SetAliasOptions extends StoreChangeOptions {
  /** What the alias must be now, as its value or as `aliasText` gives it, null for absent; whatever it is if not given. */
  readonly expected?: string | null | undefined
}

/** `before` is the value it had, null if it was absent. */
export interface AliasSet {
  readonly value: string
  readonly before: string | null
  readonly changed: boolean
}

export const aliasErrors = [AliasNameInvalid, AliasNotPromoted, AliasChanged, CatalogInvalid, ...storeErrors] as const
export type AliasFailure = InstanceType<(typeof aliasErrors)[number]>

/** Of one alias: what is there, if it is what is expected. */
const expectAlias = (store: ServingStore, cell: AliasCell, expected: string | null | undefined) =>
  Effect.gen(function* () {
    const live = yield* observeAlias(store, cell)
    const actual = live.state === "absent" ? null : live.value
    if (expected === undefined || expected === actual || (live.state === "present" && expected === aliasText(live))) return live
    const message = `${cell.name} of ${cell.species} ${cell.assembly} was moved by someone else`
    return yield* new AliasChanged({ message, where: { path: aliasPath(store, cell) }, alias: cell.name, expected, actual })
  })

/** `setAlias` for who holds the store's lock. */
export const placeAlias = (
  store: ServingStore,
  name: string,
  id: DatasetId,
  options: SetAliasOptions = {}
): Effect.Effect<AliasSet, AliasFailure> =>
  Effect.gen(function* () {
    const cell: AliasCell = { name, species: id.species, assembly: id.assembly }
    const path = aliasPath(store, cell)
    const dataset = canonicalId(id)
    if (entryIn(yield* readCatalog(store), id).state === "absent") {
      const message = `${name} cannot point to ${dataset}: it is not in the catalog`
      return yield* new AliasNotPromoted({ message, where: { path }, alias: name, dataset })
    }
    const manifest = yield* hashPlainFile(`${publishedFolder(store, id)}/${layout.manifest}`)
    const value = aliasValue(name, id, manifest.sha256)
    const live = yield* observeAlias(store, cell)
    const before = live.state === "absent" ? null : live.value
    if (before === value) {
      // The run that made it may have been killed before its fsync.
      yield* makeDirectory(dirname(path), store.path)
      yield* syncDirectory(dirname(path))
      return { value, before, changed: false }
    }
    yield* expectAlias(store, cell, options.expected)
    yield* makeDirectory(dirname(path), store.path)
    yield* removeTemporaries(dirname(path))
    const { actor, because } = options
    yield* appendEvent(store, { action: "alias", actor, because, alias: name, dataset: id, before, after: value })
    // Whoever writes without our lock is seen until the last moment.
    yield* expectAlias(store, cell, before)
    yield* durableReplace(path, aliasJson(name, id, manifest.sha256))
    return { value, before, changed: true }
  })

/** Points the alias `name` of the dataset's species and assembly to it, by compare-and-swap under the store's lock. Idempotent. */
export const setAlias = (
  store: ServingStore,
  name: string,
  id: DatasetId,
  options: SetAliasOptions = {}
): Effect.Effect<AliasSet, AliasFailure> =>
  Effect.andThen(
    namedAlias({ name, species: id.species, assembly: id.assembly }),
    withStoreLock(store, placeAlias(store, name, id, options), options.lock)
  )

/** Removes an alias that points to `id`, for who holds the store's lock; a project that owns it takes it as held. */
export const takeAlias = (store: ServingStore, cell: AliasCell, id: DatasetParts, { actor, because }: StoreChangeOptions) =>
  Effect.gen(function* () {
    const path = aliasPath(store, cell)
    const live = yield* observeAlias(store, cell)
    if (live.state === "absent") return
    yield* appendEvent(store, { action: "alias", actor, because, alias: cell.name, dataset: id, before: live.value, after: null })
    yield* expectAlias(store, cell, live.value)
    yield* remove(path)
    yield* syncDirectory(dirname(path))
  })

/** Removes an alias, by compare-and-swap under the store's lock; a project that owns it takes it as held. Idempotent. */
export const removeAlias = (
  store: ServingStore,
  cell: AliasCell,
  options: SetAliasOptions = {}
): Effect.Effect<{ readonly before: string | null; readonly changed: boolean }, AliasFailure> =>
  Effect.andThen(
    namedAlias(cell),
    withStoreLock(
      store,
      Effect.gen(function* () {
        const live = yield* observeAlias(store, cell)
        if (live.state === "absent") return { before: null, changed: false }
        yield* expectAlias(store, cell, options.expected)
        // Of a file that is no alias the history can tell its kind alone.
        const id = live.dataset ?? { release: "", species: cell.species, assembly: cell.assembly }
        yield* takeAlias(store, cell, id, options)
        return { before: live.value, changed: true }
      }),
      options.lock
    )
  )
