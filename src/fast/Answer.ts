/** The answer of a run in which nothing is stale, from one loop of stats; or which groups of tasks the engine has to look at. */
import { hash } from "node:crypto"
import { constants, lstatSync, readFileSync, statSync, writeSync } from "node:fs"
import { enableCompileCache } from "node:module"
import { join } from "node:path"
import { spread } from "../core/Layout.ts"
import { runTime } from "../core/Quantity.ts"
import { colourStyle, plainStyle, wantsColor } from "../core/Style.ts"
import { type Columns, decode, groupsOf, type Header, holds, type Told, unreachable } from "./Columns.ts"
import { machine } from "./Machine.ts"

/** Words that change nothing of the answer but how it is printed. */
const plainWords: ReadonlySet<string> = new Set(["--quiet"])

/** The plan of a project in which all is fresh, without colours and with. */
export interface FreshPlan {
  readonly plain: string
  readonly colour: string
}

const options = { bigint: true, throwIfNoEntry: false } as const
const Width = 100

/** A record of which all that concerns the whole project stands. */
export interface Looked {
  readonly columns: Columns
  /** Groups of which something moved or nothing is known, ascending; none: nothing is stale. */
  readonly groups: ReadonlyArray<number>
}

/** Neither a FIFO nor a link to an endless device may hold up who asks. */
const ownFile = { flag: constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK }

const read = (path: string) => {
  try {
    return decode(readFileSync(path, ownFile))
  } catch {
    return null
  }
}

/** `undefined` for what is absent. */
const look = (path: string, follow: boolean) => {
  try {
    return follow ? statSync(path, options) : lstatSync(path, options)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOTDIR" ? undefined : unreachable
  }
}

const environmentHolds = ({ environment, salt }: Header): boolean =>
  environment.every(([name, digest]) => {
    const value = process.env[name]
    return value === undefined ? digest === null : digest === hash("sha256", `${salt}\0${name}\0${value}`)
  })

const sameMachine = (recorded: ReadonlyArray<string>): boolean => {
  const now = machine()
  return recorded.length === now.length && recorded.every((part, at) => part === now[at])
}

/** Looks at the record of the project at `root`; null if there is none, or something that concerns the whole project moved. */
export const lookAt = (root: string): Looked | null => {
  const columns = read(join(root, ".atlas", "fast"))
  if (columns === null) return null
  const { header, paths, followed, rows, owners } = columns
  const today = new Date().toISOString().slice(0, 10)
  if (header.atlas !== "fast/2" || header.root !== root || today < header.from || (header.until !== null && today > header.until))
    return null
  if (!sameMachine(header.machine) || !environmentHolds(header)) return null
  const moved = new Set(header.unproven)
  for (let at = 0; at < paths.length; at++) {
    if (holds(rows, at, look(paths[at] as string, at < followed))) continue
    if (owners[at] === 0) return null
    for (const group of groupsOf(columns, at)) moved.add(group)
  }
  return { columns, groups: [...moved].sort((a, b) => a - b) }
}

/** The plan of the project at `root` while all of it is fresh; null if it is not, or if that is not known. */
export const standingPlan = (root: string): FreshPlan | null => {
  const looked = lookAt(root)
  if (looked === null || looked.groups.length > 0) return null
  const { plan, told } = looked.columns.header
  // written by the engine itself: `task-finished` of what is told although it is fresh
  const plain = told.every(([, , event]) => isFine(event as { readonly outcome: string; readonly verdict: string | null }))
  if (plan === null || !plain) return null
  try {
    const bytes = readFileSync(join(root, ".atlas", "plan"), ownFile)
    return hash("sha256", bytes) === plan ? (JSON.parse(bytes.toString()) as FreshPlan) : null
  } catch {
    return null
  }
}

const isFine = ({ outcome, verdict }: { readonly outcome: string; readonly verdict: string | null }): boolean =>
  outcome === "fresh" && verdict !== "failed"

/** What the project at `root` answers while nothing moved; null if anything did, or if that is not known. */
export const standingAnswer = (root: string): Told | null => {
  const looked = lookAt(root)
  return looked === null || looked.groups.length > 0 ? null : looked.columns.header.answer
}

const writeAll = (text: string): void => {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error
    }
  }
}

const inColour = (): boolean => wantsColor("auto", process.stdout.isTTY === true, process.env)

const print = (told: Told): void => {
  const colour = inColour()
  const style = colour ? colourStyle : plainStyle
  const width = process.stdout.isTTY === true ? Math.min(Width, process.stdout.columns - 1) : Width
  const head = told.head === null ? "" : `${style.bold(spread(told.head[0], told.head[1], width))}\n`
  const last = style.green(spread(told.last, runTime(performance.now()), width))
  writeAll(`${head}${colour ? told.body.colour : told.body.plain}${last}\n`)
}

/**
 * Prints the answer of a plain run or plan if it is known; else what the engine may start from, null for nothing. Throws only if stdout does
 * not take it.
 */
export const answer = (argv: ReadonlyArray<string>): "told" | Looked | null => {
  if (argv.length === 1 && argv[0] === "plan") {
    const plan = standingPlan(process.cwd())
    if (plan === null) return null
    writeAll(inColour() ? plan.colour : plan.plain)
    return "told"
  }
  const run = argv.indexOf("run")
  const words = argv.filter((_, at) => at !== run)
  if (words.some((word) => !plainWords.has(word))) return null
  const looked = lookAt(process.cwd())
  if (looked === null) return null
  if (looked.groups.length > 0 || looked.columns.header.answer === null) {
    // a run that goes on from here writes to its state anyway
    enableCompileCache(join(looked.columns.header.root, ".atlas", "compile-cache"))
    return looked
  }
  if (!words.includes("--quiet")) print(looked.columns.header.answer)
  return "told"
}
