/** What the commands print that need no project: `new/1` and `doctor/1`. */
import { Schema } from "effect"

export const NewDocument = Schema.Struct({
  atlas: Schema.Literal("new/1"),
  kind: Schema.Literals(["check", "stage"]),
  name: Schema.String,
  /** Absolute, as `test` is. */
  folder: Schema.String,
  files: Schema.Array(Schema.String),
  test: Schema.String
})
export type NewDocument = typeof NewDocument.Type

export const Examined = Schema.Struct({
  /** `node`, `disk`, `tool samtools` …: stays the same from version to version. */
  name: Schema.String,
  state: Schema.Literals(["ok", "warn", "fail"]),
  /** What was found, one sentence. */
  found: Schema.String,
  /** What to do about it; null where nothing needs to be done. */
  remedy: Schema.NullOr(Schema.String)
})
export type Examined = typeof Examined.Type

export const DoctorDocument = Schema.Struct({
  atlas: Schema.Literal("doctor/1"),
  /** Nothing failed. */
  ok: Schema.Boolean,
  folder: Schema.String,
  examined: Schema.Array(Examined),
  counts: Schema.Struct({ ok: Schema.Int, warn: Schema.Int, fail: Schema.Int })
})
export type DoctorDocument = typeof DoctorDocument.Type
