/** The task graph for Graphviz: a cluster a target, needs solid, gates dashed, filled by state. Nodes are called as their tasks. */
import { oneLine } from "../core/Excerpt.ts"
import type { GraphDocument, GraphNode } from "../domain/ViewDocuments.ts"
import { shortName } from "./Mark.ts"
import { stateColours, taskState } from "./TaskState.ts"

/** A quoted id. Backslashes are doubled before control characters become escapes, so that two tasks never share one. */
const id = (text: string): string => `"${oneLine(text.replaceAll("\\", "\\\\")).replaceAll('"', '\\"')}"`

/** Text to be shown: Graphviz reads escapes and HTML entities in it. */
const label = (text: string): string => `"${oneLine(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("&", "&amp;")}"`

const nodeLine = (node: GraphNode): string => {
  const state = taskState(node)
  const { fill, line, text } = stateColours[state]
  const verdict = node.verdict === null ? "" : `, ${node.verdict}`
  return [
    `    ${id(node.task)} [label=${label(shortName(node))}`,
    ...(node.check === null ? [] : ["shape=ellipse"]),
    `fillcolor="${fill}"`,
    `color="${line}"`,
    `fontcolor="${text}"`,
    `tooltip=${label(`${node.task}: ${node.decision}${verdict}`)}];`
  ].join(", ")
}

export const dotLines = (graph: GraphDocument): ReadonlyArray<string> => {
  const groups = new Map<string, Array<GraphNode>>()
  for (const node of graph.nodes) {
    const group = groups.get(node.target)
    if (group === undefined) groups.set(node.target, [node])
    else group.push(node)
  }
  return [
    `digraph ${id(graph.project)} {`,
    "  rankdir=LR;",
    '  fontname="sans-serif";',
    '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...[...groups].flatMap(([target, nodes], i) => [
      `  subgraph cluster_${i} {`,
      `    label=${label(target)};`,
      ...nodes.map(nodeLine),
      "  }"
    ]),
    ...graph.edges.map(({ from, to, kind, name }) =>
      kind === "gate"
        ? `  ${id(from)} -> ${id(to)} [style=dashed];`
        : `  ${id(from)} -> ${id(to)} [tooltip=${label(`need ${name ?? ""}`)}];`
    ),
    "}"
  ]
}
