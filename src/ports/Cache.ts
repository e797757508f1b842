/**
 * The local cache: results of executions by what they depended on. It never fails a task: whatever is wrong with it is a miss,
 * or nothing stored, and a warning. Bytes come out of it only if they are the bytes that went in.
 */
import { Context, Effect, Layer } from "effect"
import { type CacheOptions, openCacheFiles } from "./CacheFiles.ts"
import { openCacheMemory } from "./CacheMemory.ts"
import type { CacheShape } from "./CacheShape.ts"

export type { CacheOptions } from "./CacheFiles.ts"
export { cacheKey } from "./CacheKey.ts"
export type { CacheShape, Put, PutRequest } from "./CacheShape.ts"

const nothing = { files: 0, bytes: 0 }

export class Cache extends Context.Service<Cache, CacheShape>()("atlas-run/ports/Cache") {
  /** Files in `<state>/cache`; `state` is the absolute `.atlas`, made by the first put. */
  static readonly layer = (state: string, options: CacheOptions = {}): Layer.Layer<Cache> =>
    Layer.sync(Cache, () => openCacheFiles(state, options))

  static readonly layerMemory: Layer.Layer<Cache> = Layer.sync(Cache, openCacheMemory)

  /** Knows nothing and keeps nothing. */
  static readonly layerOff: Layer.Layer<Cache> = Layer.succeed(Cache, {
    get: () => Effect.succeed(null),
    restore: () => Effect.succeed(false),
    put: () => Effect.succeed("refused"),
    pin: () => {},
    collect: () => Effect.succeed({ entries: nothing, objects: nothing, quarantine: nothing, temporaries: nothing, bytes: 0, cap: 0 }),
    stats: () =>
      Effect.succeed({
        atlas: "cache-stats/1",
        folder: "",
        state: "off",
        entries: 0,
        objects: 0,
        bytes: 0,
        cap: 0,
        quarantine: nothing,
        runs: [],
        warnings: []
      }),
    note: () => Effect.void,
    warnings: () => []
  })
}
