/** Aliases: names such as `latest` that point to one dataset of a species and assembly. STORE/aliases/<name>/species=S/assembly=A.json. */
import * as fs from "node:fs/promises"
import { dirname } from "node:path"
import { Effect, Result, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { decodeJson, readWhole } from "../artifact/json-file.ts"
import { layout } from "../artifact/layout.ts"
import { type ArtifactUnreadable, isSha256, sha256, unreadable } from "../artifact/sha256.ts"
import { canonicalJson } from "../canonical-json.ts"
import { canonicalId, type DatasetId, DatasetParts, isDatasetId } from "../dataset-id.ts"
import { durableReplace, errnoOf, makeDirectory, removeTemporaries, syncDirectory } from "../durable.ts"
import { hashPlainFile } from "../store/copy.ts"
import { appendEvent } from "../store/history.ts"
import { storeErrors } from "../store/publish.ts"
import { publishedFolder, type ServingStore, withStoreLock } from "../store/serving-store.ts"
import { CatalogInvalid, entryIn, readCatalog } from "./catalog.ts"
import type { StoreChangeOptions } from "./promote.ts"

/** `manifest_sha256` is the dataset's digest. */
export const Alias = Schema.Struct({
  atlas: Schema.Literal("alias/1"),
  alias: Schema.String,
  dataset: DatasetParts,
  manifest_sha256: Schema.String
})
export type Alias = typeof Alias.Type

export class AliasNameInvalid extends Schema.TaggedError<AliasNameInvalid>()("AliasNameInvalid", { ...Told, name: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A name is not usable as an alias",
    hint: "use lower-case letters, digits, `-` and `_`, at most 64, beginning with a letter",
    example: "`../latest` is not a name for an alias"
  }
}

export class AliasNotPromoted extends Schema.TaggedError<AliasNotPromoted>()("AliasNotPromoted", {
  ...Told,
  alias: Schema.String,
  dataset: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "An alias may point to promoted datasets only",
    hint: "promote the dataset first",
    example: "latest cannot point to 110/homo_sapiens/GRCh38: it is not in the catalog"
  }
}

export class AliasChanged extends Schema.TaggedError<AliasChanged>()("AliasChanged", {
  ...Told,
  alias: Schema.String,
  expected: Schema.NullOr(Schema.String),
  actual: Schema.NullOr(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "An alias was moved by someone else meanwhile, and was left as it is",
    hint: "look at the store's history for who moved it, then run again",
    example: "latest of homo_sapiens GRCh38 was moved by someone else"
  }
}

/** The alias of one species and assembly. */
export interface AliasCell {
  readonly name: string
  readonly species: DatasetId["species"]
  readonly assembly: DatasetId["assembly"]
}

/** `value` is the SHA-256 of the file's bytes, lower-case hex; what it says is null where it is not an alias. */
export type ObservedAlias =
  | { readonly state: "absent" }
  | {
      readonly state: "present"
      readonly value: string
      readonly dataset: DatasetId | null
      readonly manifest_sha256: string | null
    }

const aliasJson = (name: string, { release, species, assembly }: DatasetId, manifestSha256: string): string =>
  canonicalJson({ atlas: "alias/1", alias: name, dataset: { release, species, assembly }, manifest_sha256: manifestSha256 })

/** The value that an alias has once it points to this dataset. */
export const aliasValue = (name: string, id: DatasetId, manifestSha256: string): string => sha256(aliasJson(name, id, manifestSha256))

const aliasPath = (store: ServingStore, { name, species, assembly }: AliasCell): string =>
  `${store.path}/aliases/${name}/species=${species}/assembly=${assembly}.json`

const aliasBytes = 65_536

const named = (cell: AliasCell): Effect.Effect<void, AliasNameInvalid> =>
  /^[a-z][a-z0-9_-]{0,63}$/.test(cell.name)
    ? Effect.void
    : Effect.fail(new AliasNameInvalid({ message: `\`${cell.name.slice(0, 100)}\` is not a name for an alias`, name: cell.name }))

/** Where an alias points. */
export const observeAlias = (store: ServingStore, cell: AliasCell): Effect.Effect<ObservedAlias, AliasNameInvalid | ArtifactUnreadable> =>
  Effect.gen(function* () {
    yield* named(cell)
    const path = aliasPath(store, cell)
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
    if (!there) return { state: "absent" }
    const bytes = yield* readWhole(path, aliasBytes)
    const value = sha256(bytes)
    const alias = yield* Effect.result(decodeJson(Alias, bytes, path))
    if (Result.isFailure(alias) || !isDatasetId(alias.success.dataset) || !isSha256(alias.success.manifest_sha256))
      return { state: "present", value, dataset: null, manifest_sha256: null }
    return { state: "present", value, dataset: alias.success.dataset, manifest_sha256: alias.success.manifest_sha256 }
  })

export interface SetAliasOptions extends StoreChangeOptions {
  /** The value the alias must have now, null for absent; whatever it has if not given. */
  readonly expected?: string | null
}

/** `before` is the value it had, null if it was absent. */
export interface AliasSet {
  readonly value: string
  readonly before: string | null
  readonly changed: boolean
}

export const aliasErrors = [AliasNameInvalid, AliasNotPromoted, AliasChanged, CatalogInvalid, ...storeErrors] as const
export type AliasFailure = InstanceType<(typeof aliasErrors)[number]>

/** Points the alias `name` of the dataset's species and assembly to it, by compare-and-swap under the store's lock. Idempotent. */
export const setAlias = (
  store: ServingStore,
  name: string,
  id: DatasetId,
  options: SetAliasOptions = {}
): Effect.Effect<AliasSet, AliasFailure> => {
  const cell: AliasCell = { name, species: id.species, assembly: id.assembly }
  return Effect.andThen(
    named(cell),
    withStoreLock(
      store,
      Effect.gen(function* () {
        const path = aliasPath(store, cell)
        const dataset = canonicalId(id)
        if (entryIn(yield* readCatalog(store), id).state === "absent") {
          const message = `${name} cannot point to ${dataset}: it is not in the catalog`
          return yield* new AliasNotPromoted({ message, where: { path }, alias: name, dataset })
        }
        const manifest = yield* hashPlainFile(`${publishedFolder(store, id)}/${layout.manifest}`)
        const text = aliasJson(name, id, manifest.sha256)
        const value = sha256(text)
        const live = yield* observeAlias(store, cell)
        const before = live.state === "absent" ? null : live.value
        if (before === value) {
          // The run that made it may have been killed before its fsync.
          yield* makeDirectory(dirname(path), store.path)
          yield* syncDirectory(dirname(path))
          return { value, before, changed: false }
        }
        if (options.expected !== undefined && options.expected !== before) {
          const message = `${name} of ${id.species} ${id.assembly} was moved by someone else`
          return yield* new AliasChanged({ message, where: { path }, alias: name, expected: options.expected, actual: before })
        }
        yield* makeDirectory(dirname(path), store.path)
        yield* removeTemporaries(dirname(path))
        yield* appendEvent(store, { action: "alias", actor: options.actor, alias: name, dataset: id, before, after: value })
        yield* durableReplace(path, text)
        return { value, before, changed: true }
      }),
      options.lock
    )
  )
}
