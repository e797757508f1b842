/** Rows that lie too many Parents deep. */
import { LimitExceeded, limits } from "../limits.ts"
import { quote } from "../text.ts"
import type { Node } from "./feature.ts"
import type { ProblemList } from "./problem-list.ts"
import type { ModelError } from "./problems.ts"

/** Each ID that lies exactly one step deeper than `allowed`, by its longest way up; there must be no circle. */
const tooDeep = (nodes: Iterable<Node>, allowed: number): ReadonlyArray<Node> => {
  const depths = new Map<Node, number>()
  const found: Array<Node> = []
  for (const root of nodes) {
    const open = [root]
    while (open.length > 0) {
      const node = open.at(-1)!
      if (depths.has(node)) {
        open.pop()
        continue
      }
      const waiting = node.parents.filter((parent) => !depths.has(parent))
      if (waiting.length > 0) {
        for (const parent of waiting) open.push(parent)
        continue
      }
      const depth = node.parents.reduce((most, parent) => Math.max(most, depths.get(parent)! + 1), 0)
      depths.set(node, depth)
      if (depth === allowed + 1) found.push(node)
      open.pop()
    }
  }
  return found
}

/** Tells those beyond the limit; `wrongIds` gets them where a lenient reading wants all. There must be no circle among them. */
export const tellTooDeep = (nodes: Iterable<Node>, problems: ProblemList, wrongIds: Map<string, ModelError["_tag"]> | undefined): void => {
  const allowed = limits.parentDepth
  for (const { id, first } of tooDeep(nodes, allowed)) {
    if (first === undefined) continue
    const message = `ID ${quote(id)} lies more than ${allowed} Parents deep`
    problems.add(
      "LimitExceeded",
      { ...first, attribute: "Parent" },
      (where, more) => new LimitExceeded({ message: message + more, where, limit: "parentDepth", allowed, found: allowed + 1 })
    )
    wrongIds?.set(id, "LimitExceeded")
  }
}
