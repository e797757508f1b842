/** What `inspect` tells of a file or folder. Absent is what a thing of its kind does not have, or what could not be read. */
import { Schema } from "effect"
import { DatasetParts } from "../dataset-id.ts"
import type { Quirk } from "../reference/published.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const InspectedKind = Schema.Literals([
  "gff3",
  "fasta",
  "fai",
  "build-root",
  "build-roots",
  "published-dataset",
  "serving-store",
  "pack",
  "unpacked-pack",
  "dataset-manifest",
  "manifest-lock",
  "catalog",
  "alias",
  "latest-alias",
  "gene-summary"
])
export type InspectedKind = typeof InspectedKind.Type

/** `length` in bases, `genes` that lie on it, `rows` of a GFF3; `md5` and `refget` (`SQ.…`) are of its upper-case residues. */
export const InspectedSequence = Schema.Struct({
  name: Schema.String,
  length: Schema.optionalKey(Count),
  genes: Schema.optionalKey(Count),
  rows: Schema.optionalKey(Count),
  md5: Schema.optionalKey(Schema.String),
  refget: Schema.optionalKey(Schema.String)
})
export type InspectedSequence = typeof InspectedSequence.Type

/** A sequence collection by GA4GH seqcol 1.0.0: its digest and those of level 1. */
export const InspectedCollection = Schema.Struct({
  digest: Schema.String,
  names: Schema.String,
  lengths: Schema.String,
  sequences: Schema.String,
  nameLengthPairs: Schema.String,
  sortedNameLengthPairs: Schema.String,
  sortedSequences: Schema.String
})

export const Inspected = Schema.Struct({
  path: Schema.String,
  kind: InspectedKind,
  dataset: Schema.optionalKey(DatasetParts),
  /** Who wrote a dataset, and in which of the two forms that manifests have. */
  writtenBy: Schema.optionalKey(
    Schema.Struct({
      writer: Schema.Literals(["atlas-run", "bijux-atlas", "unknown"]),
      dialect: Schema.Literals(["main", "released"]),
      version: Schema.String
    })
  ),
  compression: Schema.optionalKey(Schema.Literals(["plain", "gzip", "bgzip"])),
  /** By what is counted: genes, transcripts, exons, rows, sequences, bases, datasets, … */
  counts: Schema.Record(Schema.String, Count),
  /** SHA-256, lower-case hex, by file or by what was hashed. */
  digests: Schema.Record(Schema.String, Schema.String),
  /** Feature types of a GFF3, most frequent first. */
  types: Schema.optionalKey(Schema.Array(Schema.Struct({ type: Schema.String, rows: Count }))),
  /** The first ones; `counts.sequences` is of all. */
  sequences: Schema.optionalKey(Schema.Array(InspectedSequence)),
  collection: Schema.optionalKey(InspectedCollection),
  /** Datasets of a folder; `promoted` says whether a catalog has it. */
  datasets: Schema.optionalKey(Schema.Array(Schema.Struct({ dataset: DatasetParts, promoted: Schema.optionalKey(Schema.Boolean) }))),
  aliases: Schema.optionalKey(Schema.Array(Schema.Struct({ alias: Schema.String, dataset: DatasetParts })))
})
export type Inspected = typeof Inspected.Type

/** Any typed error. */
export interface InspectProblem {
  readonly _tag: string
  readonly message: string
}

/** What it is, what is wrong with it, and what is known of the program that wrote it. */
export interface Inspection {
  readonly inspected: Inspected
  readonly quirks?: ReadonlyArray<Quirk>
  readonly problems: ReadonlyArray<InspectProblem>
}

export interface InspectHooks {
  /** Bytes on disk, read so far and in all. */
  readonly progress?: (bytesRead: number, bytesTotal: number) => void
}

/** Entries told one by one; further ones are counted only. Own choice: more than anyone reads, small enough to hold. */
export const inspectLimits = { sequences: 10_000, types: 1_000, datasets: 10_000, aliases: 1_000 } as const
