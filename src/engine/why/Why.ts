/** `why` of a task as it is now: its decision, the smallest set of causes, its evidence, and what its last runs came to. */
import { Effect } from "effect"
import type { WhyDocument } from "../../domain/RunDocuments.ts"
import type { RecordedTask, RunSummary } from "../../domain/RunRecord.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { Trace } from "../../domain/Trace.ts"
import { FileDigests } from "../../ports/FileDigests.ts"
import { RunRecords } from "../../ports/RunRecords.ts"
import { StateStore } from "../../ports/StateStore.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { compareWith } from "./Comparison.ts"
import { evidenceOf } from "./Evidence.ts"
import { explain } from "./Explainer.ts"
import { lastMention } from "./Mentions.ts"
import type { Planned } from "../assess/Planner.ts"
import { formerNames, orphanTraces, rowsNow, sameButName } from "./Renamed.ts"
import { rootsOf } from "./Roots.ts"

export interface WhyRequest {
  /** The project's `.atlas`, absolute. */
  readonly state: string
  readonly paranoid: boolean
  /** Absolute path of a document of another machine, checkout or run; null for none. */
  readonly compare: string | null
}

/** Which run put the outputs where they are, and when it had: not the one that executed it, if they were restored since. */
const madeBy = (trace: Trace, last: { readonly summary: RunSummary; readonly task: RecordedTask } | null) => {
  if (last?.task.restored === undefined || last.task.restored.run !== trace.run) return { run: trace.run, at: trace.at }
  const { summary, task } = last
  return { run: summary.run, at: new Date(Date.parse(summary.at) + task.beganMs + task.ms + 1).toISOString() }
}

/** `planned` holds the closure of `task`. */
export const whyTask = Effect.fnUntraced(function* (
  project: AnalyzedProject,
  planned: ReadonlyArray<Planned>,
  index: number,
  { state, paranoid, compare }: WhyRequest
) {
  const states = yield* StateStore
  const records = yield* RunRecords
  // what this process learnt while it planned is no older evidence
  const remembered = yield* Effect.provide(FileDigests, FileDigests.layerReadOnly(state))
  const task = project.tasks[index] as ProjectTask
  const subject = planned.find((one) => one.index === index) as Planned
  const why = explain(project, planned, index)
  const { trace, decided } = subject.assessment
  const last = lastMention(records, task.task)
  const made = trace === null ? null : lastMention(records, task.task, ({ rows }) => rows !== undefined)
  const proven = decided.decision === "fresh" && trace !== null
  const rows = proven ? trace.rows : rowsNow(planned, subject, task)
  const roots = rootsOf(project, planned, task.task, records)
  const renamed = trace === null ? sameButName(task.task, rows, formerNames(orphanTraces(project, states))) : null
  const restored = proven && made?.task.restored?.run === trace.run ? made.task.restored : undefined
  return {
    ...why,
    ...(proven
      ? {
          evidence: evidenceOf(task, {
            root: project.document.root,
            trace,
            remembered,
            paranoid,
            madeBy: madeBy(trace, made),
            traceOf: states.get
          })
        }
      : { rows }),
    ...(roots.length === 0 ? {} : { roots }),
    ...(last === null
      ? {}
      : {
          lastRun: {
            run: last.summary.run,
            at: last.summary.at,
            by: last.summary.by,
            host: last.summary.host,
            outcome: last.task.outcome,
            errors: last.task.errors
          }
        }),
    ...(restored === undefined ? {} : { restored }),
    ...(renamed === null ? {} : { renamedFrom: renamed }),
    ...(compare === null ? {} : { compared: yield* compareWith(compare, task.task, rows) })
  } satisfies WhyDocument as WhyDocument
})
