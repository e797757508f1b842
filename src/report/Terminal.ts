/** Where the program tells: results to stdout, checked; progress and logs to stderr, as well as it can. */
import { isatty } from "node:tty"
import { Context, Effect, Layer, Schema } from "effect"
import { type ErrorDocs, Told } from "../domain/Failure.ts"
import { checkedWriter } from "./CheckedWriter.ts"
import type { Environment } from "../core/Style.ts"

/** Not all results arrived. */
export class IoStdout extends Schema.TaggedError<IoStdout>()("IoStdout", { ...Told, errno: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "The results could not be written to stdout.",
    hint: "Look at what reads this program's output, or at the disk it goes to; what was built stays built.",
    example: "stdout did not take all results: the reader is gone (EPIPE)"
  }
  static readonly exit = 3
}

export interface Channel {
  readonly write: (text: string) => void
  /** Bytes that are not taken yet. */
  readonly pending: () => number
  readonly isTTY: boolean
  readonly columns: () => number
  readonly rows: () => number
}

export interface TerminalShape {
  readonly stdout: Channel
  readonly stderr: Channel
  /** Waits until all results have arrived. */
  readonly delivered: Effect.Effect<void, IoStdout>
  readonly environment: Environment
  readonly folder: string
  /** ms of a clock that never goes back. */
  readonly now: () => number
  /** Number of the signal that is ending this process. */
  readonly signal: () => number | null
  /** Runs at whatever end of the process, also a sudden one, unless taken back. */
  readonly atExit: (restore: () => void) => () => void
}

export class Terminal extends Context.Service<Terminal, TerminalShape>()("atlas-run/report/Terminal") {}

const reasons = new Map([
  ["EPIPE", "the reader is gone"],
  ["ENOSPC", "no space left on the device"],
  ["EDQUOT", "the quota is used up"],
  ["EFBIG", "the file would be too large"]
])

/** `errno` as `settled` of a CheckedWriter gives it. */
export const deliveredOf = (settled: () => Promise<string | null>): Effect.Effect<void, IoStdout> =>
  Effect.flatMap(Effect.promise(settled), (errno) =>
    errno === null
      ? Effect.void
      : Effect.fail(
          new IoStdout({ message: `stdout did not take all results: ${reasons.get(errno) ?? "the system refused them"} (${errno})`, errno })
        )
  )

const size = (stream: () => NodeJS.WriteStream, isTTY: boolean) => ({
  isTTY,
  columns: () => (isTTY && stream().columns > 0 ? stream().columns : 80),
  rows: () => (isTTY && stream().rows > 0 ? stream().rows : 24)
})

/** This process's own. `signal` tells which one was received. */
export const processTerminal = (signal: () => number | null): TerminalShape => {
  const [outTTY, errTTY] = [isatty(1), isatty(2)]
  const results = checkedWriter(1, () => process.stdout, outTTY)
  // Lost progress is no failure.
  process.stderr.on("error", () => {})
  return {
    stdout: { write: results.write, pending: results.pending, ...size(() => process.stdout, outTTY) },
    stderr: {
      write: (text) => void process.stderr.write(text),
      pending: () => process.stderr.writableLength,
      ...size(() => process.stderr, errTTY)
    },
    delivered: deliveredOf(results.settled),
    environment: process.env,
    folder: process.cwd(),
    now: () => performance.now(),
    signal,
    atExit: (restore) => {
      process.once("exit", restore)
      return () => void process.removeListener("exit", restore)
    }
  }
}

export const terminalLayer = (signal: () => number | null): Layer.Layer<Terminal> => Layer.sync(Terminal, () => processTerminal(signal))
