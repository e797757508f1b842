/** `Atlas`: the facade that every caller uses, the command line first of all. */
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { Effect } from "effect"
import type { ConfigInvalid } from "../domain/EngineErrors.ts"
import { layer as inProcess } from "../host/InProcess.ts"
import type { HostModule } from "../ports/Host.ts"
import { analyze, engineFolder } from "./Analyzer.ts"
import type { Session } from "./Commands.ts"
import { openSession } from "./Session.ts"

export type { EngineError, Explanation, RunOptions, RunReport, SelectOptions, Session, StateError } from "./Commands.ts"

const opened = (open: () => Promise<HostModule>): Effect.Effect<Session, ConfigInvalid> =>
  Effect.gen(function* () {
    let module: Promise<HostModule> | undefined
    // one host a session: its layer may be built many times
    const host = inProcess(() => (module ??= open()))
    return openSession(yield* Effect.provide(analyze, host), host)
  })

/** User code is imported from the source tree, so that configs and plugins share one copy of the contract with their host. */
const hostModule = pathToFileURL(resolve(engineFolder(), "host", "index.ts")).href
const importHost = async (): Promise<typeof import("../host/index.ts")> =>
  (await import(/* @vite-ignore */ hostModule)) as typeof import("../host/index.ts")

export const Atlas = {
  /** Opens the project of a config file. */
  open: (config: string): Effect.Effect<Session, ConfigInvalid> =>
    opened(async () => (await importHost()).openHost({ config: resolve(config) })),

  /** Opens a project value; relative paths start at `root`. */
  openProject: (project: unknown, root: string): Effect.Effect<Session, ConfigInvalid> =>
    opened(async () => (await importHost()).openHost({ project, root: resolve(root) }))
}
