/** The result of a run as a tree: targets, their tasks, then each failure once, then the counts. Events in, lines out. */
import { oneLine } from "../core/Excerpt.ts"
import { compareText } from "../core/Cause.ts"
import { templateOf } from "../core/Item.ts"
import type { Cause, Outcome, RunEvent, RunFinished, TaskFinished } from "../domain/RunDocuments.ts"
import { causeText, firstCause } from "./CauseText.ts"
import type { Telling } from "./ErrorText.ts"
import { failureBlocks } from "./FailureGroups.ts"
import { findingsText } from "./FindingText.ts"
import { clip, padEnd, padStart, spread, widest } from "../core/Layout.ts"
import { isFailing, markOf, paintMark, shortName, timeText } from "./Mark.ts"
import { executedRoot } from "./RootText.ts"
import { counted, grouped, runTime } from "../core/Quantity.ts"

export interface TreeOptions extends Telling {
  /** All tasks of the project in its order: the order of what is printed. */
  readonly tasks: ReadonlyArray<{ readonly task: string; readonly target: string }>
  /** `completion` prints a target as soon as it is complete; `project` keeps the project's order, the same at every run. */
  readonly order: "project" | "completion"
  /** Cells of a line whose right end is used. */
  readonly width: number
  /** Failures only. */
  readonly quiet: boolean
}

type RunStarted = Extract<RunEvent, { event: "run-started" }>

interface Group {
  readonly target: string
  size: number
  finished: Array<TaskFinished>
  printed: boolean
}

/** Cells of what follows a task on its line, unless all is told. */
const Limits = { note: 200 } as const

/** Outcomes that the last line tells even when there are none, then those it tells only if there are any. */
const always: ReadonlyArray<Outcome> = ["executed", "fresh", "failed"]
const others: ReadonlyArray<Outcome> = ["restored", "reused", "blocked", "drifted", "held", "tainted", "cancelled"]

const didSomething: ReadonlySet<Outcome> = new Set(["executed", "restored", "reused", "failed", "tainted"])

const isQuiet = (task: TaskFinished): boolean => markOf(task) === "∙" && task.outcome === "fresh"

const tellsCause = ({ outcome }: TaskFinished): boolean => outcome === "blocked" || outcome === "held" || outcome === "drifted"

/** Below a task when all is told: why it ran, or the causes that its note leaves out. */
const moreCauses = (task: TaskFinished): ReadonlyArray<Cause> =>
  task.outcome === "fresh" ? [] : task.causes.slice(tellsCause(task) ? 1 : 0)

const attemptsText = ({ attempts = [] }: TaskFinished): string =>
  attempts.length === 0
    ? ""
    : `after ${counted(attempts.length, "failed attempt")} (${[...new Set(attempts.map(({ code }) => code))].join(", ")})`

const noteOf = (task: TaskFinished, root: string): string => {
  const why = tellsCause(task) ? firstCause(task.causes) : ""
  const how = task.outcome === "restored" || task.outcome === "reused" || task.outcome === "tainted" ? task.outcome : ""
  const code = task.error === undefined ? "" : task.error.code
  return [how, task.summary ?? "", code, attemptsText(task), findingsText(task.findings), why]
    .filter((part) => part !== "")
    .map(oneLine)
    .join(" · ")
    .concat(root === "" ? "" : ` ${root}`)
    .trimStart()
}

/** Both ends of the first line. */
export const headText = (started: RunStarted): readonly [left: string, right: string] => [
  `${oneLine(started.project)} · ${counted(started.targets, "target")} · ${counted(started.tasks, "task")}`,
  `jobs ${started.jobs}`
]

/** The last line of a run in which nothing was stale, but for its time. */
export const freshText = (tasks: number): string => `${counted(tasks, "task")} fresh, evidence checked`

export class Tree {
  readonly #options: TreeOptions
  readonly #groups = new Map<string, Group>()
  readonly #inOrder: ReadonlyArray<Group>
  readonly #rank = new Map<string, number>()
  /** What was done: the reason of one may lie with another. */
  readonly #told = new Map<string, TaskFinished>()
  readonly #failures: Array<TaskFinished> = []
  readonly #blocked: Array<TaskFinished> = []
  #started: RunStarted | undefined
  /** Index of the first group that is not complete. */
  #next = 0
  #failedVerdicts = 0
  #headed = false
  #streams = false
  #closed = false

  constructor(options: TreeOptions) {
    this.#options = options
    const sizes = new Map<string, number>()
    for (const [rank, { task, target }] of options.tasks.entries()) {
      this.#rank.set(task, rank)
      sizes.set(target, (sizes.get(target) ?? 0) + 1)
    }
    for (const [target, size] of sizes) this.#groups.set(target, { target, size, finished: [], printed: false })
    this.#inOrder = [...this.#groups.values()]
  }

  tell(event: RunEvent): ReadonlyArray<string> {
    switch (event.event) {
      case "run-started":
        this.#started = event
        this.#streams = event.tasks === this.#options.tasks.length
        return []
      case "fanned-out":
        this.#grow(event)
        return []
      case "task-finished":
        return this.#take(event)
      case "run-finished":
        return this.#end(event)
      default:
        return []
    }
  }

  /** What is left to print when a run ended without a last event. */
  close(): ReadonlyArray<string> {
    if (this.#closed) return []
    this.#closed = true
    return [...this.#rest(), ...this.#troubles()]
  }

  /** Other items of a fan-out stand where those before, or what stood for them, would have stood. */
  #grow({ target, added, removed }: Extract<RunEvent, { event: "fanned-out" }>): void {
    const group = this.#groups.get(target)
    if (group !== undefined) group.size += added.length - removed.length
    for (const [task, rank] of this.#rank) {
      const template = templateOf(task)
      if (template !== task && !this.#rank.has(template)) this.#rank.set(template, rank)
    }
  }

  /** Items by name behind their fan-out's first place. */
  #before(a: TaskFinished, b: TaskFinished): number {
    const rank = ({ task }: TaskFinished): number => this.#rank.get(templateOf(task)) ?? this.#rank.get(task) ?? Infinity
    const [first, second] = [rank(a), rank(b)]
    return first === second ? compareText(a.task, b.task) : first - second
  }

  #take(task: TaskFinished): ReadonlyArray<string> {
    let group = this.#groups.get(task.target)
    if (group === undefined) this.#groups.set(task.target, (group = { target: task.target, size: Infinity, finished: [], printed: false }))
    group.finished.push(task)
    if (didSomething.has(task.outcome)) this.#told.set(task.task, task)
    if (isFailing(task)) this.#failures.push(task)
    if (task.outcome === "blocked" && !isFailing(task)) this.#blocked.push(task)
    if (task.verdict === "failed" && task.outcome !== "failed") this.#failedVerdicts++
    if (!this.#streams || group.finished.length < group.size) return []
    if (this.#options.order === "completion") return this.#print(group)
    const lines: Array<string> = []
    for (let next = this.#inOrder[this.#next]; next !== undefined && next.finished.length === next.size; next = this.#inOrder[++this.#next])
      lines.push(...this.#print(next))
    return lines
  }

  #print(group: Group): ReadonlyArray<string> {
    if (group.printed) return []
    const { verbose, quiet, style } = this.#options
    const finished = group.finished.sort((a, b) => this.#before(a, b))
    group.printed = group.finished.length >= group.size
    group.finished = []
    const told = verbose || finished.some(({ outcome }) => outcome !== "fresh") ? finished : finished.filter((task) => !isQuiet(task))
    if (quiet || told.length === 0) return []
    const names = told.map(shortName)
    const unique = new Set(names).size === names.length
    const labels = unique ? names : told.map(({ stage, check }) => (check === null ? stage : `${stage}:${check}`))
    const times = told.map(timeText)
    const [nameWidth, timeWidth] = [widest(labels), widest(times)]
    return [
      ...this.#head(),
      `  ${style.bold(oneLine(group.target))}`,
      ...told.flatMap((task, i) => {
        const mark = markOf(task)
        const head = `${padEnd(oneLine(labels[i] as string), nameWidth)}   ${padStart(times[i] as string, timeWidth)}`
        const whole = noteOf(task, didSomething.has(task.outcome) ? executedRoot(task, (id) => this.#told.get(id)) : "")
        const note = verbose ? whole : clip(whole, Limits.note)
        const line = `    ${paintMark(mark, style)} ${mark === "∙" ? style.dim(head) : head}${note === "" ? "" : `   ${note}`}`
        return verbose ? [line, ...moreCauses(task).map((cause) => `        ${style.dim(causeText(cause))}`)] : [line]
      })
    ]
  }

  #head(): ReadonlyArray<string> {
    const started = this.#started
    if (this.#headed || started === undefined) return []
    this.#headed = true
    const { style, width } = this.#options
    return [style.bold(spread(...headText(started), width))]
  }

  #rest(): ReadonlyArray<string> {
    return [...this.#groups.values()].flatMap((group) => (group.finished.length === 0 ? [] : this.#print(group)))
  }

  /** Failures in the project's order, and what is blocked by something that is not told as a failure. */
  #troubles(): ReadonlyArray<string> {
    const told = new Set([...this.#failures, ...this.#blocked].map(({ task }) => task))
    const unexplained = this.#blocked.filter(({ causes }) => !causes.some(({ from }) => from !== null && told.has(from)))
    const troubles = [...this.#failures, ...unexplained].sort((a, b) => this.#before(a, b))
    return failureBlocks(troubles, this.#options).flatMap((lines, i) => [...(i > 0 || this.#headed ? [""] : []), ...lines])
  }

  #end(finished: RunFinished): ReadonlyArray<string> {
    if (this.#closed) return []
    this.#closed = true
    const rest = this.#rest()
    const troubles = this.#troubles()
    if (this.#options.quiet) return troubles
    const { style, width } = this.#options
    const warnings = finished.warnings.map((warning) => `${style.yellow("⚠")} ${oneLine(warning)}`)
    const gap = troubles.length > 0 || warnings.length > 0 ? [""] : []
    return [
      ...rest,
      ...troubles,
      ...(warnings.length > 0 && (this.#headed || troubles.length > 0) ? [""] : []),
      ...warnings,
      ...gap,
      this.#last(finished, style, width)
    ]
  }

  #last({ counts, outcome, ms }: RunFinished, style: TreeOptions["style"], width: number): string {
    const total = [...always, ...others].reduce((sum, name) => sum + counts[name], 0)
    const verdicts = this.#failedVerdicts
    const bad = outcome !== "succeeded" || verdicts > 0
    if (!bad && counts.fresh === total && total > 0) return style.green(spread(freshText(total), runTime(ms), width))
    const parts = [
      ...(outcome === "interrupted" ? ["interrupted"] : []),
      ...always.map((name) => `${grouped(counts[name])} ${name}`),
      ...others.filter((name) => counts[name] > 0).map((name) => `${grouped(counts[name])} ${name}`),
      ...(verdicts > 0 ? [`${counted(verdicts, "verdict")} failed`] : [])
    ]
    return (bad ? style.red : style.green)(spread(parts.join(" · "), runTime(ms), width))
  }
}
