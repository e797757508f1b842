/** Tasks that nothing connects can be decided apart: the graph's connected components, over needs and gates. */
import { edgesOf, type TaskGraph } from "./TaskGraph.ts"

/** The component of each task, numbered from 0 by its first task. */
export const components = (graph: TaskGraph): { readonly of: Int32Array; readonly count: number } => {
  const parent = Int32Array.from({ length: graph.size }, (_, task) => task)
  const rootOf = (task: number): number => {
    let at = task
    while (parent[at] !== at) {
      const above = parent[parent[at] as number] as number
      parent[at] = above
      at = above
    }
    return at
  }
  for (let task = 0; task < graph.size; task++)
    for (const up of edgesOf(graph.upstream, task)) {
      const [a, b] = [rootOf(task), rootOf(up)]
      if (a !== b) parent[Math.max(a, b)] = Math.min(a, b)
    }
  const of = new Int32Array(graph.size)
  let count = 0
  for (let task = 0; task < graph.size; task++) {
    const root = rootOf(task)
    of[task] = root === task ? count++ : (of[root] as number)
  }
  return { of, count }
}
