/** From drafts to the rows of a gene model. */
import { compareCodePoints } from "../canonical-json.ts"
import { geneBiotype, transcriptBiotype } from "./biotype.ts"
import { byPlace, type GeneDraft, type TranscriptDraft } from "./draft.ts"
import type { Drafts } from "./drafts.ts"
import type { Feature } from "./feature.ts"
import type { FeatureGraph } from "./feature-graph.ts"
import type { Anomalies, CdsSegment, ContigRow, ExonRow, GeneModel, GeneRow, TranscriptRow } from "./gene-model.ts"
import { type Profile, withoutPrefix } from "../profile/profile.ts"
import { plain } from "../profile/profiles.ts"
import { LineageBook } from "./lineage.ts"

const bySeqid = (a: { seqid: string; start: number }, b: { seqid: string; start: number }): number =>
  compareCodePoints(a.seqid, b.seqid) || a.start - b.start

/** What an own transcript is called: the gene's rows say nothing of it. */
export const transcriptType = (t: TranscriptDraft): string =>
  t.type ?? (t.pseudo ? "pseudogenic_transcript" : t.cds.length > 0 ? "mRNA" : "transcript")

const spanSum = (rows: ReadonlyArray<Feature>): number => rows.reduce((sum, row) => sum + row.end - row.start + 1, 0)

const transcriptRow = (t: TranscriptDraft): TranscriptRow => ({
  transcript_id: t.id,
  parent_gene_id: t.gene?.id ?? t.geneName ?? "",
  transcript_type: transcriptType(t),
  biotype: t.biotype ?? transcriptBiotype(t),
  seqid: t.sequence.name,
  start: t.start,
  end: t.end,
  exon_count: t.exons.length,
  total_exon_span: spanSum(t.exons),
  cds_present: t.cds.length > 0,
  sequence_length: t.end - t.start + 1,
  spliced_length: null,
  cds_span_length: null
})

const geneRow = (gene: GeneDraft): GeneRow => ({
  gene_id: gene.id,
  gene_name: gene.name ?? gene.id,
  biotype: gene.biotype ?? geneBiotype(gene),
  seqid: gene.sequence.name,
  start: gene.start,
  end: gene.end,
  transcript_count: gene.transcripts.length,
  exon_count: gene.transcripts.reduce((n, t) => n + t.exons.length, 0),
  total_exon_span: gene.transcripts.reduce((n, t) => n + spanSum(t.exons), 0),
  cds_present: gene.transcripts.some((t) => t.cds.length > 0),
  sequence_length: gene.end - gene.start + 1
})

const exonRow = (t: TranscriptDraft, f: Feature): ExonRow => ({
  exon_id: f.node?.id ?? `line${f.line}_${t.id}`,
  transcript_id: t.id,
  seqid: f.sequence.name,
  start: f.start,
  end: f.end,
  exon_length: f.end - f.start + 1
})

const cdsSegment = (t: TranscriptDraft, f: Feature, profile: Profile): CdsSegment => ({
  cds_id: f.node === undefined ? `cds_line_${f.line}_${t.id}` : withoutPrefix(profile, "cds", f.node.id),
  transcript_id: t.id,
  seqid: f.sequence.name,
  start: f.start,
  end: f.end,
  cds_length: f.end - f.start + 1,
  phase: f.phase
})

const biotypeSource = (gene: GeneDraft): string => (gene.biotype === undefined ? "derived:structure" : `attribute:${gene.biotypeKey}`)

const sorted = (texts: Iterable<string>): ReadonlyArray<string> => [...new Set(texts)].sort(compareCodePoints)

/** Fallbacks are told one by one, as the format has it; nothing was rejected, and no biotype is left open. */
const anomaliesOf = (graph: FeatureGraph, drafts: Drafts, genes: ReadonlyArray<GeneDraft>): Anomalies => {
  const fallbacks: Array<string> = []
  for (const gene of genes) {
    if ((gene.name ?? gene.id) === gene.id) fallbacks.push(`gene_name_fallback:${gene.id}`)
    if (gene.biotype === undefined) fallbacks.push(`biotype_derived:${gene.id}`)
    if (gene.inferred) fallbacks.push(`gene_inferred:${gene.id}`)
  }
  for (const { geneName } of drafts.transcripts.values()) if (geneName !== undefined) fallbacks.push(`gene_inferred:${geneName}`)
  return {
    missing_parents: [],
    missing_transcript_parents: [],
    multiple_parent_transcripts: sorted([...drafts.ofSeveralGenes.keys()].map((t) => t.id)),
    unknown_contigs: [],
    overlapping_ids: [],
    duplicate_gene_ids: [],
    overlapping_gene_ids_across_contigs: [],
    orphan_transcripts: [],
    parent_cycles: [],
    attribute_fallbacks: sorted(fallbacks),
    unknown_feature_types: sorted([...graph.types.values()].filter((t) => t.kind.category === "unknown").map((t) => t.name)),
    missing_required_fields: [],
    rejections: [],
    scientific_ambiguities: []
  }
}

/** The model of sound drafts. `contigs` are the FASTA's sequences. */
export const assemble = (graph: FeatureGraph, drafts: Drafts, contigs: ReadonlyArray<ContigRow>, profile: Profile = plain): GeneModel => {
  const genes = [...drafts.genes.values(), ...drafts.inferred]
  const transcripts = [...drafts.transcripts.values(), ...drafts.own.values()]
  const lineage = new LineageBook()
  const biotypeSources = new Map<string, number>()
  for (const gene of genes) {
    lineage.add("gene", gene, gene.rows)
    const source = biotypeSource(gene)
    biotypeSources.set(source, (biotypeSources.get(source) ?? 0) + 1)
  }
  const exons: Array<ExonRow> = []
  const cds: Array<CdsSegment> = []
  for (const transcript of transcripts) {
    lineage.add(transcriptType(transcript), transcript, transcript.rows)
    for (const exon of transcript.exons.sort(byPlace)) exons.push(exonRow(transcript, exon))
    for (const segment of transcript.cds.sort(byPlace)) cds.push(cdsSegment(transcript, segment, profile))
  }
  for (const part of graph.parts) lineage.addPart(part.type.kind.category === "cds" ? "CDS" : "exon", part)
  return {
    genes: genes.map(geneRow).sort((a, b) => bySeqid(a, b) || compareCodePoints(a.gene_id, b.gene_id)),
    transcripts: transcripts.map(transcriptRow).sort((a, b) => bySeqid(a, b) || compareCodePoints(a.transcript_id, b.transcript_id)),
    exons: exons.sort(
      (a, b) => bySeqid(a, b) || compareCodePoints(a.exon_id, b.exon_id) || compareCodePoints(a.transcript_id, b.transcript_id)
    ),
    cds: cds.sort(
      (a, b) =>
        bySeqid(a, b) || a.end - b.end || compareCodePoints(a.transcript_id, b.transcript_id) || compareCodePoints(a.cds_id, b.cds_id)
    ),
    contigs: [...contigs].sort((a, b) => compareCodePoints(a.name, b.name)),
    anomalies: anomaliesOf(graph, drafts, genes),
    totalFeatures: graph.rows,
    cdsRows: graph.cdsRows,
    unknownContigFeatures: 0,
    biotypeSources: new Map([...biotypeSources].sort(([a], [b]) => compareCodePoints(a, b))),
    lineage: lineage.entries()
  }
}
