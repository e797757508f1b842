/** Digests of lines of the plain annotation, read again where they stand: the pass that makes the model has no time for them. */
import { ioDurability } from "../durable.ts"
import { LineWindow } from "../line-window.ts"
import type { RecordPlace } from "../model/gene-model.ts"
import { sha256 } from "./sha256.ts"

/** Gives the digest of a line. */
export type DigestOf = (record: string | RecordPlace) => string

/** Throws `IoDurability`. */
export class RecordDigests {
  readonly #path: string
  readonly #lines: LineWindow

  constructor(path: string) {
    this.#path = path
    this.#lines = new LineWindow(path)
  }

  readonly of: DigestOf = (record) => {
    if (typeof record === "string") return record
    try {
      return sha256(this.#lines.read(record.byte, record.bytes))
    } catch (cause) {
      throw ioDurability("copy", this.#path, cause)
    }
  }

  close(): void {
    this.#lines.close()
  }
}
