/** What may go wrong with the program itself, and with what it was asked. */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"

/** A command, flag or value that is not known or not possible. */
export class CommandLineInvalid extends Schema.TaggedError<CommandLineInvalid>()("CommandLineInvalid", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "The command line is wrong",
    hint: "see `atlas-dataset --help`",
    example: "unknown flag --relaese; did you mean --release?"
  }
}

/** validate and verify found errors; nothing was published. */
export class BuildRootRejected extends Schema.TaggedError<BuildRootRejected>()("BuildRootRejected", {
  ...Told,
  dataset: Schema.String,
  errors: Schema.Int
}) {
  static readonly docs: ErrorDocs = {
    summary: "A build root was not published, because validate or verify rejects it",
    hint: "look at the findings: mend the inputs or ingest again, then publish",
    example: "110/homo_sapiens/GRCh38 was not published: 2 errors were found in its build root"
  }
}

/** report-only makes no build root, and would put its reports where one stands. */
export class BuildRootInTheWay extends Schema.TaggedError<BuildRootInTheWay>()("BuildRootInTheWay", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "Reports alone would replace a build root",
    hint: "give report-only an output root of its own",
    example: "build/release=110/species=homo_sapiens/assembly=GRCh38 holds a build root, which reports alone would replace"
  }
}

/** Not all results arrived. */
export class IoStdout extends Schema.TaggedError<IoStdout>()("IoStdout", { ...Told, errno: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "The results could not be written to stdout",
    hint: "look at what reads this program's output, or at the disk it goes to; what was done stays done",
    example: "stdout did not take all results: the reader is gone (EPIPE)"
  }
}

/** The program itself broke. */
export class ProgramDefect extends Schema.TaggedError<ProgramDefect>()("ProgramDefect", { ...Told, trace: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "atlas-dataset itself broke: a bug, not a mistake of yours",
    hint: "report it with the output of the same command with --verbose",
    example: "atlas-dataset broke: Cannot read properties of undefined"
  }
}

export const defectOf = (cause: unknown): ProgramDefect =>
  new ProgramDefect({
    message: `atlas-dataset broke: ${cause instanceof Error ? cause.message : String(cause)}`,
    trace: cause instanceof Error ? (cause.stack ?? "") : ""
  })
