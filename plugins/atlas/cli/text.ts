/** Words, numbers and columns as people read them. */
import type { Style } from "./style.ts"

/** How results and errors are told. */
export interface Telling {
  readonly style: Style
  readonly verbose: boolean
}

const isControl = (c: number): boolean =>
  c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)

/** One line that a terminal obeys in nothing: control characters and marks of reading direction are written as escapes. */
export const oneLine = (text: string): string => {
  let told = ""
  for (const character of text.toWellFormed()) {
    const code = character.codePointAt(0) as number
    told += isControl(code) ? `\\u{${code.toString(16)}}` : character
  }
  return told
}

/** `12,301,114`, the same in every locale. */
export const grouped = (n: number): string => {
  const digits = String(Math.trunc(n))
  let text = ""
  for (let end = digits.length; end > 0; end -= 3) text = digits.slice(Math.max(0, end - 3), end) + (text === "" ? "" : `,${text}`)
  return text
}

/** `1 gene`, `6,381 genes`. */
export const counted = (n: number, one: string, many: string = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : many}`

const prefixes = ["kB", "MB", "GB", "TB"]

/** `917 B`, `12.3 MB`: powers of 1000. */
export const byteSize = (n: number): string => {
  if (n < 1000) return `${n} B`
  let [value, at] = [n / 1000, 0]
  for (; value >= 999.95 && at < prefixes.length - 1; at++) value /= 1000
  return `${value.toFixed(1)} ${prefixes[at]}`
}

/** Aligned columns, two spaces between them; cells are painted after they are laid out. The last column is not padded. */
export const columns = (
  rows: ReadonlyArray<ReadonlyArray<string>>,
  indent = 0,
  paint: (cell: string, column: number) => string = (cell) => cell
): ReadonlyArray<string> => {
  const widths: Array<number> = []
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)))
  return rows.map(
    (row) =>
      " ".repeat(indent) +
      row
        .map((cell, i) => paint(cell, i) + (i === row.length - 1 ? "" : " ".repeat((widths[i] as number) - cell.length + 2)))
        .join("")
        .trimEnd()
  )
}

/** A headline with labelled facts below; facts without a value are left out. */
export const labelled = (
  headline: string,
  facts: ReadonlyArray<readonly [label: string, value: string | undefined]>,
  { style }: Telling
): ReadonlyArray<string> => [
  headline,
  ...columns(
    facts.flatMap(([label, value]) => (value === undefined || value === "" ? [] : [[label, oneLine(value)]])),
    2,
    (cell, column) => (column === 0 ? style.dim(cell) : cell)
  )
]
