/** The run: one fiber owns the frontier, workers assess and execute one task each and only send completions. */
import { join } from "node:path"
import { Effect, Exit, Queue } from "effect"
import { Admission } from "../../core/Admission.ts"
import { criticalPathFirst } from "../../core/CriticalPath.ts"
import { start } from "../../core/Frontier.ts"
import { settledGate, settledNeed } from "../../core/Upstream.ts"
import { needRow } from "../../core/Rows.ts"
import { encodeFailure } from "../../domain/Failure.ts"
import { TaskLost } from "../../domain/Fault.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { Attempt, Outcome, RunCounts, RunEvent, TaskFinished } from "../../domain/RunDocuments.ts"
import type { HostEvent } from "../../domain/TaskDocument.ts"
import { Cache } from "../../ports/Cache.ts"
import { openMeasurements } from "../../ports/Measurements.ts"
import { StateStore } from "../../ports/StateStore.ts"
import { type TaskLog, TaskLogs } from "../../ports/TaskLogs.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { type Assessment, type AssessOptions, assessor, judgementOf } from "../assess/Assessor.ts"
import { attemptText, triesAgain } from "./Attempts.ts"
import { executor } from "./Execution.ts"
import { Growth, type WantedOf } from "../project/Growth.ts"
import { demandOf, machineMemoryMiB } from "./Resources.ts"
import type { Rest } from "../standing/Standing.ts"
import { makeRecorder } from "./Recorder.ts"
import type { RunNotes } from "./RunNotes.ts"
import { finishedEvent, idle, named, noCounts, placesOf, restOf, type Settled, standingOf } from "./Settled.ts"
import { Upstream } from "../assess/Upstream.ts"

export interface RunRequest extends AssessOptions {
  readonly run: string
  /** Cores that tasks may use at one time. */
  readonly jobs: number
  /** MiB that they may fill; the machine's if absent. */
  readonly memoryMiB?: number
  readonly failFast: boolean
  /** Indices of the graph with all their upstream. */
  readonly selection: Iterable<number>
  /** What was asked for once more items are known; all of it if absent. */
  readonly again?: WantedOf
  /** Told of each task that is settled, before the event is. */
  readonly note?: RunNotes["note"]
}

export interface RunResult {
  /** As it is by the items that are known now. */
  readonly project: AnalyzedProject
  readonly counts: RunCounts
  readonly finished: ReadonlyArray<TaskFinished>
  readonly warnings: ReadonlyArray<string>
  /** What those rest on that are fresh now, and nothing to complain of, by index. */
  readonly rests: ReadonlyMap<number, Rest>
}

/** Of state or disk, not of the task. */
type TaskTrouble = { readonly _tag: string; readonly message: string }

const cheapMs = 100

/** Runs what is stale of `selection`. Every task of it gets one `task-finished`, also when the run is interrupted. */
export const runTasks = Effect.fnUntraced(function* (
  project: AnalyzedProject,
  request: RunRequest,
  tell: (event: RunEvent) => void,
  interrupted: (result: RunResult) => void
) {
  let assess = yield* assessor(project, request)
  let { forced } = request
  const execute = yield* executor
  const recorder = yield* makeRecorder
  const cache = yield* Cache
  const logs = yield* TaskLogs
  const upstream = new Upstream(project)
  const selection = [...request.selection]
  const measurements = openMeasurements(join(project.document.root, ".atlas"))
  const seconds = (index: number): number => Math.floor(measurements.of(project.tasks[index] as ProjectTask, false).ms / 1000)
  const orderOf = (wanted: ReadonlyArray<number>) =>
    (measurements.isEmpty ? null : criticalPathFirst(project.graph, wanted, seconds)) ?? project.graph
  let order = orderOf(selection)
  let frontier = start<Outcome>(project.graph, selection, order)
  const states = yield* StateStore
  const growth = new Growth(project, (task) => states.get(task)?.outputs ?? null)
  const admission = new Admission({ cpu: request.jobs, memoryMiB: request.memoryMiB ?? machineMemoryMiB() })
  /** Who is being assessed, and has not asked to start yet. */
  const looking = new Set<number>()
  const counts = noCounts()
  const finished: Array<TaskFinished> = []
  const warnings: Array<string> = []
  const rests = new Map<number, Rest>()
  /** Null: it has to wait until it is admitted. */
  const done = yield* Queue.unbounded<{ readonly index: number; readonly exit: Exit.Exit<Settled | null, TaskTrouble> }>()
  let stopping = false
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

  const standing = (index: number, assessment: Assessment): Settled | null => standingOf(task(index), assessment)

  /** One attempt. */
  const attempt = Effect.fnUntraced(function* (index: number, assessment: Assessment, log: TaskLog) {
    const needs = upstream.documents(index)
    const executed = yield* execute({
      project,
      index,
      run: request.run,
      assessment,
      needs,
      forced: forced(index),
      needRows: needs.flatMap((need) => need.outputs.map((output) => needRow(need, output))),
      tell: hostTell(index, log)
    })
    if (!("trace" in executed)) {
      const judgement = executed.findings.length === 0 ? null : judgementOf(project, task(index), executed.findings, request.now)
      const { outcome, errors, peakMiB } = executed
      measurements.note(task(index), { ms: null, peakMiB })
      return { ...idle, assessment, judgement, outcome, errors, peakMiB } satisfies Settled
    }
    const { trace, outcome, peakMiB } = executed
    yield* recorder.add({ trace, finals: [...placesOf(project, trace).values()] })
    if (outcome === "executed") measurements.note(task(index), { ms: trace.ms, peakMiB })
    // a small program is sooner run again than kept
    const cheap = task(index).command !== null && trace.ms < cheapMs
    if (outcome === "executed" && task(index).cell === null && !cheap)
      yield* cache.put({ definition: task(index).definition, trace, places: placesOf(project, trace) })
    const judgement = judgementOf(project, task(index), trace.findings, request.now)
    const rested = { ...assessment, own: { ...assessment.own, discovered: executed.discovered } }
    return {
      ...idle,
      assessment: rested,
      outcome,
      trace,
      outputs: trace.outputs,
      judgement,
      summary: trace.summary,
      peakMiB
    } satisfies Settled
  })

  /** Attempts until one succeeds or there is no other; each begins with a look at how things are now. */
  const attempts = Effect.fnUntraced(function* (index: number, assessed: Assessment, log: TaskLog) {
    const failed: Array<Attempt> = []
    for (let assessment = assessed; ;) {
      const began = performance.now()
      const settled = standing(index, assessment) ?? (yield* attempt(index, assessment, log))
      const [first] = settled.errors
      const over = stopping || first === undefined || (settled.outcome !== "failed" && settled.outcome !== "tainted")
      if (over || !triesAgain(task(index), settled.errors, failed.length)) return { ...settled, attempts: failed } satisfies Settled
      failed.push({ code: first.code, message: first.message, ms: Math.round(performance.now() - began) })
      const message = attemptText(failed.length, 1 + (task(index).resources?.retry?.times ?? 0), first)
      hostTell(index, log)({ event: "log", level: "warning", message })
      assessment = yield* assess(index, upstream)
    }
  })

  /** Null for one that has to be executed and may not start yet: it is assessed again when it may. */
  const work = Effect.fnUntraced(function* (index: number, admitted: boolean) {
    const began = performance.now()
    const assessment = yield* assess(index, upstream)
    const stands = standing(index, assessment)
    looking.delete(index)
    if (stands !== null) return stands
    if (stopping) return null
    const demand = demandOf(task(index), measurements, assessment.trace !== null)
    if (!admitted && !admission.admits(index, order.rank[index] as number, demand)) return null
    tell({ event: "task-started", ...named(task(index)), causes: [...assessment.decided.causes] })
    const log = logs.open(task(index).task, request.run)
    const settled = yield* attempts(index, assessment, log).pipe(
      Effect.ensuring(Effect.catch(log.close, (error) => Effect.sync(() => void warnings.push(error.message))))
    )
    return { ...settled, ms: Math.round(performance.now() - began) } satisfies Settled
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
    request.note?.(task(index), event, { decision: settled.assessment?.decided.decision ?? null, trace: settled.trace ?? null })
    tell(event)
  }

  const isBad = (settled: Settled): boolean =>
    settled.outcome === "failed" ||
    settled.outcome === "tainted" ||
    settled.outcome === "drifted" ||
    settled.judgement?.verdict === "failed"

  const settledOf = (index: number, exit: Exit.Exit<Settled, TaskTrouble>): Settled => {
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

  const begin = (index: number, admitted: boolean) =>
    Effect.forkScoped(
      Effect.flatMap(Effect.exit(work(index, admitted)), (exit) => Queue.offer(done, { index, exit })),
      { startImmediately: true }
    )

  const cancel = (index: number): void => settle(index, { ...idle, outcome: "cancelled" })

  const unpark = (): void => {
    for (const [index, outcome] of growth.parked) frontier.settle(index, outcome)
    growth.parked.clear()
  }

  /** Goes on with the tasks of the items that are known now. */
  const growAgain = Effect.gen(function* () {
    const before = frontier
    const { told, gone, ...grown } = growth.grow(project)
    const wanted = request.again?.(grown.project, gone) ?? {
      selection: grown.project.graph.order.filter((index) => !gone.has(index)),
      forced
    }
    project = grown.project
    forced = wanted.forced
    upstream.grow(project)
    assess = yield* assessor(project, { ...request, forced })
    const selected = [...wanted.selection]
    order = orderOf(selected)
    frontier = start<Outcome>(project.graph, selected, order)
    const isIn = (of: typeof frontier) => (id: string) => of.stateOf(project.graph.indexOf.get(id) ?? -1) !== "outside"
    frontier.takeOver(before, growth.parked)
    growth.parked.clear()
    for (const event of told) tell({ ...event, added: event.added.filter(isIn(frontier)), removed: event.removed.filter(isIn(before)) })
  })

  /** `--fail-fast`: what has not begun does not. */
  const stop = (): void => {
    stopping = true
    unpark()
    for (const index of admission.clear()) {
      frontier.settle(index, "cancelled")
      cancel(index)
    }
    for (const index of frontier.cancelRest("cancelled")) cancel(index)
  }

  const loop = Effect.scoped(
    Effect.gen(function* () {
      while (!frontier.isDone) {
        for (let index = admission.next(); index >= 0; index = admission.next()) yield* begin(index, true)
        while (looking.size + admission.cpu < request.jobs) {
          const index = frontier.takeReady()
          if (index < 0 && growth.parked.size === 0) break
          if (index < 0) {
            yield* growAgain
            continue
          }
          looking.add(index)
          yield* begin(index, false)
        }
        if (frontier.running === 0) break
        const { index, exit } = yield* Queue.take(done)
        looking.delete(index)
        const waits = Exit.isSuccess(exit) && exit.value === null
        if (waits && !stopping) continue
        if (!waits) admission.release(index)
        const settled = settledOf(
          index,
          Exit.map(exit, (value): Settled => value ?? { ...idle, outcome: "cancelled" })
        )
        // null: it waited, and was cancelled with the rest
        const parked = !stopping && growth.park(index, task(index).task, settled)
        if (!parked && frontier.settle(index, settled.outcome) === null) continue
        settle(index, settled)
        if (request.failFast && !stopping && isBad(settled)) stop()
      }
    })
  )

  const cancelled = Effect.sync(() => {
    unpark()
    for (let index = 0; index < project.tasks.length; index++) {
      const state = frontier.stateOf(index)
      if (state !== "running" && state !== "waiting" && state !== "ready") continue
      if (state === "running") frontier.settle(index, "cancelled")
      settle(index, { ...idle, outcome: "cancelled" })
    }
    interrupted({ project, counts, finished, warnings, rests })
  })
  const keepMeasurements = Effect.ignore(Effect.try(() => measurements.save()))
  yield* Effect.onInterrupt(loop, () => Effect.andThen(cancelled, keepMeasurements))
  yield* keepMeasurements
  yield* recorder.finish
  const last = growth.settled(project, rests)
  return { project: last.project, counts, finished, warnings, rests: last.values } satisfies RunResult
})
