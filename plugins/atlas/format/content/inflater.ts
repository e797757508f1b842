/** One deflate stream, fed piece by piece; inflates on the thread pool. */
import { createInflateRaw, type InflateRaw } from "node:zlib"

export type Fed =
  | { readonly state: "more" }
  | { readonly state: "ended"; readonly consumed: number }
  | { readonly state: "bad"; readonly reason: string }

export class Inflater {
  readonly #engine: InflateRaw
  #fed = 0
  #refused: string | null = null

  /** `sink` gets each plain piece at once, within the feeding, so that nothing piles up. It must not throw. */
  constructor(sink: (plain: Buffer) => void) {
    this.#engine = createInflateRaw({ chunkSize: 256 * 1024 })
    this.#engine.on("data", sink)
    this.#engine.on("error", (error) => {
      this.#refused = error.message
    })
  }

  /** Resolves when the piece is used up or the stream has ended; `consumed` counts all bytes that belong to the stream. */
  async feed(piece: Buffer): Promise<Fed> {
    this.#fed += piece.length
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#engine.off("close", done)
        resolve()
      }
      this.#engine.on("close", done)
      this.#engine.write(piece, done)
    })
    if (this.#refused !== null) return { state: "bad", reason: this.#refused }
    while (this.#engine.readableLength > 0) await new Promise((next) => setImmediate(next))
    const consumed = this.#engine.bytesWritten
    // zlib stops taking input only where the stream ends.
    return consumed < this.#fed ? { state: "ended", consumed } : { state: "more" }
  }

  destroy(): void {
    this.#engine.destroy()
  }
}
