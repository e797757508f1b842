/** How much memory processes hold, as `/proc` tells it; where there is none, nobody knows. */
import * as fs from "node:fs"

const textOf = (path: string): string => {
  try {
    return fs.readFileSync(path, "latin1")
  } catch {
    return ""
  }
}

const namesIn = (folder: string): ReadonlyArray<string> => {
  try {
    return fs.readdirSync(folder)
  } catch {
    return []
  }
}

const field = (status: string, name: string): number | null => {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]
  return kib === undefined ? null : Number(kib) * 1024
}

/** Resident bytes of a process; null if it is gone or nobody can tell. */
export const residentBytes = (pid: number): number | null => field(textOf(`/proc/${pid}/status`), "VmRSS")

/** The most a process was resident so far, bytes; null if nobody can tell. */
export const highWater = (pid: number | "self"): number | null => field(textOf(`/proc/${pid}/status`), "VmHWM")

/** From now on `highWater("self")` begins anew, where the kernel lets it. */
export const resetHighWater = (): void => {
  try {
    fs.writeFileSync("/proc/self/clear_refs", "5")
  } catch {
    // then the figure is that of the process since its start
  }
}

const childrenOf = (pid: number): ReadonlyArray<number> =>
  namesIn(`/proc/${pid}/task`).flatMap((thread) =>
    textOf(`/proc/${pid}/task/${thread}/children`)
      .split(" ")
      .filter((text) => text.trim() !== "")
      .map(Number)
  )

/** Bytes resident of a process with all its living descendants; pages that they share count for each. */
const residentTree = (pid: number): number => {
  let sum = 0
  const seen = new Set([pid])
  for (const one of seen) {
    sum += residentBytes(one) ?? 0
    for (const child of childrenOf(one)) seen.add(child)
  }
  return sum
}

export interface PeakWatch {
  /** Bytes, so far; null if it was never seen. Ends the watch. */
  readonly end: () => number | null
}

/** ms until the first look, and the longest between two: what is over sooner is not worth a look. */
const looks = { first: 100, longest: 1000 }

/** Watches the most that a process and its descendants hold. */
export const watchPeak = (pid: number): PeakWatch => {
  let peak: number | null = null
  let pause = looks.first
  const look = (): void => {
    const now = Math.max(residentTree(pid), highWater(pid) ?? 0)
    if (now > 0) peak = Math.max(peak ?? 0, now)
    pause = Math.min(pause * 1.5, looks.longest)
    timer = setTimeout(look, pause).unref()
  }
  let timer = setTimeout(look, pause).unref()
  return {
    end: () => {
      clearTimeout(timer)
      return peak
    }
  }
}

/** How often the system ended processes for want of memory; 0 where it does not tell. */
export const memoryKills = (): number => Number(/^oom_kill (\d+)$/m.exec(textOf("/proc/vmstat"))?.[1] ?? 0)

/** ms for which a figure is not asked for again: a thousand programs a second need not read it each. */
const recentMs = 50
let recent = { kills: 0, at: -Infinity }

/** The same, as it was a moment ago at most. */
export const recentMemoryKills = (): number => {
  const now = performance.now()
  if (now - recent.at > recentMs) recent = { kills: memoryKills(), at: now }
  return recent.kills
}
