/** A project that was opened: what each command of the facade does with it. */
import { hash } from "node:crypto"
import { existsSync, rmSync } from "node:fs"
import { availableParallelism, hostname } from "node:os"
import { isAbsolute, join } from "node:path"
import { Effect, Layer } from "effect"
import { encode } from "../fast/Columns.ts"
import type { Selection } from "../core/Selection.ts"
import type { StateWord } from "../core/Selector.ts"
import { SelectorUnknown } from "../domain/EngineErrors.ts"
import type { PlanDocument, RunEvent, RunFinished } from "../domain/RunDocuments.ts"
import { Cache } from "../ports/Cache.ts"
import { openClosures } from "../ports/Closures.ts"
import { ContentDigests } from "../ports/ContentDigests.ts"
import { FileDigests } from "../ports/FileDigests.ts"
import { Host } from "../ports/Host.ts"
import { Lease } from "../ports/Lease.ts"
import { Observations } from "../ports/Observations.ts"
import { Outputs } from "../ports/Outputs.ts"
import { Programs } from "../ports/Programs.ts"
import { writeRecordFile } from "../ports/RecordFile.ts"
import { RunRecords } from "../ports/RunRecords.ts"
import { StateStore } from "../ports/StateStore.ts"
import { TaskLogs } from "../ports/TaskLogs.ts"
import type { AnalyzedProject } from "./project/Analyzer.ts"
import { adoptTasks } from "./upkeep/Adopter.ts"
import type { AdoptOptions, AdoptTell, RunOptions, SelectOptions, Session } from "./Commands.ts"
import type { AssessOptions } from "./assess/Assessor.ts"
import { collect, pinnedKeys } from "./upkeep/Collector.ts"
import { explanations } from "./why/Explainer.ts"
import { diffDocument, historyOf, recordNamed, whyInRun } from "./why/History.ts"
import { countPlan, type Planned, planTasks } from "./assess/Planner.ts"
import { jobsWithin, machineMemoryMiB, tooLarge } from "./run/Resources.ts"
import { runTasks } from "./run/Runner.ts"
import { cacheFootprint } from "./upkeep/Footprint.ts"
import { withFormerNames } from "./why/Renamed.ts"
import { openNotes } from "./run/RunNotes.ts"
import { asksStates, selectGrown, selectTasks, taskIndex } from "./Selecting.ts"
import { record } from "./standing/Record.ts"
import { type Elsewhere, freshElsewhere, listedOf, stillTraced } from "./standing/Elsewhere.ts"
import { type Ended, loginName, newRun, reportOf, runFinished } from "./run/RunEnds.ts"
import { sandboxed } from "./run/Sandbox.ts"
import { statusDocument } from "./why/Status.ts"
import { holdTold } from "./run/Waiting.ts"
import { auditTasks } from "./audit/Auditor.ts"
import { verifyTasks } from "./upkeep/Verifier.ts"
import { graphDocument, logsDocument, showDocument } from "./why/Views.ts"
import { whyTask } from "./why/Why.ts"
import { watchedPlaces } from "./watch/WatchedPlaces.ts"

const today = (): string => new Date().toISOString().slice(0, 10)

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
export const sessionOf = ({ project, elsewhere, kept }: Opened, host: (jobs: number) => Layer.Layer<Host>): Session => {
  const { root, name } = project.document
  const state = join(root, ".atlas")
  const reading = Layer.mergeAll(
    FileDigests.layerReadOnly(state),
    StateStore.layer(state),
    ContentDigests.layerReadOnly(state),
    Observations.layerReadOnly(state),
    RunRecords.layer(state),
    TaskLogs.layer(state),
    host(availableParallelism())
  )
  const writing = (jobs = availableParallelism(), cached = true) =>
    Layer.mergeAll(
      cached ? Cache.layer(state) : Cache.layerOff,
      FileDigests.layer(state),
      StateStore.layer(state),
      ContentDigests.layer(state),
      Observations.layer(state),
      RunRecords.layer(state),
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
        ((outcome?.outcome === word || outcome?.verdict === word) && word !== "fresh" && document?.decision !== "fresh")
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

  const adopt = Effect.fnUntraced(function* ({ because, by = loginName(), ...options }: AdoptOptions, tell?: AdoptTell) {
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
      adoptTasks(project, {
        ...assessOptions(options, () => false),
        run: id,
        because,
        by,
        host: hostname(),
        at,
        selected,
        closure,
        ...(tell === undefined ? {} : { tell })
      }),
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
    yield* holdTold(lease, { run: id, command: "atlas-run run", timeoutMs: lockWaitMs }, options.waiting)
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
    const jobs = jobsWithin(options.jobs ?? availableParallelism())
    const memoryMiB = options.memoryMiB ?? machineMemoryMiB()
    const refused = tooLarge(project, selection.closure, { memoryMiB })
    if (refused !== null) return yield* refused
    // what only --memory lets through is for a run that is given it again
    const fits = tooLarge(project, selection.closure, { memoryMiB: machineMemoryMiB() }) === null
    const touched = new Set(Array.from(selection.closure, (index) => project.tasks[index]?.target))
    const away = elsewhere === null ? null : freshElsewhere(elsewhere)
    const targets =
      elsewhere?.looked.columns.header.targets ?? project.document.targets.filter((target) => touched.has(target.target)).length
    const tasks = selection.closure.length + (away?.tasks ?? 0)
    const started = { event: "run-started", atlas: "run/1", run: id, project: name, targets, tasks, jobs, now } as const
    tell(started)
    const notes = openNotes(yield* RunRecords, { run: id, at, project: name, jobs, now }, options, project.document.config)
    /** With what went wrong with the record of this run. */
    const noted = (finished: RunFinished): RunFinished => {
      const problem = notes.end(finished)
      return problem === null ? finished : { ...finished, warnings: [...finished.warnings, problem] }
    }
    for (const { event } of away?.told ?? []) tell(event)
    let interrupted = true
    const finish = (result: Ended, leaks = 0): RunFinished => {
      const warnings = [...result.warnings, ...states.warnings().map(({ message }) => message)]
      return runFinished({ ...result, warnings }, leaks, { run: id, away, interrupted, began })
    }
    const request = {
      ...assessOptions({ ...options, now }, forced),
      run: id,
      jobs,
      memoryMiB,
      failFast: options.failFast === true,
      selection: selection.closure,
      again: (grown: AnalyzedProject, gone: ReadonlySet<number>) => {
        const named = (before: Iterable<number>, words: ReadonlyArray<string>) =>
          selectGrown(project, before, { project: grown, gone }, words)
        const asForced = new Set((options.force ?? []).length === 0 ? [] : project.graph.order.filter(forced))
        const stillForced = asForced.size === 0 ? asForced : named(asForced, options.force ?? []).selected
        return { selection: named(selection.selected, options.select ?? []).closure, forced: (task: number) => stillForced.has(task) }
      },
      note: notes.note
    }
    const result = yield* Effect.ensuring(
      runTasks(project, request, tell, (cancelled) => tell(noted(finish(cancelled)))),
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
    const finished = noted(finish({ ...result, warnings }, leaks.length))
    const unchanged = result.counts.fresh + result.counts.held === result.finished.length && finished.outcome === "succeeded"
    if (!unchanged || states.lastReport()?.outcome !== "succeeded")
      yield* states.putReport(reportOf(id, at, finished, result.finished, elsewhere !== null))
    tell(finished)
    const whole = (options.select ?? []).length === 0 && options.now === undefined && options.record !== false && undisturbed && fits
    const { rests, project: ended } = result
    const rested = whole && leaks.length === 0 ? yield* record({ project: ended, elsewhere, kept, state, rests, now }) : null
    yield* digests.save()
    yield* (yield* ContentDigests).save()
    yield* (yield* Observations).save()
    const counted = { ...started, tasks: ended.tasks.length + (away?.tasks ?? 0) }
    return {
      finished,
      tasks: result.finished,
      record: () => notes.record(finished),
      stands: rested === null ? null : { ...rested, started: counted }
    }
  })

  return {
    project: project.document,
    listed: listedOf(project, elsewhere),
    // `try`: what the disk throws is no defect, since without the record the next run only takes longer
    remember: ({ header, expected }, answer, plan) =>
      Effect.try(() => {
        const planned = plan === null ? null : Buffer.from(JSON.stringify(plan))
        const bytes = encode({ ...header, answer, plan: planned === null ? header.plan : hash("sha256", planned) }, expected)
        if (bytes === null) return
        if (planned !== null) writeRecordFile(state, "plan", planned)
        writeRecordFile(state, "fast", bytes)
      }).pipe(Effect.ignore),
    plan: (options) =>
      Effect.provide(
        Effect.map(
          Effect.flatMap(planned(options), ({ tasks }) => withFormerNames(project, tasks)),
          planDocument
        ),
        reading
      ),
    run: (options, tell) =>
      Effect.scoped(run(options, tell)).pipe(
        sandboxed(project, options.sandbox === true),
        Effect.provide(writing(options.jobs, options.cache !== false))
      ),
    watched: (options) =>
      StateStore.use(({ get }) =>
        Effect.map(selecting(options.select ?? [], options), ({ closure }) => watchedPlaces(project, closure, get))
      ).pipe(Effect.provide(reading)),
    why: (task, options) =>
      Effect.provide(
        Effect.gen(function* () {
          if (options.run !== undefined) return yield* whyInRun(task, options.run, project.graph.indexOf.has(task))
          const index = yield* taskIndex(project, task)
          const { tasks } = yield* planned({ ...options, select: [task] })
          return yield* whyTask(project, tasks, index, {
            state,
            paranoid: options.paranoid === true,
            compare: options.compare ?? null
          })
        }),
        reading
      ),
    history: (options) =>
      Effect.provide(
        historyOf(project, options, (words) => selecting(words, options)),
        reading
      ),
    runDiff: (older, newer) => Effect.provide(diffDocument(name, older, newer), reading),
    record: (run) => Effect.provide(recordNamed(run), reading),
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
    audit: (options, tell) =>
      selecting(options.select ?? [], options).pipe(
        Effect.flatMap((selection) => auditTasks(project, { ...assessOptions(options, () => false), ...selection, run: newRun() }, tell)),
        Effect.scoped,
        Effect.provide(writing(1, false))
      ),
    adopt: (options, tell) => Effect.provide(Effect.scoped(adopt(options, tell)), writing()),
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
    cacheStats: () => Effect.provide(cacheFootprint(project.document, state), [Cache.layer(state), StateStore.layer(state)]),
    explain: (code) => explanations(project, code)
  }
}

/** Where outputs end up, absolute. */
const finalsOf = ({ tasks, document }: AnalyzedProject): ReadonlyArray<string> =>
  tasks.flatMap((task) =>
    task.outputs.filter(({ kind }) => kind !== "value").map(({ path }) => (isAbsolute(path) ? path : join(document.root, path)))
  )
