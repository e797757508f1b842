/** Who called: the user's code, effect, the engine or Node itself. */
import { basename, dirname, join, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { getCallSites } from "node:util"
import { bundlePath, originOf } from "../effect/Bundle.ts"
import type { Place } from "./Observed.ts"
import { nodeLoads, placeOf, sourceOf } from "./Watch.ts"

const here = dirname(fileURLToPath(import.meta.url))
/** `src/` of this package, and the bundle beside it. */
const source = join(here, "..", "..")
export const packageFolder = dirname(source)
const engine = [source + sep, join(packageFolder, "dist") + sep]

/** Most frames that Node gives, and as many as show who called a trap directly: Node's loader calls some thousand times. */
const deepest = 200
const nearby = 10

type Side = "node" | "engine" | "effect" | "user" | "other"

/** Code belongs to the user if it was loaded under our eyes and is neither effect nor the engine. */
export const sideOf = (path: string): Side => {
  if (path.startsWith("node:")) return "node"
  if (path === bundlePath) return "effect"
  if (engine.some((folder) => path.startsWith(folder))) return "engine"
  if (/\/node_modules\/(?:effect|@effect\/[^/]+)\//.test(path)) return "effect"
  return sourceOf(path) === undefined ? "other" : "user"
}

interface Frame extends Place {
  readonly side: Side
  readonly name: string
}

/** The stack below the traps, innermost first. */
export const frames = (depth = deepest): ReadonlyArray<Frame> => {
  const sites = getCallSites(depth)
  const found: Array<Frame> = []
  for (const { scriptName, lineNumber, columnNumber, functionName } of sites) {
    const script = placeOf(scriptName)
    const path = script === bundlePath ? originOf(lineNumber) : script
    if (found.length === 0 && path.startsWith(here + sep)) continue
    found.push({ path, line: lineNumber, column: columnNumber, name: functionName, side: sideOf(path) })
  }
  return found
}

/** What effect does for itself: random hashes of objects, identifiers and times of spans. None of it reaches a project. */
const incidental = ({ path, name }: Frame): boolean => ["Hash.js", "Hex.js"].includes(basename(path)) || /span/i.test(name)

const within = (path: string): boolean => path.includes(`${sep}node_modules${sep}`)

/**
 * Who is to blame for a call: the innermost place in the user's own code, before one in a package. `innocent` where the engine
 * called, or nobody that was watched; without a place where effect called later on behalf of the user.
 */
export const blamed = (): { readonly innocent: boolean; readonly place: Place | null } => {
  const stack = frames().filter(({ side }) => side !== "node")
  const user = stack.filter(({ side }) => side === "user")
  const place = user.find(({ path }) => !within(path)) ?? user[0] ?? null
  const [innermost] = stack
  if (innermost === undefined || innermost.side === "engine" || innermost.side === "other") return { innocent: true, place }
  if (innermost.side === "effect") {
    const own = stack.slice(
      0,
      stack.findIndex(({ side }) => side !== "effect")
    )
    if ((own.length === 0 ? stack : own).some(incidental)) return { innocent: true, place }
    return { innocent: place === null && stack.some(({ side }) => side !== "effect"), place }
  }
  return { innocent: false, place }
}

export const calledByNode = (): boolean => frames(nearby)[0]?.side === "node"

/** True where Node asks for itself, or the engine does: then it is no business of the config. `direct` counts Node's own calls. */
export const ofOurs = (direct: boolean): boolean => {
  if (nodeLoads()) return true
  const [first] = frames(nearby)
  if (first === undefined) return true
  if (first.side !== "node") return first.side === "engine"
  if (direct || /^node:internal\/(?:modules|process\/esm)/.test(first.path)) return true
  return frames().find(({ side }) => side !== "node")?.side === "engine"
}
