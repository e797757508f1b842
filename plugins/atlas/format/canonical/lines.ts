/** Lines of a text that comes in pieces, as bytes without their ends. */
import { Effect } from "effect"
import type { ContentError } from "../content/failure.ts"
import { readContent } from "../content/read.ts"

const newline = 10
const carriageReturn = 13

/**
 * Calls `line` for each line of a plain, gzip or bgzip file, in order, without LF or CRLF; a last one without an end too. The bytes are
 * used again: copy what must outlive the call. Memory holds the longest line.
 */
export const readLines = (path: string, line: (bytes: Buffer) => void): Effect.Effect<void, ContentError> =>
  Effect.gen(function* () {
    let held: Array<Buffer> = []
    const tell = (bytes: Buffer): void => line(bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes)
    yield* readContent(path, {
      onChunk: (chunk) => {
        let from = 0
        for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
          const part = chunk.subarray(from, at)
          if (held.length === 0) tell(part)
          else {
            tell(Buffer.concat([...held, part]))
            held = []
          }
          from = at + 1
        }
        if (from < chunk.length) held.push(Buffer.from(chunk.subarray(from)))
      }
    })
    if (held.length > 0) tell(Buffer.concat(held))
  })
