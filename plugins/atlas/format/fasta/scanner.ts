/**
 * FASTA of nucleotides, pushed in as bytes: names, lengths, places as `samtools faidx` defines them, and digests, in one pass.
 * Problems (typed errors) and notices are collected. A header without residues before another header is left out with a notice, as samtools does.
 */
import { isAscii } from "node:buffer"
import { endless, endlessLine } from "../content/endless-line.ts"
import { LimitExceeded, type Limits, limits as defaults } from "../limits.ts"
import { type Notice, Notices } from "../notices.ts"
import { Problems } from "../problems.ts"
import { cut, hiddenAt, InvalidUtf8, invalidUtf8At, quote, turnsText } from "../text.ts"
import {
  FastaDuplicateName,
  FastaEmptySequence,
  FastaHeaderMissing,
  FastaLineLength,
  FastaName,
  type FastaProblem,
  FastaResidue
} from "./failure.ts"
import type { FastaSequence, SequenceCollection } from "./sequence.ts"
import { DigestsHere, type DigestSink, withDigests } from "./sequence-digests.ts"

export interface FastaFacts {
  readonly sequences: ReadonlyArray<FastaSequence>
  /** Residues of all sequences. */
  readonly residues: number
  /** Lines and bytes of the text. */
  readonly lines: number
  readonly bytes: number
  /** Null if there are problems or no digests were wanted. */
  readonly collection: SequenceCollection | null
  readonly problems: ReadonlyArray<FastaProblem>
  readonly problemCount: number
  readonly notices: ReadonlyArray<Notice>
}

export interface FastaOptions {
  /** For the telling only. */
  readonly path?: string
  /** Where the FASTA begins if it is part of a larger text: 1-based line, 0-based byte. Offsets count from that text's start. */
  readonly from?: { readonly line: number; readonly byte: number }
  /** MD5 and refget of each sequence and the collection; else they are empty. Default true. A sink makes them elsewhere: see `withDigests`. */
  readonly digests?: boolean | DigestSink
  readonly limits?: Limits
}

/** Byte → upper-case nucleotide code, 0 for all else. */
const codes = new Uint8Array(256)
for (const c of "ACGTURYSWKMBDHVN") {
  codes[c.charCodeAt(0)] = c.charCodeAt(0)
  codes[c.toLowerCase().charCodeAt(0)] = c.charCodeAt(0)
}

/** Copies codes until the table has none; gives the index of that byte. Apart from its caller, since compiled alone it runs twice as fast. */
const copyCodes = (chunk: Uint8Array, from: number, table: Uint8Array, out: Uint8Array, filled: number): number => {
  const end = chunk.length
  let at = from
  for (let to = filled; at < end; at++, to++) {
    const code = table[chunk[at]!]!
    if (code === 0) break
    out[to] = code
  }
  return at
}

const none = new Uint8Array(256)

const isBlank = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13)

/** The sequence in hand. */
interface Open {
  readonly name: string
  readonly headerLine: number
  readonly offset: number
  lineBases: number
  lineBytes: number
  length: number
  /** A line shorter than the others, or a blank one, was met: it must have been the last. */
  last: boolean
  ragged: boolean
  readonly digests: DigestSink | null
}

const atStart = () => 1

export class FastaScanner {
  readonly #path: string
  readonly #limits: Limits
  readonly #here: DigestsHere | null
  readonly #digests: DigestSink | null
  readonly #from: { readonly line: number; readonly byte: number }
  readonly #problems: Problems<FastaProblem>
  readonly #notices = new Notices()
  readonly #sequences: Array<FastaSequence> = []
  readonly #names = new Map<string, number>()
  #headers = 0
  #tooMany: LimitExceeded | undefined
  #residues = 0
  #open: Open | null = null
  #started = false
  #refused = false
  /** Number of the current line and the byte it starts at; bytes taken so far. */
  #line: number
  #lineStart: number
  #taken: number
  /** Residues of the current line so far; bad ones count, to keep the lines comparable. */
  #bases = 0
  /** A carriage return was the last byte: fine before a line feed only. */
  #carriageReturn = false
  #header: Array<Buffer> | null = null
  #headerBytes = 0
  #badLine = 0
  #codes = Buffer.alloc(0)

  constructor(options: FastaOptions = {}) {
    this.#path = options.path ?? "(fasta)"
    this.#limits = options.limits ?? defaults
    const { digests = true } = options
    this.#here = digests === true ? new DigestsHere() : null
    this.#digests = typeof digests === "boolean" ? this.#here : digests
    this.#from = options.from ?? { line: 1, byte: 0 }
    this.#line = this.#from.line
    this.#lineStart = this.#from.byte
    this.#taken = this.#from.byte
    this.#problems = new Problems(this.#limits.problems)
  }

  /** The next bytes of the plain text, cut anywhere. */
  push(chunk: Buffer): void {
    if (this.#codes.length < chunk.length) this.#codes = Buffer.allocUnsafe(chunk.length)
    for (let at = 0; at < chunk.length;) at = this.#header === null ? this.#body(chunk, at) : this.#headerPart(chunk, at)
    this.#taken += chunk.length
  }

  /** Why it is no use to go on: too many sequences, or a header that does not end; of bases a line may have any number. `end` tells it too. */
  get hopeless(): LimitExceeded | undefined {
    if (this.#tooMany !== undefined) return this.#tooMany
    const allowed = this.#limits.headerBytes
    const goesOn = this.#header !== null && this.#headerBytes > allowed * endless
    return goesOn ? endlessLine(this.#path, this.#line, "headerBytes", allowed) : undefined
  }

  end(): FastaFacts {
    if (this.#header !== null) this.#headerEnd(this.#taken)
    else if (this.#taken > this.#lineStart) this.#lineEnd(this.#taken, false)
    const open = this.#open
    this.#close(true)
    if (open === null && this.#problems.count === 0) {
      const where = { path: this.#path, line: this.#from.line, column: 1, byte: this.#from.byte }
      this.#problems.add(() => new FastaHeaderMissing({ message: "There is no sequence.", where }))
    }
    const facts: FastaFacts = {
      sequences: this.#sequences,
      residues: this.#residues,
      lines: this.#line - this.#from.line + (this.#taken > this.#lineStart ? 1 : 0),
      bytes: this.#taken - this.#from.byte,
      collection: null,
      problems: this.#problems.list,
      problemCount: this.#problems.count,
      notices: this.#notices.list()
    }
    return this.#here === null ? facts : withDigests(facts, this.#here.results)
  }

  /** Residues and line ends until a header begins; gives the index to go on at. */
  #body(chunk: Buffer, start: number): number {
    const out = this.#codes
    const open = this.#open
    const table = open === null ? none : codes
    let filled = 0
    let counted = 0
    if (this.#carriageReturn && chunk[start] !== 10) this.#badResidue(13, this.#taken + start - 1)
    this.#carriageReturn = false
    let at = start
    for (; at < chunk.length; at++) {
      const stop = copyCodes(chunk, at, table, out, filled)
      filled += stop - at
      at = stop
      if (at === chunk.length) break
      const byte = chunk[at]!
      const place = this.#taken + at
      if (byte === 10) {
        this.#bases += filled - counted
        counted = filled
        this.#lineEnd(place + 1, true)
      } else if (byte === 62 && place === this.#lineStart) {
        open?.digests?.update(out.subarray(0, filled))
        this.#close(false)
        this.#started = true
        this.#header = []
        this.#headerBytes = 0
        return at + 1
      } else if (open === null) this.#stray(byte, place)
      else if (byte === 13 && (at + 1 === chunk.length || chunk[at + 1] === 10)) this.#carriageReturn = at + 1 === chunk.length
      else if (byte === 45 || byte === 42) {
        this.#bases++
        const column = () => place - this.#lineStart + 1
        this.#notices.add(
          "gap-in-sequence",
          this.#line,
          column,
          () => "A sequence holds - or *: they count in its length, not in its digests."
        )
      } else this.#badResidue(byte, place)
    }
    this.#bases += filled - counted
    open?.digests?.update(out.subarray(0, filled))
    return at
  }

  #lineEnd(next: number, terminated: boolean): void {
    const bytes = next - this.#lineStart
    const bases = this.#bases
    const open = this.#open
    this.#bases = 0
    if (open !== null && bases > 0) {
      if (open.lineBases === 0 && !open.last) {
        open.lineBases = bases
        // samtools counts the missing end of an only line.
        open.lineBytes = terminated ? bytes : bytes + 1
      } else if (open.last || bases > open.lineBases || bytes > open.lineBytes) this.#ragged(open, bases)
      else if (bases < open.lineBases || bytes !== open.lineBytes) open.last = true
      open.length += bases
    } else if (open !== null) {
      open.last = true
      this.#notices.add("blank-line", this.#line, atStart, () => "Blank lines are skipped.")
    }
    if (!terminated) return
    this.#line++
    this.#lineStart = next
  }

  #ragged(open: Open, found: number): void {
    if (open.ragged) return
    open.ragged = true
    const message =
      open.lineBases === 0
        ? `A blank line stands between the header of ${quote(open.name)} and its bases.`
        : `The lines of ${quote(open.name)} have ${open.lineBases} bases; line ${this.#line} does not fit.`
    this.#problems.add(
      () => new FastaLineLength({ message, where: this.#where(this.#lineStart), name: cut(open.name), expected: open.lineBases, found })
    )
  }

  /** Something stands before the first header, or behind one that was refused. */
  #stray(byte: number, place: number): void {
    if (this.#started || this.#refused || isBlank(byte)) return
    this.#refused = true
    const what = byte === 64 ? "The file begins with @: it is FASTQ, not FASTA." : "The file does not begin with >."
    this.#problems.add(() => new FastaHeaderMissing({ message: what, where: this.#where(place) }))
  }

  #badResidue(byte: number, place: number): void {
    this.#bases++
    // One a line says enough.
    if (this.#badLine === this.#line) return
    this.#badLine = this.#line
    const open = this.#open!
    const value = byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`
    const message = `The sequence ${quote(open.name)} has the character ${quote(value)}.`
    this.#problems.add(() => new FastaResidue({ message, where: this.#where(place), name: cut(open.name), value }))
  }

  #where(place: number) {
    return { path: this.#path, line: this.#line, column: place - this.#lineStart + 1, byte: place }
  }

  #headerPart(chunk: Buffer, start: number): number {
    const feed = chunk.indexOf(10, start)
    const end = feed < 0 ? chunk.length : feed
    this.#headerBytes += end - start
    if (this.#headerBytes <= this.#limits.headerBytes + 1) this.#header!.push(Buffer.from(chunk.subarray(start, end)))
    if (feed < 0) return chunk.length
    this.#headerEnd(this.#taken + feed + 1)
    this.#line++
    this.#lineStart = this.#taken + feed + 1
    return feed + 1
  }

  /** The header line is complete; residues begin at `next`. Behind one too many nothing is looked at. */
  #headerEnd(next: number): void {
    const header = this.#header!
    this.#header = null
    const allowed = this.#limits.sequences
    if (++this.#headers > allowed) {
      const message = `There are more than ${allowed} sequences.`
      const where = this.#where(this.#lineStart)
      if (this.#tooMany === undefined) {
        const tooMany = new LimitExceeded({ message, where, limit: "sequences", allowed, found: allowed + 1 })
        this.#problems.add(() => tooMany)
        this.#tooMany = tooMany
      }
      this.#refused = true
      return
    }
    const name = this.#newName(Buffer.concat(header))
    const digests = this.#refused ? null : this.#digests
    this.#open = {
      name: name ?? "",
      headerLine: this.#line,
      offset: next,
      lineBases: 0,
      lineBytes: 0,
      length: 0,
      last: false,
      ragged: false,
      digests
    }
  }

  /** The name in a header's bytes, noted; null where it has none that is right. */
  #newName(header: Buffer): string | null {
    const name = this.#name(header.at(-1) === 13 ? header.subarray(0, -1) : header)
    if (name === null) return null
    const known = this.#names.get(name)
    if (known !== undefined) {
      const where = this.#where(this.#lineStart + 1)
      this.#problems.add(
        () => new FastaDuplicateName({ message: `The name ${quote(name)} was used in line ${known}.`, where, name: cut(name) })
      )
    } else if (!this.#refused) this.#names.set(name, this.#line)
    return name
  }

  #name(header: Buffer): string | null {
    const where = (index: number) => this.#where(this.#lineStart + 1 + index)
    // A carriage return at its end is of the line's end.
    if (this.#headerBytes > this.#limits.headerBytes + 1 || header.length > this.#limits.headerBytes) {
      const allowed = this.#limits.headerBytes
      const message = `The header is longer than ${allowed} bytes.`
      this.#problems.add(() => new LimitExceeded({ message, where: where(0), limit: "headerBytes", allowed, found: this.#headerBytes }))
      return null
    }
    const bad = isAscii(header) ? -1 : invalidUtf8At(header)
    if (bad >= 0) {
      const hex = header[bad]!.toString(16).padStart(2, "0")
      this.#problems.add(() => new InvalidUtf8({ message: `Byte ${hex} is not UTF-8.`, where: where(bad), bytes: hex }))
      return null
    }
    const blank = header.findIndex(isBlank)
    const name = header.toString("utf8", 0, blank < 0 ? header.length : blank)
    const control = header.findIndex((byte) => (byte < 32 && byte !== 9) || byte === 127)
    const hidden = control >= 0 ? control : hiddenAt(name) >= 0 ? Buffer.byteLength(name.slice(0, hiddenAt(name))) : -1
    if (name === "" || hidden >= 0) {
      const message = hidden >= 0 ? `The header of ${quote(name)} holds an invisible character.` : "The header has no name behind >."
      this.#problems.add(() => new FastaName({ message, where: where(Math.max(0, hidden)), name: cut(name) }))
      return null
    }
    if (turnsText(name))
      this.#notices.add(
        "hidden-character",
        this.#line,
        () => 2,
        () => "A sequence's name holds a character that turns the direction of text."
      )
    const found = Buffer.byteLength(name)
    const allowed = this.#limits.sequenceNameBytes
    if (found > allowed) {
      const message = `The name ${quote(name)} has ${found} bytes, more than ${allowed}.`
      this.#problems.add(() => new LimitExceeded({ message, where: where(0), limit: "sequenceNameBytes", allowed, found }))
      return null
    }
    return name
  }

  /** Ends the sequence in hand. */
  #close(atEnd: boolean): void {
    const open = this.#open
    this.#open = null
    if (open === null) return
    const kept = this.#closed(open, atEnd)
    open.digests?.end(kept)
  }

  /** Whether it counts. */
  #closed(open: Open, atEnd: boolean): boolean {
    if (open.name === "") return false
    if (open.length === 0) {
      const message = `The file ends behind the header of ${quote(open.name)}.`
      const where = { path: this.#path, line: open.headerLine, column: 1 }
      if (atEnd) this.#problems.add(() => new FastaEmptySequence({ message, where, name: cut(open.name) }))
      else
        this.#notices.add("empty-sequence", open.headerLine, atStart, () => "A header has no residues; it is left out, as samtools does.")
      return false
    }
    this.#residues += open.length
    if (this.#refused) return false
    const { name, length, offset, lineBases, lineBytes } = open
    this.#sequences.push({ name, length, offset, lineBases, lineBytes, md5: "", refget: "" })
    return true
  }
}
