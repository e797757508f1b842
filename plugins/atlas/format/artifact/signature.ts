/** The dataset signature: a Merkle root over the genes and one over the transcripts (dataset contract §2.12). */
import { compareCodePoints } from "../canonical-json.ts"
import type { GeneRow, TranscriptRow } from "../model/gene-model.ts"
import { sha256 } from "./sha256.ts"

/** Pairs are hashed as the text of both; an odd tail is paired with itself; a single leaf is the root. */
export const merkleRoot = (leaves: ReadonlyArray<string>): string => {
  if (leaves.length === 0) return sha256("")
  let level = leaves
  while (level.length > 1) {
    const above: Array<string> = []
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] ?? ""
      above.push(sha256(left + (level[i + 1] ?? left)))
    }
    level = above
  }
  return level[0] ?? ""
}

/** The transcript fields that are also in transcript_summary. */
export type SummaryTranscript = Omit<TranscriptRow, "sequence_length" | "spliced_length" | "cds_span_length">

// Keys in byte order: JSON.stringify of these is canonical JSON.
const geneLeaf = (g: GeneRow): string =>
  sha256(
    JSON.stringify({
      biotype: g.biotype,
      cds_present: g.cds_present,
      end: g.end,
      exon_count: g.exon_count,
      gene_id: g.gene_id,
      gene_name: g.gene_name,
      seqid: g.seqid,
      sequence_length: g.sequence_length,
      start: g.start,
      total_exon_span: g.total_exon_span,
      transcript_count: g.transcript_count
    })
  )

const ingestLeaf = (t: TranscriptRow): string =>
  sha256(
    JSON.stringify({
      biotype: t.biotype,
      cds_present: t.cds_present,
      cds_span_length: t.cds_span_length,
      end: t.end,
      exon_count: t.exon_count,
      parent_gene_id: t.parent_gene_id,
      seqid: t.seqid,
      sequence_length: t.sequence_length,
      spliced_length: t.spliced_length,
      start: t.start,
      total_exon_span: t.total_exon_span,
      transcript_id: t.transcript_id,
      transcript_type: t.transcript_type
    })
  )

const deepLeaf = (t: SummaryTranscript): string =>
  sha256(
    JSON.stringify({
      biotype: t.biotype === "" ? null : t.biotype,
      cds_present: t.cds_present,
      end: t.end,
      exon_count: t.exon_count,
      parent_gene_id: t.parent_gene_id,
      seqid: t.seqid,
      start: t.start,
      total_exon_span: t.total_exon_span,
      transcript_id: t.transcript_id,
      transcript_type: t.transcript_type
    })
  )

const signature = (genes: ReadonlyArray<string>, transcripts: ReadonlyArray<string>): string =>
  sha256(
    JSON.stringify({
      gene_count: genes.length,
      gene_table_hash: merkleRoot(genes),
      transcript_count: transcripts.length,
      transcript_table_hash: merkleRoot(transcripts)
    })
  )

/** Thirteen fields a transcript, rows in the model's order: what qc.json records. */
export const ingestSignature = (genes: ReadonlyArray<GeneRow>, transcripts: ReadonlyArray<TranscriptRow>): string =>
  signature(genes.map(geneLeaf), transcripts.map(ingestLeaf))

interface Placed {
  readonly seqid: string
  readonly start: number
  readonly end: number
}

const inSqlOrder = <A extends Placed>(rows: ReadonlyArray<A>, id: (row: A) => string): ReadonlyArray<A> =>
  rows.toSorted((a, b) => compareCodePoints(a.seqid, b.seqid) || a.start - b.start || a.end - b.end || compareCodePoints(id(a), id(b)))

/** Ten fields a transcript, ordered by sequence, start, end, id: recomputable from the database, and what our manifest stores. */
export const deepSignature = (genes: ReadonlyArray<GeneRow>, transcripts: ReadonlyArray<SummaryTranscript>): string =>
  signature(inSqlOrder(genes, (g) => g.gene_id).map(geneLeaf), inSqlOrder(transcripts, (t) => t.transcript_id).map(deepLeaf))
