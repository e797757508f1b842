/** One line in hand, with what is to be told about it. Indexes are of `text`; places are told in bytes. */
import type { Where } from "atlas-run/plugin"
import type { Limits } from "../limits.ts"
import type { Notices } from "../notices.ts"
import type { Problems } from "../problems.ts"
import type { Gff3Problem } from "./failure.ts"

export class Gff3Line {
  text = ""
  /** 1-based. */
  number = 0
  /** 0-based byte of its start in the plain text. */
  byte = 0
  /** Its bytes without the line end. */
  bytes = 0
  /** Whether something of this line was a problem. */
  bad = false
  readonly limits: Limits
  readonly #path: string
  readonly #problems: Problems<Gff3Problem>
  readonly #notices: Notices

  constructor(path: string, limits: Limits, problems: Problems<Gff3Problem>, notices: Notices) {
    this.#path = path
    this.limits = limits
    this.#problems = problems
    this.#notices = notices
  }

  problem(index: number, make: (where: Where) => Gff3Problem): void {
    this.bad = true
    this.#problems.add(() => make(this.where(Buffer.byteLength(this.text.slice(0, index)))))
  }

  /** `offset` is in bytes from the line's start. */
  where(offset: number): Where {
    return { path: this.#path, line: this.number, column: offset + 1, byte: this.byte + offset }
  }

  notice(name: string, index: number, message: () => string): void {
    this.#notices.add(name, this.number, () => Buffer.byteLength(this.text.slice(0, index)) + 1, message)
  }
}
