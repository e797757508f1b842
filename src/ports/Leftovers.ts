/** What runs leave behind on the disk, and how an output that nobody needs is taken away. Paths are absolute. Throws errnos. */
import * as fs from "node:fs"
import * as path from "node:path"
import { isGone, statOf } from "./FileStat.ts"
import { besideName, stemIn, stemOf } from "./OutputNames.ts"
import { removeTree } from "./RemoveTree.ts"
import { traceName } from "./TraceName.ts"

/** Regular files at and below, and their bytes; none where nothing is. */
export const countBelow = (at: string): { readonly files: number; readonly bytes: number } => {
  let files = 0
  let bytes = 0
  for (const open = [at]; open.length > 0;) {
    const next = open.pop() ?? at
    const stat = statOf(next, false)
    if (stat?.isFile() === true) {
      files++
      bytes += Number(stat.size)
    } else if (stat?.isDirectory() === true) for (const name of namesIn(next)) open.push(path.join(next, name))
  }
  return { files, bytes }
}

/** Bytes of all regular files at and below; 0 where nothing is. */
export const weigh = (at: string): number => countBelow(at).bytes

const namesIn = (folder: string): ReadonlyArray<string> => {
  try {
    return fs.readdirSync(folder).sort()
  } catch (cause) {
    if (isGone(cause)) return []
    throw cause
  }
}

/** What is half-made beside these outputs, and old ones that were moved aside. Only under the lease nobody is at work on them. */
export const besideOutputs = (finals: Iterable<string>): ReadonlyArray<string> => {
  const folders = new Map<string, Set<string>>()
  for (const final of finals) {
    const stems = folders.get(path.dirname(final)) ?? new Set<string>()
    folders.set(path.dirname(final), stems.add(stemOf(path.basename(final))))
  }
  return [...folders].flatMap(([folder, stems]) =>
    namesIn(folder)
      .filter((name) => stems.has(stemIn(name)?.stem ?? ""))
      .map((name) => path.join(folder, name))
  )
}

/** Scratch folders, one a run: what is there under the lease was left by one that died. */
export const scratchFolders = (state: string): ReadonlyArray<string> => {
  const scratch = path.join(state, "scratch")
  return namesIn(scratch).map((name) => path.join(scratch, name))
}

/** So many records of single runs are kept unless another number is asked for. */
export const keptRecords = 100
const runName = /^\d{8}T\d{6}-[0-9a-f]{8}(?:\.|$)/

/** Records of runs before the last `kept` ones, whose names sort by time, and what runs that died had begun to write. */
export const oldRecords = (state: string, kept: number = keptRecords): ReadonlyArray<string> => {
  const reports = path.join(state, "runs")
  const names = namesIn(reports).filter((name) => runName.test(name))
  const runs = [...new Set(names.map((name) => name.slice(0, 24)))]
  const old = new Set(runs.slice(0, Math.max(0, runs.length - kept)))
  return names.filter((name) => old.has(name.slice(0, 24)) || name.endsWith(".part")).map((name) => path.join(reports, name))
}

/** Logs of tasks that are none of these, also half-written ones. */
export const strayLogs = (state: string, tasks: Iterable<string>): ReadonlyArray<string> => {
  const logs = path.join(state, "logs")
  const known = new Set(Array.from(tasks, (task) => `${traceName(task)}.log`))
  return namesIn(logs)
    .filter((name) => /\.log(?:$|\.)/.test(name) && !known.has(name) && !known.has(name.slice(0, name.lastIndexOf("."))))
    .map((name) => path.join(logs, name))
}

/** Compiled code of hosts that another Node left: its folders are called by version and architecture. `cache` is where they lie. */
export const strayCode = (cache: string): ReadonlyArray<string> => {
  const own = `${process.version}-${process.arch}-`
  return namesIn(cache)
    .filter((name) => !name.startsWith(own))
    .map((name) => path.join(cache, name))
}

/** Takes an output away, whole at once, and the folders above it that are empty then, up to `root`. */
export const removeOutput = (at: string, root: string, run: string): void => {
  // Killed midway it stands beside its place, where `recover` finds it.
  const aside = besideName(at, "old", run)
  fs.renameSync(at, aside)
  removeTree(aside)
  for (let above = path.dirname(at); above !== root && above.startsWith(`${root}/`); above = path.dirname(above)) {
    try {
      fs.rmdirSync(above)
    } catch {
      return
    }
  }
}

/** Whether the place lies below `root`, with every link above it followed. */
export const liesBelow = (at: string, root: string): boolean => {
  if (!at.startsWith(`${root}/`)) return false
  let above = path.dirname(at)
  while (statOf(above, true) === null && above !== path.dirname(above)) above = path.dirname(above)
  const real = fs.realpathSync(above)
  const base = fs.realpathSync(root)
  return real === base || real.startsWith(`${base}/`)
}
