/** Notes what a run does, task by task, for its record. */
import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { hostname } from "node:os"
import type { RunFinished, TaskFinished } from "../../domain/RunDocuments.ts"
import type { RecordedTask, RunHead, RunRecord } from "../../domain/RunRecord.ts"
import type { Decision } from "../../core/Decide.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { Trace } from "../../domain/Trace.ts"
import { cacheKey } from "../../ports/CacheKey.ts"
import type { RunRecordsShape } from "../../ports/RunRecords.ts"
import { engineBuild } from "../project/Kept.ts"
import { engineVersion } from "../assess/Rows.ts"
import { loginName } from "./RunEnds.ts"

/** Of one task, in a record. */
const Limits = { findings: 50, errors: 20 } as const

/** What a run knows of a task beside what it tells of it. */
export interface Noted {
  readonly decision: Decision | null
  /** Of what was executed or restored. */
  readonly trace: Trace | null
}

export interface RunNotes {
  readonly note: (task: ProjectTask, event: TaskFinished, noted: Noted) => void
  /** What went wrong with the record; null if nothing did. */
  readonly end: (finished: RunFinished) => string | null
  /** What is remembered after its end. */
  readonly record: (finished: RunFinished) => RunRecord
}

/** Tasks that are as they were: by themselves not worth a record. */
const idle = new Set<TaskFinished["outcome"]>(["fresh", "held"])

const recorded = (task: ProjectTask, event: TaskFinished, { decision, trace }: Noted, endedMs: number): RecordedTask => {
  const { outcome, verdict, ms, causes, summary, findings, attempts } = event
  const errors = event.errors ?? (event.error === undefined ? [] : [event.error])
  return {
    task: task.task,
    target: task.target,
    stage: task.stage,
    check: task.check,
    outcome,
    decision,
    verdict,
    beganMs: Math.max(0, Math.round(endedMs - ms)),
    ms,
    ...(attempts === undefined ? {} : { attempts }),
    causes,
    summary,
    findings: findings.slice(0, Limits.findings),
    found: findings.length,
    errors: errors.slice(0, Limits.errors),
    ...(trace === null ? {} : { rows: trace.rows }),
    ...(trace === null || outcome !== "restored"
      ? {}
      : { restored: { key: cacheKey(task.definition, trace.rows), run: trace.run, at: trace.at } })
  }
}

const configDigest = (config: string | null): string | null => {
  try {
    return config === null ? null : hash("sha256", readFileSync(config))
  } catch {
    return null
  }
}

/** `config` is the absolute path of the config file. */
export const openNotes = (
  records: RunRecordsShape,
  head: Pick<RunHead, "run" | "at" | "project" | "jobs" | "now">,
  { select = [], force = [] }: { readonly select?: ReadonlyArray<string>; readonly force?: ReadonlyArray<string> },
  config: string | null
): RunNotes => {
  const began = performance.now()
  const whole: RunHead = {
    ...head,
    by: loginName(),
    host: hostname(),
    command: "run",
    select,
    force,
    engine: engineVersion,
    build: engineBuild().slice(0, 12),
    node: process.version,
    config: configDigest(config)
  }
  const writer = records.begin(whole)
  return {
    note: (task, event, noted) => {
      const isIdle = idle.has(event.outcome)
      if (isIdle && event.verdict !== "failed") return
      writer.add(recorded(task, event, noted, performance.now() - began), isIdle)
    },
    end: ({ outcome, exit, ms, counts, warnings }) => writer.end({ outcome, exit, ms, counts, warnings }),
    record: ({ outcome, exit, ms, counts, warnings }) =>
      records.read(head.run) ?? {
        atlas: "run-record/1",
        tasks: [],
        summary: { ...whole, outcome, exit, ms, counts, warnings: [...warnings] }
      }
  }
}
