/** A program to run, and how it ended. */

export interface Program {
  /** The first is looked for in `env.PATH`, or taken from `cwd` if it holds a slash. No shell is involved, but that the system gives a script without `#!` to `/bin/sh`. */
  readonly argv: ReadonlyArray<string>
  readonly cwd: string
  /** All of its environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  /** File that receives stdout, made or emptied; without it stdout is captured. */
  readonly stdout?: string
  /** Longest run, ms; then it is ended and `timedOut`. No limit if absent. */
  readonly timeoutMs?: number
  /** From SIGTERM to SIGKILL, ms. */
  readonly graceMs?: number
  /** So many bytes of each stream's end are kept. */
  readonly tailBytes?: number
  /** Told of each line as it comes, without its end; beyond 65,536 characters in pieces. */
  readonly onLine?: (stream: "stdout" | "stderr", line: string) => void
}

export interface ProgramResult {
  /** Null if a signal ended it. */
  readonly exit: number | null
  readonly signal: string | null
  readonly stdoutTail: string
  readonly stderrTail: string
  /** All that was printed, also what is not in the tails. */
  readonly stdoutBytes: number
  readonly stderrBytes: number
  readonly ms: number
  readonly timedOut: boolean
  /** The program ended of itself and left processes behind, which were killed. */
  readonly leftovers: boolean
  /** The most that was seen of it and of what it started, bytes; null if it was over before anybody looked. */
  readonly peakBytes: number | null
  /** The system ended a process for want of memory meanwhile, and this one ended as if killed. */
  readonly starved: boolean
}
