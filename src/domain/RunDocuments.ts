/** Machine output, version 1 (experience.md §5): plans, run events, why, status. */
import { Schema } from "effect"
import { ErrorDocument } from "./Failure.ts"
import { JudgedFinding, Verdict } from "./Finding.ts"
import { Row } from "./Trace.ts"

export const Decision = Schema.Literals(["fresh", "stale", "pending", "blocked", "drifted", "held"])
export type Decision = typeof Decision.Type

export const Outcome = Schema.Literals([
  "executed",
  "fresh",
  "restored",
  "reused",
  "failed",
  "blocked",
  "drifted",
  "held",
  "tainted",
  "cancelled"
])
export type Outcome = typeof Outcome.Type

export const CauseKind = Schema.Literals([
  "conflict",
  "never-run",
  "input-changed",
  "input-missing",
  "input-appeared",
  "option-changed",
  "code-changed",
  "need-changed",
  "need-unknown",
  "need-failed",
  "tool-changed",
  "tool-missing",
  "environment-changed",
  "runtime-changed",
  "engine-changed",
  "output-missing",
  "output-altered",
  "forced",
  "gate-failed",
  "gate-unknown",
  "drifted",
  "held"
])
export type CauseKind = typeof CauseKind.Type

/** One reason for a decision; `from` is the task it came from. Values are printed, sizes in bytes where known. */
export const Cause = Schema.Struct({
  kind: CauseKind,
  subject: Schema.String,
  old: Schema.NullOr(Schema.String),
  new: Schema.NullOr(Schema.String),
  from: Schema.NullOr(Schema.String)
})
export type Cause = typeof Cause.Type

const TaskName = { task: Schema.String, target: Schema.String, stage: Schema.String, check: Schema.NullOr(Schema.String) }

export const PlannedTask = Schema.Struct({
  ...TaskName,
  decision: Decision,
  verdict: Schema.NullOr(Verdict),
  causes: Schema.Array(Cause),
  /** Of one that never ran: what it was called before, where that can be told. */
  renamedFrom: Schema.optionalKey(Schema.String)
})
export type PlannedTask = typeof PlannedTask.Type

const count = Schema.Int

export const PlanCounts = Schema.Struct({ fresh: count, stale: count, pending: count, blocked: count, drifted: count, held: count })
export type PlanCounts = typeof PlanCounts.Type

export const PlanDocument = Schema.Struct({
  atlas: Schema.Literal("plan/1"),
  project: Schema.String,
  tasks: Schema.Array(PlannedTask),
  counts: PlanCounts
})
export type PlanDocument = typeof PlanDocument.Type

export const RunCounts = Schema.Struct({
  executed: count,
  fresh: count,
  restored: count,
  reused: count,
  failed: count,
  blocked: count,
  drifted: count,
  held: count,
  tainted: count,
  cancelled: count
})
export type RunCounts = typeof RunCounts.Type

export const RunStarted = Schema.Struct({
  event: Schema.Literal("run-started"),
  atlas: Schema.Literal("run/1"),
  run: Schema.String,
  project: Schema.String,
  targets: count,
  tasks: count,
  jobs: count,
  /** The day by which waivers are judged, UTC. */
  now: Schema.String
})
export const TaskStarted = Schema.Struct({ event: Schema.Literal("task-started"), ...TaskName, causes: Schema.Array(Cause) })
export const TaskProgress = Schema.Struct({
  event: Schema.Literal("task-progress"),
  task: Schema.String,
  label: Schema.String,
  done: Schema.Number,
  total: Schema.NullOr(Schema.Number),
  unit: Schema.String
})
export const TaskLog = Schema.Struct({
  event: Schema.Literal("task-log"),
  task: Schema.String,
  level: Schema.Literals(["debug", "info", "warning", "error"]),
  message: Schema.String
})
export const FindingEvent = Schema.Struct({ event: Schema.Literal("finding"), task: Schema.String, ...JudgedFinding.fields })
/** An attempt that failed and was made again. */
export const Attempt = Schema.Struct({ code: Schema.String, message: Schema.String, ms: Schema.Number })
export type Attempt = typeof Attempt.Type
/** `verdict` is null for what reports no findings; `error` is the first of `errors`. */
export const TaskFinished = Schema.Struct({
  event: Schema.Literal("task-finished"),
  ...TaskName,
  outcome: Outcome,
  verdict: Schema.NullOr(Verdict),
  ms: Schema.Number,
  causes: Schema.Array(Cause),
  findings: Schema.Array(JudgedFinding),
  summary: Schema.NullOr(Schema.String),
  error: Schema.optionalKey(ErrorDocument),
  errors: Schema.optionalKey(Schema.Array(ErrorDocument)),
  /** Failed attempts before the one that is told here, oldest first. */
  attempts: Schema.optionalKey(Schema.Array(Attempt)),
  /** The most that the execution held resident, where it was measured. */
  peakMiB: Schema.optionalKey(Schema.Int)
})
export type TaskFinished = typeof TaskFinished.Type
/** A stage made other items than the run began with: tasks that came, in the project's order, and that went without having run. */
export const FannedOut = Schema.Struct({
  event: Schema.Literal("fanned-out"),
  /** Who made them. */
  task: Schema.String,
  target: Schema.String,
  added: Schema.Array(Schema.String),
  removed: Schema.Array(Schema.String)
})
export type FannedOut = typeof FannedOut.Type
export const RunFinished = Schema.Struct({
  event: Schema.Literal("run-finished"),
  run: Schema.String,
  outcome: Schema.Literals(["succeeded", "failed", "interrupted"]),
  counts: RunCounts,
  /** Waivers that matched nothing or have run out, as sentences. */
  warnings: Schema.Array(Schema.String),
  ms: Schema.Number,
  exit: Schema.Int
})
export type RunFinished = typeof RunFinished.Type

export const RunEvent = Schema.Union([RunStarted, TaskStarted, TaskProgress, TaskLog, FindingEvent, FannedOut, TaskFinished, RunFinished])
export type RunEvent = typeof RunEvent.Type

/** Who accepted what is there as good, and why; `live` is the value of a cell. */
const Adopted = Schema.Struct({
  at: Schema.String,
  by: Schema.String,
  host: Schema.String,
  because: Schema.String,
  live: Schema.NullOr(Schema.String)
})

/** A run, and when it began. */
const RunAt = Schema.Struct({ run: Schema.String, at: Schema.String })

/** One of the smallest set of causes: all of them put right, and nothing else, make the task fresh. */
export const RootCause = Schema.Struct({
  ...Cause.fields,
  /** Where it is met. */
  tasks: Schema.Array(Schema.String),
  /** Of an input, its path as the project writes it. */
  path: Schema.optionalKey(Schema.String),
  /** Of a need that gave something else in a past run: which, and what had made it run then. */
  origin: Schema.optionalKey(Schema.Struct({ ...RunAt.fields, causes: Schema.Array(Cause) }))
})
export type RootCause = typeof RootCause.Type

/**
 * How a row is known to hold: its file's stat row is as it was when it was read (`stat`), it was read and hashed now (`hash`), by the
 * config's own evidence (`config`), by another task's outputs (`need`), or looked up in the process or its environment.
 */
const Proof = Schema.Literals(["stat", "hash", "config", "need", "environment", "runtime"])

const Proven = {
  by: Schema.optionalKey(Proof),
  /** Since when, and which run made it so; the run is null where it is not known. */
  since: Schema.optionalKey(Schema.Struct({ run: Schema.NullOr(Schema.String), at: Schema.String }))
}

/** A row of this project beside that of another machine, checkout or run; null where it is not there. */
export const ComparedRow = Schema.Struct({
  kind: Schema.String,
  subject: Schema.String,
  here: Schema.NullOr(Schema.String),
  there: Schema.NullOr(Schema.String),
  is: Schema.Literals(["equal", "different", "only-here", "only-there"])
})
export type ComparedRow = typeof ComparedRow.Type

/** `why`: the task's decision, and those of what it hangs on, nearest last. */
export const WhyDocument = Schema.Struct({
  atlas: Schema.Literal("why/1"),
  task: Schema.String,
  decision: Decision,
  verdict: Schema.NullOr(Verdict),
  sentence: Schema.String,
  chain: Schema.Array(PlannedTask),
  /** For a fresh task: what it rests on. */
  evidence: Schema.NullOr(
    Schema.Struct({
      run: Schema.String,
      at: Schema.String,
      rows: Schema.Array(Schema.Struct({ kind: Schema.String, subject: Schema.String, value: Schema.String, ...Proven })),
      outputs: Schema.Array(Schema.Struct({ name: Schema.String, path: Schema.String, digest: Schema.String, ...Proven }))
    })
  ),
  /** The smallest set of causes; absent for what is fresh or held. */
  roots: Schema.optionalKey(Schema.Array(RootCause)),
  /** All that it depends on, as it is now where that is known; absent where `evidence` says it. */
  rows: Schema.optionalKey(Schema.Array(Row)),
  /** The last run that did something to it, with what went wrong then. */
  lastRun: Schema.optionalKey(
    Schema.Struct({ ...RunAt.fields, by: Schema.String, host: Schema.String, outcome: Outcome, errors: Schema.Array(ErrorDocument) })
  ),
  /** Where its result came from, if that run restored it: the key in the local cache, and the run that had executed it. */
  restored: Schema.optionalKey(Schema.Struct({ key: Schema.String, ...RunAt.fields })),
  /** Present where a past run was asked for: the answer is that run's. */
  of: Schema.optionalKey(Schema.Struct({ ...RunAt.fields, by: Schema.String, host: Schema.String, outcome: Outcome })),
  /** Its name before, if the same definition with the same rows stood under another one. */
  renamedFrom: Schema.optionalKey(Schema.String),
  /** Present where something was compared with. */
  compared: Schema.optionalKey(
    Schema.Struct({ with: Schema.String, task: Schema.String, run: Schema.NullOr(Schema.String), rows: Schema.Array(ComparedRow) })
  ),
  /** Present if it was ever adopted: oldest first; the last may be in force. */
  adoptions: Schema.optionalKey(Schema.Array(Schema.Struct({ ...Adopted.fields, inForce: Schema.Boolean })))
})
export type WhyDocument = typeof WhyDocument.Type

export const StatusDocument = Schema.Struct({
  atlas: Schema.Literal("status/1"),
  project: Schema.String,
  targets: Schema.Array(
    Schema.Struct({
      target: Schema.String,
      state: Schema.Literals(["fresh", "stale", "failed", "waived", "drifted"]),
      tasks: PlanCounts,
      verdict: Schema.NullOr(Verdict),
      lastRun: Schema.NullOr(Schema.Struct({ run: Schema.String, at: Schema.String, outcome: Schema.String }))
    })
  ),
  counts: PlanCounts
})
export type StatusDocument = typeof StatusDocument.Type

/** `verify`: every output, store entry and pack against the records. */
export const VerifyDocument = Schema.Struct({
  atlas: Schema.Literal("verify/1"),
  project: Schema.String,
  ok: Schema.Boolean,
  checked: Schema.Struct({ tasks: count, files: count, bytes: Schema.Number, cells: count }),
  damage: Schema.Array(Schema.Struct({ task: Schema.String, path: Schema.String, message: Schema.String }))
})
export type VerifyDocument = typeof VerifyDocument.Type

/** `adopt`: what was accepted as good, what needed no accepting, and what was refused and why. */
export const AdoptDocument = Schema.Struct({
  atlas: Schema.Literal("adopt/1"),
  project: Schema.String,
  /** False if anything was refused. */
  ok: Schema.Boolean,
  at: Schema.String,
  by: Schema.String,
  because: Schema.String,
  tasks: Schema.Array(
    Schema.Struct({
      ...TaskName,
      result: Schema.Literals(["adopted", "unchanged", "refused"]),
      /** As it was before. */
      decision: Decision,
      /** The value that was adopted, of a cell. */
      live: Schema.NullOr(Schema.String),
      errors: Schema.Array(ErrorDocument)
    })
  )
})
export type AdoptDocument = typeof AdoptDocument.Type
