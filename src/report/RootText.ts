/** The root cause in a few words, beside a task whose own cause only passes on what another one has: `← read: input table changed`. */
import { oneLine } from "../core/Excerpt.ts"
import type { Cause } from "../domain/RunDocuments.ts"
import { briefCause } from "./CauseText.ts"
import { shortName } from "./Mark.ts"

export interface Told {
  readonly task: string
  readonly target: string
  readonly stage: string
  readonly check: string | null
  readonly causes: ReadonlyArray<Cause>
}

/** A first run is no news; that a cell is to be moved says nothing of why. */
const tells = ({ kind, from }: Cause): boolean => kind !== "never-run" && (kind !== "need-changed" || from !== null)

interface Found {
  readonly of: Told
  readonly cause: Cause
  /** How many tasks lie between. */
  readonly steps: number
}

/** The first cause of a task, followed to where it comes from; null where nothing is known of that, or it is a first run. */
const rootOf = (task: Told, find: (task: string) => Told | undefined): Found | null => {
  let at = task
  const met = new Set([task.task])
  for (let steps = 0; ; steps++) {
    const cause = at.causes.find(tells)
    if (cause === undefined) return null
    const next = cause.from === null || met.has(cause.from) ? undefined : find(cause.from)
    if (next === undefined || next.causes.length === 0) return { of: at, cause, steps }
    met.add(next.task)
    at = next
  }
}

const named = (task: Told, { of, cause }: Found): string => {
  if (of === task) return briefCause(cause)
  return `${oneLine(of.target === task.target ? shortName(of) : of.task)}: ${briefCause(cause)}`
}

/** For a plan, where a task's own cause stands on its line: only what lies further away than the next task. Empty if there is none. */
export const plannedRoot = (task: Told, find: (task: string) => Told | undefined): string => {
  const found = task.causes.some(({ from }) => from !== null) ? rootOf(task, find) : null
  return found === null || found.steps < 2 ? "" : ` ← ${named(task, found)}`
}

/** For a run, where no cause stands on the line of what was executed. */
export const executedRoot = (task: Told, find: (task: string) => Told | undefined): string => {
  const found = rootOf(task, find)
  return found === null ? "" : `← ${named(task, found)}`
}
