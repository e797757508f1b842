/** The dataset signature: a Merkle root over the genes and one over the transcripts (dataset contract §2.12). */
import { compareCodePoints } from "../canonical-json.ts"
import type { GeneRow, TranscriptRow } from "../model/gene-model.ts"
import { sha256 } from "./sha256.ts"

/** Pairs are hashed as the text of both; an odd tail is paired with itself; a single leaf is the root. Memory: one node a level. */
export class MerkleTree {
  leaves = 0
  /** From the leaves up, the node that waits for its neighbour. */
  readonly #waiting: Array<string | undefined> = []

  add(leaf: string): void {
    this.leaves++
    let node = leaf
    let level = 0
    for (; this.#waiting[level] !== undefined; level++) {
      node = sha256(this.#waiting[level] + node)
      this.#waiting[level] = undefined
    }
    this.#waiting[level] = node
  }

  root(): string {
    if (this.leaves === 0) return sha256("")
    let tail: string | undefined
    for (const [level, waiting] of this.#waiting.entries()) {
      const nodes = waiting === undefined ? tail : tail === undefined ? waiting : sha256(waiting + tail)
      if (nodes === undefined || level === this.#waiting.length - 1) tail = nodes
      else tail = waiting !== undefined && tail !== undefined ? nodes : sha256(nodes + nodes)
    }
    return tail ?? ""
  }
}

export const merkleRoot = (leaves: Iterable<string>): string => {
  const tree = new MerkleTree()
  for (const leaf of leaves) tree.add(leaf)
  return tree.root()
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

const signature = <T>(genes: Iterable<GeneRow>, transcripts: Iterable<T>, transcriptLeaf: (transcript: T) => string): string => {
  const [geneTree, transcriptTree] = [new MerkleTree(), new MerkleTree()]
  for (const gene of genes) geneTree.add(geneLeaf(gene))
  for (const transcript of transcripts) transcriptTree.add(transcriptLeaf(transcript))
  return sha256(
    JSON.stringify({
      gene_count: geneTree.leaves,
      gene_table_hash: geneTree.root(),
      transcript_count: transcriptTree.leaves,
      transcript_table_hash: transcriptTree.root()
    })
  )
}

/** Thirteen fields a transcript, rows in the model's order: what qc.json records. */
export const ingestSignature = (genes: Iterable<GeneRow>, transcripts: Iterable<TranscriptRow>): string =>
  signature(genes, transcripts, ingestLeaf)

/** Ten fields a transcript, recomputable from the database, and what our manifest stores; rows ordered by sequence, start, end, id. */
export const deepSignatureInOrder = (genes: Iterable<GeneRow>, transcripts: Iterable<SummaryTranscript>): string =>
  signature(genes, transcripts, deepLeaf)

interface Placed {
  readonly seqid: string
  readonly start: number
  readonly end: number
}

const inSqlOrder = <A extends Placed>(rows: ReadonlyArray<A>, id: (row: A) => string): ReadonlyArray<A> =>
  rows.toSorted((a, b) => compareCodePoints(a.seqid, b.seqid) || a.start - b.start || a.end - b.end || compareCodePoints(id(a), id(b)))

/** The same of rows in any order. */
export const deepSignature = (genes: ReadonlyArray<GeneRow>, transcripts: ReadonlyArray<SummaryTranscript>): string =>
  deepSignatureInOrder(
    inSqlOrder(genes, (g) => g.gene_id),
    inSqlOrder(transcripts, (t) => t.transcript_id)
  )
