/** Finds cycles among tasks and tells each as a whole path: one, and a shortest, for every knot of tasks that wait for each other. */

export interface CycleStep {
  readonly task: string
  /** How it leads to the next step. */
  readonly via: "need" | "gate"
  /** How the definition calls the need; null for a gate. */
  readonly name: string | null
}

export interface Cycle {
  /** Each task once, beginning with the first declared; the last leads back to the first. */
  readonly steps: ReadonlyArray<CycleStep>
}

interface Edges {
  readonly start: Int32Array
  readonly task: Int32Array
}

interface Declared {
  readonly task: string
  readonly needs: ReadonlyArray<{ readonly name: string; readonly task: string }>
  readonly gates: ReadonlyArray<string>
}

/** Number of the strongly connected component of each task (Tarjan's algorithm, with its stack as an array). */
const components = (edges: Edges, size: number): Int32Array => {
  const component = new Int32Array(size).fill(-1)
  const number = new Int32Array(size).fill(-1)
  const low = new Int32Array(size)
  const nextEdge = edges.start.slice(0, size)
  const open: Array<number> = []
  const path: Array<number> = []
  let numbered = 0
  let found = 0
  for (let root = 0; root < size; root++) {
    if (number[root] !== -1) continue
    path.push(root)
    while (path.length > 0) {
      const task = path[path.length - 1] as number
      if (number[task] === -1) {
        number[task] = low[task] = numbered++
        open.push(task)
      }
      const edge = nextEdge[task] as number
      if (edge < (edges.start[task + 1] as number)) {
        nextEdge[task] = edge + 1
        const to = edges.task[edge] as number
        if (number[to] === -1) path.push(to)
        else if (component[to] === -1) low[task] = Math.min(low[task] as number, number[to] as number)
        continue
      }
      path.pop()
      const above = path[path.length - 1]
      if (above !== undefined) low[above] = Math.min(low[above] as number, low[task] as number)
      if (low[task] !== number[task]) continue
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component[member] = found
        if (member === task) break
      }
      found++
    }
  }
  return component
}

/** The tasks of a shortest way from `start` back to itself within its component; empty if there is none. */
const shortest = (edges: Edges, component: Int32Array, start: number, cameFrom: Int32Array): Array<number> => {
  const queue = [start]
  for (let at = 0; at < queue.length; at++) {
    const task = queue[at] as number
    for (let e = edges.start[task] as number; e < (edges.start[task + 1] as number); e++) {
      const to = edges.task[e] as number
      if (to === start) {
        const path = [task]
        for (let back = task; back !== start; back = cameFrom[back] as number) path.push(cameFrom[back] as number)
        return path.toReversed()
      }
      if (component[to] !== component[start] || cameFrom[to] !== -1) continue
      cameFrom[to] = task
      queue.push(to)
    }
  }
  return []
}

/** In the order of their first tasks. `edges` are needs and gates together. */
export const findCycles = (tasks: ReadonlyArray<Declared>, indexOf: ReadonlyMap<string, number>, edges: Edges): ReadonlyArray<Cycle> => {
  const size = tasks.length
  const component = components(edges, size)
  const told = new Uint8Array(size)
  const cameFrom = new Int32Array(size).fill(-1)
  const cycles: Array<Cycle> = []
  for (let start = 0; start < size; start++) {
    const own = component[start] as number
    if (told[own] === 1) continue
    told[own] = 1
    const path = shortest(edges, component, start, cameFrom)
    if (path.length === 0) continue
    cycles.push({
      steps: path.map((at, i) => {
        const task = tasks[at] as Declared
        const next = path[(i + 1) % path.length] as number
        const need = task.needs.find((need) => indexOf.get(need.task) === next)
        return { task: task.task, via: need === undefined ? "gate" : "need", name: need?.name ?? null }
      })
    })
  }
  return cycles
}

/** `a needs b (ingest), b is gated by c, c needs a (subject)`. */
export const printCycle = ({ steps }: Cycle): string =>
  steps
    .map(({ task, via, name }, i) => {
      const next = (steps[(i + 1) % steps.length] as CycleStep).task
      return via === "gate" ? `${task} is gated by ${next}` : `${task} needs ${next}${name === null ? "" : ` (${name})`}`
    })
    .join(", ")
