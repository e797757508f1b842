/** Composes this process's terminal with the command line. */
import { Effect, Exit } from "effect"
import { createdBy } from "../format/artifact/software.ts"
import { commandLine } from "./command-line.ts"
import { processTerminal, Terminal } from "./terminal.ts"

export interface Running {
  /** Settles with the exit code once all results are delivered; never rejects. */
  readonly exit: Promise<number>
  readonly interrupt: () => void
}

/** ms that stderr may take to drain before the process ends without it. */
const Drain = 2000

const drained = (): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, Drain)
    process.stderr.write("", () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** The package's: what stands behind its name in artifacts. */
const version = createdBy.slice(createdBy.indexOf("@") + 1)

export const start = (argv: ReadonlyArray<string>): Running => {
  const fiber = Effect.runFork(commandLine(argv, version).pipe(Effect.provideService(Terminal, processTerminal())))
  const exit = new Promise<number>((resolve) => fiber.addObserver((end) => resolve(Exit.isSuccess(end) ? end.value : 3))).then(
    async (code) => {
      await drained()
      return code
    }
  )
  return { exit, interrupt: () => fiber.interruptUnsafe() }
}
