/** Where in the user's code something was declared. Needs no registry: values carry it. */
import { dirname, sep } from "node:path"
import { fileURLToPath } from "node:url"

export interface Place {
  readonly path: string
  readonly line: number
  readonly column: number
}

const frame = /(?:\(|at )((?:file:\/\/|\/)[^)]*?):(\d+):(\d+)\)?$/

/** This folder: its frames are how a declaration is made, never where. */
const here = dirname(fileURLToPath(import.meta.url)) + sep

/** Whatever runs a declaration, e.g. `Effect.runSync`, has no part in it. */
const ofEffect = /\/node_modules\/effect\//

/** The stack above `below`, nearest first; modules of Node itself, of effect and of the contract are left out. */
export const callerPlace = (below: Function): ReadonlyArray<Place> => {
  const holder: { stack?: string } = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 30
  Error.captureStackTrace(holder, below)
  Error.stackTraceLimit = limit
  const places: Array<Place> = []
  for (const line of (holder.stack ?? "").split("\n").slice(1)) {
    // what awaits this module, e.g. the host that imports it, has no part in the declaration
    if (line.trimStart().startsWith("at async ")) break
    const match = frame.exec(line)
    if (match?.[1] === undefined) continue
    const path = match[1].startsWith("file://") ? fileURLToPath(match[1].replace(/\?.*$/, "")) : match[1]
    if (path.startsWith(here) || ofEffect.test(path)) continue
    places.push({ path, line: Number(match[2]), column: Number(match[3]) })
  }
  return places
}
