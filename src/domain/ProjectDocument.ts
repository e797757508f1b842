/** `project/1`: what evaluating a config yields. Plain data; all that the engine knows of a project. */
import { Schema } from "effect"
import { Where } from "./Failure.ts"
import { FindingDeclaration, Severity, Waiver } from "./Finding.ts"

export const OutputKind = Schema.Literals(["file", "folder", "value"])
export type OutputKind = typeof OutputKind.Type

/** A stage or check as declared. `modules` are the files that define it, from which its code closure starts. */
export const Definition = Schema.Struct({
  name: Schema.String,
  kind: Schema.Literals(["stage", "check"]),
  summary: Schema.String,
  errors: Schema.Array(Schema.Struct({ code: Schema.String, summary: Schema.String, hint: Schema.String, example: Schema.String })),
  findings: Schema.Record(Schema.String, FindingDeclaration),
  /** JSON Schema of its options; null if it has none. */
  options: Schema.NullOr(Schema.Json),
  definedAt: Schema.NullOr(Where),
  modules: Schema.Array(Schema.String)
})
export type Definition = typeof Definition.Type

/** A program as a stage: words are arguments; `shell` runs the one word through `sh -c`. */
export const Command = Schema.Struct({
  argv: Schema.Array(Schema.String),
  shell: Schema.Boolean,
  /** Output that receives the program's stdout; null leaves it to the log. */
  stdout: Schema.NullOr(Schema.String)
})
export type Command = typeof Command.Type

export const ProjectTask = Schema.Struct({
  /** `TARGET:STAGE` or `TARGET:STAGE:CHECK`. */
  task: Schema.String,
  target: Schema.String,
  stage: Schema.String,
  check: Schema.NullOr(Schema.String),
  definition: Schema.String,
  labels: Schema.Record(Schema.String, Schema.String),
  /** Edges that carry outputs; `name` is how the definition calls the need. */
  needs: Schema.Array(Schema.Struct({ name: Schema.String, task: Schema.String })),
  /** Tasks whose verdict must not be failed before this one runs. */
  gates: Schema.Array(Schema.String),
  /** Paths as written in the config, relative to its folder. */
  inputs: Schema.Array(Schema.Struct({ name: Schema.String, path: Schema.String })),
  /** Encoded form of the decoded options. */
  options: Schema.Json,
  /** The encoded target fields that the definition asked for. */
  subject: Schema.Json,
  /** Final paths, relative to the config's folder; empty for values. */
  outputs: Schema.Array(Schema.Struct({ name: Schema.String, kind: OutputKind, path: Schema.String })),
  roots: Schema.Record(Schema.String, Schema.String),
  /** The shared place it owns, if any: `immutable` cells never take another value. */
  cell: Schema.NullOr(Schema.Struct({ cell: Schema.String, immutable: Schema.Boolean })),
  environment: Schema.Array(Schema.String),
  tools: Schema.Array(Schema.String),
  runtime: Schema.Array(Schema.Literals(["node", "sqlite", "icu", "platform"])),
  timeoutMs: Schema.Int,
  /** Of its host: largest heap; with the host's own needs, also what it may hold resident. */
  memoryMiB: Schema.Int,
  severity: Schema.Record(Schema.String, Severity),
  waivers: Schema.Array(Waiver),
  command: Schema.NullOr(Command),
  declaredAt: Schema.NullOr(Where)
})
export type ProjectTask = typeof ProjectTask.Type

export const ProjectDocument = Schema.Struct({
  atlas: Schema.Literal("project/1"),
  /** Version of the plugin contract that the definitions were written against. */
  contract: Schema.Literal("plugin/1"),
  name: Schema.String,
  /** Absolute folder of the config: all relative paths start here. */
  root: Schema.String,
  config: Schema.NullOr(Schema.String),
  definitions: Schema.Array(Definition),
  targets: Schema.Array(Schema.Struct({ target: Schema.String, labels: Schema.Record(Schema.String, Schema.String) })),
  tasks: Schema.Array(ProjectTask)
})
export type ProjectDocument = typeof ProjectDocument.Type
