/** Which genome a FASTA must be: digests that its declaration states, held against those it has. */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import type { FastaSequence, SequenceCollection } from "../fasta/sequence.ts"
import { cut, quote } from "../text.ts"

/** A seqcol digest, without prefix. */
export const SeqcolDigest = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{32}$/))
const Hex = Schema.String.check(Schema.isPattern(/^[0-9a-f]{32}$/))
const Sq = Schema.String.check(Schema.isPattern(/^SQ\.[A-Za-z0-9_-]{32}$/))
/** By name of sequence; a text alone is of the genome's only one. */
export const SequenceMd5 = Schema.Union([Hex, Schema.Record(Schema.String, Hex)])
export const SequenceRefget = Schema.Union([Sq, Schema.Record(Schema.String, Sq)])
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

/** All that is stated must hold. `md5` and `refget` are by name of sequence; a text alone is of the genome's only sequence. */
export const GenomeExpectation = Schema.Struct({
  seqcol: Schema.optionalKey(SeqcolDigest).annotate({ description: "seqcol digest: names, sequences and their order" }),
  sortedNameLengthPairs: Schema.optionalKey(SeqcolDigest).annotate({ description: "seqcol's digest of names and lengths in any order" }),
  md5: Schema.optionalKey(SequenceMd5).annotate({ description: "MD5 of sequences, as in SAM headers (M5)" }),
  refget: Schema.optionalKey(SequenceRefget).annotate({ description: "refget ids of sequences (SQ.…)" }),
  sequences: Schema.optionalKey(Count).annotate({ description: "how many sequences" }),
  bases: Schema.optionalKey(Count).annotate({ description: "residues of all sequences" })
})
export type GenomeExpectation = typeof GenomeExpectation.Type

export class GenomeUnexpected extends Schema.TaggedError<GenomeUnexpected>()("GenomeUnexpected", {
  ...Told,
  /** A key of the expectation, with the sequence's name where it is of one: `md5 of "chrI"`. */
  what: Schema.String,
  expected: Schema.String,
  /** Null where the FASTA has nothing of the kind. */
  found: Schema.NullOr(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "The FASTA is another genome than its declaration expects",
    hint: "It may be another version, or the sequences are named or ordered otherwise: `atlas-dataset compare A B` tells. If it is the right one, mend the expectation.",
    example: "The genome's seqcol is D_UKG7qCQeCA2fkDY3HtgRkheAbf6okW, expected was mEZr4cFb1lK0a5rFZqUk_Wddzf0xJ9Wc."
  }
}

export interface KnownGenome {
  readonly sequences: ReadonlyArray<Pick<FastaSequence, "name" | "md5" | "refget">>
  /** Null where the FASTA is not well formed: then no digest holds. */
  readonly collection: SequenceCollection | null
  readonly residues: number
}

/** Everything that is not as stated; nothing if all is. `path` is the FASTA's. */
export const unexpectedIn = (expected: GenomeExpectation, genome: KnownGenome, path: string): ReadonlyArray<GenomeUnexpected> => {
  const wrong: Array<GenomeUnexpected> = []
  const hold = (what: string, wanted: string | number | undefined, found: string | number | undefined) => {
    if (wanted === undefined || wanted === found) return
    const message =
      found === undefined
        ? `The genome has no ${what}, expected was ${wanted}.`
        : `The genome's ${what} is ${found}, expected was ${wanted}.`
    wrong.push(
      new GenomeUnexpected({
        message,
        where: { path },
        what: cut(what, 200),
        expected: String(wanted),
        found: found === undefined ? null : String(found)
      })
    )
  }
  const sound = genome.collection !== null
  const only = genome.sequences.length === 1 && sound ? genome.sequences[0] : undefined
  const byName = new Map(sound ? genome.sequences.map((s) => [s.name, s] as const) : [])
  hold("seqcol", expected.seqcol, genome.collection?.digest)
  hold("sortedNameLengthPairs", expected.sortedNameLengthPairs, genome.collection?.sortedNameLengthPairs)
  for (const field of ["md5", "refget"] as const) {
    const wanted = expected[field]
    if (typeof wanted === "string") hold(`${field} of one sequence`, wanted, only?.[field])
    else for (const [name, digest] of Object.entries(wanted ?? {})) hold(`${field} of ${quote(name)}`, digest, byName.get(name)?.[field])
  }
  hold("sequences", expected.sequences, genome.sequences.length)
  hold("bases", expected.bases, genome.residues)
  return wrong
}
