/** Flags of `ingest` that say which genome the FASTA must be. */
import { Option, Schema } from "effect"
import { type GenomeExpectation, SeqcolDigest, SequenceMd5, SequenceRefget } from "../format/seqcol/expectation.ts"
import { type Flag, optional, type Reading, type Values } from "./flag.ts"

/** By the schema that a config's `expect` is decoded by. */
const decoded =
  <A, E>(schema: Schema.Codec<A, E>, wants: string, encodedOf: (text: string) => unknown = (text) => text) =>
  (text: string): Reading<A> => {
    const value = Schema.decodeUnknownOption(schema)(encodedOf(text))
    return Option.isSome(value) ? { ok: value.value } : { wrong: `wants ${wants}, not ${JSON.stringify(text.slice(0, 100))}` }
  }

const seqcol = (help: string): Flag<string | undefined> =>
  optional("DIGEST", help, decoded(SeqcolDigest, "the 32 characters of a seqcol digest"))

/** `DIGEST`, or `NAME=DIGEST,…`; a name may hold `=`. */
const byName = (text: string): unknown => {
  const pairs = text.split(",").map((pair): readonly [string, string] => {
    const at = pair.lastIndexOf("=")
    return [pair.slice(0, Math.max(0, at)), pair.slice(at + 1)]
  })
  return pairs.every(([name]) => name === "") ? text : pairs.some(([name]) => name === "") ? undefined : Object.fromEntries(pairs)
}

export const expectFlags = {
  "expect-seqcol": seqcol("the seqcol digest that the genome must have"),
  "expect-name-length-pairs": seqcol("seqcol's digest of its names and lengths in any order (sorted_name_length_pairs)"),
  "expect-md5": optional(
    "[NAME=]MD5,…",
    "MD5 of its sequences by name, as in SAM headers; without a name, of its only sequence",
    decoded(SequenceMd5, "an MD5 in lower case, or names of sequences with theirs (chrI=…,chrII=…)", byName)
  ),
  "expect-refget": optional(
    "[NAME=]SQ.…,…",
    "refget ids of its sequences, likewise",
    decoded(SequenceRefget, "a refget id, or names of sequences with theirs (chrI=SQ.…)", byName)
  )
} as const

export const expectationOf = (flags: Values<typeof expectFlags>): GenomeExpectation => {
  const { "expect-seqcol": seqcol, "expect-name-length-pairs": pairs, "expect-md5": md5, "expect-refget": refget } = flags
  return {
    ...(seqcol === undefined ? {} : { seqcol }),
    ...(pairs === undefined ? {} : { sortedNameLengthPairs: pairs }),
    ...(md5 === undefined ? {} : { md5 }),
    ...(refget === undefined ? {} : { refget })
  }
}
