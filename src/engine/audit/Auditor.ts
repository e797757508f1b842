/**
 * Executes tasks twice in private folders, watched, and tells what they do that they do not declare. Nothing is recorded, and no final
 * output is touched; what a task writes elsewhere by itself it writes, which is what is to be found out.
 */
import { existsSync, mkdirSync, rmSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { Effect, Exit } from "effect"
import type { AuditDocument, AuditedTask, AuditFinding } from "../../domain/AuditDocument.ts"
import { encodeFailure, type ErrorDocument } from "../../domain/Failure.ts"
import { TaskLost } from "../../domain/Fault.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { ResultDocument, TaskDocument } from "../../domain/TaskDocument.ts"
import { Confinement, type ConfinementShape } from "../../ports/Confinement.ts"
import { firstDifference } from "../../ports/FirstDifference.ts"
import { Lease } from "../../ports/Lease.ts"
import { findStrace, readStrace, type Strace } from "../../ports/Strace.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import type { AssessOptions } from "../assess/Assessor.ts"
import { undeclared } from "./AuditRules.ts"
import { hostDiscoveries, programDiscoveries } from "../assess/Discovered.ts"
import { documentOf, worker } from "../run/Execution.ts"
import { unwrittenProblem } from "../run/Unwritten.ts"
import { type Planned, planTasks } from "../assess/Planner.ts"
import { reachOf } from "./Reach.ts"
import { Upstream } from "../assess/Upstream.ts"

export interface AuditRequest extends AssessOptions {
  readonly run: string
  /** Indices of the graph; `closure` holds all their upstream. */
  readonly selected: Iterable<number>
  readonly closure: Iterable<number>
}

/** One of the two executions. */
interface Execution {
  readonly document: TaskDocument
  readonly result: ResultDocument
  readonly errors: ReadonlyArray<ErrorDocument>
  readonly findings: ReadonlyArray<AuditFinding>
}

const lockWaitMs = 24 * 60 * 60 * 1000

/** Each process writes its calls to `file`. */
const traced = (strace: Strace, file: string): ConfinementShape => ({
  command: (argv) => [...strace.before(file), ...argv],
  host: () => ({ flags: [], before: (only) => strace.before(file, only) })
})

/** Why a task cannot be executed by itself now; null if it can. */
const skipped = (task: ProjectTask, planned: ReadonlyMap<string, Planned>): string | null => {
  if (task.cell !== null) return "it changes a shared place, which is not done for a trial"
  for (const { task: need } of task.needs) {
    const decision = planned.get(need)?.document.decision
    if (decision !== "fresh" && decision !== "held") return `its need ${need} is ${decision ?? "unknown"}: run that first`
  }
  const own = planned.get(task.task)?.assessment.own
  const tool = own?.missingTools[0]
  if (tool !== undefined) return `${tool}, which it runs, is not on PATH`
  return own?.problems[0]?.message ?? null
}

/** `a` of the first execution beside `b` of the second one. */
const nondeterminism = (a: Execution, b: Execution): ReadonlyArray<AuditFinding> => {
  const found: Array<AuditFinding> = []
  for (const [at, output] of a.document.outputs.entries()) {
    const { name, kind } = output
    const other = b.document.outputs[at]
    if (other === undefined) continue
    if (kind === "value") {
      const [first = "", second = ""] = [a.result.values[name], b.result.values[name]]
      if (first === second) continue
      const difference = { output: name, path: "", byte: null, line: { number: 1, first, second } }
      found.push({ kind: "nondeterminism", subject: name, message: `gives another ${name} each time`, difference })
      continue
    }
    const place = firstDifference(output.path, other.path)
    if (place === null) continue
    const where = place.path === "" ? name : `${name}/${place.path}`
    found.push({
      kind: "nondeterminism",
      subject: where,
      message: `writes another ${where} each time`,
      difference: { output: name, ...place }
    })
  }
  if (JSON.stringify(a.result.findings) !== JSON.stringify(b.result.findings))
    found.push({ kind: "nondeterminism", subject: "findings", message: "tells other findings each time" })
  return found
}

const unique = (findings: ReadonlyArray<AuditFinding>): ReadonlyArray<AuditFinding> => [
  ...new Map(findings.map((finding) => [`${finding.kind}\0${finding.subject}`, finding])).values()
]

/** Holds the project's lock meanwhile. `tell` is told of each task once it is audited. */
export const auditTasks = Effect.fnUntraced(function* (
  project: AnalyzedProject,
  { run, selected, closure, ...options }: AuditRequest,
  tell: (task: AuditedTask) => void
) {
  const lease = yield* Lease
  yield* lease.hold({ run, command: "atlas-run audit", timeoutMs: lockWaitMs })
  const { root } = project.document
  const scratch = join(root, ".atlas", "scratch")
  // a run that was killed left it: the next run has to find it
  const others = existsSync(scratch)
  const ours = join(scratch, run)
  const strace = findStrace()
  const work = yield* worker
  const planned = yield* planTasks(project, closure, options)
  const byTask = new Map(planned.map((one) => [project.tasks[one.index]?.task ?? "", one]))
  const upstream = new Upstream(project)
  for (const { index, assessment } of planned)
    upstream.tell(index, { outputs: assessment.outputs, verdict: null, need: (rows) => ({ known: rows }), gate: "open" })

  const execute = Effect.fnUntraced(function* (index: number, task: ProjectTask, { assessment }: Planned, time: number) {
    const folder = join(ours, `${index}.${time}`)
    const outputs = task.outputs
      .filter(({ kind }) => kind !== "value")
      .map(({ name, kind, path }, at) => ({ name, kind, path: join(folder, "outputs", `${at}`, basename(path)) }))
    for (const { path } of outputs) mkdirSync(dirname(path), { recursive: true })
    const own = assessment.own
    const places = { run, own, needs: upstream.documents(index), outputs, scratch: join(folder, "scratch"), cell: null }
    const document = documentOf(project, task, places)
    mkdirSync(document.scratch, { recursive: true })
    const calls = join(folder, "calls")
    const result = yield* work(task, document, () => {}).pipe(
      Effect.provideService(Confinement, strace === null ? null : traced(strace, calls))
    )
    const told = task.command === null ? { told: hostDiscoveries(result) } : programDiscoveries(task.command, document)
    const discovered = "told" in told ? told.told.map(({ path }) => path) : []
    const unwritten = outputs.flatMap((output) => unwrittenProblem(task, { ...output, path: output.path }, output.path))
    const errors = result.errors.length > 0 ? result.errors : unwritten
    const accesses = strace === null || !existsSync(calls) ? [] : readStrace(calls, root)
    const findings = undeclared(accesses, reachOf(project, document, { tools: task.tools, hosted: task.command === null }), {
      root,
      discovered
    })
    return { document, result, errors, findings } satisfies Execution as Execution
  })

  const audit = Effect.fnUntraced(function* (index: number) {
    const task = project.tasks[index] as ProjectTask
    const audited = (outcome: AuditedTask["outcome"], more: Partial<AuditedTask> = {}): AuditedTask => ({
      task: task.task,
      target: task.target,
      stage: task.stage,
      check: task.check,
      outcome,
      because: null,
      findings: [],
      errors: [],
      ...more
    })
    const because = skipped(task, byTask)
    if (because !== null) return audited("skipped", { because })
    const one = byTask.get(task.task)
    if (one === undefined) return audited("skipped", { because: "it was not decided on" })
    const both: Array<Execution> = []
    for (const time of [1, 2]) {
      const exit = yield* Effect.exit(execute(index, task, one, time))
      if (Exit.isFailure(exit)) {
        if (exit.cause.reasons.every(({ _tag }) => _tag === "Interrupt")) return yield* Effect.interrupt
        const [reason] = exit.cause.reasons
        const lost = reason?._tag === "Fail" ? reason.error : new TaskLost({ message: `${task.task} could not be executed` })
        return audited("failed", { errors: [encodeFailure(lost)] })
      }
      both.push(exit.value)
      const findings = unique(both.flatMap((done) => done.findings))
      if (exit.value.errors.length > 0) return audited("failed", { errors: exit.value.errors, findings })
    }
    const [first, second] = both
    const differing = first === undefined || second === undefined ? [] : nondeterminism(first, second)
    const findings = unique([...both.flatMap((done) => done.findings), ...differing])
    return audited(findings.length === 0 ? "clean" : "found", { findings })
  })

  const tasks: Array<AuditedTask> = []
  const every = Effect.forEach(
    Array.from(selected),
    (index) =>
      Effect.map(audit(index), (audited) => {
        rmSync(ours, { recursive: true, force: true })
        tasks.push(audited)
        tell(audited)
      }),
    { discard: true }
  )
  yield* Effect.ensuring(
    every,
    Effect.sync(() => rmSync(others ? ours : scratch, { recursive: true, force: true }))
  )
  const counts = { clean: 0, found: 0, failed: 0, skipped: 0 }
  for (const { outcome } of tasks) counts[outcome]++
  return {
    atlas: "audit/1",
    project: project.document.name,
    ok: counts.found + counts.failed === 0,
    tracer: strace?.name ?? null,
    tasks,
    counts
  } satisfies AuditDocument as AuditDocument
})
