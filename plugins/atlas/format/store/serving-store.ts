/** A serving store: the folder that servers read. A type of its own, so that no build root is taken for one. */
import * as fs from "node:fs/promises"
import { resolve } from "node:path"
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { type DatasetId, datasetFolder } from "../dataset-id.ts"
import { reasonOf } from "../artifact/sha256.ts"
import { type IoDurability, makeDirectory } from "../durable.ts"
import { type LockOptions, withLock } from "./lock.ts"

export class StoreUnusable extends Schema.TaggedError<StoreUnusable>()("StoreUnusable", { ...Told, path: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A folder is not usable as a serving store",
    hint: "name the folder of the store; a store that does not exist yet is made by its first publish",
    example: "/srv/atlas is not a serving store: no such folder"
  }
}

/** Made by `openServingStore` alone. */
export class ServingStore {
  readonly #path: string

  private constructor(path: string) {
    this.#path = path
  }

  /** Absolute, without symbolic links. */
  get path(): string {
    return this.#path
  }

  static open(path: string, create: boolean): Effect.Effect<ServingStore, StoreUnusable | IoDurability> {
    return Effect.gen(function* () {
      const absolute = resolve(path)
      if (create) {
        const there = yield* Effect.promise(() => fs.stat(absolute).catch(() => undefined))
        if (there === undefined) yield* makeDirectory(absolute)
      }
      return yield* Effect.tryPromise({
        try: async () => {
          const real = await fs.realpath(absolute)
          if (!(await fs.stat(real)).isDirectory()) throw Object.assign(new Error(real), { code: "ENOTDIR" })
          return new ServingStore(real)
        },
        catch: (cause) => {
          const why = reasonOf(cause) === "no such file" ? "no such folder" : reasonOf(cause)
          return new StoreUnusable({ message: `${path} is not a serving store: ${why}`, where: { path }, path })
        }
      })
    })
  }
}

/** Opens the store at `path`; with `create` its folder is made if missing. */
export const openServingStore = (
  path: string,
  options: { readonly create?: boolean } = {}
): Effect.Effect<ServingStore, StoreUnusable | IoDurability> => ServingStore.open(path, options.create === true)

/** The store's own folder for locks and history; nothing in it is served. */
export const privateFolder = (store: ServingStore): string => `${store.path}/.atlas`

/** The folder of a published dataset, absolute. */
export const publishedFolder = (store: ServingStore, id: DatasetId): string => `${store.path}/${datasetFolder(id)}`

/** Holds the store's lock: history, catalog and aliases change under it, and the rename that publishes. Held for moments. */
export const withStoreLock = <A, E, R>(store: ServingStore, use: Effect.Effect<A, E, R>, options?: LockOptions) =>
  withLock(`${privateFolder(store)}/lock.db`, use, options)

/** Holds one dataset's lock, under which its copy is staged; taken before the store's lock, never after. */
export const withDatasetLock = <A, E, R>(store: ServingStore, id: DatasetId, use: Effect.Effect<A, E, R>, options?: LockOptions) =>
  withLock(`${privateFolder(store)}/locks/${id.release}.${id.species}.${id.assembly}.db`, use, options)
