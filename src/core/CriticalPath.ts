/** Which ready task goes first: the one with the longest path of work behind it. It moves when things happen, never what comes of them. */
import type { Order } from "./Frontier.ts"
import type { TaskGraph } from "./TaskGraph.ts"

/**
 * `seconds` tells how long a task took. Null where no task of the selection took any time worth telling: then the graph's own order
 * does. Ties keep that order; a task stands after all of its upstream in any case, whose paths hold its own.
 */
export const criticalPathFirst = (graph: TaskGraph, selection: Iterable<number>, seconds: (task: number) => number): Order | null => {
  const { size, dependents } = graph
  const selected = new Uint8Array(size)
  for (const task of selection) selected[task] = 1
  const path = new Float64Array(size)
  let any = false
  for (let at = size - 1; at >= 0; at--) {
    const task = graph.order[at] as number
    if (selected[task] === 0) continue
    let longest = 0
    for (let e = dependents.start[task] as number; e < (dependents.start[task + 1] as number); e++)
      longest = Math.max(longest, path[dependents.task[e] as number] as number)
    path[task] = longest + seconds(task)
    any ||= path[task] > 0
  }
  if (!any) return null
  const order = Int32Array.from(graph.order).sort(
    (a, b) => (path[b] as number) - (path[a] as number) || (graph.rank[a] as number) - (graph.rank[b] as number)
  )
  const rank = new Int32Array(size)
  for (let at = 0; at < size; at++) rank[order[at] as number] = at
  return { order, rank }
}
