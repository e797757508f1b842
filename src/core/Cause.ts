/** One reason for a decision, and the order in which reasons are told. */

/** Every kind of cause, in the order in which causes of one decision are listed. */
export const CauseKinds = [
  "conflict",
  "never-run",
  "input-changed",
  "input-missing",
  "input-appeared",
  "option-changed",
  "code-changed",
  "need-changed",
  "need-unknown",
  "need-failed",
  "tool-changed",
  "tool-missing",
  "environment-changed",
  "runtime-changed",
  "engine-changed",
  "output-missing",
  "output-altered",
  "forced",
  "gate-failed",
  "gate-unknown",
  "drifted",
  "held"
] as const
export type CauseKind = (typeof CauseKinds)[number]

/** `old` and `new` are printed values (short, one line); `from` is the task that the reason came from. */
export interface Cause {
  readonly kind: CauseKind
  readonly subject: string
  readonly old: string | null
  readonly new: string | null
  readonly from: string | null
}

const rankOfKind = new Map<string, number>(CauseKinds.map((kind, rank) => [kind, rank]))

/** By UTF-16 code units, the same on every machine and in every locale. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const compareNullable = (a: string | null, b: string | null): number => (a === b ? 0 : a === null ? -1 : b === null ? 1 : compareText(a, b))

/** Kind (in the order of `CauseKinds`), subject, from, old, new. */
export const compareCauses = (a: Cause, b: Cause): number =>
  (rankOfKind.get(a.kind) ?? CauseKinds.length) - (rankOfKind.get(b.kind) ?? CauseKinds.length) ||
  compareText(a.subject, b.subject) ||
  compareNullable(a.from, b.from) ||
  compareNullable(a.old, b.old) ||
  compareNullable(a.new, b.new)

/** Sorted, each reason once. */
export const sortCauses = (causes: ReadonlyArray<Cause>): ReadonlyArray<Cause> =>
  causes.length < 2
    ? causes
    : [...causes].sort(compareCauses).filter((cause, i, all) => i === 0 || compareCauses(all[i - 1] as Cause, cause) !== 0)
