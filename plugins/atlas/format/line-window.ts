/** Lines of a file by where they stand, read through a window that grows while they follow each other and shrinks where they do not. */
import { closeSync, openSync, readSync } from "node:fs"

const most = 1 << 20
const least = 1 << 12

/** Throws what the system answers. The file is opened when first asked. */
export class LineWindow {
  readonly #path: string
  #file: number | undefined
  #bytes = Buffer.alloc(0)
  /** Byte of the file where the window begins. */
  #at = 0
  #size = most
  /** Bytes that were asked of this window. */
  #used = 0

  constructor(path: string) {
    this.#path = path
  }

  /** Good until the next call. */
  read(byte: number, bytes: number): Buffer {
    if (byte < this.#at || byte + bytes > this.#at + this.#bytes.length) this.#move(byte, bytes)
    this.#used += bytes
    return this.#bytes.subarray(byte - this.#at, byte - this.#at + bytes)
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #move(byte: number, bytes: number): void {
    const file = (this.#file ??= openSync(this.#path, "r"))
    this.#size = this.#used * 2 < this.#bytes.length ? Math.max(least, this.#size >> 1) : Math.min(most, this.#size << 1)
    this.#used = 0
    // Lines of one gene may step back.
    const from = Math.max(0, byte - (this.#size >> 3))
    const wanted = Math.max(this.#size, byte + bytes - from)
    const buffer = Buffer.from(
      this.#bytes.buffer.byteLength < wanted ? new ArrayBuffer(Math.max(wanted, most)) : this.#bytes.buffer,
      0,
      wanted
    )
    let filled = 0
    for (let read = 1; read > 0 && filled < wanted; filled += read) read = readSync(file, buffer, filled, wanted - filled, from + filled)
    if (from + filled < byte + bytes) throw new Error("it ends early")
    this.#bytes = buffer.subarray(0, filled)
    this.#at = from
  }
}
