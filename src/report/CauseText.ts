/** Causes in words: `input source changed  data/x  sha256 3f2a91c0 → 91bc77aa (12,301,114 → 12,301,201 bytes)`. */
import { oneLine } from "../core/Excerpt.ts"
import type { Cause, CauseKind } from "../domain/RunDocuments.ts"

/** A printed value: what comes before it (`sha256 `), itself, and its note in brackets. */
const printed = /^(?<algorithm>sha256 )?(?<value>.*?)(?: \((?<note>[^()]*)\))?$/su

interface Parts {
  readonly algorithm: string
  readonly value: string
  readonly note: string
}

const partsOf = (text: string): Parts => {
  const groups = printed.exec(text)?.groups
  return { algorithm: groups?.["algorithm"] ?? "", value: groups?.["value"] ?? text, note: groups?.["note"] ?? "" }
}

const inBytes = (note: string): string | null => (note.endsWith(" bytes") ? note.slice(0, -" bytes".length) : null)

const notes = (old: string, now: string): string => {
  if (old === now) return old === "" ? "" : ` (${old})`
  const before = inBytes(old)
  const after = inBytes(now)
  if (before !== null && after !== null) return ` (${before} → ${after} bytes)`
  return ` (${old === "" ? "none" : old} → ${now === "" ? "none" : now})`
}

/** Both values side by side; empty if neither is known. */
export const change = (old: string | null, now: string | null): string => {
  if (old === null) return now === null ? "" : oneLine(now)
  if (now === null) return `${oneLine(old)} → none`
  const a = partsOf(oneLine(old))
  const b = partsOf(oneLine(now))
  if (a.algorithm !== b.algorithm) return `${oneLine(old)} → ${oneLine(now)}`
  return `${a.algorithm}${a.value} → ${b.value}${notes(a.note, b.note)}`
}

const drift = (old: string | null, now: string | null): string =>
  old === null || now === null ? change(old, now) : `${oneLine(old)} → ${oneLine(now)}`

/** `source data/x` → `source`, `data/x`. */
const nameAndPath = (subject: string): readonly [string, string] => {
  const space = subject.indexOf(" ")
  return space < 0 ? [subject, ""] : [subject.slice(0, space), subject.slice(space + 1)]
}

/** What happened; `name` is the subject, or its first word where a path follows. */
const sentences: Record<CauseKind, (name: string) => string> = {
  "never-run": () => "never run",
  "input-changed": (name) => `input ${name} changed`,
  "input-missing": (name) => `input ${name} is missing`,
  "input-appeared": (name) => `input ${name} appeared`,
  "option-changed": (name) => `option ${name} changed`,
  "code-changed": (name) => `code changed: ${name}`,
  "need-changed": (name) => `need ${name} changed`,
  "need-unknown": (name) => `need ${name}: outputs not known yet`,
  "need-failed": (name) => `need ${name} failed`,
  "tool-changed": (name) => `tool ${name} changed`,
  "tool-missing": (name) => `tool ${name} is missing`,
  "environment-changed": (name) => `environment ${name} changed`,
  "runtime-changed": (name) => `runtime ${name} changed`,
  "engine-changed": (name) => `engine changed: ${name}`,
  "output-missing": (name) => `output ${name} is missing`,
  "output-altered": (name) => `output ${name} was altered`,
  forced: () => "forced",
  "gate-failed": (name) => `gate ${name} is closed`,
  "gate-unknown": (name) => `gate ${name}: verdict not known yet`,
  conflict: (name) => `conflict: ${name} holds another value for ever`,
  drifted: (name) => `${name} was changed by someone else`,
  held: (name) => `${name} was retired on purpose`
}

const withPath = new Set<CauseKind>([
  "input-changed",
  "input-missing",
  "input-appeared",
  "output-missing",
  "output-altered",
  "tool-changed"
])

export const causeText = (cause: Cause): string => {
  const subject = oneLine(cause.subject)
  if (cause.kind === "conflict" && cause.from !== null) return `items of ${oneLine(cause.from)}: ${oneLine(cause.new ?? "")}`
  if (cause.kind === "need-unknown" && cause.new !== null) return `until ${subject} has run: ${oneLine(cause.new)}`
  const [name, path] = withPath.has(cause.kind) ? nameAndPath(subject) : [subject, ""]
  // the note behind a drifted value says who changed it: there is nothing to set beside it
  const values = cause.kind === "drifted" ? drift(cause.old, cause.new) : change(cause.old, cause.new)
  return [sentences[cause.kind](name), path, values].filter((part) => part !== "").join("  ")
}

/** What happened, without what it was before and is now. */
export const briefCause = (cause: Cause): string => {
  const subject = oneLine(cause.subject)
  return sentences[cause.kind](withPath.has(cause.kind) ? nameAndPath(subject)[0] : subject)
}

/** The first in words, and how many more. Empty if there is none. */
export const firstCause = (causes: ReadonlyArray<Cause>): string => {
  const [first, ...rest] = causes
  return first === undefined ? "" : causeText(first) + (rest.length === 0 ? "" : `; and ${rest.length} more`)
}
