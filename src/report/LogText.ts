/** A kept log for people: its lines, warnings and errors painted, and what was left out. */
import { oneLine } from "../core/Excerpt.ts"
import { counted, grouped } from "../core/Quantity.ts"
import type { Style } from "../core/Style.ts"
import type { KeptLog, LogLine, LogsDocument } from "../domain/ViewDocuments.ts"

const lineText = ({ level, message }: LogLine, style: Style): string => {
  switch (level) {
    case "error":
      return `${style.red(level)} ${oneLine(message)}`
    case "warning":
      return `${style.yellow(level)} ${oneLine(message)}`
    case "info":
      return oneLine(message)
    case "debug":
      return style.dim(oneLine(message))
  }
}

export const keptLines = ({ lines, head, leftOut }: KeptLog, style: Style): ReadonlyArray<string> => [
  ...lines.slice(0, head).map((line) => lineText(line, style)),
  ...(leftOut > 0 ? [style.dim(`… ${counted(leftOut, "byte")} left out`)] : []),
  ...lines.slice(head).map((line) => lineText(line, style))
]

/** `quiet`: the lines alone. */
export const logLines = (
  { task, executed, log }: LogsDocument,
  { style, quiet }: { readonly style: Style; readonly quiet: boolean }
): ReadonlyArray<string> => {
  if (log === null) {
    if (quiet) return []
    const name = oneLine(task)
    if (executed === null) return [`no log of ${name}: it was never run, or failed without logging anything`]
    return [`no log of ${name}, executed by run ${oneLine(executed.run)}: it logged nothing then, or was restored from the cache since`]
  }
  const state = log.complete ? "" : " · not ended: it is running, or its run was killed"
  const head = style.dim(`${oneLine(task)} · run ${oneLine(log.run)} · ${oneLine(log.at)} · ${grouped(log.lines.length)} lines${state}`)
  return [...(quiet ? [] : [head]), ...keptLines(log, style)]
}
