/** Failures with one cause, told together: the first in full, of the others who they are. */
import { oneLine } from "../core/Excerpt.ts"
import { counted } from "../core/Quantity.ts"
import type { TaskFinished } from "../domain/RunDocuments.ts"
import type { Telling } from "./ErrorText.ts"
import { failureLines, failingNames } from "./FailureText.ts"

/** `apart`: so many of one cause are each told in full; `named`: of more, so many are named. */
const Limits = { apart: 3, named: 10 } as const

/** What failed, and with which errors or findings, or for which causes. */
const causeOf = (task: TaskFinished): string => {
  const names = failingNames(task)
  const causes = names.length > 0 ? names : task.causes.map(({ kind, subject, from }) => [kind, subject, from])
  return JSON.stringify([task.stage, task.check, task.outcome, causes])
}

const othersLines = (others: ReadonlyArray<TaskFinished>, { style }: Telling): ReadonlyArray<string> => {
  const [first] = others
  if (first === undefined) return []
  const shown = others.slice(0, Limits.named).map(({ target }) => oneLine(target))
  const more = others.length - shown.length
  const names = failingNames(first).join(", ")
  return [
    `${style.red("✗")} ${style.bold(`${counted(others.length, "task")} more of ${oneLine(first.check ?? first.stage)}`)}${names === "" ? "" : `   ${oneLine(names)}`}`,
    `    ${shown.join(", ")}${more > 0 ? ` and ${counted(more, "other")}` : ""} (--verbose tells each)`
  ]
}

/** A block of lines for each, or for a group of those that are alike, in the order of their first. */
export const failureBlocks = (failures: ReadonlyArray<TaskFinished>, telling: Telling): ReadonlyArray<ReadonlyArray<string>> => {
  const groups = new Map<string, Array<TaskFinished>>()
  for (const task of failures) {
    const cause = causeOf(task)
    const group = groups.get(cause)
    if (group === undefined) groups.set(cause, [task])
    else group.push(task)
  }
  const apart = (task: TaskFinished): boolean => telling.verbose || (groups.get(causeOf(task))?.length ?? 0) <= Limits.apart
  return failures.flatMap((task) => {
    if (apart(task)) return [failureLines(task, telling)]
    const [first, ...others] = groups.get(causeOf(task)) ?? []
    return task === first ? [failureLines(task, telling), othersLines(others, telling)] : []
  })
}
