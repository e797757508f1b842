/** Sequences and their lengths as the reference takes them: from the index, on request from the FASTA (dataset contract §2.3). */
import { unsigned } from "../artifact/contig-class.ts"
import type { Dialect } from "../artifact/dialect.ts"
import { compareCodePoints } from "../canonical-json.ts"
import { trimWhiteSpace } from "../dataset-id.ts"
import { limits } from "../limits.ts"
import { AtlasV1Fai, AtlasV1Fasta } from "./failure.ts"
import { refuse } from "./refuse.ts"
import { exactly, linesOf } from "./rows.ts"
import { hasHidden, wordsOf } from "./text.ts"

/** Name → bases, in name order. */
export type Contigs = ReadonlyMap<string, number>

const inNameOrder = (contigs: ReadonlyMap<string, number>): Contigs => new Map([...contigs].sort(([a], [b]) => compareCodePoints(a, b)))

type Kind = typeof AtlasV1Fai | typeof AtlasV1Fasta

const contigName = (text: string, header: number, kind: Kind, path: string, line: number): string => {
  const name = trimWhiteSpace(text)
  if (name === "") refuse(kind, "FASTA header missing contig name", path, line)
  if (Buffer.byteLength(name) > limits.sequenceNameBytes)
    refuse(kind, `FASTA header contig name exceeds ${limits.sequenceNameBytes} bytes: ${name}`, path, line)
  if (hasHidden(name)) refuse(kind, `FASTA header contig name contains forbidden control characters at header ${header}`, path, line)
  return name
}

/** Two columns are enough; offsets and line lengths are not looked at, nor is the FASTA. The released program takes any name, the last time it stands there. */
export const contigsOfFai = (bytes: Buffer, path: string, dialect: Dialect): Contigs => {
  const contigs = new Map<string, number>()
  for (const [line, text] of linesOf(bytes, path, AtlasV1Fai)) {
    if (trimWhiteSpace(text) === "") continue
    const [column, bases] = text.split("\t")
    if (column === undefined || bases === undefined) return refuse(AtlasV1Fai, `invalid FAI line: ${text}`, path, line)
    const main = dialect === "main"
    const name = main ? contigName(column, 0, AtlasV1Fai, path, line) : trimWhiteSpace(column)
    const value = unsigned(bases) ?? refuse(AtlasV1Fai, `invalid FAI contig length: ${bases}`, path, line)
    const length = exactly(value, path, line)
    const known = main ? contigs.get(name) : undefined
    if (known === length) refuse(AtlasV1Fai, `duplicate FAI contig declaration for ${name}`, path, line)
    if (known !== undefined) refuse(AtlasV1Fai, `conflicting FAI duplicate contig length for ${name}: ${known} vs ${length}`, path, line)
    contigs.set(name, length)
  }
  return inNameOrder(contigs)
}

/** Counts residues of a FASTA, chunk by chunk. What it refuses is thrown at the end, for other faults are told before it. */
export class FastaLengths {
  readonly #path: string
  readonly #most: number
  readonly #contigs = new Map<string, number>()
  #header: Array<Buffer> | undefined
  #headerBytes = 0
  #name: string | undefined
  #atLineStart = true
  #headers = 0
  #bases = 0
  #line = 1
  #refusal: { readonly cause: unknown } | undefined

  /** `most` bases in all; 0 sets no limit. */
  constructor(path: string, most: number) {
    this.#path = path
    this.#most = most
  }

  push(chunk: Buffer): void {
    if (this.#refusal !== undefined) return
    try {
      this.#read(chunk)
    } catch (cause) {
      this.#refusal = { cause }
    }
  }

  end(): Contigs {
    if (this.#refusal !== undefined) throw this.#refusal.cause
    this.#named()
    return inNameOrder(this.#contigs)
  }

  #read(chunk: Buffer): void {
    for (let start = 0; start < chunk.length;) {
      const feed = chunk.indexOf(10, start)
      const to = feed < 0 ? chunk.length : feed
      const piece = chunk.subarray(start, to)
      if (this.#atLineStart && piece[0] === 0x3e) [this.#header, this.#headerBytes] = [[], 0]
      if (this.#header === undefined) this.#sequence(piece)
      // Of a header only the name is wanted, which may have 255 bytes.
      else if (this.#headerBytes <= limits.headerBytes) {
        this.#header.push(Buffer.from(piece))
        this.#headerBytes += piece.length
      }
      this.#atLineStart = feed >= 0
      if (this.#atLineStart) {
        this.#named()
        this.#line++
      }
      start = to + 1
    }
  }

  #named(): void {
    if (this.#header === undefined) return
    const text = Buffer.concat(this.#header).toString("utf8").slice(1)
    this.#header = undefined
    const name = contigName(wordsOf(text)[0] ?? "", ++this.#headers, AtlasV1Fasta, this.#path, this.#line)
    if (this.#contigs.has(name)) refuse(AtlasV1Fasta, `duplicate FASTA contig header detected: ${name}`, this.#path, this.#line)
    this.#contigs.set(name, 0)
    this.#name = name
  }

  #sequence(piece: Buffer): void {
    let bases = 0
    for (const byte of piece) if (byte !== 0x20 && (byte < 9 || byte > 13 || byte === 11)) bases++
    if (bases === 0) return
    if (this.#name === undefined) return refuse(AtlasV1Fasta, "FASTA sequence line seen before header", this.#path, this.#line)
    this.#bases += bases
    if (this.#most > 0 && this.#bases > this.#most)
      refuse(AtlasV1Fasta, `FASTA scanning memory guardrail exceeded: ${this.#most + 1}>${this.#most}`, this.#path, this.#line)
    this.#contigs.set(this.#name, (this.#contigs.get(this.#name) ?? 0) + bases)
  }
}

/** The index that the reference makes of a FASTA: two columns, by name. */
export const faiOf = (contigs: Contigs): string => [...contigs].map(([name, length]) => `${name}\t${length}\n`).join("")
