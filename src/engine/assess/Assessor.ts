/** Looks at one task: its rows, its trace, its outputs, its cell and its findings, as they are now; then decides. */
import { hash } from "node:crypto"
import { isAbsolute, join } from "node:path"
import { Effect } from "effect"
import { type Cause, sortCauses } from "../../core/Cause.ts"
import { decide, type Decided, hindrances, type OutputsView, type TaskView } from "../../core/Decide.ts"
import { judge, type Judgement } from "../../core/Judge.ts"
import type { ErrorDocument } from "../../domain/Failure.ts"
import type { Finding } from "../../domain/Finding.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { CellObservation, Need, TaskDocument } from "../../domain/TaskDocument.ts"
import type { Trace, TracedOutput } from "../../domain/Trace.ts"
import { absent, FileDigests, type TreeError } from "../../ports/FileDigests.ts"
import { newestOf, rowOf, statOf } from "../../ports/FileStat.ts"
import { openClosures } from "../../ports/Closures.ts"
import { Host } from "../../ports/Host.ts"
import { Observations, type Witness } from "../../ports/Observations.ts"
import { StateStore } from "../../ports/StateStore.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { causesOf, describeChange } from "../closure/Change.ts"
import { isTemplate } from "../project/Expansion.ts"
import { claimsOf } from "../project/Claimed.ts"
import { contentCounter } from "./Contents.ts"
import type { InputLook } from "./Inputs.ts"
import { declaredRows, type OwnRows, ownRows, toolRows } from "./Rows.ts"
import { assessTemplate } from "../project/Template.ts"
import type { Upstream } from "./Upstream.ts"

/** A row younger than this when the observation began may have changed unseen, ns. */
const youngNs = 50_000_000n

/** Rows of `paths`, or none if one of them may have moved since `began` (ms). */
const witnessesOf = (paths: ReadonlyArray<string>, began: number): ReadonlyArray<Witness> => {
  const witnesses: Array<Witness> = []
  for (const path of paths) {
    const stat = statOf(path, false)
    if (stat !== null && newestOf(stat) + youngNs > BigInt(began) * 1_000_000n) return []
    witnesses.push({ path, row: stat === null ? absent : rowOf(stat) })
  }
  return witnesses
}

export interface Assessment {
  readonly decided: Decided
  /** All that keeps it from being fresh, also what the decision hides. */
  readonly hindrances: () => ReadonlyArray<Cause>
  readonly own: OwnRows
  readonly trace: Trace | null
  /** What its needs are handed if nothing runs. */
  readonly outputs: ReadonlyArray<TracedOutput>
  /** Null if the definition reports no findings, or none are known. */
  readonly judgement: Judgement | null
  readonly cell: {
    readonly desired: string | null
    readonly live: CellObservation | null
    /** What proves `live` while it is unchanged; empty where nothing does. */
    readonly witnesses: ReadonlyArray<Witness>
  } | null
  /** Why its cell could not be looked at. */
  readonly errors: ReadonlyArray<ErrorDocument>
}

export interface AssessOptions {
  /** Day of judgement, UTC. */
  readonly now: string
  readonly paranoid: boolean
  readonly forced: (task: number) => boolean
}

export const cellOutputs = (task: ProjectTask, value: string): ReadonlyArray<TracedOutput> =>
  task.outputs.map((output) => ({
    name: output.name,
    kind: "value",
    path: "",
    value,
    digest: `sha256:${hash("sha256", value)}`,
    files: []
  }))

/** The judgement of a task's findings; null where its definition declares none. */
export const judgementOf = (
  project: AnalyzedProject,
  task: ProjectTask,
  findings: ReadonlyArray<Finding>,
  now: string
): Judgement | null => {
  const declared = project.definitions.get(task.definition)?.findings ?? {}
  if (Object.keys(declared).length === 0) return null
  return judge({ findings, declared, severity: task.severity, waivers: task.waivers, now })
}

export const assessor = Effect.fnUntraced(function* (project: AnalyzedProject, { now, paranoid, forced }: AssessOptions) {
  const digests = yield* FileDigests
  const states = yield* StateStore
  const host = yield* Host
  const observations = yield* Observations
  const { root } = project.document
  const tools = toolRows(root, digests)
  const looking: InputLook = { project, digests, trusting: !paranoid, count: yield* contentCounter, claim: claimsOf(project) }

  const treeOf = (path: string) => {
    const hit = paranoid ? null : digests.knownTree(path)
    return hit === null ? (paranoid ? digests.fresh : digests).tree(path) : Effect.succeed(hit)
  }

  /** Declared and recorded outputs beside what is there. */
  const outputsView = Effect.fnUntraced(function* (trace: Trace | null) {
    const missing: Array<string> = []
    const altered: Array<string> = []
    let any = false
    for (const output of trace?.outputs ?? []) {
      if (output.kind === "value") continue
      any = true
      const tree = yield* treeOf(isAbsolute(output.path) ? output.path : join(root, output.path))
      if (tree === absent) missing.push(output.path)
      else if (tree.digest !== output.digest) altered.push(...differences(output, tree.files))
    }
    if (missing.length === 0 && altered.length === 0) return { state: any ? "good" : "none" } satisfies OutputsView
    return { state: "damaged", missing, altered } satisfies OutputsView
  })

  /** What is kept of its cell, while nothing moved that it rests on; else its owner is asked. */
  const observe = Effect.fnUntraced(function* (index: number, task: ProjectTask, upstream: Upstream, { rows }: OwnRows) {
    const began = Date.now()
    const needsKnown = upstream.needs(index).every((need) => "known" in need.state)
    const question = { atlas: "observe/1" as const, ...asked(project, task, upstream.documents(index)), needsKnown }
    const key = hash("sha256", JSON.stringify([question, rows]))
    const seen = paranoid || forced(index) ? null : observations.get(task.task, key)
    if (seen !== null)
      return { desired: seen.value, live: { state: "present" as const, value: seen.value }, witnesses: seen.witnesses, errors: [] }
    const { desired, live, ...answer } = yield* host.observe(question)
    const witnesses = witnessesOf(answer.witnesses, began)
    if (live?.state === "present" && live.value === desired && answer.errors.length === 0)
      observations.put(task.task, key, { value: desired, witnesses })
    return { desired, live, witnesses, errors: answer.errors }
  })

  const closures = openClosures(join(root, ".atlas"))

  /** Says which module changed, and how it is reached, where the code that ran last is still known. */
  const tellCode = (task: ProjectTask, trace: Trace | null, decided: Decided): Decided => {
    if (!decided.causes.some(({ kind }) => kind === "code-changed")) return decided
    const now = project.closures.get(task.definition)
    if (now === undefined) return decided
    const before = trace?.rows.find(({ kind, subject }) => kind === "code" && subject === task.definition)
    const told = causesOf(describeChange(closures.get(before?.value.slice("sha256:".length) ?? ""), now))
    if (told.length === 0) return decided
    const others = decided.causes.filter(({ kind, subject }) => kind !== "code-changed" || subject !== task.definition)
    return { ...decided, causes: sortCauses([...others, ...told]) }
  }

  return (index: number, upstream: Upstream): Effect.Effect<Assessment, TreeError> =>
    Effect.gen(function* () {
      const task = project.tasks[index] as ProjectTask
      if (isTemplate(task)) return assessTemplate(project, task, { needs: upstream.needs(index), gates: upstream.gates(index) })
      const trace = states.get(task.task)
      const discovered = (trace?.rows ?? []).flatMap(({ kind, subject }) => (kind === "discovered" ? [subject] : []))
      const own = yield* ownRows(task, declaredRows(task, project.closures.digest(task.definition)), discovered, looking, tools)
      const needs = upstream.needs(index)
      const gates = upstream.gates(index)
      const lost = needs.some((need) => "failed" in need.state)
      const observed = task.cell === null || lost ? null : yield* observe(index, task, upstream, own)
      const view: TaskView = {
        task: task.task,
        rows: own.rows,
        trace,
        outputs: task.cell === null ? yield* outputsView(trace) : { state: "none" },
        forced: forced(index),
        missingTools: own.missingTools,
        needs,
        gates,
        cell: task.cell === null ? null : { ...task.cell, desired: observed?.desired ?? null, live: observed?.live ?? null }
      }
      const decided = decide(view)
      const applied = observed?.desired ?? trace?.applied ?? null
      return {
        decided: tellCode(task, trace, decided),
        hindrances: () => tellCode(task, trace, { decision: decided.decision, causes: hindrances(view) }).causes,
        own,
        trace,
        outputs: task.cell === null ? (trace?.outputs ?? []) : applied === null ? [] : cellOutputs(task, applied),
        judgement: trace === null ? null : judgementOf(project, task, trace.findings, now),
        cell: observed === null ? null : { desired: observed.desired, live: observed.live, witnesses: observed.witnesses },
        errors: observed?.errors ?? []
      }
    })
})

const absoluteRoots = (task: ProjectTask, root: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(task.roots).map(([name, path]) => [name, isAbsolute(path) ? path : join(root, path)]))

/** The entry that a task of a fan-out is about, where it lies now. */
const itemOf = ({ item }: ProjectTask, needs: ReadonlyArray<Need>): Pick<TaskDocument, "item"> => {
  const path = needs.find(({ part }) => part?.part === "entry")?.outputs[0]?.path
  return item === undefined || path == null ? {} : { item: { name: item, path } }
}

/** What every document that goes to a host says of its task. */
export const asked = ({ document }: AnalyzedProject, task: ProjectTask, needs: ReadonlyArray<Need>) => ({
  task: task.task,
  target: task.target,
  definition: task.definition,
  root: document.root,
  config: document.config,
  subject: task.subject,
  labels: task.labels,
  options: task.options,
  needs,
  roots: absoluteRoots(task, document.root),
  ...itemOf(task, needs)
})

const shown = 8

/** Which files of an output are not as recorded. */
export const differences = (output: TracedOutput, now: ReadonlyArray<TracedOutput["files"][number]>): ReadonlyArray<string> => {
  const then = new Map(output.files.map((file) => [file.path, file]))
  const at = (path: string) => (path === "" ? output.path : `${output.path}/${path}`)
  const paths: Array<string> = []
  for (const file of now) {
    const recorded = then.get(file.path)
    then.delete(file.path)
    if (recorded === undefined || recorded.sha256 !== file.sha256 || recorded.type !== file.type) paths.push(at(file.path))
  }
  for (const path of then.keys()) paths.push(at(path))
  return paths.length > shown
    ? [...paths.slice(0, shown), `${paths.length - shown} more in ${output.path}`]
    : paths.length === 0
      ? [output.path]
      : paths
}
