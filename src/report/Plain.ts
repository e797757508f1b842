/** Progress without a terminal: one plain line a task as it ends, and what tasks log. */
import { oneLine } from "../core/Excerpt.ts"
import type { RunEvent } from "../domain/RunDocuments.ts"
import { firstCause } from "./CauseText.ts"
import { clip } from "../core/Layout.ts"
import { isFailing, markOf, paintMark, timeText } from "./Mark.ts"
import type { Style } from "../core/Style.ts"

/** Cells of what follows a task on its line, unless all is told. */
const Limits = { told: 200 } as const

export interface PlainOptions {
  readonly style: Style
  readonly verbose: boolean
}

/** Warnings and errors always, the rest when everything is to be told. */
export const logLines = (event: RunEvent, { style, verbose }: PlainOptions): ReadonlyArray<string> => {
  if (event.event !== "task-log") return []
  const loud = event.level === "warning" || event.level === "error"
  if (!loud && !verbose) return []
  const level = loud ? `${event.level === "error" ? style.red(event.level) : style.yellow(event.level)} ` : ""
  return event.message.split("\n").map((line) => `${style.dim(oneLine(event.task))}  ${level}${oneLine(line)}`)
}

/** What is fresh is not told. */
export const plainLines = (event: RunEvent, options: PlainOptions): ReadonlyArray<string> => {
  if (event.event !== "task-finished") return logLines(event, options)
  if (event.outcome === "fresh" && !isFailing(event)) return []
  const codes = event.error === undefined ? "" : event.error.code
  const why = event.outcome === "blocked" || event.outcome === "held" || event.outcome === "drifted" ? firstCause(event.causes) : ""
  const mark = paintMark(markOf(event), options.style)
  const parts = [timeText(event), event.summary ?? "", event.verdict === "failed" ? "verdict failed" : "", codes, why]
  const told = parts
    .filter((part) => part !== "")
    .map(oneLine)
    .join("  ")
  return [`${mark} ${oneLine(event.task)}  ${options.verbose ? told : clip(told, Limits.told)}`]
}
