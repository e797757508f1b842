/**
 * The quick way to a row: bytes are looked at once, and nothing but what is asked for becomes a string. It takes rows that are sound in the
 * plainest form, nine of ten of any file; about all else it says nothing, and the careful reader (parser.ts, columns.ts, attributes.ts) reads the
 * line from its start. So it has no errors and no notices, and it must take no row of which the careful reader would tell any.
 */
import type { Limits } from "../limits.ts"
import { ByteTexts } from "./byte-texts.ts"
import { LayoutAttributes, LayoutNode, type ValueRule } from "./layout.ts"
import type { Attributes, Gff3Row, Phase, Strand } from "./row.ts"

const [tab, comma, dot, semicolon, equals, space, zero] = [9, 44, 46, 59, 61, 32, 48]

/** Byte of a value → 0 as it stands, 1 comma, 2 its end, 3 not for this reader. */
const kinds = Uint8Array.from({ length: 256 }, (_, b) =>
  b === semicolon ? 2 : b === comma ? 1 : b < 32 || b > 126 || b === equals || b === 37 || b === 38 ? 3 : 0
)

const strands: ReadonlyArray<Strand | undefined> = Array.from({ length: 256 }, (_, b) =>
  b === 43 ? "+" : b === 45 ? "-" : b === dot ? "." : b === 63 ? "?" : undefined
)

/** UTF-8 bytes are at most three times UTF-16 units; of ASCII alone they are as many, but then the careful reader measures. */
const unitsOf = (bytes: number) => Math.floor(bytes / 3)
/** Digits of a coordinate that is surely safe. */
const mostDigits = 15
const placesAtOnce = 1 << 16
/** Made into text at once: rows that are held on to keep no more than that. */
const textBytes = 1 << 16
/** Rows with more go the careful way. */
const mostAttributes = 64
const mostParents = 16

const none: Attributes = new Map()

export class FastRows {
  readonly #seqids = new ByteTexts()
  readonly #sources = new ByteTexts()
  readonly #types = new ByteTexts()
  readonly #layouts = LayoutNode.root()
  readonly #ruleOf: (key: string) => ValueRule | undefined
  readonly #idUnits: number
  readonly #mostAttributes: number
  readonly #mostParents: number
  #bytes: Uint8Array = new Uint8Array(0)
  #buffer: Buffer = Buffer.alloc(0)
  /** The bytes [base, textEnd) as text, made as far as rows need it. */
  #text = ""
  #base = 0
  #textEnd = 0
  #places = new Int32Array(placesAtOnce)
  #placed = 0
  /** Set by #coordinate: the tab behind it. */
  #at = 0

  /** `ruleOf` tells of keys that the careful reader found sound. */
  constructor(limits: Limits, ruleOf: (key: string) => ValueRule | undefined) {
    this.#ruleOf = ruleOf
    this.#idUnits = unitsOf(limits.idBytes)
    this.#mostAttributes = Math.min(mostAttributes, limits.attributesPerRow)
    this.#mostParents = Math.min(mostParents, limits.parentsPerRow)
  }

  /** The bytes that lines are of from now on. */
  begin(buffer: Buffer): void {
    this.#bytes = buffer
    this.#buffer = buffer
    this.#base = 0
    this.#textEnd = 0
  }

  /** Texts of a sound row, as the careful reader has them. */
  learn({ seqid, source, type }: Pick<Gff3Row, "seqid" | "source" | "type">, text: string): void {
    if (!text.startsWith(`${seqid}\t${source}\t${type}\t`)) return
    this.#seqids.learn(seqid)
    this.#sources.learn(source)
    this.#types.learn(type)
  }

  /** The row of [from, to), if this reader takes it. */
  read(from: number, to: number, line: number, byte: number, resolved: number): Gff3Row | undefined {
    const bytes = this.#bytes
    const seqid = this.#seqids.find(bytes, from, to, tab)
    if (seqid === undefined) return undefined
    const source = this.#sources.find(bytes, this.#seqids.end + 1, to, tab)
    if (source === undefined) return undefined
    const type = this.#types.find(bytes, this.#sources.end + 1, to, tab)
    if (type === undefined) return undefined
    const start = this.#coordinate(this.#types.end + 1, to)
    const end = this.#coordinate(this.#at + 1, to)
    let at = this.#at + 1
    // A dot, a tab, strand, tab, phase, tab, and something.
    if (start === 0 || end < start || at + 6 >= to) return undefined
    if (bytes[at] !== dot || bytes[at + 1] !== tab || bytes[at + 3] !== tab || bytes[at + 5] !== tab) return undefined
    const strand = strands[bytes[at + 2]!]
    const phaseByte = bytes[at + 4]!
    const isPhase = phaseByte >= zero && phaseByte <= zero + 2
    if (strand === undefined || !(isPhase || (phaseByte === dot && type !== "CDS" && type !== "SO:0000316"))) return undefined
    at += 6
    const attributes = at + 1 === to && bytes[at] === dot ? none : this.#attributes(at, to)
    if (attributes === undefined) return undefined
    const phase = isPhase ? ((phaseByte - zero) as Phase) : null
    return { line, byte, bytes: to - from, seqid, source, type, start, end, score: null, strand, phase, attributes, resolved }
  }

  /** An integer before a tab, else 0. */
  #coordinate(from: number, to: number): number {
    const bytes = this.#bytes
    let value = 0
    let at = from
    for (; at < to; at++) {
      const digit = bytes[at]! - zero
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
    }
    this.#at = at
    return at < to && bytes[at] === tab && at - from <= mostDigits && bytes[from] !== zero ? value : 0
  }

  #attributes(from: number, to: number): Attributes | undefined {
    const bytes = this.#bytes
    if (this.#placed + mostAttributes > placesAtOnce) {
      this.#places = new Int32Array(placesAtOnce)
      this.#placed = 0
    }
    if (to > this.#textEnd || from < this.#base) this.#decode(from, to)
    const base = this.#base
    const places = this.#places
    const first = this.#placed
    let node = this.#layouts
    let placed = first
    for (let start = from; ;) {
      const next = this.#next(node, start, to)
      if (next === undefined) return undefined
      node = next
      const value = start + node.bytes.length + 1
      let at = value
      let commas = 0
      let kind = 0
      for (; at < to; at++) {
        kind = kinds[bytes[at]!]!
        if (kind === 0) continue
        if (kind !== 1) break
        commas = 1
      }
      if (at < to && kind === 3) return undefined
      if (at === value || !this.#fits(node.rule, value, at, commas)) return undefined
      places[placed++] = (value - base) * 2 + commas
      if (at === to) break
      start = at + 1
    }
    this.#placed = placed
    return new LayoutAttributes(this.#text, node, places, first, to - base)
  }

  #decode(from: number, to: number): void {
    this.#base = from
    this.#textEnd = Math.max(to, Math.min(this.#buffer.length, from + textBytes))
    this.#text = this.#buffer.toString("latin1", from, this.#textEnd)
  }

  #slice(from: number, to: number): string {
    return this.#text.slice(from - this.#base, to - this.#base)
  }

  /** The key at `start`, with its equals sign. */
  #next(node: LayoutNode, start: number, to: number): LayoutNode | undefined {
    const bytes = this.#bytes
    const { usual } = node
    if (usual !== undefined) {
      const key = usual.bytes
      let i = 0
      while (i < key.length && bytes[start + i] === key[i]) i++
      if (i === key.length && bytes[start + i] === equals && start + i < to) return usual
    }
    let at = start
    while (at < to && bytes[at] !== equals && kinds[bytes[at]!] === 0) at++
    return at < to && at > start && bytes[at] === equals ? node.next(this.#slice(start, at), this.#ruleOf, this.#mostAttributes) : undefined
  }

  #fits(rule: ValueRule, from: number, to: number, commas: number): boolean {
    if (rule === "list") return true
    if (rule === "one") return commas === 0
    if (commas === 0) return this.#bytes[from] !== space && to - from <= this.#idUnits
    if (rule === "id") return false
    const parents = this.#slice(from, to).split(",")
    return (
      parents.length <= this.#mostParents &&
      parents.every((id, i) => id !== "" && !id.startsWith(" ") && id.length <= this.#idUnits && parents.indexOf(id) === i)
    )
  }
}
