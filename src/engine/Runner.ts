/** The run: one fiber owns the frontier, workers assess and execute one task each and only send completions. */
import { resolve } from "node:path"
import { Effect, Exit, Queue } from "effect"
import { start } from "../core/Frontier.ts"
import { settledGate, settledNeed } from "../core/Upstream.ts"
import { needRow } from "../core/Rows.ts"
import type { Judgement } from "../core/Judge.ts"
import { encodeFailure, type ErrorDocument } from "../domain/Failure.ts"
import { CellDrifted, TaskLost, ToolMissing } from "../domain/Fault.ts"
import type { ProjectTask } from "../domain/ProjectDocument.ts"
import type { Outcome, RunCounts, RunEvent, TaskFinished } from "../domain/RunDocuments.ts"
import type { Trace, TracedOutput } from "../domain/Trace.ts"
import type { HostEvent } from "../domain/TaskDocument.ts"
import { Cache } from "../ports/Cache.ts"
import { type TaskLog, TaskLogs } from "../ports/TaskLogs.ts"
import type { AnalyzedProject } from "./Analyzer.ts"
import { type Assessment, type AssessOptions, assessor, judgementOf } from "./Assessor.ts"
import { executor } from "./Execution.ts"
import type { Rest } from "./Standing.ts"
import { makeRecorder } from "./Recorder.ts"
import { Upstream } from "./Upstream.ts"

export interface RunRequest extends AssessOptions {
  readonly run: string
  readonly jobs: number
  readonly failFast: boolean
  /** Indices of the graph with all their upstream. */
  readonly selection: Iterable<number>
}

export interface RunResult {
  readonly counts: RunCounts
  readonly finished: ReadonlyArray<TaskFinished>
  readonly warnings: ReadonlyArray<string>
  /** What those rest on that are fresh now, and nothing to complain of, by index. */
  readonly rests: ReadonlyMap<number, Rest>
}

interface Settled {
  readonly outcome: Outcome
  readonly outputs: ReadonlyArray<TracedOutput>
  readonly judgement: Judgement | null
  readonly assessment: Assessment | null
  readonly summary: string | null
  readonly errors: ReadonlyArray<ErrorDocument>
  readonly ms: number
}

const idle = { assessment: null, outputs: [], judgement: null, summary: null, errors: [], ms: 0 }

export const noCounts = (): Record<Outcome, number> & RunCounts => ({
  executed: 0,
  fresh: 0,
  restored: 0,
  reused: 0,
  failed: 0,
  blocked: 0,
  drifted: 0,
  held: 0,
  tainted: 0,
  cancelled: 0
})

const drift = (task: ProjectTask, { decided, cell }: Assessment): ReadonlyArray<ErrorDocument> =>
  decided.causes
    .filter((cause) => cause.kind === "drifted")
    .map((cause) =>
      encodeFailure(
        new CellDrifted({
          message: `${cause.subject}: ${cause.old === null ? "" : `was ${cause.old}, `}${cause.new ?? "changed"}`,
          cell: task.cell?.cell ?? cause.subject,
          where: { path: cause.subject },
          ...cell?.live?.changed
        })
      )
    )

const toolMissing =
  (task: ProjectTask) =>
  (tool: string): ErrorDocument =>
    encodeFailure(new ToolMissing({ message: `${tool}, which ${task.task} runs, is not on PATH`, tool }))

const cheapMs = 100

/** Where the outputs of a trace lie, absolute. */
const placesOf = ({ document }: AnalyzedProject, trace: Trace): ReadonlyMap<string, string> =>
  new Map(trace.outputs.filter(({ kind }) => kind !== "value").map(({ name, path }) => [name, resolve(document.root, path)]))

const named = (task: ProjectTask) => ({ task: task.task, target: task.target, stage: task.stage, check: task.check })

export const finishedEvent = (task: ProjectTask, settled: Settled): TaskFinished => {
  const [first] = settled.errors
  return {
    event: "task-finished",
    ...named(task),
    outcome: settled.outcome,
    verdict: settled.judgement?.verdict ?? null,
    ms: settled.ms,
    causes: [...(settled.assessment?.decided.causes ?? [])],
    findings: [...(settled.judgement?.findings ?? [])],
    summary: settled.summary,
    ...(first === undefined ? {} : { error: { ...first, task: task.task } }),
    ...(settled.errors.length > 1 ? { errors: settled.errors.map((error) => ({ ...error, task: task.task })) } : {})
  }
}

/** Null for what the next run has to look at again: it is not fresh, fails, or is warned of each time. */
const restOf = (task: ProjectTask, { outcome, assessment, outputs, judgement }: Settled, event: TaskFinished): Rest | null => {
  const still = outcome === "fresh" || outcome === "held"
  if (assessment === null || judgement?.verdict === "failed") return null
  if (judgement !== null && judgement.unusedWaivers.length + judgement.expiredWaivers.length > 0) return null
  if (!still && (task.cell !== null || (outcome !== "executed" && outcome !== "restored"))) return null
  return {
    inputs: assessment.own.inputs,
    tools: assessment.own.rows.filter(({ kind }) => kind === "tool"),
    outputs: task.cell === null ? outputs : [],
    witnesses: task.cell === null ? null : (assessment.cell?.witnesses ?? []),
    until: judgement?.nextExpiry ?? null,
    told: still ? event : { ...event, outcome: "fresh", causes: [], ms: 0 }
  }
}

/** Runs what is stale of `selection`. Every task of it gets one `task-finished`, also when the run is interrupted. */
export const runTasks = Effect.fnUntraced(function* (
  project: AnalyzedProject,
  request: RunRequest,
  tell: (event: RunEvent) => void,
  interrupted: (result: RunResult) => void
) {
  const assess = yield* assessor(project, request)
  const execute = yield* executor
  const recorder = yield* makeRecorder
  const cache = yield* Cache
  const logs = yield* TaskLogs
  const upstream = new Upstream(project)
  const frontier = start<Outcome>(project.graph, request.selection)
  const counts = noCounts()
  const finished: Array<TaskFinished> = []
  const warnings: Array<string> = []
  const rests = new Map<number, Rest>()
  const done = yield* Queue.unbounded<{
    readonly index: number
    readonly exit: Exit.Exit<Settled, { readonly _tag: string; readonly message: string }>
  }>()
  const task = (index: number) => project.tasks[index] as ProjectTask

  const hostTell = (index: number, log: TaskLog) => (event: HostEvent) => {
    const id = task(index).task
    if (event.event === "progress")
      tell({ event: "task-progress", task: id, label: event.label, done: event.done, total: event.total, unit: event.unit })
    else if (event.event === "log") {
      log.append(event.level, event.message)
      tell({ event: "task-log", task: id, level: event.level, message: event.message })
    }
  }

  const work = Effect.fnUntraced(function* (index: number) {
    const began = performance.now()
    const assessment = yield* assess(index, upstream)
    const { decision } = assessment.decided
    const kept = {
      ...idle,
      assessment,
      outputs: assessment.outputs,
      judgement: assessment.judgement,
      summary: assessment.trace?.summary ?? null
    }
    if (decision === "fresh" || decision === "held") return { ...kept, outcome: decision } satisfies Settled
    if (decision === "drifted")
      return { ...kept, summary: null, outcome: decision, errors: drift(task(index), assessment) } satisfies Settled
    if (decision === "blocked")
      return {
        ...kept,
        summary: null,
        judgement: null,
        outcome: decision,
        errors: assessment.own.missingTools.map(toolMissing(task(index)))
      } satisfies Settled
    tell({ event: "task-started", ...named(task(index)), causes: [...assessment.decided.causes] })
    const needs = upstream.documents(index)
    const log = logs.open(task(index).task, request.run)
    const executed = yield* execute({
      project,
      index,
      run: request.run,
      assessment,
      needs,
      forced: request.forced(index),
      needRows: needs.flatMap((need) => need.outputs.map((output) => needRow(need, output))),
      tell: hostTell(index, log)
    }).pipe(Effect.ensuring(Effect.catch(log.close, (error) => Effect.sync(() => void warnings.push(error.message)))))
    const ms = Math.round(performance.now() - began)
    if (!("trace" in executed)) {
      const judgement = executed.findings.length === 0 ? null : judgementOf(project, task(index), executed.findings, request.now)
      return { ...idle, assessment, judgement, outcome: executed.outcome, errors: executed.errors, ms } satisfies Settled
    }
    const { trace } = executed
    yield* recorder.add({ trace, finals: [...placesOf(project, trace).values()] })
    // a small program is sooner run again than kept
    const cheap = task(index).command !== null && trace.ms < cheapMs
    if (executed.outcome === "executed" && task(index).cell === null && !cheap)
      yield* cache.put({ definition: task(index).definition, trace, places: placesOf(project, trace) })
    const judgement = judgementOf(project, task(index), executed.trace.findings, request.now)
    return {
      ...idle,
      assessment,
      outcome: executed.outcome,
      outputs: executed.trace.outputs,
      judgement,
      summary: executed.trace.summary,
      ms
    } satisfies Settled
  })

  const settle = (index: number, settled: Settled): void => {
    upstream.tell(index, {
      outputs: settled.outputs,
      verdict: settled.judgement?.verdict ?? null,
      need: (rows) => settledNeed(settled.outcome, rows),
      gate: settledGate(settled.outcome, settled.judgement?.verdict ?? null)
    })
    counts[settled.outcome]++
    for (const finding of settled.judgement?.findings ?? []) tell({ event: "finding", task: task(index).task, ...finding })
    for (const waiver of settled.judgement?.unusedWaivers ?? [])
      warnings.push(`${task(index).task}: waiver of ${waiver.finding} at ${waiver.at} matches nothing`)
    for (const waiver of settled.judgement?.expiredWaivers ?? [])
      warnings.push(`${task(index).task}: waiver of ${waiver.finding} at ${waiver.at} ran out on ${waiver.until}`)
    const event = finishedEvent(task(index), settled)
    finished.push(event)
    const rest = restOf(task(index), settled, event)
    if (rest !== null) rests.set(index, rest)
    tell(event)
  }

  const isBad = (settled: Settled): boolean =>
    settled.outcome === "failed" ||
    settled.outcome === "tainted" ||
    settled.outcome === "drifted" ||
    settled.judgement?.verdict === "failed"

  const settledOf = (index: number, exit: Exit.Exit<Settled, { readonly _tag: string; readonly message: string }>): Settled => {
    if (Exit.isSuccess(exit)) return exit.value
    const [reason] = exit.cause.reasons
    const error =
      reason?._tag === "Fail"
        ? encodeFailure(reason.error)
        : encodeFailure(
            new TaskLost({ message: `${task(index).task} was lost: ${reason?._tag === "Die" ? String(reason.defect) : "interrupted"}` })
          )
    return { ...idle, outcome: "failed", errors: [error] }
  }

  const loop = Effect.scoped(
    Effect.gen(function* () {
      while (!frontier.isDone) {
        while (frontier.running < request.jobs) {
          const index = frontier.takeReady()
          if (index < 0) break
          yield* Effect.forkScoped(
            Effect.flatMap(Effect.exit(work(index)), (exit) => Queue.offer(done, { index, exit })),
            { startImmediately: true }
          )
        }
        if (frontier.running === 0) break
        const { index, exit } = yield* Queue.take(done)
        const settled = settledOf(index, exit)
        frontier.settle(index, settled.outcome)
        settle(index, settled)
        if (request.failFast && isBad(settled))
          for (const rest of frontier.cancelRest("cancelled")) settle(rest, { ...idle, outcome: "cancelled" })
      }
    })
  )

  const cancelled = Effect.sync(() => {
    for (let index = 0; index < project.tasks.length; index++) {
      const state = frontier.stateOf(index)
      if (state !== "running" && state !== "waiting" && state !== "ready") continue
      if (state === "running") frontier.settle(index, "cancelled")
      settle(index, { ...idle, outcome: "cancelled" })
    }
    interrupted({ counts, finished, warnings, rests })
  })
  yield* Effect.onInterrupt(loop, () => cancelled)
  yield* recorder.finish
  return { counts, finished, warnings, rests } satisfies RunResult
})
