/** How a run is called, how it ended, and what is remembered of that for the next one. */
import { randomBytes } from "node:crypto"
import { userInfo } from "node:os"
import type { RunFinished } from "../../domain/RunDocuments.ts"
import type { RunReport } from "../../domain/RunReport.ts"
import type { freshElsewhere } from "../standing/Elsewhere.ts"

/** Sorts by time, to the ms (the first three digits of its end), and is unique without a registry. */
export const newRun = (): string => {
  const now = new Date()
  const ms = now.getUTCMilliseconds().toString(16).padStart(3, "0")
  return `${now.toISOString().replace(/[-:]/g, "").slice(0, 15)}-${ms}${randomBytes(3).toString("hex").slice(1)}`
}

/** The user's login name, where the system knows it. */
export const loginName = (): string => {
  try {
    return userInfo().username
  } catch {
    return "unknown"
  }
}

/** What came of the tasks that were opened. */
export interface Ended {
  readonly counts: RunFinished["counts"]
  readonly finished: ReadonlyArray<{ readonly verdict: string | null }>
  readonly warnings: ReadonlyArray<string>
}

interface Circumstances {
  readonly run: string
  /** Fresh without having been opened; null where everything was. */
  readonly away: ReturnType<typeof freshElsewhere> | null
  readonly interrupted: boolean
  /** On the clock of `performance.now`, ms. */
  readonly began: number
}

/** `leaks`: faults of tasks that seemed to have ended well. */
export const runFinished = (result: Ended, leaks: number, { run, away, interrupted, began }: Circumstances): RunFinished => {
  const held = away?.told.filter(({ event }) => event.outcome === "held").length ?? 0
  const counts = { ...result.counts, fresh: result.counts.fresh + (away?.tasks ?? 0) - held, held: result.counts.held + held }
  const verdicts = result.finished.filter((task) => task.verdict === "failed").length
  const bad = leaks + counts.failed + counts.tainted + counts.drifted + counts.blocked + verdicts
  const outcome = interrupted ? ("interrupted" as const) : bad > 0 ? ("failed" as const) : ("succeeded" as const)
  return {
    event: "run-finished",
    run,
    outcome,
    counts,
    warnings: [...result.warnings],
    ms: Math.round(performance.now() - began),
    exit: outcome === "interrupted" ? 130 : outcome === "failed" ? 1 : 0
  }
}

export const reportOf = (
  run: string,
  at: string,
  finished: RunFinished,
  tasks: ReadonlyArray<{
    readonly task: string
    readonly outcome: RunReport["tasks"][number]["outcome"]
    readonly verdict: RunReport["tasks"][number]["verdict"]
  }>,
  othersFresh: boolean
): RunReport => ({
  atlas: "run-report/1",
  run,
  at,
  outcome: finished.outcome,
  tasks: tasks.map(({ task, outcome, verdict }) => ({ task, outcome, verdict })),
  ...(othersFresh ? { others: "fresh" as const } : {})
})
