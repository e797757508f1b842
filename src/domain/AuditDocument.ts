/** `audit/1`: what tasks do that they do not declare. */
import { Schema } from "effect"
import { ErrorDocument } from "./Failure.ts"

/** Where two executions of the same task first differ; `line` and its two texts where both files are text. */
export const Difference = Schema.Struct({
  output: Schema.String,
  /** Inside of the output; empty for a file or a value. */
  path: Schema.String,
  /** Of the first byte that differs; null where one of both is not there, or not of that kind. */
  byte: Schema.NullOr(Schema.Int),
  line: Schema.NullOr(Schema.Struct({ number: Schema.Int, first: Schema.String, second: Schema.String }))
})
export type Difference = typeof Difference.Type

/**
 * `undeclared-read`: a file was read (or a folder listed, or a program started) that is no input. `outside-write`: something was written
 * that is neither output nor scratch. `input-written`: an input was changed. `network`: something was sent somewhere. `nondeterminism`:
 * the same execution gave something else the second time.
 */
export const AuditKind = Schema.Literals(["undeclared-read", "outside-write", "input-written", "network", "nondeterminism"])
export type AuditKind = typeof AuditKind.Type

export const AuditFinding = Schema.Struct({
  kind: AuditKind,
  /** A path, an address, or the name of an output. */
  subject: Schema.String,
  message: Schema.String,
  difference: Schema.optionalKey(Difference)
})
export type AuditFinding = typeof AuditFinding.Type

export const AuditedTask = Schema.Struct({
  task: Schema.String,
  target: Schema.String,
  stage: Schema.String,
  check: Schema.NullOr(Schema.String),
  /** `skipped`: it was not executed, `because` says why. `failed`: an execution failed, which `errors` tell. */
  outcome: Schema.Literals(["clean", "found", "failed", "skipped"]),
  because: Schema.NullOr(Schema.String),
  findings: Schema.Array(AuditFinding),
  errors: Schema.Array(ErrorDocument)
})
export type AuditedTask = typeof AuditedTask.Type

export const AuditDocument = Schema.Struct({
  atlas: Schema.Literal("audit/1"),
  project: Schema.String,
  /** No task was found to do anything undeclared, and none failed. */
  ok: Schema.Boolean,
  /** What watched the system calls; null if nothing could, so that only determinism was looked at. */
  tracer: Schema.NullOr(Schema.String),
  tasks: Schema.Array(AuditedTask),
  counts: Schema.Struct({ clean: Schema.Int, found: Schema.Int, failed: Schema.Int, skipped: Schema.Int })
})
export type AuditDocument = typeof AuditDocument.Type
