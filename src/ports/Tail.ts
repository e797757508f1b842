/** The end of what a program prints, in bounded memory, and its lines as they come. */
import { StringDecoder } from "node:string_decoder"

const firstBytes = 4096
/** Longest line told at once, characters; a longer one comes in pieces. */
const longestLine = 65_536

/** Keeps the last `limit` bytes in a ring that grows up to that size. Chunks are copied: slices would keep their slabs alive. */
export class Tail {
  readonly #limit: number
  #ring: Buffer
  #total = 0

  constructor(limit: number) {
    this.#limit = limit
    this.#ring = Buffer.allocUnsafe(Math.min(firstBytes, limit))
  }

  /** All bytes that came, kept or not. */
  get total(): number {
    return this.#total
  }

  push(chunk: Buffer): void {
    if (this.#total + chunk.length > this.#ring.length && this.#ring.length < this.#limit) {
      const grown = Buffer.allocUnsafe(Math.min(this.#limit, Math.max(this.#ring.length * 2, this.#total + chunk.length)))
      // Until it has its full size the ring has not gone round.
      this.#ring.copy(grown, 0, 0, this.#total)
      this.#ring = grown
    }
    const size = this.#ring.length
    const kept = chunk.length > size ? chunk.subarray(chunk.length - size) : chunk
    const at = (this.#total + chunk.length - kept.length) % size
    const fits = Math.min(kept.length, size - at)
    kept.copy(this.#ring, at, 0, fits)
    kept.copy(this.#ring, 0, fits)
    this.#total += chunk.length
  }

  /** UTF-8; a character that was cut at the front is dropped, what is not UTF-8 becomes U+FFFD. */
  text(): string {
    const size = this.#ring.length
    if (this.#total <= size) return this.#ring.toString("utf8", 0, this.#total)
    const at = this.#total % size
    const bytes = Buffer.concat([this.#ring.subarray(at), this.#ring.subarray(0, at)])
    let start = 0
    while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++
    return bytes.toString("utf8", start)
  }
}

/** Cuts a stream of bytes into lines without their ends; `end` tells the last one, if it has no end. */
export class Lines {
  readonly #decoder = new StringDecoder("utf8")
  readonly #tell: (line: string) => void
  #rest = ""

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  push(chunk: Buffer): void {
    const text = this.#decoder.write(chunk)
    let from = 0
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      this.#line(this.#rest + text.slice(from, at))
      this.#rest = ""
      from = at + 1
    }
    this.#rest += text.slice(from)
    while (this.#rest.length > longestLine) {
      this.#tell(this.#rest.slice(0, longestLine))
      this.#rest = this.#rest.slice(longestLine)
    }
  }

  end(): void {
    const rest = this.#rest + this.#decoder.end()
    if (rest !== "") this.#line(rest)
    this.#rest = ""
  }

  #line(line: string): void {
    let from = 0
    for (; line.length - from > longestLine; from += longestLine) this.#tell(line.slice(from, from + longestLine))
    this.#tell(line.endsWith("\r") ? line.slice(from, -1) : line.slice(from))
  }
}
