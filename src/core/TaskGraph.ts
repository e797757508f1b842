/**
 * The graph of tasks as index arrays: task `i` is the i-th declared. An edge list of task `i` is the part of `…Task` from `…Start[i]`
 * to `…Start[i + 1]`. Built once, never changed; no step recurses or allocates per edge.
 */
import { type Cycle, findCycles } from "./Cycles.ts"
import { IntHeap } from "./IntHeap.ts"
import { nearest } from "./Nearest.ts"

export interface GraphTask {
  readonly task: string
  /** Edges that carry outputs; several may share a name (a fan-in). */
  readonly needs: ReadonlyArray<{ readonly name: string; readonly task: string }>
  /** Edges that only permit. */
  readonly gates: ReadonlyArray<string>
}

/** One direction of edges, by task index. */
export interface Edges {
  readonly start: Int32Array
  readonly task: Int32Array
}

export interface TaskGraph {
  readonly size: number
  readonly tasks: ReadonlyArray<string>
  readonly indexOf: ReadonlyMap<string, number>
  /** In declared order, one for each declared need or gate. */
  readonly needs: Edges
  readonly gates: Edges
  /** Needs and gates together, each task once. */
  readonly upstream: Edges
  /** Who needs or is gated by a task, each once, in declared order. */
  readonly dependents: Edges
  /** Every task after all of its upstream; among those that could come next, the first declared. */
  readonly order: Int32Array
  /** Position of each task in `order`. */
  readonly rank: Int32Array
}

export type GraphProblem =
  | { readonly problem: "duplicate-task"; readonly task: string }
  | {
      readonly problem: "unknown-need"
      readonly task: string
      /** How the definition calls the need; null for a gate. */
      readonly name: string | null
      readonly via: "need" | "gate"
      readonly unknown: string
      readonly nearest: ReadonlyArray<string>
    }
  | ({ readonly problem: "cycle" } & Cycle)

/** Unknown names beyond this many are reported without suggestions. */
const Suggested = 20

/** The tasks that edges of `task` lead to. */
export const edgesOf = (edges: Edges, task: number): Int32Array =>
  edges.task.subarray(edges.start[task] as number, edges.start[task + 1] as number)

/** The same edges, seen from their other end; each list in ascending order. */
const reversed = (edges: Edges, size: number): Edges => {
  const start = new Int32Array(size + 1)
  for (const to of edges.task) start[to + 1] = (start[to + 1] as number) + 1
  for (let i = 0; i < size; i++) start[i + 1] = (start[i + 1] as number) + (start[i] as number)
  const next = start.slice(0, size)
  const task = new Int32Array(edges.task.length)
  for (let i = 0; i < size; i++)
    for (let e = edges.start[i] as number; e < (edges.start[i + 1] as number); e++) {
      const to = edges.task[e] as number
      const slot = next[to] as number
      task[slot] = i
      next[to] = slot + 1
    }
  return { start, task }
}

/** Fewer entries than `size` if there are cycles. */
const ordered = (upstream: Edges, dependents: Edges, size: number): Int32Array => {
  const order = new Int32Array(size)
  let inPlace = true
  for (let i = 0; i < size && inPlace; i++)
    for (let e = upstream.start[i] as number; e < (upstream.start[i + 1] as number); e++)
      if ((upstream.task[e] as number) >= i) inPlace = false
  if (inPlace) return order.map((_, i) => i)
  const waiting = new Int32Array(size)
  const ready = new IntHeap(size)
  for (let i = 0; i < size; i++) {
    waiting[i] = (upstream.start[i + 1] as number) - (upstream.start[i] as number)
    if (waiting[i] === 0) ready.push(i)
  }
  let placed = 0
  for (let task = ready.pop(); task >= 0; task = ready.pop()) {
    order[placed++] = task
    for (let e = dependents.start[task] as number; e < (dependents.start[task + 1] as number); e++) {
      const to = dependents.task[e] as number
      waiting[to] = (waiting[to] as number) - 1
      if (waiting[to] === 0) ready.push(to)
    }
  }
  return order.subarray(0, placed)
}

/** The graph of the declared tasks, or everything that is wrong with them at once. */
export const build = (
  tasks: ReadonlyArray<GraphTask>
): { readonly ok: TaskGraph } | { readonly problems: readonly [GraphProblem, ...ReadonlyArray<GraphProblem>] } => {
  const size = tasks.length
  const problems: Array<GraphProblem> = []
  const indexOf = new Map<string, number>()
  const duplicates = new Set<string>()
  let needCount = 0
  let gateCount = 0
  for (let i = 0; i < size; i++) {
    const { task, needs, gates } = tasks[i] as GraphTask
    needCount += needs.length
    gateCount += gates.length
    if (!indexOf.has(task)) indexOf.set(task, i)
    else if (!duplicates.has(task)) {
      duplicates.add(task)
      problems.push({ problem: "duplicate-task", task })
    }
  }
  const needs = { start: new Int32Array(size + 1), task: new Int32Array(needCount) }
  const gates = { start: new Int32Array(size + 1), task: new Int32Array(gateCount) }
  const upstream = { start: new Int32Array(size + 1), task: new Int32Array(needCount + gateCount) }
  const seenBy = new Int32Array(size)
  let atNeed = 0
  let atGate = 0
  let atUpstream = 0
  let suggested = 0
  const unknown = (task: string, name: string | null, via: "need" | "gate", missing: string): void => {
    const close = suggested++ < Suggested ? nearest(missing, indexOf.keys()) : []
    problems.push({ problem: "unknown-need", task, name, via, unknown: missing, nearest: close })
  }
  for (let i = 0; i < size; i++) {
    const declared = tasks[i] as GraphTask
    for (const need of declared.needs) {
      const to = indexOf.get(need.task)
      if (to === undefined) {
        unknown(declared.task, need.name, "need", need.task)
        continue
      }
      needs.task[atNeed++] = to
      if (seenBy[to] !== i + 1) upstream.task[atUpstream++] = to
      seenBy[to] = i + 1
    }
    for (const gate of declared.gates) {
      const to = indexOf.get(gate)
      if (to === undefined) {
        unknown(declared.task, null, "gate", gate)
        continue
      }
      gates.task[atGate++] = to
      if (seenBy[to] !== i + 1) upstream.task[atUpstream++] = to
      seenBy[to] = i + 1
    }
    needs.start[i + 1] = atNeed
    gates.start[i + 1] = atGate
    upstream.start[i + 1] = atUpstream
  }
  const edges = { start: upstream.start, task: upstream.task.subarray(0, atUpstream) }
  const dependents = reversed(edges, size)
  const order = ordered(edges, dependents, size)
  if (order.length < size) for (const cycle of findCycles(tasks, indexOf, edges)) problems.push({ problem: "cycle", ...cycle })
  const [first, ...rest] = problems
  if (first !== undefined) return { problems: [first, ...rest] }
  const rank = new Int32Array(size)
  for (let at = 0; at < size; at++) rank[order[at] as number] = at
  return { ok: { size, tasks: tasks.map(({ task }) => task), indexOf, needs, gates, upstream: edges, dependents, order, rank } }
}

/** `marked` and all that they need or are gated by, as a mask by task index. */
export const withUpstream = (graph: TaskGraph, marked: Uint8Array): Uint8Array => {
  const mask = marked.slice()
  for (let at = graph.size - 1; at >= 0; at--) {
    const task = graph.order[at] as number
    if (mask[task] === 1) for (const up of edgesOf(graph.upstream, task)) mask[up] = 1
  }
  return mask
}

/** `marked` and all that depends on them, as a mask by task index. */
export const withDependents = (graph: TaskGraph, marked: Uint8Array): Uint8Array => {
  const mask = marked.slice()
  for (const task of graph.order) if (mask[task] === 1) for (const down of edgesOf(graph.dependents, task)) mask[down] = 1
  return mask
}
