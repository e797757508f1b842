/** Lines so far beyond their limit that it is no use to read on for what may follow them. */
import { LimitExceeded } from "../limits.ts"

/** A line of so many times what is allowed ends the reading; below that it is told, skipped, and what follows is told too. */
export const endless = 16

/** Watches the line in hand, chunk by chunk. */
export class LineLength {
  readonly #most: number
  #bytes = 0

  constructor(allowed: number) {
    this.#most = allowed * endless
  }

  /** Whether the chunk makes the line, which it may not have ended, endless. */
  isEndless(chunk: Buffer): boolean {
    const end = chunk.lastIndexOf(10)
    this.#bytes = end < 0 ? this.#bytes + chunk.length : chunk.length - end - 1
    return this.#bytes > this.#most
  }
}

export const endlessLine = (path: string, line: number | undefined, limit: "lineBytes" | "headerBytes", allowed: number): LimitExceeded =>
  new LimitExceeded({
    message: `The line is longer than ${allowed} bytes, and goes on.`,
    where: { path, ...(line === undefined ? {} : { line, column: 1 }) },
    limit,
    allowed,
    found: allowed * endless
  })
