/** Composes the live layers once and runs the command line. */
import { setFlagsFromString } from "node:v8"
import { Effect, Exit, Layer } from "effect"
import manifest from "../package.json" with { type: "json" }
import { commandLine } from "./cli/CommandLine.ts"
import { Projects } from "./cli/Projects.ts"
import type { Looked } from "./fast/Answer.ts"
import { processTerminal, Terminal } from "./report/Terminal.ts"

export interface Running {
  /** Settles with the exit code once all results are delivered; never rejects. */
  readonly exit: Promise<number>
  readonly interrupt: () => void
}

/**
 * For a process that decides on a whole project: less garbage is worth collecting more often, since what is resident is paid for by each
 * program that is started (starting one copies the page tables).
 */
const spareMemory = Effect.sync(() => {
  setFlagsFromString("--semi-space-growth-factor=1")
  setFlagsFromString("--optimize-for-size")
})

/** The engine is loaded by the first command that opens a project: help, version and the engine's own codes need none of it. */
const projects = (looked: Looked | null) =>
  Layer.succeed(Projects, {
    open: (config, how) =>
      Effect.flatMap(
        Effect.andThen(
          looked === null ? spareMemory : Effect.void,
          Effect.promise(() => import("./engine/Atlas.ts"))
        ),
        ({ Atlas }) => Atlas.open(config, { ...how, looked })
      )
  })

/** ms that what is left may take: `results` after a signal (without one they take as long as their reader), `progress` always. */
const Drain = { results: 1000, progress: 2000 } as const

const within = (ms: number, done: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    void done.finally(() => {
      clearTimeout(timer)
      resolve()
    })
  })

/** `signal` tells the number of the signal that is ending this process; `looked` is what a plain run may start from. */
export const start = (argv: ReadonlyArray<string>, signal: () => number | null, looked: Looked | null): Running => {
  const terminal = processTerminal(signal)
  const layers = Layer.mergeAll(Layer.succeed(Terminal, terminal), projects(looked))
  const fiber = Effect.runFork(commandLine(argv, manifest.version).pipe(Effect.provide(layers)))
  const code = new Promise<number>((resolve) => fiber.addObserver((exit) => resolve(Exit.isSuccess(exit) ? exit.value : 3)))
  const exit = code.then(async (value) => {
    // What an interrupted command printed last is delivered too, if its reader still reads.
    await within(Drain.results, Effect.runPromise(Effect.ignore(terminal.delivered)))
    await within(Drain.progress, new Promise<void>((resolve) => process.stderr.write("", () => resolve())))
    return value
  })
  return { exit, interrupt: () => fiber.interruptUnsafe() }
}
