/** `Atlas`: the facade that every caller uses, the command line first of all. */
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { Effect, type Layer } from "effect"
import type { ConfigInvalid } from "../domain/EngineErrors.ts"
import type { HostEvent, ResultDocument, TaskDocument } from "../domain/TaskDocument.ts"
import { layer as inProcess } from "../host/InProcess.ts"
import { hostEntry, layer as inProcesses } from "../host/Process.ts"
import { Host, type HostModule } from "../ports/Host.ts"
import { analyze, engineFolder } from "./Analyzer.ts"
import type { Session } from "./Commands.ts"
import { openSession } from "./Session.ts"

export type { AdoptOptions, EngineError, Explanation, RunOptions, RunReport, SelectOptions, Session, StateError } from "./Commands.ts"

const opened = (host: (jobs: number) => Layer.Layer<Host>): Effect.Effect<Session, ConfigInvalid> =>
  Effect.map(Effect.provide(analyze, host(1)), (project) => openSession(project, host))

/** One host a session: its layer may be built many times. */
const inThisProcess = (open: () => Promise<HostModule>): (() => Layer.Layer<Host>) => {
  let module: Promise<HostModule> | undefined
  return () => inProcess(() => (module ??= open()))
}

/** What runs a project value in this process is imported from the source tree, so that it and the project share one copy of the contract. */
const hostModule = pathToFileURL(resolve(engineFolder(), "host", "index.ts")).href
const importHost = async (): Promise<typeof import("../host/index.ts")> =>
  (await import(/* @vite-ignore */ hostModule)) as typeof import("../host/index.ts")

export const Atlas = {
  /**
   * Opens the project of a config file. Its code and its plugins' run in processes of their own, never in this one; `graceMs` is how
   * long an interrupted task may tidy up.
   */
  open: (config: string, how: { readonly graceMs?: number } = {}): Effect.Effect<Session, ConfigInvalid> =>
    opened((jobs) => inProcesses({ ...how, config: resolve(config), entry: hostEntry(engineFolder()), jobs })),

  /** Executes one task document, as executors and debuggers do, in a process of its own. */
  exec: (
    task: TaskDocument & { readonly config: string },
    how: { readonly inspect: boolean },
    tell: (event: HostEvent) => void
  ): Effect.Effect<ResultDocument> =>
    Effect.provide(
      Effect.flatMap(Host, (host) => host.execute(task, tell)),
      inProcesses({ config: task.config, entry: hostEntry(engineFolder()), jobs: 1, inspect: how.inspect })
    ),

  /** Opens a project value; relative paths start at `root`. */
  openProject: (project: unknown, root: string): Effect.Effect<Session, ConfigInvalid> =>
    opened(inThisProcess(async () => (await importHost()).openHost({ project, root: resolve(root) })))
}
