/** Tasks that stand under another name than before: an orphan whose result rests on the same things, but for what names put there. */
import { Effect } from "effect"
import { needOfSubject, needRow, sortRows } from "../../core/Rows.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { Row, Trace } from "../../domain/Trace.ts"
import { StateStore, type StateStoreShape } from "../../ports/StateStore.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import type { Planned } from "../assess/Planner.ts"

/**
 * Rows without names of tasks, definitions and places of outputs. The code of a stage that is a class holds its name: two that differ
 * there alone are taken for the same under two names.
 */
const withoutNames = (rows: ReadonlyArray<Row>): string => {
  const kept = rows.flatMap((row): ReadonlyArray<Row> => {
    if (row.kind === "code") return row.subject === "command" ? [{ ...row, note: null }] : []
    if (row.kind === "output") return [{ ...row, value: row.value.split(" ")[0] ?? "", note: null }]
    const need = row.kind === "need" ? needOfSubject(row.subject) : null
    return [{ ...row, subject: need === null ? row.subject : need.output, note: null }]
  })
  return JSON.stringify(sortRows(kept))
}

/** Something of its own must be the same: what any task has is no sign. */
const telling = (rows: ReadonlyArray<Row>): boolean =>
  rows.some(({ kind }) => kind === "input" || kind === "discovered" || kind === "need" || kind === "target")

const names = (task: string): { readonly target: string; readonly rest: string } => {
  const colon = task.indexOf(":")
  return { target: task.slice(0, colon), rest: task.slice(colon + 1) }
}

const otherName = (a: string, b: string): boolean => {
  const was = names(a)
  const now = names(b)
  return (was.target === now.target) !== (was.rest === now.rest)
}

/** Remembered tasks by what their results rest on, names aside. */
export type FormerNames = ReadonlyMap<string, ReadonlyArray<string>>

export const formerNames = (traces: Iterable<Trace>): FormerNames => {
  const found = new Map<string, Array<string>>()
  for (const { task, rows } of traces) {
    if (!telling(rows)) continue
    const key = withoutNames(rows)
    const same = found.get(key)
    if (same === undefined) found.set(key, [task])
    else same.push(task)
  }
  return found
}

/** The one of `candidates` that agrees with `rows` and has another name than `task`; null for none and for several. */
export const sameButName = (task: string, rows: ReadonlyArray<Row>, candidates: FormerNames): string | null => {
  if (candidates.size === 0 || !telling(rows)) return null
  const found = (candidates.get(withoutNames(rows)) ?? []).filter((one) => otherName(one, task))
  return found.length === 1 ? (found[0] ?? null) : null
}

/** Remembered tasks that the project no longer has. */
export const orphanTraces = (
  { document }: Pick<AnalyzedProject, "document">,
  states: Pick<StateStoreShape, "all">
): ReadonlyArray<Trace> => [...states.all(new Set(document.tasks.map(({ task }) => task))).values()]

/** Plans with the former names of tasks that never ran under theirs. */
export const withFormerNames = Effect.fnUntraced(function* (project: AnalyzedProject, planned: ReadonlyArray<Planned>) {
  const isNew = ({ assessment }: Planned): boolean => assessment.trace === null
  if (!planned.some(isNew)) return planned
  const orphans = formerNames(orphanTraces(project, yield* StateStore))
  if (orphans.size === 0) return planned
  return planned.map((one) => {
    const task = project.tasks[one.index]
    const former = !isNew(one) || task === undefined ? null : sameButName(task.task, rowsNow(planned, one, task), orphans)
    return former === null ? one : { ...one, document: { ...one.document, renamedFrom: former } }
  })
})

/** Own rows now, and those of the needs whose outputs are known. */
export const rowsNow = (planned: ReadonlyArray<Planned>, subject: Planned, task: ProjectTask): ReadonlyArray<Row> => {
  const needed = new Set(task.needs.map((need) => need.task))
  const byTask = new Map(planned.flatMap((one) => (needed.has(one.document.task) ? [[one.document.task, one] as const] : [])))
  const needs = task.needs.flatMap((need) => {
    const from = byTask.get(need.task)
    const known = from?.document.decision === "fresh" || from?.document.decision === "held"
    return known ? from.assessment.outputs.map((output) => needRow(need, output)) : []
  })
  return sortRows([...subject.assessment.own.rows, ...needs])
}
