/** Stat rows of the places that somebody waits at, and the folders in which a change of them shows. */
import { type BigIntStats, type Dirent, lstatSync, readdirSync, realpathSync, statSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { newestOf } from "./FileStat.ts"
import type { WatchedFolders } from "./Watch.ts"

/** An absolute path. `file`: what it leads to; `names`: what a folder holds; `tree`: all below it; `code`: the modules below it. */
export interface Place {
  readonly path: string
  readonly is: "file" | "names" | "tree" | "code"
}

export interface Row {
  readonly row: string
  /** Its latest time, ns; 0 for what is not there. */
  readonly newest: bigint
}

/** By place, then by path. */
export type Snapshot = ReadonlyMap<string, ReadonlyMap<string, Row>>

export interface Look {
  readonly rows: Snapshot
  readonly folders: WatchedFolders
}

const options = { bigint: true, throwIfNoEntry: false } as const
const absent: Row = { row: "absent", newest: 0n }

const rowAt = (path: string, follow: boolean): Row => {
  let stat: BigIntStats | undefined
  try {
    stat = follow ? statSync(path, options) : lstatSync(path, options)
  } catch {
    return absent
  }
  if (stat === undefined) return absent
  const { dev, ino, size, mode, mtimeNs, ctimeNs } = stat
  // what is in a folder is another place's business
  const row = stat.isDirectory() ? `folder ${dev} ${ino}` : `${dev} ${ino} ${size} ${mode} ${mtimeNs} ${ctimeNs}`
  return { row, newest: stat.isDirectory() ? 0n : newestOf(stat) }
}

const entriesOf = (folder: string): ReadonlyArray<Dirent> => {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

const realOf = (path: string): string => {
  try {
    return realpathSync.native(path)
  } catch {
    return path
  }
}

const code = /\.(?:[cm]?[jt]sx?|json)$/
/** Folders that hold nobody's own modules. */
const foreign = (name: string): boolean => name === "node_modules" || name.startsWith(".")

const keyOf = ({ is, path }: Place): string => `${is}\0${path}`

/** Looks at all of it. What lies in or below `ignored` (absolute) is nobody's business. */
export const lookAt = (places: Iterable<Place>, ignored: ReadonlySet<string>): Look => {
  const rows = new Map<string, ReadonlyMap<string, Row>>()
  const folders = new Map<string, Set<string> | null>()
  const climbed = new Set<string>()

  const watchName = (folder: string, name: string): void => {
    const names = folders.get(folder)
    if (names === undefined) folders.set(folder, new Set([name]))
    else names?.add(name)
  }
  /** A path is another one as soon as any folder above it is. */
  const watchPath = (path: string): void => {
    for (let at = path; !climbed.has(at) && dirname(at) !== at; at = dirname(at)) {
      climbed.add(at)
      watchName(dirname(at), basename(at))
    }
  }
  const watchBoth = (path: string): void => {
    watchPath(path)
    const real = realOf(path)
    if (real !== path) watchPath(real)
  }

  const walk = (folder: string, only: boolean, found: Map<string, Row>): void => {
    folders.set(folder, null)
    const names: Array<string> = []
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name)
      if (ignored.has(path)) continue
      if (entry.isDirectory()) {
        if (only && foreign(entry.name)) continue
        names.push(`${entry.name}/`)
        walk(path, only, found)
      } else if (!only || code.test(entry.name)) {
        names.push(entry.name)
        found.set(path, rowAt(path, false))
      }
    }
    // an empty folder counts too
    if (!only) found.set(folder, { row: names.sort().join("/\0"), newest: 0n })
  }

  const within = (path: string): boolean => {
    for (let at = path; dirname(at) !== at; at = dirname(at)) if (ignored.has(at)) return true
    return false
  }

  for (const place of places) {
    if (within(place.path)) continue
    const found = new Map<string, Row>()
    watchBoth(place.path)
    const real = place.is === "file" ? place.path : realOf(place.path)
    if (place.is === "file") found.set(place.path, rowAt(place.path, true))
    else if (place.is === "names") {
      folders.set(real, null)
      const names = entriesOf(real).map(({ name }) => name)
      found.set(place.path, {
        row: names
          .filter((name) => !ignored.has(join(real, name)))
          .sort()
          .join("/"),
        newest: 0n
      })
    } else if (rowAt(real, true).row.startsWith("folder")) walk(real, place.is === "code", found)
    else found.set(place.path, rowAt(place.path, true))
    rows.set(keyOf(place), found)
  }
  return { rows, folders }
}

/** Paths whose rows are not the same, sorted. */
export const movedBetween = (before: Snapshot, now: Snapshot): ReadonlyArray<string> => {
  const moved = new Set<string>()
  for (const [place, rows] of now) {
    const then = before.get(place)
    for (const [path, { row }] of rows) if (then?.get(path)?.row !== row) moved.add(path)
    for (const path of then?.keys() ?? []) if (!rows.has(path)) moved.add(path)
  }
  return [...moved].sort()
}

/**
 * What a look that began at `began` (ms) rests on: as `before` where that knew the place, else as it is now, unless it is so young that
 * the look may have met an older one.
 */
export const baseline = (before: Snapshot, now: Snapshot, began: number): Snapshot => {
  const since = BigInt(Math.floor(began) - slackMs) * 1_000_000n
  const settled = (rows: ReadonlyMap<string, Row>): ReadonlyMap<string, Row> =>
    new Map(Array.from(rows, ([path, row]) => [path, row.newest >= since ? { ...row, row: "young" } : row]))
  return new Map(Array.from(now, ([place, rows]) => [place, before.get(place) ?? settled(rows)]))
}

/** What the clock of a file system may lag behind ours. */
const slackMs = 20
