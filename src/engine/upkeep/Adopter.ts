/** `adopt`: what is there is accepted as good on a person's word, after it was proven as far as its stage can. */
import { hash } from "node:crypto"
import { lstatSync, rmSync } from "node:fs"
import { isAbsolute, join } from "node:path"
import { Effect } from "effect"
import { needRow, sortRows } from "../../core/Rows.ts"
import { plannedGate, plannedNeed } from "../../core/Upstream.ts"
import { encodeFailure, type ErrorDocument } from "../../domain/Failure.ts"
import { AdoptRefused, TaskTainted, TaskTimeout } from "../../domain/Fault.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { AdoptDocument } from "../../domain/RunDocuments.ts"
import type { ResultDocument } from "../../domain/TaskDocument.ts"
import type { Adoption, Trace, TracedOutput } from "../../domain/Trace.ts"
import { absent, FileDigests } from "../../ports/FileDigests.ts"
import { Host } from "../../ports/Host.ts"
import { StateStore } from "../../ports/StateStore.ts"
import { endedAdoptions } from "./Adoptions.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { asked, type Assessment, type AssessOptions, assessor, cellOutputs } from "../assess/Assessor.ts"
import { movedInputs } from "../assess/Inputs.ts"
import { Upstream } from "../assess/Upstream.ts"

export interface AdoptRequest extends AssessOptions {
  readonly run: string
  readonly because: string
  readonly by: string
  readonly host: string
  /** ISO UTC. */
  readonly at: string
  readonly selected: Iterable<number>
  /** `selected` with all their upstream, in the graph's order. */
  readonly closure: Iterable<number>
  /** Told of each task that was asked for, once it is adopted, refused, or found good without. */
  readonly tell?: (done: AdoptDocument["tasks"][number]) => void
}

type Told = AdoptDocument["tasks"][number]
type Answer = { readonly trace: Trace } | { readonly errors: ReadonlyArray<ErrorDocument> }

const refused = (task: ProjectTask, why: string, hint?: string): Answer => ({
  errors: [encodeFailure(new AdoptRefused({ message: `${task.task} cannot be adopted: ${why}`, ...(hint === undefined ? {} : { hint }) }))]
})

/** Why the owner of a cell has nothing that a person could accept; null if it has. */
const cellRefusal = (task: ProjectTask, { decided, cell, errors }: Assessment): Answer | null => {
  const place = task.cell?.cell ?? task.task
  if (errors.length > 0) return { errors }
  if (decided.causes.some(({ kind }) => kind === "conflict"))
    return refused(
      task,
      `${place} never changes, and holds another value`,
      "Publish under a new release; what is published stays as it is."
    )
  if (cell?.live?.state === "damaged")
    return refused(task, `${place} is damaged`, "Move what is damaged out of the shared place, and run the task again.")
  if (decided.decision !== "drifted")
    return refused(task, `${place} was not changed by anyone: it is ${decided.decision}`, "Run the task instead.")
  if (cell?.desired == null) return refused(task, "what it wants there is not known yet", "Run or adopt what it needs first.")
  return null
}

export const adoptTasks = Effect.fnUntraced(function* (project: AnalyzedProject, request: AdoptRequest) {
  const host = yield* Host
  const digests = yield* FileDigests
  const states = yield* StateStore
  const assess = yield* assessor(project, request)
  const upstream = new Upstream(project)
  const { root } = project.document
  const selected = new Set(request.selected)

  const adoptionOf = (desired: string | null, live: string | null): Adoption => {
    const { at, by, host: machine, because } = request
    return { at, by, host: machine, because, desired, live }
  }

  const rowsOf = (index: number, { own }: Assessment) =>
    sortRows([...own.rows, ...upstream.documents(index).flatMap((need) => need.outputs.map((output) => needRow(need, output)))])

  const traceOf = (
    index: number,
    assessment: Assessment,
    more: Pick<Trace, "outputs" | "findings" | "summary" | "applied">,
    adopted: Adoption
  ): Trace => ({
    atlas: "trace/1",
    task: (project.tasks[index] as ProjectTask).task,
    run: request.run,
    at: request.at,
    ms: 0,
    rows: rowsOf(index, assessment),
    ...more,
    adopted,
    ...endedAdoptions(assessment.trace)
  })

  /** Has the stage prove what is there; nothing is written but its scratch folder, which goes away. */
  const prove = Effect.fnUntraced(function* (
    index: number,
    { own, cell }: Assessment,
    outputs: ReadonlyArray<{ readonly name: string; readonly kind: TracedOutput["kind"]; readonly path: string }>
  ) {
    const task = project.tasks[index] as ProjectTask
    const scratch = join(root, ".atlas", "scratch", request.run, `${index}`)
    const empty: ResultDocument = { atlas: "result/1", task: task.task, errors: [], findings: [], values: {}, summary: null }
    const proof = host.execute(
      {
        atlas: "task/1",
        run: request.run,
        purpose: "adopt",
        ...asked(project, task, upstream.documents(index)),
        inputs: own.paths,
        outputs,
        scratch,
        environment: Object.fromEntries(task.environment.map((name) => [name, process.env[name] ?? null])),
        memoryMiB: task.memoryMiB,
        cell: cell?.desired == null || cell.live === null ? null : { desired: cell.desired, live: cell.live }
      },
      () => {}
    )
    return yield* Effect.ensuring(
      Effect.timeoutOrElse(proof, {
        duration: task.timeoutMs,
        orElse: () => {
          const message = `${task.task} was still proving after ${task.timeoutMs.toLocaleString("en")} ms`
          return Effect.succeed<ResultDocument>({
            ...empty,
            errors: [encodeFailure(new TaskTimeout({ message, limitMs: task.timeoutMs }))]
          })
        }
      }),
      Effect.sync(() => rmSync(scratch, { recursive: true, force: true }))
    )
  })

  const adoptCell = Effect.fnUntraced(function* (index: number, assessment: Assessment) {
    const task = project.tasks[index] as ProjectTask
    const refusal = cellRefusal(task, assessment)
    if (refusal !== null) return refusal
    const { desired, live } = assessment.cell as NonNullable<Assessment["cell"]>
    if (desired === null || live?.state !== "present") return refused(task, "there is no value to accept")
    const result = yield* prove(index, assessment, [])
    if (result.errors.length > 0) return { errors: result.errors } satisfies Answer
    const outputs = cellOutputs(task, desired)
    const more = { outputs, findings: [], summary: assessment.trace?.summary ?? null, applied: live.value }
    return { trace: traceOf(index, assessment, more, adoptionOf(desired, live.value)) } satisfies Answer
  })

  const adoptOutputs = Effect.fnUntraced(function* (index: number, assessment: Assessment) {
    const task = project.tasks[index] as ProjectTask
    const { own, decided } = assessment
    const open = upstream.needs(index).find(({ state }) => !("known" in state))
    if (decided.decision === "blocked") return refused(task, "it is blocked", `\`atlas-run why ${task.task}\` says by what.`)
    if (open !== undefined) return refused(task, `its need ${open.task} is not up to date`, "Run or adopt that first.")
    if (task.command !== null) return refused(task, "a program has no way to prove what it did not make")
    if (own.problems.length > 0) return { errors: own.problems } satisfies Answer
    const placed = task.outputs.map(({ name, kind, path }) => ({
      name,
      kind,
      path: kind === "value" ? "" : isAbsolute(path) ? path : join(root, path),
      given: path
    }))
    const gone = placed.find(({ kind, path }) => kind !== "value" && lstatSync(path, { throwIfNoEntry: false }) === undefined)
    if (gone !== undefined) return refused(task, `${gone.given} is not there`)
    const files = placed.filter(({ kind }) => kind !== "value")
    const before = files.map(({ path }) => digests.statTree(path))
    const result = yield* prove(
      index,
      assessment,
      placed.map(({ name, kind, path }) => ({ name, kind, path }))
    )
    if (result.errors.length > 0) return { errors: result.errors } satisfies Answer
    const outputs: Array<TracedOutput> = []
    for (const { name, kind, path, given } of files) {
      const tree = yield* digests.fresh.tree(path)
      if (tree === absent) return refused(task, `${given} is gone`)
      outputs.push({ name, kind, path: given, value: null, digest: tree.digest, files: tree.files })
    }
    for (const { name, kind } of placed) {
      const value = result.values[name]
      if (kind === "value" && value !== undefined)
        outputs.push({ name, kind, path: "", value, digest: `sha256:${hash("sha256", value)}`, files: [] })
    }
    const moved = movedInputs(digests, root, own)[0]
    if (moved !== undefined) {
      const message = `input ${moved.name} changed while ${task.task} was proven`
      return { errors: [encodeFailure(new TaskTainted({ message, where: { path: moved.path }, input: moved.name }))] } satisfies Answer
    }
    if (files.some(({ path }, at) => digests.statTree(path) !== before[at]))
      return refused(task, "its outputs changed while they were proven")
    const more = { outputs, findings: result.findings, summary: result.summary, applied: null }
    return { trace: traceOf(index, assessment, more, adoptionOf(null, null)) } satisfies Answer
  })

  const told: Array<Told> = []
  for (const index of request.closure) {
    const task = project.tasks[index] as ProjectTask
    const assessment = yield* assess(index, upstream)
    const { decision } = assessment.decided
    const good = decision === "fresh" || decision === "held"
    const answer: Answer | null =
      good || !selected.has(index) ? null : yield* task.cell === null ? adoptOutputs(index, assessment) : adoptCell(index, assessment)
    const trace = answer !== null && "trace" in answer ? answer.trace : null
    if (trace !== null) yield* states.put(trace)
    const verdict = assessment.judgement?.verdict ?? null
    upstream.tell(
      index,
      trace === null
        ? {
            outputs: assessment.outputs,
            verdict: good ? verdict : null,
            need: (rows) => plannedNeed(decision, rows),
            gate: plannedGate(decision, good ? verdict : null)
          }
        : { outputs: trace.outputs, verdict: null, need: (rows) => ({ known: rows }), gate: "open" }
    )
    if (!selected.has(index)) continue
    const done: Told = {
      task: task.task,
      target: task.target,
      stage: task.stage,
      check: task.check,
      result: answer === null ? "unchanged" : trace === null ? "refused" : "adopted",
      decision,
      live: trace?.adopted?.live ?? null,
      errors: answer !== null && "errors" in answer ? [...answer.errors] : []
    }
    told.push(done)
    request.tell?.(done)
  }
  yield* states.flush()
  yield* digests.save()
  const document: AdoptDocument = {
    atlas: "adopt/1",
    project: project.document.name,
    ok: told.every(({ result }) => result !== "refused"),
    at: request.at,
    by: request.by,
    because: request.because,
    tasks: told
  }
  return document
})
