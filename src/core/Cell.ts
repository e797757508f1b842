/**
 * Cells: places in shared stores that one task owns and others can change too. Three values are compared: *desired* (from the needs'
 * outputs), *applied* (what our trace says we last brought about) and *live* (observed).
 *
 * | live is | then |
 * |---|---|
 * | = desired | `same`, with or without a trace |
 * | absent | `absent`: to be brought about, also while the desired value is not known yet |
 * | another value, immutable cell | `conflict`: the execution is asked for and answered with a conflict |
 * | = applied ≠ desired | `moves`: by compare-and-swap on live |
 * | neither | `drifted`: never overwritten |
 * | damaged | `drifted`, whatever is desired, naming what is damaged |
 * | retired | `held` |
 * | present, and desired not known; or not observed | `unknown` |
 */
import type { Cause, CauseKind } from "./Cause.ts"
import { excerpt, oneLine } from "./Excerpt.ts"

export type CellObservation =
  | { readonly state: "absent" }
  | { readonly state: "present"; readonly value: string }
  | {
      readonly state: "damaged"
      readonly value: string | null
      readonly problems: ReadonlyArray<{ readonly path: string; readonly message: string }>
    }
  | { readonly state: "retired"; readonly by: string; readonly at: string }

export interface CellView {
  /** Its name, as causes tell it. */
  readonly cell: string
  readonly immutable: boolean
  /** Null while the needs' outputs are not known. */
  readonly desired: string | null
  /** Null if it could not be observed (offline). */
  readonly live: CellObservation | null
}

export interface CellComparison {
  readonly state: "same" | "absent" | "conflict" | "moves" | "drifted" | "held" | "unknown"
  readonly causes: ReadonlyArray<Cause>
}

const same: CellComparison = { state: "same", causes: [] }

const told = (kind: CauseKind, subject: string, old: string | null, now: string | null): Cause => ({
  kind,
  subject,
  old: old === null ? null : excerpt(old, null, now),
  new: now === null ? null : excerpt(now, null, old),
  from: null
})

/** `applied` is null without a trace. */
export const compareCell = ({ cell, immutable, desired, live }: CellView, applied: string | null): CellComparison => {
  const plain = (kind: CauseKind, text: string): Cause => ({
    kind,
    subject: cell,
    old: applied === null ? null : excerpt(applied, null),
    new: text,
    from: null
  })
  if (live === null) return { state: "unknown", causes: [plain("need-unknown", "not observed")] }
  switch (live.state) {
    case "absent":
      return { state: "absent", causes: [told("output-missing", cell, applied, null)] }
    case "damaged": {
      const causes = live.problems.map(({ path, message }): Cause => ({
        kind: "drifted",
        subject: path,
        old: null,
        new: oneLine(message),
        from: null
      }))
      return { state: "drifted", causes: causes.length > 0 ? causes : [plain("drifted", "damaged")] }
    }
    case "retired":
      return desired === null
        ? { state: "unknown", causes: [plain("need-unknown", "desired value not known")] }
        : { state: "held", causes: [plain("held", oneLine(`retired by ${live.by} at ${live.at}`))] }
    case "present":
      if (desired === null) return { state: "unknown", causes: [plain("need-unknown", "desired value not known")] }
      if (live.value === desired) return same
      if (immutable) return { state: "conflict", causes: [told("conflict", cell, live.value, desired)] }
      if (live.value === applied) return { state: "moves", causes: [told("need-changed", cell, live.value, desired)] }
      return { state: "drifted", causes: [told("drifted", cell, applied, live.value)] }
  }
}
