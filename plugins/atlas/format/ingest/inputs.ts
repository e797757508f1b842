/** Reads one input each: unpacked, hashed, checked and copied in one pass. */
import { Effect, type Scope } from "effect"
import { Several } from "atlas-run/plugin"
import { endlessLine, LineLength } from "../content/endless-line.ts"
import { type ContentFacts, readContent } from "../content/read.ts"
import type { ContentError } from "../content/failure.ts"
import type { IoDurability } from "../durable.ts"
import { compareFai, type FaiMismatch, type FaiProblem, formatFai, parseFai } from "../fai.ts"
import type { FastaProblem } from "../fasta/failure.ts"
import type { FastaSequence } from "../fasta/sequence.ts"
import { fastaScan } from "../fasta/scan.ts"
import { type FastaFacts, FastaScanner } from "../fasta/scanner.ts"
import type { Gff3Problem } from "../gff3/failure.ts"
import { type Gff3Facts, Gff3Parser } from "../gff3/parser.ts"
import type { Gff3Row } from "../gff3/row.ts"
import { LimitExceeded, limits } from "../limits.ts"
import { type PlainCopy, plainCopy } from "./plain-copy.ts"

export type OnProgress = (bytesRead: number, bytesTotal: number) => void

/** What was read, and the problems of it: one of both may be lacking. */
export interface Read<A, E> {
  readonly facts: A | undefined
  readonly problems: ReadonlyArray<E>
}

export const flat = <E>(error: E | Several<E>): ReadonlyArray<E> => (error instanceof Several ? error.errors : [error])

const isIo = (error: { readonly _tag: string }): error is IoDurability => error._tag === "IoDurability"

/** Reads into a copy; what `onChunk` gives back ends the reading. Problems of the input are values; only a copy that cannot be written fails. */
export const copied = <E extends { readonly _tag: string } = never>(
  from: string,
  to: string,
  onProgress: OnProgress,
  onChunk: (chunk: Buffer) => E | undefined | void
): Effect.Effect<Read<ContentFacts, ContentError | E>, IoDurability, Scope.Scope> =>
  Effect.gen(function* () {
    const copy: PlainCopy = yield* plainCopy(to)
    let refused: E | IoDurability | undefined
    const read = readContent<E | IoDurability>(from, {
      onChunk: (chunk) => {
        refused = copy.write(chunk) ?? onChunk(chunk) ?? undefined
      },
      refusal: () => refused,
      onProgress
    })
    return yield* read.pipe(
      Effect.tap(() => copy.finish),
      Effect.map((facts): Read<ContentFacts, ContentError | E> => ({ facts, problems: [] })),
      Effect.catch((error) => {
        if (isIo(error)) return Effect.fail(error)
        copy.close()
        return Effect.succeed({ facts: undefined, problems: [error as ContentError | E] })
      })
    )
  })

export interface FastaRead extends FastaFacts {
  readonly content: ContentFacts
}

/** Copies and scans the FASTA. */
export const readFasta = (
  from: string,
  to: string,
  onProgress: OnProgress
): Effect.Effect<Read<FastaRead, ContentError | FastaProblem>, IoDurability, Scope.Scope> =>
  Effect.gen(function* () {
    const scanner = yield* fastaScan(from)
    const { facts: content, problems } = yield* copied(from, to, onProgress, (chunk) => {
      scanner.push(chunk)
      return scanner.hopeless()
    })
    if (content === undefined)
      return { facts: undefined, problems: scanner.hopeless() === undefined ? problems : (yield* scanner.end).problems }
    const facts = yield* scanner.end
    return facts.problems.length > 0 ? { facts: undefined, problems: facts.problems } : { facts: { ...facts, content }, problems: [] }
  })

export interface FaiRead {
  readonly sha256: string
  readonly content: ContentFacts
}

/** Copies the index and holds it against the sequences, if they are known. */
export const readFai = (
  from: string,
  to: string,
  sequences: ReadonlyArray<FastaSequence> | undefined,
  onProgress: OnProgress
): Effect.Effect<Read<FaiRead, ContentError | FaiProblem | FaiMismatch>, IoDurability, Scope.Scope> =>
  Effect.gen(function* () {
    const chunks: Array<Buffer> = []
    let size = 0
    const { facts: content, problems } = yield* copied<LimitExceeded>(from, to, onProgress, (chunk) => {
      chunks.push(Buffer.from(chunk))
      size += chunk.length
      if (size <= limits.jsonBytes) return
      const message = `The index is larger than ${limits.jsonBytes} bytes.`
      return new LimitExceeded({ message, where: { path: from }, limit: "jsonBytes", allowed: limits.jsonBytes, found: size })
    })
    if (content === undefined) return { facts: undefined, problems }
    const index = parseFai(Buffer.concat(chunks), from)
    const found = index.problems.length > 0 || sequences === undefined ? index.problems : compareFai(index.rows, sequences, from)
    return found.length > 0
      ? { facts: undefined, problems: found.slice(0, limits.problems) }
      : { facts: { sha256: content.sha256, content }, problems: [] }
  })

/** Writes the index of these sequences. */
export const makeFai = (to: string, sequences: ReadonlyArray<FastaSequence>): Effect.Effect<void, IoDurability, Scope.Scope> =>
  Effect.gen(function* () {
    const copy = yield* plainCopy(to)
    const failure = copy.write(Buffer.from(formatFai(sequences)))
    if (failure !== undefined) return yield* failure
    yield* copy.finish
  })

export interface Gff3Read extends Gff3Facts {
  readonly content: ContentFacts
  /** Sequences after `##FASTA`. */
  readonly embedded: FastaFacts | undefined
}

/** Copies and parses the GFF3. Rows without problems are given out also where other rows have some; `problems` tells of those. */
export const readGff3 = (
  from: string,
  to: string,
  onRow: (row: Gff3Row) => void,
  onProgress: OnProgress,
  onProblem?: (problem: Gff3Problem) => void
): Effect.Effect<Read<Gff3Read, ContentError | Gff3Problem | FastaProblem>, IoDurability, Scope.Scope> =>
  Effect.gen(function* () {
    let scanner: FastaScanner | undefined
    const parser: Gff3Parser = new Gff3Parser(
      {
        onRow,
        onFasta: (bytes) => {
          scanner ??= new FastaScanner({ path: from, from: parser.fasta ?? { line: 1, byte: 0 }, digests: false })
          scanner.push(bytes)
        }
      },
      { path: from, ...(onProblem === undefined ? {} : { onProblem }) }
    )
    const length = new LineLength(limits.lineBytes)
    let isEndless = false
    const { facts: content, problems } = yield* copied(from, to, onProgress, (chunk) => {
      parser.push(chunk)
      isEndless = parser.fasta === null && length.isEndless(chunk)
      return isEndless ? endlessLine(from, undefined, "lineBytes", limits.lineBytes) : undefined
    })
    if (content === undefined && !isEndless) return { facts: undefined, problems }
    const facts = parser.end()
    if (content === undefined) {
      const { lines } = facts
      const isTold = onProblem === undefined && facts.problems.some(({ where }) => where?.line === lines)
      return { facts: undefined, problems: isTold ? facts.problems : [endlessLine(from, lines, "lineBytes", limits.lineBytes)] }
    }
    const embedded = scanner?.end()
    return { facts: { ...facts, content, embedded }, problems: [...facts.problems, ...(embedded?.problems ?? [])] }
  })
