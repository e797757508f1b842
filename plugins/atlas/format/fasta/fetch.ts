/** Residues of one place in a plain FASTA file, by its index. */
import { Effect, Schema, type Scope } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { compressionOf } from "../content/compression.ts"
import { type ContentError, InputChanged, InputCompression, InputUnreadable } from "../content/failure.ts"
import { openInput } from "../content/read.ts"
import { quote } from "../text.ts"
import type { FastaSequence } from "./sequence.ts"

/** Where the residues lie: a row of the index or a scanned sequence. */
export type Indexed = Pick<FastaSequence, "name" | "length" | "offset" | "lineBases" | "lineBytes">

export class FastaRange extends Schema.TaggedError<FastaRange>()("FastaRange", {
  ...Told,
  name: Schema.String,
  start: Schema.Number,
  end: Schema.Number,
  length: Schema.Number
}) {
  static readonly docs: ErrorDocs = {
    summary: "Residues were asked for that the sequence does not have",
    hint: "Places count from 1 and include both ends. A feature over the origin of a circle is fetched in two parts.",
    example: '"chr1" has 56 bases, not 57 to 60.'
  }
}

export interface FastaFile {
  /** Residues `start` to `end`, 1-based and closed, as they are written. `InputChanged` if what lies there does not fit the index. */
  readonly fetch: (sequence: Indexed, start: number, end: number) => Effect.Effect<string, FastaRange | InputChanged | InputUnreadable>
}

/** Byte of a residue (0-based) in the file. */
const placeOf = (s: Indexed, residue: number) => s.offset + Math.floor(residue / s.lineBases) * s.lineBytes + (residue % s.lineBases)

/** Residues of a piece without line ends. Null if a header or a blank lies within. */
const residuesOf = (piece: Buffer): Buffer | null => {
  let filled = 0
  for (const byte of piece) {
    if (byte === 10 || byte === 13) continue
    if (byte <= 32 || byte === 62) return null
    piece[filled++] = byte
  }
  return piece.subarray(0, filled)
}

/** Opens a plain FASTA file for many fetches; it is closed with the scope. */
export const openFasta = (path: string): Effect.Effect<FastaFile, ContentError, Scope.Scope> =>
  Effect.gen(function* () {
    const { handle } = yield* openInput(path)
    const read = (from: number, bytes: number) =>
      Effect.tryPromise({
        try: async () => {
          const buffer = Buffer.allocUnsafe(bytes)
          let filled = 0
          while (filled < bytes) {
            const { bytesRead } = await handle.read(buffer, filled, bytes - filled, from + filled)
            if (bytesRead === 0) break
            filled += bytesRead
          }
          return buffer.subarray(0, filled)
        },
        catch: (cause) => {
          const errno = cause instanceof Error && "code" in cause ? String(cause.code) : "UNKNOWN"
          return new InputUnreadable({ message: `Cannot read ${path}: ${errno}.`, where: { path }, errno })
        }
      })
    const compression = compressionOf(yield* read(0, 8))
    if (compression !== "plain") {
      const message = `${path} is compressed with ${compression}; single places are read from a plain FASTA only.`
      return yield* new InputCompression({ message, where: { path, byte: 0 }, compression })
    }
    return {
      fetch: (sequence, start, end) =>
        Effect.gen(function* () {
          const { name, length } = sequence
          if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 1 || end < start || end > length) {
            const message = `${quote(name)} has ${length} bases, not ${start} to ${end}.`
            return yield* new FastaRange({ message, where: { path }, name, start, end, length })
          }
          const from = placeOf(sequence, start - 1)
          const residues = residuesOf(yield* read(from, placeOf(sequence, end - 1) - from + 1))
          if (residues === null || residues.length !== end - start + 1) {
            const message = `${path} does not hold ${quote(name)} where its index says: the file was changed, or the index is of another one.`
            return yield* new InputChanged({ message, where: { path, byte: from } })
          }
          return residues.toString("latin1")
        })
    }
  })

/** One fetch from a plain FASTA file; 1-based and closed. */
export const fetchResidues = (
  path: string,
  sequence: Indexed,
  start: number,
  end: number
): Effect.Effect<string, ContentError | FastaRange> =>
  Effect.scoped(Effect.flatMap(openFasta(path), (file) => file.fetch(sequence, start, end)))
