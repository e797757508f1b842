/** Cuts pushed bytes into lines. A line over several chunks is joined; one that is too long is told and skipped, so memory stays bounded. */

export interface LineHandlers {
  /** The bytes that the next lines are of. */
  readonly onBytes: (buffer: Buffer) => void
  /** [from, to) of `buffer` without the line feed, [from, next) with it; returning true ends the cutting: the rest is given to `onRest`. */
  readonly onLine: (buffer: Buffer, from: number, to: number, next: number) => boolean
  readonly onTooLong: () => void
  readonly onRest: (bytes: Buffer) => void
}

/** What a line may hold: bits of `lookAt`. */
export const nonAscii = 1
export const controls = 2

/** Byte → its bit. CR is a control character here: only before a line feed is it none. */
const looks = Uint8Array.from({ length: 256 }, (_, b) => (b > 127 ? nonAscii : b === 127 || (b < 32 && b !== 10 && b !== 9) ? controls : 0))

export const lookAt = (bytes: Uint8Array, from: number, to: number): number => {
  let look = 0
  for (let i = from; i < to; i++) look |= looks[bytes[i]!]!
  return look
}

export class LineCutter {
  /** Bytes before the next line, and its number from 1. */
  byte = 0
  number = 1
  #carry: Array<Buffer> = []
  #carried = 0
  #skipping = false
  #done = false
  readonly #limit: number
  readonly #handlers: LineHandlers

  constructor(limit: number, handlers: LineHandlers) {
    this.#limit = limit
    this.#handlers = handlers
  }

  push(chunk: Buffer): void {
    let start = 0
    if (!this.#done && this.#carried > 0) {
      const end = chunk.indexOf(10)
      if (end < 0) return this.#keep(chunk)
      start = end + 1
      this.#joined(chunk.subarray(0, start))
    }
    if (!this.#done && start < chunk.length) {
      this.#handlers.onBytes(chunk)
      for (let end = chunk.indexOf(10, start); end >= 0 && !this.#done; end = chunk.indexOf(10, start)) {
        this.#give(chunk, start, end, end + 1)
        start = end + 1
      }
    }
    if (start >= chunk.length) return
    if (this.#done) this.#handlers.onRest(start === 0 ? chunk : chunk.subarray(start))
    else this.#keep(chunk.subarray(start))
  }

  /** The last line, if it has no line feed. */
  end(): void {
    if (this.#carried > 0) this.#joined(Buffer.alloc(0))
  }

  #joined(tail: Buffer): void {
    const total = this.#carried + tail.length
    if (this.#skipping) {
      this.#skipping = false
      this.byte += total
      this.number++
    } else {
      const whole = Buffer.concat([...this.#carry, tail])
      this.#handlers.onBytes(whole)
      this.#give(whole, 0, whole.at(-1) === 10 ? whole.length - 1 : whole.length, whole.length)
    }
    this.#carry = []
    this.#carried = 0
  }

  #give(buffer: Buffer, from: number, to: number, next: number): void {
    // The limit is of a line without its end, which may be two bytes.
    if (to - from > this.#limit && !(to - from === this.#limit + 1 && buffer[to - 1] === 13)) this.#handlers.onTooLong()
    else this.#done = this.#handlers.onLine(buffer, from, to, next)
    this.byte += next - from
    this.number++
  }

  #keep(bytes: Buffer): void {
    this.#carried += bytes.length
    if (this.#skipping) return
    if (this.#carried > this.#limit + 2) {
      this.#handlers.onTooLong()
      this.#skipping = true
      this.#carry = []
    } else this.#carry.push(Buffer.from(bytes))
  }
}
