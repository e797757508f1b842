/** What an opened project can be asked: one method a command. */
import type { Effect } from "effect"
import type { AuditDocument, AuditedTask } from "../domain/AuditDocument.ts"
import type { ConfigInvalid, SelectorUnknown } from "../domain/EngineErrors.ts"
import type { FreshPlan } from "../fast/Answer.ts"
import type { Expected, Header, Told } from "../fast/Columns.ts"
import type { ProjectDocument, ProjectTask } from "../domain/ProjectDocument.ts"
import type {
  AdoptDocument,
  PlanDocument,
  RunEvent,
  RunFinished,
  StatusDocument,
  TaskFinished,
  VerifyDocument,
  WhyDocument
} from "../domain/RunDocuments.ts"
import type { HistoryDocument, RunDiffDocument, RunRecord } from "../domain/RunRecord.ts"
import type { Explanation, GraphDocument, LogsDocument, ShowDocument } from "../domain/ViewDocuments.ts"

import type { CacheStatsDocument, GcDocument } from "../domain/CacheDocuments.ts"
import type { GcOptions } from "./upkeep/Collector.ts"
import type { Watched } from "./watch/Watcher.ts"

export type { GcOptions } from "./upkeep/Collector.ts"
export type { Explanation } from "../domain/ViewDocuments.ts"

export interface SelectOptions {
  /** Selectors as on the command line; empty selects all. */
  readonly select?: ReadonlyArray<string>
  /** Day by which waivers are judged, UTC `YYYY-MM-DD`; today if absent. */
  readonly now?: string
  /** Hash everything anew instead of trusting stat rows. */
  readonly paranoid?: boolean
}

export interface RunOptions extends SelectOptions {
  /** Cores that tasks may use at one time. */
  readonly jobs?: number
  /** MiB that they may fill; nine tenths of the machine's, or of the control group's, if absent. */
  readonly memoryMiB?: number
  /** Told in a line when the run has to wait for another process, and when that wait is over. */
  readonly waiting?: (line: string) => void
  readonly failFast?: boolean
  /** False neither restores from the local cache nor keeps anything in it. */
  readonly cache?: boolean
  readonly force?: ReadonlyArray<string>
  /** Tasks reach nothing but what they declare; fails where that cannot be had. */
  readonly sandbox?: boolean
  /** False leaves nothing for the next run to start from. */
  readonly record?: boolean
}

export interface AdoptOptions extends SelectOptions {
  /** Why what is there is good; recorded for ever. */
  readonly because: string
  /** Who says so; the login name if absent. */
  readonly by?: string
}

/** Told of each task that was to be adopted, as soon as it is known what came of it. */
export type AdoptTell = (done: AdoptDocument["tasks"][number]) => void

export interface WhyOptions extends SelectOptions {
  /** Why a past run did what it did: its id, how that begins, or `last`. */
  readonly run?: string
  /** Absolute path of a document of another machine, checkout or run, whose rows are set beside those here. */
  readonly compare?: string
}

export interface HistoryOptions extends SelectOptions {
  /** Most runs that are told; 20 if absent. */
  readonly limit?: number
}

/** Trouble with state, store, lock or disk: exit 3. */
export interface StateError {
  readonly _tag: string
  readonly message: string
}

export type EngineError = ConfigInvalid | SelectorUnknown | StateError

export interface RunReport {
  readonly finished: RunFinished
  readonly tasks: ReadonlyArray<TaskFinished>
  /** What is remembered of it; for a run that did nothing, that it was. */
  readonly record: () => RunRecord
  /** What the next run may start from; null unless this was a run of everything. */
  readonly stands: Standing | null
}

/** What can be looked at without the engine: what stands need not be looked at by it. */
export interface Standing {
  readonly expected: ReadonlyArray<Expected>
  readonly header: Omit<Header, "answer">
  /** How the run began. */
  readonly started: Extract<RunEvent, { event: "run-started" }>
}

/** An opened project. */
export interface Session {
  /** Where only a part was opened, that part. */
  readonly project: ProjectDocument
  /** Tasks that events are told of, in the project's order. */
  readonly listed: ReadonlyArray<Pick<ProjectTask, "task" | "target" | "inputs">>
  /**
   * Keeps what a run rests on for the next one; `answer` is what that prints while all of it stands, and `plan` the plan of all tasks
   * while they are fresh: null leaves the one that is there.
   */
  readonly remember: (stands: Standing, answer: Told | null, plan: FreshPlan | null) => Effect.Effect<void>
  readonly plan: (options: SelectOptions & { readonly force?: ReadonlyArray<string> }) => Effect.Effect<PlanDocument, EngineError>
  /** Events go to `tell` in order, `run-finished` last; the caller decides what becomes of them. */
  readonly run: (options: RunOptions, tell: (event: RunEvent) => void) => Effect.Effect<RunReport, EngineError>
  /** What a run of the selection rests on, as far as the project tells. */
  readonly watched: (options: SelectOptions) => Effect.Effect<Watched, EngineError>
  readonly why: (task: string, options: WhyOptions) => Effect.Effect<WhyDocument, EngineError>
  /** Past runs, newest first; what they did to the tasks that are selected. */
  readonly history: (options: HistoryOptions) => Effect.Effect<HistoryDocument, EngineError>
  /** Two past runs, each named as for `why`. */
  readonly runDiff: (older: string, newer: string) => Effect.Effect<RunDiffDocument, EngineError>
  /** All that is remembered of a past run. */
  readonly record: (run: string) => Effect.Effect<RunRecord, EngineError>
  readonly status: (options: SelectOptions) => Effect.Effect<StatusDocument, EngineError>
  readonly verify: (options: SelectOptions, tell: (done: { readonly task: string }) => void) => Effect.Effect<VerifyDocument, EngineError>
  /** Executes what is selected twice in private folders; `tell` gets each task as it is done. Records nothing. */
  readonly audit: (options: SelectOptions, tell: (task: AuditedTask) => void) => Effect.Effect<AuditDocument, EngineError>
  /** Accepts drifted cells, and outputs that their stage can prove, as good. Executes nothing. */
  readonly adopt: (options: AdoptOptions, tell?: AdoptTell) => Effect.Effect<AdoptDocument, EngineError>
  /** What is selected with all that it needs, and how each stands. */
  readonly graph: (options: SelectOptions) => Effect.Effect<GraphDocument, EngineError>
  readonly show: (task: string, options: SelectOptions) => Effect.Effect<ShowDocument, EngineError>
  readonly logs: (task: string) => Effect.Effect<LogsDocument, EngineError>
  /** Drops what nothing needs any more. */
  readonly gc: (options: GcOptions) => Effect.Effect<GcDocument, EngineError>
  /** How full the local cache is. Writes nothing. */
  readonly cacheStats: () => Effect.Effect<CacheStatsDocument, EngineError>
  /** Errors and findings that the project's definitions declare, for `explain`. */
  readonly explain: (code: string) => ReadonlyArray<Explanation>
}
