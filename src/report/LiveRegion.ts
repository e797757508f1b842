/** A few lines at the bottom of a terminal that are drawn over and over, and leave nothing behind. */

/** Up to the region's first line, then erase all below. */
const erase = (lines: number): string => (lines === 0 ? "" : `\r\u001b[${lines}A\u001b[J`)

export class LiveRegion {
  readonly #write: (text: string) => void
  #drawn: ReadonlyArray<string> = []

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  draw(lines: ReadonlyArray<string>): void {
    if (lines.length === this.#drawn.length && lines.every((line, i) => line === this.#drawn[i])) return
    this.#write(erase(this.#drawn.length) + lines.map((line) => `${line}\n`).join(""))
    this.#drawn = lines
  }

  clear(): void {
    if (this.#drawn.length === 0) return
    this.#write(erase(this.#drawn.length))
    this.#drawn = []
  }
}
