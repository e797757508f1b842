/** Texts by the bytes they are written in, found without making a string: a column holds few, again and again. */

const slots = 1024
/** Longer ones are rare, and left to who makes strings. */
const longest = 64

interface Known {
  readonly bytes: Uint8Array
  readonly text: string
}

export class ByteTexts {
  readonly #known: Array<Known | undefined> = Array.from({ length: slots })
  /** Where the text ended that was found last. */
  end = 0

  /** The text from `from` up to the byte `stop`; undefined where it is not known. Sets `end`. */
  find(bytes: Uint8Array, from: number, to: number, stop: number): string | undefined {
    let hash = 0
    let at = from
    for (; at < to; at++) {
      const byte = bytes[at]!
      if (byte === stop) break
      hash = (Math.imul(hash, 31) + byte) | 0
    }
    if (at === to) return undefined
    this.end = at
    const known = this.#known[(hash ^ (hash >>> 10)) & (slots - 1)]
    if (known === undefined || known.bytes.length !== at - from) return undefined
    const expected = known.bytes
    for (let i = 0; i < expected.length; i++) if (bytes[from + i] !== expected[i]) return undefined
    return known.text
  }

  /** Remembers a text that is written as it reads, in place of one that has its slot. */
  learn(text: string): void {
    if (text === "" || text.length > longest) return
    const bytes = Buffer.from(text)
    if (bytes.length !== text.length) return
    let hash = 0
    for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0
    this.#known[(hash ^ (hash >>> 10)) & (slots - 1)] = { bytes: Uint8Array.from(bytes), text }
  }
}
