/** What a task prints, as log lines: the beginning as it comes, the end when it is over, and how much lay between. */
import { Lines, Tail } from "../ports/Tail.ts"

/** Bytes of each stream that are passed on: at once, and of the end of what came after that. */
const limits = { head: 256 * 1024, tail: 16 * 1024 }

export class TaskOutput {
  readonly #tell: (line: string) => void
  readonly #head: Lines
  #tail: Tail | null = null
  #passed = 0

  constructor(tell: (line: string) => void) {
    this.#tell = tell
    this.#head = new Lines(tell)
  }

  push(chunk: Buffer): void {
    const fits = Math.min(chunk.length, limits.head - this.#passed)
    if (fits > 0) {
      this.#passed += fits
      this.#head.push(chunk.subarray(0, fits))
    }
    if (fits === chunk.length) return
    this.#tail ??= new Tail(limits.tail)
    this.#tail.push(fits > 0 ? chunk.subarray(fits) : chunk)
  }

  end(): void {
    this.#head.end()
    if (this.#tail === null) return
    const left = this.#tail.total - limits.tail
    if (left > 0) this.#tell(`… ${left.toLocaleString("en")} bytes were left out …`)
    const last = new Lines(this.#tell)
    last.push(Buffer.from(this.#tail.text()))
    last.end()
  }
}
