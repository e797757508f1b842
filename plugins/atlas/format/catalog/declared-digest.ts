/**
 * catalog.sha256 (dataset contract §7): a digest of the catalog that the reference's server checks where the file is there. It is of the
 * catalog written in the order in which the reference declares its fields, not of catalog.json's bytes. No reference command keeps it, so a
 * store has one only if its operator wants it; from then on every change of the catalog keeps it. While the catalog changes the file is away,
 * so that no reader sees it beside another catalog; the name it has meanwhile tells the next command of a run that was killed.
 */
import * as fs from "node:fs/promises"
import { Effect } from "effect"
import { type ArtifactUnreadable, sha256, unreadable } from "../artifact/sha256.ts"
import { change, durableReplace, errnoOf, type IoDurability, remove, syncDirectory } from "../durable.ts"
import { privateFolder, type ServingStore } from "../store/serving-store.ts"
import type { CatalogEntry } from "./catalog.ts"

export const declaredDigestPath = (store: ServingStore): string => `${store.path}/catalog.sha256`

const pendingPath = (store: ServingStore): string => `${privateFolder(store)}/catalog.sha256.pending`

/** Lower-case hex SHA-256 of a catalog's entries, sorted as it has them, in declaration order. */
export const declaredDigest = (entries: ReadonlyArray<CatalogEntry>): string =>
  sha256(
    JSON.stringify({
      model_version: "v1",
      datasets: entries.map(({ dataset: { release, species, assembly }, manifest_path, sqlite_path, diff_artifacts: diffs = [] }) => ({
        dataset: { release, species, assembly },
        manifest_path,
        sqlite_path,
        ...(diffs.length === 0 ? {} : { diff_artifacts: diffs })
      }))
    })
  )

const textOf = (path: string): Effect.Effect<string | undefined, ArtifactUnreadable> =>
  Effect.tryPromise({
    try: () =>
      fs.readFile(path, "latin1").catch((cause: unknown) => {
        if (errnoOf(cause) === "ENOENT") return undefined
        throw cause
      }),
    catch: unreadable(path)
  })

/** What the file says: its first word. Undefined without a file. */
export const readDeclaredDigest = (store: ServingStore): Effect.Effect<string | undefined, ArtifactUnreadable> =>
  Effect.map(textOf(declaredDigestPath(store)), (text) => text?.trim().split(/\s+/, 1)[0])

/** Before the catalog changes: puts the file away. True if the store keeps one. */
const putAway = (store: ServingStore): Effect.Effect<boolean, ArtifactUnreadable | IoDurability> =>
  Effect.gen(function* () {
    const path = declaredDigestPath(store)
    if ((yield* textOf(path)) === undefined) return (yield* textOf(pendingPath(store))) !== undefined
    yield* change("rename", pendingPath(store), () => fs.rename(path, pendingPath(store)))
    yield* syncDirectory(privateFolder(store))
    yield* syncDirectory(store.path)
    return true
  })

const place = (store: ServingStore, entries: ReadonlyArray<CatalogEntry>): Effect.Effect<void, IoDurability> =>
  Effect.gen(function* () {
    yield* durableReplace(declaredDigestPath(store), `${declaredDigest(entries)}\n`)
    yield* remove(pendingPath(store))
  })

/** Puts the file right beside a catalog that stays as it is, if the store keeps one or `start` says that it shall. Under the store's lock. */
export const settleDeclaredDigest = (store: ServingStore, entries: ReadonlyArray<CatalogEntry>, start = false) =>
  Effect.gen(function* () {
    const said = yield* readDeclaredDigest(store)
    const pending = (yield* textOf(pendingPath(store))) !== undefined
    if (said === undefined ? !pending && !start : said === declaredDigest(entries) && !pending) return
    yield* place(store, entries)
  })

/** Changes the catalog by `swap`, and keeps the file if the store keeps one. Under the store's lock. */
export const keepingDeclaredDigest = <A, E, R>(
  store: ServingStore,
  entries: ReadonlyArray<CatalogEntry>,
  swap: Effect.Effect<A, E, R>,
  start = false
) =>
  Effect.gen(function* () {
    const keeps = (yield* putAway(store)) || start
    const swapped = yield* swap
    if (keeps) yield* place(store, entries)
    return swapped
  })
