/** What an opened project can be asked: one method a command. */
import type { Effect } from "effect"
import type { ConfigInvalid, SelectorUnknown } from "../domain/EngineErrors.ts"
import type { ProjectDocument } from "../domain/ProjectDocument.ts"
import type {
  PlanDocument,
  RunEvent,
  RunFinished,
  StatusDocument,
  TaskFinished,
  VerifyDocument,
  WhyDocument
} from "../domain/RunDocuments.ts"

export interface SelectOptions {
  /** Selectors as on the command line; empty selects all. */
  readonly select?: ReadonlyArray<string>
  /** Day by which waivers are judged, UTC `YYYY-MM-DD`; today if absent. */
  readonly now?: string
  /** Hash everything anew instead of trusting stat rows. */
  readonly paranoid?: boolean
}

export interface RunOptions extends SelectOptions {
  readonly jobs?: number
  readonly failFast?: boolean
  readonly force?: ReadonlyArray<string>
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
}

/** An opened project. */
export interface Session {
  readonly project: ProjectDocument
  readonly plan: (options: SelectOptions & { readonly force?: ReadonlyArray<string> }) => Effect.Effect<PlanDocument, EngineError>
  /** Events go to `tell` in order, `run-finished` last; the caller decides what becomes of them. */
  readonly run: (options: RunOptions, tell: (event: RunEvent) => void) => Effect.Effect<RunReport, EngineError>
  readonly why: (task: string, options: SelectOptions) => Effect.Effect<WhyDocument, EngineError>
  readonly status: (options: SelectOptions) => Effect.Effect<StatusDocument, EngineError>
  readonly verify: (options: SelectOptions, tell: (done: { readonly task: string }) => void) => Effect.Effect<VerifyDocument, EngineError>
  /** Errors and findings that the project's definitions declare, for `explain`. */
  readonly explain: (code: string) => ReadonlyArray<Explanation>
}

export interface Explanation {
  readonly code: string
  readonly kind: "error" | "finding"
  readonly of: string
  readonly summary: string
  readonly hint: string
  readonly example: string | null
}
