/** What a run would do, without doing it: one traversal in the graph's order. Writes nothing. */
import { Effect } from "effect"
import { plannedGate, plannedNeed } from "../../core/Upstream.ts"
import type { PlanCounts, PlannedTask } from "../../domain/RunDocuments.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { type Assessment, type AssessOptions, assessor } from "./Assessor.ts"
import { Upstream } from "./Upstream.ts"

export interface Planned {
  readonly index: number
  readonly assessment: Assessment
  readonly document: PlannedTask
}

export const plannedTask = (task: ProjectTask, { decided, judgement }: Assessment): PlannedTask => ({
  task: task.task,
  target: task.target,
  stage: task.stage,
  check: task.check,
  decision: decided.decision,
  // findings of an execution that would be repeated are no evidence any more
  verdict: decided.decision === "fresh" || decided.decision === "held" ? (judgement?.verdict ?? null) : null,
  causes: decided.causes
})

/** Decides `indices`, which hold all their upstream, in the graph's order. */
export const planTasks = Effect.fnUntraced(function* (project: AnalyzedProject, indices: Iterable<number>, options: AssessOptions) {
  const assess = yield* assessor(project, options)
  const upstream = new Upstream(project)
  const planned: Array<Planned> = []
  for (const index of indices) {
    const assessment = yield* assess(index, upstream)
    const { decision } = assessment.decided
    const document = plannedTask(project.tasks[index] as ProjectTask, assessment)
    upstream.tell(index, {
      outputs: assessment.outputs,
      verdict: document.verdict,
      need: (rows) => plannedNeed(decision, rows),
      gate: plannedGate(decision, document.verdict)
    })
    planned.push({ index, assessment, document })
  }
  return planned
})

export const countPlan = (tasks: ReadonlyArray<PlannedTask>): PlanCounts => {
  const counts = { fresh: 0, stale: 0, pending: 0, blocked: 0, drifted: 0, held: 0 }
  for (const { decision } of tasks) counts[decision]++
  return counts
}
