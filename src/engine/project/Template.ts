/** How a task stands that stands for the items of a fan-out: it waits for its source, or there can be no tasks for them. */
import type { Cause } from "../../core/Cause.ts"
import type { Decided, GateState, NeedState } from "../../core/Decide.ts"
import { encodeFailure, type ErrorDocument } from "../../domain/Failure.ts"
import { ItemsRefused } from "../../domain/Fault.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { AnalyzedProject } from "./Analyzer.ts"
import type { Assessment } from "../assess/Assessor.ts"
import { nothingLooked } from "../assess/Rows.ts"
import { sourceKey } from "./Expansion.ts"

type Each = NonNullable<ProjectTask["each"]>

interface Known {
  readonly needs: ReadonlyArray<{ readonly name: string; readonly task: string; readonly state: NeedState }>
  readonly gates: ReadonlyArray<{ readonly task: string; readonly state: GateState }>
}

const cause = (kind: Cause["kind"], subject: string, from: string): Cause => ({ kind, subject, old: null, new: null, from })

const decided = (each: Each, { needs, gates }: Known, error: ErrorDocument | null): Decided => {
  const closed = [
    ...needs.flatMap(({ name, task, state }) => ("failed" in state ? [cause("need-failed", name, task)] : [])),
    ...gates.flatMap(({ task, state }) => (state === "closed" ? [cause("gate-failed", task, task)] : []))
  ]
  if (closed.length > 0) return { decision: "blocked", causes: closed }
  if (error !== null) return { decision: "blocked", causes: [{ ...cause("conflict", each.output, each.task), new: error.message }] }
  const source = each.task.slice(each.task.lastIndexOf(":") + 1)
  return { decision: "pending", causes: [{ ...cause("need-unknown", source, each.task), new: "its items are not known yet" }] }
}

/** It has no rows of its own, since it never runs. */
export const assessTemplate = (project: AnalyzedProject, task: ProjectTask & { readonly each: Each }, known: Known): Assessment => {
  const { each } = task
  const open = known.needs.some(({ state }) => "unknown" in state)
  const missing = (): ErrorDocument =>
    encodeFailure(
      new ItemsRefused({ message: `the items that ${each.task} makes are not looked at yet: run again`, task: each.task, items: [] })
    )
  const error = project.expansion?.refused.get(sourceKey(each)) ?? (open ? null : missing())
  const answer = decided(each, known, error)
  return {
    decided: answer,
    hindrances: () => answer.causes,
    own: nothingLooked,
    trace: null,
    outputs: [],
    judgement: null,
    cell: null,
    errors: error === null || answer.causes.every(({ kind }) => kind !== "conflict") ? [] : [error]
  }
}
