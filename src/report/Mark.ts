/** The mark before a task: ✓ done, ⚠ done with warnings, ✗ failed, ∙ not run. */
import type { Verdict } from "../domain/Finding.ts"
import type { Outcome, TaskFinished } from "../domain/RunDocuments.ts"
import type { Style } from "../core/Style.ts"
import { taskTime } from "../core/Quantity.ts"

export type Mark = "✓" | "⚠" | "✗" | "∙"

const failing = new Set<Outcome>(["failed", "tainted", "drifted"])
const idle = new Set<Outcome>(["fresh", "blocked", "held", "cancelled"])

export const isFailing = ({ outcome, verdict }: { readonly outcome: Outcome; readonly verdict: Verdict | null }): boolean =>
  failing.has(outcome) || verdict === "failed"

export const markOf = (task: { readonly outcome: Outcome; readonly verdict: Verdict | null }): Mark => {
  if (isFailing(task)) return "✗"
  if (task.verdict === "warned" || task.verdict === "waived") return "⚠"
  return idle.has(task.outcome) ? "∙" : "✓"
}

export const paintMark = (mark: Mark, style: Style): string => {
  switch (mark) {
    case "✓":
      return style.green(mark)
    case "⚠":
      return style.yellow(mark)
    case "✗":
      return style.red(mark)
    case "∙":
      return style.dim(mark)
  }
}

/** What stands in the column of times: the time of what ran, else its outcome. */
export const timeText = ({ outcome, ms }: Pick<TaskFinished, "outcome" | "ms">): string =>
  idle.has(outcome) || outcome === "drifted" ? outcome : taskTime(ms)

/** How a task is called among its target's: the check, else the stage. */
export const shortName = ({ stage, check }: { readonly stage: string; readonly check: string | null }): string => check ?? stage
