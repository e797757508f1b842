/** Room in the local cache: what is in use, what may go for it, and when there is none to be had. */
import { Effect, Semaphore } from "effect"
import { bytesIn, takeCensus } from "./CacheCensus.ts"
import { type CacheFolder, type Disk, reserveOf } from "./CacheFolder.ts"
import { objectsOf, readRecord } from "./CacheRecords.ts"
import { planTrim, type Trimmed } from "./CacheTrim.ts"
import { removeFile, removeTree } from "./RemoveTree.ts"

/** Room is made for more than is asked: taking stock reads every record. */
const lowWater = 0.9

export interface RoomOptions {
  readonly folder: CacheFolder
  /** Throws errnos. */
  readonly disk: () => Disk
  /** Bytes that the cache may hold. */
  readonly limitOf: (disk: Disk) => number
  readonly pins: () => Iterable<string>
  readonly refused: (why: string) => void
}

/** The next one tries again: what was not removed is as good as used. */
const attempt = (remove: () => void): void => {
  try {
    remove()
  } catch {
    // as above
  }
}

const sized = (bytes: number): string => `${bytes.toLocaleString("en")} bytes`

export const openRoom = ({ folder, disk, limitOf, pins, refused }: RoomOptions) => {
  const alone = Semaphore.makeUnsafe(1)
  /** Bytes in use as far as we know; null until counted. */
  let used: number | null = null

  const references = Effect.fnUntraced(function* (keys: Iterable<string>, store: string) {
    const known = new Map<string, ReadonlyArray<string>>()
    let turn = 0
    for (const key of keys) {
      const read = readRecord(folder.recordOf(key), store)
      // What another build wrote, or what cannot be read now, is not ours to judge.
      if (read.state === "good") known.set(key, [...objectsOf(read.record).keys()])
      else if (read.state === "newer" || read.state === "unreadable") known.set(key, [])
      if (++turn % 64 === 0) yield* Effect.yieldNow
    }
    return known
  })

  const trim = Effect.fnUntraced(function* (store: string, target: number) {
    const census = yield* takeCensus(folder)
    return planTrim(census, {
      target,
      nowMs: Date.now(),
      pinned: new Set(pins()),
      references: yield* references(census.records.keys(), store)
    })
  })

  /** Records before objects, so that none that is left refers to what is gone. */
  const clear = (plan: Trimmed): void => {
    for (const { path } of [...plan.records, ...plan.objects]) attempt(() => removeFile(path))
    for (const { path } of [...plan.quarantine, ...plan.temporaries]) attempt(() => removeTree(path))
    used = plan.bytes
  }

  const none = (why: string): false => {
    refused(why)
    return false
  }

  return {
    trim,
    clear,
    /** Somebody else may have changed what is there. */
    recount: (): void => void (used = null),
    /** Holds so many bytes for a put, dropping what may go; false if there is no room. One at a time. */
    reserve: (store: string, bytes: number) =>
      alone.withPermit(
        Effect.gen(function* () {
          const now = yield* Effect.try(disk)
          const limit = limitOf(now)
          if (bytes > limit) return none(`one needs ${sized(bytes)}, and the cache may hold ${sized(limit)}`)
          used ??= bytesIn(yield* takeCensus(folder))
          if (used + bytes > limit) {
            clear(yield* trim(store, Math.min(limit - bytes, Math.floor(limit * lowWater))))
            if (used + bytes > limit) return none("it is full of what is in use or was made within the hour")
          }
          if (now.free - bytes < reserveOf(now)) return none("the disk is nearly full")
          used += bytes
          return true
        })
      )
  }
}
