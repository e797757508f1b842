/** What the model keeps of GFF3 rows: one record a row that may end in the model, one node an ID. */
import type { Phase, Strand } from "../gff3/row.ts"
import type { Organelle } from "../coding/organelle.ts"
import type { Kind } from "../ontology/category.ts"

/** Where in the file: the row, and which of its nine fields (in field 9, which attribute). */
export interface Locus {
  readonly line: number
  /** 0-based byte of the line's start in the plain text. */
  readonly byte: number
  readonly field: number
  readonly attribute?: string
}

/** A sequence that rows name. `length` is undefined where the FASTA has none of this name, or was not read. */
export interface Sequence {
  readonly name: string
  /** Its place in the order of first mention. */
  readonly index: number
  readonly length: number | undefined
  /** A row that covers it says Is_circular=true. */
  circular: boolean
  /** By its name, or by what the row that covers it says. */
  organelle: Organelle | undefined
  rows: number
  /** The first row by line. */
  first: Locus
}

/** A value of column 3. */
export interface Type {
  readonly name: string
  readonly kind: Kind
  rows: number
  /** The first row's. */
  line: number
}

/** What a gene is named and classed by; each is the first value of the first attribute that has one. */
export interface GeneFacts {
  readonly of: "gene"
  readonly name: string | undefined
  readonly biotype: string | undefined
  readonly biotypeKey: string | undefined
  /** In place of its ID, where the annotation's profile says so. */
  readonly ownId: string | undefined
  /** For a gene without ID. */
  readonly fallbackId: string | undefined
}

export interface TranscriptFacts {
  readonly of: "transcript"
  readonly biotype: string | undefined
  /** In place of its ID, where the annotation's profile says so. */
  readonly ownId: string | undefined
  readonly fallbackId: string | undefined
  /** Id and name for its gene, where none is given. */
  readonly locus: LocusNames
}

/** First of geneID, locus_tag, gene, protein_id, and which; a name for people. */
export interface LocusNames {
  readonly id: string | undefined
  /** geneID or locus_tag: of one gene wherever it stands on a strand. */
  readonly isTag: boolean
  /** geneID, by which gffread (of StringTie's transcripts, say) names the gene whose row it leaves out: it proves one. */
  readonly isGene: boolean
  readonly name: string | undefined
}

export interface CdsFacts {
  readonly of: "cds"
  /** transl_table; undefined where not given. */
  readonly table: number | undefined
  /** Read otherwise than by the table: transl_except, an exception but slippage and trans-splicing, or pseudo. */
  readonly exempt: boolean
  /** partial, start_range or end_range: an end may lack. */
  readonly partial: boolean
  readonly translation: string | undefined
  readonly locus: LocusNames
}

export interface Feature {
  readonly line: number
  readonly byte: number
  readonly sequence: Sequence
  readonly type: Type
  readonly start: number
  readonly end: number
  readonly strand: Strand
  readonly phase: Phase | null
  readonly node: Node | undefined
  readonly parents: ReadonlyArray<Node>
  /** Of its line, without the line end. */
  readonly bytes: number
  readonly facts: GeneFacts | TranscriptFacts | CdsFacts | undefined
}

export type Role = "gene" | "transcript" | undefined

/** An ID: as defined by its rows, or so far only named as a Parent (`first` undefined). */
export interface Node {
  readonly id: string
  first: Locus | undefined
  type: Type | undefined
  sequence: Sequence | undefined
  strand: Strand
  start: number
  end: number
  parents: ReadonlyArray<Node>
  /** Rows with this ID. */
  rows: number
  /** Says that it is one feature on several rows: `part`, or an exception of trans-splicing. */
  linked: boolean
  /** Rows on another strand than the first, that do not say why. */
  otherStrand: Array<Locus> | undefined
  /** Rows of genes, transcripts, and of types that structure may make one. */
  features: Array<Feature> | undefined
  role: Role
  hasParts: boolean
  hasTranscripts: boolean
  /** Rows that named it before it was defined: line, byte, start, end, sequence index of each. */
  waiting: Array<number> | undefined
}
