/** Names that someone may have meant: for "did you mean" in every error about an unknown name. */
import { compareText } from "./Cause.ts"

/** `name`: longer names are compared by their beginning; `candidates`: those beyond are not looked at. */
const Limits = { name: 256, candidates: 100_000, shown: 3 } as const

/**
 * Edit distance with insertions, deletions, substitutions and swaps of neighbours (Damerau-Levenshtein, optimal string alignment),
 * in UTF-16 units. Anything above `cap` is returned as `cap + 1`; time is (length × cap).
 */
export const distance = (a: string, b: string, cap: number): number => {
  const over = cap + 1
  if (Math.abs(a.length - b.length) > cap) return over
  let before = new Int32Array(b.length + 1)
  let above = new Int32Array(b.length + 1)
  let row = new Int32Array(b.length + 1)
  for (let j = 0; j <= b.length; j++) above[j] = j
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - cap)
    const to = Math.min(b.length, i + cap)
    row.fill(over)
    if (i <= cap) row[0] = i
    let least = row[0] as number
    for (let j = from; j <= to; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
      let cost = Math.min((above[j - 1] as number) + (same ? 0 : 1), (row[j - 1] as number) + 1, (above[j] as number) + 1)
      if (i > 1 && j > 1 && !same && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1))
        cost = Math.min(cost, (before[j - 2] as number) + 1)
      row[j] = Math.min(cost, over)
      if (cost < least) least = cost
    }
    if (least > cap) return over
    const spare = before
    before = above
    above = row
    row = spare
  }
  return Math.min(above[b.length] as number, over)
}

/**
 * At most `limit` of `candidates`, nearest first: names within a third of the length of `name` (at least 1, at most 6 edits, case
 * aside), then names that contain it. Ties keep the order of the alphabet. Each candidate once.
 */
export const nearest = (name: string, candidates: Iterable<string>, limit: number = Limits.shown): ReadonlyArray<string> => {
  const wanted = name.slice(0, Limits.name).toLowerCase()
  const cap = Math.max(1, Math.min(6, Math.floor(wanted.length / 3)))
  const found: Array<{ readonly candidate: string; readonly cost: number }> = []
  const seen = new Set<string>()
  let looked = 0
  for (const candidate of candidates) {
    if (looked++ >= Limits.candidates) break
    if (candidate === name || seen.has(candidate)) continue
    seen.add(candidate)
    const other = candidate.slice(0, Limits.name).toLowerCase()
    const cost = distance(wanted, other, cap)
    if (cost <= cap) found.push({ candidate, cost })
    else if (wanted.length > 1 && other.includes(wanted)) found.push({ candidate, cost: cap + 1 + other.length })
  }
  return found
    .sort((a, b) => a.cost - b.cost || compareText(a.candidate, b.candidate))
    .slice(0, limit)
    .map(({ candidate }) => candidate)
}
