/**
 * The clock that a file system stamps its files with, asked by writing to a file there. git's racy rule needs it: a stat
 * row says nothing of writes in the same tick as the last one that it shows.
 */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { newestOf } from "./FileStat.ts"
import { ensureStateFolder } from "./StateFolder.ts"

/** Longest that measuring the tick may take, ms; a file system that shows no second tick by then is taken for `coarsest`. */
const measuringMs = 60
/** Tick of FAT, and what is assumed of a device we cannot write to, ns. */
const coarsest = 2_000_000_000n

/** Of file systems with a longer tick nothing is waited for, ns. */
const longestWait = 40_000_000n

/** Decides whether a stat row taken *before* reading proves the content read after it. */
export interface FileClock {
  /** False if a later write could leave the row as it is, or if its times lie in the future. */
  readonly settled: (stat: fs.BigIntStats) => boolean
  /** ms after which what is written now is settled; 0 where that is not known, or long. */
  readonly settlingMs: () => number
  readonly close: () => void
}

/** Nothing is written: all devices are taken for coarse, by the system's clock. */
export const systemClock: FileClock = {
  settled: (stat) => newestOf(stat) + coarsest < BigInt(Date.now()) * 1_000_000n,
  settlingMs: () => 0,
  close: () => {}
}

interface Probe {
  readonly descriptor: number
  readonly device: bigint
  readonly slack: bigint
  now: bigint
}

const byte = Buffer.from(".")

const tick = (descriptor: number): bigint => {
  fs.writeSync(descriptor, byte, 0, 1, 0)
  return fs.fstatSync(descriptor, { bigint: true }).mtimeNs
}

/** Twice the smallest step that two writes show, seen twice: the first may have begun in the middle of a tick. */
const measure = (descriptor: number): { readonly slack: bigint; readonly now: bigint } => {
  const until = performance.now() + measuringMs
  let last = tick(descriptor)
  let step = 0n
  for (let changes = 0; changes < 3;) {
    if (performance.now() > until) return { slack: coarsest, now: last }
    const next = tick(descriptor)
    if (next === last) continue
    if (next - last > step) step = next - last
    last = next
    changes++
  }
  return { slack: 2n * step, now: last }
}

const openProbe = (folder: string): Probe | null => {
  try {
    ensureStateFolder(folder)
    const file = path.join(folder, `.tmp-clock-${randomBytes(8).toString("hex")}`)
    const descriptor = fs.openSync(file, "wx+")
    // The descriptor lives on without its name, so nothing is left behind however we end.
    fs.unlinkSync(file)
    const device = fs.fstatSync(descriptor, { bigint: true }).dev
    return { descriptor, device, ...measure(descriptor) }
  } catch {
    return null
  }
}

/** Asks the file system of the state folder, from the first time that it must be asked; other devices go by `systemClock`. */
export const folderClock = (folder: string): FileClock => {
  let probe: Probe | null | undefined
  return {
    settled: (stat) => {
      if (probe === undefined) probe = openProbe(folder)
      if (probe === null || stat.dev !== probe.device) return systemClock.settled(stat)
      const bound = newestOf(stat) + probe.slack
      // An earlier answer of the clock is a lower bound of now, so mostly no write is needed.
      if (bound < probe.now) return true
      try {
        probe.now = tick(probe.descriptor)
      } catch {
        return false
      }
      return bound < probe.now
    },
    settlingMs: () => {
      if (probe === undefined) probe = openProbe(folder)
      return probe === null || probe.slack > longestWait ? 0 : Number(probe.slack / 1_000_000n) + 1
    },
    close: () => {
      if (probe !== undefined && probe !== null) fs.closeSync(probe.descriptor)
      probe = null
    }
  }
}
