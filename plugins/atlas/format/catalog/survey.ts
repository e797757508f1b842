/** What is wrong with a catalog beyond its form: held against its store, its aliases, its history, and the reference's way to sort. */
import * as fs from "node:fs/promises"
import { Effect } from "effect"
import { layout } from "../artifact/layout.ts"
import type { ArtifactUnreadable } from "../artifact/sha256.ts"
import { compareCodePoints } from "../canonical-json.ts"
import { canonicalId, compareReleases, type DatasetId, type DatasetParts, isDatasetId } from "../dataset-id.ts"
import type { IoDurability } from "../durable.ts"
import { referenceFindings } from "../reference/findings.ts"
import { hashPlainFile } from "../store/copy.ts"
import { type HistoryUnreadable, readHistory } from "../store/history.ts"
import { retiredOf } from "../store/last-events.ts"
import { observePublished } from "../store/observe.ts"
import { publishedFolder, type ServingStore } from "../store/serving-store.ts"
import { listAliases } from "./alias-list.ts"
import type { CatalogEntry } from "./catalog.ts"
import { declaredDigest, readDeclaredDigest } from "./declared-digest.ts"
import { embargoInForce, type EmbargoOptions } from "./embargo.ts"
import { observeLatest } from "./latest-alias.ts"

/** What may be found, and what to do about it. */
export const catalogFindings = {
  "string-order-latest": {
    severity: "warning",
    hint: "the reference's server sorts releases as texts; name releases with as many digits, or ask for the release by its name"
  },
  "missing-dataset": { severity: "error", hint: "publish the dataset again, or roll its entry back" },
  "dangling-entry": { severity: "error", hint: "promote the dataset again by rolling its entry back first, or publish a mended catalog" },
  "damaged-dataset": {
    severity: "error",
    hint: "move the dataset's folder out of the store and publish it again: the bytes will be the same"
  },
  "dangling-alias": { severity: "error", hint: "point the alias to a promoted dataset with catalog alias, or remove it" },
  "alias-of-another-manifest": {
    severity: "error",
    hint: "the dataset was replaced behind the alias: set the alias again with catalog alias"
  },
  "not-an-alias": { severity: "error", hint: "remove the file, or set the alias again with catalog alias" },
  "digest-differs": {
    severity: "error",
    hint: "the reference's server does not start on it: publish the catalog with --digest, or remove the file"
  },
  "embargoed-entry": { severity: "warning", hint: "roll the dataset back if it shall not be served yet, or lift its embargo" },
  "retired-entry": { severity: "warning", hint: "another program brought it back: roll it back, or promote it by hand if it is wanted" },
  "history-damaged": {
    severity: "warning",
    hint: "who changed what can no longer be told from it: put the store's history back from a backup"
  },
  ...referenceFindings
} as const

export type CatalogFindingName = keyof typeof catalogFindings

export interface CatalogFinding {
  readonly name: CatalogFindingName
  readonly at: string
  readonly message: string
}

/** The highest release of each species and assembly, by number and by text. */
const highest = (entries: ReadonlyArray<{ readonly dataset: DatasetParts }>) => {
  const groups = new Map<string, { number: DatasetParts; text: DatasetParts }>()
  for (const { dataset } of entries) {
    const key = `${dataset.species}/${dataset.assembly}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { number: dataset, text: dataset })
    else {
      if (compareReleases(dataset.release, group.number.release) > 0) group.number = dataset
      if (compareCodePoints(dataset.release, group.text.release) > 0) group.text = dataset
    }
  }
  return groups
}

/** The highest promoted release of a species and assembly, by number. */
export const highestRelease = (
  entries: ReadonlyArray<CatalogEntry>,
  { species, assembly }: Pick<DatasetParts, "species" | "assembly">
): DatasetId | undefined => {
  const found = highest(entries).get(`${species}/${assembly}`)?.number
  return found !== undefined && isDatasetId(found) ? found : undefined
}

/** Where the reference's server, which compares releases as texts, takes another release for the latest than numbers do. */
export const stringOrderFindings = (entries: ReadonlyArray<CatalogEntry>): ReadonlyArray<CatalogFinding> =>
  [...highest(entries)].flatMap(([at, { number, text }]) =>
    number.release === text.release
      ? []
      : [
          {
            name: "string-order-latest",
            at,
            message: `the highest release is ${number.release}; the reference's server, which compares texts, takes ${text.release} for the latest`
          }
        ]
  )

/** The same of one species and assembly. */
export const stringOrderOf = (
  entries: ReadonlyArray<CatalogEntry>,
  { species, assembly }: Pick<DatasetParts, "species" | "assembly">
): ReadonlyArray<CatalogFinding> =>
  stringOrderFindings(entries.filter(({ dataset }) => dataset.species === species && dataset.assembly === assembly))

const isFile = (path: string): Effect.Effect<boolean> =>
  Effect.promise(() =>
    fs.lstat(path).then(
      (stat) => stat.isFile(),
      () => false
    )
  )

const entryFindings = (store: ServingStore, entry: CatalogEntry, options: EmbargoOptions) =>
  Effect.gen(function* () {
    const found: Array<CatalogFinding> = []
    const { dataset: id } = entry
    if (!isDatasetId(id)) return found
    const at = canonicalId(id)
    const live = yield* observePublished(store, id)
    if (live.state === "absent") found.push({ name: "missing-dataset", at, message: "it is in the catalog, but not in the store" })
    else {
      for (const path of [entry.manifest_path, entry.sqlite_path])
        if (!(yield* isFile(`${store.path}/${path}`)))
          found.push({ name: "dangling-entry", at, message: `its entry leads to ${path}, which is no file of the store` })
      if (live.state === "damaged")
        for (const { path, message } of live.problems) found.push({ name: "damaged-dataset", at, message: `${path} ${message}` })
      if (live.state === "present")
        for (const { name, at: place, message } of live.quirks) found.push({ name, at, message: `${place}: ${message}` })
    }
    const { embargo } = yield* embargoInForce(store, id, options)
    if (embargo !== null) found.push({ name: "embargoed-entry", at, message: `it is embargoed until ${embargo.until}, and served` })
    const retired = yield* retiredOf(store, { cell: "dataset", dataset: id })
    if (retired !== null) found.push({ name: "retired-entry", at, message: `${retired.by} retired it at ${retired.at}, and it is served` })
    return found
  })

const aliasFindings = (store: ServingStore, entries: ReadonlyArray<CatalogEntry>) =>
  Effect.gen(function* () {
    const found: Array<CatalogFinding> = []
    const served = new Set(entries.map(({ dataset }) => canonicalId(dataset)))
    const latest = yield* observeLatest(store)
    if (latest.there && latest.dataset === null)
      found.push({ name: "not-an-alias", at: "latest.alias.json", message: "the file does not say what an alias says" })
    if (latest.dataset !== null && !latest.ours)
      found.push({
        name: "reference-latest-alias",
        at: "latest.alias.json",
        message: `another program wrote it: the store's one latest is ${canonicalId(latest.dataset)}`
      })
    if (latest.dataset !== null && !served.has(canonicalId(latest.dataset)))
      found.push({
        name: "dangling-alias",
        at: "latest.alias.json",
        message: `it points to ${canonicalId(latest.dataset)}, which is not in the catalog`
      })
    for (const { path: at, cell, live } of yield* listAliases(store)) {
      if (cell === undefined || live.state === "absent" || live.dataset === null) {
        found.push({ name: "not-an-alias", at, message: "the file does not say what an alias says, or is in another's place" })
        continue
      }
      const { dataset } = live
      const of = canonicalId(dataset)
      if (dataset.species !== cell.species || dataset.assembly !== cell.assembly)
        found.push({ name: "dangling-alias", at, message: `it points to ${of}, which is of another species or assembly` })
      else if (!served.has(of)) found.push({ name: "dangling-alias", at, message: `it points to ${of}, which is not in the catalog` })
      else {
        const manifest = yield* Effect.result(hashPlainFile(`${publishedFolder(store, dataset)}/${layout.manifest}`))
        if (manifest._tag === "Success" && manifest.success.sha256 !== live.manifest_sha256)
          found.push({ name: "alias-of-another-manifest", at, message: `it names another manifest than that of ${of} in the store` })
      }
    }
    return found
  })

/** Holds a store's catalog against all that the store holds; every file of its datasets is hashed. */
export const surveyCatalog = (
  store: ServingStore,
  entries: ReadonlyArray<CatalogEntry>,
  options: Pick<EmbargoOptions, "now"> = {}
): Effect.Effect<ReadonlyArray<CatalogFinding>, ArtifactUnreadable | HistoryUnreadable | IoDurability> =>
  Effect.gen(function* () {
    const found: Array<CatalogFinding> = []
    for (const entry of entries) found.push(...(yield* entryFindings(store, entry, options)))
    found.push(...(yield* aliasFindings(store, entries)))
    const said = yield* readDeclaredDigest(store)
    if (said !== undefined && said !== declaredDigest(entries))
      found.push({
        name: "digest-differs",
        at: "catalog.sha256",
        message: `it says ${said.slice(0, 64)}, the catalog has ${declaredDigest(entries)}`
      })
    const { problems } = yield* readHistory(store)
    for (const { path, message } of problems) found.push({ name: "history-damaged", at: path.slice(store.path.length + 1), message })
    return [...found, ...stringOrderFindings(entries)]
  })
