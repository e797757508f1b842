/** Names that someone may have meant. */

const longest = 64

/** Edit distance with insertions, deletions, substitutions and swaps of neighbours, in UTF-16 units. */
const distance = (a: string, b: string): number => {
  let before: ReadonlyArray<number> = []
  let above: ReadonlyArray<number> = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((above[j - 1] as number) + (same ? 0 : 1), (row[j - 1] as number) + 1, (above[j] as number) + 1)
      if (i > 1 && j > 1 && !same && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] as number) + 1)
      row.push(cost)
    }
    before = above
    above = row
  }
  return above[b.length] as number
}

/** Up to three of `known`, nearest first: within a third of the length of `name` (at least 1 edit), or beginning with it. */
export const nearest = (name: string, known: ReadonlyArray<string>): ReadonlyArray<string> => {
  const wanted = name.slice(0, longest).toLowerCase()
  const most = Math.max(1, Math.floor(wanted.length / 3))
  return known
    .map((candidate) => ({ candidate, cost: distance(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, cost }) => cost <= most || (wanted.length > 1 && candidate.startsWith(wanted)))
    .toSorted((a, b) => a.cost - b.cost || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}
