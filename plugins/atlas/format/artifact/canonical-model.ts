/**
 * The canonical model: genes, their transcripts, and these transcripts' exons and CDS nested, with the GFF3 rows behind each
 * (dataset contract §2.12). Keys below are written in byte order, so that JSON.stringify of these objects is canonical JSON.
 */
import { compareCodePoints } from "../canonical-json.ts"
import type { CdsSegment, ExonRow, GeneModel, GeneRow, Lineage, TranscriptRow } from "../model/gene-model.ts"
import { type ContigRank, contigRank } from "./contig-class.ts"

export type Completeness = "complete" | "partial" | "missing"

export interface NestedTranscript {
  readonly row: TranscriptRow
  readonly exons: ReadonlyArray<ExonRow>
  readonly cds: ReadonlyArray<CdsSegment>
  readonly completeness: Completeness
}

export interface NestedGene {
  readonly row: GeneRow
  readonly transcripts: ReadonlyArray<NestedTranscript>
  readonly completeness: Completeness
}

export interface Placed {
  readonly seqid: string
  readonly start: number
  readonly end: number
}

type Compare<A> = (a: A, b: A) => number

/** (rank of the sequence, start, end, id); ranks are made once a name. */
export const karyotypeOrder = (): (<A extends Placed>(id: (row: A) => string) => Compare<A>) => {
  const ranks = new Map<string, ContigRank>()
  const rankOf = (name: string): ContigRank => {
    const known = ranks.get(name)
    if (known !== undefined) return known
    const rank = contigRank(name)
    ranks.set(name, rank)
    return rank
  }
  const compareSequences = (a: string, b: string): number => {
    if (a === b) return 0
    const [x, y] = [rankOf(a), rankOf(b)]
    return x.group - y.group || (x.number < y.number ? -1 : x.number > y.number ? 1 : 0) || compareCodePoints(x.lower, y.lower)
  }
  return (id) => (a, b) => compareSequences(a.seqid, b.seqid) || a.start - b.start || a.end - b.end || compareCodePoints(id(a), id(b))
}

const groupBy = <A>(rows: ReadonlyArray<A>, key: (row: A) => string): ReadonlyMap<string, Array<A>> => {
  const groups = new Map<string, Array<A>>()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group === undefined) groups.set(key(row), [row])
    else group.push(row)
  }
  return groups
}

/** A transcript with its rows, which are in canonical order. */
export const nestTranscript = (row: TranscriptRow, exons: ReadonlyArray<ExonRow>, cds: ReadonlyArray<CdsSegment>): NestedTranscript => ({
  row,
  exons,
  cds,
  completeness:
    row.exon_count === 0 ? "missing" : row.exon_count !== exons.length || (row.cds_present && cds.length === 0) ? "partial" : "complete"
})

/** A gene with its transcripts, which are in canonical order. */
export const nestGene = (row: GeneRow, transcripts: ReadonlyArray<NestedTranscript>): NestedGene => ({
  row,
  transcripts,
  completeness: transcripts.length === 0 ? "missing" : transcripts.every((t) => t.completeness === "complete") ? "complete" : "partial"
})

/** The genes in canonical order, one at a time. */
export function* nestedGenes(model: Pick<GeneModel, "genes" | "transcripts" | "exons" | "cds">): Generator<NestedGene> {
  const by = karyotypeOrder()
  const byGene = by<GeneRow>((g) => g.gene_id)
  const byTranscript = by<TranscriptRow>((t) => t.transcript_id)
  const byExon = by<ExonRow>((e) => e.exon_id)
  const byCds = by<CdsSegment>((c) => c.cds_id)
  const transcriptsOf = groupBy(model.transcripts, (t) => t.parent_gene_id)
  const exonsOf = groupBy(model.exons, (e) => e.transcript_id)
  const cdsOf = groupBy(model.cds, (c) => c.transcript_id)
  for (const gene of model.genes.toSorted(byGene)) {
    const transcripts = (transcriptsOf.get(gene.gene_id) ?? []).toSorted(byTranscript)
    yield nestGene(
      gene,
      transcripts.map((t) =>
        nestTranscript(t, (exonsOf.get(t.transcript_id) ?? []).toSorted(byExon), (cdsOf.get(t.transcript_id) ?? []).toSorted(byCds))
      )
    )
  }
}

const isPseudogene = (biotype: string): boolean => biotype.replace(/[A-Z]/g, (l) => l.toLowerCase()).includes("pseudo")
const annotationClass = (gene: GeneRow) => (isPseudogene(gene.biotype) ? "pseudogene" : "standard")
const codingClass = (transcript: TranscriptRow) => (transcript.cds_present ? "coding" : "non_coding")
const phaseText = (cds: CdsSegment) => (cds.phase === null ? null : String(cds.phase))

const lineageObject = (row: Lineage) => ({
  feature_type: row.feature_type,
  gff3_line: row.gff3_line,
  parent_ids: row.parent_ids,
  record_sha256: row.record_sha256,
  seqid: row.seqid,
  source_feature_id: row.source_feature_id
})

/** Where the GFF3 rows behind a gene's features come from. Indices count from 0 in canonical order. */
export interface LineageSource<Sha = string> {
  readonly ofGene: () => ReadonlyArray<Lineage<Sha>>
  readonly ofTranscript: (t: number) => ReadonlyArray<Lineage<Sha>>
  readonly ofExon: (t: number, e: number) => ReadonlyArray<Lineage<Sha>>
  readonly ofCds: (t: number, c: number) => ReadonlyArray<Lineage<Sha>>
}

/** A gene of canonical_features.json. */
export const featureObject = ({ row, transcripts, completeness }: NestedGene, lineage: LineageSource) => ({
  annotation_class: annotationClass(row),
  biotype: row.biotype,
  cds_present: row.cds_present,
  completeness,
  end: row.end,
  exon_count: row.exon_count,
  feature_type: "gene",
  gene_id: row.gene_id,
  gene_name: row.gene_name,
  lineage: lineage.ofGene().map(lineageObject),
  seqid: row.seqid,
  sequence_length: row.sequence_length,
  start: row.start,
  total_exon_span: row.total_exon_span,
  transcript_count: row.transcript_count,
  transcripts: transcripts.map(({ row, exons, cds, completeness }, t) => ({
    biotype: row.biotype,
    cds_present: row.cds_present,
    cds_segments: cds.map((c, i) => ({
      cds_id: c.cds_id,
      cds_length: c.cds_length,
      completeness: "complete",
      end: c.end,
      feature_type: "cds",
      lineage: lineage.ofCds(t, i).map(lineageObject),
      phase: phaseText(c),
      seqid: c.seqid,
      start: c.start,
      transcript_id: c.transcript_id
    })),
    cds_span_length: row.cds_span_length,
    coding_class: codingClass(row),
    completeness,
    end: row.end,
    exon_count: row.exon_count,
    exons: exons.map((e, i) => ({
      completeness: "complete",
      end: e.end,
      exon_id: e.exon_id,
      exon_length: e.exon_length,
      feature_type: "exon",
      lineage: lineage.ofExon(t, i).map(lineageObject),
      seqid: e.seqid,
      start: e.start,
      transcript_id: e.transcript_id
    })),
    feature_type: "transcript",
    lineage: lineage.ofTranscript(t).map(lineageObject),
    parent_gene_id: row.parent_gene_id,
    seqid: row.seqid,
    sequence_length: row.sequence_length,
    spliced_length: row.spliced_length,
    start: row.start,
    total_exon_span: row.total_exon_span,
    transcript_id: row.transcript_id,
    transcript_type: row.transcript_type
  }))
})

/** A gene as queries see it, without names and lineage: what query_semantic_sha256 is of. */
export const queryObject = ({ row, transcripts, completeness }: NestedGene) => ({
  annotation_class: annotationClass(row),
  biotype: row.biotype,
  completeness,
  end: row.end,
  gene_id: row.gene_id,
  seqid: row.seqid,
  start: row.start,
  transcripts: transcripts.map(({ row, exons, cds, completeness }) => ({
    biotype: row.biotype,
    cds_segments: cds.map((c) => ({ cds_id: c.cds_id, end: c.end, phase: phaseText(c), start: c.start })),
    coding_class: codingClass(row),
    completeness,
    end: row.end,
    exons: exons.map((e) => ({ end: e.end, exon_id: e.exon_id, start: e.start })),
    parent_gene_id: row.parent_gene_id,
    seqid: row.seqid,
    start: row.start,
    transcript_id: row.transcript_id,
    transcript_type: row.transcript_type
  }))
})

/** The counts over the nested genes; completeness other than `complete` counts as partial. */
export class CanonicalSummary {
  genes = 0
  transcripts = 0
  exons = 0
  cds = 0
  codingTranscripts = 0
  pseudogenes = 0
  partialGenes = 0
  partialTranscripts = 0
  readonly contigGenes = new Map<string, number>()

  add({ row, transcripts, completeness }: NestedGene): void {
    this.genes++
    this.contigGenes.set(row.seqid, (this.contigGenes.get(row.seqid) ?? 0) + 1)
    if (isPseudogene(row.biotype)) this.pseudogenes++
    if (completeness !== "complete") this.partialGenes++
    for (const transcript of transcripts) {
      this.transcripts++
      this.exons += transcript.exons.length
      this.cds += transcript.cds.length
      if (transcript.row.cds_present) this.codingTranscripts++
      if (transcript.completeness !== "complete") this.partialTranscripts++
    }
  }

  /** gene, and where there are transcripts also transcript, exon and cds. */
  get featureCounts(): Readonly<Record<string, number>> {
    return this.transcripts === 0
      ? { gene: this.genes }
      : { cds: this.cds, exon: this.exons, gene: this.genes, transcript: this.transcripts }
  }

  toObject() {
    return {
      cds: this.cds,
      coding_transcripts: this.codingTranscripts,
      contig_gene_counts: new Map(this.contigGenes),
      contigs: this.contigGenes.size,
      exons: this.exons,
      feature_type_counts: this.featureCounts,
      genes: this.genes,
      noncoding_transcripts: this.transcripts - this.codingTranscripts,
      partial_genes: this.partialGenes,
      partial_transcripts: this.partialTranscripts,
      pseudogenes: this.pseudogenes,
      transcripts: this.transcripts
    }
  }
}
