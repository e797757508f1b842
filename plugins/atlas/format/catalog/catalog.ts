/** catalog.json (dataset contract §7): what servers serve. Canonical JSON, entries strictly ascending. */
import * as fs from "node:fs/promises"
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { decodeJson, readWhole } from "../artifact/json-file.ts"
import { layout } from "../artifact/layout.ts"
import { type ArtifactUnreadable, sha256, unreadable } from "../artifact/sha256.ts"
import { canonicalJson, compareCodePoints } from "../canonical-json.ts"
import { canonicalId, type DatasetId, datasetFolder, datasetIdProblems, DatasetParts, sameDataset } from "../dataset-id.ts"
import { errnoOf } from "../durable.ts"
import type { ServingStore } from "../store/serving-store.ts"

/** Paths are relative to the store. */
export const CatalogEntry = Schema.Struct({
  dataset: DatasetParts,
  manifest_path: Schema.String,
  sqlite_path: Schema.String,
  diff_artifacts: Schema.optionalKey(Schema.Array(Schema.Json))
})
export type CatalogEntry = typeof CatalogEntry.Type

const Catalog = Schema.Struct({
  model_version: Schema.Literal("v1").pipe(Schema.withDecodingDefaultKey(Effect.succeed("v1" as const))),
  datasets: Schema.Array(CatalogEntry)
})

export class CatalogInvalid extends Schema.TaggedError<CatalogInvalid>()("CatalogInvalid", {
  ...Told,
  path: Schema.String,
  problems: Schema.Array(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A catalog is not of its form",
    hint: "put back the catalog that was there, e.g. from a backup, or promote the datasets into a new one",
    example: "store/catalog.json is not a catalog: datasets[1] must be sorted after datasets[0]"
  }
}

/** Most bytes of a catalog: 256 MiB, about half a million entries. */
const catalogBytes = 256 * 1024 * 1024

/** Relative, and never leads out of the store. */
const isInside = (path: string): boolean =>
  !path.startsWith("/") && !path.includes("\0") && path.split("/").every((part) => part !== "" && part !== "." && part !== "..")

const withoutEmpty = ({ diff_artifacts: diffs, ...entry }: CatalogEntry): CatalogEntry =>
  diffs === undefined || diffs.length === 0 ? entry : { ...entry, diff_artifacts: diffs }

const compareEntries = (a: CatalogEntry, b: CatalogEntry): number =>
  compareCodePoints(a.dataset.release, b.dataset.release) ||
  compareCodePoints(a.dataset.species, b.dataset.species) ||
  compareCodePoints(a.dataset.assembly, b.dataset.assembly) ||
  compareCodePoints(a.manifest_path, b.manifest_path) ||
  compareCodePoints(a.sqlite_path, b.sqlite_path) ||
  compareCodePoints(canonicalJson(a.diff_artifacts ?? []), canonicalJson(b.diff_artifacts ?? []))

const entryProblems = (entries: ReadonlyArray<CatalogEntry>): ReadonlyArray<string> => {
  const problems: Array<string> = []
  for (const [i, entry] of entries.entries()) {
    for (const problem of datasetIdProblems(entry.dataset)) problems.push(`datasets[${i}].dataset: ${problem}`)
    for (const key of ["manifest_path", "sqlite_path"] as const) {
      if (entry[key] === "") problems.push(`datasets[${i}].${key} must not be empty`)
      else if (!isInside(entry[key])) problems.push(`datasets[${i}].${key} must be a path inside the store`)
    }
    const previous = entries[i - 1]
    if (previous === undefined) continue
    if (sameDataset(previous.dataset, entry.dataset)) problems.push(`datasets[${i}] is ${canonicalId(entry.dataset)} again`)
    else if (compareEntries(previous, entry) >= 0) problems.push(`datasets[${i}] must be sorted after datasets[${i - 1}]`)
  }
  return problems
}

/** In the order of a catalog. */
export const sortedEntries = (entries: ReadonlyArray<CatalogEntry>): ReadonlyArray<CatalogEntry> =>
  entries.map(withoutEmpty).toSorted(compareEntries)

/**
 * Decodes a catalog's bytes: strict JSON, unknown fields refused, its rules kept, all problems at once. `path` is for the telling. With `sort`
 * its order is put right instead of judged.
 */
export const parseCatalog = (
  bytes: Uint8Array,
  path: string,
  { sort = false }: { readonly sort?: boolean } = {}
): Effect.Effect<ReadonlyArray<CatalogEntry>, CatalogInvalid> => {
  const invalid = (problems: ReadonlyArray<string>) =>
    new CatalogInvalid({
      message: `${path} is not a catalog: ${problems.slice(0, 10).join("; ")}${problems.length > 10 ? "; …" : ""}`,
      where: { path },
      path,
      problems
    })
  return decodeJson(Catalog, bytes, path).pipe(
    Effect.mapError((error) => invalid(error.problems)),
    Effect.flatMap(({ datasets }) => {
      const entries = sort ? sortedEntries(datasets) : datasets.map(withoutEmpty)
      const problems = entryProblems(entries)
      return problems.length > 0 ? Effect.fail(invalid(problems)) : Effect.succeed(entries)
    })
  )
}

/** Reads and judges a catalog file. Its bytes need not be canonical; what we write is. */
export const validateCatalog = (
  path: string,
  options: { readonly sort?: boolean } = {}
): Effect.Effect<ReadonlyArray<CatalogEntry>, CatalogInvalid | ArtifactUnreadable> =>
  Effect.flatMap(readWhole(path, catalogBytes), (bytes) => parseCatalog(bytes, path, options))

/** The bytes of catalog.json. */
export const catalogJson = (entries: ReadonlyArray<CatalogEntry>): string =>
  canonicalJson({ model_version: "v1", datasets: sortedEntries(entries) })

export const catalogPath = (store: ServingStore): string => `${store.path}/catalog.json`

/** A store's catalog as it is: `sha256` is of its bytes, null where there is none. */
export interface StoreCatalog {
  readonly entries: ReadonlyArray<CatalogEntry>
  readonly sha256: string | null
}

/** The catalog's bytes; null where there is none. */
export const readCatalogBytes = (store: ServingStore): Effect.Effect<Buffer | null, ArtifactUnreadable> =>
  Effect.gen(function* () {
    const path = catalogPath(store)
    const there = yield* Effect.tryPromise({
      try: () =>
        fs.lstat(path).then(
          () => true,
          (cause: unknown) => {
            if (errnoOf(cause) === "ENOENT") return false
            throw cause
          }
        ),
      catch: unreadable(path)
    })
    return there ? yield* readWhole(path, catalogBytes) : null
  })

/** The last one that was read: of a store with many datasets each asks for the same bytes. */
let lastRead: StoreCatalog | undefined

/** The catalog of a store; no file is an empty catalog. */
export const readCatalog = (store: ServingStore): Effect.Effect<StoreCatalog, CatalogInvalid | ArtifactUnreadable> =>
  Effect.gen(function* () {
    const bytes = yield* readCatalogBytes(store)
    if (bytes === null) return { entries: [], sha256: null }
    const digest = sha256(bytes)
    if (lastRead?.sha256 === digest) return lastRead
    return (lastRead = { entries: yield* parseCatalog(bytes, catalogPath(store)), sha256: digest })
  })

/** The entry that promoting a dataset makes. */
export const entryOf = (id: DatasetId): CatalogEntry => ({
  dataset: { release: id.release, species: id.species, assembly: id.assembly },
  manifest_path: `${datasetFolder(id)}/${layout.manifest}`,
  sqlite_path: `${datasetFolder(id)}/${layout.sqlite}`
})

export const valueOfEntry = (entry: CatalogEntry): string => sha256(canonicalJson(entry))

/** The value that a promoted dataset's entry has, known before it is promoted. */
export const entryValue = (id: DatasetId): string => valueOfEntry(entryOf(id))

/** `value` is the SHA-256 of the entry's canonical JSON, lower-case hex. */
export type ObservedEntry = { readonly state: "absent" } | { readonly state: "present"; readonly value: string }

export const entryIn = (catalog: StoreCatalog, id: DatasetId): ObservedEntry => {
  const entry = catalog.entries.find(({ dataset }) => sameDataset(dataset, id))
  return entry === undefined ? { state: "absent" } : { state: "present", value: valueOfEntry(entry) }
}

/** One dataset's entry in the store's catalog. */
export const observeEntry = (store: ServingStore, id: DatasetId): Effect.Effect<ObservedEntry, CatalogInvalid | ArtifactUnreadable> =>
  Effect.map(readCatalog(store), (catalog) => entryIn(catalog, id))
