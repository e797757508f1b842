/** The smallest set of causes of a planned task, by the things that have to be put right: files, programs, variables, options. */
import { type Cause, compareText } from "../../core/Cause.ts"
import { rootCauses } from "../../core/Roots.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { RootCause } from "../../domain/RunDocuments.ts"
import type { RunRecordsShape } from "../../ports/RunRecords.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { inputPath } from "./Evidence.ts"
import { lastMention } from "./Mentions.ts"
import type { Planned } from "../assess/Planner.ts"

const inputKinds = new Set<Cause["kind"]>(["input-changed", "input-missing", "input-appeared"])
const sharedKinds = new Set<Cause["kind"]>([
  "code-changed",
  "tool-changed",
  "tool-missing",
  "environment-changed",
  "runtime-changed",
  "engine-changed",
  "gate-failed"
])

const pathOf = (task: ProjectTask | null, { kind, subject }: Cause): string | undefined =>
  (inputKinds.has(kind) && task !== null ? inputPath(task, subject) : null) ?? undefined

/** What two tasks that have the same cause have in common: one file, one program, one variable is put right for both. */
export const identityOf = (id: string, cause: Cause, task: ProjectTask | null): string => {
  const path = pathOf(task, cause)
  if (path !== undefined) return JSON.stringify(["input", path])
  return JSON.stringify(sharedKinds.has(cause.kind) ? [cause.kind, cause.subject] : [cause.kind, cause.subject, cause.from, id])
}

const failing = ({ assessment }: Planned): string | null => {
  const errors = (assessment.judgement?.findings ?? []).filter(({ severity, waived }) => severity === "error" && waived === null)
  const [first] = errors
  if (first === undefined) return null
  return `${first.name} at ${first.at}: ${first.message}${errors.length === 1 ? "" : `; and ${errors.length - 1} more`}`
}

/** `planned` holds the closure of `task`. Empty for what is fresh or held. */
export const rootsOf = (
  project: AnalyzedProject,
  planned: ReadonlyArray<Planned>,
  task: string,
  records: RunRecordsShape
): ReadonlyArray<RootCause> => {
  const byTask = new Map(planned.map((one) => [one.document.task, one]))
  const known = new Map<string, ReadonlyArray<Cause>>()
  const hindrances = (id: string): ReadonlyArray<Cause> => {
    const hit = known.get(id)
    if (hit !== undefined) return hit
    const found = byTask.get(id)?.assessment.hindrances() ?? []
    known.set(id, found)
    return found
  }
  const taskOf = (id: string): ProjectTask | null => project.tasks[byTask.get(id)?.index ?? -1] ?? null
  const found = rootCauses(task, {
    hindrances,
    identity: (id, cause) => identityOf(id, cause, taskOf(id)),
    fails: (id) => byTask.get(id)?.assessment.judgement?.verdict === "failed"
  })
  return found.map(({ cause, tasks }): RootCause => {
    const path = pathOf(taskOf(tasks[0] ?? task), cause)
    const gate = cause.kind === "gate-failed" && cause.from !== null ? byTask.get(cause.from) : undefined
    const made =
      cause.kind === "need-changed" && cause.from !== null ? lastMention(records, cause.from, ({ rows }) => rows !== undefined) : null
    const traced = byTask.get(tasks[0] ?? task)?.assessment.trace?.at ?? ""
    const origin = made !== null && compareText(made.summary.at, traced) >= 0 ? made : null
    return {
      ...cause,
      ...(gate === undefined ? {} : { new: failing(gate) }),
      tasks: [...tasks],
      ...(path === undefined ? {} : { path }),
      ...(origin === null ? {} : { origin: { run: origin.summary.run, at: origin.summary.at, causes: origin.task.causes } })
    }
  })
}
