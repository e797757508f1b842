/** Machine output, version 1, of the commands that only look: graph, show, logs, explain, version. */
import { Schema } from "effect"
import { JudgedFinding, Verdict } from "./Finding.ts"
import { OutputKind } from "./ProjectDocument.ts"
import { Cause, Decision, Outcome } from "./RunDocuments.ts"
import { Adoption, Row } from "./Trace.ts"

const TaskName = { task: Schema.String, target: Schema.String, stage: Schema.String, check: Schema.NullOr(Schema.String) }

export const GraphNode = Schema.Struct({ ...TaskName, decision: Decision, verdict: Schema.NullOr(Verdict) })
export type GraphNode = typeof GraphNode.Type

/** `to` needs or is gated by `from`: outputs and permissions go that way. `name` is how `to` calls its need, null for a gate. */
export const GraphEdge = Schema.Struct({
  from: Schema.String,
  to: Schema.String,
  kind: Schema.Literals(["need", "gate"]),
  name: Schema.NullOr(Schema.String)
})
export type GraphEdge = typeof GraphEdge.Type

/** Nodes in the project's order; edges by the order of `to`, its needs before its gates. Every edge's ends are among the nodes. */
export const GraphDocument = Schema.Struct({
  atlas: Schema.Literal("graph/1"),
  project: Schema.String,
  nodes: Schema.Array(GraphNode),
  edges: Schema.Array(GraphEdge)
})
export type GraphDocument = typeof GraphDocument.Type

export const LogLevel = Schema.Literals(["debug", "info", "warning", "error"])
export type LogLevel = typeof LogLevel.Type

export const LogLine = Schema.Struct({ level: LogLevel, message: Schema.String })
export type LogLine = typeof LogLine.Type

/** What a task last logged and its programs printed. `at` is when that execution began (ISO UTC). */
export const KeptLog = Schema.Struct({
  run: Schema.String,
  at: Schema.String,
  /** False while the task runs, and where its run was killed. */
  complete: Schema.Boolean,
  /** In order, `left out` being between the first `head` lines and the rest. */
  lines: Schema.Array(LogLine),
  head: Schema.Int,
  /** Bytes that were not kept. */
  leftOut: Schema.Number
})
export type KeptLog = typeof KeptLog.Type

/** `log` is null for a task that never ran, and for one that logged nothing. */
export const LogsDocument = Schema.Struct({
  atlas: Schema.Literal("logs/1"),
  project: Schema.String,
  task: Schema.String,
  /** The last good execution; null if there is none. */
  executed: Schema.NullOr(Schema.Struct({ run: Schema.String, at: Schema.String })),
  log: Schema.NullOr(KeptLog)
})
export type LogsDocument = typeof LogsDocument.Type

/** An output as recorded. `bytes` and `files` count what is below a folder; for values both are 0. */
export const ShownOutput = Schema.Struct({
  name: Schema.String,
  kind: OutputKind,
  /** As the project writes it; empty for values. */
  path: Schema.String,
  value: Schema.NullOr(Schema.String),
  digest: Schema.String,
  bytes: Schema.Number,
  files: Schema.Int
})
export type ShownOutput = typeof ShownOutput.Type

/** Of an input that is not in the project any more `path` is null; `digest` is null if it was missing, `note` tells its bytes. */
export const ShownInput = Schema.Struct({
  name: Schema.String,
  path: Schema.NullOr(Schema.String),
  digest: Schema.NullOr(Schema.String),
  note: Schema.NullOr(Schema.String)
})
export type ShownInput = typeof ShownInput.Type

/** A need as it was consumed, and the execution that stands behind its task now (null if none is remembered). */
export const ShownNeed = Schema.Struct({
  name: Schema.String,
  task: Schema.String,
  outputs: Schema.Array(Schema.Struct({ name: Schema.String, digest: Schema.String })),
  executed: Schema.NullOr(Schema.Struct({ run: Schema.String, at: Schema.String })),
  /** Whether what was consumed is what the need gives now. */
  same: Schema.Boolean
})
export type ShownNeed = typeof ShownNeed.Type

/** The last good execution: what is remembered of it, its findings judged by today's waivers and severities. */
export const ShownResult = Schema.Struct({
  run: Schema.String,
  /** ISO UTC. */
  at: Schema.String,
  ms: Schema.Number,
  summary: Schema.NullOr(Schema.String),
  verdict: Schema.NullOr(Verdict),
  findings: Schema.Array(JudgedFinding),
  inputs: Schema.Array(ShownInput),
  needs: Schema.Array(ShownNeed),
  outputs: Schema.Array(ShownOutput),
  /** All that it depended on, sorted by kind and subject. */
  rows: Schema.Array(Row),
  /** What it brought about in the cell it owns. */
  applied: Schema.NullOr(Schema.String),
  adopted: Schema.NullOr(Adoption),
  adoptedBefore: Schema.Array(Adoption)
})
export type ShownResult = typeof ShownResult.Type

/** `decision`, `verdict` and `causes` are those of a plan made now; `result` is null for a task without a good execution. */
export const ShowDocument = Schema.Struct({
  atlas: Schema.Literal("show/1"),
  project: Schema.String,
  ...TaskName,
  summary: Schema.String,
  decision: Decision,
  verdict: Schema.NullOr(Verdict),
  causes: Schema.Array(Cause),
  result: Schema.NullOr(ShownResult),
  /** What the last run came to for this task, if that run had it. */
  lastRun: Schema.NullOr(Schema.Struct({ run: Schema.String, at: Schema.String, outcome: Outcome, verdict: Schema.NullOr(Verdict) })),
  /** The end of its log. */
  log: Schema.NullOr(KeptLog)
})
export type ShowDocument = typeof ShowDocument.Type

/** What a code means: `of` is the definition that declares it, or `atlas-run`. */
export const Explanation = Schema.Struct({
  code: Schema.String,
  kind: Schema.Literals(["error", "finding"]),
  of: Schema.String,
  summary: Schema.String,
  hint: Schema.String,
  example: Schema.NullOr(Schema.String)
})
export type Explanation = typeof Explanation.Type

export const ExplainDocument = Schema.Struct({
  atlas: Schema.Literal("explain/1"),
  code: Schema.String,
  explanations: Schema.Array(Explanation)
})
export type ExplainDocument = typeof ExplainDocument.Type

/** A script that a shell reads. */
export const CompletionsDocument = Schema.Struct({ atlas: Schema.Literal("completions/1"), shell: Schema.String, script: Schema.String })
export type CompletionsDocument = typeof CompletionsDocument.Type

export const VersionDocument = Schema.Struct({ atlas: Schema.Literal("version/1"), version: Schema.String })
export type VersionDocument = typeof VersionDocument.Type
