/**
 * The border to user code: documents only. A host evaluates the config into a project document, observes cells and executes
 * tasks, one after another. What a task may fail with comes back inside its result; a fault of the host itself is a result too.
 */
import { Context, type Effect } from "effect"
import type { ConfigInvalid } from "../domain/EngineErrors.ts"
import type { ConfigEvidence } from "../domain/ConfigEvidence.ts"
import type { ErrorDocument } from "../domain/Failure.ts"
import type { ProjectDocument } from "../domain/ProjectDocument.ts"
import type {
  ContentDigestDocument,
  DigestDocument,
  HostEvent,
  ObservationDocument,
  ObserveDocument,
  ResultDocument,
  TaskDocument
} from "../domain/TaskDocument.ts"

/** A project with what proves it current; null where that could not be watched: then it is evaluated again each time. */
export interface EvaluatedProject {
  readonly project: ProjectDocument
  readonly evidence: ConfigEvidence | null
}

export class Host extends Context.Service<
  Host,
  {
    /** Fails with all problems of the config at once. */
    readonly evaluate: Effect.Effect<EvaluatedProject, ConfigInvalid>
    /** Interruption ends the task; `tell` is called in order, before the result. */
    readonly execute: (task: TaskDocument, tell: (event: HostEvent) => void) => Effect.Effect<ResultDocument>
    /** Reads only. */
    readonly observe: (question: ObserveDocument) => Effect.Effect<ObservationDocument>
    /** What the content of an input comes to. Reads only. */
    readonly digest: (question: DigestDocument) => Effect.Effect<ContentDigestDocument>
    /** What tasks left behind that broke after their end, each with its task; asking empties the list. */
    readonly leaks: Effect.Effect<ReadonlyArray<ErrorDocument>>
  }
>()("atlas-run/ports/Host") {}

/**
 * What runs across the border, as plain functions of plain data: callable from a module graph with another copy of `effect`.
 * `signal` interrupts.
 */
export interface HostModule {
  /** Imports what tasks are run with, if that has not happened yet. Never rejects: trouble is told by each answer. */
  readonly ready: () => Promise<void>
  readonly evaluate: () => Promise<EvaluatedProject | { readonly problems: ConfigInvalid["problems"] }>
  readonly execute: (task: TaskDocument, tell: (event: HostEvent) => void, signal: AbortSignal) => Promise<ResultDocument>
  readonly observe: (question: ObserveDocument, signal: AbortSignal) => Promise<ObservationDocument>
  readonly digest: (question: DigestDocument, signal: AbortSignal) => Promise<ContentDigestDocument>
}
