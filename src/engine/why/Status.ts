/** Answers `status`: one line a target, from a plan and the last run's report. */
import type { StatusDocument } from "../../domain/RunDocuments.ts"
import type { RunReport } from "../../domain/RunReport.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { countPlan, type Planned } from "../assess/Planner.ts"

export const statusDocument = (project: AnalyzedProject, planned: ReadonlyArray<Planned>, report: RunReport | null): StatusDocument => {
  const groups = new Map<string, Array<Planned>>()
  for (const one of [...planned].sort((a, b) => a.index - b.index)) {
    const target = one.document.target
    const group = groups.get(target)
    if (group === undefined) groups.set(target, [one])
    else group.push(one)
  }
  const last = new Map((report?.tasks ?? []).map((task) => [task.task, task]))
  const targets = [...groups].map(([target, members]) => {
    const documents = members.map((member) => member.document)
    const has = (holds: (task: (typeof documents)[number]) => boolean) => documents.some(holds)
    const lastFailed = has((task) => task.decision !== "fresh" && ["failed", "tainted"].includes(last.get(task.task)?.outcome ?? ""))
    const state = has((task) => task.decision === "drifted")
      ? ("drifted" as const)
      : has((task) => task.verdict === "failed") || lastFailed
        ? ("failed" as const)
        : has((task) => task.decision === "stale" || task.decision === "pending" || task.decision === "blocked")
          ? ("stale" as const)
          : has((task) => task.verdict === "waived")
            ? ("waived" as const)
            : ("fresh" as const)
    const order = ["failed", "warned", "waived", "passed"] as const
    const ran = report?.others === "fresh" || members.some((member) => last.has(member.document.task))
    return {
      target,
      state,
      tasks: countPlan(documents),
      verdict: order.find((verdict) => has((task) => task.verdict === verdict)) ?? null,
      lastRun: report === null || !ran ? null : { run: report.run, at: report.at, outcome: report.outcome }
    }
  })
  return { atlas: "status/1", project: project.document.name, targets, counts: countPlan(planned.map((one) => one.document)) }
}
