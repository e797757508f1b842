/** Checks of an exchange: one line each, and counts at the end. */

export interface Outcome {
  readonly name: string
  readonly good: boolean
  /** What was wrong, or what is worth telling. */
  readonly note: string
}

export class Tally {
  readonly outcomes: Array<Outcome> = []
  readonly #print: (line: string) => void

  constructor(print: (line: string) => void) {
    this.#print = print
  }

  heading(text: string): void {
    this.#print(`\n${text}`)
  }

  check(name: string, good: boolean, note = ""): boolean {
    this.outcomes.push({ name, good, note })
    this.#print(`${good ? "✓" : "✘"} ${name}${note === "" ? "" : `  — ${note}`}`)
    return good
  }

  /** The plain closing line. */
  get summary(): string {
    const failed = this.outcomes.filter(({ good }) => !good).length
    return `${this.outcomes.length - failed} passed, ${failed} failed`
  }
}
