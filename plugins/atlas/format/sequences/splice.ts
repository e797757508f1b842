/** Residues of a spliced feature, in reading direction. */
import type { Fetch, Segment } from "../coding/translation.ts"

/** IUPAC letters and their complements; case is kept, what is no letter of bases stays. */
const complements = Uint8Array.from({ length: 256 }, (_, code) => code)
const pairs = "ATCGRYKMBVDHUA"
for (let i = 0; i < pairs.length; i += 2) {
  const [a, b] = [pairs.charCodeAt(i), pairs.charCodeAt(i + 1)]
  // U pairs with A, whose own complement is T.
  for (const lower of [0, 32]) {
    complements[a | lower] = b | lower
    if (pairs[i] !== "U") complements[b | lower] = a | lower
  }
}

/** `ordered` as `inReadingOrder` gives it. */
export const splice = (ordered: ReadonlyArray<Pick<Segment, "start" | "end" | "strand">>, fetch: Fetch): Buffer => {
  let length = 0
  for (const { start, end } of ordered) length += end - start + 1
  const out = Buffer.allocUnsafe(length)
  let at = 0
  for (const { start, end, strand } of ordered) {
    const bases = fetch(start, end)
    if (strand === "-") for (let i = bases.length - 1; i >= 0; i--) out[at++] = complements[bases[i]!]!
    else {
      out.set(bases, at)
      at += bases.length
    }
  }
  return out
}
