/** A small seeded source of choices (mulberry32): the same seed, the same choices, on every machine. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** In [0, below). */
  int(below: number): number {
    return Math.floor(this.next() * below)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<A>(items: ReadonlyArray<A>): A {
    return items[this.int(items.length)] as A
  }

  shuffled<A>(items: Iterable<A>): Array<A> {
    const all = [...items]
    for (let i = all.length - 1; i > 0; i--) {
      const j = this.int(i + 1)
      ;[all[i], all[j]] = [all[j] as A, all[i] as A]
    }
    return all
  }
}

/** Seeds of a property: the one in ATLAS_SEED alone, if it is set, else `count` from `first`. */
export const seeds = (count: number, first = 1): ReadonlyArray<number> => {
  const one = process.env["ATLAS_SEED"]
  return one === undefined || one === "" ? Array.from({ length: count }, (_, i) => first + i) : [Number(one)]
}

/** FNV-1a, 32 bits. */
export const hash = (text: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}
