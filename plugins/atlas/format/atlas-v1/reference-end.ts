/** How the reference's command line ends on a message: it looks for words in it (dataset contract §8.2). */
import { Schema } from "effect"

/** The reference's error code and exit code. */
export const ReferenceEnd = Schema.Struct({ code: Schema.String, exit: Schema.Int })
export type ReferenceEnd = typeof ReferenceEnd.Type

const usage = { code: "usage_error", exit: 2 }
const validation = { code: "validation_error", exit: 3 }
const dependency = { code: "dependency_failure", exit: 4 }
const internal = { code: "internal_error", exit: 10 }

/** In the order they are looked for, in the message in lower case. */
const words: ReadonlyArray<readonly [ReferenceEnd, ReadonlyArray<string>]> = [
  [usage, ["usage", "unknown argument", "missing command"]],
  [validation, ["publish gate failed", "immutability gate", "artifact hash mismatch", "evidence ", "invalid", "must be"]],
  [
    dependency,
    ["no such file or directory", "not found", "unable to open database file", "os error 2", "network", "connection refused", "timed out"]
  ]
]

const prefixes = ["validation:", "policy:", "cursor:"]

/** `main`; the released program ends every failed action with 10 (§13). */
export const referenceEnd = (message: string): ReferenceEnd => {
  const lower = message.toLowerCase()
  for (const [end, signs] of words)
    if (signs.some((sign) => lower.includes(sign)) || (end === validation && prefixes.some((prefix) => lower.startsWith(prefix))))
      return end
  return internal
}
