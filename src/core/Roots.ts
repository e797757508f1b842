/** The smallest set of causes: what has to be put right, no more and no less, for a task to be fresh again. */
import type { Cause, CauseKind } from "./Cause.ts"

export interface Root {
  readonly cause: Cause
  /** Where it is met, nearest to the root first; never empty. */
  readonly tasks: ReadonlyArray<string>
}

/** Causes that only pass on what another task has. */
export const passingOn: ReadonlySet<CauseKind> = new Set(["need-unknown", "need-failed", "gate-unknown", "gate-failed"])

export interface Surroundings {
  /** What `hindrances` says of a task; none for a fresh one. */
  readonly hindrances: (task: string) => ReadonlyArray<Cause>
  /** What has to be put right: one thing that is met by several tasks is told once. */
  readonly identity: (task: string, cause: Cause) => string
  /** Whether its verdict, as far as it is known, is failed: the task may be stale as well. */
  readonly fails: (task: string) => boolean
  readonly passing?: ReadonlySet<CauseKind>
}

/** Follows the hindrances of a task down to what no other task is the reason of. */
export const rootCauses = (task: string, { hindrances, identity, fails, passing = passingOn }: Surroundings): ReadonlyArray<Root> => {
  const found = new Map<string, { readonly cause: Cause; readonly tasks: Array<string> }>()
  const met = new Set([task])
  const tell = (at: string, cause: Cause): void => {
    const key = identity(at, cause)
    const same = found.get(key)
    if (same === undefined) found.set(key, { cause, tasks: [at] })
    else if (!same.tasks.includes(at)) same.tasks.push(at)
  }
  const open: Array<string> = [task]
  for (const at of open) {
    for (const cause of hindrances(at)) {
      const { from, kind } = cause
      const isGate = kind === "gate-unknown" || kind === "gate-failed"
      if (from === null || !passing.has(kind)) {
        tell(at, cause)
        continue
      }
      const beneath = hindrances(from)
      if (isGate && fails(from)) tell(at, { kind: "gate-failed", subject: from, old: null, new: null, from })
      else if (beneath.length === 0) tell(at, cause)
      if (beneath.length === 0 || met.has(from)) continue
      met.add(from)
      open.push(from)
    }
  }
  return [...found.values()]
}
