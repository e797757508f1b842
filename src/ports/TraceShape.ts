/**
 * `trace/1` checked by hand: a run reads one trace a task, and the Schema takes some ten times as long. A test holds the
 * two together.
 */
import type { Trace } from "../domain/Trace.ts"

type Shape = (value: unknown) => boolean

const text: Shape = (value) => typeof value === "string"
const number: Shape = (value) => typeof value === "number"
const integer: Shape = Number.isSafeInteger
const textOrNull: Shape = (value) => value === null || typeof value === "string"
const oneOf =
  (...values: ReadonlyArray<string>): Shape =>
  (value) =>
    typeof value === "string" && values.includes(value)

const list =
  (item: Shape): Shape =>
  (value) => {
    if (!Array.isArray(value)) return false
    for (let at = 0; at < value.length; at++) if (!item(value[at])) return false
    return true
  }

/** Exactly these keys; those of `optional` may be absent. */
const struct = (fields: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape => {
  const all = Object.entries(fields)
  const more = Object.entries(optional)
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false
    const record = value as Readonly<Record<string, unknown>>
    for (const [key, shape] of all) if (!Object.hasOwn(record, key) || !shape(record[key])) return false
    let wanted = all.length
    for (const [key, shape] of more) {
      if (!Object.hasOwn(record, key)) continue
      if (!shape(record[key])) return false
      wanted++
    }
    let keys = 0
    for (const _ in record) keys++
    return keys === wanted
  }
}

const adoption = struct({ at: text, by: text, host: text, because: text, desired: textOrNull, live: textOrNull })

const trace = struct(
  {
    atlas: oneOf("trace/1"),
    task: text,
    run: text,
    at: text,
    ms: number,
    rows: list(struct({ kind: text, subject: text, value: text, note: textOrNull })),
    outputs: list(
      struct({
        name: text,
        kind: oneOf("file", "folder", "value"),
        path: text,
        value: textOrNull,
        digest: text,
        files: list(struct({ path: text, type: oneOf("file", "folder", "link"), bytes: integer, sha256: text }))
      })
    ),
    findings: list(struct({ name: text, at: text, message: text })),
    summary: textOrNull,
    applied: textOrNull
  },
  { adopted: adoption, adoptedBefore: list(adoption) }
)

export const isTrace = (value: unknown): value is Trace => trace(value)
