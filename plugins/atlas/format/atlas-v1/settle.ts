/** From candidates to rows: one gene an id, one transcript an id, counts summed, everything in order (dataset contract §2.6, after the loop). */
import { compareCodePoints } from "../canonical-json.ts"
import type { CdsSegment, ExonRow, GeneRow, TranscriptRow } from "../model/gene-model.ts"
import type { AnomalyBook } from "./anomaly-book.ts"
import type { Child, Extracted, GeneCandidate, TranscriptCandidate } from "./extract.ts"
import { AtlasV1Feature, Gff3DuplicateTranscriptId } from "./failure.ts"
import type { AtlasV1Options } from "./options.ts"
import { refuse } from "./refuse.ts"
import { setText } from "./text.ts"

export interface Settled {
  readonly genes: ReadonlyArray<GeneRow>
  readonly transcripts: ReadonlyArray<TranscriptRow>
  readonly exons: ReadonlyArray<ExonRow>
  readonly cds: ReadonlyArray<CdsSegment>
}

/** What the children of a transcript sum up to. */
interface Sums {
  exons: number
  span: number
  cds: boolean
}

const lengthOf = ({ start, end }: { readonly start: number; readonly end: number }): number => end - start + 1

const bySmallest = (a: GeneCandidate, b: GeneCandidate): number =>
  compareCodePoints(a.seqid, b.seqid) ||
  a.row.start - b.row.start ||
  a.row.end - b.row.end ||
  compareCodePoints(a.name, b.name) ||
  compareCodePoints(a.biotype, b.biotype)

const byPlace = (a: TranscriptCandidate, b: TranscriptCandidate): number =>
  compareCodePoints(a.seqid, b.seqid) || a.row.start - b.row.start || a.row.end - b.row.end || compareCodePoints(a.parent, b.parent)

const grouped = <A extends { readonly id: string }>(candidates: ReadonlyArray<A>): ReadonlyArray<readonly [string, Array<A>]> => {
  const groups = new Map<string, Array<A>>()
  for (const candidate of candidates) {
    const group = groups.get(candidate.id)
    if (group === undefined) groups.set(candidate.id, [candidate])
    else group.push(candidate)
  }
  return [...groups].sort(([a], [b]) => compareCodePoints(a, b))
}

const inOrder = <A extends { readonly seqid: string; readonly start: number }>(rows: Array<A>, id: (row: A) => string): ReadonlyArray<A> =>
  rows.sort((a, b) => compareCodePoints(a.seqid, b.seqid) || a.start - b.start || compareCodePoints(id(a), id(b)))

const sumsOf = ({ exons, cds }: Extracted): ReadonlyMap<string, Sums> => {
  const sums = new Map<string, Sums>()
  const of = (id: string): Sums => {
    let known = sums.get(id)
    if (known === undefined) sums.set(id, (known = { exons: 0, span: 0, cds: false }))
    return known
  }
  for (const { transcript, row } of exons) {
    const sum = of(transcript)
    sum.exons++
    sum.span += lengthOf(row)
  }
  for (const { transcript } of cds) of(transcript).cds = true
  return sums
}

const transcriptRow = ({ id, parent, seqid, row }: TranscriptCandidate, sums: Sums | undefined): TranscriptRow => {
  const { values } = row.attributes
  return {
    transcript_id: id,
    parent_gene_id: parent,
    transcript_type: row.type,
    biotype: values.get("transcript_biotype") ?? values.get("biotype") ?? values.get("gene_biotype") ?? null,
    seqid,
    start: row.start,
    end: row.end,
    exon_count: sums?.exons ?? 0,
    total_exon_span: sums?.span ?? 0,
    cds_present: sums?.cds ?? false,
    sequence_length: lengthOf(row),
    spliced_length: null,
    cds_span_length: null
  }
}

const exonRow = ({ transcript, seqid, row }: Child): ExonRow => ({
  exon_id: row.id ?? `line${row.line}_${transcript}`,
  transcript_id: transcript,
  seqid,
  start: row.start,
  end: row.end,
  exon_length: lengthOf(row)
})

/** Under the name that the GFF3 has for the sequence. */
const cdsSegment = ({ transcript, row }: Child): CdsSegment => ({
  cds_id: row.id ?? `cds_line_${row.line}_${transcript}`,
  transcript_id: transcript,
  seqid: row.seqid,
  start: row.start,
  end: row.end,
  cds_length: lengthOf(row),
  phase: row.phase
})

/** One gene an id: the first of the file, or under `dedupe` the smallest. */
const keptGenes = (candidates: ReadonlyArray<GeneCandidate>, options: AtlasV1Options, path: string, book: AnomalyBook) => {
  const strict = options.strictness === "strict"
  const kept = new Map<string, GeneCandidate>()
  for (const [id, group] of grouped(candidates)) {
    if (group.length > 1) {
      book.add("duplicate_gene_ids", id)
      const seqids = new Set(group.map((gene) => gene.seqid))
      if (seqids.size > 1) {
        book.add("overlapping_gene_ids_across_contigs", id)
        if (strict && !options.allowOverlapGeneIdsAcrossContigs)
          refuse(AtlasV1Feature, `gene_id ${id} appears across multiple contigs: ${setText(seqids)}`, path)
      }
      if (options.duplicateGeneIdPolicy === "dedupe") group.sort(bySmallest)
      else if (strict) refuse(AtlasV1Feature, `duplicate gene_id: ${id}`, path)
    }
    const [first] = group
    if (first !== undefined) kept.set(id, first)
  }
  return kept
}

const keptTranscripts = (
  extracted: Extracted,
  genes: ReadonlyMap<string, GeneCandidate>,
  strict: boolean,
  path: string,
  book: AnomalyBook
): ReadonlyArray<TranscriptCandidate> => {
  const known = new Set(extracted.transcripts.map((t) => t.id))
  for (const { transcript } of [...extracted.exons, ...extracted.cds])
    if (!known.has(transcript)) book.add("orphan_transcripts", transcript)
  for (const { id, parent } of extracted.transcripts) if (!genes.has(parent)) book.add("orphan_transcripts", id)
  const kept: Array<TranscriptCandidate> = []
  for (const [id, group] of grouped(extracted.transcripts.filter(({ parent }) => genes.has(parent)))) {
    if (group.length > 1) {
      if (strict) refuse(Gff3DuplicateTranscriptId, `duplicate transcript_id: ${id}`, path)
      group.sort(byPlace)
      book.reject("GFF3_DUPLICATE_TRANSCRIPT_ID", { line: 0, raw: id })
    }
    kept.push(...group.slice(0, 1))
  }
  return kept
}

export const settle = (extracted: Extracted, options: AtlasV1Options, path: string, book: AnomalyBook): Settled => {
  const strict = options.strictness === "strict"
  const genes = keptGenes(extracted.genes, options, path, book)
  const counts = new Map<string, number>()
  for (const { gene, several } of extracted.parents) {
    if (genes.has(gene)) {
      counts.set(gene, (counts.get(gene) ?? 0) + 1)
      if (several) book.add("missing_parents", `multiple_parent:${gene}`)
      continue
    }
    book.add("missing_parents", gene)
    book.add("missing_transcript_parents", gene)
    if (strict) refuse(AtlasV1Feature, `transcript parent ${gene} does not reference a known gene`, path)
  }
  const sums = sumsOf(extracted)
  const transcripts = keptTranscripts(extracted, genes, strict, path, book).map((t) => transcriptRow(t, sums.get(t.id)))
  const ofGene = new Map<string, Sums>()
  for (const t of transcripts) {
    const sum = ofGene.get(t.parent_gene_id) ?? { exons: 0, span: 0, cds: false }
    sum.exons += t.exon_count
    sum.span += t.total_exon_span
    sum.cds ||= t.cds_present
    ofGene.set(t.parent_gene_id, sum)
  }
  const geneRow = ({ id, name, biotype, seqid, row }: GeneCandidate): GeneRow => ({
    gene_id: id,
    gene_name: name,
    biotype,
    seqid,
    start: row.start,
    end: row.end,
    transcript_count: counts.get(id) ?? 0,
    exon_count: ofGene.get(id)?.exons ?? 0,
    total_exon_span: ofGene.get(id)?.span ?? 0,
    cds_present: ofGene.get(id)?.cds ?? false,
    sequence_length: lengthOf(row)
  })
  return {
    genes: inOrder([...genes.values()].map(geneRow), (g) => g.gene_id),
    transcripts: inOrder(transcripts, (t) => t.transcript_id),
    exons: inOrder(extracted.exons.map(exonRow), (e) => e.exon_id),
    cds: extracted.cds.map(cdsSegment)
  }
}
