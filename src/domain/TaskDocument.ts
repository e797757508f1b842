/**
 * `task/1` goes to a host, `result/1` comes back; `observe/1` and `observation/1` ask after a cell, `digest/1` and `content-digest/1`
 * after what an input's content comes to. Paths are absolute.
 */
import { Schema } from "effect"
import { ErrorDocument } from "./Failure.ts"
import { Finding } from "./Finding.ts"
import { NeedPart, OutputKind } from "./ProjectDocument.ts"

/** An output of a need: where it lies (files, folders) or what it is (values). */
export const NeedOutput = Schema.Struct({
  name: Schema.String,
  kind: OutputKind,
  path: Schema.NullOr(Schema.String),
  value: Schema.NullOr(Schema.String),
  digest: Schema.String
})
export type NeedOutput = typeof NeedOutput.Type

export const Need = Schema.Struct({
  name: Schema.String,
  task: Schema.String,
  part: Schema.optionalKey(NeedPart),
  outputs: Schema.Array(NeedOutput)
})
export type Need = typeof Need.Type

/** Who changed a cell last, and when (ISO UTC); `unknown` where the store's history does not tell. */
export const CellChange = Schema.Struct({ by: Schema.String, host: Schema.String, at: Schema.String })
export type CellChange = typeof CellChange.Type

const changed = Schema.optionalKey(CellChange)

/** What lives in a shared place now. `value` is the cell's own printed value, compared as text. */
export const CellObservation = Schema.Union([
  Schema.Struct({ state: Schema.Literal("absent"), changed }),
  Schema.Struct({ state: Schema.Literal("present"), value: Schema.String, changed }),
  Schema.Struct({
    state: Schema.Literal("damaged"),
    value: Schema.NullOr(Schema.String),
    problems: Schema.Array(Schema.Struct({ path: Schema.String, message: Schema.String })),
    changed
  }),
  Schema.Struct({
    state: Schema.Literal("retired"),
    by: Schema.String,
    at: Schema.String,
    because: Schema.optionalKey(Schema.String),
    changed
  })
])
export type CellObservation = typeof CellObservation.Type

const Asked = {
  task: Schema.String,
  target: Schema.String,
  definition: Schema.String,
  /** Absolute folder of the config, and the config's path when hosts must import it. */
  root: Schema.String,
  config: Schema.NullOr(Schema.String),
  subject: Schema.Json,
  labels: Schema.Record(Schema.String, Schema.String),
  options: Schema.Json,
  needs: Schema.Array(Need),
  roots: Schema.Record(Schema.String, Schema.String),
  /** The entry of a fan-out's source that this task is about. */
  item: Schema.optionalKey(Schema.Struct({ name: Schema.String, path: Schema.String }))
}

/** `path` is null for an optional input that is not there; a glob has `paths`, sorted. */
export const TaskInputPath = Schema.Union([
  Schema.Struct({ name: Schema.String, path: Schema.NullOr(Schema.String) }),
  Schema.Struct({ name: Schema.String, paths: Schema.Array(Schema.String) })
])
export type TaskInputPath = typeof TaskInputPath.Type

export const TaskDocument = Schema.Struct({
  atlas: Schema.Literal("task/1"),
  run: Schema.String,
  /** `adopt`: the outputs are those that are there already, and are only to be proven. Executed if absent. */
  purpose: Schema.optionalKey(Schema.Literals(["adopt"])),
  ...Asked,
  inputs: Schema.Array(TaskInputPath),
  /** Where the task writes each file or folder; the engine moves them to their final places. */
  outputs: Schema.Array(Schema.Struct({ name: Schema.String, kind: OutputKind, path: Schema.String })),
  /** A private folder for anything temporary, removed afterwards. */
  scratch: Schema.String,
  environment: Schema.Record(Schema.String, Schema.NullOr(Schema.String)),
  /** Heap of the host that runs it. */
  memoryMiB: Schema.Int,
  /** For the owner of a cell: what to bring about, and what was seen there before (compare and swap). */
  cell: Schema.NullOr(Schema.Struct({ desired: Schema.String, live: CellObservation }))
})
export type TaskDocument = typeof TaskDocument.Type

export const ResultDocument = Schema.Struct({
  atlas: Schema.Literal("result/1"),
  task: Schema.String,
  /** Empty when it succeeded. */
  errors: Schema.Array(ErrorDocument),
  findings: Schema.Array(Finding),
  /** Outputs of kind `value`. */
  values: Schema.Record(Schema.String, Schema.String),
  /** One line for people, e.g. "6,381 records"; null if the task gave none. */
  summary: Schema.NullOr(Schema.String),
  /** The most it held resident, host and all, where that could be measured. */
  peakMiB: Schema.optionalKey(Schema.Int),
  /** What it told that it reads beside its inputs: absolute, with the stat row (`absent` too) that each had before it was read. */
  discovered: Schema.optionalKey(Schema.Array(Schema.Struct({ path: Schema.String, stat: Schema.String })))
})
export type ResultDocument = typeof ResultDocument.Type

export const ObserveDocument = Schema.Struct({
  atlas: Schema.Literal("observe/1"),
  ...Asked,
  /** False while the needs' outputs are not known: then only `live` is asked for. */
  needsKnown: Schema.Boolean
})
export type ObserveDocument = typeof ObserveDocument.Type

export const ObservationDocument = Schema.Struct({
  atlas: Schema.Literal("observation/1"),
  task: Schema.String,
  errors: Schema.Array(ErrorDocument),
  desired: Schema.NullOr(Schema.String),
  live: Schema.NullOr(CellObservation),
  /**
   * Absolute paths, sorted: while their stat rows (of what is not there too) are unchanged, the observation stands. Empty where it
   * has to be asked for each time.
   */
  witnesses: Schema.Array(Schema.String)
})
export type ObservationDocument = typeof ObservationDocument.Type

/** Asks what the content of `path` comes to for the input `input` of a definition. */
export const DigestDocument = Schema.Struct({
  atlas: Schema.Literal("digest/1"),
  task: Schema.String,
  definition: Schema.String,
  root: Schema.String,
  config: Schema.NullOr(Schema.String),
  subject: Schema.Json,
  input: Schema.String,
  path: Schema.String
})
export type DigestDocument = typeof DigestDocument.Type

/**
 * `digest` is any text, equal for equal content; null for a file that is not of the format (`unreadable` says why), or where something
 * went wrong.
 */
export const ContentDigestDocument = Schema.Struct({
  atlas: Schema.Literal("content-digest/1"),
  task: Schema.String,
  errors: Schema.Array(ErrorDocument),
  digest: Schema.NullOr(Schema.String),
  unreadable: Schema.NullOr(Schema.String)
})
export type ContentDigestDocument = typeof ContentDigestDocument.Type

/** What a running task tells: `done` and `total` are in `unit` (e.g. bytes). */
export const HostEvent = Schema.Union([
  Schema.Struct({
    event: Schema.Literal("progress"),
    label: Schema.String,
    done: Schema.Number,
    total: Schema.NullOr(Schema.Number),
    unit: Schema.String
  }),
  Schema.Struct({ event: Schema.Literal("log"), level: Schema.Literals(["debug", "info", "warning", "error"]), message: Schema.String }),
  Schema.Struct({ event: Schema.Literal("finding"), finding: Finding })
])
export type HostEvent = typeof HostEvent.Type
