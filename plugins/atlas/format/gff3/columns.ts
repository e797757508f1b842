/** Columns 1 to 8 of a row. */
import { LimitExceeded } from "../limits.ts"
import { cut, hiddenAt, owned, quote } from "../text.ts"
import { isSeqidCharacter, unescape } from "./escape.ts"
import { Gff3Coordinate, Gff3Phase, Gff3Score, Gff3Seqid, Gff3Strand, Gff3Type } from "./failure.ts"
import type { Gff3Line } from "./line.ts"
import type { Phase, Strand } from "./row.ts"

/** Texts remembered of a column, and how long they may be: a few MiB in all, whatever the file holds. */
const remembered = 65_536
const rememberedLength = 64

/** Decoded texts of one column by how they are written: few differ within a file. */
export class ColumnTexts {
  readonly #known = new Map<string, string>()
  #lastRaw = ""
  #last = ""

  /** `decode` is asked once for each way of writing; a text that was a problem is not remembered. */
  get(line: Gff3Line, from: number, to: number, decode: (line: Gff3Line, from: number, to: number) => string): string {
    const length = to - from
    if (length > 0 && length === this.#lastRaw.length && line.text.startsWith(this.#lastRaw, from)) return this.#last
    const raw = line.text.slice(from, to)
    let text = this.#known.get(raw)
    if (text === undefined) {
      const before = line.bad
      line.bad = false
      text = decode(line, from, to)
      const sound = !line.bad
      line.bad = before || !sound
      // Escaped texts are decoded each time, since their notices count rows.
      if (!sound || raw.includes("%") || raw === "" || length > rememberedLength || this.#known.size >= remembered) return text
      text = owned(raw)
      this.#known.set(text, text)
    }
    this.#lastRaw = text
    this.#last = text
    return text
  }
}

export const seqidOf = (line: Gff3Line, from: number, to: number): string => {
  const raw = line.text.slice(from, to)
  if (raw === "" || raw === ".") {
    line.problem(from, (where) => new Gff3Seqid({ message: "The sequence id is missing.", where, value: raw }))
    return ""
  }
  for (let at = from; at < to; at++) {
    const code = line.text.charCodeAt(at)
    if (isSeqidCharacter(code) || code === 37) continue
    line.problem(
      at,
      (where) => new Gff3Seqid({ message: `The sequence id ${quote(raw)} has a character that must be escaped.`, where, value: cut(raw) })
    )
    return raw
  }
  const seqid = unescape(line, from, to, "seqid")
  const allowed = line.limits.sequenceNameBytes
  const found = seqid.length * 3 > allowed ? Buffer.byteLength(seqid) : 0
  if (found > allowed) {
    const message = `The sequence id ${quote(seqid)} has ${found} bytes, more than ${allowed}.`
    line.problem(from, (where) => new LimitExceeded({ message, where, limit: "sequenceNameBytes", allowed, found }))
  }
  return seqid
}

export const sourceOf = (line: Gff3Line, from: number, to: number): string => {
  if (from === to) line.notice("empty-source", from, () => "Column 2 is empty where a dot belongs.")
  return from === to ? "." : unescape(line, from, to, "column")
}

export const typeOf = (line: Gff3Line, from: number, to: number): string => {
  const type = unescape(line, from, to, "column")
  const trimmed = type.trim()
  if (trimmed === "" || type === ".")
    line.problem(from, (where) => new Gff3Type({ message: "The feature type is missing.", where, value: type }))
  else if (trimmed !== type || hiddenAt(type) >= 0) {
    const message = `The feature type ${quote(type)} has a space around it or an invisible character in it.`
    line.problem(from, (where) => new Gff3Type({ message, where, value: cut(type) }))
  }
  return type
}

/** An integer of 1 or more by its digits, else NaN. */
export const positiveInteger = (text: string, from: number, to: number): number => {
  if (from === to || to - from > 32) return Number.NaN
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value >= 1 && value <= Number.MAX_SAFE_INTEGER ? value : Number.NaN
}

export const coordinateOf = (line: Gff3Line, from: number, to: number, what: "start" | "end"): number => {
  const value = positiveInteger(line.text, from, to)
  if (Number.isNaN(value)) {
    const raw = line.text.slice(from, to)
    const message = `The ${what} ${quote(raw)} is no integer from 1 to ${line.limits.coordinate}.`
    line.problem(from, (where) => new Gff3Coordinate({ message, where, value: cut(raw) }))
  } else if (line.text.charCodeAt(from) === 48)
    line.notice("leading-zero", from, () => "A coordinate begins with 0; it is read as decimal.")
  return value
}

export const scoreOf = (line: Gff3Line, from: number, to: number): number | null => {
  if (to - from === 1 && line.text.charCodeAt(from) === 46) return null
  const raw = line.text.slice(from, to)
  const value = raw.length <= 64 && /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(raw) ? Number(raw) : Number.NaN
  if (Number.isFinite(value)) return value
  line.problem(from, (where) => new Gff3Score({ message: `The score ${quote(raw)} is no number.`, where, value: cut(raw) }))
  return null
}

const strands: ReadonlyMap<number, Strand> = new Map([
  [43, "+"],
  [45, "-"],
  [46, "."],
  [63, "?"]
])

export const strandOf = (line: Gff3Line, from: number, to: number): Strand => {
  const strand = to - from === 1 ? strands.get(line.text.charCodeAt(from)) : undefined
  if (strand !== undefined) return strand
  const raw = line.text.slice(from, to)
  line.problem(from, (where) => new Gff3Strand({ message: `The strand ${quote(raw)} is none of + - . ?`, where, value: cut(raw) }))
  return "."
}

/** The type's accession stands for its name. */
const isCds = (type: string) => type === "CDS" || type === "SO:0000316"

export const phaseOf = (line: Gff3Line, from: number, to: number, type: string): Phase | null => {
  const code = to - from === 1 ? line.text.charCodeAt(from) : 0
  if (code === 48) return 0
  if (code === 49) return 1
  if (code === 50) return 2
  if (code === 46 && !isCds(type)) return null
  const raw = line.text.slice(from, to)
  const message = isCds(type) ? `A CDS needs phase 0, 1 or 2, not ${quote(raw)}.` : `The phase ${quote(raw)} is none of 0 1 2 and no dot.`
  line.problem(from, (where) => new Gff3Phase({ message, where, value: cut(raw) }))
  return null
}
