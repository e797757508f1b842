/**
 * GFF3 1.26 as specified, pushed in as bytes, given out row by row. Problems (typed errors: what the specification forbids and would make
 * the data wrong) and notices (against its letter, meaning clear) are collected; a row with a problem is not given out.
 */
import { isAscii, isUtf8 } from "node:buffer"
import { type Limits, LimitExceeded, limits as defaults } from "../limits.ts"
import { type Notice, Notices } from "../notices.ts"
import { Problems } from "../problems.ts"
import { InvalidUtf8, invalidUtf8At, owned } from "../text.ts"
import { AttributeParser } from "./attributes.ts"
import { ColumnTexts, coordinateOf, phaseOf, scoreOf, seqidOf, sourceOf, strandOf, typeOf } from "./columns.ts"
import { type Gff3Directive, DirectiveReader, type SequenceRegion } from "./directive.ts"
import { type Extent, Extents } from "./extents.ts"
import { Gff3Character, Gff3Columns, Gff3Coordinate, type Gff3Problem, Gff3Seqid } from "./failure.ts"
import { FastRows } from "./fast-rows.ts"
import { Gff3Line } from "./line.ts"
import { controls, LineCutter, lookAt, nonAscii } from "./lines.ts"
import type { Gff3Row } from "./row.ts"

export interface Gff3Handlers {
  readonly onRow?: (row: Gff3Row) => void
  readonly onDirective?: (directive: Gff3Directive) => void
  /** Bytes after `##FASTA`, or from the first line that begins with `>`. The buffer is valid during the call only. */
  readonly onFasta?: (bytes: Buffer) => void
}

/** Where the embedded FASTA begins: 1-based line, 0-based byte. */
export interface FastaPlace {
  readonly line: number
  readonly byte: number
}

export interface Gff3Facts {
  /** Feature rows given out, and those with a problem. */
  readonly rows: number
  readonly badRows: number
  /** IDs of those; null where they are not all known. */
  readonly badIds: ReadonlySet<string> | null
  /** Lines and bytes, up to the embedded FASTA if there is one. */
  readonly lines: number
  readonly bytes: number
  readonly version: string | null
  readonly sequenceRegions: ReadonlyMap<string, SequenceRegion>
  /** Of the rows that are sound. */
  readonly extents: ReadonlyMap<string, Extent>
  readonly fasta: FastaPlace | null
  /** The first problems in file order, and how many there are in all. */
  readonly problems: ReadonlyArray<Gff3Problem>
  readonly problemCount: number
  readonly notices: ReadonlyArray<Notice>
}

export interface Gff3Options {
  /** For the telling only. */
  readonly path?: string
  readonly limits?: Limits
  /** Gets every problem, also those that are not told; without it the further ones are only counted. */
  readonly onProblem?: (problem: Gff3Problem) => void
  /** False: every line is read the careful way, with the same result. */
  readonly fast?: boolean
}

const atStart = () => 1

/** A file with more bad rows has other troubles. */
const badIdsKept = 100_000

export class Gff3Parser {
  fasta: FastaPlace | null = null
  readonly #handlers: Gff3Handlers
  readonly #limits: Limits
  readonly #problems: Problems<Gff3Problem>
  readonly #notices = new Notices()
  readonly #line: Gff3Line
  readonly #cutter: LineCutter
  readonly #directives = new DirectiveReader()
  readonly #attributes = new AttributeParser()
  readonly #extents = new Extents()
  readonly #seqids = new ColumnTexts()
  readonly #sources = new ColumnTexts()
  readonly #types = new ColumnTexts()
  readonly #fast: FastRows | undefined
  #rows = 0
  #badRows = 0
  #resolved = 0
  #badIds: Set<string> | null = new Set()

  constructor(handlers: Gff3Handlers, options: Gff3Options = {}) {
    this.#handlers = handlers
    this.#limits = options.limits ?? defaults
    this.#problems = new Problems(this.#limits.problems, options.onProblem)
    this.#line = new Gff3Line(options.path ?? "(gff3)", this.#limits, this.#problems, this.#notices)
    this.#fast = options.fast === false ? undefined : new FastRows(this.#limits, this.#attributes.ruleOf)
    this.#cutter = new LineCutter(this.#limits.lineBytes, {
      onBytes: (buffer) => this.#fast?.begin(buffer),
      onLine: (buffer, from, to, next) => this.#take(buffer, from, to, next),
      onTooLong: () => this.#tooLong(),
      onRest: (bytes) => this.#handlers.onFasta?.(bytes)
    })
  }

  /** The next bytes of the plain text, cut anywhere. */
  push(chunk: Buffer): void {
    this.#cutter.push(chunk)
  }

  /** One line without its end, out of the order of the file: gives the row that `push` gives there. For a parser that reads nothing else. */
  readLine(bytes: Buffer, { line, byte, resolved }: { readonly line: number; readonly byte: number; readonly resolved: number }): void {
    this.#cutter.number = line
    this.#cutter.byte = byte
    this.#resolved = resolved
    this.#fast?.begin(bytes)
    this.#take(bytes, 0, bytes.length, bytes.length)
  }

  end(): Gff3Facts {
    this.#cutter.end()
    if (this.#directives.version === null)
      this.#notices.add("no-gff-version", 1, atStart, () => "The file does not begin with ##gff-version 3.")
    return {
      rows: this.#rows,
      badRows: this.#badRows,
      badIds: this.#badIds,
      lines: (this.fasta?.line ?? this.#cutter.number) - 1,
      bytes: this.fasta?.byte ?? this.#cutter.byte,
      version: this.#directives.version,
      sequenceRegions: this.#directives.regions,
      extents: this.#extents.bySeqid,
      fasta: this.fasta,
      problems: this.#problems.list,
      problemCount: this.#problems.count,
      notices: this.#notices.list()
    }
  }

  #begin(): Gff3Line {
    const line = this.#line
    line.number = this.#cutter.number
    line.byte = this.#cutter.byte
    line.text = ""
    line.bad = false
    return line
  }

  #tooLong(): void {
    const allowed = this.#limits.lineBytes
    const message = `The line is longer than ${allowed} bytes.`
    this.#badIds = null
    this.#begin().problem(0, (where) => new LimitExceeded({ message, where, limit: "lineBytes", allowed, found: allowed + 1 }))
  }

  /** One line; true if the FASTA begins behind it. */
  #take(buffer: Buffer, from: number, to: number, next: number): boolean {
    let end = to
    if (end > from && buffer[end - 1] === 13) end--
    const row = this.#fast?.read(from, end, this.#cutter.number, this.#cutter.byte, this.#resolved)
    if (row !== undefined) {
      this.#give(row)
      return false
    }
    const line = this.#begin()
    let start = from
    if (line.number === 1 && buffer[from] === 0xef && buffer[from + 1] === 0xbb && buffer[from + 2] === 0xbf) {
      this.#notices.add("byte-order-mark", 1, atStart, () => "The file begins with a byte order mark.")
      start += 3
      line.byte += 3
    }
    if (start === end) {
      this.#notices.add("blank-line", line.number, atStart, () => "Blank lines are skipped.")
      return false
    }
    line.bytes = end - start
    const look = lookAt(buffer, start, end)
    if ((look & controls) !== 0 && !this.#free(buffer, start, end)) return false
    if ((look & nonAscii) === 0) line.text = buffer.toString("latin1", start, end)
    else {
      const bytes = buffer.subarray(start, end)
      if (isAscii(bytes)) line.text = buffer.toString("latin1", start, end)
      else if (isUtf8(bytes)) line.text = buffer.toString("utf8", start, end)
      else return this.#notUtf8(bytes)
    }
    const first = line.text.charCodeAt(0)
    if (first === 35) return line.text.charCodeAt(1) === 35 && this.#directive(next - from)
    if (first === 62) return this.#header(buffer.subarray(from, next))
    this.#row()
    return false
  }

  /** No control characters in the line? */
  #free(buffer: Buffer, from: number, to: number): boolean {
    const at = buffer.subarray(from, to).findIndex((byte) => (byte < 32 && byte !== 9) || byte === 127)
    if (at < 0) return true
    const value = buffer[from + at]!.toString(16).padStart(2, "0")
    this.#badIds = null
    const message = value === "0d" ? "A carriage return stands within a line." : `The control character ${value} is not allowed.`
    this.#line.bad = true
    this.#problems.add(() => new Gff3Character({ message, where: this.#line.where(at), value }))
    return false
  }

  #notUtf8(bytes: Buffer): false {
    const at = invalidUtf8At(bytes)
    const hex = bytes[at]!.toString(16).padStart(2, "0")
    this.#badIds = null
    this.#line.bad = true
    this.#problems.add(() => new InvalidUtf8({ message: `Byte ${hex} is not UTF-8.`, where: this.#line.where(at), bytes: hex }))
    return false
  }

  #directive(lineBytes: number): boolean {
    const directive = this.#directives.read(this.#line)
    if (directive === null) return false
    this.#handlers.onDirective?.(directive)
    if (directive.kind === "resolved") this.#resolved = directive.line
    if (directive.kind !== "fasta") return false
    this.fasta = { line: this.#cutter.number + 1, byte: this.#cutter.byte + lineBytes }
    return true
  }

  /** A line that begins with `>` begins a FASTA, unless it is a feature row whose sequence id does. */
  #header(bytes: Buffer): boolean {
    const line = this.#line
    const columns = line.text.split("\t", 10)
    if (columns.length === 9 && [3, 4].every((i) => /^[0-9]{1,15}$/.test(columns[i]!))) {
      line.problem(0, (where) => new Gff3Seqid({ message: "A sequence id must not begin with >.", where, value: columns[0]!.slice(0, 80) }))
      this.#badRows++
      this.#badIds = null
      return false
    }
    this.fasta = { line: line.number, byte: line.byte }
    this.#handlers.onFasta?.(bytes)
    return true
  }

  #row(): void {
    const line = this.#line
    const text = line.text
    const t1 = text.indexOf("\t")
    const t2 = t1 < 0 ? -1 : text.indexOf("\t", t1 + 1)
    const t3 = t2 < 0 ? -1 : text.indexOf("\t", t2 + 1)
    const t4 = t3 < 0 ? -1 : text.indexOf("\t", t3 + 1)
    const t5 = t4 < 0 ? -1 : text.indexOf("\t", t4 + 1)
    const t6 = t5 < 0 ? -1 : text.indexOf("\t", t5 + 1)
    const t7 = t6 < 0 ? -1 : text.indexOf("\t", t6 + 1)
    const t8 = t7 < 0 ? -1 : text.indexOf("\t", t7 + 1)
    const t9 = t8 < 0 ? -1 : text.indexOf("\t", t8 + 1)
    if (t8 < 0 || t9 >= 0) return this.#notNine(t9)
    const seqid = this.#seqids.get(line, 0, t1, seqidOf)
    const source = this.#sources.get(line, t1 + 1, t2, sourceOf)
    const type = this.#types.get(line, t2 + 1, t3, typeOf)
    const start = coordinateOf(line, t3 + 1, t4, "start")
    const end = coordinateOf(line, t4 + 1, t5, "end")
    if (start > end) {
      const message = `The start ${start} lies behind the end ${end}.`
      line.problem(t3 + 1, (where) => new Gff3Coordinate({ message, where, value: String(start) }))
    }
    const score = scoreOf(line, t5 + 1, t6)
    const strand = strandOf(line, t6 + 1, t7)
    const phase = phaseOf(line, t7 + 1, t8, type)
    const attributes = this.#attributes.parse(line, t8 + 1)
    if (line.bad) {
      this.#badRows++
      this.#lose(attributes.get("ID")?.[0], text.includes("ID=", t8 + 1))
      return
    }
    const row = {
      line: line.number,
      byte: line.byte,
      bytes: line.bytes,
      seqid,
      source,
      type,
      start,
      end,
      score,
      strand,
      phase,
      attributes,
      resolved: this.#resolved
    }
    this.#fast?.learn(row, text)
    this.#give(row)
  }

  #give(row: Gff3Row): void {
    this.#rows++
    this.#extents.add(row)
    this.#handlers.onRow?.(row)
  }

  /** Notes the ID of a bad row; `named`: it may have one also where none could be read. */
  #lose(id: string | undefined, named: boolean): void {
    if ((id === undefined && named) || (this.#badIds?.size ?? 0) >= badIdsKept) this.#badIds = null
    else if (id !== undefined) this.#badIds?.add(owned(id))
  }

  #notNine(extra: number): void {
    const line = this.#line
    const found = line.text.split("\t").length
    this.#badRows++
    this.#badIds = null
    line.problem(
      extra >= 0 ? extra : line.text.length,
      (where) => new Gff3Columns({ message: `A row has 9 columns, this one has ${found}.`, where, found })
    )
  }
}
