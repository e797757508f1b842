/** `run-record/1`: what one run did, for `history`, `why --run` and `report`. Disposable: no decision reads it. */
import { Schema } from "effect"
import { ErrorDocument } from "./Failure.ts"
import { JudgedFinding, Verdict } from "./Finding.ts"
import { Attempt, Cause, Decision, Outcome, RunCounts } from "./RunDocuments.ts"
import { Row } from "./Trace.ts"

const count = Schema.Int

/** One task that was not just fresh. Times are ms since the run began. */
export const RecordedTask = Schema.Struct({
  task: Schema.String,
  target: Schema.String,
  stage: Schema.String,
  check: Schema.NullOr(Schema.String),
  outcome: Outcome,
  /** What was decided of it; null where it was never looked at. */
  decision: Schema.NullOr(Decision),
  verdict: Schema.NullOr(Verdict),
  beganMs: Schema.Number,
  ms: Schema.Number,
  /** Those that failed before this end; absent for none. */
  attempts: Schema.optionalKey(Schema.Array(Attempt)),
  causes: Schema.Array(Cause),
  summary: Schema.NullOr(Schema.String),
  /** The first of them, and how many there were. */
  findings: Schema.Array(JudgedFinding),
  found: count,
  errors: Schema.Array(ErrorDocument),
  /** Of what ended well: all that its result depends on. */
  rows: Schema.optionalKey(Schema.Array(Row)),
  /** Of what was restored: under which key, and which run had executed it. */
  restored: Schema.optionalKey(Schema.Struct({ key: Schema.String, run: Schema.String, at: Schema.String }))
})
export type RecordedTask = typeof RecordedTask.Type

/** How the run began. */
export const RunHead = Schema.Struct({
  run: Schema.String,
  /** ISO UTC. */
  at: Schema.String,
  project: Schema.String,
  by: Schema.String,
  host: Schema.String,
  command: Schema.String,
  select: Schema.Array(Schema.String),
  force: Schema.Array(Schema.String),
  jobs: count,
  /** The day of judgement. */
  now: Schema.String,
  /** Version of the meaning of rows, the build of the engine, and what ran it. */
  engine: Schema.String,
  build: Schema.String,
  node: Schema.String,
  /** sha256 of the config file; null where there is none. */
  config: Schema.NullOr(Schema.String)
})
export type RunHead = typeof RunHead.Type

/** How it ended. */
export const RunEnd = Schema.Struct({
  outcome: Schema.Literals(["succeeded", "failed", "interrupted"]),
  exit: Schema.Int,
  ms: Schema.Number,
  counts: RunCounts,
  warnings: Schema.Array(Schema.String)
})
export type RunEnd = typeof RunEnd.Type

export const RunSummary = Schema.Struct({ ...RunHead.fields, ...RunEnd.fields })
export type RunSummary = typeof RunSummary.Type

/** Tasks in the order of their ends; those that are not listed were fresh or held. */
export const RunRecord = Schema.Struct({
  atlas: Schema.Literal("run-record/1"),
  tasks: Schema.Array(RecordedTask),
  /** Last, so that it can be read alone. */
  summary: RunSummary
})
export type RunRecord = typeof RunRecord.Type

/** One task in one run. */
export const Execution = Schema.Struct({
  run: Schema.String,
  /** When the run began. */
  at: Schema.String,
  by: Schema.String,
  host: Schema.String,
  task: Schema.String,
  outcome: Outcome,
  decision: Schema.NullOr(Decision),
  verdict: Schema.NullOr(Verdict),
  ms: Schema.Number,
  attempts: Schema.optionalKey(Schema.Array(Attempt)),
  causes: Schema.Array(Cause),
  errors: Schema.Array(Schema.Struct({ code: Schema.String, message: Schema.String }))
})
export type Execution = typeof Execution.Type

/** `history`: runs, newest first; with a selector what they did to its tasks. */
export const HistoryDocument = Schema.Struct({
  atlas: Schema.Literal("history/1"),
  project: Schema.String,
  runs: Schema.Array(RunSummary),
  executions: Schema.optionalKey(Schema.Array(Execution)),
  /** Older ones that are not told. */
  more: count,
  /** Records that cannot be believed, as sentences. */
  warnings: Schema.Array(Schema.String)
})
export type HistoryDocument = typeof HistoryDocument.Type

const Side = Schema.NullOr(Schema.Struct({ outcome: Outcome, verdict: Schema.NullOr(Verdict), ms: Schema.Number }))

/** A row by its kind and subject, in two places; null where it is not there. */
export const RowBeside = Schema.Struct({
  kind: Schema.String,
  subject: Schema.String,
  old: Schema.NullOr(Schema.String),
  new: Schema.NullOr(Schema.String)
})
export type RowBeside = typeof RowBeside.Type

/** `history --diff OLD NEW`: tasks that came to something else, or rest on other rows; null where a run left the task as it was. */
export const RunDiffDocument = Schema.Struct({
  atlas: Schema.Literal("run-diff/1"),
  project: Schema.String,
  old: RunSummary,
  new: RunSummary,
  tasks: Schema.Array(Schema.Struct({ task: Schema.String, old: Side, new: Side, rows: Schema.Array(RowBeside) })),
  /** Tasks that both runs have, and that came to the same on the same rows. */
  same: count
})
export type RunDiffDocument = typeof RunDiffDocument.Type
