/** A FASTA file being written, record by record. */
import { PlainCopy } from "../ingest/plain-copy.ts"
import type { IoDurability } from "../durable.ts"

/** Residues a line, as gffread writes them. */
const width = 70
const buffered = 1 << 20

export class FastaFile {
  records = 0
  failure: IoDurability | undefined
  readonly #file: PlainCopy
  #pending: Array<Buffer> = []
  #bytes = 0

  /** A new file; throws where it cannot be made. */
  constructor(path: string) {
    this.#file = new PlainCopy(path)
  }

  add(header: string, residues: Buffer): void {
    this.records++
    this.#push(Buffer.from(`>${header}\n`))
    const lines = Math.ceil(residues.length / width)
    const text = Buffer.allocUnsafe(residues.length + lines)
    for (let from = 0, at = 0; from < residues.length; from += width) {
      const to = Math.min(from + width, residues.length)
      at += residues.copy(text, at, from, to)
      text[at++] = 10
    }
    this.#push(text)
  }

  /** Durable, or why not. */
  get finish() {
    this.#flush()
    return this.#file.finish
  }

  close(): void {
    this.#file.close()
  }

  #push(bytes: Buffer): void {
    this.#pending.push(bytes)
    this.#bytes += bytes.length
    if (this.#bytes >= buffered) this.#flush()
  }

  #flush(): void {
    if (this.#pending.length > 0) this.failure ??= this.#file.write(Buffer.concat(this.#pending))
    this.#pending = []
    this.#bytes = 0
  }
}
