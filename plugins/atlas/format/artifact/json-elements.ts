/** Taking the elements of a long JSON list out of a byte stream, without holding the document. */

const quoteMark = 0x22
const backslash = 0x5c
const comma = 0x2c

/** The document must begin with `head`, then hold objects with single commas between, then `]` and the rest. Throws `NotAList` otherwise. */
export class NotAList extends Error {}

export class JsonElements {
  readonly #head: Buffer
  readonly #take: (element: string) => void
  readonly #limit: number
  #parts: Array<Buffer> = []
  #held = 0
  #headSeen = 0
  #depth = 0
  #inString = false
  #escaped = false
  #state: "head" | "first" | "element" | "between" | "next" | "tail" = "head"

  /** `limit`: most bytes of one element, and of what follows the list. */
  constructor(head: string, limit: number, take: (element: string) => void) {
    this.#head = Buffer.from(head)
    this.#take = take
    this.#limit = limit
  }

  /** The next bytes, cut anywhere. */
  push(chunk: Buffer): void {
    let start = 0
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0
      switch (this.#state) {
        case "head":
          if (byte !== this.#head[this.#headSeen++]) throw new NotAList(`it does not begin with ${this.#head.toString()}`)
          if (this.#headSeen === this.#head.length) this.#state = "first"
          break
        case "first":
        case "between":
        case "next":
          if (byte === 0x5d && this.#state !== "next") {
            this.#state = "tail"
            start = i
          } else if (byte === comma && this.#state === "between") this.#state = "next"
          else if (byte === 0x7b && this.#state !== "between") {
            this.#state = "element"
            this.#depth = 1
            start = i
          } else throw new NotAList("its list is not of objects with single commas between")
          break
        case "element":
          if (this.#inString) {
            if (this.#escaped) this.#escaped = false
            else if (byte === backslash) this.#escaped = true
            else if (byte === quoteMark) this.#inString = false
          } else if (byte === quoteMark) this.#inString = true
          else if (byte === 0x7b || byte === 0x5b) this.#depth++
          else if ((byte === 0x7d || byte === 0x5d) && --this.#depth === 0) {
            this.#hold(chunk.subarray(start, i + 1))
            this.#take(this.#release())
            this.#state = "between"
          }
          break
        case "tail":
          i = chunk.length
      }
    }
    if (this.#state === "element" || this.#state === "tail") this.#hold(Buffer.from(chunk.subarray(start)))
  }

  /** What followed the elements, from `]` on. */
  end(): string {
    if (this.#state !== "tail") throw new NotAList("it ends before its list does")
    return this.#release()
  }

  #hold(part: Buffer): void {
    this.#held += part.length
    if (this.#held > this.#limit) throw new NotAList(`a part of it has more than ${this.#limit} bytes`)
    this.#parts.push(part)
  }

  #release(): string {
    const text = (this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts))?.toString("utf8") ?? ""
    this.#parts = []
    this.#held = 0
    return text
  }
}
