/**
 * The task graph for people: a forest a target, needs as solid lines, gates as dashed ones, each task with its mark and state. A gate on
 * what a task needs anyway is not told twice.
 */
import { oneLine } from "../core/Excerpt.ts"
import { padEnd, widest } from "../core/Layout.ts"
import { counted } from "../core/Quantity.ts"
import type { Style } from "../core/Style.ts"
import type { GraphDocument, GraphEdge } from "../domain/ViewDocuments.ts"
import { shortName } from "./Mark.ts"
import { paintState, stateMark, taskState, taskStates } from "./TaskState.ts"
import { type ForestTask, taskForest } from "./TaskForest.ts"

/** `│  ├─ `: a dashed last piece where the task is only permitted by what it stands below. */
const branch = ({ last, below }: ForestTask): string => {
  const above = last.slice(0, -1).map((isLast) => (isLast ? "   " : "│  "))
  const own = last.at(-1)
  return own === undefined ? "" : `${above.join("")}${own ? "└" : "├"}${below?.kind === "gate" ? "┄" : "─"} `
}

const edgesText = (edges: ReadonlyArray<GraphEdge>, verb: string, name: (task: string) => string): string => {
  const names = [...new Set(edges.map((edge) => name(edge.from)))]
  return names.length === 0 ? "" : `${verb} ${names.join(", ")}`
}

export const graphLines = (graph: GraphDocument, { style }: { readonly style: Style }): ReadonlyArray<string> => {
  const nodes = new Map(graph.nodes.map((node) => [node.task, node]))
  const forest = taskForest(graph)
  const lines: Array<string> = [
    style.bold(`${oneLine(graph.project)} · ${counted(forest.size, "target")} · ${counted(graph.nodes.length, "task")}`)
  ]
  for (const [target, tasks] of forest) {
    lines.push(`  ${style.bold(oneLine(target))}`)
    const heads = tasks.map((task) => `${branch(task)}${stateMark(taskState(task.node))} ${oneLine(shortName(task.node))}`)
    const states = tasks.map(({ node }) => (taskState(node) === node.decision ? node.decision : `${node.decision}, ${taskState(node)}`))
    const [headWidth, stateWidth] = [widest(heads), widest(states)]
    const name = (task: string): string => {
      const node = nodes.get(task)
      return oneLine(node === undefined || node.target !== target ? task : shortName(node))
    }
    for (const [i, task] of tasks.entries()) {
      const state = taskState(task.node)
      const needs = task.others.filter(({ kind }) => kind === "need")
      const needed = new Set(needs.map(({ from }) => from))
      const gates = task.others.filter(({ kind, from }) => kind === "gate" && !needed.has(from))
      const notes = [task.node.check === null ? "" : "check", edgesText(needs, "needs", name), edgesText(gates, "gated by", name)]
      const note = notes.filter((text) => text !== "").join("; ")
      const text = states[i] as string
      const head = padEnd(heads[i] as string, headWidth)
      const painted = paintState(state, note === "" ? text : padEnd(text, stateWidth), style)
      lines.push(`    ${head}   ${painted}${note === "" ? "" : `   ${style.dim(note)}`}`)
    }
  }
  const counts = taskStates
    .map((state) => [state, graph.nodes.filter((node) => taskState(node) === state).length] as const)
    .filter(([, n]) => n > 0)
    .map(([state, n]) => paintState(state, `${n} ${state}`, style))
  return counts.length === 0 ? lines : [...lines, counts.join(" · ")]
}
