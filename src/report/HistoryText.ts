/** Past runs, what they did to a task, and two of them beside each other. */
import { oneLine } from "../core/Excerpt.ts"
import { columns } from "../core/Layout.ts"
import { counted, grouped, runTime, taskTime } from "../core/Quantity.ts"
import type { Style } from "../core/Style.ts"
import type { Outcome } from "../domain/RunDocuments.ts"
import type { Execution, HistoryDocument, RunDiffDocument, RunSummary } from "../domain/RunRecord.ts"
import { causeText, firstCause } from "./CauseText.ts"
import { indented } from "./ErrorText.ts"

export interface HistoryTelling {
  readonly style: Style
  /** All causes. */
  readonly verbose: boolean
  /** Without a last line. */
  readonly quiet: boolean
}

const told: ReadonlyArray<Outcome> = ["executed", "restored", "reused", "failed", "tainted", "blocked", "drifted", "cancelled"]

const countsText = ({ counts }: RunSummary): string =>
  told
    .filter((name) => counts[name] > 0)
    .map((name) => `${grouped(counts[name])} ${name}`)
    .join(", ")

const marks: Readonly<Record<RunSummary["outcome"], string>> = { succeeded: "✓", failed: "✗", interrupted: "∙" }

const paint = (outcome: RunSummary["outcome"], text: string, style: Style): string =>
  outcome === "succeeded" ? style.green(text) : outcome === "failed" ? style.red(text) : style.yellow(text)

const wordsOf = ({ command, select, force }: RunSummary): string =>
  [command, ...select, ...force.flatMap((selector) => ["--force", selector])].map(oneLine).join(" ")

const runLines = (runs: ReadonlyArray<RunSummary>, style: Style): ReadonlyArray<string> => {
  const rows = columns(
    runs.map((run) => [run.run, run.at, `${run.by}@${run.host}`, run.outcome, countsText(run), runTime(run.ms), wordsOf(run)].map(oneLine))
  )
  return rows.map((row, i) => {
    const { outcome } = runs[i] as RunSummary
    return `${paint(outcome, marks[outcome], style)} ${row}`
  })
}

const executionLines = (executions: ReadonlyArray<Execution>, { verbose }: HistoryTelling): ReadonlyArray<string> => {
  const rows = columns(
    executions.map(({ run, at, task, outcome, ms, causes, errors, verdict }) => {
      const [error] = errors
      const verdictText = verdict === null || verdict === "passed" ? "" : `verdict ${verdict}`
      const what = [error === undefined ? "" : `${error.code}: ${error.message}`, verdictText, firstCause(causes)]
      return [run, at, task, outcome, taskTime(ms), what.filter((part) => part !== "").join(" · ")].map(oneLine)
    })
  )
  return rows.flatMap((row, i) => {
    const causes = executions[i]?.causes ?? []
    return verbose ? [row, ...indented(causes.slice(1).map(causeText), 4)] : [row]
  })
}

export const historyLines = (history: HistoryDocument, telling: HistoryTelling): ReadonlyArray<string> => {
  const { style, quiet } = telling
  const { runs, executions, more, warnings } = history
  const body = executions === undefined ? runLines(runs, style) : executionLines(executions, telling)
  if (quiet) return body
  const none = executions === undefined ? "no run has done anything yet" : "no run that is remembered did anything to that"
  return [
    ...(body.length === 0 ? [none] : body),
    ...(more > 0 ? [style.dim(`${counted(more, "older run")}: --limit tells more`)] : []),
    ...warnings.map((warning) => `${style.yellow("⚠")} ${oneLine(warning)}`)
  ]
}

const sideText = (side: RunDiffDocument["tasks"][number]["old"]): string =>
  side === null ? "left as it was" : `${side.outcome}${side.verdict === null || side.verdict === "passed" ? "" : ` (${side.verdict})`}`

const digest = /^(?:(tree:)?(?:sha256:)?)([0-9a-f]{64})$/

/** A row's value, short. */
export const rowValue = (value: string | null, verbose: boolean): string => {
  if (value === null) return "none"
  const [, tree, hex] = digest.exec(value) ?? []
  return hex === undefined ? oneLine(value) : `${tree ?? ""}sha256 ${verbose ? hex : hex.slice(0, 8)}`
}

export const diffLines = (
  { old, new: now, tasks, same }: RunDiffDocument,
  { style, verbose, quiet }: HistoryTelling
): ReadonlyArray<string> => {
  const heads = runLines([old, now], style)
  const body = tasks.flatMap(({ task, old: was, new: is, rows }) => [
    `  ${style.bold(oneLine(task))}   ${sideText(was)} → ${sideText(is)}`,
    ...columns(
      rows.map((row) => [`    ${row.kind}`, oneLine(row.subject), `${rowValue(row.old, verbose)} → ${rowValue(row.new, verbose)}`])
    )
  ])
  return quiet ? body : [...heads, ...body, `${counted(tasks.length, "task differs", "tasks differ")}, ${grouped(same)} came to the same`]
}
