/** Inspecting a folder of datasets: build roots, or a serving store with its catalog, aliases and history. */
import { existsSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Result } from "effect"
import { provenanceText } from "../artifact/dialect.ts"
import { unreadable, type ArtifactUnreadable } from "../artifact/sha256.ts"
import { decodeJson, JsonFileInvalid, readWhole } from "../artifact/json-file.ts"
import { Alias } from "../catalog/alias.ts"
import { catalogPath, readCatalog } from "../catalog/catalog.ts"
import { observeLatest } from "../catalog/latest-alias.ts"
import { foreignIn, type Quirk } from "../reference/published.ts"
import { inventoryPath } from "../store/inventory.ts"
import { canonicalId, type DatasetParts, isDatasetId, partsOfFolder } from "../dataset-id.ts"
import type { IoDurability } from "../durable.ts"
import { readHistory } from "../store/history.ts"
import { openServingStore, publishedFolder, type ServingStore, type StoreUnusable } from "../store/serving-store.ts"
import { inspectLimits, type Inspected, type Inspection, type InspectProblem } from "./inspected.ts"

const named = async (folder: string, prefix: string): Promise<ReadonlyArray<string>> =>
  (await readdir(folder, { withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix))
    .map((entry) => join(folder, entry.name))
    .sort()

/** Datasets of a folder by the names of its folders, release=R/species=S/assembly=A. */
const datasetsIn = async (folder: string): Promise<ReadonlyArray<DatasetParts>> => {
  const found: Array<DatasetParts> = []
  for (const release of await named(folder, "release="))
    for (const species of await named(release, "species="))
      for (const assembly of await named(species, "assembly=")) {
        const parts = partsOfFolder(assembly)
        if (parts !== undefined && isDatasetId(parts)) found.push(parts)
      }
  return found
}

export interface DatasetsFolder {
  readonly kind: "build-roots" | "serving-store"
  readonly datasets: ReadonlyArray<DatasetParts>
}

const storeMarks = new Set(["catalog.json", "latest.alias.json", "aliases"])

/** Undefined for a folder that holds no datasets and is no store. */
export const datasetsFolder = (folder: string): Effect.Effect<DatasetsFolder | undefined, ArtifactUnreadable> =>
  Effect.tryPromise({
    try: async () => {
      const names = await readdir(folder)
      const history = await readdir(join(folder, ".atlas/history")).catch(() => [])
      const datasets = await datasetsIn(folder)
      if (history.length > 0 || names.some((name) => storeMarks.has(name))) return { kind: "serving-store" as const, datasets }
      return datasets.length > 0 ? { kind: "build-roots" as const, datasets } : undefined
    },
    catch: unreadable(folder)
  })

const aliasFiles = async (folder: string): Promise<ReadonlyArray<string>> =>
  (await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []))
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

const aliasBytes = 65_536

const aliasesOf = (store: ServingStore, problems: Array<InspectProblem>, quirks: Array<Quirk>) =>
  Effect.gen(function* () {
    const aliases: Array<{ alias: string; dataset: DatasetParts }> = []
    const files = yield* Effect.promise(() => aliasFiles(join(store.path, "aliases")))
    for (const path of files.slice(0, inspectLimits.aliases)) {
      const alias = yield* Effect.result(Effect.flatMap(readWhole(path, aliasBytes), (bytes) => decodeJson(Alias, bytes, path)))
      if (Result.isFailure(alias)) problems.push(alias.failure)
      else aliases.push({ alias: alias.success.alias, dataset: alias.success.dataset })
    }
    const { there, dataset, ours } = yield* observeLatest(store)
    const at = "latest.alias.json"
    if (dataset !== null) aliases.push({ alias: "latest", dataset })
    else if (there)
      problems.push(new JsonFileInvalid({ message: `${at} is no alias`, where: { path: join(store.path, at) }, problems: [] }))
    if (dataset !== null && !ours) quirks.push({ name: "reference-latest-alias", at, message: "another program wrote it" })
    return aliases
  })

const inspectStore = (path: string, published: ReadonlyArray<DatasetParts>): Effect.Effect<Inspection, StoreUnusable | IoDurability> =>
  Effect.gen(function* () {
    const store = yield* openServingStore(path)
    const problems: Array<InspectProblem> = []
    const catalog = yield* Effect.result(readCatalog(store))
    if (Result.isFailure(catalog)) problems.push(catalog.failure)
    const { entries, sha256 } = Result.isSuccess(catalog) ? catalog.success : { entries: [], sha256: null }
    const history = yield* Effect.result(readHistory(store))
    if (Result.isFailure(history)) problems.push(history.failure)
    const quirks: Array<Quirk> = []
    // By its name alone: whether it is undamaged is for validate to find out.
    for (const dataset of published.filter(isDatasetId).slice(0, inspectLimits.datasets)) {
      const folder = publishedFolder(store, dataset)
      const foreign = existsSync(join(folder, inventoryPath)) ? undefined : yield* foreignIn(folder)
      if (foreign !== undefined)
        quirks.push({ name: "reference-writer", at: canonicalId(dataset), message: `written and published by ${provenanceText(foreign)}` })
    }
    const aliases = yield* aliasesOf(store, problems, quirks)
    const promoted = new Set(entries.map(({ dataset }) => canonicalId(dataset)))
    const inspected: Inspected = {
      path,
      kind: "serving-store",
      counts: {
        datasets: published.length,
        promoted: entries.length,
        aliases: aliases.length,
        events: Result.isSuccess(history) ? history.success.events.length : 0
      },
      digests: sha256 === null ? {} : { [catalogPath(store).slice(store.path.length + 1)]: sha256 },
      datasets: published.slice(0, inspectLimits.datasets).map((dataset) => ({ dataset, promoted: promoted.has(canonicalId(dataset)) })),
      aliases
    }
    return { inspected, problems, quirks }
  })

export const inspectDatasets = (
  path: string,
  { kind, datasets }: DatasetsFolder
): Effect.Effect<Inspection, StoreUnusable | IoDurability> =>
  kind === "serving-store"
    ? inspectStore(path, datasets)
    : Effect.succeed({
        inspected: {
          path,
          kind,
          counts: { datasets: datasets.length },
          digests: {},
          datasets: datasets.slice(0, inspectLimits.datasets).map((dataset) => ({ dataset }))
        },
        problems: []
      })
