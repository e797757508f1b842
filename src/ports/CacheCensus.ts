/** What lies in the local cache, and what of it may go. */
import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import type { CacheFolder } from "./CacheFolder.ts"
import { statOf } from "./FileStat.ts"
import { temporaryPrefix } from "./ReplaceFile.ts"

export interface Kept {
  readonly path: string
  readonly bytes: number
  /** Last use, ms of the file system's clock. */
  readonly usedMs: number
}

export interface Census {
  /** By key. */
  readonly records: ReadonlyMap<string, Kept>
  /** By sha256. */
  readonly objects: ReadonlyMap<string, Kept>
  readonly quarantine: ReadonlyArray<Kept>
  /** Half-written files, and whole folders of them. */
  readonly temporaries: ReadonlyArray<Kept>
}

const namesIn = (folder: string): ReadonlyArray<string> => {
  try {
    return fs.readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** A folder counts with all that is in it, but by its own time. */
const keptAt = (at: string): Kept | null => {
  const stat = statOf(at, false)
  if (stat === null) return null
  let bytes = stat.isDirectory() ? 0 : Number(stat.size)
  if (stat.isDirectory())
    for (const name of fs.readdirSync(at, { recursive: true, encoding: "utf8" })) {
      const inner = statOf(path.join(at, name), false)
      if (inner?.isFile() === true) bytes += Number(inner.size)
    }
  return { path: at, bytes, usedMs: Number(stat.mtimeMs) }
}

const all = (folder: string): Array<Kept> =>
  namesIn(folder).flatMap((name) => {
    const kept = keptAt(path.join(folder, name))
    return kept === null ? [] : [kept]
  })

/** Reads names and sizes, one folder of a shard at a time. Writes nothing; what cannot be read is not there. */
export const takeCensus = Effect.fnUntraced(function* (folder: CacheFolder) {
  const temporaries = all(folder.temporary)
  const shards = Effect.fnUntraced(function* (root: string, nameOf: (name: string) => string | null) {
    const found = new Map<string, Kept>()
    for (const shard of namesIn(root)) {
      for (const kept of all(path.join(root, shard))) {
        const base = path.basename(kept.path)
        const name = nameOf(base)
        if (name !== null && name.startsWith(shard)) found.set(name, kept)
        else if (base.startsWith(temporaryPrefix)) temporaries.push(kept)
      }
      yield* Effect.yieldNow
    }
    return found
  })
  const records = yield* shards(folder.records, (name) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? null)
  const objects = yield* shards(folder.objects, (name) => (/^[0-9a-f]{64}$/.test(name) ? name : null))
  return { records, objects, quarantine: all(folder.quarantine), temporaries } satisfies Census as Census
})

export const bytesOf = (kept: Iterable<Kept>): number => {
  let bytes = 0
  for (const one of kept) bytes += one.bytes
  return bytes
}

export const bytesIn = ({ records, objects }: Census): number => bytesOf(records.values()) + bytesOf(objects.values())
