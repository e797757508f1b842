/** A project that was opened: what each command of the facade does with it. */
import { randomBytes } from "node:crypto"
import { existsSync, rmSync } from "node:fs"
import { availableParallelism } from "node:os"
import { isAbsolute, join } from "node:path"
import { Effect, Layer } from "effect"
import { findTask, type Selection } from "../core/Selection.ts"
import type { StateWord } from "../core/Selector.ts"
import { SelectorUnknown } from "../domain/EngineErrors.ts"
import type { PlanDocument, RunEvent, RunFinished, StatusDocument } from "../domain/RunDocuments.ts"
import type { RunReport as StoredReport } from "../domain/RunReport.ts"
import { FileDigests } from "../ports/FileDigests.ts"
import { Host } from "../ports/Host.ts"
import { Lease } from "../ports/Lease.ts"
import { Outputs } from "../ports/Outputs.ts"
import { Programs } from "../ports/Programs.ts"
import { StateStore } from "../ports/StateStore.ts"
import type { AnalyzedProject } from "./Analyzer.ts"
import type { Explanation, RunOptions, SelectOptions, Session } from "./Commands.ts"
import type { AssessOptions } from "./Assessor.ts"
import { explain } from "./Explainer.ts"
import { countPlan, type Planned, planTasks } from "./Planner.ts"
import { runTasks } from "./Runner.ts"
import { asksStates, selectTasks } from "./Selecting.ts"
import { codeOfFinding } from "../domain/Failure.ts"
import { verifyTasks } from "./Verifier.ts"

const today = (): string => new Date().toISOString().slice(0, 10)

/** Sorts by time, unique without a registry. */
const newRun = (): string => `${new Date().toISOString().replace(/[-:]/g, "").slice(0, 15)}-${randomBytes(4).toString("hex")}`

const lockWaitMs = 24 * 60 * 60 * 1000

const all = (project: AnalyzedProject): Selection => ({ selected: project.graph.order, closure: project.graph.order })

/** The commands of one project, over one host. */
export const openSession = (project: AnalyzedProject, host: Layer.Layer<Host>): Session => {
  const { root, name } = project.document
  const state = join(root, ".atlas")
  const reading = Layer.mergeAll(FileDigests.layerReadOnly(state), StateStore.layer(state), host)
  const writing = Layer.mergeAll(FileDigests.layer(state), StateStore.layer(state), Lease.layer(state), Outputs.layer, Programs.layer, host)

  const assessOptions = (options: SelectOptions, forced: (task: number) => boolean): AssessOptions => ({
    now: options.now ?? today(),
    paranoid: options.paranoid === true,
    forced
  })

  const planAll = (options: SelectOptions) =>
    planTasks(
      project,
      project.graph.order,
      assessOptions(options, () => false)
    )

  /** Whether a task is in a state, from a plan of everything and the last run's report. */
  const stateHolder = Effect.fnUntraced(function* (options: SelectOptions) {
    const planned = yield* planAll(options)
    const byIndex = new Map(planned.map((one) => [one.index, one.document]))
    const report = (yield* StateStore).lastReport()
    const last = new Map((report?.tasks ?? []).map((task) => [task.task, task]))
    return (task: number, word: StateWord): boolean => {
      const document = byIndex.get(task)
      const outcome = last.get(project.graph.tasks[task] ?? "")
      return (
        document?.decision === word ||
        document?.verdict === word ||
        (outcome?.outcome === word && word !== "fresh" && document?.decision !== "fresh")
      )
    }
  })

  const selecting = Effect.fnUntraced(function* (selectors: ReadonlyArray<string>, options: SelectOptions) {
    if (selectors.length === 0) return all(project)
    const holds = asksStates(selectors) ? yield* stateHolder(options) : () => false
    const selection = selectTasks(project, selectors, holds)
    return selection instanceof SelectorUnknown ? yield* selection : selection
  })

  const forcing = Effect.fnUntraced(function* (selectors: ReadonlyArray<string>, options: SelectOptions) {
    if (selectors.length === 0) return () => false
    const forced = new Set((yield* selecting(selectors, options)).selected)
    return (task: number) => forced.has(task)
  })

  const planned = Effect.fnUntraced(function* (options: SelectOptions & { readonly force?: ReadonlyArray<string> }) {
    const selection = yield* selecting(options.select ?? [], options)
    const forced = yield* forcing(options.force ?? [], options)
    const tasks = yield* planTasks(project, selection.closure, assessOptions(options, forced))
    return { selection, tasks }
  })

  const planDocument = (tasks: ReadonlyArray<Planned>): PlanDocument => {
    const inProjectOrder = [...tasks].sort((a, b) => a.index - b.index).map((task) => task.document)
    return { atlas: "plan/1", project: name, tasks: inProjectOrder, counts: countPlan(inProjectOrder) }
  }

  const run = Effect.fnUntraced(function* (options: RunOptions, tell: (event: RunEvent) => void) {
    const began = performance.now()
    const id = newRun()
    const at = new Date().toISOString()
    const lease = yield* Lease
    const states = yield* StateStore
    const digests = yield* FileDigests
    const outputs = yield* Outputs
    yield* lease.hold({ run: id, command: "atlas-run run", timeoutMs: lockWaitMs })
    const scratch = join(state, "scratch")
    if (existsSync(scratch)) {
      // only a run that was killed leaves it
      yield* outputs.recover(finalsOf(project))
      rmSync(scratch, { recursive: true, force: true })
    }
    const selection = yield* selecting(options.select ?? [], options)
    const forced = yield* forcing(options.force ?? [], options)
    const now = options.now ?? today()
    const jobs = options.jobs ?? availableParallelism()
    const targets = new Set(Array.from(selection.closure, (index) => project.tasks[index]?.target)).size
    tell({ event: "run-started", atlas: "run/1", run: id, project: name, targets, tasks: selection.closure.length, jobs, now })
    let interrupted = true
    const finish = (result: {
      readonly counts: RunFinished["counts"]
      readonly finished: ReadonlyArray<{ readonly verdict: string | null }>
      readonly warnings: ReadonlyArray<string>
    }) => {
      const { counts } = result
      const bad =
        counts.failed +
        counts.tainted +
        counts.drifted +
        counts.blocked +
        result.finished.filter((task) => task.verdict === "failed").length
      const outcome = interrupted ? ("interrupted" as const) : bad > 0 ? ("failed" as const) : ("succeeded" as const)
      return {
        event: "run-finished" as const,
        run: id,
        outcome,
        counts,
        warnings: [...result.warnings, ...states.warnings().map((warning) => warning.message)],
        ms: Math.round(performance.now() - began),
        exit: outcome === "interrupted" ? 130 : outcome === "failed" ? 1 : 0
      }
    }
    const request = {
      ...assessOptions({ ...options, now }, forced),
      run: id,
      jobs,
      failFast: options.failFast === true,
      selection: selection.closure
    }
    const result = yield* Effect.ensuring(
      runTasks(project, request, tell, (cancelled) => tell(finish(cancelled))),
      Effect.sync(() => rmSync(scratch, { recursive: true, force: true }))
    )
    interrupted = false
    yield* states.flush()
    yield* digests.save()
    const finished = finish(result)
    const unchanged = result.counts.fresh + result.counts.held === result.finished.length && finished.outcome === "succeeded"
    if (!unchanged || states.lastReport()?.outcome !== "succeeded") yield* states.putReport(reportOf(id, at, finished, result.finished))
    tell(finished)
    return { finished, tasks: result.finished }
  })

  return {
    project: project.document,
    plan: (options) =>
      Effect.provide(
        Effect.map(planned(options), ({ tasks }) => planDocument(tasks)),
        reading
      ),
    run: (options, tell) => Effect.provide(Effect.scoped(run(options, tell)), writing),
    why: (task, options) =>
      Effect.provide(
        Effect.gen(function* () {
          const found = findTask(project.graph, task)
          if ("nearest" in found) {
            const near = found.nearest[0] === undefined ? "" : `; did you mean ${found.nearest.join(" or ")}?`
            return yield* new SelectorUnknown({ message: `no task is called ${task}${near}`, selector: task, nearest: [...found.nearest] })
          }
          const { tasks } = yield* planned({ ...options, select: [task] })
          return explain(project, tasks, found.ok)
        }),
        reading
      ),
    status: (options) =>
      Effect.provide(
        Effect.gen(function* () {
          const { tasks, selection } = yield* planned(options)
          const report = (yield* StateStore).lastReport()
          const selected = new Set(selection.selected)
          return statusDocument(
            project,
            tasks.filter((task) => selected.has(task.index)),
            report
          )
        }),
        reading
      ),
    verify: (options, tell) =>
      Effect.provide(
        Effect.gen(function* () {
          const selection = yield* selecting(options.select ?? [], options)
          return yield* verifyTasks(project, selection.closure, { ...assessOptions(options, () => false), paranoid: true }, tell)
        }),
        reading
      ),
    explain: (code) => explanations(project, code)
  }
}

/** Where outputs end up, absolute. */
const finalsOf = ({ tasks, document }: AnalyzedProject): ReadonlyArray<string> =>
  tasks.flatMap((task) =>
    task.outputs.filter(({ kind }) => kind !== "value").map(({ path }) => (isAbsolute(path) ? path : join(document.root, path)))
  )

const reportOf = (
  run: string,
  at: string,
  finished: RunFinished,
  tasks: ReadonlyArray<{
    readonly task: string
    readonly outcome: StoredReport["tasks"][number]["outcome"]
    readonly verdict: StoredReport["tasks"][number]["verdict"]
  }>
): StoredReport => ({
  atlas: "run-report/1",
  run,
  at,
  outcome: finished.outcome,
  tasks: tasks.map(({ task, outcome, verdict }) => ({ task, outcome, verdict }))
})

const statusDocument = (project: AnalyzedProject, planned: ReadonlyArray<Planned>, report: StoredReport | null): StatusDocument => {
  const groups = new Map<string, Array<Planned>>()
  for (const one of [...planned].sort((a, b) => a.index - b.index)) {
    const target = one.document.target
    const group = groups.get(target)
    if (group === undefined) groups.set(target, [one])
    else group.push(one)
  }
  const last = new Map((report?.tasks ?? []).map((task) => [task.task, task]))
  const targets = [...groups].map(([target, members]) => {
    const documents = members.map((member) => member.document)
    const has = (holds: (task: (typeof documents)[number]) => boolean) => documents.some(holds)
    const lastFailed = has((task) => task.decision !== "fresh" && ["failed", "tainted"].includes(last.get(task.task)?.outcome ?? ""))
    const state = has((task) => task.decision === "drifted")
      ? ("drifted" as const)
      : has((task) => task.verdict === "failed") || lastFailed
        ? ("failed" as const)
        : has((task) => task.decision === "stale" || task.decision === "pending" || task.decision === "blocked")
          ? ("stale" as const)
          : has((task) => task.verdict === "waived")
            ? ("waived" as const)
            : ("fresh" as const)
    const order = ["failed", "warned", "waived", "passed"] as const
    const ran = members.some((member) => last.has(member.document.task))
    return {
      target,
      state,
      tasks: countPlan(documents),
      verdict: order.find((verdict) => has((task) => task.verdict === verdict)) ?? null,
      lastRun: report === null || !ran ? null : { run: report.run, at: report.at, outcome: report.outcome }
    }
  })
  return { atlas: "status/1", project: project.document.name, targets, counts: countPlan(planned.map((one) => one.document)) }
}

const explanations = (project: AnalyzedProject, code: string): ReadonlyArray<Explanation> => {
  const found: Array<Explanation> = []
  for (const definition of project.document.definitions) {
    for (const error of definition.errors) if (error.code === code) found.push({ ...error, kind: "error", of: definition.name })
    for (const [name, finding] of Object.entries(definition.findings))
      if (name === code || codeOfFinding(name) === code)
        found.push({
          code: name,
          kind: "finding",
          of: definition.name,
          summary: `a finding of ${definition.name} (${finding.severity})`,
          hint: finding.hint,
          example: null
        })
  }
  return found
}
