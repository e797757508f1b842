/** Model errors with their places, told up to a limit a kind of error. */
import type { Where } from "atlas-run/plugin"
import { limits } from "../limits.ts"
import type { Locus } from "./feature.ts"
import type { ModelError } from "./problems.ts"

/** Column (1-based, in bytes) of a place within its line; the model sees no raw lines. */
export type Locate = (place: Locus) => number | undefined

/** `more` ends the message: empty, or how many such problems are not told. */
type Make = (where: Where, more: string) => ModelError

interface Problem {
  readonly place: Locus
  readonly tag: ModelError["_tag"]
  readonly make: Make
}

/** The row that a problem is of. */
export interface WrongRow {
  readonly tag: ModelError["_tag"]
  readonly place: Locus
}

export class ProblemList {
  /** Every wrong row, where that was asked for: a lenient reading leaves them out. */
  readonly every: Array<WrongRow> | undefined
  readonly #problems: Array<Problem> = []
  readonly #counts = new Map<ModelError["_tag"], number>()

  constructor(keepsAll: boolean) {
    this.every = keepsAll ? [] : undefined
  }

  add(tag: ModelError["_tag"], place: Locus, make: Make): void {
    const count = (this.#counts.get(tag) ?? 0) + 1
    this.#counts.set(tag, count)
    this.every?.push({ tag, place })
    // Rows come in the order of lines, so the first ones are the ones to tell.
    if (count <= limits.problems) this.#problems.push({ place, tag, make })
  }

  take(other: ProblemList): void {
    for (const problem of other.#problems) {
      const count = (this.#counts.get(problem.tag) ?? 0) + 1
      this.#counts.set(problem.tag, count)
      if (count <= limits.problems) this.#problems.push(problem)
    }
    for (const [tag, count] of other.#counts) {
      const told = other.#problems.filter((p) => p.tag === tag).length
      this.#counts.set(tag, (this.#counts.get(tag) ?? 0) + count - told)
    }
    for (const wrong of other.every ?? []) this.every?.push(wrong)
  }

  get count(): number {
    let all = 0
    for (const count of this.#counts.values()) all += count
    return all
  }

  /** By line; at most `limits.problems` of each tag. */
  errors(path: string, locate?: Locate): ReadonlyArray<ModelError> {
    const told = [...this.#problems].sort((a, b) => a.place.line - b.place.line)
    const toldOf = new Map<string, number>()
    const lastOf = new Map<string, number>()
    told.forEach(({ tag }, i) => {
      toldOf.set(tag, (toldOf.get(tag) ?? 0) + 1)
      lastOf.set(tag, i)
    })
    return told.map(({ place, tag, make }, i) => {
      const column = locate?.(place)
      const where = { path, line: place.line, ...(column === undefined ? {} : { column, byte: place.byte + column - 1 }) }
      const untold = (this.#counts.get(tag) ?? 0) - (toldOf.get(tag) ?? 0)
      return make(where, lastOf.get(tag) === i && untold > 0 ? ` (and ${untold} more such)` : "")
    })
  }
}
