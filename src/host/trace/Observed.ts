/** What one evaluation looked at, and how the traps find it. Knows no `effect`: it is loaded before anything is watched. */
import { AsyncLocalStorage } from "node:async_hooks"
import { lstatSync, statSync } from "node:fs"
import { resolve } from "node:path"

export interface Place {
  readonly path: string
  readonly line: number
  readonly column: number
}

/** What a config may not do: `does` is a phrase such as `reads the clock`, `call` the function. */
export class Impurity extends Error {
  readonly does: string
  readonly place: Place | null
  constructor(does: string, call: string, place: Place | null) {
    super(`the config ${does}: ${call}`)
    this.does = does
    this.place = place
  }
}

/** How a path was asked after. `content` and `size` follow links, `link` and `entry` do not. */
export type Ask = "content" | "there" | "size" | "names" | "entry" | "link" | "real"

export interface Asked {
  readonly path: string
  readonly ask: Ask
  /** What its stat row was then: if it is another one at the end, nobody knows which content was seen. */
  readonly row: string
}

export interface Observed {
  /** First value seen, by name; undefined where it was not set. */
  readonly environment: Map<string, string | undefined>
  environmentListed: boolean
  /** Names that the config itself has set: what it reads there is its own. */
  readonly assigned: Set<string>
  readonly machine: Set<string>
  readonly paths: Map<string, Asked>
  readonly impurities: Array<Impurity>
  /** After the evaluation: what the config left behind, e.g. a timer, is not traced any more. */
  ended: boolean
}

const current = new AsyncLocalStorage<Observed>()

/** Of the evaluation that the running code is part of; null outside of one. */
export const observed = (): Observed | null => {
  const seen = current.getStore()
  return seen === undefined || seen.ended ? null : seen
}

/** Runs `evaluate` as the evaluation that `seen` is told of, also what it awaits. */
export const within = async <A>(seen: Observed, evaluate: () => Promise<A>): Promise<A> => {
  try {
    return await current.run(seen, evaluate)
  } finally {
    seen.ended = true
  }
}

export const nothingSeen = (): Observed => ({
  environment: new Map(),
  environmentListed: false,
  assigned: new Set(),
  machine: new Set(),
  paths: new Map(),
  impurities: [],
  ended: false
})

// Taken before anything is patched.
const stat = { follow: statSync, keep: lstatSync }

/** A row that changes when what is at `path` does; `absent` if nothing can be seen there. */
export const rowNow = (path: string, follow: boolean): string => {
  try {
    const found = (follow ? stat.follow : stat.keep)(path, { bigint: true, throwIfNoEntry: false })
    return found === undefined ? "absent" : `${found.dev}:${found.ino}:${found.size}:${found.mode}:${found.mtimeNs}:${found.ctimeNs}`
  } catch {
    return "absent"
  }
}

export const follows = (ask: Ask): boolean => ask !== "link" && ask !== "entry" && ask !== "real"

/** Remembers that `path` was asked after, the first time. */
export const askedOf = (seen: Observed, path: string, ask: Ask): void => {
  const at = resolve(path)
  const key = `${ask} ${at}`
  if (!seen.paths.has(key)) seen.paths.set(key, { path: at, ask, row: rowNow(at, follows(ask)) })
}
