/** A project that was opened: what each command of the facade does with it. */
import { hash, randomBytes } from "node:crypto"
import { existsSync, rmSync } from "node:fs"
import { availableParallelism, hostname, userInfo } from "node:os"
import { isAbsolute, join } from "node:path"
import { Effect, Layer } from "effect"
import { encode } from "../fast/Columns.ts"
import { findTask, type Selection } from "../core/Selection.ts"
import type { StateWord } from "../core/Selector.ts"
import { SelectorUnknown } from "../domain/EngineErrors.ts"
import type { PlanDocument, RunEvent, RunFinished } from "../domain/RunDocuments.ts"
import type { RunReport as StoredReport } from "../domain/RunReport.ts"
import { Cache } from "../ports/Cache.ts"
import { openClosures } from "../ports/Closures.ts"
import { FileDigests } from "../ports/FileDigests.ts"
import { Host } from "../ports/Host.ts"
import { Lease } from "../ports/Lease.ts"
import { Outputs } from "../ports/Outputs.ts"
import { Programs } from "../ports/Programs.ts"
import { writeRecordFile } from "../ports/RecordFile.ts"
import { StateStore } from "../ports/StateStore.ts"
import { TaskLogs } from "../ports/TaskLogs.ts"
import type { AnalyzedProject } from "./Analyzer.ts"
import { adoptTasks } from "./Adopter.ts"
import type { AdoptOptions, RunOptions, SelectOptions, Session } from "./Commands.ts"
import type { AssessOptions } from "./Assessor.ts"
import { collect, pinnedKeys } from "./Collector.ts"
import { explain, explanations } from "./Explainer.ts"
import { countPlan, type Planned, planTasks } from "./Planner.ts"
import { runTasks } from "./Runner.ts"
import { asksStates, selectTasks } from "./Selecting.ts"
import { record } from "./Record.ts"
import { type Elsewhere, freshElsewhere, stillTraced } from "./Elsewhere.ts"
import { statusDocument } from "./Status.ts"
import { verifyTasks } from "./Verifier.ts"
import { graphDocument, logsDocument, showDocument } from "./Views.ts"
import { watchedPlaces } from "./WatchedPlaces.ts"

const today = (): string => new Date().toISOString().slice(0, 10)

/** Sorts by time, unique without a registry. */
const newRun = (): string => `${new Date().toISOString().replace(/[-:]/g, "").slice(0, 15)}-${randomBytes(4).toString("hex")}`

/** The user's login name, where the system knows it. */
const loginName = (): string => {
  try {
    return userInfo().username
  } catch {
    return "unknown"
  }
}

const lockWaitMs = 24 * 60 * 60 * 1000

const all = (project: AnalyzedProject): Selection => ({ selected: project.graph.order, closure: project.graph.order })

/** A project, or the part of it that a look at its record left open. */
export interface Opened {
  readonly project: AnalyzedProject
  readonly elsewhere: Elsewhere | null
  /** Seal of the kept document that it was opened from; null if it was evaluated. */
  readonly kept: string | null
}

/** The commands of one project; `host` makes what runs its code, with so many tasks at one time. */
export const openSession = ({ project, elsewhere, kept }: Opened, host: (jobs: number) => Layer.Layer<Host>): Session => {
  const { root, name } = project.document
  const state = join(root, ".atlas")
  const reading = Layer.mergeAll(
    FileDigests.layerReadOnly(state),
    StateStore.layer(state),
    TaskLogs.layer(state),
    host(availableParallelism())
  )
  const writing = (jobs = availableParallelism(), cached = true) =>
    Layer.mergeAll(
      cached ? Cache.layer(state) : Cache.layerOff,
      FileDigests.layer(state),
      StateStore.layer(state),
      TaskLogs.layer(state),
      Lease.layer(state),
      Outputs.layer,
      Programs.layer,
      host(jobs)
    )

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

  const adopt = Effect.fnUntraced(function* ({ because, by = loginName(), ...options }: AdoptOptions) {
    const id = newRun()
    const lease = yield* Lease
    yield* lease.hold({ run: id, command: "atlas-run adopt", timeoutMs: lockWaitMs })
    const scratch = join(state, "scratch")
    if (existsSync(scratch)) {
      yield* (yield* Outputs).recover(finalsOf(project))
      rmSync(scratch, { recursive: true, force: true })
    }
    const { selected, closure } = yield* selecting(options.select ?? [], options)
    const at = new Date().toISOString()
    return yield* Effect.ensuring(
      adoptTasks(project, { ...assessOptions(options, () => false), run: id, because, by, host: hostname(), at, selected, closure }),
      Effect.sync(() => rmSync(scratch, { recursive: true, force: true }))
    )
  })

  const run = Effect.fnUntraced(function* (options: RunOptions, tell: (event: RunEvent) => void) {
    const began = performance.now()
    const id = newRun()
    const at = new Date().toISOString()
    const lease = yield* Lease
    const states = yield* StateStore
    const digests = yield* FileDigests
    const outputs = yield* Outputs
    yield* lease.hold({ run: id, command: "atlas-run run", timeoutMs: lockWaitMs })
    // else what was found of the parts that were left alone may be past
    const undisturbed = elsewhere === null || stillTraced(elsewhere)
    const scratch = join(state, "scratch")
    if (existsSync(scratch)) {
      // only a run that was killed leaves it; what it left of other tasks is for a run that knows them
      yield* outputs.recover(finalsOf(project))
      if (elsewhere === null) rmSync(scratch, { recursive: true, force: true })
    }
    const ours = join(scratch, id)
    const others = existsSync(scratch)
    const cache = yield* Cache
    cache.pin(() => pinnedKeys(elsewhere?.whole() ?? project.document, states.get))
    const selection = yield* selecting(options.select ?? [], options)
    const forced = yield* forcing(options.force ?? [], options)
    const now = options.now ?? today()
    const jobs = options.jobs ?? availableParallelism()
    const touched = new Set(Array.from(selection.closure, (index) => project.tasks[index]?.target))
    const away = elsewhere === null ? null : freshElsewhere(elsewhere)
    const targets =
      elsewhere?.looked.columns.header.targets ?? project.document.targets.filter((target) => touched.has(target.target)).length
    const tasks = selection.closure.length + (away?.tasks ?? 0)
    const started = { event: "run-started", atlas: "run/1", run: id, project: name, targets, tasks, jobs, now } as const
    tell(started)
    for (const { event } of away?.told ?? []) tell(event)
    let interrupted = true
    const finish = (
      result: {
        readonly counts: RunFinished["counts"]
        readonly finished: ReadonlyArray<{ readonly verdict: string | null }>
        readonly warnings: ReadonlyArray<string>
      },
      leaks = 0
    ) => {
      const held = away?.told.filter(({ event }) => event.outcome === "held").length ?? 0
      const counts = { ...result.counts, fresh: result.counts.fresh + (away?.tasks ?? 0) - held, held: result.counts.held + held }
      const bad =
        leaks +
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
      Effect.sync(() => rmSync(others ? ours : scratch, { recursive: true, force: true }))
    )
    interrupted = false
    const leaks = yield* (yield* Host).leaks
    // what was recorded of a task that broke after its end is not to be believed
    for (const { task } of leaks) if (task !== undefined) yield* states.remove(task)
    if (result.counts.executed > 0) yield* openClosures(state).keep(project.closures.all())
    yield* states.flush()
    yield* cache.note(id)
    const warnings = [
      ...result.warnings,
      ...cache.warnings(),
      ...leaks.map(({ code, task, message }) => `${code} ${task ?? ""}: ${message}`)
    ]
    const finished = finish({ ...result, warnings }, leaks.length)
    const unchanged = result.counts.fresh + result.counts.held === result.finished.length && finished.outcome === "succeeded"
    if (!unchanged || states.lastReport()?.outcome !== "succeeded")
      yield* states.putReport(reportOf(id, at, finished, result.finished, elsewhere !== null))
    tell(finished)
    const whole = (options.select ?? []).length === 0 && options.now === undefined && options.record !== false && undisturbed
    const { rests } = result
    const rested = whole && leaks.length === 0 ? yield* record({ project, elsewhere, kept, state, rests, now }) : null
    yield* digests.save()
    return { finished, tasks: result.finished, stands: rested === null ? null : { ...rested, started } }
  })

  return {
    project: project.document,
    listed: listedOf(project, elsewhere),
    remember: ({ header, expected }, answer, plan) =>
      Effect.sync(() => {
        const planned = plan === null ? null : Buffer.from(JSON.stringify(plan))
        const bytes = encode({ ...header, answer, plan: planned === null ? header.plan : hash("sha256", planned) }, expected)
        if (bytes === null) return
        if (planned !== null) writeRecordFile(state, "plan", planned)
        writeRecordFile(state, "fast", bytes)
      }).pipe(Effect.ignore),
    plan: (options) =>
      Effect.provide(
        Effect.map(planned(options), ({ tasks }) => planDocument(tasks)),
        reading
      ),
    run: (options, tell) => Effect.provide(Effect.scoped(run(options, tell)), writing(options.jobs, options.cache !== false)),
    watched: (options) =>
      Effect.provide(
        Effect.map(selecting(options.select ?? [], options), ({ closure }) => watchedPlaces(project, closure)),
        reading
      ),
    why: (task, options) =>
      Effect.provide(
        Effect.gen(function* () {
          const index = yield* taskIndex(project, task)
          const { tasks } = yield* planned({ ...options, select: [task] })
          return explain(project, tasks, index)
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
    adopt: (options) => Effect.provide(Effect.scoped(adopt(options)), writing()),
    graph: (options) =>
      Effect.provide(
        Effect.map(planned(options), ({ tasks }) => graphDocument(project, tasks)),
        reading
      ),
    show: (task, options) =>
      Effect.provide(
        Effect.gen(function* () {
          const index = yield* taskIndex(project, task)
          const { tasks } = yield* planned({ ...options, select: [task] })
          const states = yield* StateStore
          const log = (yield* TaskLogs).read(task)
          const subject = tasks.find((one) => one.index === index) as Planned
          return showDocument(project, subject, { traceOf: states.get, report: states.lastReport(), log })
        }),
        reading
      ),
    logs: (task) =>
      Effect.provide(
        Effect.gen(function* () {
          yield* taskIndex(project, task)
          return logsDocument(project, task, (yield* StateStore).get(task), (yield* TaskLogs).read(task))
        }),
        reading
      ),
    gc: (options) =>
      Effect.provide(Effect.scoped(collect(project.document, { ...options, run: newRun(), state })), [
        options.dryRun === true ? FileDigests.layerReadOnly(state) : FileDigests.layer(state),
        StateStore.layer(state),
        Lease.layer(state),
        Outputs.layer,
        Cache.layer(state)
      ]),
    cacheStats: () =>
      Effect.provide(
        Cache.use((cache) => cache.stats()),
        Cache.layer(state)
      ),
    explain: (code) => explanations(project, code)
  }
}

/** The task of that id, or the names that may have been meant. */
const taskIndex = (project: AnalyzedProject, task: string): Effect.Effect<number, SelectorUnknown> => {
  const found = findTask(project.graph, task)
  if ("ok" in found) return Effect.succeed(found.ok)
  const near = found.nearest[0] === undefined ? "" : `; did you mean ${found.nearest.join(" or ")}?`
  return Effect.fail(new SelectorUnknown({ message: `no task is called ${task}${near}`, selector: task, nearest: [...found.nearest] }))
}

/** Where outputs end up, absolute. */
const finalsOf = ({ tasks, document }: AnalyzedProject): ReadonlyArray<string> =>
  tasks.flatMap((task) =>
    task.outputs.filter(({ kind }) => kind !== "value").map(({ path }) => (isAbsolute(path) ? path : join(document.root, path)))
  )

/** Tasks of the opened part among those that are told of elsewhere. */
const listedOf = (project: AnalyzedProject, elsewhere: Elsewhere | null): Session["listed"] => {
  if (elsewhere === null) return project.tasks
  const away = freshElsewhere(elsewhere).told.map(({ index, event: { task, target } }) => [index, { task, target, inputs: [] }] as const)
  const here = project.tasks.map((task, at) => [elsewhere.indices[at] as number, task] as const)
  return [...away, ...here].sort(([a], [b]) => a - b).map(([, task]) => task)
}

const reportOf = (
  run: string,
  at: string,
  finished: RunFinished,
  tasks: ReadonlyArray<{
    readonly task: string
    readonly outcome: StoredReport["tasks"][number]["outcome"]
    readonly verdict: StoredReport["tasks"][number]["verdict"]
  }>,
  othersFresh: boolean
): StoredReport => ({
  atlas: "run-report/1",
  run,
  at,
  outcome: finished.outcome,
  tasks: tasks.map(({ task, outcome, verdict }) => ({ task, outcome, verdict })),
  ...(othersFresh ? { others: "fresh" as const } : {})
})
