/** Stack traces, read for the line of the user's own code. */
import { dirname, sep } from "node:path"
import { fileURLToPath } from "node:url"
import type { Where } from "../domain/Failure.ts"

const frame = /(?:\(|at )((?:file:\/\/)?\/[^)]*?):(\d+):(\d+)\)?$/

/** A path, whether printed as such or as a URL. */
export const pathOf = (text: string): string => (text.startsWith("file://") ? fileURLToPath(text.replace(/\?.*$/, "")) : text)

/** `src` of this package. */
const engine = dirname(dirname(fileURLToPath(import.meta.url))) + sep

/** The innermost line outside `node_modules` and the engine. */
export const ownFrame = (stack: string): Where | undefined => {
  for (const line of stack.split("\n")) {
    const match = frame.exec(line)
    if (match?.[1] === undefined || match[1].includes("/node_modules/")) continue
    const path = pathOf(match[1])
    if (!path.startsWith(engine)) return { path, line: Number(match[2]), column: Number(match[3]) }
  }
  return undefined
}

/** An error of whoever called `called`: its stack begins there. */
export const blame = (message: string, called: Function): Error => {
  const error = new Error(message)
  Error.captureStackTrace(error, called)
  return error
}
