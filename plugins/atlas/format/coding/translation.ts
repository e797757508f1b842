/** Translation of coding sequences by NCBI's genetic codes. */
import { type GeneticCode, geneticCodes } from "./genetic-codes.ts"

/** One row of a CDS: 1-based closed; `end` may lie beyond the length of a circular sequence. */
export interface Segment {
  readonly start: number
  readonly end: number
  /** Bases to skip before the first whole codon; counts on the first segment of the reading direction. */
  readonly phase: 0 | 1 | 2 | null
  readonly strand: "+" | "-" | "." | "?"
}

/** The residues of `start`..`end` (1-based, closed), any case, as they lie on the forward strand. */
export type Fetch = (start: number, end: number) => Uint8Array

export interface Translation {
  /** The first codon: three sets of bases. */
  readonly firstCodon: number
  /** One letter a codon, `*` for a stop, `X` where an ambiguous codon has several meanings. The first codon as it stands, not as M. */
  readonly protein: string
  /** Bases after the phase. */
  readonly bases: number
  /** Stops before the last codon. */
  readonly internalStops: number
  /** The first codon is a start codon of the table. */
  readonly starts: boolean
  /** The last codon is a stop codon of the table. */
  readonly stops: boolean
}

// IUPAC letters as sets of bits in the order T, C, A, G.
const baseBits = new Uint8Array(256)
for (const [letters, bits] of [
  ["TU", 1],
  ["C", 2],
  ["A", 4],
  ["G", 8],
  ["Y", 3],
  ["W", 5],
  ["K", 9],
  ["M", 6],
  ["S", 10],
  ["R", 12],
  ["H", 7],
  ["B", 11],
  ["D", 13],
  ["V", 14],
  ["N", 15]
] as const) {
  for (const letter of letters) {
    baseBits[letter.charCodeAt(0)] = bits
    baseBits[letter.toLowerCase().charCodeAt(0)] = bits
  }
}

/** T↔A, C↔G on bit sets: 1↔4, 2↔8. */
const complementOf = (bits: number): number => ((bits << 2) | (bits >> 2)) & 15

const basesIn: ReadonlyArray<ReadonlyArray<number>> = Array.from({ length: 16 }, (_, bits) => [0, 1, 2, 3].filter((b) => (bits >> b) & 1))

const stop = 42
const unknownResidue = 88

interface Codons {
  /** Character code of a codon's residue, by its three bit sets packed into 12 bits. */
  readonly residues: Uint8Array
  readonly starts: Uint8Array
  readonly stops: Uint8Array
}

const agree = (text: string, a: number, b: number, c: number): string | undefined => {
  let common: string | undefined
  for (const i of basesIn[a]!)
    for (const j of basesIn[b]!)
      for (const k of basesIn[c]!) {
        const letter = text[i * 16 + j * 4 + k]!
        if (common !== undefined && common !== letter) return undefined
        common = letter
      }
  return common
}

const compile = (code: GeneticCode): Codons => {
  const [residues, starts, stops] = [new Uint8Array(4096), new Uint8Array(4096), new Uint8Array(4096)]
  for (let codon = 0; codon < 4096; codon++) {
    const [a, b, c] = [codon >> 8, (codon >> 4) & 15, codon & 15]
    residues[codon] = agree(code.aminoAcids, a, b, c)?.charCodeAt(0) ?? unknownResidue
    const mark = agree(code.marks, a, b, c)
    starts[codon] = mark === "M" ? 1 : 0
    stops[codon] = mark === "*" ? 1 : 0
  }
  return { residues, starts, stops }
}

const compiled = new Map<number, Codons>()

const codonsOf = (table: number): Codons | undefined => {
  const known = compiled.get(table)
  if (known !== undefined) return known
  const code = geneticCodes.get(table)
  if (code === undefined) return undefined
  const codons = compile(code)
  compiled.set(table, codons)
  return codons
}

/**
 * Segments in the order of translation: ascending starts on `+`, descending on `-`. A CDS on both strands (trans-spliced) keeps the order given,
 * which is the order of the file. `from` is the start of what holds the CDS: on a circular sequence of `length` bases, segments before it
 * lie behind the origin.
 */
export const inReadingOrder = <S extends Segment>(
  segments: ReadonlyArray<S>,
  circular?: { readonly length: number; readonly from: number }
): ReadonlyArray<S> => {
  const placed =
    circular === undefined
      ? [...segments]
      : segments.map((s) => (s.start < circular.from ? { ...s, start: s.start + circular.length, end: s.end + circular.length } : s))
  const strands = new Set(placed.map((s) => s.strand))
  if (strands.size > 1) return placed
  return strands.has("-")
    ? placed.sort((a, b) => b.start - a.start || b.end - a.end)
    : placed.sort((a, b) => a.start - b.start || a.end - b.end)
}

let scratch = new Uint8Array(1 << 16)

/** The coding bases in reading direction as bit sets, phase not yet taken off; good until the next call. */
const codingBits = (ordered: ReadonlyArray<Segment>, fetch: Fetch): Uint8Array => {
  let length = 0
  for (const s of ordered) length += s.end - s.start + 1
  if (scratch.length < length) scratch = new Uint8Array(length * 2)
  const bits = scratch.subarray(0, length)
  let at = 0
  for (const { start, end, strand } of ordered) {
    const bases = fetch(start, end)
    if (strand === "-") for (let i = bases.length - 1; i >= 0; i--) bits[at++] = complementOf(baseBits[bases[i]!]!)
    else for (let i = 0; i < bases.length; i++) bits[at++] = baseBits[bases[i]!]!
  }
  return bits
}

/** Whether a table reads this codon as a start. */
export const isStartCodon = (codon: number, table: number): boolean => codonsOf(table)?.starts[codon] === 1

/**
 * Translates one CDS. `ordered` as `inReadingOrder` gives it; `table` is NCBI's number. Undefined where there is no such table.
 * A last incomplete codon is left out.
 */
export const translateCds = (ordered: ReadonlyArray<Segment>, fetch: Fetch, table = 1): Translation | undefined => {
  const codons = codonsOf(table)
  if (codons === undefined) return undefined
  const bits = codingBits(ordered, fetch)
  const skip = ordered[0]?.phase ?? 0
  const bases = Math.max(0, bits.length - skip)
  const count = Math.floor(bases / 3)
  const residues = Buffer.allocUnsafe(count)
  let internalStops = 0
  let [first, last] = [0, 0]
  for (let n = 0, at = skip; n < count; n++, at += 3) {
    last = (bits[at]! << 8) | (bits[at + 1]! << 4) | bits[at + 2]!
    if (n === 0) first = last
    const residue = codons.residues[last]!
    residues[n] = residue
    if (residue === stop && n < count - 1) internalStops++
  }
  return {
    firstCodon: first,
    // Few ask for it.
    get protein() {
      return residues.toString("latin1")
    },
    bases,
    internalStops,
    starts: count > 0 && codons.starts[first] === 1,
    stops: count > 0 && codons.stops[last] === 1
  }
}
