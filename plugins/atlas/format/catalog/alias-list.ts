/** All alias files of a store, read or not. */
import * as fs from "node:fs/promises"
import { relative } from "node:path"
import { Effect } from "effect"
import { type ArtifactUnreadable, unreadable } from "../artifact/sha256.ts"
import { isDatasetId } from "../dataset-id.ts"
import { errnoOf } from "../durable.ts"
import type { ServingStore } from "../store/serving-store.ts"
import { type AliasCell, aliasPath, type ObservedAlias, observeAlias } from "./alias.ts"

/** `path` is relative to the store; `cell` undefined where the path is not that of an alias. */
export interface AliasFile {
  readonly path: string
  readonly cell: AliasCell | undefined
  readonly live: ObservedAlias
}

/** The cell whose file has this path. */
const cellAt = (store: ServingStore, path: string): AliasCell | undefined => {
  const [, name = "", species = "", assembly = ""] = /^aliases\/([^/]+)\/species=([^/]+)\/assembly=([^/]+)\.json$/.exec(path) ?? []
  const id = { release: "0", species, assembly }
  if (!isDatasetId(id)) return undefined
  const cell = { name, species: id.species, assembly: id.assembly }
  return relative(store.path, aliasPath(store, cell)) === path ? cell : undefined
}

/** In the order of their paths. Temporaries of killed runs are none. */
export const listAliases = (store: ServingStore): Effect.Effect<ReadonlyArray<AliasFile>, ArtifactUnreadable> =>
  Effect.gen(function* () {
    const folder = `${store.path}/aliases`
    const entries = yield* Effect.tryPromise({
      try: () =>
        fs.readdir(folder, { withFileTypes: true, recursive: true }).catch((cause: unknown) => {
          if (errnoOf(cause) === "ENOENT") return []
          throw cause
        }),
      catch: unreadable(folder)
    })
    const found: Array<AliasFile> = []
    for (const entry of entries) {
      if (entry.isDirectory() || entry.name.startsWith(".")) continue
      const path = relative(store.path, `${entry.parentPath}/${entry.name}`)
      const cell = cellAt(store, path)
      const none: ObservedAlias = { state: "absent" }
      const live =
        cell === undefined ? none : yield* observeAlias(store, cell).pipe(Effect.catchTag("AliasNameInvalid", () => Effect.succeed(none)))
      found.push({ path, cell: live.state === "absent" ? undefined : cell, live })
    }
    return found.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  })
