/** Selectors against a project; the states of tasks are only asked for when a selector names one. */
import { Effect } from "effect"
import type { SelectorProblem, StateWord } from "../core/Selector.ts"
import { findTask, select, type Selection } from "../core/Selection.ts"
import { withUpstream } from "../core/TaskGraph.ts"
import { SelectorUnknown } from "../domain/EngineErrors.ts"
import type { AnalyzedProject } from "./project/Analyzer.ts"
import type { Grown } from "./project/Expansion.ts"

export const sentenceOf = (problem: SelectorProblem): string => {
  if (problem.problem === "malformed") return `selector ${problem.selector} cannot be read: ${problem.reason}`
  const near = problem.nearest[0] === undefined ? "" : `; did you mean ${problem.nearest.join(" or ")}?`
  if (problem.problem === "no-task") return `no task fits ${problem.selector}${near}`
  return `no ${problem.problem.slice("unknown-".length)} is called ${problem.name}${near}`
}

/** True where a selector needs to know what state tasks are in. */
export const asksStates = (selectors: ReadonlyArray<string>): boolean => selectors.some((text) => /^-?@/.test(text))

/** What `selectors` name, or the first that names nothing. */
export const selectTasks = (
  project: AnalyzedProject,
  selectors: ReadonlyArray<string>,
  holds: (task: number, state: StateWord) => boolean
): Selection | SelectorUnknown => {
  const found = select(project.graph, project.tasks, selectors, holds)
  if ("ok" in found) return found.ok
  const [first] = found.problems
  return new SelectorUnknown({
    message: found.problems.map(sentenceOf).join("; "),
    selector: first.selector,
    nearest: "nearest" in first ? [...first.nearest] : []
  })
}

/**
 * What `selectors` name of a project that has grown from `before`, of whose tasks `selected` were named: those stay as they were. Of the
 * new ones those are named that would have been: they are stale, and stood behind one that was pending. Selectors that name nothing now
 * are left out.
 */
export const selectGrown = (
  before: AnalyzedProject,
  selected: Iterable<number>,
  { project, gone }: Grown,
  selectors: ReadonlyArray<string>
): { readonly selected: ReadonlySet<number>; readonly closure: Int32Array } => {
  const { graph, tasks } = project
  const holds = (_: number, word: StateWord): boolean => word === "stale" || word === "pending"
  const alive = selectors.filter((one) => "ok" in select(graph, tasks, [one], holds))
  const isExclusion = (one: string): boolean => one.startsWith("-") && !graph.indexOf.has(one)
  const named = alive.some((one) => !isExclusion(one)) || selectors.every(isExclusion) ? select(graph, tasks, alive, holds) : null
  const marked = new Uint8Array(graph.size)
  for (const index of selected) marked[index] = 1
  if (named !== null && "ok" in named) for (const index of named.ok.selected) if (index >= before.tasks.length) marked[index] = 1
  for (const index of gone) marked[index] = 0
  const closure = withUpstream(graph, marked)
  return {
    selected: new Set(graph.order.filter((index) => marked[index] === 1)),
    closure: graph.order.filter((index) => closure[index] === 1)
  }
}

/** The task of that id, or the names that may have been meant. */
export const taskIndex = (project: AnalyzedProject, task: string): Effect.Effect<number, SelectorUnknown> => {
  const found = findTask(project.graph, task)
  if ("ok" in found) return Effect.succeed(found.ok)
  const near = found.nearest[0] === undefined ? "" : `; did you mean ${found.nearest.join(" or ")}?`
  return Effect.fail(new SelectorUnknown({ message: `no task is called ${task}${near}`, selector: task, nearest: [...found.nearest] }))
}
