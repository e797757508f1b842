/** Names seen in a file, by a 64-bit hash: 8 to 24 bytes a name. Two names with one hash are taken for one, which asks for the long way, no more. */

const firstSlots = 1 << 14
const fullAt = 0.6

export class NameSet {
  size = 0
  #high = new Int32Array(firstSlots)
  #low = new Int32Array(firstSlots)

  /** False where it is there already. */
  add(name: string): boolean {
    const { high, low } = hashOf(name)
    // Zero marks a free slot.
    if (!put(this.#high, this.#low, high, low)) return false
    if (++this.size > this.#high.length * fullAt) this.#grow()
    return true
  }

  /** Whether it is there, or one of its hash. */
  has(name: string): boolean {
    const { high, low } = hashOf(name)
    const mask = this.#low.length - 1
    for (let slot = high & mask; this.#low[slot] !== 0; slot = (slot + 1) & mask)
      if (this.#low[slot] === low && this.#high[slot] === high) return true
    return false
  }

  #grow(): void {
    const [high, low] = [new Int32Array(this.#high.length * 2), new Int32Array(this.#low.length * 2)]
    for (let i = 0; i < this.#low.length; i++) if (this.#low[i] !== 0) put(high, low, this.#high[i]!, this.#low[i]!)
    this.#high = high
    this.#low = low
  }
}

/** Two FNV-1a with other starts, mixed as murmur3 ends; `low` is odd. */
export const hashOf = (name: string): { readonly high: number; readonly low: number } => {
  let high = 0x811c9dc5 | 0
  let low = 0x1b873593 | 0
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i)
    high = Math.imul(high ^ unit, 0x01000193)
    low = Math.imul(low ^ unit, 0x85ebca6b) ^ (low >>> 15)
  }
  return { high: mixed(high), low: mixed(low ^ name.length) | 1 }
}

const mixed = (hash: number): number => {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

const put = (highs: Int32Array, lows: Int32Array, high: number, low: number): boolean => {
  const mask = lows.length - 1
  for (let slot = high & mask; ; slot = (slot + 1) & mask) {
    if (lows[slot] === 0) {
      highs[slot] = high
      lows[slot] = low
      return true
    }
    if (lows[slot] === low && highs[slot] === high) return false
  }
}
