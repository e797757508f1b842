/** References between features that make no part of a gene model: Derives_from, and Parents that come behind a `###`. */
import { owned } from "../text.ts"
import { Tally } from "./draft.ts"

export class References {
  /** Rows before a `###`, which says that their Parents are known by then, of Parents that come behind it. */
  readonly late = new Tally()
  /** By the ID that rows so far derive from: rows where it was not yet seen to exist. */
  readonly #derived = new Map<string, Tally>()

  derivesFrom(id: string, line: number): void {
    let tally = this.#derived.get(id)
    if (tally === undefined) this.#derived.set(owned(id), (tally = new Tally()))
    tally.add(line)
  }

  /** Forgets what derives from IDs that are there. */
  settle(isDefined: (id: string) => boolean): void {
    for (const id of this.#derived.keys()) if (isDefined(id)) this.#derived.delete(id)
  }

  /** Rows that derive from an ID that no row has: asked once everything is settled. */
  get missing(): Tally {
    const all = new Tally()
    for (const tally of this.#derived.values()) all.take(tally)
    return all
  }
}
