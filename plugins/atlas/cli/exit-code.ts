/** Exit codes: 0 good · 1 failed, damaged or rejected · 2 command line · 3 state, store, lock or disk · 128+n signal n. */
import { Several } from "atlas-run/plugin"

/** Any failure of a command. */
export interface Failed {
  readonly _tag: string
  readonly message: string
}

const usage = new Set(["CommandLineInvalid", "DatasetIdInvalid"])

const machine = new Set([
  "FileTaken",
  "GeneSummaryUnwritable",
  "HistoryUnreadable",
  "IoDurability",
  "IoStdout",
  "LockBusy",
  "LockUnusable",
  "ProgramDefect",
  "StoreUnusable"
])

/** Reasons and errnos for which a file cannot be read though nothing is wrong with it. */
const trouble = new Set(["input/output error", "too many open files", "EIO", "EMFILE", "ENFILE", "ENOMEM", "ESTALE"])

const exitOf = (error: Failed): number => {
  if (usage.has(error._tag)) return 2
  if (machine.has(error._tag)) return 3
  const { reason, errno } = error as { readonly reason?: unknown; readonly errno?: unknown }
  return [reason, errno].some((why) => typeof why === "string" && trouble.has(why)) ? 3 : 1
}

/** When several hold, the first of 3, 2, 1, 0. */
export const worst = (codes: ReadonlyArray<number>): number => Math.max(0, ...codes)

export const failuresOf = (error: Failed): ReadonlyArray<Failed> =>
  error instanceof Several ? (error.errors as ReadonlyArray<Failed>) : [error]

export const exitOfFailure = (error: Failed): number => worst(failuresOf(error).map(exitOf))
