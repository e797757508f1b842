/** All that is wrong with an annotation, so that it can be read once more without it. */
import type { Node } from "./feature.ts"
import type { FeatureGraph } from "./feature-graph.ts"
import type { WrongRow } from "./problem-list.ts"
import type { ModelError } from "./problems.ts"

export interface Wrong {
  readonly rows: ReadonlyArray<WrongRow>
  /** Every row with such an ID, or on such a sequence. */
  readonly ids: ReadonlyMap<string, ModelError["_tag"]>
  readonly sequences: ReadonlyMap<string, ModelError["_tag"]>
  /** IDs that rows name as Parent and none has. */
  readonly missing: ReadonlySet<string>
  /** IDs of what lies below those and below `ids`, however deep. */
  readonly below: ReadonlySet<string>
}

/** Undefined where the graph was not asked to keep all. A missing Parent's rows are told by `missing`, not one by one. */
export const wrongOf = (graph: FeatureGraph): Wrong | undefined => {
  const { every } = graph.problems
  if (every === undefined) return undefined
  const missing = new Set<string>()
  const children = new Map<Node, Array<Node>>()
  const roots: Array<Node> = []
  for (const node of graph.nodes.values()) {
    if (node.first === undefined) missing.add(node.id)
    if (node.first === undefined || graph.wrongIds.has(node.id)) roots.push(node)
    for (const parent of node.parents) {
      const known = children.get(parent)
      if (known === undefined) children.set(parent, [node])
      else known.push(node)
    }
  }
  const seen = new Set(roots)
  for (const node of seen) for (const child of children.get(node) ?? []) seen.add(child)
  const below = new Set<string>()
  for (const { id } of seen) if (!missing.has(id) && !graph.wrongIds.has(id)) below.add(id)
  const rows = every.filter(({ tag }) => tag !== "Gff3ParentMissing")
  return { rows, ids: graph.wrongIds, sequences: graph.wrongSequences, missing, below }
}
