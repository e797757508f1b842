/** The answer of a run in which nothing is stale, from one loop of stats. Null wherever anything is not as it was: then the engine looks. */
import { hash } from "node:crypto"
import { lstatSync, readFileSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import { spread } from "../core/Layout.ts"
import { runTime } from "../core/Quantity.ts"
import { colourStyle, plainStyle, wantsColor } from "../core/Style.ts"
import { decode, type Header, holds } from "./Columns.ts"
import { machine } from "./Machine.ts"

/** Flags that change nothing of the answer but how it is printed. */
const plainCalls: ReadonlySet<string> = new Set(["", "run"])

const options = { bigint: true, throwIfNoEntry: false } as const
const Width = 100

const read = (path: string) => {
  try {
    return decode(readFileSync(path))
  } catch {
    return null
  }
}

/** `undefined` for what is absent; throws where it cannot be told. */
const look = (path: string, follow: boolean) => {
  try {
    return follow ? statSync(path, options) : lstatSync(path, options)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined
    throw error
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

/** What the project at `root` answers while nothing moved; null if anything did, or if that is not known. */
export const standingAnswer = (root: string): Header["answer"] | null => {
  const found = read(join(root, ".atlas", "fast"))
  if (found === null) return null
  const { header, paths, followed, rows } = found
  const today = new Date().toISOString().slice(0, 10)
  if (header.atlas !== "fast/1" || header.root !== root || today < header.from || (header.until !== null && today > header.until))
    return null
  if (!sameMachine(header.machine) || !environmentHolds(header)) return null
  try {
    for (let at = 0; at < paths.length; at++) if (!holds(rows, at, look(paths[at] as string, at < followed))) return null
  } catch {
    return null
  }
  return header.answer
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

/** Prints the answer and returns true, or does nothing and returns false. Throws only if stdout does not take it. */
export const answer = (argv: ReadonlyArray<string>): boolean => {
  if (!plainCalls.has(argv.join(" "))) return false
  const told = standingAnswer(process.cwd())
  if (told === null) return false
  const colour = wantsColor("auto", process.stdout.isTTY === true, process.env)
  const style = colour ? colourStyle : plainStyle
  const width = process.stdout.isTTY === true ? Math.min(Width, process.stdout.columns - 1) : Width
  const head = told.head === null ? "" : `${style.bold(spread(told.head[0], told.head[1], width))}\n`
  const last = style.green(spread(told.last, runTime(performance.now()), width))
  writeAll(`${head}${colour ? told.body.colour : told.body.plain}${last}\n`)
  return true
}
