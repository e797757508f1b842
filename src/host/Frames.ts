/** Stack traces, read for the line of the user's own code. */
import { fileURLToPath } from "node:url"
import type { Where } from "../domain/Failure.ts"

const frame = /(?:\(|at )((?:file:\/\/)?\/[^)]*?):(\d+):(\d+)\)?$/

/** A path, whether printed as such or as a URL. */
export const pathOf = (text: string): string => (text.startsWith("file://") ? fileURLToPath(text.replace(/\?.*$/, "")) : text)

/** The innermost line outside `node_modules`. */
export const ownFrame = (stack: string): Where | undefined => {
  for (const line of stack.split("\n")) {
    const match = frame.exec(line)
    if (match?.[1] !== undefined && !match[1].includes("/node_modules/"))
      return { path: pathOf(match[1]), line: Number(match[2]), column: Number(match[3]) }
  }
  return undefined
}

/** An error of whoever called `called`: its stack begins there. */
export const blame = (message: string, called: Function): Error => {
  const error = new Error(message)
  Error.captureStackTrace(error, called)
  return error
}
