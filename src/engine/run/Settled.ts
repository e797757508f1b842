/** How a task of a run ended, what is told of it, and what the next run may start from. */
import { resolve } from "node:path"
import type { Judgement } from "../../core/Judge.ts"
import { encodeFailure, type ErrorDocument } from "../../domain/Failure.ts"
import { CellDrifted, ToolMissing } from "../../domain/Fault.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { Attempt, Outcome, RunCounts, TaskFinished } from "../../domain/RunDocuments.ts"
import type { Trace, TracedOutput } from "../../domain/Trace.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import type { Assessment } from "../assess/Assessor.ts"
import { isTemplate } from "../project/Expansion.ts"
import type { Rest } from "../standing/Standing.ts"

export interface Settled {
  readonly outcome: Outcome
  readonly outputs: ReadonlyArray<TracedOutput>
  readonly judgement: Judgement | null
  readonly assessment: Assessment | null
  readonly summary: string | null
  readonly errors: ReadonlyArray<ErrorDocument>
  readonly ms: number
  /** Of what was executed or restored. */
  readonly trace?: Trace
  /** Failed attempts before this end. */
  readonly attempts: ReadonlyArray<Attempt>
  readonly peakMiB: number | null
}

export const idle = { assessment: null, outputs: [], judgement: null, summary: null, errors: [], ms: 0, attempts: [], peakMiB: null }

export const noCounts = (): Record<Outcome, number> & RunCounts => ({
  executed: 0,
  fresh: 0,
  restored: 0,
  reused: 0,
  failed: 0,
  blocked: 0,
  drifted: 0,
  held: 0,
  tainted: 0,
  cancelled: 0
})

const drift = (task: ProjectTask, { decided, cell }: Assessment): ReadonlyArray<ErrorDocument> =>
  decided.causes
    .filter((cause) => cause.kind === "drifted")
    .map((cause) =>
      encodeFailure(
        new CellDrifted({
          message: `${cause.subject}: ${cause.old === null ? "" : `was ${cause.old}, `}${cause.new ?? "changed"}`,
          cell: task.cell?.cell ?? cause.subject,
          where: { path: cause.subject },
          ...cell?.live?.changed
        })
      )
    )

const toolMissing =
  (task: ProjectTask) =>
  (tool: string): ErrorDocument =>
    encodeFailure(new ToolMissing({ message: `${tool}, which ${task.task} runs, is not on PATH`, tool }))

/** Where the outputs of a trace lie, absolute. */
export const placesOf = ({ document }: AnalyzedProject, trace: Trace): ReadonlyMap<string, string> =>
  new Map(trace.outputs.filter(({ kind }) => kind !== "value").map(({ name, path }) => [name, resolve(document.root, path)]))

export const named = (task: ProjectTask) => ({ task: task.task, target: task.target, stage: task.stage, check: task.check })

export const finishedEvent = (task: ProjectTask, settled: Settled): TaskFinished => {
  const [first] = settled.errors
  return {
    event: "task-finished",
    ...named(task),
    outcome: settled.outcome,
    verdict: settled.judgement?.verdict ?? null,
    ms: settled.ms,
    causes: [...(settled.assessment?.decided.causes ?? [])],
    findings: [...(settled.judgement?.findings ?? [])],
    summary: settled.summary,
    ...(first === undefined ? {} : { error: { ...first, task: task.task } }),
    ...(settled.errors.length > 1 ? { errors: settled.errors.map((error) => ({ ...error, task: task.task })) } : {}),
    ...(settled.attempts.length > 0 ? { attempts: [...settled.attempts] } : {}),
    ...(settled.peakMiB === null ? {} : { peakMiB: settled.peakMiB })
  }
}

/** How it will be told while it is fresh. */
const freshOf = ({ attempts: _attempts, peakMiB: _peak, ...event }: TaskFinished): TaskFinished => ({
  ...event,
  outcome: "fresh",
  causes: [],
  ms: 0
})

/** Null for what the next run has to look at again: it is not fresh, fails, or is warned of each time. */
export const restOf = (task: ProjectTask, { outcome, assessment, outputs, judgement }: Settled, event: TaskFinished): Rest | null => {
  const still = outcome === "fresh" || outcome === "held"
  if (assessment === null || judgement?.verdict === "failed") return null
  if (judgement !== null && judgement.unusedWaivers.length + judgement.expiredWaivers.length > 0) return null
  if (!still && (task.cell !== null || (outcome !== "executed" && outcome !== "restored"))) return null
  return {
    inputs: [...assessment.own.inputs, ...assessment.own.discovered],
    globs: assessment.own.globs,
    tools: assessment.own.rows.filter(({ kind }) => kind === "tool"),
    outputs: task.cell === null ? outputs : [],
    witnesses: task.cell === null ? null : (assessment.cell?.witnesses ?? []),
    until: judgement?.nextExpiry ?? null,
    told: still ? event : freshOf(event)
  }
}

/** What is so without being executed; null for what has to be. */
export const standingOf = (task: ProjectTask, assessment: Assessment): Settled | null => {
  const { decision } = assessment.decided
  const { outputs, judgement, errors: refused } = assessment
  const kept = { ...idle, assessment, outputs, judgement, summary: assessment.trace?.summary ?? null }
  if (decision === "fresh" || decision === "held") return { ...kept, outcome: decision }
  if (decision === "drifted") return { ...kept, summary: null, outcome: decision, errors: drift(task, assessment) }
  if (decision !== "blocked") return null
  if (isTemplate(task) && refused.length > 0) return { ...idle, assessment, outcome: "failed", errors: refused }
  const errors = assessment.own.missingTools.map(toolMissing(task))
  return { ...kept, summary: null, judgement: null, outcome: decision, errors }
}
