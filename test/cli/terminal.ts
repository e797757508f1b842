/** A terminal that remembers what it was told. */
import { Effect } from "effect"
import { IoStdout, type TerminalShape } from "../../src/report/Terminal.ts"

export interface ScriptedTerminal {
  readonly shape: TerminalShape
  readonly out: () => string
  readonly err: () => string
  /** What would run at a sudden end. */
  readonly exits: Array<() => void>
}

export const scriptedTerminal = (
  options: {
    readonly tty?: boolean
    readonly environment?: Record<string, string>
    readonly folder?: string
    /** Errno with which stdout refuses everything. */
    readonly refuses?: string
    readonly signal?: number
  } = {}
): ScriptedTerminal => {
  const out: Array<string> = []
  const err: Array<string> = []
  const exits: Array<() => void> = []
  const isTTY = options.tty ?? false
  const channel = (texts: Array<string>) => ({
    write: (text: string) => void texts.push(text),
    pending: () => 0,
    isTTY,
    columns: () => 80,
    rows: () => 24
  })
  return {
    shape: {
      stdout: channel(out),
      stderr: channel(err),
      delivered:
        options.refuses === undefined
          ? Effect.void
          : Effect.fail(new IoStdout({ message: `stdout refused (${options.refuses})`, errno: options.refuses })),
      environment: options.environment ?? {},
      folder: options.folder ?? "/lab",
      now: () => 0,
      signal: () => options.signal ?? null,
      atExit: (restore) => {
        exits.push(restore)
        return () => void exits.splice(exits.indexOf(restore), 1)
      }
    },
    out: () => out.join(""),
    err: () => err.join(""),
    exits
  }
}
