/** Two sequence collections held against each other: the document of GA4GH seqcol 1.0.0, `/comparison`, and what it comes to. */
import { Schema } from "effect"
import type { FastaSequence } from "../fasta/sequence.ts"
import { nameLengthPair, sequenceCollection } from "../refget.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Counts = Schema.Record(Schema.String, Count)

/** Field names are the specification's. `a_and_b_same_order` is null where order is not defined. */
export const CollectionComparison = Schema.Struct({
  digests: Schema.Struct({ a: Schema.String, b: Schema.String }),
  attributes: Schema.Struct({
    a_only: Schema.Array(Schema.String),
    b_only: Schema.Array(Schema.String),
    a_and_b: Schema.Array(Schema.String)
  }),
  array_elements: Schema.Struct({
    a_count: Counts,
    b_count: Counts,
    a_and_b_count: Counts,
    a_and_b_same_order: Schema.Record(Schema.String, Schema.NullOr(Schema.Boolean))
  })
})
export type CollectionComparison = typeof CollectionComparison.Type

/**
 * What the counts mean. `identical`: one collection. `reordered`: the same sequences under the same names, in another order. `renamed`: the
 * same sequences, some under other names. `same-coordinates`: the same names and lengths, other residues. `subset` and `superset`: all named
 * sequences of A are in B, or of B in A. Else they `overlap` in some sequence, or are `different`.
 */
export const relations = ["identical", "reordered", "renamed", "same-coordinates", "subset", "superset", "overlap", "different"] as const
export type Relation = (typeof relations)[number]

export type Collated = Pick<FastaSequence, "name" | "length" | "refget">

const tallied = (items: ReadonlyArray<string>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}

interface Overlap {
  /** Elements of both; a repeated one as often as both have it. */
  readonly both: number
  readonly sameOrder: boolean | null
}

/** §3.3, "Same-order specification": null below two common elements, and where a common one is repeated more often in one of them. */
const overlapOf = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): Overlap => {
  const [inA, inB] = [tallied(a), tallied(b)]
  let both = 0
  let balanced = true
  for (const [item, count] of inA) {
    const other = inB.get(item)
    if (other === undefined) continue
    both += Math.min(count, other)
    if (other !== count) balanced = false
  }
  if (both < 2 || !balanced) return { both, sameOrder: null }
  const commonOfB = b.filter((item) => inA.has(item))
  let at = 0
  return { both, sameOrder: a.every((item) => !inB.has(item) || item === commonOfB[at++]) }
}

/** A sequence with its name, as one text. */
const named = ({ name, refget }: Collated): string => `${refget} ${name}`

const attributes: Readonly<Record<string, (sequence: Collated) => string>> = {
  lengths: ({ length }) => String(length),
  name_length_pairs: nameLengthPair,
  names: ({ name }) => name,
  sequences: ({ refget }) => refget
}

const relationOf = (a: ReadonlyArray<Collated>, b: ReadonlyArray<Collated>): Relation => {
  const common = (of: (sequence: Collated) => string) => overlapOf(a.map(of), b.map(of))
  const all = (overlap: Overlap) => overlap.both === a.length && overlap.both === b.length
  const whole = common(named)
  if (all(whole)) return a.every((one, i) => named(one) === named(b[i]!)) ? "identical" : "reordered"
  const sequences = common(({ refget }) => refget)
  if (all(sequences)) return "renamed"
  if (all(common(nameLengthPair))) return "same-coordinates"
  if (whole.both === a.length) return "subset"
  if (whole.both === b.length) return "superset"
  return sequences.both > 0 ? "overlap" : "different"
}

/** Sequences in the order of their files. */
export const compareCollections = (
  a: ReadonlyArray<Collated>,
  b: ReadonlyArray<Collated>
): CollectionComparison & { readonly relation: Relation } => {
  const names = Object.keys(attributes)
  const overlaps = Object.entries(attributes).map(([name, of]) => [name, overlapOf(a.map(of), b.map(of))] as const)
  return {
    digests: { a: sequenceCollection(a).digest, b: sequenceCollection(b).digest },
    attributes: { a_only: [], b_only: [], a_and_b: names },
    array_elements: {
      a_count: Object.fromEntries(names.map((name) => [name, a.length])),
      b_count: Object.fromEntries(names.map((name) => [name, b.length])),
      a_and_b_count: Object.fromEntries(overlaps.map(([name, { both }]) => [name, both])),
      a_and_b_same_order: Object.fromEntries(overlaps.map(([name, { sameOrder }]) => [name, sameOrder]))
    },
    relation: relationOf(a, b)
  }
}
