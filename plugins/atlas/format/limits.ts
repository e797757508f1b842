/**
 * The one table of what a reader of inputs takes. Each figure has its source; a reader may be given a narrower table (tests do).
 * What is beyond a limit is `LimitExceeded`, never a crash: memory and time stay bounded whatever the file holds.
 */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"

export const limits = {
  /** Bytes of a GFF3 line without its end. The reference takes 1,000,000 (contract §2.4). */
  lineBytes: 1_000_000,
  /** Attributes of one row. The reference takes 4096 (contract §2.4). */
  attributesPerRow: 4096,
  /** Bytes of an ID or of one Parent, decoded. Own choice: the longest published ids stay under 200. */
  idBytes: 1024,
  /** Parents of one row. Own choice: the most spliced human exons have under 300. */
  parentsPerRow: 1024,
  /** Steps of Parent above a row. Own choice: published annotations have four. Looking for a gene takes as many for each row. */
  parentDepth: 100,
  /** Bytes of a sequence name. The reference takes 255 (contract §2.3). */
  sequenceNameBytes: 255,
  /** Bytes of a FASTA header line. As for GFF3 lines. */
  headerBytes: 1_000_000,
  /** Sequences of one FASTA or FAI. Own choice: about 0.4 kB each in memory, within the heap a stage gets. */
  sequences: 2_000_000,
  /** Greatest coordinate, length or offset: integers a double holds exactly (reliability.md §3.10). */
  coordinate: Number.MAX_SAFE_INTEGER,
  /** Bytes a compressed input may unpack to. Own choice: three times the largest genome known as FASTA. */
  plainBytes: 256 * 2 ** 30,
  /** Plain bytes for one compressed byte, looked at once `ratioFromBytes` came out. Own choice: GFF3 and FASTA reach 4 to 30, deflate's end is 1032. */
  ratio: 200,
  ratioFromBytes: 64 * 2 ** 20,
  /** Members (bgzip blocks) of one gzip file: `plainBytes` in bgzip's blocks of 64 KiB. */
  gzipMembers: 4_194_304,
  /** Bytes of one gzip member's header. A name and a comment fit; RFC 1952 sets no end. */
  gzipHeaderBytes: 131_072,
  /** Bytes of a JSON document that is read whole. Own choice: below half of the longest string Node makes. */
  jsonBytes: 256 * 2 ** 20,
  /** Nesting of a JSON document. serde_json, which the reference reads with, takes 127 levels below the first. */
  jsonDepth: 128,
  /** Problems told one by one (of a gene model: of each kind); further ones are counted. Own choice: more than anyone reads. */
  problems: 1000,
  /** Rows that a lenient reading leaves out. Own choice: about 0.3 kB each in memory and in each of three evidence files. */
  rejections: 500_000
} as const

export type Limits = { readonly [K in keyof typeof limits]: number }

/** An input is larger than a reader takes. `limit` is a key of the table; `found` is at least this much. */
export class LimitExceeded extends Schema.TaggedError<LimitExceeded>()("LimitExceeded", {
  ...Told,
  limit: Schema.String,
  allowed: Schema.Number,
  found: Schema.Number
}) {
  static readonly docs: ErrorDocs = {
    summary: "An input is larger than its reader takes",
    hint: "Look at the place: such sizes come from a damaged file or from one that is not of this format.",
    example: "The line is longer than 1000000 bytes."
  }
}
