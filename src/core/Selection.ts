/** From selectors to tasks: looks up what `parse` read, tells all that is unknown, and closes the selection upwards. */
import { type Glob, globOf, matches } from "./Glob.ts"
import { stageOf } from "./Item.ts"
import { nearest } from "./Nearest.ts"
import { type Place, parse, type SelectableTask, type Selector, type SelectorProblem, type StateWord, StateWords } from "./Selector.ts"
import { type TaskGraph, withDependents, withUpstream } from "./TaskGraph.ts"

export interface Selection {
  /** Indices into the graph, in its order: what was asked for. */
  readonly selected: Int32Array
  /** The same with all that they need or are gated by. */
  readonly closure: Int32Array
}

/** Distinct names, and each task's position among them (-1 for none). */
interface Names {
  readonly words: ReadonlyArray<string>
  readonly of: Int32Array
}

const namesOf = (tasks: ReadonlyArray<SelectableTask>, name: (task: SelectableTask) => string | null): Names => {
  const positions = new Map<string, number>()
  const of = new Int32Array(tasks.length).fill(-1)
  for (let i = 0; i < tasks.length; i++) {
    const word = name(tasks[i] as SelectableTask)
    if (word === null) continue
    const position = positions.get(word) ?? positions.size
    positions.set(word, position)
    of[i] = position
  }
  return { words: [...positions.keys()], of }
}

/** What selectors are looked up in. `tasks` are in the graph's declared order. */
interface Scope {
  readonly graph: TaskGraph
  readonly tasks: ReadonlyArray<SelectableTask>
  readonly targets: Names
  readonly stages: Names
  readonly checks: Names
}

type Found = { readonly mask: Uint8Array } | { readonly problems: ReadonlyArray<SelectorProblem> }

const fitting = (glob: Glob, words: ReadonlyArray<string>, of: (word: string) => string = (word) => word): Uint8Array =>
  Uint8Array.from(words, (word) => (matches(glob, word) || matches(glob, of(word)) ? 1 : 0))

const byPlace = ({ graph, tasks, targets, stages, checks }: Scope, { text, exclude }: Selector, place: Place): Found => {
  const problems: Array<SelectorProblem> = []
  const part = (
    problem: "unknown-target" | "unknown-stage" | "unknown-check",
    name: string | null,
    { words }: Names
  ): Uint8Array | null => {
    if (name === null) return null
    const glob = globOf(name, true)
    // a fan-out's name stands for all of its items
    const fits = problem === "unknown-stage" ? fitting(glob, words, stageOf) : fitting(glob, words)
    if (!fits.includes(1)) problems.push({ problem, selector: text, name, nearest: nearest(name, words) })
    return fits
  }
  const alone = place.check === ""
  const inTargets = part("unknown-target", place.target, targets)
  const inStages = part("unknown-stage", place.stage, stages)
  const inChecks = part("unknown-check", alone ? null : place.check, checks)
  if (problems.length > 0) return { problems }
  const mask = new Uint8Array(graph.size)
  for (let i = 0; i < tasks.length; i++) {
    const check = checks.of[i] as number
    mask[i] =
      (inTargets === null || inTargets[targets.of[i] as number] === 1) &&
      (inStages === null || inStages[stages.of[i] as number] === 1) &&
      (alone ? check < 0 : inChecks === null || inChecks[check] === 1)
        ? 1
        : 0
  }
  return exclude || mask.includes(1)
    ? { mask }
    : { problems: [{ problem: "no-task", selector: text, nearest: nearest(text, graph.tasks) }] }
}

const byLabel = ({ graph, tasks }: Scope, { text }: Selector, key: string, value: string): Found => {
  const glob = globOf(value, true)
  const mask = new Uint8Array(graph.size)
  const values = new Set<string>()
  for (let i = 0; i < tasks.length; i++) {
    const { labels } = tasks[i] as SelectableTask
    if (!Object.hasOwn(labels, key)) continue
    const own = labels[key] as string
    values.add(own)
    if (matches(glob, own)) mask[i] = 1
  }
  if (mask.includes(1)) return { mask }
  if (values.size > 0) return { problems: [{ problem: "unknown-value", selector: text, name: value, nearest: nearest(value, values) }] }
  const keys = new Set<string>()
  for (const { labels } of tasks) for (const known of Object.keys(labels)) keys.add(known)
  return { problems: [{ problem: "unknown-label", selector: text, name: key, nearest: nearest(key, keys) }] }
}

const byState = ({ graph }: Scope, { text }: Selector, name: string, holds: (task: number, state: StateWord) => boolean): Found => {
  const word = StateWords.find((word) => word === name)
  if (word === undefined) return { problems: [{ problem: "unknown-state", selector: text, name, nearest: nearest(name, StateWords) }] }
  const mask = new Uint8Array(graph.size)
  for (let i = 0; i < mask.length; i++) if (holds(i, word)) mask[i] = 1
  return { mask }
}

/** A task by its id; with a stage come the checks on it. */
const byId = ({ graph, tasks }: Scope, id: number): Found => {
  const { target, stage, check } = tasks[id] as SelectableTask
  const mask = new Uint8Array(graph.size)
  if (check === null) for (let i = 0; i < mask.length; i++) if (tasks[i]?.target === target && tasks[i]?.stage === stage) mask[i] = 1
  mask[id] = 1
  return { mask }
}

/**
 * Selects tasks. `tasks` are in the graph's declared order; `holds` says whether a state word holds for a task (by index) and is
 * asked only for words of `StateWords`. All problems are returned together.
 */
export const select = (
  graph: TaskGraph,
  tasks: ReadonlyArray<SelectableTask>,
  selectors: ReadonlyArray<string>,
  holds: (task: number, state: StateWord) => boolean
): { readonly ok: Selection } | { readonly problems: readonly [SelectorProblem, ...ReadonlyArray<SelectorProblem>] } => {
  const scope: Scope = {
    graph,
    tasks,
    targets: namesOf(tasks, ({ target }) => target),
    stages: namesOf(tasks, ({ stage }) => stage),
    checks: namesOf(tasks, ({ check }) => check)
  }
  const targets = new Set(scope.targets.words)
  const idOf = (text: string): "task" | "target" | null => (graph.indexOf.has(text) ? "task" : targets.has(text) ? "target" : null)
  const find = (selector: Selector): Found => {
    const { what } = selector
    if (what.by === "task") return byId(scope, graph.indexOf.get(what.task) as number)
    if (what.by === "place") return byPlace(scope, selector, what)
    if (what.by === "label") return byLabel(scope, selector, what.key, what.value)
    return byState(scope, selector, what.state, holds)
  }
  const problems: Array<SelectorProblem> = []
  const wanted = new Uint8Array(graph.size)
  const unwanted = new Uint8Array(graph.size)
  let isAll = true
  for (const text of selectors) {
    const read = parse(text, idOf)
    if ("problem" in read) {
      problems.push(read.problem)
      continue
    }
    const { exclude, dependents } = read.ok
    if (!exclude) isAll = false
    const found = find(read.ok)
    if ("problems" in found) {
      problems.push(...found.problems)
      continue
    }
    const mask = dependents ? withDependents(graph, found.mask) : found.mask
    const sum = exclude ? unwanted : wanted
    for (let i = 0; i < mask.length; i++) if (mask[i] === 1) sum[i] = 1
  }
  const [first, ...rest] = problems
  if (first !== undefined) return { problems: [first, ...rest] }
  if (isAll) wanted.fill(1)
  for (let i = 0; i < wanted.length; i++) if (unwanted[i] === 1) wanted[i] = 0
  const closure = withUpstream(graph, wanted)
  return { ok: { selected: graph.order.filter((i) => wanted[i] === 1), closure: graph.order.filter((i) => closure[i] === 1) } }
}

/** The one task of that id (`why TASK`), or those that may have been meant. */
export const findTask = (graph: TaskGraph, id: string): { readonly ok: number } | { readonly nearest: ReadonlyArray<string> } => {
  const index = graph.indexOf.get(id)
  return index === undefined ? { nearest: nearest(id, graph.tasks) } : { ok: index }
}
