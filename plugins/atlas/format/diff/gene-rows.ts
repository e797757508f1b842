/** Genes of a gene-summary database as one ordered stream: what release_gene_index.json tells of them, and what its signature is made of. */
import type { DatabaseSync } from "node:sqlite"
import { geneIndexSignature } from "../artifact/identity.ts"
import { compareCodePoints } from "../canonical-json.ts"

/** One row of gene_summary. Coordinates are 1-based and inclusive. */
export interface GeneRow {
  readonly id: string
  readonly name: string
  readonly biotype: string
  readonly seqid: string
  readonly start: number
  readonly end: number
  /** How many transcripts it has. */
  readonly transcripts: number
}

/** The table is not of the format; the reader of the database tells where. */
export class GeneRowsInvalid extends Error {}

const select = `SELECT gene_id, name, biotype, seqid, start, "end", transcript_count FROM gene_summary
  ORDER BY gene_id, seqid, start, "end", name, biotype, transcript_count`

const text = (value: unknown): string => {
  if (typeof value !== "string") throw new GeneRowsInvalid("gene_summary has a row whose texts are not texts")
  return value
}

const integer = (value: unknown): number => {
  if (typeof value !== "number" || !Number.isSafeInteger(value))
    throw new GeneRowsInvalid("gene_summary has a row whose numbers are not integers")
  return value
}

/** In the order of their ids by code points, rows of one id by place. Holds one row at a time. */
export function* geneRows(database: DatabaseSync): Generator<GeneRow, void, void> {
  let last = ""
  for (const row of database.prepare(select).iterate()) {
    const id = text(row["gene_id"])
    // SQLite orders bytes: a text that is no UTF-8 would be read as another.
    if (compareCodePoints(last, id) > 0) throw new GeneRowsInvalid("gene_summary has a gene_id that is not UTF-8")
    last = id
    yield {
      id,
      name: text(row["name"]),
      biotype: text(row["biotype"]),
      seqid: text(row["seqid"]),
      start: integer(row["start"]),
      end: integer(row["end"]),
      transcripts: integer(row["transcript_count"])
    }
  }
}

/** Its signature in release_gene_index.json (dataset contract §2.14). */
export const signatureOf = ({ id, name, biotype, seqid, start, end, transcripts }: GeneRow): string =>
  geneIndexSignature({ gene_id: id, name, biotype, seqid, start, end, transcript_count: transcripts })
