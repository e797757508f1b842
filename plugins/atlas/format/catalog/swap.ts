/** Changing catalog.json: by compare-and-swap, under the store's lock, durably. The commit point is one rename. */
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { sha256 } from "../artifact/sha256.ts"
import { durableReplace, removeTemporaries } from "../durable.ts"
import type { LockOptions } from "../store/lock.ts"
import type { ServingStore } from "../store/serving-store.ts"
import { type CatalogEntry, catalogJson, catalogPath, readCatalog, readCatalogBytes, sortedEntries, type StoreCatalog } from "./catalog.ts"
import { keepingDeclaredDigest, settleDeclaredDigest } from "./declared-digest.ts"

export class CatalogChanged extends Schema.TaggedError<CatalogChanged>()("CatalogChanged", {
  ...Told,
  path: Schema.String,
  expected: Schema.NullOr(Schema.String),
  actual: Schema.NullOr(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "The catalog is not the one that was to be changed: somebody else changed it before; it was left as it is",
    hint: "look at what changed (`atlas-dataset catalog history`), then run again, naming the catalog that is there now",
    example: "store/catalog.json was changed by somebody else"
  }
}

export interface StoreChangeOptions {
  /** Who does it, for the history; the login name if not given. */
  readonly actor?: string | undefined
  /** Why, for the history. */
  readonly because?: string | undefined
  readonly lock?: LockOptions
}

export interface CatalogChangeOptions extends StoreChangeOptions {
  /** Digest of the catalog.json that is to be changed, null for none: another is `CatalogChanged`. Whatever it is if not given. */
  readonly expectedCatalog?: string | null | undefined
}

const changed = (store: ServingStore, expected: string | null, actual: string | null) => {
  const path = catalogPath(store)
  const message = `${path} was changed by somebody else: it is not the catalog that was to be changed`
  return new CatalogChanged({ message, where: { path }, path, expected, actual })
}

/** The catalog that is about to be changed, after what killed runs left is put right. Under the store's lock. */
export const openCatalog = (store: ServingStore) =>
  Effect.gen(function* () {
    yield* removeTemporaries(store.path)
    const catalog = yield* readCatalog(store)
    yield* settleDeclaredDigest(store, catalog.entries)
    return catalog
  })

/** Fails if the catalog is not the one that the caller has seen. */
export const expectCatalog = (store: ServingStore, { sha256: actual }: StoreCatalog, { expectedCatalog }: CatalogChangeOptions) =>
  expectedCatalog === undefined || expectedCatalog === actual ? Effect.void : Effect.fail(changed(store, expectedCatalog, actual))

/** Replaces catalog.json if it still has the digest `expected`; writers that keep no lock of ours are seen so. */
export const swapCatalog = (store: ServingStore, expected: string | null, entries: ReadonlyArray<CatalogEntry>, startDigest = false) =>
  keepingDeclaredDigest(
    store,
    sortedEntries(entries),
    Effect.gen(function* () {
      const bytes = yield* readCatalogBytes(store)
      const actual = bytes === null ? null : sha256(bytes)
      if (actual !== expected) return yield* changed(store, expected, actual)
      return yield* durableReplace(catalogPath(store), catalogJson(entries))
    }),
    startDigest
  )
