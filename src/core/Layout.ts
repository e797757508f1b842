/** Text in columns. Widths are terminal cells; nothing here knows colours: lay out first, paint afterwards. */

const wide: ReadonlyArray<readonly [number, number]> = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd]
]

const cellsOf = (codePoint: number): number => {
  if (codePoint < 0x300) return 1
  if (codePoint <= 0x36f) return 0
  for (const [from, to] of wide) if (codePoint >= from && codePoint <= to) return 2
  return 1
}

export const cells = (text: string): number => {
  let n = 0
  for (const character of text) n += cellsOf(character.codePointAt(0) as number)
  return n
}

export const padEnd = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - cells(text)))

export const padStart = (text: string, width: number): string => " ".repeat(Math.max(0, width - cells(text))) + text

/** At most `width` cells; what is cut ends in `…`. */
export const clip = (text: string, width: number): string => {
  if (cells(text) <= width) return text
  let kept = ""
  let n = 0
  for (const character of text) {
    n += cellsOf(character.codePointAt(0) as number)
    if (n > width - 1) break
    kept += character
  }
  return width < 1 ? "" : `${kept}…`
}

/** `left` and `right` at the ends of a line of `width` cells; three spaces between them if that is too narrow. */
export const spread = (left: string, right: string, width: number): string =>
  right === "" ? left : left + " ".repeat(Math.max(3, width - cells(left) - cells(right))) + right

export const widest = (texts: Iterable<string>): number => {
  let most = 0
  for (const text of texts) most = Math.max(most, cells(text))
  return most
}

/** Rows of texts as aligned columns, `gap` spaces between them; the last column is not padded. */
export const columns = (rows: ReadonlyArray<ReadonlyArray<string>>, gap: number = 3): ReadonlyArray<string> => {
  const widths: Array<number> = []
  for (const row of rows) row.forEach((text, i) => (widths[i] = Math.max(widths[i] ?? 0, cells(text))))
  return rows.map((row) =>
    row
      .map((text, i) => (i === row.length - 1 ? text : padEnd(text, (widths[i] as number) + gap)))
      .join("")
      .trimEnd()
  )
}
