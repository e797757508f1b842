/** Answers `why`, a task's decision with those it hangs on, from the same traversal that decides; and `explain`. */
import type { PlannedTask, WhyDocument } from "../../domain/RunDocuments.ts"
import { edgesOf } from "../../core/TaskGraph.ts"
import { adoptionsOf } from "../upkeep/Adoptions.ts"
import { codeOfFinding } from "../../domain/Failure.ts"
import type { Explanation } from "../../domain/ViewDocuments.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { sameContents } from "../assess/Contents.ts"
import type { Planned } from "../assess/Planner.ts"

type Adoption = NonNullable<WhyDocument["adoptions"]>[number]

const opening = ({ decision, causes }: PlannedTask, stageOf: (task: string) => string, adoption: Adoption | undefined): string => {
  const [first] = causes
  const from = first?.from == null ? "" : stageOf(first.from)
  switch (decision) {
    case "fresh":
      if (adoption?.inForce === true) return `fresh: adopted by ${adoption.by} at ${adoption.at}: ${adoption.because}`
      return "fresh: all that it depends on is as it was, and its outputs are as recorded"
    case "held":
      return `held: ${first?.new ?? "its cell was retired on purpose"}`
    case "pending":
      // a fan-out of which nobody knows yet what it will come to
      if (first?.kind === "need-unknown" && first.new !== null) return `pending until ${from} has run: ${first.new}`
      return first?.kind === "gate-unknown"
        ? `pending: its gate ${from} may come to another verdict`
        : `pending: its need ${from} may give other evidence`
    case "blocked":
      return first?.kind === "gate-failed"
        ? `blocked: its gate ${from} fails now`
        : first?.kind === "conflict"
          ? `blocked: ${first.new ?? first.subject}`
          : first?.kind === "tool-missing"
            ? `blocked: ${first.subject} is not on PATH`
            : `blocked: its need ${from} did not succeed`
    case "drifted":
      return `drifted: ${first?.subject ?? "its cell"} was changed by someone else`
    case "stale":
      return causes.length === 1 ? "stale, for one reason" : `stale, for ${causes.length} reasons`
  }
}

/** Of a fresh task: inputs of which only bytes that do not count are others. */
const aside = ({ assessment: { decided, own, trace } }: Planned): string => {
  const same = decided.decision !== "fresh" || trace === null ? [] : sameContents(trace.rows, own.rows)
  return same.length === 0 ? "" : `; bytes of ${same.join(", ")} are others, and what counts of them is the same`
}

/** `planned` holds the closure of `task`; it comes last in the chain, behind what made it so. */
export const explain = (project: AnalyzedProject, planned: ReadonlyArray<Planned>, task: number): WhyDocument => {
  const byIndex = new Map(planned.map((one) => [one.index, one]))
  const subject = byIndex.get(task) as Planned
  const involved = new Set([task])
  const queue = [task]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const up of edgesOf(project.graph.upstream, next)) {
      const decision = byIndex.get(up)?.document.decision
      const closes = byIndex.get(up)?.document.verdict === "failed"
      if (involved.has(up) || ((decision === "fresh" || decision === undefined) && !closes)) continue
      involved.add(up)
      queue.push(up)
    }
  }
  const chain = planned.filter((one) => involved.has(one.index)).map((one) => one.document)
  const { trace, decided, cell } = subject.assessment
  const adoptions = adoptionsOf(trace).map(({ at, by, host, because, desired, live, inForce }) => ({
    at,
    by,
    host,
    because,
    live,
    // a cell that has moved since is good for another reason
    inForce: inForce && (live === null || (cell?.desired === desired && cell.live?.state === "present" && cell.live.value === live))
  }))
  const stageOf = (id: string): string => {
    const index = project.graph.indexOf.get(id)
    const found = index === undefined ? undefined : project.tasks[index]
    return found === undefined ? id : found.target === project.tasks[task]?.target ? (found.check ?? found.stage) : id
  }
  return {
    atlas: "why/1",
    task: subject.document.task,
    decision: decided.decision,
    verdict: subject.document.verdict,
    sentence: opening(subject.document, stageOf, adoptions.at(-1)) + aside(subject),
    chain,
    evidence:
      decided.decision !== "fresh" || trace === null
        ? null
        : {
            run: trace.run,
            at: trace.at,
            rows: trace.rows.map(({ kind, subject: of, value }) => ({ kind, subject: of, value })),
            outputs: trace.outputs.map(({ name, path, digest }) => ({ name, path, digest }))
          },
    ...(adoptions.length === 0 ? {} : { adoptions })
  }
}

/** What the project's definitions say of a code: errors by their code, findings by name or in capitals. */
export const explanations = (project: AnalyzedProject, code: string): ReadonlyArray<Explanation> => {
  const found: Array<Explanation> = []
  for (const definition of project.document.definitions) {
    for (const error of definition.errors) if (error.code === code) found.push({ ...error, kind: "error", of: definition.name })
    for (const [name, finding] of Object.entries(definition.findings))
      if (name === code || codeOfFinding(name) === code)
        found.push({
          code: name,
          kind: "finding",
          of: definition.name,
          summary: `a finding of ${definition.name} (${finding.severity})`,
          hint: finding.hint,
          example: null
        })
  }
  return found
}
