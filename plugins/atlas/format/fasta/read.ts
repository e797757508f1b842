/** A FASTA file, from the disk to its sequences' facts. */
import { Effect, Result } from "effect"
import { type Several, several } from "atlas-run/plugin"
import type { ContentError } from "../content/failure.ts"
import { type ContentFacts, readContent } from "../content/read.ts"
import type { Limits } from "../limits.ts"
import type { FastaProblem } from "./failure.ts"
import { fastaScan } from "./scan.ts"
import { type FastaFacts, type FastaOptions, FastaScanner } from "./scanner.ts"

export interface ScanFastaOptions {
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void
  /** Also gets the plain bytes, e.g. to keep a copy. The buffer is used again. */
  readonly onChunk?: (chunk: Buffer) => void
  /** Default true. */
  readonly digests?: boolean
  readonly limits?: Limits
}

export interface FastaFileFacts extends FastaFacts {
  readonly content: ContentFacts
}

/** Scans a plain, gzip or bgzip FASTA file once. Fails with all its problems (the first 100). Offsets are of the plain text. */
export const scanFasta = (
  path: string,
  options: ScanFastaOptions = {}
): Effect.Effect<FastaFileFacts, ContentError | FastaProblem | Several<FastaProblem>> =>
  Effect.gen(function* () {
    const { onChunk, onProgress, digests = true, limits } = options
    const narrowed = limits === undefined ? {} : { limits }
    const scanner = yield* fastaScan(path, { digests, ...narrowed })
    const read = yield* Effect.result(
      readContent(path, {
        onChunk: (chunk) => {
          scanner.push(chunk)
          onChunk?.(chunk)
        },
        refusal: scanner.hopeless,
        ...(onProgress === undefined ? {} : { onProgress }),
        ...narrowed
      })
    )
    if (Result.isFailure(read) && scanner.hopeless() === undefined) return yield* Effect.fail(read.failure)
    const facts = yield* scanner.end
    if (facts.problems.length > 0 || Result.isFailure(read)) return yield* Effect.fail(several(facts.problems))
    return { ...facts, content: read.success }
  }).pipe(Effect.scoped)

/** Scans plain text that is already in memory, in pieces. */
export const scanFastaChunks = (
  chunks: Iterable<Buffer>,
  options: FastaOptions = {}
): Effect.Effect<FastaFacts, FastaProblem | Several<FastaProblem>> =>
  Effect.suspend(() => {
    const scanner = new FastaScanner(options)
    for (const chunk of chunks) scanner.push(chunk)
    const facts = scanner.end()
    return facts.problems.length > 0 ? Effect.fail(several(facts.problems)) : Effect.succeed(facts)
  })
