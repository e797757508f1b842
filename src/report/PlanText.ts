/** A plan for people: targets, their tasks with decision and cause, counts. */
import { oneLine } from "../core/Excerpt.ts"
import type { Decision, PlanCounts, PlanDocument, PlannedTask } from "../domain/RunDocuments.ts"
import type { FreshPlan } from "../fast/Answer.ts"
import { causeText, firstCause } from "./CauseText.ts"
import { padEnd, widest } from "../core/Layout.ts"
import { shortName } from "./Mark.ts"
import { plannedRoot } from "./RootText.ts"
import { counted, grouped } from "../core/Quantity.ts"
import { colourStyle, plainStyle, type Style } from "../core/Style.ts"
import type { ProjectDocument } from "../domain/ProjectDocument.ts"

export interface PlanTelling {
  readonly style: Style
  /** All causes, and what is fresh too. */
  readonly verbose: boolean
  /** Only what cannot go well. */
  readonly quiet: boolean
  /** Paths in errors are told relative to it. */
  readonly folder?: string
  /** Declared targets: groups of them have tasks of their own and are not counted. */
  readonly targets?: ReadonlySet<string>
}

export const decisions: ReadonlyArray<Decision> = ["fresh", "stale", "pending", "blocked", "drifted", "held"]

export const paintDecision = (decision: Decision, text: string, style: Style): string => {
  switch (decision) {
    case "fresh":
      return style.green(text)
    case "stale":
      return style.yellow(text)
    case "pending":
      return style.cyan(text)
    case "blocked":
    case "drifted":
      return style.red(text)
    case "held":
      return style.dim(text)
  }
}

/** `3 stale · 16 fresh`: what there is none of is left out. */
export const countsText = (counts: PlanCounts): string =>
  ["stale", "pending", "blocked", "drifted", "held", "fresh"]
    .filter((name) => counts[name as Decision] > 0)
    .map((name) => `${grouped(counts[name as Decision])} ${name}`)
    .join(" · ")

const isTrouble = ({ decision, verdict }: PlannedTask): boolean => decision === "blocked" || decision === "drifted" || verdict === "failed"

const isFine = ({ decision, verdict }: PlannedTask): boolean => decision === "fresh" && verdict !== "failed"

const byTarget = (tasks: ReadonlyArray<PlannedTask>): ReadonlyArray<readonly [string, ReadonlyArray<PlannedTask>]> => {
  const groups = new Map<string, Array<PlannedTask>>()
  for (const task of tasks) {
    const group = groups.get(task.target)
    if (group === undefined) groups.set(task.target, [task])
    else group.push(task)
  }
  return [...groups]
}

/** `NAME  DECISION  cause`, further causes below it when all are told; `note` follows the first cause. */
export const taskLines = (
  tasks: ReadonlyArray<PlannedTask>,
  name: (task: PlannedTask) => string,
  telling: PlanTelling,
  note: (task: PlannedTask) => string = () => ""
): ReadonlyArray<string> => {
  const { style, verbose } = telling
  const names = tasks.map((task) => oneLine(name(task)))
  const [nameWidth, decisionWidth] = [widest(names), widest(tasks.map(({ decision }) => decision))]
  return tasks.flatMap((task, i) => {
    const verdict = task.verdict === null || task.verdict === "passed" ? [] : [`verdict ${task.verdict}`]
    const first = verbose ? task.causes.slice(0, 1).map(causeText) : [firstCause(task.causes)].filter((text) => text !== "")
    const head = `${padEnd(names[i] as string, nameWidth)}   ${paintDecision(task.decision, padEnd(task.decision, decisionWidth), style)}`
    const rest = verbose ? task.causes.slice(1).map((cause) => " ".repeat(nameWidth + decisionWidth + 6) + causeText(cause)) : []
    return [[head, ...first.map((text) => text + note(task)), ...verdict].join("   ").trimEnd(), ...rest]
  })
}

const groupLines = (
  target: string,
  tasks: ReadonlyArray<PlannedTask>,
  telling: PlanTelling,
  note: (task: PlannedTask) => string
): ReadonlyArray<string> => {
  const { style, verbose, quiet } = telling
  const told = quiet ? tasks.filter(isTrouble) : tasks
  if (told.length === 0) return []
  if (!quiet && !verbose && told.every(isFine))
    return [`  ${style.bold(oneLine(target))}   ${style.green(`${counted(told.length, "task")} fresh`)}`]
  return [`  ${style.bold(oneLine(target))}`, ...taskLines(told, shortName, telling, note).map((line) => `    ${line}`)]
}

export const planLines = (plan: PlanDocument, telling: PlanTelling): ReadonlyArray<string> => {
  const groups = byTarget(plan.tasks)
  const byTask = new Map(plan.tasks.map((task) => [task.task, task]))
  const note = (task: PlannedTask): string =>
    task.renamedFrom === undefined
      ? plannedRoot(task, (id) => byTask.get(id))
      : `; it seems to be ${oneLine(task.renamedFrom)} under another name`
  const body = groups.flatMap(([target, tasks]) => groupLines(target, tasks, telling, note))
  if (telling.quiet) return body
  const total = plan.tasks.length
  const declared = groups.filter(([target]) => telling.targets?.has(target) === true).length
  const head = `${oneLine(plan.project)} · ${counted(declared === 0 ? groups.length : declared, "target")} · ${counted(total, "task")}`
  const failed = plan.tasks.filter(({ verdict }) => verdict === "failed").length
  const last = total > 0 && plan.counts.fresh === total ? `nothing to do: ${counted(total, "task")} fresh` : countsText(plan.counts)
  const verdicts = failed === 0 ? "" : telling.style.red(`${counted(failed, "verdict")} failed`)
  return [telling.style.bold(head), ...body, [last, verdicts].filter((text) => text !== "").join(" · ")].filter((line) => line !== "")
}

/** The plan of a project in which every task is fresh, for the short cut to print. */
export const freshPlan = ({ name, targets, tasks }: Pick<ProjectDocument, "name" | "targets" | "tasks">): FreshPlan => {
  const fresh = tasks.map(({ task, target, stage, check }): PlannedTask => ({
    task,
    target,
    stage,
    check,
    decision: "fresh",
    verdict: null,
    causes: []
  }))
  const counts = { fresh: tasks.length, stale: 0, pending: 0, blocked: 0, drifted: 0, held: 0 }
  const plan: PlanDocument = { atlas: "plan/1", project: name, tasks: fresh, counts }
  const told = (style: Style): string =>
    planLines(plan, { style, verbose: false, quiet: false, targets: new Set(targets.map(({ target }) => target)) })
      .map((line) => `${line}\n`)
      .join("")
  return { plain: told(plainStyle), colour: told(colourStyle) }
}
