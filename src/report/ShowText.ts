/** A task's last result for people: how it stands, when it was executed, from what, with what outcome, and the end of its log. */
import { oneLine } from "../core/Excerpt.ts"
import { columns } from "../core/Layout.ts"
import { byteSize, counted, taskTime } from "../core/Quantity.ts"
import type { Style } from "../core/Style.ts"
import type { JudgedFinding } from "../domain/Finding.ts"
import type { Adoption } from "../domain/Trace.ts"
import type { ShowDocument, ShownInput, ShownNeed, ShownOutput, ShownResult } from "../domain/ViewDocuments.ts"
import { causeText } from "./CauseText.ts"
import { indented } from "./ErrorText.ts"
import { keptLines } from "./LogText.ts"
import { paintState, taskState } from "./TaskState.ts"

export interface ShowTelling {
  readonly style: Style
  /** Whole digests, all rows and all findings. */
  readonly verbose: boolean
  /** How it stands, and what is wrong with it. */
  readonly quiet: boolean
}

const Limits = { causes: 5, findings: 10, digest: 8 } as const

const digestText = (text: string, verbose: boolean): string => {
  const [, tree, hex] = /^(tree:)?(?:sha256:)?([0-9a-f]{64})$/.exec(text) ?? []
  return hex === undefined ? oneLine(text) : `${tree ?? ""}sha256 ${verbose ? hex : hex.slice(0, Limits.digest)}`
}

const section = (title: string, rows: ReadonlyArray<ReadonlyArray<string>>, style: Style): ReadonlyArray<string> =>
  rows.length === 0 ? [] : [`  ${style.bold(title)}`, ...indented(columns(rows), 4)]

const inputRow =
  (verbose: boolean) =>
  ({ name, path, digest, note }: ShownInput): ReadonlyArray<string> => [
    oneLine(name),
    path === null ? "(not in the project any more)" : oneLine(path),
    digest === null ? "missing" : digestText(digest, verbose),
    oneLine(note ?? "")
  ]

const needRow =
  (verbose: boolean) =>
  ({ name, task, outputs, executed, same }: ShownNeed): ReadonlyArray<string> => [
    oneLine(name),
    oneLine(task),
    outputs.map((output) => `${oneLine(output.name)} ${digestText(output.digest, verbose)}`).join(", "),
    executed === null ? "not remembered" : `run ${oneLine(executed.run)}${same ? "" : ", other outputs now"}`
  ]

const outputRow =
  (verbose: boolean) =>
  ({ name, kind, path, value, digest, bytes, files }: ShownOutput): ReadonlyArray<string> => [
    oneLine(name),
    kind === "value" ? oneLine(value ?? "") : oneLine(path),
    digestText(digest, verbose),
    kind === "value" ? "value" : kind === "folder" ? `${byteSize(bytes)} in ${counted(files, "file")}` : byteSize(bytes)
  ]

const findingLines = (findings: ReadonlyArray<JudgedFinding>, { style, verbose, quiet }: ShowTelling): ReadonlyArray<string> => {
  const told = quiet ? findings.filter(({ severity, waived }) => severity === "error" && waived === null) : findings
  if (told.length === 0) return []
  const shown = verbose ? told : told.slice(0, Limits.findings)
  const rows = columns(
    shown.map(({ severity, name, at, message, waived }) => [
      waived === null ? severity : "waived",
      oneLine(name),
      oneLine(at),
      oneLine(message) +
        (waived === null ? "" : ` (${waived.until === null ? "" : `until ${oneLine(waived.until)}: `}${oneLine(waived.because)})`)
    ])
  )
  const more = told.length - shown.length
  return [
    `  ${style.bold(counted(told.length, "finding"))}`,
    ...indented(rows, 4),
    ...(more > 0 ? [`    … and ${more} more (--verbose tells all)`] : [])
  ]
}

const adoptionText = ({ at, by, host, because }: Adoption): string =>
  `${oneLine(at)} by ${oneLine(by)} on ${oneLine(host)}: ${oneLine(because)}`

const resultLines = (result: ShownResult, telling: ShowTelling): ReadonlyArray<string> => {
  const { style, verbose, quiet } = telling
  if (quiet) return findingLines(result.findings, telling)
  return [
    `  executed ${oneLine(result.at)} by run ${oneLine(result.run)} in ${taskTime(result.ms)}`,
    ...(result.summary === null ? [] : [`  ${oneLine(result.summary)}`]),
    ...(result.verdict === null ? [] : [`  verdict ${result.verdict}`]),
    ...(result.applied === null ? [] : [`  brought its cell to ${digestText(result.applied, verbose)}`]),
    ...(result.adopted === null ? [] : [`  adopted ${adoptionText(result.adopted)}`]),
    ...result.adoptedBefore.map((adoption) => `  adopted before ${adoptionText(adoption)}`),
    ...findingLines(result.findings, telling),
    ...section("inputs", result.inputs.map(inputRow(verbose)), style),
    ...section("needs", result.needs.map(needRow(verbose)), style),
    ...section("outputs", result.outputs.map(outputRow(verbose)), style),
    ...(verbose
      ? section(
          counted(result.rows.length, "row"),
          result.rows.map(({ kind, subject, value, note }) => [
            oneLine(kind),
            oneLine(subject),
            digestText(value, true),
            oneLine(note ?? "")
          ]),
          style
        )
      : [])
  ]
}

export const showLines = (show: ShowDocument, telling: ShowTelling): ReadonlyArray<string> => {
  const { style, verbose, quiet } = telling
  const { decision, causes, result, lastRun, log } = show
  const state = taskState(show)
  const shown = verbose ? causes : causes.slice(0, Limits.causes)
  return [
    `${style.bold(oneLine(show.task))}   ${paintState(state, state === decision ? decision : `${decision}, ${state}`, style)}`,
    ...(quiet || show.summary === "" ? [] : [`  ${style.dim(oneLine(show.summary))}`]),
    ...(result === null && causes.length === 1 && causes[0]?.kind === "never-run" ? [] : shown.map((cause) => `  ${causeText(cause)}`)),
    ...(causes.length > shown.length ? [`  … and ${causes.length - shown.length} more (--verbose tells all)`] : []),
    ...(result === null ? ["  never executed with success: nothing is remembered of it"] : resultLines(result, telling)),
    ...(lastRun === null || quiet ? [] : [`  last run ${oneLine(lastRun.run)} at ${oneLine(lastRun.at)}: ${lastRun.outcome}`]),
    ...(log === null || quiet
      ? []
      : [`  ${style.bold(log.complete ? "log" : "log, not ended")}  run ${oneLine(log.run)}`, ...indented(keptLines(log, style), 4)])
  ]
}
