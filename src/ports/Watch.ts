/**
 * Tells that something may have moved in some folders. It tells no more than that: events of a kernel are lost, merged and late, so
 * whoever waits looks for himself (`Snapshot`). Folders are watched one by one and not what is below them: what Node does for whole trees
 * on Linux misses what moves while it goes through them (nodejs/node#48437).
 */
import { type BigIntStats, type FSWatcher, readFileSync, statfsSync, statSync, watch } from "node:fs"
import { basename } from "node:path"
import { Context, Effect, Layer, Queue, type Scope } from "effect"
import { errnoOf } from "./Errno.ts"

/** By absolute folder, the names in it that count; null for all. */
export type WatchedFolders = ReadonlyMap<string, ReadonlySet<string> | null>

export interface Watching {
  /**
   * From now on these folders and no others; one that was deleted and made again is watched again. Says why some of them are only looked
   * at now and then; null if none are. What is not there is left out.
   */
  readonly set: (folders: WatchedFolders) => Effect.Effect<string | null>
  /** Succeeds as soon as something may have moved since the last time. */
  readonly next: Effect.Effect<void>
}

export interface WatchOptions {
  /** ms between two looks at what cannot be watched. */
  readonly pollMs?: number
  /** So many events of names that do not count may have pushed others out of the kernel's queue. */
  readonly many?: number
}

/** File systems (statfs) that others write to without a word to our kernel: NFS, SMB, CIFS, 9P, FUSE, Ceph, Lustre, GPFS, BeeGFS. */
const remote: ReadonlySet<number> = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x65735546, 0x00c36400, 0x0bd00bd0, 0x47504653, 0x19830326
])

const limitOf = (name: string): string => {
  try {
    return ` (fs.inotify.${name} = ${readFileSync(`/proc/sys/fs/inotify/${name}`, "utf8").trim()})`
  } catch {
    return ""
  }
}

const troubleOf = (folder: string, cause: unknown): string | null => {
  const code = errnoOf(cause)
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      // the nearest folder above tells when it is there
      return null
    case "ENOSPC":
      return `the system's limit of watches is reached${limitOf("max_user_watches")}`
    case "EMFILE":
      return `the system's limit of watchers or of open files is reached${limitOf("max_user_instances")}`
    default:
      return `${folder} cannot be watched (${code})`
  }
}

/** Half of what the kernel keeps for us: beyond that some may be lost, and nobody says so (libuv drops the news). */
const manyEvents = (): number => {
  try {
    return Number(readFileSync("/proc/sys/fs/inotify/max_queued_events", "utf8")) / 2
  } catch {
    return 4096
  }
}

const folderAt = (path: string): BigIntStats | null => {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
    return stat?.isDirectory() === true ? stat : null
  } catch {
    return null
  }
}

const identityOf = ({ dev, ino, birthtimeNs }: BigIntStats): string => `${dev}:${ino}:${birthtimeNs}`

const isRemote = (folder: string): boolean => {
  try {
    return remote.has(statfsSync(folder).type)
  } catch {
    return false
  }
}

interface Watched {
  readonly watcher: FSWatcher
  /** Another one of the same name may have got the same number. */
  readonly identity: string
  readonly remote: boolean
}

const open = ({ pollMs = 1000, many = manyEvents() }: WatchOptions): Effect.Effect<Watching, never, Scope.Scope> =>
  Effect.gen(function* () {
    const wakes = yield* Queue.sliding<void>(1)
    const wake = (): void => void Queue.offerUnsafe(wakes, undefined)
    const watched = new Map<string, Watched>()
    let wanted: WatchedFolders = new Map()
    let polling: NodeJS.Timeout | undefined
    let passed = 0

    const drop = (folder: string): void => {
      watched.get(folder)?.watcher.close()
      watched.delete(folder)
    }
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        clearInterval(polling)
        for (const folder of watched.keys()) drop(folder)
      })
    )

    const heard = (folder: string, name: string | null): void => {
      const names = wanted.get(folder)
      // of its own end a folder is told by its own name: nothing more comes from it then
      const ended = name === basename(folder)
      if (ended) drop(folder)
      // what is no UTF-8 cannot be compared
      const counts = names == null || name === null || names.has(name) || ended || name.includes("\ufffd")
      if (counts || ++passed >= many) {
        passed = 0
        wake()
      }
    }

    /** Null, or why it cannot be watched. */
    const add = (folder: string, stat: BigIntStats): string | null => {
      try {
        const watcher = watch(folder, { encoding: "utf8" }, (_event, name) => heard(folder, name))
        watcher.on("error", () => {
          drop(folder)
          wake()
        })
        watched.set(folder, { watcher, identity: identityOf(stat), remote: isRemote(folder) })
        return null
      } catch (cause) {
        return troubleOf(folder, cause)
      }
    }

    const poll = (needed: boolean): void => {
      if (!needed) {
        clearInterval(polling)
        polling = undefined
      } else polling ??= setInterval(wake, pollMs)
    }

    return {
      next: Queue.take(wakes),
      set: (folders) =>
        Effect.sync(() => {
          wanted = folders
          let trouble: string | null = null
          for (const folder of watched.keys()) if (!folders.has(folder)) drop(folder)
          for (const folder of folders.keys()) {
            const stat = folderAt(folder)
            const before = watched.get(folder)
            if (before !== undefined && stat !== null && before.identity === identityOf(stat)) continue
            if (before !== undefined) drop(folder)
            if (stat !== null) trouble = add(folder, stat) ?? trouble
          }
          const far = [...watched].find(([, one]) => one.remote)
          if (far !== undefined) trouble ??= `${far[0]} is on a file system that others may write to unheard`
          poll(trouble !== null)
          return trouble
        })
    }
  })

export class Watch extends Context.Service<Watch, { readonly open: Effect.Effect<Watching, never, Scope.Scope> }>()(
  "atlas-run/ports/Watch"
) {
  /** The kernel's own news, and a look every now and then where it has none. */
  static readonly layerWith = (options: WatchOptions): Layer.Layer<Watch> => Layer.succeed(Watch, { open: open(options) })
  static readonly layer: Layer.Layer<Watch> = Watch.layerWith({})
}
