/** The task graph as a Mermaid flowchart: needs solid, gates dotted, a class a state. */
import { oneLine } from "../core/Excerpt.ts"
import type { GraphDocument, GraphNode } from "../domain/ViewDocuments.ts"
import { shortName } from "./Mark.ts"
import { stateColours, taskState, taskStates } from "./TaskState.ts"

const word = /^[\p{L}\p{N}]$/u
const plain = /^[ ./+=,@-]$/

/**
 * Text between double quotes. Letters, digits and what means nothing to Mermaid, Markdown or HTML where it stands stay; all else becomes
 * `#N;`, its code point: Mermaid reads labels as Markdown, so marks that begin a list or emphasis are among it.
 */
const quoted = (text: string): string => {
  const characters = [...oneLine(text)]
  const isWord = (at: number): boolean => word.test(characters[at] ?? "")
  const printed = characters.map((character, at) => {
    const stays =
      isWord(at) ||
      (character === "_" && isWord(at - 1) && isWord(at + 1)) ||
      (plain.test(character) && at > 0 && !(character === "." && characters[at + 1] === " "))
    return stays ? character : `#${character.codePointAt(0)};`
  })
  return `"${printed.join("")}"`
}

const shape = (node: GraphNode): string => (node.check === null ? `[${quoted(shortName(node))}]` : `([${quoted(shortName(node))}])`)

/** Nodes are called `t0`, `t1`, … in the order of the document, so that no name of a task is taken for syntax. */
export const mermaidLines = (graph: GraphDocument): ReadonlyArray<string> => {
  const ids = new Map(graph.nodes.map(({ task }, i) => [task, `t${i}`]))
  const id = (task: string): string => ids.get(task) as string
  const groups = new Map<string, Array<GraphNode>>()
  for (const node of graph.nodes) {
    const group = groups.get(node.target)
    if (group === undefined) groups.set(node.target, [node])
    else group.push(node)
  }
  const members = (state: (typeof taskStates)[number]): ReadonlyArray<string> =>
    graph.nodes.filter((node) => taskState(node) === state).map(({ task }) => id(task))
  const used = taskStates.filter((state) => members(state).length > 0)
  return [
    "flowchart LR",
    ...[...groups].flatMap(([target, nodes], i) => [
      `  subgraph g${i}[${quoted(target)}]`,
      ...nodes.map((node) => `    ${id(node.task)}${shape(node)}`),
      "  end"
    ]),
    ...graph.edges.map(({ from, to, kind }) => `  ${id(from)} ${kind === "need" ? "-->" : "-.->"} ${id(to)}`),
    ...used.map((state) => {
      const { fill, line, text } = stateColours[state]
      return `  classDef ${state} fill:${fill},stroke:${line},color:${text}`
    }),
    ...used.map((state) => `  class ${members(state).join(",")} ${state}`)
  ]
}
