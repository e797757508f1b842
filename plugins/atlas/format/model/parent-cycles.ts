/** Cycles among Parent references. */
import type { Node } from "./feature.ts"

/** Each cycle once, child before parent; no recursion, since a chain may be as long as the file. */
export function* cyclesOf(nodes: Iterable<Node>): Generator<ReadonlyArray<Node>> {
  const done = new Set<Node>()
  for (const root of nodes) {
    if (done.has(root) || root.parents.length === 0) continue
    const path: Array<Node> = []
    const next: Array<number> = []
    const at = new Map<Node, number>()
    const enter = (node: Node) => {
      at.set(node, path.length)
      path.push(node)
      next.push(0)
    }
    enter(root)
    while (path.length > 0) {
      const top = path.length - 1
      const node = path[top]!
      const parent = node.parents[next[top]!]
      next[top]!++
      if (parent === undefined) {
        done.add(node)
        at.delete(node)
        path.pop()
        next.pop()
      } else if (at.has(parent)) yield path.slice(at.get(parent))
      else if (!done.has(parent)) enter(parent)
    }
  }
}
