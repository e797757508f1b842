/** Rows of a gene-summary database as the gene model's. */
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite"
import type { ContigRow, ExonRow, GeneRow, TranscriptRow } from "../model/gene-model.ts"

type Row = Record<string, SQLOutputValue>

const text = (row: Row, column: string): string => String(row[column])
const number = (row: Row, column: string): number => Number(row[column])
const optional = (row: Row, column: string): number | null => (row[column] === null ? null : Number(row[column]))

const geneOf = (row: Row): GeneRow => ({
  gene_id: text(row, "gene_id"),
  gene_name: text(row, "name"),
  biotype: text(row, "biotype"),
  seqid: text(row, "seqid"),
  start: number(row, "start"),
  end: number(row, "end"),
  transcript_count: number(row, "transcript_count"),
  exon_count: number(row, "exon_count"),
  total_exon_span: number(row, "total_exon_span"),
  cds_present: number(row, "cds_present") === 1,
  sequence_length: number(row, "sequence_length")
})

const transcriptOf = (row: Row): TranscriptRow => ({
  transcript_id: text(row, "transcript_id"),
  parent_gene_id: text(row, "parent_gene_id"),
  transcript_type: text(row, "transcript_type"),
  biotype: row["biotype"] === null ? null : text(row, "biotype"),
  seqid: text(row, "seqid"),
  start: number(row, "start"),
  end: number(row, "end"),
  exon_count: number(row, "exon_count"),
  total_exon_span: number(row, "total_exon_span"),
  cds_present: number(row, "cds_present") === 1,
  sequence_length: number(row, "sequence_length"),
  spliced_length: optional(row, "spliced_length"),
  cds_span_length: optional(row, "cds_length")
})

const exonOf = (row: Row): ExonRow => ({
  exon_id: text(row, "exon_id"),
  transcript_id: text(row, "transcript_id"),
  seqid: text(row, "seqid"),
  start: number(row, "start"),
  end: number(row, "end"),
  exon_length: number(row, "exon_length")
})

/** All genes in the model's order. */
export const allGenes = (database: DatabaseSync): ReadonlyArray<GeneRow> =>
  database.prepare("SELECT * FROM gene_summary ORDER BY id").all().map(geneOf)

/** All transcripts in the model's order. */
export const allTranscripts = (database: DatabaseSync): ReadonlyArray<TranscriptRow> =>
  database.prepare("SELECT * FROM transcripts ORDER BY id").all().map(transcriptOf)

/** All sequences by name. */
export const allSequences = (database: DatabaseSync): ReadonlyArray<ContigRow> =>
  database
    .prepare("SELECT name, length FROM contigs ORDER BY name")
    .all()
    .map((row) => ({ name: text(row, "name"), length: number(row, "length") }))

/** Exons one by one, in the model's order. */
export function* eachExon(database: DatabaseSync): Generator<ExonRow> {
  for (const row of database.prepare("SELECT * FROM exons ORDER BY id").iterate()) yield exonOf(row)
}

/** Looks up a gene with its transcripts and their exons, by index. */
export class GeneLookup {
  readonly #gene: StatementSync
  readonly #transcripts: StatementSync
  readonly #exons: StatementSync

  constructor(database: DatabaseSync) {
    this.#gene = database.prepare("SELECT * FROM gene_summary WHERE gene_id = ?")
    this.#transcripts = database.prepare("SELECT * FROM transcripts WHERE parent_gene_id = ?")
    this.#exons = database.prepare("SELECT * FROM exons WHERE transcript_id = ?")
  }

  gene(id: string): GeneRow | undefined {
    const row = this.#gene.get(id)
    return row === undefined ? undefined : geneOf(row)
  }

  transcripts(gene: string): ReadonlyArray<TranscriptRow> {
    return this.#transcripts.all(gene).map(transcriptOf)
  }

  exons(transcript: string): ReadonlyArray<ExonRow> {
    return this.#exons.all(transcript).map(exonOf)
  }
}
