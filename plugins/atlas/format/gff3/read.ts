/** A GFF3 file, from the disk to rows. */
import { Effect } from "effect"
import { type Several, several } from "atlas-run/plugin"
import type { ContentError } from "../content/failure.ts"
import { type ContentFacts, readContent } from "../content/read.ts"
import type { FastaProblem } from "../fasta/failure.ts"
import { type FastaFacts, FastaScanner } from "../fasta/scanner.ts"
import type { Limits } from "../limits.ts"
import type { Gff3Problem } from "./failure.ts"
import { type Gff3Facts, type Gff3Handlers, Gff3Parser } from "./parser.ts"

export interface ReadGff3Options {
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void
  /** Take the file in spite of problems: they are then only in the facts. Default false. */
  readonly tolerate?: boolean
  readonly limits?: Limits
}

export interface Gff3FileFacts extends Gff3Facts {
  readonly content: ContentFacts
  /** What stands after `##FASTA`, scanned as a FASTA is. */
  readonly embedded: FastaFacts | null
}

/**
 * Reads a plain, gzip or bgzip GFF3 file. Rows and directives are given to the handlers in file order, while reading: what they hold is
 * only good once the effect has succeeded. Fails with all problems of the file (the first 100).
 */
export const readGff3 = (
  path: string,
  handlers: Gff3Handlers,
  options: ReadGff3Options = {}
): Effect.Effect<Gff3FileFacts, ContentError | Gff3Problem | FastaProblem | Several<Gff3Problem | FastaProblem>> =>
  Effect.gen(function* () {
    const { limits, onProgress, tolerate = false } = options
    const narrowed = limits === undefined ? {} : { limits }
    let scanner: FastaScanner | null = null
    const parser: Gff3Parser = new Gff3Parser(
      {
        ...handlers,
        onFasta: (bytes) => {
          handlers.onFasta?.(bytes)
          scanner ??= new FastaScanner({ path, from: parser.fasta ?? { line: 1, byte: 0 }, ...narrowed })
          scanner.push(bytes)
        }
      },
      { path, ...narrowed }
    )
    const content = yield* readContent(path, {
      onChunk: (chunk) => parser.push(chunk),
      ...(onProgress === undefined ? {} : { onProgress }),
      ...narrowed
    })
    const facts = parser.end()
    const embedded = scanner === null ? null : (scanner as FastaScanner).end()
    const problems = [...facts.problems, ...(embedded?.problems ?? [])]
    if (!tolerate && problems.length > 0) return yield* Effect.fail(several(problems))
    return { ...facts, content, embedded }
  })
