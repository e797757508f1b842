/** What went wrong with a task, told once, at the end of a run: errors and failing findings together. */
import { oneLine } from "../core/Excerpt.ts"
import type { JudgedFinding } from "../domain/Finding.ts"
import type { TaskFinished } from "../domain/RunDocuments.ts"
import { causeText } from "./CauseText.ts"
import { errorLines, indented, type Telling } from "./ErrorText.ts"
import { columns } from "../core/Layout.ts"
import { counted, runTime } from "../core/Quantity.ts"

const Limits = { errors: 20, places: 10 } as const

const isFailingFinding = ({ severity, waived }: JudgedFinding): boolean => severity === "error" && waived === null

const byName = (findings: ReadonlyArray<JudgedFinding>): ReadonlyArray<readonly [string, ReadonlyArray<JudgedFinding>]> => {
  const groups = new Map<string, Array<JudgedFinding>>()
  for (const finding of findings) {
    const group = groups.get(finding.name)
    if (group === undefined) groups.set(finding.name, [finding])
    else group.push(finding)
  }
  return [...groups]
}

/** One finding's name, its places, and its hint once. */
const findingLines = (name: string, findings: ReadonlyArray<JudgedFinding>, { style, verbose }: Telling): ReadonlyArray<string> => {
  const shown = verbose ? findings : findings.slice(0, Limits.places)
  const more = findings.length - shown.length
  const hint = findings.find((finding) => finding.hint !== "")?.hint
  return [
    style.bold(`${oneLine(name)}${findings.length === 1 ? "" : ` ×${findings.length}`}`),
    ...indented(columns(shown.map(({ at, message }) => [oneLine(at), oneLine(message)])), 2),
    ...(more > 0 ? [`  … and ${more} more (--verbose tells all)`] : []),
    ...(hint === undefined ? [] : [`  ${style.dim("hint")}  ${oneLine(hint)}`]),
    `  ${style.dim(`code  ${oneLine(name)} (atlas-run explain ${oneLine(name)})`)}`
  ]
}

const errorsOf = (task: TaskFinished): NonNullable<TaskFinished["errors"]> => task.errors ?? (task.error === undefined ? [] : [task.error])

const headline = (task: TaskFinished, errors: number, findings: number): string => {
  const parts = [
    ...(errors > 1 ? [counted(errors, "error")] : []),
    ...(findings > 0 ? [`${counted(findings, "finding")} ${findings === 1 ? "fails" : "fail"} it`] : []),
    ...(task.outcome === "executed" || task.outcome === "failed" ? [] : [task.outcome])
  ]
  return oneLine(task.task) + (parts.length === 0 ? "" : `   ${parts.join(", ")}`)
}

/** Codes of its errors and names of the findings that fail it, each once. */
export const failingNames = (task: TaskFinished): ReadonlyArray<string> => [
  ...new Set([...errorsOf(task).map(({ code }) => code), ...task.findings.filter(isFailingFinding).map(({ name }) => name)])
]

/** Attempts before the last, oldest first. */
const attemptLines = ({ attempts = [] }: TaskFinished, { style }: Telling): ReadonlyArray<string> =>
  attempts.map(
    ({ code, message, ms }, at) => `    ${style.dim(`attempt ${at + 1}`)}  ${code}  ${oneLine(message)}  ${style.dim(runTime(ms))}`
  )

/** All of one task. Where nobody gave an error, its causes stand in. */
export const failureLines = (task: TaskFinished, telling: Telling): ReadonlyArray<string> => {
  const errors = errorsOf(task)
  const findings = task.findings.filter(isFailingFinding)
  const shown = telling.verbose ? errors : errors.slice(0, Limits.errors)
  return [
    `${telling.style.red("✗")} ${telling.style.bold(headline(task, errors.length, findings.length))}`,
    ...attemptLines(task, telling),
    ...shown.flatMap((error) => indented(errorLines(error, telling), 4)),
    ...(errors.length > shown.length ? [`    … and ${counted(errors.length - shown.length, "error")} more (--verbose tells all)`] : []),
    ...byName(findings).flatMap(([name, group]) => indented(findingLines(name, group, telling), 4)),
    ...(errors.length === 0 && findings.length === 0 ? task.causes.map((cause) => `    ${causeText(cause)}`) : [])
  ]
}
