/** `trace/1`: what is remembered of a task's last good execution. Recorded last, replaced atomically, never of a failure. */
import { Schema } from "effect"
import { Finding } from "./Finding.ts"
import { OutputKind } from "./ProjectDocument.ts"

/**
 * One thing that a result depends on. `kind` is `code option input discovered need environment tool runtime engine target output`;
 * `value` decides, `note` is only printed (e.g. bytes).
 */
export const Row = Schema.Struct({ kind: Schema.String, subject: Schema.String, value: Schema.String, note: Schema.NullOr(Schema.String) })
export type Row = typeof Row.Type

/** A file below an output, `path` relative to it ("" is the output itself); `link` is a symbolic link's text, never followed. */
export const OutputFile = Schema.Struct({
  path: Schema.String,
  type: Schema.Literals(["file", "folder", "link"]),
  bytes: Schema.Int,
  sha256: Schema.String
})
export type OutputFile = typeof OutputFile.Type

export const TracedOutput = Schema.Struct({
  name: Schema.String,
  kind: OutputKind,
  /** Relative to the config's folder; empty for values. */
  path: Schema.String,
  value: Schema.NullOr(Schema.String),
  digest: Schema.String,
  files: Schema.Array(OutputFile)
})
export type TracedOutput = typeof TracedOutput.Type

/** A person accepted what is there as good. `desired` and `live` are those of a cell then, null for outputs that are no cell. */
export const Adoption = Schema.Struct({
  /** ISO UTC. */
  at: Schema.String,
  by: Schema.String,
  host: Schema.String,
  because: Schema.String,
  desired: Schema.NullOr(Schema.String),
  live: Schema.NullOr(Schema.String)
})
export type Adoption = typeof Adoption.Type

export const Trace = Schema.Struct({
  atlas: Schema.Literal("trace/1"),
  task: Schema.String,
  /** Run that executed it, and when (UTC). */
  run: Schema.String,
  at: Schema.String,
  ms: Schema.Number,
  /** Sorted by kind, then subject: own rows and needs' rows. */
  rows: Schema.Array(Row),
  outputs: Schema.Array(TracedOutput),
  findings: Schema.Array(Finding),
  summary: Schema.NullOr(Schema.String),
  /** What it last brought about in the cell it owns. */
  applied: Schema.NullOr(Schema.String),
  /** Why it is taken for good without having been executed; an execution ends it. */
  adopted: Schema.optionalKey(Adoption),
  /** Adoptions that ended, oldest first. */
  adoptedBefore: Schema.optionalKey(Schema.Array(Adoption))
})
export type Trace = typeof Trace.Type
