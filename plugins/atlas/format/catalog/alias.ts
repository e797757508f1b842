/** Aliases: names such as `latest` that point to one dataset of a species and assembly. STORE/aliases/<name>/species=S/assembly=A.json. */
import * as fs from "node:fs/promises"
import { Effect, Result, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { decodeJson, readWhole } from "../artifact/json-file.ts"
import { type ArtifactUnreadable, isSha256, sha256, unreadable } from "../artifact/sha256.ts"
import { canonicalJson } from "../canonical-json.ts"
import { canonicalId, type DatasetId, DatasetParts, isDatasetId, sameDataset } from "../dataset-id.ts"
import { errnoOf } from "../durable.ts"
import type { ServingStore } from "../store/serving-store.ts"

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

/** The bytes of an alias. */
export const aliasJson = (name: string, { release, species, assembly }: DatasetId, manifestSha256: string): string =>
  canonicalJson({ atlas: "alias/1", alias: name, dataset: { release, species, assembly }, manifest_sha256: manifestSha256 })

/**
 * What an alias says, as one text: the dataset and the digest of its manifest (`110/homo_sapiens/GRCh38@3f2a…`); `sha256:` and the digest of
 * its bytes where they are no alias.
 */
export const aliasText = (live: Extract<ObservedAlias, { state: "present" }>): string =>
  live.dataset === null || live.manifest_sha256 === null ? `sha256:${live.value}` : pointingText(live.dataset, live.manifest_sha256)

/** `aliasText` of an alias that points to this dataset. */
export const pointingText = (id: DatasetParts, manifestSha256: string): string => `${canonicalId(id)}@${manifestSha256}`

/** The value that an alias has once it points to this dataset. */
export const aliasValue = (name: string, id: DatasetId, manifestSha256: string): string => sha256(aliasJson(name, id, manifestSha256))

/** The file of an alias, absolute. */
export const aliasPath = (store: ServingStore, { name, species, assembly }: AliasCell): string =>
  `${store.path}/aliases/${name}/species=${species}/assembly=${assembly}.json`

const aliasBytes = 65_536

/** Whether its name is one. */
export const namedAlias = (cell: AliasCell): Effect.Effect<void, AliasNameInvalid> =>
  /^[a-z][a-z0-9_-]{0,63}$/.test(cell.name)
    ? Effect.void
    : Effect.fail(new AliasNameInvalid({ message: `\`${cell.name.slice(0, 100)}\` is not a name for an alias`, name: cell.name }))

/** Where an alias points. */
export const observeAlias = (store: ServingStore, cell: AliasCell): Effect.Effect<ObservedAlias, AliasNameInvalid | ArtifactUnreadable> =>
  Effect.gen(function* () {
    yield* namedAlias(cell)
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

/** The aliases of a species and assembly that point to a dataset, by name. What is no alias points nowhere. */
export const aliasesTo = (store: ServingStore, id: DatasetId): Effect.Effect<ReadonlyArray<AliasCell>, ArtifactUnreadable> =>
  Effect.gen(function* () {
    const folder = `${store.path}/aliases`
    const names = yield* Effect.tryPromise({
      try: () =>
        fs.readdir(folder).catch((cause: unknown) => {
          if (errnoOf(cause) === "ENOENT") return []
          throw cause
        }),
      catch: unreadable(folder)
    })
    const found: Array<AliasCell> = []
    for (const name of names.toSorted()) {
      const cell: AliasCell = { name, species: id.species, assembly: id.assembly }
      const live = yield* Effect.catchTag(observeAlias(store, cell), "AliasNameInvalid", () =>
        Effect.succeed<ObservedAlias>({ state: "absent" })
      )
      if (live.state === "present" && live.dataset !== null && sameDataset(live.dataset, id)) found.push(cell)
    }
    return found
  })
