/**
 * The one function that decides whether a task runs, and says why. `plan`, `run`, `why` and `status` all read its answer; nothing
 * else compares rows. It reads no clock and no file: the view holds all that there is to know.
 *
 * The first that holds, in this order, is the decision, and its causes are all those that make it:
 * `blocked` (a need failed, a gate is closed, a tool is missing), `drifted` (a cell that someone else changed), `stale` (forced, never
 * run, a row differs, an output is bad, a cell is to be changed), `pending` (otherwise good, but a need or gate is not known yet),
 * `held` (a cell that was retired on purpose), `fresh`.
 */
import { type Cause, type CauseKind, sortCauses } from "./Cause.ts"
import { type Adopted, type CellComparison, type CellView, compareCell } from "./Cell.ts"
import { diffRows, needOfSubject, type Row, sameRows } from "./Rows.ts"

export type Decision = "fresh" | "stale" | "pending" | "blocked" | "drifted" | "held"

/** `known` are the rows of its outputs (`needRow`); `unknown` while it may still run; `failed` if it failed, is blocked or drifted. */
export type NeedState = { readonly known: ReadonlyArray<Row> } | { readonly unknown: true } | { readonly failed: true }

/** `closed`: its verdict is failed, or it could not be looked at; `unknown` while it may still run. */
export type GateState = "open" | "closed" | "unknown"

/** `none`: nothing is declared or recorded. Else the names or paths of those that are gone or differ and cannot be restored. */
export type OutputsView =
  | { readonly state: "good" | "none" }
  | { readonly state: "missing" | "altered"; readonly subjects: ReadonlyArray<string> }
  | { readonly state: "damaged"; readonly missing: ReadonlyArray<string>; readonly altered: ReadonlyArray<string> }

export interface TaskView {
  readonly task: string
  /** Its own rows as they are now: all kinds but `need`. */
  readonly rows: ReadonlyArray<Row>
  /** The last good execution; `rows` hold own rows and needs' rows. */
  readonly trace: { readonly rows: ReadonlyArray<Row>; readonly applied: string | null; readonly adopted?: Adopted } | null
  readonly outputs: OutputsView
  readonly forced: boolean
  readonly missingTools: ReadonlyArray<string>
  readonly needs: ReadonlyArray<{ readonly name: string; readonly task: string; readonly state: NeedState }>
  readonly gates: ReadonlyArray<{ readonly task: string; readonly state: GateState }>
  readonly cell: CellView | null
}

export interface Decided {
  readonly decision: Decision
  readonly causes: ReadonlyArray<Cause>
}

const because = (kind: CauseKind, subject: string, from: string | null = null): Cause => ({ kind, subject, old: null, new: null, from })

const fresh: Decided = Object.freeze({ decision: "fresh", causes: Object.freeze([]) })

const decided = (decision: Decision, causes: ReadonlyArray<Cause>): Decided => ({ decision, causes: sortCauses(causes) })

const isNeed = (row: Row): boolean => row.kind === "need"
const isOwn = (row: Row): boolean => row.kind !== "need"

const blockers = (view: TaskView): Array<Cause> => {
  const causes: Array<Cause> = []
  for (const need of view.needs) if ("failed" in need.state) causes.push(because("need-failed", need.name, need.task))
  for (const gate of view.gates) if (gate.state === "closed") causes.push(because("gate-failed", gate.task, gate.task))
  for (const tool of view.missingTools) causes.push(because("tool-missing", tool))
  return causes
}

const unknowns = (view: TaskView): Array<Cause> => {
  const causes: Array<Cause> = []
  for (const need of view.needs) if ("unknown" in need.state) causes.push(because("need-unknown", need.name, need.task))
  for (const gate of view.gates) if (gate.state === "unknown") causes.push(because("gate-unknown", gate.task, gate.task))
  return causes
}

const damages = (outputs: OutputsView): Array<Cause> => {
  switch (outputs.state) {
    case "good":
    case "none":
      return []
    case "missing":
      return outputs.subjects.map((subject) => because("output-missing", subject))
    case "altered":
      return outputs.subjects.map((subject) => because("output-altered", subject))
    case "damaged":
      return [
        ...outputs.missing.map((subject) => because("output-missing", subject)),
        ...outputs.altered.map((subject) => because("output-altered", subject))
      ]
  }
}

/** Rows of needs: what was recorded beside what is known now. Nothing is said of needs whose outputs are not known yet. */
const needChanges = (view: TaskView, recorded: ReadonlyArray<Row>): ReadonlyArray<Cause> => {
  const known: Array<Row> = []
  const open = new Set<string>()
  for (const need of view.needs) {
    if ("known" in need.state) for (const row of need.state.known) known.push(row)
    else open.add(`${need.name}=${need.task}`)
  }
  if (open.size === 0) return sameRows(recorded, known) ? [] : diffRows(recorded, known)
  const comparable = recorded.filter((row) => {
    const need = needOfSubject(row.subject)
    return need !== null && !open.has(`${need.name}=${need.task}`)
  })
  return diffRows(comparable, known)
}

const rowChanges = (view: TaskView): ReadonlyArray<Cause> => {
  if (view.trace === null) return [because("never-run", view.task)]
  const own = view.rows.some(isNeed) ? view.rows.filter(isOwn) : view.rows
  const recorded = view.trace.rows
  const ownThen = recorded.filter(isOwn)
  const changes = sameRows(ownThen, own) ? [] : diffRows(ownThen, own)
  const needs = needChanges(view, recorded.filter(isNeed))
  return needs.length === 0 ? changes : [...changes, ...needs]
}

/** Why a task without a cell is stale. What it never made cannot be missing. */
const reasons = (view: TaskView): ReadonlyArray<Cause> =>
  view.trace === null || view.outputs.state === "good" || view.outputs.state === "none"
    ? rowChanges(view)
    : [...damages(view.outputs), ...rowChanges(view)]

/** Why the owner of a cell is stale: the cell decides, its rows only explain. Without a trace there are no rows to explain with. */
const cellReasons = (view: TaskView, { state, causes }: CellComparison): ReadonlyArray<Cause> => {
  switch (state) {
    case "absent":
      return view.trace === null ? rowChanges(view) : [...causes, ...damages(view.outputs), ...rowChanges(view)]
    case "conflict":
    case "moves":
      return view.trace === null ? causes : [...causes, ...damages(view.outputs), ...rowChanges(view)]
    case "same":
      return damages(view.outputs)
    case "unknown":
      return []
    case "drifted":
    case "held":
      return view.forced ? causes : []
  }
}

/** Decides and explains. Total: any view has an answer, and equal views have equal answers whatever the order of their lists. */
export const decide = (view: TaskView): Decided => {
  const blocked = blockers(view)
  if (blocked.length > 0) return decided("blocked", blocked)
  const cell = view.cell === null ? null : compareCell(view.cell, view.trace?.applied ?? null, view.trace?.adopted ?? null)
  if (cell !== null && cell.state === "drifted" && !view.forced) return decided("drifted", cell.causes)
  const stale = cell === null ? reasons(view) : cellReasons(view, cell)
  if (view.forced) return decided("stale", [because("forced", view.task), ...stale])
  if (stale.length > 0) return decided("stale", stale)
  const pending = unknowns(view)
  if (cell !== null && cell.state === "unknown" && (view.cell?.live === null || !pending.some(({ kind }) => kind === "need-unknown")))
    pending.push(...cell.causes)
  if (pending.length > 0) return decided("pending", pending)
  return cell !== null && cell.state === "held" ? decided("held", cell.causes) : fresh
}

/**
 * All that keeps it from being fresh, also what its decision hides (a blocked task may be stale beneath): with every one of these put
 * right it is fresh, with one left it is not. Empty exactly if it is fresh or held.
 */
export const hindrances = (view: TaskView): ReadonlyArray<Cause> => {
  const cell = view.cell === null ? null : compareCell(view.cell, view.trace?.applied ?? null, view.trace?.adopted ?? null)
  const drifted = cell !== null && cell.state === "drifted" && !view.forced ? cell.causes : []
  const stale = cell === null ? reasons(view) : cellReasons(view, cell)
  const forced = view.forced ? [because("forced", view.task)] : []
  const found = [...blockers(view), ...drifted, ...forced, ...stale, ...unknowns(view)]
  return sortCauses(found.length === 0 ? decide(view).causes.filter(({ kind }) => kind !== "held") : found)
}
