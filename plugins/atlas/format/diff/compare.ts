/** Comparing two ordered streams of genes: one gene of each is held at a time. */
import { compareCodePoints } from "../canonical-json.ts"
import type { GeneRow } from "./gene-rows.ts"

/** Where a gene lies. */
const placeFields = ["seqid", "start", "end"] as const
/** What else its signature covers. */
const otherFields = ["name", "biotype", "transcripts"] as const

export type PlaceField = (typeof placeFields)[number]
export type OtherField = (typeof otherFields)[number]

/**
 * One gene of either or both. The same gene is the one of the same id; of several rows of one id the first of each side, by place, and so on.
 * `moved` are the coordinates that differ, `changed` what else of its signature does: a gene may have both, and without both it is unchanged.
 */
export type GeneComparison =
  | { readonly kind: "added"; readonly to: GeneRow }
  | { readonly kind: "removed"; readonly from: GeneRow }
  | {
      readonly kind: "kept"
      readonly from: GeneRow
      readonly to: GeneRow
      readonly moved: ReadonlyArray<PlaceField>
      readonly changed: ReadonlyArray<OtherField>
    }

/** `moved` and `changed` may count one gene both. from = removed + kept, to = added + kept; unchanged are of the kept. */
export interface GeneCounts {
  readonly from: number
  readonly to: number
  readonly added: number
  readonly removed: number
  readonly moved: number
  readonly changed: number
  readonly unchanged: number
}

export const noGenes: GeneCounts = { from: 0, to: 0, added: 0, removed: 0, moved: 0, changed: 0, unchanged: 0 }

/** The counts with one more. */
export const countGene = (counts: GeneCounts, one: GeneComparison): GeneCounts => {
  switch (one.kind) {
    case "added":
      return { ...counts, to: counts.to + 1, added: counts.added + 1 }
    case "removed":
      return { ...counts, from: counts.from + 1, removed: counts.removed + 1 }
    case "kept": {
      const [moved, changed] = [one.moved.length > 0 ? 1 : 0, one.changed.length > 0 ? 1 : 0]
      return {
        ...counts,
        from: counts.from + 1,
        to: counts.to + 1,
        moved: counts.moved + moved,
        changed: counts.changed + changed,
        unchanged: counts.unchanged + (moved + changed === 0 ? 1 : 0)
      }
    }
  }
}

/** Both streams must be in the order of ids by code points. */
export function* compareGenes(from: Iterator<GeneRow>, to: Iterator<GeneRow>): Generator<GeneComparison, void, void> {
  let [a, b] = [from.next(), to.next()]
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : compareCodePoints(a.value.id, b.value.id)
    if (order < 0 && a.done !== true) {
      yield { kind: "removed", from: a.value }
      a = from.next()
    } else if (order > 0 && b.done !== true) {
      yield { kind: "added", to: b.value }
      b = to.next()
    } else if (a.done !== true && b.done !== true) {
      const [old, now] = [a.value, b.value]
      yield {
        kind: "kept",
        from: old,
        to: now,
        moved: placeFields.filter((field) => old[field] !== now[field]),
        changed: otherFields.filter((field) => old[field] !== now[field])
      }
      a = from.next()
      b = to.next()
    }
  }
}
