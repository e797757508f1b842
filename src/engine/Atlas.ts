/** `Atlas`: the facade that every caller uses, the command line first of all. */
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { Effect, type Layer } from "effect"
import type { ConfigEvidence } from "../domain/ConfigEvidence.ts"
import type { ConfigInvalid } from "../domain/EngineErrors.ts"
import type { HostEvent, ResultDocument, TaskDocument } from "../domain/TaskDocument.ts"
import type { WatchEvent } from "../domain/WatchDocuments.ts"
import type { Looked } from "../fast/Answer.ts"
import { layer as inProcess } from "../host/InProcess.ts"
import { hostEntry, layer as inProcesses } from "../host/Process.ts"
import { evaluateFlags } from "../host/trace/Permission.ts"
import { Host, type HostModule } from "../ports/Host.ts"
import { Watch } from "../ports/Watch.ts"
import { analyze, engineFolder } from "./project/Analyzer.ts"
import type { Session } from "./Commands.ts"
import { examine } from "./upkeep/Doctor.ts"
import { openKept } from "./project/OpenKept.ts"
import { openSession } from "./OpenSession.ts"
import type { Opened } from "./Session.ts"
import { brokenPlaces } from "./watch/WatchedPlaces.ts"
import { type Round, watching } from "./watch/Watcher.ts"

export type { AdoptOptions, EngineError, Explanation, RunOptions, RunReport, SelectOptions, Session, StateError } from "./Commands.ts"

/** Names of the variables that a config read while it was evaluated; null if nobody knows, or if it looked at all of them. */
const variablesRead = (evidence: ConfigEvidence | null): ReadonlyArray<string> | null =>
  evidence === null || evidence.environmentNames !== null ? null : evidence.environment.map(({ name }) => name)

/** `kept` is what can be had without evaluating the config. */
const opened = (
  host: (jobs: number, reads: ReadonlyArray<string> | null) => Layer.Layer<Host>,
  kept: Effect.Effect<Opened | null>
): Effect.Effect<Session, ConfigInvalid> =>
  Effect.gen(function* () {
    const found = (yield* kept) ?? { project: yield* Effect.provide(analyze, host(1, null)), elsewhere: null, kept: null }
    const reads = variablesRead(found.project.evidence)
    return openSession(found, (jobs) => host(jobs, reads))
  })

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
   * long an interrupted task may tidy up. `looked` opens only what a look at the record left open; `anew` evaluates the config
   * although its last evaluation still stands.
   */
  open: (
    config: string,
    { looked = null, anew = false, ...how }: { readonly graceMs?: number; readonly looked?: Looked | null; readonly anew?: boolean } = {}
  ): Effect.Effect<Session, ConfigInvalid> =>
    opened(
      (jobs, reads) => {
        const entry = hostEntry(engineFolder())
        const evaluator = { entry, flags: evaluateFlags(engineFolder()) }
        return inProcesses({ ...how, config: resolve(config), entry, jobs, reads, evaluator })
      },
      anew ? Effect.succeed(null) : openKept(resolve(config), looked)
    ),

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

  /** Runs `round` whenever what it rests on moved; ends only by interruption or a failure of `round`. */
  watch: <E, R>(round: Round<E, R>, tell: (event: WatchEvent) => void): Effect.Effect<never, E, Exclude<R, Watch>> =>
    Effect.provide(watching(round, tell), Watch.layer),

  /** What is wrong with this machine, or with what opening the project gave. */
  examine,

  /** Where a config that cannot be used may be mended; `named` are paths that its problems name. */
  brokenPlaces,

  /** Opens a project value; relative paths start at `root`. */
  openProject: (project: unknown, root: string): Effect.Effect<Session, ConfigInvalid> =>
    opened(
      inThisProcess(async () => (await importHost()).openHost({ project, root: resolve(root) })),
      Effect.succeed(null)
    )
}
