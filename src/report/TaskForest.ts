/**
 * A graph of tasks as a forest: each task stands once, below the last of those that it waits for in its own target; its other edges
 * are told beside it. No step recurses.
 */
import type { GraphDocument, GraphEdge, GraphNode } from "../domain/ViewDocuments.ts"

export interface ForestTask {
  readonly node: GraphNode
  /** 0 for what hangs on nothing of its own target. */
  readonly depth: number
  /** The edge to what it stands below; null at depth 0. */
  readonly below: GraphEdge | null
  /** Whether it is the last of its siblings, and for each depth above its own whether that ancestor is. */
  readonly last: ReadonlyArray<boolean>
  readonly others: ReadonlyArray<GraphEdge>
}

/** Depths beyond are drawn as if they were this one. */
export const deepest = 24

/** Length of the longest way to each task, so that it stands below the latest. Iterates in an order that has upstream first. */
const ranksOf = ({ nodes, edges }: GraphDocument): ReadonlyMap<string, number> => {
  const into = new Map<string, number>(nodes.map(({ task }) => [task, 0]))
  const from = new Map<string, Array<string>>()
  for (const edge of edges) {
    into.set(edge.to, (into.get(edge.to) ?? 0) + 1)
    const list = from.get(edge.from)
    if (list === undefined) from.set(edge.from, [edge.to])
    else list.push(edge.to)
  }
  const rank = new Map<string, number>()
  const ready = nodes.filter(({ task }) => into.get(task) === 0).map(({ task }) => task)
  for (let at = 0; at < ready.length; at++) {
    const task = ready[at] as string
    const own = rank.get(task) ?? 0
    rank.set(task, own)
    for (const to of from.get(task) ?? []) {
      rank.set(to, Math.max(rank.get(to) ?? 0, own + 1))
      const left = (into.get(to) ?? 1) - 1
      into.set(to, left)
      if (left === 0) ready.push(to)
    }
  }
  return rank
}

/** The edge that says most of where a task stands: to the latest upstream; of equals a need before a gate, then the last declared. */
const parentOf = (edges: ReadonlyArray<GraphEdge>, ranks: ReadonlyMap<string, number>): GraphEdge | null => {
  let best: GraphEdge | null = null
  for (const edge of edges) {
    const order = best === null ? 1 : (ranks.get(edge.from) ?? 0) - (ranks.get(best.from) ?? 0)
    if (order > 0 || (order === 0 && (best?.kind === edge.kind || edge.kind === "need"))) best = edge
  }
  return best
}

/** By target in the order of the document, each with its tasks, parents before children. */
export const taskForest = (graph: GraphDocument): ReadonlyMap<string, ReadonlyArray<ForestTask>> => {
  const ranks = ranksOf(graph)
  const targetOf = new Map(graph.nodes.map(({ task, target }) => [task, target]))
  const into = new Map<string, Array<GraphEdge>>()
  for (const edge of graph.edges) {
    const list = into.get(edge.to)
    if (list === undefined) into.set(edge.to, [edge])
    else list.push(edge)
  }
  const parents = new Map<string, GraphEdge | null>()
  const children = new Map<string, Array<GraphNode>>()
  const forest = new Map<string, Array<ForestTask>>()
  const roots = new Map<string, Array<GraphNode>>()
  for (const node of graph.nodes) {
    const edges = into.get(node.task) ?? []
    const parent = parentOf(
      edges.filter(({ from }) => targetOf.get(from) === node.target),
      ranks
    )
    parents.set(node.task, parent)
    const group = parent === null ? roots : children
    const key = parent === null ? node.target : parent.from
    const list = group.get(key)
    if (list === undefined) group.set(key, [node])
    else list.push(node)
    if (!forest.has(node.target)) forest.set(node.target, [])
  }
  for (const [target, tops] of roots) {
    const told = forest.get(target) as Array<ForestTask>
    const stack = tops.map((node) => ({ node, last: [] as ReadonlyArray<boolean> })).toReversed()
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { node, last } = next
      const below = parents.get(node.task) ?? null
      const others = (into.get(node.task) ?? []).filter((edge) => edge.from !== below?.from)
      told.push({ node, depth: last.length, below, last, others })
      const own = children.get(node.task) ?? []
      for (let i = own.length - 1; i >= 0; i--) {
        const line = [...last.slice(0, deepest - 1), i === own.length - 1]
        stack.push({ node: own[i] as GraphNode, last: line })
      }
    }
  }
  return forest
}
