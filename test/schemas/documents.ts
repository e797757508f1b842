/** Every document that the programs print for other programs, with the Schema in the code that describes it. */
import type { Schema } from "effect"
import { documents as datasetDocuments } from "../../plugins/atlas/cli/documents.ts"
import { AuditDocument } from "../../src/domain/AuditDocument.ts"
import { CacheStatsDocument, GcDocument } from "../../src/domain/CacheDocuments.ts"
import { ErrorDocument } from "../../src/domain/Failure.ts"
import {
  AdoptDocument,
  FannedOut,
  FindingEvent,
  PlanDocument,
  RunEvent,
  RunFinished,
  RunStarted,
  StatusDocument,
  TaskFinished,
  TaskLog,
  TaskProgress,
  TaskStarted,
  VerifyDocument,
  WhyDocument
} from "../../src/domain/RunDocuments.ts"
import { ResultDocument, TaskDocument } from "../../src/domain/TaskDocument.ts"
import { DoctorDocument, NewDocument } from "../../src/domain/StartDocuments.ts"
import { WatchEvent } from "../../src/domain/WatchDocuments.ts"
import { HistoryDocument, RunDiffDocument, RunRecord } from "../../src/domain/RunRecord.ts"
import {
  CompletionsDocument,
  ExplainDocument,
  GraphDocument,
  LogsDocument,
  ShowDocument,
  VersionDocument
} from "../../src/domain/ViewDocuments.ts"

export interface Described {
  /** What prints it. */
  readonly from: string
  readonly schema: Schema.Constraint
}

const run = (event: string) => `a line of \`atlas-run run --json\`: \`"event": "${event}"\``

const engine: ReadonlyArray<readonly [string, Described]> = [
  ["run/1", { from: "any line of `atlas-run run --json`", schema: RunEvent }],
  ["run/1 run-started", { from: run("run-started"), schema: RunStarted }],
  ["run/1 task-started", { from: run("task-started"), schema: TaskStarted }],
  ["run/1 task-progress", { from: run("task-progress"), schema: TaskProgress }],
  ["run/1 task-log", { from: run("task-log"), schema: TaskLog }],
  ["run/1 fanned-out", { from: run("fanned-out"), schema: FannedOut }],
  ["run/1 finding", { from: run("finding"), schema: FindingEvent }],
  ["run/1 task-finished", { from: run("task-finished"), schema: TaskFinished }],
  ["run/1 run-finished", { from: run("run-finished"), schema: RunFinished }],
  ["plan/1", { from: "`atlas-run plan --json`, `atlas-run run --dry-run --json`", schema: PlanDocument }],
  ["why/1", { from: "`atlas-run why TASK --json`", schema: WhyDocument }],
  ["status/1", { from: "`atlas-run status --json`", schema: StatusDocument }],
  ["graph/1", { from: "`atlas-run graph --format json`", schema: GraphDocument }],
  ["show/1", { from: "`atlas-run show TASK --json`", schema: ShowDocument }],
  ["logs/1", { from: "`atlas-run logs TASK --json`", schema: LogsDocument }],
  ["verify/1", { from: "`atlas-run verify --json`", schema: VerifyDocument }],
  ["adopt/1", { from: "`atlas-run adopt SELECTOR --because TEXT --json`", schema: AdoptDocument }],
  ["new/1", { from: "`atlas-run new check|stage NAME --json`", schema: NewDocument }],
  ["doctor/1", { from: "`atlas-run doctor --json`", schema: DoctorDocument }],
  ["audit/1", { from: "`atlas-run audit --json`", schema: AuditDocument }],
  ["watch/1", { from: "a line of `atlas-run watch --json` that is none of `run/1`", schema: WatchEvent }],
  ["gc/1", { from: "`atlas-run gc --json`", schema: GcDocument }],
  ["cache-stats/1", { from: "`atlas-run cache stats --json`", schema: CacheStatsDocument }],
  ["explain/1", { from: "`atlas-run explain CODE --json`", schema: ExplainDocument }],
  ["history/1", { from: "`atlas-run history --json`", schema: HistoryDocument }],
  ["run-diff/1", { from: "`atlas-run history --diff OLD NEW --json`", schema: RunDiffDocument }],
  ["run-record/1", { from: "`atlas-run report --json`; with a seal, a file below `.atlas/runs`", schema: RunRecord }],
  ["completions/1", { from: "`atlas-run completions SHELL --json`", schema: CompletionsDocument }],
  ["version/1", { from: "`--version --json` of both programs", schema: VersionDocument }],
  ["task/1", { from: "what `atlas-run exec TASK-FILE` reads", schema: TaskDocument }],
  ["result/1", { from: "what `atlas-run exec TASK-FILE` writes beside it, and prints with `--json`", schema: ResultDocument }],
  ["error", { from: "a line on stderr with `--json`, and wherever a document holds errors", schema: ErrorDocument }]
]

const dataset = Object.entries(datasetDocuments).map(([name, schema]): readonly [string, Described] => [
  name,
  {
    from:
      name === "dataset/1"
        ? "`atlas-dataset` with `--json`, where no command could be made out"
        : `\`${commandOf(name)}\` of atlas-dataset with \`--json\``,
    schema
  }
])

/** `dataset-catalog-promote/1` → `catalog promote`. */
function commandOf(name: string): string {
  const command = name.slice("dataset-".length, name.lastIndexOf("/"))
  return command.startsWith("catalog-") ? `catalog ${command.slice("catalog-".length)}` : command
}

/** By name: `plan/1`, `run/1 task-finished`, `error`. */
export const described: ReadonlyMap<string, Described> = new Map([...engine, ...dataset])

/** `plan/1` → `plan.schema.json`; a later version gets a name of its own, so that the first stays. */
export const fileOf = (name: string): string => {
  const [document = "", event] = name.replace("/1", "").split(" ")
  return `${event === undefined ? document : `${document}.${event}`}.schema.json`
}
