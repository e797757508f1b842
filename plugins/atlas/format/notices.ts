/** What a reader tells beside its result: against the letter of the specification, but with a clear meaning. Becomes a finding. */

/** One kind of notice in a file: how often, and the first places. `name` is the finding's name; lines and columns count from 1, in bytes. */
export interface Notice {
  readonly name: string
  readonly message: string
  readonly count: number
  readonly line: number
  readonly column: number
  /** The first ten lines, each once. */
  readonly lines: ReadonlyArray<number>
}

export class Notices {
  readonly #seen = new Map<string, { message: string; count: number; line: number; column: number; lines: Array<number> }>()

  /** `column` and `message` are asked the first time only. */
  add(name: string, line: number, column: () => number, message: () => string): void {
    const seen = this.#seen.get(name)
    if (seen === undefined) {
      this.#seen.set(name, { message: message(), count: 1, line, column: column(), lines: [line] })
      return
    }
    seen.count++
    if (seen.lines.length < 10 && seen.lines.at(-1) !== line) seen.lines.push(line)
  }

  list(): ReadonlyArray<Notice> {
    return [...this.#seen].map(([name, seen]) => ({ name, ...seen }))
  }
}
