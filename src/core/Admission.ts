/**
 * Who may start now: cores, memory and named mutexes of one run. Tasks that have to wait do so in a queue by rank. The first of them
 * that lacks cores or memory has them reserved: others pass it only into room that it will not need once those that run now have
 * ended. A mutex goes to the first that waits for it. So the queue is never stuck, nobody waits for ever, and nothing is over the
 * budget. No clock, no I/O.
 */

export interface Demand {
  readonly cpu: number
  readonly memoryMiB: number
  readonly mutex: ReadonlyArray<string>
}

export interface Budget {
  /** Whole cores, at least 1. */
  readonly cpu: number
  readonly memoryMiB: number
}

interface Room {
  cpu: number
  memoryMiB: number
}

interface Waiting {
  readonly task: number
  readonly rank: number
  readonly demand: Demand
}

const add = (room: Room, { cpu, memoryMiB }: Budget, times: 1 | -1): void => {
  room.cpu += times * cpu
  room.memoryMiB += times * memoryMiB
}

export class Admission {
  readonly #budget: Budget
  readonly #queue: Array<Waiting> = []
  readonly #running = new Map<number, Demand>()
  readonly #held = new Set<string>()
  readonly #used: Room = { cpu: 0, memoryMiB: 0 }
  /** Whom cores and memory are reserved for, and what those use that have started since. */
  #reserved: { readonly task: number; readonly since: Set<number>; readonly passed: Room } | null = null

  constructor(budget: Budget) {
    this.#budget = budget
  }

  /** Cores in use. */
  get cpu(): number {
    return this.#used.cpu
  }

  get memoryMiB(): number {
    return this.#used.memoryMiB
  }

  get waiting(): number {
    return this.#queue.length
  }

  /** Asks for a task, which waits unless this says that it may start. A demand beyond the whole budget is cut to it. */
  admits(task: number, rank: number, demand: Demand): boolean {
    const cut = { ...demand, cpu: Math.min(demand.cpu, this.#budget.cpu), memoryMiB: Math.min(demand.memoryMiB, this.#budget.memoryMiB) }
    let at = this.#queue.length
    while (at > 0 && (this.#queue[at - 1] as Waiting).rank > rank) at--
    this.#queue.splice(at, 0, { task, rank, demand: cut })
    return this.#start(task) === task
  }

  /** The next that waits and may start, which then runs; -1 if there is none now. Never -1 while some wait and none runs. */
  next(): number {
    return this.#start(-1)
  }

  /** Gives back what a task used; nothing if it did not run. */
  release(task: number): void {
    const demand = this.#running.get(task)
    if (demand === undefined) return
    this.#running.delete(task)
    add(this.#used, demand, -1)
    for (const name of demand.mutex) this.#held.delete(name)
    if (this.#reserved?.since.delete(task) === true) add(this.#reserved.passed, demand, -1)
  }

  /** All that wait, which do no longer. */
  clear(): ReadonlyArray<number> {
    this.#reserved = null
    return this.#queue.splice(0).map(({ task }) => task)
  }

  #fits(used: Room, { cpu, memoryMiB }: Budget): boolean {
    return used.cpu + cpu <= this.#budget.cpu && used.memoryMiB + memoryMiB <= this.#budget.memoryMiB
  }

  /** Starts the first that may, or `only` if that may: nobody before it loses by it. */
  #start(only: number): number {
    const wanted = new Set<string>()
    const used = { ...this.#used }
    let first: Waiting | null = null
    for (const [at, one] of this.#queue.entries()) {
      if (used.cpu >= this.#budget.cpu) break
      const { task, demand } = one
      const excluded = demand.mutex.some((name) => this.#held.has(name) || wanted.has(name))
      const may: boolean = !excluded && this.#fits(used, demand) && (first === null || this.#passes(first, demand))
      if (may && (only < 0 || only === task)) return this.#run(at, one)
      if (task === only) return -1
      // it only has not been asked for yet
      if (may) add(used, demand, 1)
      // who only waits for a mutex keeps no cores idle meanwhile
      else if (!excluded && first === null) first = this.#reserve(one)
      for (const name of demand.mutex) wanted.add(name)
    }
    return -1
  }

  #reserve(one: Waiting): Waiting {
    if (this.#reserved?.task !== one.task) this.#reserved = { task: one.task, since: new Set(), passed: { cpu: 0, memoryMiB: 0 } }
    return one
  }

  /** Whether `first` would still fit beside all that has passed it and this one. */
  #passes(first: Waiting, demand: Demand): boolean {
    const { cpu = 0, memoryMiB = 0 } = this.#reserved?.passed ?? {}
    return this.#fits({ cpu: cpu + demand.cpu, memoryMiB: memoryMiB + demand.memoryMiB }, first.demand)
  }

  #run(at: number, { task, demand }: Waiting): number {
    this.#queue.splice(at, 1)
    this.#running.set(task, demand)
    add(this.#used, demand, 1)
    for (const name of demand.mutex) this.#held.add(name)
    if (this.#reserved?.task === task) this.#reserved = null
    else if (this.#reserved !== null) {
      this.#reserved.since.add(task)
      add(this.#reserved.passed, demand, 1)
    }
    return task
  }
}
