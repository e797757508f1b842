/** FASTA index (`.fai`) of samtools: five columns a sequence, NAME LENGTH OFFSET LINEBASES LINEWIDTH. */
import { Effect, Schema } from "effect"
import { type ErrorDocs, type Several, several, Told, type Where } from "atlas-run/plugin"
import { readContent } from "./content/read.ts"
import type { ContentError } from "./content/failure.ts"
import type { FastaSequence } from "./fasta/sequence.ts"
import { LimitExceeded, type Limits, limits as defaults } from "./limits.ts"
import { Problems } from "./problems.ts"
import { cut, hiddenAt, InvalidUtf8, invalidUtf8At, quote } from "./text.ts"

/** One line of an index; the columns of `FastaSequence`. */
export type FaiRow = Pick<FastaSequence, "name" | "length" | "offset" | "lineBases" | "lineBytes"> & {
  /** 1-based line of the index. */
  readonly line: number
}

export class FaiColumns extends Schema.TaggedError<FaiColumns>()("FaiColumns", { ...Told, found: Schema.Int }) {
  static readonly docs: ErrorDocs = {
    summary: "A line of a FASTA index has not five columns",
    hint: "Make it anew: samtools faidx FILE.fa. Six columns are the index of a FASTQ, two a table of lengths.",
    example: "A line has 5 columns, this one has 2."
  }
}

export class FaiName extends Schema.TaggedError<FaiName>()("FaiName", { ...Told, name: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A name in a FASTA index is missing, appears twice or holds a blank or invisible character",
    hint: "Make it anew: samtools faidx FILE.fa.",
    example: 'The name "chr1" was used in line 1.'
  }
}

export class FaiNumber extends Schema.TaggedError<FaiNumber>()("FaiNumber", { ...Told, field: Schema.String, value: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A number in a FASTA index is none, or cannot be right",
    hint: "Make it anew: samtools faidx FILE.fa.",
    example: 'The length "12x" is no integer.'
  }
}

export class FaiMismatch extends Schema.TaggedError<FaiMismatch>()("FaiMismatch", {
  ...Told,
  name: Schema.String,
  field: Schema.Literals(["name", "length", "offset", "lineBases", "lineBytes"]),
  /** What the FASTA says; null if it has no such sequence. */
  expected: Schema.NullOr(Schema.Number),
  /** What the index says; null if it does not name the sequence. */
  actual: Schema.NullOr(Schema.Number)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A FASTA index does not fit its FASTA",
    hint: "It is older than the FASTA or of another file. Make it anew: samtools faidx FILE.fa; or leave it out, and ingest makes it from the FASTA.",
    example: 'The length of "chr1" is 56 in the FASTA and 60 in its index.'
  }
}

export type FaiProblem = FaiColumns | FaiName | FaiNumber | InvalidUtf8 | LimitExceeded

/** For the `errors` of a stage or check. */
export const faiErrors = [FaiColumns, FaiName, FaiNumber, FaiMismatch, InvalidUtf8, LimitExceeded] as const

export interface FaiFacts {
  readonly rows: ReadonlyArray<FaiRow>
  readonly problems: ReadonlyArray<FaiProblem>
  readonly problemCount: number
}

const fields = ["length", "offset", "lineBases", "lineBytes"] as const
const spoken = { name: "name", length: "length", offset: "offset", lineBases: "line bases", lineBytes: "line width" } as const

const decimal = (text: string): number => {
  if (text === "" || text.length > 32) return Number.NaN
  let value = 0
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : Number.NaN
}

/** Reads the whole text of an index. */
export const parseFai = (bytes: Buffer, path = "(fai)", limits: Limits = defaults): FaiFacts => {
  const problems = new Problems<FaiProblem>(limits.problems)
  const rows: Array<FaiRow> = []
  const names = new Map<string, number>()
  let line = 0
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(10, start)
    const next = feed < 0 ? bytes.length : feed + 1
    let end = feed < 0 ? bytes.length : feed
    if (end > start && bytes[end - 1] === 13) end--
    line++
    if (line > limits.sequences) {
      const message = `There are more than ${limits.sequences} sequences.`
      const where = { path, line, column: 1, byte: start }
      problems.add(() => new LimitExceeded({ message, where, limit: "sequences", allowed: limits.sequences, found: line }))
      break
    }
    const row = faiRow(bytes.subarray(start, end), { path, line, column: 1, byte: start }, names, limits, problems)
    if (row !== null) rows.push(row)
    start = next
  }
  return { rows, problems: problems.list, problemCount: problems.count }
}

const faiRow = (
  bytes: Buffer,
  at: Where & { readonly line: number; readonly byte: number },
  names: Map<string, number>,
  limits: Limits,
  problems: Problems<FaiProblem>
): FaiRow | null => {
  const where = (offset: number): Where => ({ ...at, column: offset + 1, byte: at.byte + offset })
  const refuse = (make: () => FaiProblem) => {
    problems.add(make)
    return null
  }
  const bad = invalidUtf8At(bytes)
  if (bad >= 0) {
    const hex = bytes[bad]!.toString(16).padStart(2, "0")
    return refuse(() => new InvalidUtf8({ message: `Byte ${hex} is not UTF-8.`, where: where(bad), bytes: hex }))
  }
  // A line without a tab in its first part is no index; what is longer than any index line is not split at all.
  const longest = limits.sequenceNameBytes + 256
  if (bytes.length > longest) {
    const message = `The line is longer than ${longest} bytes.`
    return refuse(
      () => new LimitExceeded({ message, where: where(longest), limit: "sequenceNameBytes", allowed: longest, found: bytes.length })
    )
  }
  const columns = bytes.toString("utf8").split("\t")
  if (columns.length !== 5) {
    const found = columns.length
    const culprit = found < 5 ? bytes.length : Buffer.byteLength(columns.slice(0, 5).join("\t"))
    return refuse(() => new FaiColumns({ message: `A line has 5 columns, this one has ${found}.`, where: where(culprit), found }))
  }
  const name = columns[0]!
  const known = names.get(name)
  const nameBytes = Buffer.byteLength(name)
  if (name === "" || hiddenAt(name) >= 0 || name.includes(" "))
    return refuse(
      () =>
        new FaiName({
          message: `The name ${quote(name)} is empty or holds a blank or invisible character.`,
          where: where(0),
          name: cut(name)
        })
    )
  if (known !== undefined)
    return refuse(() => new FaiName({ message: `The name ${quote(name)} was used in line ${known}.`, where: where(0), name: cut(name) }))
  const allowed = limits.sequenceNameBytes
  if (nameBytes > allowed) {
    const message = `The name ${quote(name)} has ${nameBytes} bytes, more than ${allowed}.`
    return refuse(() => new LimitExceeded({ message, where: where(0), limit: "sequenceNameBytes", allowed, found: nameBytes }))
  }
  names.set(name, at.line)
  let offset = nameBytes + 1
  const numbers: Array<number> = []
  for (const [i, field] of fields.entries()) {
    const raw = columns[i + 1]!
    const value = decimal(raw)
    const reason = Number.isNaN(value)
      ? "is no integer"
      : value === 0 && field !== "offset"
        ? "must not be 0"
        : field === "lineBytes" && value < numbers[2]!
          ? `is less than the line's ${numbers[2]} bases`
          : null
    if (reason !== null) {
      const column = where(offset)
      return refuse(
        () =>
          new FaiNumber({
            message: `The ${spoken[field]} ${quote(raw)} of ${quote(name)} ${reason}.`,
            where: column,
            field,
            value: cut(raw)
          })
      )
    }
    numbers.push(value)
    offset += Buffer.byteLength(raw) + 1
  }
  const [length, first, lineBases, lineBytes] = numbers as [number, number, number, number]
  return { name, length, offset: first, lineBases, lineBytes, line: at.line }
}

/** Reads an index file. Fails with all its problems. */
export const readFai = (
  path: string,
  limits: Limits = defaults
): Effect.Effect<ReadonlyArray<FaiRow>, ContentError | FaiProblem | Several<FaiProblem>> =>
  Effect.gen(function* () {
    const chunks: Array<Buffer> = []
    let size = 0
    yield* readContent(path, {
      limits,
      onChunk: (chunk) => {
        size += chunk.length
        if (size <= limits.jsonBytes) chunks.push(Buffer.from(chunk))
      },
      refusal: () => {
        if (size <= limits.jsonBytes) return undefined
        const message = `The index is larger than ${limits.jsonBytes} bytes.`
        return new LimitExceeded({ message, where: { path }, limit: "jsonBytes", allowed: limits.jsonBytes, found: size })
      }
    })
    const facts = parseFai(Buffer.concat(chunks), path, limits)
    return facts.problems.length > 0 ? yield* Effect.fail(several(facts.problems)) : facts.rows
  })

/** The index `samtools faidx` writes. */
export const formatFai = (sequences: Iterable<Pick<FastaSequence, "name" | "length" | "offset" | "lineBases" | "lineBytes">>): string => {
  let text = ""
  for (const s of sequences) text += `${s.name}\t${s.length}\t${s.offset}\t${s.lineBases}\t${s.lineBytes}\n`
  return text
}

/** Every difference between an index and the sequences of its FASTA; the order of lines does not count. The first `most` are told. `path` is the index's. */
export const compareFai = (
  rows: ReadonlyArray<FaiRow>,
  sequences: ReadonlyArray<FastaSequence>,
  path = "(fai)",
  most: number = defaults.problems
): ReadonlyArray<FaiMismatch> => {
  const found = new Problems<FaiMismatch>(most)
  const unseen = new Map(sequences.map((s) => [s.name, s]))
  for (const row of rows) {
    const where = { path, line: row.line }
    const sequence = unseen.get(row.name)
    unseen.delete(row.name)
    if (sequence === undefined) {
      const message = `The index names ${quote(row.name)}, which the FASTA does not have.`
      found.add(() => new FaiMismatch({ message, where, name: cut(row.name), field: "name", expected: null, actual: row.length }))
      continue
    }
    for (const field of fields) {
      if (row[field] === sequence[field]) continue
      const message = `The ${spoken[field]} of ${quote(row.name)} is ${sequence[field]} in the FASTA and ${row[field]} in its index.`
      found.add(() => new FaiMismatch({ message, where, name: cut(row.name), field, expected: sequence[field], actual: row[field] }))
    }
  }
  for (const { name, length } of unseen.values()) {
    const message = `The index does not name ${quote(name)}.`
    found.add(() => new FaiMismatch({ message, where: { path }, name: cut(name), field: "name", expected: length, actual: null }))
  }
  return found.list
}
