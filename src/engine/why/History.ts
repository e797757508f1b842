/** What past runs did: `history`, two runs beside each other, and `why` of a past run. */
import { Effect } from "effect"
import { nearest } from "../../core/Nearest.ts"
import { passingOn, rootCauses } from "../../core/Roots.ts"
import type { Selection } from "../../core/Selection.ts"
import { SelectorUnknown } from "../../domain/EngineErrors.ts"
import type { PlannedTask, WhyDocument } from "../../domain/RunDocuments.ts"
import type { Execution, HistoryDocument, RecordedTask, RunDiffDocument, RunRecord, RunSummary } from "../../domain/RunRecord.ts"
import { RunRecords, type RunRecordsShape } from "../../ports/RunRecords.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import type { HistoryOptions } from "../Commands.ts"
import { differingRows } from "./Comparison.ts"
import { identityOf } from "./Roots.ts"

/** Runs that are told unless more are asked for. */
const toldRuns = 20

const unknownRun = (word: string, known: ReadonlyArray<string>): SelectorUnknown => {
  const near = nearest(word, known)
  const none = known.length === 0 ? "; no run has left a record yet" : ""
  return new SelectorUnknown({
    message: `no run is called ${word}${near.length === 0 ? none : `; did you mean ${near.join(" or ")}?`}`,
    selector: word,
    nearest: [...near],
    hint: "`atlas-run history` lists the runs; `last`, or the first characters of one, will do."
  })
}

/** A run by its id, by the only id that begins so, or `last`. */
const named = (records: RunRecordsShape, word: string): RunRecord | SelectorUnknown => {
  const runs = records.runs()
  const fitting = word === "last" ? runs.slice(0, 1) : runs.filter((run) => run === word || (word.length > 3 && run.startsWith(word)))
  const [run] = fitting
  const record = run === undefined || fitting.length > 1 ? null : records.read(run)
  return record ?? unknownRun(word, runs)
}

export const recordNamed = Effect.fnUntraced(function* (word: string) {
  const found = named(yield* RunRecords, word)
  return found instanceof SelectorUnknown ? yield* found : found
})

const executionOf = ({ run, at, by, host }: RunSummary, task: RecordedTask): Execution => ({
  run,
  at,
  by,
  host,
  task: task.task,
  outcome: task.outcome,
  decision: task.decision,
  verdict: task.verdict,
  ms: task.ms,
  ...(task.attempts === undefined ? {} : { attempts: task.attempts }),
  causes: task.causes,
  errors: task.errors.map(({ code, message }) => ({ code, message }))
})

/** `tasks` null: of runs as such. */
const historyDocument = Effect.fnUntraced(function* (project: string, tasks: ReadonlySet<string> | null, limit: number) {
  const records = yield* RunRecords
  const runs: Array<RunSummary> = []
  const executions: Array<Execution> = []
  const ids = records.runs()
  let looked = 0
  for (const id of ids) {
    if (runs.length >= limit) break
    looked++
    const record = records.read(id, tasks ?? new Set())
    if (record === null || (tasks !== null && record.tasks.length === 0)) continue
    runs.push(record.summary)
    for (const task of record.tasks) executions.push(executionOf(record.summary, task))
  }
  return {
    atlas: "history/1",
    project,
    runs,
    ...(tasks === null ? {} : { executions }),
    more: ids.length - looked,
    warnings: [...records.warnings()]
  } satisfies HistoryDocument as HistoryDocument
})

/** Ids that some record holds: what the project has no more can still be asked for. */
const recordedTasks = Effect.map(RunRecords, (records) => {
  const found = new Set<string>()
  for (const run of records.runs()) for (const { task } of records.read(run)?.tasks ?? []) found.add(task)
  return found
})

/** Of what is selected; of a task that the project has no more, by its whole name. */
export const historyOf = Effect.fnUntraced(function* <E, R>(
  { document, graph }: AnalyzedProject,
  { limit = toldRuns, select: words = [] }: HistoryOptions,
  selecting: (words: ReadonlyArray<string>) => Effect.Effect<Pick<Selection, "selected">, E, R>
) {
  if (words.length === 0) return yield* historyDocument(document.name, null, limit)
  const known = graph.indexOf
  const gone = words.every((word) => known.has(word)) ? new Set<string>() : yield* recordedTasks
  const present = words.filter((word) => known.has(word) || !gone.has(word))
  const selected = present.length === 0 ? [] : (yield* selecting(present)).selected
  const tasks = [...Array.from(selected, (index) => graph.tasks[index] ?? ""), ...words.filter((word) => gone.has(word))]
  return yield* historyDocument(document.name, new Set(tasks), limit)
})

const side = (task: RecordedTask | undefined): RunDiffDocument["tasks"][number]["old"] =>
  task === undefined ? null : { outcome: task.outcome, verdict: task.verdict, ms: task.ms }

export const diffDocument = Effect.fnUntraced(function* (project: string, older: string, newer: string) {
  const old = yield* recordNamed(older)
  const now = yield* recordNamed(newer)
  const before = new Map(old.tasks.map((task) => [task.task, task]))
  const after = new Map(now.tasks.map((task) => [task.task, task]))
  const tasks: Array<RunDiffDocument["tasks"][number]> = []
  let same = 0
  for (const task of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const was = before.get(task)
    const is = after.get(task)
    const rows = was?.rows === undefined || is?.rows === undefined ? [] : differingRows(was.rows, is.rows)
    if (rows.length === 0 && was !== undefined && is !== undefined && was.outcome === is.outcome && was.verdict === is.verdict) same++
    else tasks.push({ task, old: side(was), new: side(is), rows })
  }
  return { atlas: "run-diff/1", project, old: old.summary, new: now.summary, tasks, same } satisfies RunDiffDocument as RunDiffDocument
})

const plannedAs = ({ task, target, stage, check, decision, verdict, causes }: RecordedTask): PlannedTask => ({
  task,
  target,
  stage,
  check,
  decision: decision ?? "stale",
  verdict,
  causes
})

const outcomeWords: Readonly<Record<RecordedTask["outcome"], string>> = {
  executed: "was executed",
  restored: "was restored from the local cache",
  reused: "was taken from another run",
  failed: "failed",
  tainted: "was tainted: an input moved while it ran",
  blocked: "was blocked",
  drifted: "had drifted",
  held: "was held",
  fresh: "was fresh",
  cancelled: "was cancelled"
}

/** In a record a changed need's own reasons stand beside it. */
const passingThen = new Set([...passingOn, "need-changed" as const])

/** Why a past run did what it did to `task`. `known`: whether the project has it. */
export const whyInRun = Effect.fnUntraced(function* (task: string, word: string, known: boolean) {
  const { tasks, summary } = yield* recordNamed(word)
  const { run, at, by, host } = summary
  const byTask = new Map(tasks.map((one) => [one.task, one]))
  const subject = byTask.get(task)
  if (subject === undefined && !known) {
    const near = nearest(task, byTask.keys())
    const meant = near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`
    return yield* new SelectorUnknown({ message: `run ${run} knows no task ${task}${meant}`, selector: task, nearest: [...near] })
  }
  if (subject === undefined)
    return {
      atlas: "why/1",
      task,
      decision: "fresh",
      verdict: null,
      sentence: `fresh: run ${run} did nothing to it; it was fresh, or not asked for`,
      chain: [],
      evidence: null,
      of: { run, at, by, host, outcome: "fresh" }
    } satisfies WhyDocument as WhyDocument
  const causesOf = (id: string) => byTask.get(id)?.causes ?? []
  const involved = new Set<string>()
  const visit = (id: string): void => {
    if (involved.has(id)) return
    involved.add(id)
    for (const { from } of causesOf(id)) if (from !== null && byTask.has(from)) visit(from)
  }
  visit(task)
  const identity = (id: string, cause: Parameters<typeof identityOf>[1]) => identityOf(id, cause, null)
  const fails = (id: string) => byTask.get(id)?.verdict === "failed"
  const around = { hindrances: causesOf, identity, fails, passing: passingThen }
  const roots = rootCauses(task, around).map(({ cause, tasks }) => ({ ...cause, tasks: [...tasks] }))
  const others = tasks.filter((one) => one.task !== task && involved.has(one.task)).map(plannedAs)
  return {
    atlas: "why/1",
    task,
    decision: subject.decision ?? "stale",
    verdict: subject.verdict,
    sentence: `in run ${run} (${at}) it ${outcomeWords[subject.outcome]}`,
    chain: [...others, plannedAs(subject)],
    evidence: null,
    ...(roots.length === 0 ? {} : { roots }),
    ...(subject.rows === undefined ? {} : { rows: subject.rows }),
    lastRun: { run, at, by, host, outcome: subject.outcome, errors: subject.errors },
    ...(subject.restored === undefined ? {} : { restored: subject.restored }),
    of: { run, at, by, host, outcome: subject.outcome }
  } satisfies WhyDocument as WhyDocument
})
