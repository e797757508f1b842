/** Rows that do not lie within a Parent of theirs. */
import type { Node, Sequence } from "./feature.ts"

interface Outsider {
  readonly parent: Node
  readonly line: number
  readonly start: number
  readonly end: number
  readonly sequence: Sequence
}

/** Kept to be looked at again at the end; further ones are judged by what is known when they come. */
const kept = 10_000

const isInside = ({ parent, start, end, sequence }: Outsider): boolean => {
  if (parent.sequence !== sequence) return false
  if (start >= parent.start && end <= parent.end) return true
  const { circular, length } = sequence
  if (!circular || length === undefined) return false
  return (start + length >= parent.start && end + length <= parent.end) || (start - length >= parent.start && end - length <= parent.end)
}

export class Outsiders {
  count = 0
  /** The first by line; 0 where there is none. */
  line = 0
  readonly #kept: Array<Outsider> = []

  check(parent: Node, line: number, start: number, end: number, sequence: Sequence): void {
    const outsider = { parent, line, start, end, sequence }
    if (isInside(outsider)) return
    if (this.#kept.length < kept) this.#kept.push(outsider)
    else this.#tell(line)
  }

  /** A parent may have grown by later rows, and its sequence may have turned out circular. */
  recheck(): void {
    for (const outsider of this.#kept) if (!isInside(outsider)) this.#tell(outsider.line)
  }

  /** Those told stay told. */
  forget(): void {
    this.#kept.length = 0
  }

  #tell(line: number): void {
    this.count++
    if (this.line === 0 || line < this.line) this.line = line
  }
}
