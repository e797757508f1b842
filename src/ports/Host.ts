/**
 * The border to user code: documents only. A host evaluates the config into a project document, observes cells and executes
 * tasks, one after another. What a task may fail with comes back inside its result; a fault of the host itself is a result too.
 */
import { Context, type Effect } from "effect"
import type { ConfigInvalid } from "../domain/EngineErrors.ts"
import type { ProjectDocument } from "../domain/ProjectDocument.ts"
import type { HostEvent, ObservationDocument, ObserveDocument, ResultDocument, TaskDocument } from "../domain/TaskDocument.ts"

export class Host extends Context.Service<
  Host,
  {
    /** Fails with all problems of the config at once. */
    readonly evaluate: Effect.Effect<ProjectDocument, ConfigInvalid>
    /** Interruption ends the task; `tell` is called in order, before the result. */
    readonly execute: (task: TaskDocument, tell: (event: HostEvent) => void) => Effect.Effect<ResultDocument>
    /** Reads only. */
    readonly observe: (question: ObserveDocument) => Effect.Effect<ObservationDocument>
  }
>()("atlas-run/ports/Host") {}

/**
 * What runs across the border, as plain functions of plain data: callable from a module graph with another copy of `effect`.
 * `signal` interrupts.
 */
export interface HostModule {
  readonly evaluate: () => Promise<{ readonly project: ProjectDocument } | { readonly problems: ConfigInvalid["problems"] }>
  readonly execute: (task: TaskDocument, tell: (event: HostEvent) => void, signal: AbortSignal) => Promise<ResultDocument>
  readonly observe: (question: ObserveDocument, signal: AbortSignal) => Promise<ObservationDocument>
}
