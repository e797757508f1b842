/**
 * Cells: places in shared stores that one task owns and others can change too. Three values are compared: *desired* (from the needs'
 * outputs), *applied* (what our trace says we last brought about) and *live* (observed).
 *
 * | live is | then |
 * |---|---|
 * | = desired | `same`, with or without a trace |
 * | absent | `absent`: to be brought about, also while the desired value is not known yet |
 * | another value, immutable cell | `conflict`: the execution is asked for and answered with a conflict |
 * | adopted while this is desired | `same`: a person accepted it, until another value is desired |
 * | = applied ≠ desired | `moves`: by compare-and-swap on live |
 * | neither | `drifted`: never overwritten |
 * | damaged | `drifted`, whatever is desired, naming what is damaged |
 * | retired | `held` |
 * | present, and desired not known; or not observed | `unknown` |
 */
import type { Cause, CauseKind } from "./Cause.ts"
import { excerpt, oneLine } from "./Excerpt.ts"

/** Who changed a cell last, and when (ISO UTC); `unknown` where the store's history does not tell. */
export interface CellChange {
  readonly by: string
  readonly host: string
  readonly at: string
}

export type CellObservation =
  | { readonly state: "absent"; readonly changed?: CellChange }
  | { readonly state: "present"; readonly value: string; readonly changed?: CellChange }
  | {
      readonly state: "damaged"
      readonly value: string | null
      readonly problems: ReadonlyArray<{ readonly path: string; readonly message: string }>
      readonly changed?: CellChange
    }
  | { readonly state: "retired"; readonly by: string; readonly at: string; readonly because?: string; readonly changed?: CellChange }

/** What a person accepted as good: the value `live` for as long as `desired` is desired. Both null for outputs that are no cell. */
export interface Adopted {
  readonly desired: string | null
  readonly live: string | null
}

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

const told = (kind: CauseKind, subject: string, old: string | null, now: string | null, note: string | null = null): Cause => ({
  kind,
  subject,
  old: old === null ? null : excerpt(old, null, now),
  new: now === null ? null : excerpt(now, note, old),
  from: null
})

/** `2026-05-01T10:00:00.000Z by ann on hostA`; null where nothing is known. */
const changeText = (changed: CellChange | undefined): string | null =>
  changed === undefined ? null : `${changed.at} by ${changed.by}${changed.host === changed.by ? "" : ` on ${changed.host}`}`

const retiredText = ({ by, at, because }: Extract<CellObservation, { state: "retired" }>): string =>
  `retired by ${by} at ${at}${because === undefined ? "" : `: ${because}`}`

/** `applied` and `adopted` are null without a trace. */
export const compareCell = (
  { cell, immutable, desired, live }: CellView,
  applied: string | null,
  adopted: Adopted | null = null
): CellComparison => {
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
      const changed = changeText(live.changed)
      const causes = live.problems.map(({ path, message }): Cause => ({
        kind: "drifted",
        subject: path,
        old: null,
        new: oneLine(changed === null ? message : `${message} (${changed})`),
        from: null
      }))
      return { state: "drifted", causes: causes.length > 0 ? causes : [plain("drifted", "damaged")] }
    }
    case "retired":
      return desired === null
        ? { state: "unknown", causes: [plain("need-unknown", "desired value not known")] }
        : { state: "held", causes: [plain("held", oneLine(retiredText(live)))] }
    case "present":
      if (desired === null) return { state: "unknown", causes: [plain("need-unknown", "desired value not known")] }
      if (live.value === desired) return same
      if (immutable) return { state: "conflict", causes: [told("conflict", cell, live.value, desired)] }
      if (adopted !== null && adopted.live === live.value && adopted.desired === desired) return same
      if (live.value === applied) return { state: "moves", causes: [told("need-changed", cell, live.value, desired)] }
      return { state: "drifted", causes: [told("drifted", cell, applied, live.value, changeText(live.changed))] }
  }
}
