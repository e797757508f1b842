/** Machine output: one JSON text a line, with nothing in it that a terminal would obey. */
import type { RunEvent } from "../domain/RunDocuments.ts"

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`

/** JSON.stringify leaves DEL, C1 controls and marks of reading direction as they are: they are escaped too, which changes no value. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, escape)

/** Beyond this many bytes that the reader has not taken, progress is left out; nothing else ever is. */
const Limits = { pending: 1 << 20 } as const

/** `pending`: bytes waiting to be written; `signal`: number of the signal that ends this process, if any. */
export const ndjsonLines = (event: RunEvent, pending: number, signal: number | null): ReadonlyArray<string> => {
  if (event.event === "task-progress" && pending > Limits.pending) return []
  if (event.event === "run-finished" && signal !== null) return [jsonLine({ ...event, exit: 128 + signal })]
  return [jsonLine(event)]
}
