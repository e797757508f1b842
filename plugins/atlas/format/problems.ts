/** Typed errors in the order found; beyond `most` they are only counted. */
export class Problems<E> {
  readonly list: Array<E> = []
  count = 0
  readonly #most: number
  readonly #onEach: ((problem: E) => void) | undefined

  /** `onEach` gets every problem, also those beyond `most`. */
  constructor(most: number, onEach?: (problem: E) => void) {
    this.#most = most
    this.#onEach = onEach
  }

  add(make: () => E): void {
    this.count++
    const listed = this.list.length < this.#most
    if (!listed && this.#onEach === undefined) return
    const problem = make()
    if (listed) this.list.push(problem)
    this.#onEach?.(problem)
  }
}
