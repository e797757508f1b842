/** Residues of a plain FASTA by place, read synchronously through a few pages of memory. */
import { closeSync, openSync, readSync } from "node:fs"
import { Effect, type Scope } from "effect"
import { ioDurability, type IoDurability } from "../durable.ts"
import type { FastaSequence } from "../fasta/sequence.ts"
import type { FetchOf } from "../model/coding-check.ts"

const pageBytes = 65_536
const pages = 64

/** The last pages read of an open file, the least recently used given up first. */
class Pages {
  readonly #file: number
  readonly #held = new Map<number, Buffer>()
  #last: Buffer | undefined
  #lastNumber = -1

  constructor(file: number) {
    this.#file = file
  }

  get(number: number): Buffer {
    if (this.#last !== undefined && number === this.#lastNumber) return this.#last
    let page = this.#held.get(number)
    if (page !== undefined) this.#held.delete(number)
    else {
      page = Buffer.allocUnsafe(pageBytes)
      let filled = 0
      for (let read = 1; read > 0 && filled < pageBytes; filled += read)
        read = readSync(this.#file, page, filled, pageBytes - filled, number * pageBytes + filled)
      page = page.subarray(0, filled)
      if (this.#held.size >= pages) this.#held.delete(this.#held.keys().next().value ?? 0)
    }
    this.#held.set(number, page)
    this.#last = page
    this.#lastNumber = number
    return page
  }
}

type Indexed = Pick<FastaSequence, "name" | "length" | "offset" | "lineBases" | "lineBytes">

/** Residues `start`..`end` of one sequence, 1-based; places beyond its length go on at 1. */
const fetchFrom = (file: Pages, s: Indexed, start: number, end: number): Uint8Array => {
  const out = new Uint8Array(end - start + 1)
  let filled = 0
  for (let residue = (start - 1) % s.length; filled < out.length;) {
    const column = residue % s.lineBases
    const line = Math.min(s.lineBases - column, s.length - residue, out.length - filled)
    let byte = s.offset + Math.floor(residue / s.lineBases) * s.lineBytes + column
    for (let left = line; left > 0;) {
      const page = file.get(Math.floor(byte / pageBytes))
      const from = byte % pageBytes
      const count = Math.min(left, page.length - from)
      if (count <= 0) throw new Error(`the FASTA ends before byte ${byte}`)
      // Lines are short: a loop is faster than a view and a copy.
      for (let i = 0; i < count; i++) out[filled + i] = page[from + i]!
      filled += count
      left -= count
      byte += count
    }
    residue = (residue + line) % s.length
  }
  return out
}

/** Opens the file until the scope closes. The function throws only where file and index do not belong together. */
export const residuesOf = (path: string, sequences: ReadonlyArray<Indexed>): Effect.Effect<FetchOf, IoDurability, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(Effect.try({ try: () => openSync(path, "r"), catch: (cause) => ioDurability("create", path, cause) }), (file) =>
      Effect.sync(() => closeSync(file))
    ),
    (file) => {
      const held = new Pages(file)
      const byName = new Map(sequences.map((s) => [s.name, s]))
      return (name, start, end) => {
        const sequence = byName.get(name)
        if (sequence === undefined) throw new Error(`no sequence ${name}`)
        return fetchFrom(held, sequence, start, end)
      }
    }
  )
