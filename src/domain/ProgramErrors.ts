/** What may go wrong with a program before it can speak for itself. A status other than 0 is no error here but a result. */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "./Failure.ts"

/** The program could not be started: not found, not executable, too many arguments, no such working folder. */
export class ProgramNotStarted extends Schema.TaggedError<ProgramNotStarted>()("ProgramNotStarted", {
  ...Told,
  program: Schema.String,
  errno: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "A program could not be started.",
    hint: "Check that it is installed, executable and on the PATH that the task declares.",
    example: "cannot start sort: not found on PATH (ENOENT)"
  }
}
