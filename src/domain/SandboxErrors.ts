/** What may befall tasks that run in a sandbox. */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "./Failure.ts"

/** `does` is `read`, `write`, or what else was refused; `subject` a path where there is one. */
export class SandboxDenied extends Schema.TaggedError<SandboxDenied>()("SandboxDenied", {
  ...Told,
  does: Schema.String,
  subject: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "A stage or check tried in the sandbox to reach what it does not declare.",
    hint: "Declare the file as an input, write below `task.scratch`, or leave it out; `atlas-run audit TASK` shows all that it touches.",
    example: "a:convert reads table.txt, which it does not declare"
  }
}

export class SandboxUnavailable extends Schema.TaggedError<SandboxUnavailable>()("SandboxUnavailable", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "There is no sandbox here for what is to run. Nothing was started without it.",
    hint: "Install bubblewrap and allow user namespaces (`atlas-run doctor` looks), or run without --sandbox.",
    example: "programs cannot be put in a sandbox: bwrap is not on PATH"
  }
  static readonly exit = 2
}
