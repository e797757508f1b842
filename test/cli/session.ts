/** A scripted project: remembers what it was asked and answers as told. */
import { Effect } from "effect"
import type { AuditDocument } from "../../src/domain/AuditDocument.ts"
import type { CacheStatsDocument, GcDocument } from "../../src/domain/CacheDocuments.ts"
import type { ProjectDocument } from "../../src/domain/ProjectDocument.ts"
import type { AdoptDocument, PlanDocument, RunEvent, StatusDocument, VerifyDocument, WhyDocument } from "../../src/domain/RunDocuments.ts"
import type { GraphDocument, LogsDocument, ShowDocument } from "../../src/domain/ViewDocuments.ts"
import type { EngineError, Explanation, Session } from "../../src/engine/Atlas.ts"
import type { HistoryDocument, RunDiffDocument, RunRecord } from "../../src/domain/RunRecord.ts"
import { cause, error, finished, planned, recorded, runFinished, started, summaryOf } from "../report/sample.ts"

const counts = { fresh: 0, stale: 0, pending: 0, blocked: 0, drifted: 0, held: 0 }

export const plan: PlanDocument = {
  atlas: "plan/1",
  project: "example",
  tasks: [planned("a/x:read", "stale")],
  counts: { ...counts, stale: 1 }
}
export const why: WhyDocument = {
  atlas: "why/1",
  task: "a/x:read",
  decision: "stale",
  verdict: null,
  sentence: "never run",
  chain: [planned("a/x:read", "stale")],
  evidence: null
}
export const status: StatusDocument = {
  atlas: "status/1",
  project: "example",
  targets: [{ target: "a/x", state: "fresh", tasks: { ...counts, fresh: 1 }, verdict: null, lastRun: null }],
  counts: { ...counts, fresh: 1 }
}
export const verified: VerifyDocument = {
  atlas: "verify/1",
  project: "example",
  ok: true,
  checked: { tasks: 1, files: 2, bytes: 3, cells: 0 },
  damage: []
}

export const adopted: AdoptDocument = {
  atlas: "adopt/1",
  project: "example",
  ok: true,
  at: "2027-01-01T00:00:00.000Z",
  by: "ann",
  because: "it is good",
  tasks: []
}

export const audited: AuditDocument = {
  atlas: "audit/1",
  project: "example",
  ok: false,
  tracer: null,
  tasks: [
    {
      task: "a/x:read",
      target: "a/x",
      stage: "read",
      check: null,
      outcome: "found",
      because: null,
      findings: [
        {
          kind: "nondeterminism",
          subject: "out/list.txt",
          message: "writes another out/list.txt each time",
          difference: { output: "out", path: "list.txt", byte: 12, line: { number: 2, first: "at 10:00", second: "at 10:01" } }
        }
      ],
      errors: []
    },
    {
      task: "a/x:keep",
      target: "a/x",
      stage: "keep",
      check: null,
      outcome: "skipped",
      because: "it changes a shared place",
      findings: [],
      errors: []
    }
  ],
  counts: { clean: 0, found: 1, failed: 0, skipped: 1 }
}
export const graph: GraphDocument = {
  atlas: "graph/1",
  project: "example",
  nodes: [{ task: "a/x:read", target: "a/x", stage: "read", check: null, decision: "stale", verdict: null }],
  edges: []
}
export const show: ShowDocument = {
  atlas: "show/1",
  project: "example",
  task: "a/x:read",
  target: "a/x",
  stage: "read",
  check: null,
  summary: "reads",
  decision: "stale",
  verdict: null,
  causes: [cause("never-run", "a/x:read")],
  result: null,
  lastRun: null,
  log: null
}
export const logs: LogsDocument = { atlas: "logs/1", project: "example", task: "a/x:read", executed: null, log: null }

export const events: ReadonlyArray<RunEvent> = [started(1, 1), finished("a/x:read", "executed", { ms: 12 }), runFinished({ executed: 1 })]

const project: ProjectDocument = {
  atlas: "project/1",
  contract: "plugin/1",
  name: "example",
  root: "/lab",
  config: "/lab/atlas.config.ts",
  definitions: [
    {
      name: "read",
      kind: "stage",
      summary: "reads",
      errors: [{ code: "TABLE_COLUMN", summary: "A column is wrong.", hint: "Write digits.", example: "column 3 wants a number" }],
      findings: { "odd-name": { severity: "warning", hint: "" } },
      options: null,
      definedAt: null,
      modules: []
    }
  ],
  targets: [{ target: "a/x", labels: {} }],
  tasks: [
    {
      task: "a/x:read",
      target: "a/x",
      stage: "read",
      check: null,
      definition: "read",
      labels: {},
      needs: [],
      gates: [],
      inputs: [],
      options: null,
      subject: null,
      outputs: [],
      roots: {},
      cell: null,
      environment: [],
      tools: [],
      runtime: [],
      timeoutMs: 1000,
      memoryMiB: 64,
      severity: {},
      waivers: [],
      command: null,
      declaredAt: null
    }
  ]
}

export const record: RunRecord = {
  atlas: "run-record/1",
  tasks: [
    recorded("a/x:read", "executed", { ms: 1200, causes: [cause("input-changed", "table", { old: "1", new: "2" })], summary: "3 <rows>" }),
    recorded("a/x:verify", "failed", { beganMs: 1200, ms: 300, errors: [error()] })
  ],
  summary: summaryOf({ executed: 1, failed: 1 }, { outcome: "failed", exit: 1 })
}

export const history: HistoryDocument = { atlas: "history/1", project: "example", runs: [record.summary], more: 0, warnings: [] }

export const runDiff: RunDiffDocument = {
  atlas: "run-diff/1",
  project: "example",
  old: summaryOf({ executed: 2 }),
  new: record.summary,
  tasks: [
    {
      task: "a/x:verify",
      old: { outcome: "executed", verdict: null, ms: 3 },
      new: { outcome: "failed", verdict: null, ms: 300 },
      rows: [{ kind: "option", subject: "min", old: "1", new: "2" }]
    }
  ],
  same: 1
}

const explanation: Explanation = {
  code: "TABLE_COLUMN",
  kind: "error",
  of: "read",
  summary: "A column is wrong.",
  hint: "Write digits.",
  example: "column 3 wants a number"
}

const nothing = { files: 0, bytes: 0 }

export const cacheStats: CacheStatsDocument = {
  atlas: "cache-stats/1",
  folder: "/lab/.atlas/cache",
  state: "ready",
  entries: 3,
  objects: 1200,
  bytes: 4_600_000,
  cap: 20_000_000_000,
  quarantine: { files: 1, bytes: 917 },
  runs: [{ run: "20270101T100000-0a1b2c3d", at: "2027-01-01T10:00:00.000Z", hits: 2, misses: 1, stored: 1 }],
  warnings: []
}

export const collected: GcDocument = {
  atlas: "gc/1",
  project: "example",
  dryRun: false,
  orphans: [],
  cache: {
    entries: { files: 1, bytes: 2000 },
    objects: { files: 2, bytes: 3000 },
    quarantine: nothing,
    temporaries: nothing,
    bytes: 917,
    cap: 5000
  },
  leftovers: [],
  reports: [],
  freed: 5000,
  warnings: []
}

export interface Script {
  readonly gc?: GcDocument
  readonly plan?: Effect.Effect<PlanDocument, EngineError>
  readonly why?: Effect.Effect<WhyDocument, EngineError>
  readonly status?: StatusDocument
  readonly verified?: VerifyDocument
  readonly adopted?: AdoptDocument
  readonly events?: ReadonlyArray<RunEvent>
  /** What a run does after its events, instead of ending well. */
  readonly ending?: Effect.Effect<never, EngineError>
}

/** `asked` gets a line of what each call was given. */
export const scriptedSession = (script: Script = {}, asked: Array<unknown> = []): Session => ({
  project,
  listed: project.tasks,
  plan: (options) =>
    Effect.andThen(
      Effect.sync(() => void asked.push({ plan: options })),
      script.plan ?? Effect.succeed(plan)
    ),
  audit: (options, tell) =>
    Effect.sync(() => {
      asked.push({ audit: options })
      for (const task of audited.tasks) tell(task)
      return audited
    }),
  watched: () => Effect.succeed({ places: [], ignored: new Set() }),
  why: (task, options) =>
    Effect.andThen(
      Effect.sync(() => void asked.push({ why: task, ...options })),
      script.why ?? Effect.succeed(why)
    ),
  history: (options) => Effect.sync(() => (asked.push({ history: options }), history)),
  runDiff: (older, newer) => Effect.sync(() => (asked.push({ runDiff: [older, newer] }), runDiff)),
  record: (run) => Effect.sync(() => (asked.push({ record: run }), record)),
  status: (options) => Effect.sync(() => (asked.push({ status: options }), script.status ?? status)),
  verify: (options, tell) =>
    Effect.sync(() => {
      asked.push({ verify: options })
      tell({ task: "a/x:read" })
      return script.verified ?? verified
    }),
  run: (options, tell) =>
    Effect.gen(function* () {
      // who tells of waiting is not what was asked for
      const { waiting: _waiting, ...words } = options
      asked.push({ run: words })
      const told = script.events ?? events
      for (const event of told) tell(event)
      if (script.ending !== undefined) return yield* script.ending
      const last = told.at(-1)
      if (last?.event !== "run-finished") return yield* Effect.die(new Error("the script has no end"))
      return { finished: last, tasks: told.filter((event) => event.event === "task-finished"), record: () => record, stands: null }
    }),
  remember: () => Effect.void,
  adopt: (options, tell) =>
    Effect.sync(() => {
      asked.push({ adopt: options })
      for (const [target, result] of [["a/x", "adopted"] as const, ["a/y", "refused"] as const])
        tell?.({ task: `${target}:read`, target, stage: "read", check: null, result, decision: "stale", live: null, errors: [] })
      return script.adopted ?? adopted
    }),
  graph: (options) => Effect.sync(() => (asked.push({ graph: options }), graph)),
  show: (task, options) => Effect.sync(() => (asked.push({ show: task, ...options }), show)),
  logs: (task) => Effect.sync(() => (asked.push({ logs: task }), logs)),
  gc: (options) => Effect.sync(() => (asked.push({ gc: options }), script.gc ?? collected)),
  cacheStats: () => Effect.sync(() => (asked.push({ cacheStats: true }), cacheStats)),
  explain: (code) =>
    code === "TABLE_COLUMN" ? [explanation] : code === "odd-name" ? [{ ...explanation, code, kind: "finding", example: null }] : []
})
