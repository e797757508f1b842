/**
 * Refusals of the ruleset atlas-v1: the reference's message word for word, its stable code as ours, and beside it the code and exit that the
 * reference's command line gives it (dataset contract §8.2). Messages without a code of their own have one by family, `ATLAS_V1_…`.
 */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { ReferenceEnd } from "./reference-end.ts"

const fields = { ...Told, reference: ReferenceEnd }

const row = "mend the line that is shown"
const names = "rename the sequences so that GFF3, FASTA and FAI agree, or take the release where they do"
const lenient = "mend the row, or ingest with strictness lenient, which leaves it out and tells it in anomaly_report.json"

export class FaiRequiredForIngest extends Schema.TaggedError<FaiRequiredForIngest>()("FaiRequiredForIngest", fields) {
  static readonly docs: ErrorDocs = {
    summary: "The ruleset atlas-v1 wants an index of the FASTA",
    hint: "make it with samtools faidx FILE.fa and name it with --fai; the ruleset ontology makes its own",
    example: "FAI_REQUIRED_FOR_INGEST: missing genome.fa.fai. Generate with `samtools faidx genome.fa` …"
  }
}

export class Gff3InvalidStartCoordinate extends Schema.TaggedError<Gff3InvalidStartCoordinate>()("Gff3InvalidStartCoordinate", fields) {
  static readonly docs: ErrorDocs = {
    summary: "Column 4 of a GFF3 row is no unsigned integer",
    hint: row,
    example: "GFF3_INVALID_START_COORDINATE line=3 value=x sample=…"
  }
}

export class Gff3InvalidEndCoordinate extends Schema.TaggedError<Gff3InvalidEndCoordinate>()("Gff3InvalidEndCoordinate", fields) {
  static readonly docs: ErrorDocs = {
    summary: "Column 5 of a GFF3 row is no unsigned integer",
    hint: row,
    example: "GFF3_INVALID_END_COORDINATE line=3 value=x sample=…"
  }
}

export class Gff3InvalidCoordinateSpan extends Schema.TaggedError<Gff3InvalidCoordinateSpan>()("Gff3InvalidCoordinateSpan", fields) {
  static readonly docs: ErrorDocs = {
    summary: "A GFF3 row starts at 0 or ends before it starts",
    hint: row,
    example: "GFF3_INVALID_COORDINATE_SPAN line=3 start=9 end=1 sample=…"
  }
}

export class Gff3MissingRequiredField extends Schema.TaggedError<Gff3MissingRequiredField>()("Gff3MissingRequiredField", fields) {
  static readonly docs: ErrorDocs = {
    summary: "A GFF3 row has no sequence name or no type",
    hint: row,
    example: "GFF3_MISSING_REQUIRED_FIELD line=3 field=seqid sample=…"
  }
}

export class Gff3InvalidStrand extends Schema.TaggedError<Gff3InvalidStrand>()("Gff3InvalidStrand", fields) {
  static readonly docs: ErrorDocs = {
    summary: "The strand of a GFF3 row is not +, - or .",
    hint: "atlas-v1 refuses ? too: write a dot, or take the ruleset ontology",
    example: "GFF3_INVALID_STRAND line=3 strand=* sample=…"
  }
}

export class Gff3InvalidPhase extends Schema.TaggedError<Gff3InvalidPhase>()("Gff3InvalidPhase", fields) {
  static readonly docs: ErrorDocs = {
    summary: "The phase of a CDS is not 0, 1, 2 or .",
    hint: row,
    example: "GFF3_INVALID_PHASE line=3 phase=9 sample=…"
  }
}

export class Gff3ForbiddenHiddenChar extends Schema.TaggedError<Gff3ForbiddenHiddenChar>()("Gff3ForbiddenHiddenChar", fields) {
  static readonly docs: ErrorDocs = {
    summary: "An attribute holds a control or invisible character, perhaps as %HH",
    hint: "remove it (an escaped line end is legal GFF3, but atlas-v1 refuses it), or take the ruleset ontology",
    example: "GFF3_FORBIDDEN_HIDDEN_CHAR line=3 key=comment"
  }
}

export class Gff3InvalidIdWhitespace extends Schema.TaggedError<Gff3InvalidIdWhitespace>()("Gff3InvalidIdWhitespace", fields) {
  static readonly docs: ErrorDocs = {
    summary: "An id or a Parent holds white space",
    hint: row,
    example: "GFF3_INVALID_ID_WHITESPACE line=3 key=ID"
  }
}

export class Gff3InvalidSequenceRegion extends Schema.TaggedError<Gff3InvalidSequenceRegion>()("Gff3InvalidSequenceRegion", fields) {
  static readonly docs: ErrorDocs = {
    summary: "A ##sequence-region line has not a name and two numbers",
    hint: row,
    example: "GFF3_INVALID_SEQUENCE_REGION line=2 declaration=##sequence-region chr1"
  }
}

export class Gff3InvalidSequenceRegionStart extends Schema.TaggedError<Gff3InvalidSequenceRegionStart>()(
  "Gff3InvalidSequenceRegionStart",
  fields
) {
  static readonly docs: ErrorDocs = {
    summary: "The start of a ##sequence-region line is no unsigned integer",
    hint: row,
    example: "GFF3_INVALID_SEQUENCE_REGION_START line=2 value=x"
  }
}

export class Gff3InvalidSequenceRegionEnd extends Schema.TaggedError<Gff3InvalidSequenceRegionEnd>()(
  "Gff3InvalidSequenceRegionEnd",
  fields
) {
  static readonly docs: ErrorDocs = {
    summary: "The end of a ##sequence-region line is no unsigned integer",
    hint: row,
    example: "GFF3_INVALID_SEQUENCE_REGION_END line=2 value=x"
  }
}

export class Gff3InvalidSequenceRegionSpan extends Schema.TaggedError<Gff3InvalidSequenceRegionSpan>()(
  "Gff3InvalidSequenceRegionSpan",
  fields
) {
  static readonly docs: ErrorDocs = {
    summary: "A ##sequence-region line starts at 0 or ends before it starts",
    hint: row,
    example: "GFF3_INVALID_SEQUENCE_REGION_SPAN line=2 start=9 end=1"
  }
}

export class Gff3ConflictingSequenceRegion extends Schema.TaggedError<Gff3ConflictingSequenceRegion>()(
  "Gff3ConflictingSequenceRegion",
  fields
) {
  static readonly docs: ErrorDocs = {
    summary: "Two ##sequence-region lines give one sequence different spans",
    hint: "keep the one that is right",
    example: "GFF3_CONFLICTING_SEQUENCE_REGION seqid=chr1 first_line=2 second_line=3 first_span=1-10 second_span=1-20"
  }
}

export class Gff3SequenceRegionNotInFastaFai extends Schema.TaggedError<Gff3SequenceRegionNotInFastaFai>()(
  "Gff3SequenceRegionNotInFastaFai",
  fields
) {
  static readonly docs: ErrorDocs = {
    summary: "A ##sequence-region line names a sequence that the index does not have",
    hint: names,
    example: "GFF3_SEQUENCE_REGION_NOT_IN_FASTA_FAI: [chr9]. Fix by …"
  }
}

export class Gff3ReferenceNotInFastaFai extends Schema.TaggedError<Gff3ReferenceNotInFastaFai>()("Gff3ReferenceNotInFastaFai", fields) {
  static readonly docs: ErrorDocs = {
    summary: "The GFF3 names sequences that the index does not have",
    hint: names,
    example: "GFF3_REFERENCE_NOT_IN_FASTA_FAI: [chr9]. Fix source inputs …"
  }
}

export class ScientificIncoherentSourceCombination extends Schema.TaggedError<ScientificIncoherentSourceCombination>()(
  "ScientificIncoherentSourceCombination",
  fields
) {
  static readonly docs: ErrorDocs = {
    summary: "One chromosome is named in two ways, such as chr1 and 1",
    hint: "name it in one way, or map one to the other with seqid aliases",
    example: "SCIENTIFIC_INCOHERENT_SOURCE_COMBINATION: inconsistent contig naming families detected. …"
  }
}

export class Gff3SeqidCollision extends Schema.TaggedError<Gff3SeqidCollision>()("Gff3SeqidCollision", fields) {
  static readonly docs: ErrorDocs = {
    summary: "Two sequence names become one by the seqid aliases",
    hint: "name the sequence in one way in the GFF3, or ingest with strictness lenient",
    example: 'GFF3_SEQID_COLLISION line=3 canonical=chr1 sources={"1", "chr1"}'
  }
}

export class Gff3ParentNotGene extends Schema.TaggedError<Gff3ParentNotGene>()("Gff3ParentNotGene", fields) {
  static readonly docs: ErrorDocs = {
    summary: "The Parent of a transcript is the ID of no gene row",
    hint: lenient,
    example: "GFF3_PARENT_NOT_GENE line=3 transcript=t1 parent=g9 expected_gene_id=true"
  }
}

export class Gff3ParentNotTranscript extends Schema.TaggedError<Gff3ParentNotTranscript>()("Gff3ParentNotTranscript", fields) {
  static readonly docs: ErrorDocs = {
    summary: "The Parent of an exon or CDS is the id of no transcript, mRNA or mrna row",
    hint: "atlas-v1 knows no CDS under a gene: take the ruleset ontology, or strictness lenient, which leaves the row out",
    example: "GFF3_PARENT_NOT_TRANSCRIPT line=9 feature_type=CDS parent=g1 expected_transcript_id=true"
  }
}

export class Gff3MissingTranscriptId extends Schema.TaggedError<Gff3MissingTranscriptId>()("Gff3MissingTranscriptId", fields) {
  static readonly docs: ErrorDocs = {
    summary: "A transcript has no ID, transcript_id or transcriptId",
    hint: lenient,
    example: "missing transcript id for chr1:2-90"
  }
}

export class Gff3MissingParent extends Schema.TaggedError<Gff3MissingParent>()("Gff3MissingParent", fields) {
  static readonly docs: ErrorDocs = {
    summary: "A transcript, exon or CDS has no Parent",
    hint: lenient,
    example: "exon feature missing Parent attribute"
  }
}

export class Gff3MultiParentTranscript extends Schema.TaggedError<Gff3MultiParentTranscript>()("Gff3MultiParentTranscript", fields) {
  static readonly docs: ErrorDocs = {
    summary: "A transcript has several Parents",
    hint: lenient,
    example: "transcript t2 has multiple Parent references"
  }
}

export class Gff3MultiParentChild extends Schema.TaggedError<Gff3MultiParentChild>()("Gff3MultiParentChild", fields) {
  static readonly docs: ErrorDocs = {
    summary: "An exon or CDS has several Parents",
    hint: "legal GFF3, but atlas-v1 refuses it in strict mode: take the ruleset ontology, or strictness lenient",
    example: "exon has multiple Parent references"
  }
}

export class Gff3DuplicateTranscriptId extends Schema.TaggedError<Gff3DuplicateTranscriptId>()("Gff3DuplicateTranscriptId", fields) {
  static readonly docs: ErrorDocs = {
    summary: "Two transcripts have one id",
    hint: lenient,
    example: "duplicate transcript_id: t1"
  }
}

export class IngestWarnPolicyRejected extends Schema.TaggedError<IngestWarnPolicyRejected>()("IngestWarnPolicyRejected", fields) {
  static readonly docs: ErrorDocs = {
    summary: "There are anomalies, and the option `strict` allows none",
    hint: "mend the GFF3, or ingest without `strict`; anomaly_report.json tells them",
    example: "INGEST_WARN_POLICY_REJECTED: 3 warning anomalies present. …"
  }
}

export class AtlasV1Row extends Schema.TaggedError<AtlasV1Row>()("AtlasV1Row", fields) {
  static readonly docs: ErrorDocs = {
    summary: "A line of the GFF3 cannot be read as a row",
    hint: "a row has nine columns with tabs between; atlas-v1 knows no ##FASTA section",
    example: "invalid GFF3 row (expected 9 columns): >chr1"
  }
}

export class AtlasV1Feature extends Schema.TaggedError<AtlasV1Feature>()("AtlasV1Feature", fields) {
  static readonly docs: ErrorDocs = {
    summary: "A feature breaks a rule of atlas-v1",
    hint: lenient,
    example: "duplicate feature ID detected: c1 (CDS, CDS)"
  }
}

export class AtlasV1Fai extends Schema.TaggedError<AtlasV1Fai>()("AtlasV1Fai", fields) {
  static readonly docs: ErrorDocs = {
    summary: "The index of the FASTA cannot be read",
    hint: "make it anew: samtools faidx FILE.fa",
    example: "invalid FAI contig length: 12x"
  }
}

export class AtlasV1Fasta extends Schema.TaggedError<AtlasV1Fasta>()("AtlasV1Fasta", fields) {
  static readonly docs: ErrorDocs = {
    summary: "The FASTA cannot be scanned for lengths",
    hint: "mend the FASTA, or ingest without fastaScanning",
    example: "FASTA sequence line seen before header"
  }
}

export class AtlasV1Policy extends Schema.TaggedError<AtlasV1Policy>()("AtlasV1Policy", fields) {
  static readonly docs: ErrorDocs = {
    summary: "These options do not go together, or are not to be had",
    hint: "leave one of them out",
    example: "policy gate: normalized debug output is disabled in production mode"
  }
}

/** For the `errors` of a stage. */
export const atlasV1Errors = [
  FaiRequiredForIngest,
  Gff3InvalidStartCoordinate,
  Gff3InvalidEndCoordinate,
  Gff3InvalidCoordinateSpan,
  Gff3MissingRequiredField,
  Gff3InvalidStrand,
  Gff3InvalidPhase,
  Gff3ForbiddenHiddenChar,
  Gff3InvalidIdWhitespace,
  Gff3InvalidSequenceRegion,
  Gff3InvalidSequenceRegionStart,
  Gff3InvalidSequenceRegionEnd,
  Gff3InvalidSequenceRegionSpan,
  Gff3ConflictingSequenceRegion,
  Gff3SequenceRegionNotInFastaFai,
  Gff3ReferenceNotInFastaFai,
  ScientificIncoherentSourceCombination,
  Gff3SeqidCollision,
  Gff3ParentNotGene,
  Gff3ParentNotTranscript,
  Gff3MissingTranscriptId,
  Gff3MissingParent,
  Gff3MultiParentTranscript,
  Gff3MultiParentChild,
  Gff3DuplicateTranscriptId,
  IngestWarnPolicyRejected,
  AtlasV1Row,
  AtlasV1Feature,
  AtlasV1Fai,
  AtlasV1Fasta,
  AtlasV1Policy
] as const

export type AtlasV1Error = InstanceType<(typeof atlasV1Errors)[number]>
