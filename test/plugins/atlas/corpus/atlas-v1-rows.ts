/**
 * The rules of atlas-v1 (dataset contract §2.2 to §2.6) through the whole program: what strict says, and what lenient leaves out instead. What
 * the reference says in each case, word for word, is in ../format/atlas-v1/{refusals,unreadable}.test.ts.
 */
import { head, rows, sequence } from "./decision.ts"

export interface AtlasV1Row {
  /** As a sentence's end. */
  readonly rule: string
  readonly gff3?: string | Buffer
  /** Null for none. */
  readonly fai?: string | null
  readonly flags?: ReadonlyArray<string>
  /** `CODE file line` of the one error of strict. */
  readonly strict: string
  /** Codes of the rows that lenient leaves out, with how often; or the error it has too. */
  readonly lenient: Readonly<Record<string, number>> | string
}

export const genome = sequence("chr1", 10_000) + sequence("chr2", 500)
export const index = "chr1\t10000\t6\t60\t61\nchr2\t500\t10179\t60\t61\n"

const gene = "chr1 s gene 1 900 . + . ID=g;Name=n;biotype=b"
const transcript = "chr1 s mRNA 1 900 . + . ID=t;Parent=g"
const withGene = (...texts: ReadonlyArray<string>) => head + rows(gene, ...texts)
const withBoth = (...texts: ReadonlyArray<string>) => withGene(transcript, ...texts)
/** Fatal in every strictness. */
const always = (strict: string) => ({ strict, lenient: strict })
const long = ";a=1".repeat(4100)

export const rules: ReadonlyArray<AtlasV1Row> = [
  { rule: "no index", fai: null, ...always("FAI_REQUIRED_FOR_INGEST a.fa.fai") },
  { rule: "an index line of one column", fai: "chr1\n", ...always("ATLAS_V1_FAI a.fai 1") },
  { rule: "an index whose length is no number", fai: "chr1\t12x\n", ...always("ATLAS_V1_FAI a.fai 1") },
  { rule: "an index that tells two lengths of one sequence", fai: `${index}chr1\t9\n`, ...always("ATLAS_V1_FAI a.fai 3") },
  { rule: "a row of eight columns", gff3: `${withGene()}chr1\ts\tgene\t1\t9\t.\t+\t.\n`, ...always("ATLAS_V1_ROW a.gff3 3") },
  { rule: "a line of blanks", gff3: `${withGene()}  \n`, ...always("ATLAS_V1_ROW a.gff3 3") },
  { rule: "a FASTA behind the rows", gff3: `${withGene()}##FASTA\n>chr1\nACGT\n`, ...always("ATLAS_V1_ROW a.gff3 4") },
  { rule: "a line that is no UTF-8", gff3: Buffer.from(`${withGene()}chr1\xff\n`, "latin1"), ...always("ATLAS_V1_ROW a.gff3 3") },
  {
    rule: "a line of more than 1,000,000 bytes",
    gff3: withGene(`chr1 s region 1 9 . + . Note=${"x".repeat(1_000_000)}`),
    ...always("ATLAS_V1_ROW a.gff3 3")
  },
  { rule: "more than 4096 attributes", gff3: withGene(`chr1 s region 1 9 . + . ID=r${long}`), ...always("ATLAS_V1_ROW a.gff3 3") },
  {
    rule: "a start that is no number",
    gff3: withGene("chr1 s gene -1 9 . + . ID=h"),
    ...always("GFF3_INVALID_START_COORDINATE a.gff3 3")
  },
  { rule: "an end that is no number", gff3: withGene("chr1 s gene 1 9.5 . + . ID=h"), ...always("GFF3_INVALID_END_COORDINATE a.gff3 3") },
  { rule: "a start of 0", gff3: withGene("chr1 s gene 0 9 . + . ID=h"), ...always("GFF3_INVALID_COORDINATE_SPAN a.gff3 3") },
  { rule: "an end before the start", gff3: withGene("chr1 s gene 9 8 . + . ID=h"), ...always("GFF3_INVALID_COORDINATE_SPAN a.gff3 3") },
  {
    rule: "a row without a sequence name",
    gff3: `${withGene()}\ts\tgene\t1\t9\t.\t+\t.\tID=h\n`,
    ...always("GFF3_MISSING_REQUIRED_FIELD a.gff3 3")
  },
  { rule: "a strand that is not known", gff3: withGene("chr1 s gene 1 9 . ? . ID=h"), ...always("GFF3_INVALID_STRAND a.gff3 3") },
  { rule: "a phase of 3", gff3: withBoth("chr1 s CDS 1 9 . + 3 Parent=t"), ...always("GFF3_INVALID_PHASE a.gff3 4") },
  {
    rule: "an escaped control character in a note",
    gff3: withGene("chr1 s gene 1 9 . + . ID=h;Note=a%00b"),
    ...always("GFF3_FORBIDDEN_HIDDEN_CHAR a.gff3 3")
  },
  { rule: "a blank in an id", gff3: withGene("chr1 s gene 1 9 . + . ID=h i"), ...always("GFF3_INVALID_ID_WHITESPACE a.gff3 3") },
  {
    rule: "a ##sequence-region of two words",
    gff3: `##sequence-region chr1\n${withGene()}`,
    ...always("GFF3_INVALID_SEQUENCE_REGION a.gff3 1")
  },
  {
    rule: "a ##sequence-region whose start is no number",
    gff3: `##sequence-region chr1 x 9\n${withGene()}`,
    ...always("GFF3_INVALID_SEQUENCE_REGION_START a.gff3 1")
  },
  {
    rule: "a ##sequence-region whose end is no number",
    gff3: `##sequence-region chr1 1 x\n${withGene()}`,
    ...always("GFF3_INVALID_SEQUENCE_REGION_END a.gff3 1")
  },
  {
    rule: "a ##sequence-region that ends before it starts",
    gff3: `##sequence-region chr1 9 1\n${withGene()}`,
    ...always("GFF3_INVALID_SEQUENCE_REGION_SPAN a.gff3 1")
  },
  {
    rule: "two ##sequence-region lines that differ",
    gff3: `##sequence-region chr1 1 9\n##sequence-region chr1 1 10\n${withGene()}`,
    ...always("GFF3_CONFLICTING_SEQUENCE_REGION a.gff3 2")
  },
  {
    rule: "a ##sequence-region of a sequence that the index lacks",
    gff3: `##sequence-region chr9 1 9\n${withGene()}`,
    ...always("GFF3_SEQUENCE_REGION_NOT_IN_FASTA_FAI a.gff3")
  },
  {
    rule: "a sequence that the index lacks",
    gff3: withGene("chr9 s gene 1 9 . + . ID=h"),
    ...always("GFF3_REFERENCE_NOT_IN_FASTA_FAI a.gff3")
  },
  {
    rule: "one chromosome under two names",
    gff3: withGene("1 s gene 1 9 . + . ID=h"),
    fai: `${index}1\t10000\t6\t60\t61\n`,
    ...always("SCIENTIFIC_INCOHERENT_SOURCE_COMBINATION a.gff3")
  },
  { rule: "a gene without ID", gff3: withGene("chr1 s gene 1 9 . + . Name=h"), ...always("ATLAS_V1_FEATURE a.gff3 3") },
  {
    rule: "two names of sequences that the aliases make one",
    gff3: withGene("1 s gene 1 9 . + . ID=h"),
    fai: `${index}1\t10000\t6\t60\t61\n`,
    flags: ["--seqid-aliases", "1=chr1"],
    strict: "GFF3_SEQID_COLLISION a.gff3 3",
    lenient: {}
  },
  { rule: "a gene beyond its sequence", gff3: withGene("chr2 s gene 1 501 . + . ID=h"), strict: "ATLAS_V1_FEATURE a.gff3 3", lenient: {} },
  {
    rule: "an ID on two rows",
    gff3: withBoth("chr1 s exon 1 9 . + . ID=e;Parent=t", "chr1 s exon 11 19 . + . ID=e;Parent=t"),
    strict: "ATLAS_V1_FEATURE a.gff3 5",
    lenient: {}
  },
  {
    rule: "a circle of Parents",
    gff3: withGene("chr1 s mRNA 1 9 . + . ID=a;Parent=b", "chr1 s mRNA 1 9 . + . ID=b;Parent=a"),
    strict: "ATLAS_V1_FEATURE a.gff3",
    lenient: { GFF3_PARENT_NOT_GENE: 2 }
  },
  {
    rule: "a transcript without an id",
    gff3: withGene("chr1 s mRNA 1 9 . + . Parent=g"),
    strict: "GFF3_MISSING_TRANSCRIPT_ID a.gff3 3",
    lenient: { GFF3_MISSING_TRANSCRIPT_ID: 1 }
  },
  {
    rule: "a transcript without a Parent",
    gff3: withGene("chr1 s mRNA 1 9 . + . ID=t"),
    strict: "GFF3_MISSING_PARENT a.gff3 3",
    lenient: { GFF3_MISSING_PARENT: 1 }
  },
  {
    rule: "a transcript of two genes",
    gff3: withGene("chr1 s gene 1 9 . + . ID=h", "chr1 s mRNA 1 9 . + . ID=t;Parent=g,h"),
    strict: "GFF3_MULTI_PARENT_TRANSCRIPT a.gff3 4",
    lenient: { GFF3_MULTI_PARENT_TRANSCRIPT: 1 }
  },
  {
    rule: "a transcript of no gene",
    gff3: withGene("chr1 s mRNA 1 9 . + . ID=t;Parent=x"),
    strict: "GFF3_PARENT_NOT_GENE a.gff3 3",
    lenient: { GFF3_PARENT_NOT_GENE: 1 }
  },
  {
    rule: "a CDS directly under its gene",
    gff3: withGene("chr1 s CDS 1 9 . + 0 Parent=g"),
    strict: "GFF3_PARENT_NOT_TRANSCRIPT a.gff3 3",
    lenient: { GFF3_PARENT_NOT_TRANSCRIPT: 1 }
  },
  {
    rule: "an exon of two transcripts",
    gff3: withBoth("chr1 s mRNA 1 9 . + . ID=u;Parent=g", "chr1 s exon 1 9 . + . Parent=t,u"),
    strict: "GFF3_MULTI_PARENT_CHILD a.gff3 5",
    lenient: { GFF3_MULTI_PARENT_CHILD: 1 }
  },
  {
    rule: "two transcripts of one id",
    gff3: withGene("chr1 s mRNA 1 9 . + . transcript_id=t;Parent=g", "chr1 s mRNA 2 9 . + . transcript_id=t;Parent=g"),
    strict: "GFF3_DUPLICATE_TRANSCRIPT_ID a.gff3",
    lenient: { GFF3_DUPLICATE_TRANSCRIPT_ID: 1 }
  },
  { rule: "a gene id twice", gff3: withGene("chr1 s gene 5 9 . + . ID=g"), strict: "ATLAS_V1_FEATURE a.gff3", lenient: {} },
  {
    rule: "no Ensembl stable id where one is asked for",
    flags: ["--gene-identifier-policy", "ensembl"],
    gff3: withGene(),
    strict: "ATLAS_V1_FEATURE a.gff3 2",
    lenient: {}
  }
]

/** Taken by strict, with these codes among what was left out. */
export const taken: ReadonlyArray<readonly [rule: string, gff3: string, rejected: Readonly<Record<string, number>>]> = [
  ["a feature of a type that it does not know", withGene("chr1 s lnc_RNA 1 9 . + . ID=x;Parent=g"), { GFF3_UNKNOWN_FEATURE: 1 }],
  ["no ##gff-version", rows(gene, transcript), {}],
  ["a row without a phase where none is due", withBoth("chr1 s CDS 1 9 . + . Parent=t"), {}]
]
