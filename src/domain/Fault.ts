/** What may befall any task, whatever it declares: the engine's own closed union. */
import { Schema } from "effect"
import { ErrorDocument, type ErrorDocs, Told } from "./Failure.ts"

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
    hint: "Raise the stage's `timeoutMs`, or look with `atlas-run logs` where it hangs.",
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
    summary: "An input changed while the task ran, so its result says nothing.",
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
    hint: "The stage that made it wrote something unusable; look at it with `atlas-run show` or run that stage with --force.",
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
export class CellDrifted extends Schema.TaggedError<CellDrifted>()("CellDrifted", { ...Told, cell: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A shared place was changed or damaged by someone else; it is never overwritten.",
    hint: "Look at what changed; `--force` puts back what the project wants where that is possible.",
    example: "store/x/derived/manifest.json: sha256 differs from the record"
  }
}

export const faults = [
  TaskDefect,
  TaskUndeclared,
  TaskTimeout,
  CommandFailed,
  ToolMissing,
  TaskTainted,
  TaskInputMissing,
  TaskOutputMissing,
  TaskLeftovers,
  TaskLost,
  SubjectUnreadable,
  PublishConflict,
  CellDrifted
]

/** Any of the above as a program meets it: `code` tells which. */
export class TaskFault extends Schema.TaggedError<TaskFault>()("TaskFault", { fault: ErrorDocument }) {
  override get message(): string {
    return this.fault.message
  }
}
