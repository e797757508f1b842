/** Where the program tells: results to stdout, checked; progress and errors to stderr, as well as it can. */
import { isatty } from "node:tty"
import { Context, Effect } from "effect"
import { IoStdout } from "./errors.ts"
import { stdoutResults } from "./results.ts"
import type { Environment } from "./style.ts"

export interface TerminalShape {
  readonly stdout: { readonly write: (text: string) => void; readonly isTTY: boolean }
  readonly stderr: { readonly write: (text: string) => void; readonly isTTY: boolean; readonly columns: () => number }
  /** Waits until all results have arrived. */
  readonly delivered: Effect.Effect<void, IoStdout>
  readonly environment: Environment
  /** ms of a clock that never goes back. */
  readonly now: () => number
}

export class Terminal extends Context.Service<Terminal, TerminalShape>()("atlas-run/atlas/cli/Terminal") {}

const reasons = new Map([
  ["EPIPE", "the reader is gone"],
  ["ENOSPC", "no space left on the device"],
  ["EDQUOT", "the quota is used up"],
  ["EFBIG", "the file would be too large"]
])

/** `settled` as of `Results`. */
export const deliveredOf = (settled: () => Promise<string | null>): Effect.Effect<void, IoStdout> =>
  Effect.flatMap(Effect.promise(settled), (errno) =>
    errno === null
      ? Effect.void
      : Effect.fail(
          new IoStdout({ message: `stdout did not take all results: ${reasons.get(errno) ?? "the system refused them"} (${errno})`, errno })
        )
  )

/** This process's own. */
export const processTerminal = (): TerminalShape => {
  const results = stdoutResults()
  // Lost progress is no failure.
  process.stderr.on("error", () => {})
  return {
    stdout: { write: results.write, isTTY: isatty(1) },
    stderr: { write: (text) => void process.stderr.write(text), isTTY: isatty(2), columns: () => process.stderr.columns || 80 },
    delivered: deliveredOf(results.settled),
    environment: process.env,
    now: () => performance.now()
  }
}
