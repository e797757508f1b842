/** What a task's decision or outcome means for the tasks that need it or are gated by it: the same in a plan and in a run. */
import type { Decision, GateState, NeedState } from "./Decide.ts"
import type { Verdict } from "./Judge.ts"
import type { Row } from "./Rows.ts"

export type Outcome = "executed" | "fresh" | "restored" | "reused" | "failed" | "blocked" | "drifted" | "held" | "tainted" | "cancelled"

const unknown: NeedState = { unknown: true }
const failed: NeedState = { failed: true }

/** In a plan: only what is not going to run has known outputs, and a held cell hands on what was applied. */
export const plannedNeed = (decision: Decision, rows: ReadonlyArray<Row>): NeedState =>
  decision === "fresh" || decision === "held" ? { known: rows } : decision === "stale" || decision === "pending" ? unknown : failed

/** In a plan: open unless the verdict, judged now, is failed. */
export const plannedGate = (decision: Decision, verdict: Verdict | null): GateState =>
  decision === "stale" || decision === "pending"
    ? "unknown"
    : decision === "blocked" || decision === "drifted" || verdict === "failed"
      ? "closed"
      : "open"

const isGood = (outcome: Outcome): boolean =>
  outcome === "executed" || outcome === "fresh" || outcome === "restored" || outcome === "reused" || outcome === "held"

/** In a run, once the need is settled. */
export const settledNeed = (outcome: Outcome, rows: ReadonlyArray<Row>): NeedState => (isGood(outcome) ? { known: rows } : failed)

/** In a run, once the gate is settled. */
export const settledGate = (outcome: Outcome, verdict: Verdict | null): GateState =>
  isGood(outcome) && verdict !== "failed" ? "open" : "closed"
