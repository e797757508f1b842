import { Schema } from "effect"
import { type ErrorDocs, Told } from "../domain/Failure.ts"

/** The program itself broke. */
export class EngineDefect extends Schema.TaggedError<EngineDefect>()("EngineDefect", { ...Told, trace: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "atlas-run itself broke: a bug, not a mistake of yours.",
    hint: "Report it with the output of the same command with --verbose; what is recorded stays good.",
    example: "atlas-run broke: Cannot read properties of undefined"
  }
  static readonly exit = 3
}

export const defectOf = (cause: unknown): EngineDefect =>
  cause instanceof Error
    ? new EngineDefect({ message: `atlas-run broke: ${cause.message}`, trace: cause.stack ?? "" })
    : new EngineDefect({ message: `atlas-run broke: ${String(cause)}`, trace: "" })
