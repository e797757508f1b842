/** `project/1`: what evaluating a config yields. Plain data; all that the engine knows of a project. */
import { Schema } from "effect"
import { Where } from "./Failure.ts"
import { FindingDeclaration, Severity, Waiver } from "./Finding.ts"

export const OutputKind = Schema.Literals(["file", "folder", "value"])
export type OutputKind = typeof OutputKind.Type

/** A stage, check or content as declared. `modules` are the files that define it, from which its code closure starts. */
export const Definition = Schema.Struct({
  name: Schema.String,
  /** `content`: a way to digest inputs (`Content`), of which only the code counts. */
  kind: Schema.Literals(["stage", "check", "content"]),
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
  stdout: Schema.NullOr(Schema.String),
  /** It writes a list, of that form, of the files that it read. */
  discovered: Schema.optionalKey(Schema.Literals(["lines", "make"]))
})
export type Command = typeof Command.Type

/** What a task takes while it runs, where that was declared. Nothing of it is a row. */
export const TaskResources = Schema.Struct({
  /** Cores. */
  cpu: Schema.optionalKey(Schema.Int),
  memoryMiB: Schema.optionalKey(Schema.Int),
  /** Tasks with a name in common never run at once. */
  mutex: Schema.optionalKey(Schema.Array(Schema.String)),
  /** So many further attempts after errors of these codes; without codes, after faults that may not come again. */
  retry: Schema.optionalKey(Schema.Struct({ times: Schema.Int, on: Schema.optionalKey(Schema.Array(Schema.String)) }))
})
export type TaskResources = typeof TaskResources.Type

/** What of a need's outputs is meant: those of `output` are the entries of that folder. */
export const NeedPart = Schema.Union([
  /** The entry that is the task's item. */
  Schema.Struct({ part: Schema.Literal("entry"), output: Schema.String }),
  /** All outputs but that folder. */
  Schema.Struct({ part: Schema.Literal("others"), output: Schema.String }),
  /** Which entries there are. */
  Schema.Struct({ part: Schema.Literal("names"), output: Schema.String }),
  /** The outputs of one task of a fan-out, all of which are needed. */
  Schema.Struct({ part: Schema.Literal("member"), item: Schema.String })
])
export type NeedPart = typeof NeedPart.Type

/** Which bytes of a file count: all (absent), those of its payload (`gzip`), or what the content of that name makes of them. */
const content = Schema.optionalKey(Schema.String)

/**
 * Where a task's input lies, as written in the config, relative to its folder. An `optional` one may be absent, which is then part of
 * what the task depends on; a `glob` is whatever fits its patterns each time, at least `min` files.
 */
export const ProjectInput = Schema.Union([
  Schema.Struct({ kind: Schema.Literals(["file", "optional"]), name: Schema.String, path: Schema.String, content }),
  Schema.Struct({
    kind: Schema.Literal("glob"),
    name: Schema.String,
    patterns: Schema.Array(Schema.String),
    min: Schema.Int,
    content
  })
])
export type ProjectInput = typeof ProjectInput.Type

export const ProjectTask = Schema.Struct({
  /** `TARGET:STAGE` or `TARGET:STAGE:CHECK`; of a fan-out's item `TARGET:STAGE@ITEM` or `TARGET:STAGE@ITEM:CHECK`. */
  task: Schema.String,
  target: Schema.String,
  stage: Schema.String,
  check: Schema.NullOr(Schema.String),
  definition: Schema.String,
  labels: Schema.Record(Schema.String, Schema.String),
  /** Edges that carry outputs; `name` is how the definition calls the need. */
  needs: Schema.Array(
    Schema.Struct({ name: Schema.String, task: Schema.String, /** All of its outputs if absent. */ part: Schema.optionalKey(NeedPart) })
  ),
  /** Tasks whose verdict must not be failed before this one runs. */
  gates: Schema.Array(Schema.String),
  inputs: Schema.Array(ProjectInput),
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
  /** Names of variables that it is given and that count for nothing. */
  secrets: Schema.optionalKey(Schema.Array(Schema.String)),
  tools: Schema.Array(Schema.String),
  runtime: Schema.Array(Schema.Literals(["node", "sqlite", "icu", "platform"])),
  timeoutMs: Schema.Int,
  /** Of its host: largest heap; with the host's own needs, also what it may hold resident. */
  memoryMiB: Schema.Int,
  resources: Schema.optionalKey(TaskResources),
  severity: Schema.Record(Schema.String, Severity),
  waivers: Schema.Array(Waiver),
  command: Schema.NullOr(Command),
  declaredAt: Schema.NullOr(Where),
  /** One task for each entry of that folder of that task. Without `item` it stands for all of them, and never runs itself. */
  each: Schema.optionalKey(Schema.Struct({ task: Schema.String, output: Schema.String })),
  /** Name of its entry. */
  item: Schema.optionalKey(Schema.String)
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
