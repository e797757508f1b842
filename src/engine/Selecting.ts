/** Selectors against a project; the states of tasks are only asked for when a selector names one. */
import type { SelectorProblem, StateWord } from "../core/Selector.ts"
import { select, type Selection } from "../core/Selection.ts"
import { SelectorUnknown } from "../domain/EngineErrors.ts"
import type { AnalyzedProject } from "./Analyzer.ts"

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
