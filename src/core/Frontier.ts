/**
 * The states of the tasks of one run, and nothing else: `waiting → ready → running → settled`, tasks outside of the selection never
 * move. A task is ready once all its needs and gates in the selection are settled, whatever their outcome: what a bad outcome means
 * for it is decided by `decide`. No clock, no I/O; all settling together visits each edge once.
 */
import { IntHeap } from "./IntHeap.ts"
import type { TaskGraph } from "./TaskGraph.ts"

export type TaskState = "outside" | "waiting" | "ready" | "running" | "settled"

const Outside = 0
const Waiting = 1
const Ready = 2
const Running = 3
const Settled = 4
const names: ReadonlyArray<TaskState> = ["outside", "waiting", "ready", "running", "settled"]

/** Every task once, and the place of each: who goes first among those that are ready. */
export type Order = Pick<TaskGraph, "order" | "rank">

export class Frontier<Outcome> {
  readonly #graph: TaskGraph
  readonly #first: Order
  readonly #state: Uint8Array
  readonly #open: Int32Array
  readonly #outcomes: Array<Outcome | undefined>
  /** Ranks of ready tasks, and of some that have moved on since. */
  readonly #queue: IntHeap
  readonly #counts = [0, 0, 0, 0, 0]

  constructor(graph: TaskGraph, selection: Iterable<number>, first: Order = graph) {
    const { size, upstream } = graph
    this.#graph = graph
    this.#first = first
    this.#state = new Uint8Array(size)
    this.#open = new Int32Array(size)
    this.#outcomes = Array.from({ length: size }, () => undefined)
    this.#queue = new IntHeap(Math.min(size, 1024))
    this.#counts[Outside] = size
    for (const task of selection) if (task >= 0 && task < size && this.#state[task] === Outside) this.#move(task, Waiting)
    for (let task = 0; task < size; task++) {
      if (this.#state[task] !== Waiting) continue
      let open = 0
      for (let e = upstream.start[task] as number; e < (upstream.start[task + 1] as number); e++)
        if (this.#state[upstream.task[e] as number] !== Outside) open++
      this.#open[task] = open
    }
    for (let task = 0; task < size; task++) if (this.#state[task] === Waiting && this.#open[task] === 0) this.#enqueue(task)
  }

  #move(task: number, to: number): void {
    const from = this.#state[task] as number
    this.#counts[from] = (this.#counts[from] as number) - 1
    this.#counts[to] = (this.#counts[to] as number) + 1
    this.#state[task] = to
  }

  #enqueue(task: number): void {
    this.#move(task, Ready)
    this.#queue.push(this.#first.rank[task] as number)
  }

  stateOf(task: number): TaskState {
    return names[this.#state[task] ?? Outside] as TaskState
  }

  /** Undefined until the task is settled. */
  outcomeOf(task: number): Outcome | undefined {
    return this.#outcomes[task]
  }

  get ready(): number {
    return this.#counts[Ready] as number
  }

  get running(): number {
    return this.#counts[Running] as number
  }

  /** Tasks of the selection that are not settled. */
  get remaining(): number {
    return (this.#counts[Waiting] as number) + this.ready + this.running
  }

  get isDone(): boolean {
    return this.remaining === 0
  }

  /** The ready task that comes first in the order, now running; -1 if none is ready. */
  takeReady(): number {
    for (let rank = this.#queue.pop(); rank >= 0; rank = this.#queue.pop()) {
      const task = this.#first.order[rank] as number
      if (this.#state[task] !== Ready) continue
      this.#move(task, Running)
      return task
    }
    return -1
  }

  /**
   * Settles a running task, or a ready one that needs no running. Returns the tasks that became ready by it, in declared order;
   * null, changing nothing, if the task is in any other state.
   */
  settle(task: number, outcome: Outcome): ReadonlyArray<number> | null {
    const state = this.#state[task]
    if (state !== Running && state !== Ready) return null
    this.#move(task, Settled)
    this.#outcomes[task] = outcome
    const { dependents } = this.#graph
    const woken: Array<number> = []
    for (let e = dependents.start[task] as number; e < (dependents.start[task + 1] as number); e++) {
      const to = dependents.task[e] as number
      if (this.#state[to] !== Waiting) continue
      const open = (this.#open[to] as number) - 1
      this.#open[to] = open
      if (open > 0) continue
      this.#enqueue(to)
      woken.push(to)
    }
    return woken
  }

  /** Gives back a running task that could not go on yet (no resources, a lease held elsewhere): it is ready again. False if it is not running. */
  putBack(task: number): boolean {
    if (this.#state[task] !== Running) return false
    this.#enqueue(task)
    return true
  }

  /**
   * Takes over the states of `before`, whose graph had the same tasks at the same places and whose settled and running tasks wait for
   * nothing that is new here. `besides` are running there and settled here.
   */
  takeOver(before: Frontier<Outcome>, besides: ReadonlyMap<number, Outcome>): void {
    for (const task of this.#graph.order) {
      const outcome = besides.get(task) ?? before.#outcomes[task]
      if (outcome !== undefined) this.settle(task, outcome)
      else if (before.#state[task] === Running && this.#state[task] === Ready) this.#move(task, Running)
    }
  }

  /** Settles all that has not begun (`--fail-fast`, a signal). Running tasks stay. Returns them in the graph's order. */
  cancelRest(outcome: Outcome): ReadonlyArray<number> {
    const cancelled: Array<number> = []
    for (const task of this.#graph.order) {
      if (this.#state[task] !== Waiting && this.#state[task] !== Ready) continue
      this.#move(task, Settled)
      this.#outcomes[task] = outcome
      cancelled.push(task)
    }
    return cancelled
  }
}

/** All tasks of `selection` (indices) waiting or ready. Selections usually are closed upwards: `Selection.closure`. */
export const start = <Outcome>(graph: TaskGraph, selection: Iterable<number>, first?: Order): Frontier<Outcome> =>
  new Frontier(graph, selection, first)
