/**
 * The gene model of one dataset, as a ruleset makes it from GFF3 rows and as the artifact's tables and sidecars hold it.
 * Field names and meanings are those of the dataset contract (§2.6, §2.12). Coordinates are 1-based and closed, lengths are bases.
 */
import type { ProfileEvidence } from "../profile/choose.ts"

/** A GFF3 line that was not hashed yet: its first byte in the plain annotation, and its bytes without the line end. */
export interface RecordPlace {
  readonly byte: number
  readonly bytes: number
}

/** `Sha` is the digest, or where the line stands of which it is to be made. */
export interface Lineage<Sha = string> {
  readonly gff3_line: number
  readonly seqid: string
  readonly feature_type: string
  readonly source_feature_id: string | null
  readonly parent_ids: ReadonlyArray<string>
  /** sha256 of the raw GFF3 line. */
  readonly record_sha256: Sha
}

export interface GeneRow {
  readonly gene_id: string
  readonly gene_name: string
  readonly biotype: string
  readonly seqid: string
  readonly start: number
  readonly end: number
  readonly transcript_count: number
  readonly exon_count: number
  readonly total_exon_span: number
  readonly cds_present: boolean
  readonly sequence_length: number
}

export interface TranscriptRow {
  readonly transcript_id: string
  readonly parent_gene_id: string
  readonly transcript_type: string
  readonly biotype: string | null
  readonly seqid: string
  readonly start: number
  readonly end: number
  readonly exon_count: number
  readonly total_exon_span: number
  readonly cds_present: boolean
  readonly sequence_length: number
  readonly spliced_length: number | null
  readonly cds_span_length: number | null
}

export interface ExonRow {
  readonly exon_id: string
  readonly transcript_id: string
  readonly seqid: string
  readonly start: number
  readonly end: number
  readonly exon_length: number
}

/** One CDS row for one transcript. */
export interface CdsSegment {
  readonly cds_id: string
  readonly transcript_id: string
  readonly seqid: string
  readonly start: number
  readonly end: number
  readonly cds_length: number
  readonly phase: 0 | 1 | 2 | null
}

export interface ContigRow {
  readonly name: string
  readonly length: number
}

/** The anomaly classes of anomaly_report.json (§2.7), each a list sorted bytewise without repeats. */
export interface Anomalies {
  readonly missing_parents: ReadonlyArray<string>
  readonly missing_transcript_parents: ReadonlyArray<string>
  readonly multiple_parent_transcripts: ReadonlyArray<string>
  readonly unknown_contigs: ReadonlyArray<string>
  readonly overlapping_ids: ReadonlyArray<string>
  readonly duplicate_gene_ids: ReadonlyArray<string>
  readonly overlapping_gene_ids_across_contigs: ReadonlyArray<string>
  readonly orphan_transcripts: ReadonlyArray<string>
  readonly parent_cycles: ReadonlyArray<string>
  readonly attribute_fallbacks: ReadonlyArray<string>
  readonly unknown_feature_types: ReadonlyArray<string>
  readonly missing_required_fields: ReadonlyArray<string>
  readonly rejections: ReadonlyArray<Rejection>
  readonly scientific_ambiguities: ReadonlyArray<string>
}

export interface Rejection {
  readonly line: number
  readonly code: string
  readonly sample: string
}

/** What every ruleset yields. Genes sorted by (seqid, start, gene_id), transcripts by (seqid, start, transcript_id), exons by (seqid, start, exon_id), bytewise. */
export interface GeneModel {
  readonly genes: ReadonlyArray<GeneRow>
  readonly transcripts: ReadonlyArray<TranscriptRow>
  readonly exons: ReadonlyArray<ExonRow>
  readonly cds: ReadonlyArray<CdsSegment>
  /** From the FASTA, in name order. */
  readonly contigs: ReadonlyArray<ContigRow>
  readonly anomalies: Anomalies
  /** All feature rows read, and those of type CDS. */
  readonly totalFeatures: number
  readonly cdsRows: number
  readonly unknownContigFeatures: number
  /** biotype source → genes, e.g. `attribute:gene_biotype`. */
  readonly biotypeSources: ReadonlyMap<string, number>
  /** Whose rules ids and names follow, where the ruleset knows profiles. */
  readonly profile?: ProfileEvidence
  /** GFF3 rows behind a feature: key `type\tseqid\tstart\tend` → rows sorted by (line, sha256). Only features of the model. */
  readonly lineage: ReadonlyMap<string, ReadonlyArray<Lineage<string | RecordPlace>>>
}
