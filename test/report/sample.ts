/** Documents and events of a small made-up project, for the tests of what is printed. */
import type { ErrorDocument } from "../../src/domain/Failure.ts"
import type { JudgedFinding } from "../../src/domain/Finding.ts"
import type { Cause, Outcome, PlannedTask, RunCounts, RunEvent, TaskFinished } from "../../src/domain/RunDocuments.ts"
import type { RecordedTask, RunSummary } from "../../src/domain/RunRecord.ts"
import { plainStyle } from "../../src/core/Style.ts"

export const telling = { style: plainStyle, folder: "/lab", verbose: false, quiet: false } as const

export const cause = (kind: Cause["kind"], subject: string, rest: Partial<Cause> = {}): Cause => ({
  kind,
  subject,
  old: null,
  new: null,
  from: null,
  ...rest
})

export const inputChanged = cause("input-changed", "table data/a.tsv", {
  old: "sha256 3f2a91c0 (12,301,114 bytes)",
  new: "sha256 91bc77aa (12,301,201 bytes)"
})

const nameOf = (task: string) => {
  const [target = "", stage = "", check] = task.split(":")
  return { task, target, stage, check: check ?? null }
}

export const planned = (
  task: string,
  decision: PlannedTask["decision"],
  causes: ReadonlyArray<Cause> = [],
  verdict: PlannedTask["verdict"] = null
): PlannedTask => ({
  ...nameOf(task),
  decision,
  verdict,
  causes
})

export const finding = (name: string, at: string, rest: Partial<JudgedFinding> = {}): JudgedFinding => ({
  name,
  at,
  message: `seen at ${at}`,
  severity: "error",
  hint: "look at the table",
  waived: null,
  ...rest
})

export const error = (rest: Partial<ErrorDocument> = {}): ErrorDocument => ({
  code: "TABLE_COLUMN",
  message: "column 3 wants a number",
  where: { path: "/lab/data/a.tsv", line: 12, column: 5, byte: 301 },
  hint: "write digits only",
  details: { value: "x1" },
  ...rest
})

export const started = (tasks: number, targets: number): RunEvent => ({
  event: "run-started",
  atlas: "run/1",
  run: "r1",
  project: "example",
  targets,
  tasks,
  jobs: 2,
  now: "2027-01-01"
})

export const finished = (task: string, outcome: Outcome, rest: Partial<TaskFinished> = {}): TaskFinished => ({
  event: "task-finished",
  ...nameOf(task),
  outcome,
  verdict: null,
  ms: 0,
  causes: [],
  findings: [],
  summary: null,
  ...rest
})

const none: RunCounts = {
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
}

export const runFinished = (
  counts: Partial<RunCounts>,
  rest: Partial<Extract<RunEvent, { event: "run-finished" }>> = {}
): Extract<RunEvent, { event: "run-finished" }> => ({
  event: "run-finished",
  run: "r1",
  outcome: "succeeded",
  counts: { ...none, ...counts },
  warnings: [],
  ms: 4123,
  exit: 0,
  ...rest
})

/** Lines as one text that stands well in a test. */
export const text = (lines: ReadonlyArray<string>): string => `\n${lines.join("\n")}\n`

export const recorded = (task: string, outcome: Outcome, rest: Partial<RecordedTask> = {}): RecordedTask => ({
  ...nameOf(task),
  outcome,
  decision: "stale",
  verdict: null,
  beganMs: 0,
  ms: 0,
  causes: [],
  summary: null,
  findings: [],
  found: 0,
  errors: [],
  ...rest
})

export const summaryOf = (counts: Partial<RunCounts>, rest: Partial<RunSummary> = {}): RunSummary => {
  const event = runFinished(counts)
  if (event.event !== "run-finished") throw new Error("it is the end of a run")
  return {
    run: "20270101T100000-0a1b2c3d",
    at: "2027-01-01T10:00:00.000Z",
    project: "example",
    by: "ann",
    host: "lab",
    command: "run",
    select: [],
    force: [],
    jobs: 2,
    now: "2027-01-01",
    engine: "engine/1",
    build: "0123456789ab",
    node: "v24.0.0",
    config: null,
    outcome: "succeeded",
    exit: 0,
    ms: 1500,
    counts: event.counts,
    warnings: [],
    ...rest
  }
}
