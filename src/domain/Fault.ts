/** What may befall any task, whatever it declares: the engine's own closed union. */
import { Schema } from "effect"
import { ErrorDocument, type ErrorDocs, Told } from "./Failure.ts"
import { SandboxDenied } from "./SandboxErrors.ts"

export class TaskDefect extends Schema.TaggedError<TaskDefect>()("TaskDefect", { ...Told, trace: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A stage or check broke in a way that it does not declare.",
    hint: "A bug of the plugin: the place is the innermost line of its own code. Expected failures belong in `errors`.",
    example: "density broke: Cannot read properties of undefined"
  }
}

export class TaskUndeclared extends Schema.TaggedError<TaskUndeclared>()("TaskUndeclared", { ...Told, failure: ErrorDocument }) {
  static readonly docs: ErrorDocs = {
    summary: "A stage or check failed with an error that it does not declare.",
    hint: "Add the class to the definition's `errors`.",
    example: "ingest fails with Oops: add it to errors"
  }
}

export class TaskTimeout extends Schema.TaggedError<TaskTimeout>()("TaskTimeout", { ...Told, limitMs: Schema.Int }) {
  static readonly docs: ErrorDocs = {
    summary: "A task ran longer than it may.",
    hint: "Raise the stage's `timeoutMs`, or look with `atlas-run logs TASK` where it hangs.",
    example: "still running after 60,000 ms"
  }
}

export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  ...Told,
  argv: Schema.Array(Schema.String),
  exit: Schema.NullOr(Schema.Int),
  signal: Schema.NullOr(Schema.String),
  stderr: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "A program of a command stage did not succeed.",
    hint: "The last lines it printed are in the details.",
    example: "samtools ended with status 1"
  }
}

export class ToolMissing extends Schema.TaggedError<ToolMissing>()("ToolMissing", { ...Told, tool: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A program that a stage declares is not on PATH.",
    hint: "Install it, or put its folder on PATH.",
    example: "samtools is not on PATH"
  }
}

export class TaskTainted extends Schema.TaggedError<TaskTainted>()("TaskTainted", { ...Told, input: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "An input, or what a need gave, changed while the task ran, so its result says nothing.",
    hint: "Nothing was recorded. Run again when the file is at rest.",
    example: "input a.txt changed while copy ran"
  }
}

export class TaskInputMissing extends Schema.TaggedError<TaskInputMissing>()("TaskInputMissing", { ...Told, input: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A declared input is not there.",
    hint: "Paths in a config are relative to its folder.",
    example: "input source is missing: data/a.txt"
  }
}

export class TaskNeedMissing extends Schema.TaggedError<TaskNeedMissing>()("TaskNeedMissing", {
  ...Told,
  input: Schema.String,
  owner: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "A task reads what another task of the project makes, without needing it: it may be read before it is made.",
    hint: "Add the stage that makes it to `needs`, and read it from there.",
    example: "a:use reads build/words.txt, which a:copy makes: add it to needs"
  }
}

export class TaskNeedCycle extends Schema.TaggedError<TaskNeedCycle>()("TaskNeedCycle", {
  ...Told,
  input: Schema.String,
  steps: Schema.Array(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A task reads what is made of its own outputs, by itself or by a task that comes after it.",
    hint: "Read something else, or make it in a stage that comes before both.",
    example: "a:copy reads build/out.txt, which a:use makes, and that comes after it: a:copy → a:use → a:copy"
  }
}

export class TaskOutputMissing extends Schema.TaggedError<TaskOutputMissing>()("TaskOutputMissing", { ...Told, output: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A task succeeded without writing what it declares, or wrote it elsewhere or as something else.",
    hint: "Write to the path in `task.outputs`, or return a path inside `task.scratch`.",
    example: "copy did not write its output result"
  }
}

export class TaskLeftovers extends Schema.TaggedError<TaskLeftovers>()("TaskLeftovers", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "A program succeeded but left processes behind that could still write its outputs.",
    hint: "Let it wait for what it starts: no `&` and no daemons.",
    example: "sh of a:copy ended and left processes behind"
  }
}

export class TaskMemory extends Schema.TaggedError<TaskMemory>()("TaskMemory", { ...Told, limitMiB: Schema.Int }) {
  static readonly docs: ErrorDocs = {
    summary: "A task needed more memory than its stage or check declares, on its heap or beside it.",
    hint: "Read and write in pieces, or raise the definition's `memory` (MiB).",
    example: "a:sort filled its heap of 2,048 MiB"
  }
}

export class TaskExit extends Schema.TaggedError<TaskExit>()("TaskExit", {
  ...Told,
  exit: Schema.NullOr(Schema.Int),
  signal: Schema.NullOr(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A task ended the process that it ran in. Whatever status it chose, that is no success.",
    hint: "Return, or fail with an error, instead of calling `process.exit`.",
    example: "a:convert ended its process with status 0"
  }
}

export class PluginLeak extends Schema.TaggedError<PluginLeak>()("PluginLeak", { ...Told, left: Schema.Array(Schema.String) }) {
  static readonly docs: ErrorDocs = {
    summary: "A task left something behind in its process that could reach the next one.",
    hint: "Put back what it changes, and end or close what it starts: timers, servers, watchers, streams. `Effect.acquireRelease` does both.",
    example: "a:convert left behind: the working folder is another"
  }
}

/** Another version of atlas-run made the document, or is to read it. */
export class DocumentVersion extends Schema.TaggedError<DocumentVersion>()("DocumentVersion", {
  ...Told,
  found: Schema.String,
  known: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "Two sides that exchange documents are of different versions.",
    hint: "Use one version of atlas-run on both sides; after an update, build again.",
    example: "the host speaks host/2, this engine host/1"
  }
  static readonly exit = 2
}

export class TaskLost extends Schema.TaggedError<TaskLost>()("TaskLost", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "The host of a task ended or answered something else.",
    hint: "Run again; if it happens again, run the task alone with --verbose.",
    example: "the host does not know definition density"
  }
}

/** The outputs that a check or stage was given cannot be read. Any of them may fail with it without declaring it. */
export class SubjectUnreadable extends Schema.TaggedError<SubjectUnreadable>()("SubjectUnreadable", { ...Told, reason: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "What a task was given to look at cannot be read, though its digests are right.",
    hint: "The stage that made it wrote something unusable; look at it with `atlas-run show TASK` or run that stage with --force.",
    example: "build/x is not readable: no such folder"
  }
}

/** Another value stands under an id that never changes. */
export class PublishConflict extends Schema.TaggedError<PublishConflict>()("PublishConflict", {
  ...Told,
  cell: Schema.String,
  desired: Schema.String,
  live: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "Another value is already published under this id, and published values never change.",
    hint: "Publish under a new release; what is published stays as it is.",
    example: "110/x/y is published with other content"
  }
}

/** A shared place holds what neither this project applied nor wants. */
export class CellDrifted extends Schema.TaggedError<CellDrifted>()("CellDrifted", {
  ...Told,
  cell: Schema.String,
  /** Who changed it last, where and when (ISO UTC); `unknown` where the store's history does not tell. */
  by: Schema.optionalKey(Schema.String),
  host: Schema.optionalKey(Schema.String),
  at: Schema.optionalKey(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A shared place was changed or damaged by someone else; it is never overwritten.",
    hint: "Look at what changed: `atlas-run adopt TASK --because …` accepts it, `atlas-run run TASK --force TASK` puts back what the project wants where that is possible.",
    example: "store/aliases/x: was 110/x/y@3f2a, 109/x/y@91bc (2027-01-01T10:00:00.000Z by ann on node1)"
  }
}

/** What is there was not accepted as good. */
export class AdoptRefused extends Schema.TaggedError<AdoptRefused>()("AdoptRefused", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "What is there cannot be adopted.",
    hint: "Run the task instead; only what is proven, or a shared place that holds a value of someone else, can be adopted.",
    example: "a:copy cannot be adopted: stage copy has no way to prove outputs that it did not make"
  }
}

export class ItemsRefused extends Schema.TaggedError<ItemsRefused>()("ItemsRefused", {
  ...Told,
  /** Who made the items. */
  task: Schema.String,
  items: Schema.Array(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A stage has one task for each entry of a folder, and these entries cannot have one each.",
    hint: "Two tasks would write one place (look at `paths`), or an entry is a link.",
    example: "a:density@x and a:summary both write build/x"
  }
}

export const faults = [
  ItemsRefused,
  TaskDefect,
  TaskUndeclared,
  TaskTimeout,
  CommandFailed,
  ToolMissing,
  TaskTainted,
  TaskInputMissing,
  TaskNeedMissing,
  TaskNeedCycle,
  TaskOutputMissing,
  TaskLeftovers,
  TaskMemory,
  TaskExit,
  PluginLeak,
  DocumentVersion,
  TaskLost,
  SubjectUnreadable,
  PublishConflict,
  CellDrifted,
  AdoptRefused,
  SandboxDenied,
  SandboxDenied
]

/** Any of the above as a program meets it: `code` tells which. */
export class TaskFault extends Schema.TaggedError<TaskFault>()("TaskFault", { fault: ErrorDocument }) {
  override get message(): string {
    return this.fault.message
  }
}
