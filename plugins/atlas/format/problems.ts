/** Typed errors in the order found; beyond `most` they are only counted. */
export class Problems<E> {
  readonly list: Array<E> = []
  count = 0
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  add(make: () => E): void {
    this.count++
    if (this.list.length < this.#most) this.list.push(make())
  }
}
