/** Content digests, with as little reading as is safe. Paths are absolute. */
import * as path from "node:path"
import { Context, Effect, Layer } from "effect"
import { type FileDigestsShape, makeDigestReader } from "./DigestReader.ts"
import { stateFault } from "./Errno.ts"
import { folderClock, systemClock } from "./FileClock.ts"
import { makeStatCache } from "./StatCache.ts"

export type { FileDigestsShape, TreeError } from "./DigestReader.ts"
export type { FileDigest, ReadError } from "./FileContent.ts"
export { absent, type Absent, same, type StatRow } from "./FileStat.ts"
export { digestListing, type TreeDigest } from "./FileTree.ts"

export class FileDigests extends Context.Service<FileDigests, FileDigestsShape>()("atlas-run/ports/FileDigests") {
  /** Remembers in `<state>/stat-cache.json`; `state` is the absolute `.atlas`, made when there is something to write. */
  static readonly layer = (state: string): Layer.Layer<FileDigests> =>
    Layer.effect(
      FileDigests,
      Effect.acquireRelease(
        Effect.sync(() => folderClock(state)),
        (clock) => Effect.sync(clock.close)
      ).pipe(
        Effect.map((clock) => {
          const cache = makeStatCache(path.join(state, "stat-cache.json"))
          return makeDigestReader(cache, clock, () => Effect.try({ try: cache.save, catch: (cause) => stateFault(state, cause) }))
        })
      )
    )

  /** Trusts what is remembered and writes nothing, ever: for plan, status, why. */
  static readonly layerReadOnly = (state: string): Layer.Layer<FileDigests> =>
    Layer.sync(FileDigests, () =>
      makeDigestReader(makeStatCache(path.join(state, "stat-cache.json")), systemClock, () => Effect.succeed(false))
    )

  /** Remembers nothing beyond this process. */
  static readonly layerForgetful: Layer.Layer<FileDigests> = Layer.sync(FileDigests, () =>
    makeDigestReader(makeStatCache(null), systemClock, () => Effect.succeed(false))
  )
}
