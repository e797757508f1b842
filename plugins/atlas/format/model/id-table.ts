/** IDs by a 64-bit hash, numbered in the order they are first seen: 20 to 40 bytes an ID. Two IDs with one hash are taken for one. */
import { hashOf } from "./name-set.ts"

const firstSlots = 1 << 14
const fullAt = 0.6

export class IdTable {
  size = 0
  #high = new Int32Array(firstSlots)
  #low = new Int32Array(firstSlots)
  #numbers = new Int32Array(firstSlots)

  /** The ID's number, from 0; a new one is the former `size`. */
  numberOf(id: string): number {
    const { high, low } = hashOf(id)
    const slot = find(this.#high, this.#low, high, low)
    if (this.#low[slot] !== 0) return this.#numbers[slot]!
    this.#high[slot] = high
    this.#low[slot] = low
    this.#numbers[slot] = this.size++
    if (this.size > this.#low.length * fullAt) this.#grow()
    return this.size - 1
  }

  #grow(): void {
    const [highs, lows, numbers] = [this.#high, this.#low, this.#numbers]
    this.#high = new Int32Array(highs.length * 2)
    this.#low = new Int32Array(highs.length * 2)
    this.#numbers = new Int32Array(highs.length * 2)
    for (let i = 0; i < lows.length; i++) {
      if (lows[i] === 0) continue
      const slot = find(this.#high, this.#low, highs[i]!, lows[i]!)
      this.#high[slot] = highs[i]!
      this.#low[slot] = lows[i]!
      this.#numbers[slot] = numbers[i]!
    }
  }
}

/** Where it stands, or the free slot where it would. */
const find = (highs: Int32Array, lows: Int32Array, high: number, low: number): number => {
  const mask = lows.length - 1
  let slot = high & mask
  while (lows[slot] !== 0 && (lows[slot] !== low || highs[slot] !== high)) slot = (slot + 1) & mask
  return slot
}
