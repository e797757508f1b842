/**
 * Fan-outs by content. The project's document holds one task for all items of a fan-out, its *template*; an expansion has a task for
 * each item instead, as far as the items are known: from the outputs of the last good execution of the stage that makes them. Needs and
 * gates of others on a template lead to the tasks of its items: of the same item where both are about one source, else of all.
 */
import { itemTask } from "../../core/Item.ts"
import { overlaps, overlapText, type Placed } from "../../core/Places.ts"
import { build } from "../../core/TaskGraph.ts"
import { encodeFailure, type ErrorDocument } from "../../domain/Failure.ts"
import { ItemsRefused } from "../../domain/Fault.ts"
import type { ProjectDocument, ProjectTask } from "../../domain/ProjectDocument.ts"
import { fill } from "../../domain/Tokens.ts"
import type { TracedOutput } from "../../domain/Trace.ts"
import type { AnalyzedProject } from "./Analyzer.ts"
import { entriesOf } from "./Items.ts"

/** Outputs of a task's last good execution; null if there was none. */
export type OutputsOf = (task: string) => ReadonlyArray<TracedOutput> | null

/** Of a project that was expanded. */
export interface Expansion {
  /** As the document has it. */
  readonly from: AnalyzedProject
  /** Place of each task, or of its template, in `from`. */
  readonly origins: ReadonlyArray<number>
  /** Names of the items by source; null where they are not known. */
  readonly items: ReadonlyMap<string, ReadonlyArray<string> | null>
  /** Why there are no tasks for the items of a source although they are known. */
  readonly refused: ReadonlyMap<string, ErrorDocument>
}

type Each = NonNullable<ProjectTask["each"]>

export const sourceKey = ({ task, output }: Each): string => `${task}\0${output}`

/** One that stands for all items of a fan-out. */
export const isTemplate = (task: ProjectTask): task is ProjectTask & { readonly each: Each } =>
  task.each !== undefined && task.item === undefined

/** The place of a task, or of what stands for it, in the project's document. */
export const originOf =
  ({ expansion }: AnalyzedProject) =>
  (task: number): number =>
    expansion?.origins[task] ?? task

/** Names of a source's items; null if they are not known. */
export const itemsOf = ({ task, output }: Each, outputsOf: OutputsOf): ReadonlyArray<string> | null => {
  const folder = outputsOf(task)?.find(({ name, kind }) => name === output && kind === "folder")
  return folder === undefined ? null : [...entriesOf(folder).keys()]
}

const refusal = (source: Each, message: string, items: ReadonlyArray<string>): ErrorDocument =>
  encodeFailure(new ItemsRefused({ message, task: source.task, items }))

const linksIn = (source: Each, outputsOf: OutputsOf): ReadonlyArray<string> => {
  const folder = outputsOf(source.task)?.find(({ name }) => name === source.output)
  return folder === undefined ? [] : [...entriesOf(folder)].flatMap(([name, { type }]) => (type === "link" ? [name] : []))
}

type Items = ReadonlyMap<string, ReadonlyArray<string> | null>

/** The tasks with those of known items instead of their templates, each with the place of what it comes from. */
const expandTasks = (tasks: ReadonlyArray<ProjectTask>, items: Items): ReadonlyArray<readonly [task: ProjectTask, origin: number]> => {
  const templates = new Map(tasks.filter(isTemplate).map((task) => [task.task, task]))
  const known = (each: Each) => items.get(sourceKey(each)) ?? null
  const needsOf = (task: ProjectTask, item: string | null): ProjectTask["needs"] =>
    task.needs.flatMap((need): ProjectTask["needs"] => {
      const template = templates.get(need.task)
      if (template === undefined) return [need]
      const names = known(template.each)
      if (names === null) return [need]
      if (item !== null && task.each !== undefined && sourceKey(template.each) === sourceKey(task.each))
        return [{ ...need, task: itemTask(need.task, item) }]
      const { name } = need
      return [
        { name, task: template.each.task, part: { part: "names", output: template.each.output } },
        ...names.map((one) => ({ name, task: itemTask(need.task, one), part: { part: "member", item: one } as const }))
      ]
    })
  const gatesOf = (task: ProjectTask, item: string | null): ProjectTask["gates"] =>
    task.gates.flatMap((gate) => {
      const template = templates.get(gate)
      const names = template === undefined ? null : known(template.each)
      if (template === undefined || names === null) return [gate]
      return item !== null && task.each !== undefined && sourceKey(template.each) === sourceKey(task.each)
        ? [itemTask(gate, item)]
        : names.map((one) => itemTask(gate, one))
    })
  return tasks.flatMap((task, origin): ReadonlyArray<readonly [ProjectTask, number]> => {
    const names = isTemplate(task) ? known(task.each) : null
    if (names === null) {
      const changes = [...task.needs.map((need) => need.task), ...task.gates].some((up) => templates.has(up))
      return [[changes ? { ...task, needs: needsOf(task, null), gates: gatesOf(task, null) } : task, origin]]
    }
    return names.map((item) => [
      {
        ...task,
        task: itemTask(task.task, item),
        stage: itemTask(`:${task.stage}`, item).slice(1),
        item,
        needs: needsOf(task, item),
        gates: gatesOf(task, item),
        outputs: task.outputs.map((output) => ({ ...output, path: fill(output.path, (_, name) => (name === "name" ? item : undefined)) }))
      },
      origin
    ])
  })
}

/** Sources of which an item would write where another task writes, with the sentence. */
const conflicts = (tasks: ReadonlyArray<ProjectTask>): ReadonlyMap<string, ErrorDocument> => {
  const found = new Map<string, ErrorDocument>()
  const places = tasks.flatMap((task) =>
    task.outputs.filter(({ kind }) => kind !== "value").map(({ path }): Placed<ProjectTask> => ({ path, by: task }))
  )
  for (const { holder, inside } of overlaps(places)) {
    const of = [inside.by, holder.by].filter(({ item }) => item !== undefined)
    const each = of[0]?.each
    if (each === undefined || found.has(sourceKey(each))) continue
    const message = overlapText(holder, inside, ({ task }) => task)
    const items = of.flatMap(({ item }) => (item === undefined ? [] : [item]))
    found.set(sourceKey(each), refusal(each, message, [...new Set(items)]))
  }
  return found
}

const rebuilt = (from: AnalyzedProject, tasks: ReadonlyArray<ProjectTask>, expansion: Expansion): AnalyzedProject => {
  const built = build(tasks)
  // an expansion has no edge that the document has not between the same stages
  if ("problems" in built) throw new Error(`${from.document.name} cannot be expanded: ${JSON.stringify(built.problems[0])}`)
  return { ...from, document: { ...from.document, tasks }, tasks, graph: built.ok, expansion }
}

interface Expanded extends Omit<Expansion, "from"> {
  readonly tasks: ReadonlyArray<ProjectTask>
}

const expanded = (declared: ReadonlyArray<ProjectTask>, outputsOf: OutputsOf): Expanded => {
  const templates = declared.filter(isTemplate)
  const items = new Map<string, ReadonlyArray<string> | null>()
  const refused = new Map<string, ErrorDocument>()
  for (const { each } of templates) {
    if (items.has(sourceKey(each))) continue
    items.set(sourceKey(each), itemsOf(each, outputsOf))
    const links = linksIn(each, outputsOf)
    const [link] = links
    if (link !== undefined)
      refused.set(sourceKey(each), refusal(each, `${link} in ${each.output} of ${each.task} is a link: items are files and folders`, links))
  }
  const usable = (): Items => new Map([...items].map(([key, names]) => [key, refused.has(key) ? null : names]))
  let found = expandTasks(declared, usable())
  for (const [key, problem] of conflicts(found.map(([task]) => task))) refused.set(key, problem)
  if (refused.size > 0) found = expandTasks(declared, usable())
  return { tasks: found.map(([task]) => task), origins: found.map(([, origin]) => origin), items, refused }
}

/** The same project if nothing in it is fanned out. */
export const expand = (from: AnalyzedProject, outputsOf: OutputsOf): AnalyzedProject => {
  if (!from.tasks.some(isTemplate)) return from
  const { tasks, ...expansion } = expanded(from.tasks, outputsOf)
  return rebuilt(from, tasks, { ...expansion, from })
}

export const expandDocument = (document: ProjectDocument, outputsOf: OutputsOf): ProjectDocument =>
  document.tasks.some(isTemplate) ? { ...document, tasks: expanded(document.tasks, outputsOf).tasks } : document

export interface Grown {
  /** Each task that was there before has its place still; those that are gone stand there without edges. */
  readonly project: AnalyzedProject
  readonly gone: ReadonlySet<number>
}

/** What `before` has become since other items are known: `now` is its expansion by them. */
export const grow = (before: AnalyzedProject, now: AnalyzedProject): Grown => {
  const { expansion } = now
  if (expansion === undefined) return { project: now, gone: new Set() }
  const at = new Map(now.tasks.map((task, index) => [task.task, index]))
  const gone = new Set<number>()
  const tasks: Array<ProjectTask> = []
  const origins: Array<number> = []
  const add = (index: number): void => {
    tasks.push(now.tasks[index] as ProjectTask)
    origins.push(expansion.origins[index] as number)
  }
  for (const [index, task] of before.tasks.entries()) {
    const found = at.get(task.task)
    at.delete(task.task)
    if (found !== undefined) {
      add(found)
      continue
    }
    gone.add(index)
    tasks.push({ ...task, needs: [], gates: [] })
    origins.push(before.expansion?.origins[index] ?? index)
  }
  for (const index of at.values()) add(index)
  return { project: rebuilt(now, tasks, { ...expansion, origins }), gone }
}
