/** Rows of a gene model as a spool holds them: the values of many rows of one sequence in one JSON list, without the sequence. */
import type { CdsSegment, ExonRow, GeneRow, TranscriptRow } from "../model/gene-model.ts"

type Value = string | number | null

export interface RowCodec<Row> {
  readonly width: number
  readonly put: (row: Row, into: Array<Value>) => void
  readonly take: (values: ReadonlyArray<never>, at: number, seqid: string) => Row
}

export const geneCodec: RowCodec<GeneRow> = {
  width: 10,
  put: (g, into) =>
    into.push(
      g.gene_id,
      g.gene_name,
      g.biotype,
      g.start,
      g.end,
      g.transcript_count,
      g.exon_count,
      g.total_exon_span,
      g.cds_present ? 1 : 0,
      g.sequence_length
    ),
  take: (v, i, seqid) => ({
    gene_id: v[i]!,
    gene_name: v[i + 1]!,
    biotype: v[i + 2]!,
    seqid,
    start: v[i + 3]!,
    end: v[i + 4]!,
    transcript_count: v[i + 5]!,
    exon_count: v[i + 6]!,
    total_exon_span: v[i + 7]!,
    cds_present: v[i + 8] === 1,
    sequence_length: v[i + 9]!
  })
}

export const transcriptCodec: RowCodec<TranscriptRow> = {
  width: 12,
  put: (t, into) =>
    into.push(
      t.transcript_id,
      t.parent_gene_id,
      t.transcript_type,
      t.biotype,
      t.start,
      t.end,
      t.exon_count,
      t.total_exon_span,
      t.cds_present ? 1 : 0,
      t.sequence_length,
      t.spliced_length,
      t.cds_span_length
    ),
  take: (v, i, seqid) => ({
    transcript_id: v[i]!,
    parent_gene_id: v[i + 1]!,
    transcript_type: v[i + 2]!,
    biotype: v[i + 3]!,
    seqid,
    start: v[i + 4]!,
    end: v[i + 5]!,
    exon_count: v[i + 6]!,
    total_exon_span: v[i + 7]!,
    cds_present: v[i + 8] === 1,
    sequence_length: v[i + 9]!,
    spliced_length: v[i + 10]!,
    cds_span_length: v[i + 11]!
  })
}

export const exonCodec: RowCodec<ExonRow> = {
  width: 5,
  put: (e, into) => into.push(e.exon_id, e.transcript_id, e.start, e.end, e.exon_length),
  take: (v, i, seqid) => ({ exon_id: v[i]!, transcript_id: v[i + 1]!, seqid, start: v[i + 2]!, end: v[i + 3]!, exon_length: v[i + 4]! })
}

export const cdsCodec: RowCodec<CdsSegment> = {
  width: 6,
  put: (c, into) => into.push(c.cds_id, c.transcript_id, c.start, c.end, c.cds_length, c.phase),
  take: (v, i, seqid) => ({
    cds_id: v[i]!,
    transcript_id: v[i + 1]!,
    seqid,
    start: v[i + 2]!,
    end: v[i + 3]!,
    cds_length: v[i + 4]!,
    phase: v[i + 5]!
  })
}

/** Rows [from, to), which are of one sequence, as text. */
export const encodeRows = <Row>({ put }: RowCodec<Row>, rows: ReadonlyArray<Row>, from: number, to: number): string => {
  const values: Array<Value> = []
  for (let i = from; i < to; i++) put(rows[i]!, values)
  return JSON.stringify(values)
}

/** What `encodeRows` made into text. */
export const decodeRows = <Row>({ width, take }: RowCodec<Row>, text: string, seqid: string): ReadonlyArray<Row> => {
  const values = JSON.parse(text) as ReadonlyArray<never>
  const rows: Array<Row> = []
  for (let i = 0; i < values.length; i += width) rows.push(take(values, i, seqid))
  return rows
}
