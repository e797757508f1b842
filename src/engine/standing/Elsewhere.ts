/** The part of a project that a look at its record has proven fresh, when only the rest of it was opened. */
import { lstatSync } from "node:fs"
import { join } from "node:path"
import type { TaskFinished } from "../../domain/RunDocuments.ts"
import type { ProjectDocument } from "../../domain/ProjectDocument.ts"
import type { Looked } from "../../fast/Answer.ts"
import { holds, tasksOf } from "../../fast/Columns.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import type { Session } from "../Commands.ts"
import { originOf } from "../project/Expansion.ts"

export interface Elsewhere {
  readonly looked: Looked
  /** Of each declared task that was opened: its group, and its place in the whole project. */
  readonly groups: ReadonlyArray<number>
  readonly indices: ReadonlyArray<number>
  /** The whole project; null if it is not readable any more. */
  readonly whole: () => ProjectDocument | null
}

/** Whether no trace was written or removed since the look. Asked once the project is ours: from then on nobody else does. */
export const stillTraced = ({ looked: { columns } }: Elsewhere): boolean => {
  const traces = join(columns.header.root, ".atlas", "traces")
  const at = columns.paths.indexOf(traces)
  return at >= 0 && holds(columns.rows, at, lstatSync(traces, { bigint: true, throwIfNoEntry: false }))
}

/** Tasks that are fresh without having been opened, and those of them that are told all the same, in the project's order. */
export const freshElsewhere = ({ looked, groups }: Elsewhere) => {
  const { header } = looked.columns
  const opened = new Set(groups)
  // written by the engine itself, in a file that proves itself
  const told = header.told.filter(([group]) => !opened.has(group)).map(([, index, event]) => ({ index, event: event as TaskFinished }))
  return { tasks: tasksOf(header, opened) - groups.length, told }
}

/** Tasks of the opened part among those that are told of elsewhere. */
export const listedOf = (project: AnalyzedProject, elsewhere: Elsewhere | null): Session["listed"] => {
  if (elsewhere === null) return project.tasks
  const away = freshElsewhere(elsewhere).told.map(({ index, event: { task, target } }) => [index, { task, target, inputs: [] }] as const)
  const origin = originOf(project)
  const here = project.tasks.map((task, at) => [elsewhere.indices[origin(at)] as number, task] as const)
  return [...away, ...here].sort(([a], [b]) => a - b).map(([, task]) => task)
}
