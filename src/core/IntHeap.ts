/** A binary min-heap of integers, for queues over task indices. Each operation takes logarithmic time and no allocation. */
export class IntHeap {
  #items: Int32Array
  #size = 0

  constructor(capacity: number) {
    this.#items = new Int32Array(Math.max(1, capacity))
  }

  get size(): number {
    return this.#size
  }

  push(value: number): void {
    if (this.#size === this.#items.length) {
      const grown = new Int32Array(this.#items.length * 2)
      grown.set(this.#items)
      this.#items = grown
    }
    const items = this.#items
    let at = this.#size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = items[parent] as number
      if (above <= value) break
      items[at] = above
      at = parent
    }
    items[at] = value
  }

  /** The least value, removed; -1 if there is none. */
  pop(): number {
    if (this.#size === 0) return -1
    const items = this.#items
    const least = items[0] as number
    const last = items[--this.#size] as number
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.#size) break
      if (child + 1 < this.#size && (items[child + 1] as number) < (items[child] as number)) child++
      const below = items[child] as number
      if (below >= last) break
      items[at] = below
      at = child
    }
    items[at] = last
    return least
  }
}
