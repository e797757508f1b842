/**
 * Publishing a whole catalog file in place of the store's (dataset contract §7). What it adds is hashed as by promote; what it leaves out is
 * rolled back. Each entry that comes or goes is told in the history before the one rename that commits them all.
 */
import { resolve } from "node:path"
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { layout } from "../artifact/layout.ts"
import { ArtifactUnreadable, sha256 } from "../artifact/sha256.ts"
import { canonicalId, type DatasetId, isDatasetId } from "../dataset-id.ts"
import { hashPlainFile } from "../store/copy.ts"
import { appendEvent } from "../store/history.ts"
import { observePublished } from "../store/observe.ts"
import { publishedFolder, type ServingStore, withStoreLock } from "../store/serving-store.ts"
import { toldProblems } from "../store/publish.ts"
import { type CatalogEntry, catalogJson, entryOf, readCatalog, type StoreCatalog, validateCatalog, valueOfEntry } from "./catalog.ts"
import { settleDeclaredDigest } from "./declared-digest.ts"
import { Embargoed, type EmbargoOptions, notEmbargoed } from "./embargo.ts"
import { AliasInUse, notInUse } from "./rollback.ts"
import { aliasErrors } from "./set-alias.ts"
import { CatalogChanged, type CatalogChangeOptions, expectCatalog, openCatalog, swapCatalog } from "./swap.ts"

export class CatalogRefused extends Schema.TaggedError<CatalogRefused>()("CatalogRefused", {
  ...Told,
  problems: Schema.Array(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A catalog was not published: it does not tell of what is in the store",
    hint: "publish what is missing, or take the entries out of the catalog",
    example: "new.json was not published: 110/homo_sapiens/GRCh38 is not published in store"
  }
}

export class CatalogShrinks extends Schema.TaggedError<CatalogShrinks>()("CatalogShrinks", {
  ...Told,
  datasets: Schema.Array(Schema.String),
  actual: Schema.NullOr(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A catalog was not published, because it leaves out datasets and does not say which catalog it replaces",
    hint: "if they shall go, name the catalog that you have seen with --expect; else add them",
    example: "new.json leaves out 109/homo_sapiens/GRCh38"
  }
}

export interface PublishCatalogOptions extends CatalogChangeOptions, Pick<EmbargoOptions, "now"> {
  /** Keep catalog.sha256 from now on. */
  readonly digest?: boolean | undefined
  /** Only look at what would change. */
  readonly dryRun?: boolean | undefined
}

/** `previous` and `sha256` are digests of catalog.json before and after, null where there is none. */
export interface CatalogPublished {
  readonly changed: boolean
  readonly added: ReadonlyArray<DatasetId>
  readonly removed: ReadonlyArray<DatasetId>
  readonly datasets: number
  readonly previous: string | null
  readonly sha256: string
}

export const publishCatalogErrors = [CatalogRefused, CatalogShrinks, CatalogChanged, AliasInUse, Embargoed, ...aliasErrors] as const
export type PublishCatalogFailure = InstanceType<(typeof publishCatalogErrors)[number]>

/** Entries of a catalog are judged when they are parsed: their ids are legal. */
const idIn = ({ dataset }: CatalogEntry): DatasetId => {
  if (!isDatasetId(dataset)) throw new Error("an entry of a catalog was used without being judged")
  return dataset
}

interface Change {
  readonly id: DatasetId
  readonly before: string | null
  readonly after: string | null
}

/** What comes, goes or is written otherwise. */
const changesOf = (before: ReadonlyArray<CatalogEntry>, after: ReadonlyArray<CatalogEntry>): ReadonlyArray<Change> => {
  const values = (entries: ReadonlyArray<CatalogEntry>) =>
    new Map(entries.map((entry) => [canonicalId(entry.dataset), { id: idIn(entry), value: valueOfEntry(entry) }] as const))
  const [old, now] = [values(before), values(after)]
  return [...new Map([...old, ...now])].flatMap(([name, { id }]) => {
    const change = { id, before: old.get(name)?.value ?? null, after: now.get(name)?.value ?? null }
    return change.before === change.after ? [] : [change]
  })
}

/** What is wrong with an entry that is to come: another place than its dataset's, nothing there, or damage. */
const problemOf = (store: ServingStore, entry: CatalogEntry) =>
  Effect.gen(function* () {
    const id = idIn(entry)
    const wanted = entryOf(id)
    for (const key of ["manifest_path", "sqlite_path"] as const)
      if (entry[key] !== wanted[key]) return `${key} of ${canonicalId(id)} must be ${wanted[key]}, not ${entry[key]}`
    const live = yield* observePublished(store, id)
    if (live.state === "absent") return `${canonicalId(id)} is not published in ${store.path}`
    if (live.state === "damaged") return `${canonicalId(id)} is damaged in the store: ${toldProblems(live.problems)}`
    return { id, manifest: live.value }
  })

/** All that can be judged without the lock; hashing takes its time. */
const prepare = (store: ServingStore, path: string, catalog: StoreCatalog, options: PublishCatalogOptions) =>
  Effect.gen(function* () {
    const entries = yield* validateCatalog(path, { sort: true })
    const changes = changesOf(catalog.entries, entries)
    if (changes.length > 0) yield* expectCatalog(store, catalog, options)
    const comes = new Set(changes.flatMap(({ id, after }) => (after === null ? [] : [canonicalId(id)])))
    const hashed: Array<{ readonly id: DatasetId; readonly manifest: string }> = []
    const problems: Array<string> = []
    for (const entry of entries) {
      if (!comes.has(canonicalId(entry.dataset))) continue
      const seen = yield* problemOf(store, entry)
      if (typeof seen === "string") problems.push(seen)
      else hashed.push(seen)
    }
    if (problems.length > 0) {
      const message = `${path} was not published: ${problems.slice(0, 10).join("; ")}${problems.length > 10 ? "; …" : ""}`
      return yield* new CatalogRefused({ message, where: { path }, problems })
    }
    return { entries, changes, hashed }
  })

type Prepared = Effect.Success<ReturnType<typeof prepare>>

/** What depends on the store as it is at this moment. */
const permit = (store: ServingStore, path: string, catalog: StoreCatalog, { changes, hashed }: Prepared, options: PublishCatalogOptions) =>
  Effect.gen(function* () {
    yield* expectCatalog(store, catalog, options)
    for (const { id, manifest } of hashed) {
      const file = `${publishedFolder(store, id)}/${layout.manifest}`
      if ((yield* hashPlainFile(file)).sha256 !== manifest)
        return yield* new ArtifactUnreadable({
          message: `${file} changed while the catalog was published`,
          where: { path: file },
          reason: "it changed"
        })
    }
    for (const { id, before, after } of changes) if (before === null && after !== null) yield* notEmbargoed(store, id, options)
    const goes = changes.filter(({ after }) => after === null).map(({ id }) => id)
    if (goes.length > 0 && options.expectedCatalog === undefined) {
      const datasets = goes.map(canonicalId)
      const message = `${path} leaves out ${datasets.slice(0, 10).join(", ")}${datasets.length > 10 ? ", …" : ""}`
      return yield* new CatalogShrinks({ message, where: { path }, datasets, actual: catalog.sha256 })
    }
    for (const id of goes) yield* notInUse(store, id)
    return undefined
  })

const told = ({ entries, changes }: Prepared, catalog: StoreCatalog, after: string): CatalogPublished => ({
  changed: changes.length > 0,
  added: changes.flatMap(({ id, before }) => (before === null ? [id] : [])),
  removed: changes.flatMap(({ id, after }) => (after === null ? [id] : [])),
  datasets: entries.length,
  previous: catalog.sha256,
  sha256: after
})

/**
 * Puts the catalog at `path` in place of the store's: canonical and sorted, whatever its form. Without `expectedCatalog` it may only add
 * entries, so that nobody's promotion is lost unseen. The same entries again change nothing.
 */
export const publishCatalog = (
  store: ServingStore,
  path: string,
  options: PublishCatalogOptions = {}
): Effect.Effect<CatalogPublished, PublishCatalogFailure> =>
  Effect.gen(function* () {
    const file = resolve(path)
    const seen = yield* readCatalog(store)
    const prepared = yield* prepare(store, file, seen, options)
    const { entries, changes } = prepared
    if (options.dryRun === true) {
      yield* permit(store, file, seen, prepared, options)
      return told(prepared, seen, sha256(catalogJson(entries)))
    }
    return yield* withStoreLock(
      store,
      Effect.gen(function* () {
        const catalog = yield* openCatalog(store)
        if (changes.length === 0 && catalog.sha256 !== null && catalog.sha256 === seen.sha256) {
          yield* settleDeclaredDigest(store, entries, options.digest)
          return told(prepared, catalog, catalog.sha256)
        }
        // What was hashed is what comes: the catalog that it was compared with is the one that is replaced.
        yield* expectCatalog(store, catalog, { expectedCatalog: seen.sha256 })
        yield* permit(store, file, catalog, prepared, options)
        for (const { id, before, after } of changes) {
          const { actor, because } = options
          yield* appendEvent(store, { action: after === null ? "rollback" : "promote", actor, because, dataset: id, before, after })
        }
        const written = yield* swapCatalog(store, catalog.sha256, entries, options.digest)
        return told(prepared, catalog, written.sha256)
      }),
      options.lock
    )
  })
