/** A failure on stderr, as text or as one JSON line each. */
import type { Style } from "../core/Style.ts"
import { encodeFailures, type ErrorDocument } from "../domain/Failure.ts"
import { errorLines, indented } from "../report/ErrorText.ts"
import { jsonLine } from "../report/Ndjson.ts"
import type { TerminalShape } from "../report/Terminal.ts"
import type { Failed } from "./Command.ts"
import type { Globals } from "./Flag.ts"

/** The problems that an error gathers, if it does: told in its place. */
export const gathered = (error: Failed): ReadonlyArray<ErrorDocument> => {
  const problems: unknown = error._tag === "ConfigInvalid" ? (error as { readonly problems?: unknown }).problems : undefined
  return Array.isArray(problems) && problems.length > 0 ? problems : encodeFailures(error)
}

export const tellFailure = (error: Failed, { json, verbose }: Globals, style: Style, { stderr, folder }: TerminalShape): void => {
  const lines = json
    ? encodeFailures(error).map(jsonLine)
    : gathered(error).flatMap((each) => {
        const [first, ...rest] = errorLines(each, { style, folder, verbose })
        return [`${style.red("✗")} ${first ?? ""}`, ...indented(rest, 2)]
      })
  stderr.write(lines.map((each) => `${each}\n`).join(""))
}
