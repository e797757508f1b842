/** The part of a project that a look at its record has proven fresh, when only the rest of it was opened. */
import { lstatSync } from "node:fs"
import { join } from "node:path"
import type { TaskFinished } from "../domain/RunDocuments.ts"
import type { ProjectDocument } from "../domain/ProjectDocument.ts"
import type { Looked } from "../fast/Answer.ts"
import { holds } from "../fast/Columns.ts"

export interface Elsewhere {
  readonly looked: Looked
  /** Of each task that was opened: its group, and its place in the whole project. */
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
  return { tasks: header.tasks - groups.length, told }
}
