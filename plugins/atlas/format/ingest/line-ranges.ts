/** Line numbers as people read them: `5, 9–12, 40`. */

/** `lines` ascend. Beyond `most` ranges the rest is only counted. */
export const lineRanges = (lines: ReadonlyArray<number>, most = 50): string => {
  const ranges: Array<readonly [from: number, to: number]> = []
  for (const line of lines) {
    const last = ranges.at(-1)
    if (last !== undefined && line === last[1] + 1) ranges[ranges.length - 1] = [last[0], line]
    else ranges.push([line, line])
  }
  const told = ranges.slice(0, most)
  const left = ranges.slice(most).reduce((n, [from, to]) => n + to - from + 1, 0)
  return `${told.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ")}${left > 0 ? ` and ${left} more` : ""}`
}
