/** What a command of the engine may fail with, other than its tasks: each class knows its exit code (house.md, law 12). */
import { Schema } from "effect"
import { ErrorDocument, type ErrorDocs, Told } from "./Failure.ts"

/** The config cannot be loaded or means nothing that can be built; all its problems at once. Exit 2. */
export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("ConfigInvalid", {
  ...Told,
  problems: Schema.Array(ErrorDocument)
}) {
  static readonly docs: ErrorDocs = {
    summary: "The config cannot be used.",
    hint: "Each problem names its file and line; nothing was touched.",
    example: "atlas.config.ts:12:5: two stages are called ingest"
  }
  static readonly exit = 2
}

/** The command line names something that is not there. Exit 2. */
export class SelectorUnknown extends Schema.TaggedError<SelectorUnknown>()("SelectorUnknown", {
  ...Told,
  selector: Schema.String,
  nearest: Schema.Array(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A selector matches nothing in the project.",
    hint: "Selectors are TARGET-GLOB:STAGE:CHECK, label=value or @state; `atlas-run status` lists the targets.",
    example: "no stage is called verfiy; did you mean verify?"
  }
  static readonly exit = 2
}

/** A flag, argument or command that is not known or has an impossible value. Exit 2. */
export class CommandLineInvalid extends Schema.TaggedError<CommandLineInvalid>()("CommandLineInvalid", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "The command line is wrong.",
    hint: "See `atlas-run --help`.",
    example: "unknown flag --jbos; did you mean --jobs?"
  }
  static readonly exit = 2
}
