/**
 * GFF3 1.26, rule by rule, through the whole of ingest. What a single row's columns may hold, in every wrong way, is in
 * ../format/gff3.test.ts; what contradicts itself between rows in ../format/model/problems.test.ts; damaged files in ../cli/bad-input.test.ts.
 */
import { type CorpusRow, head, row, rows } from "./decision.ts"

const gene = "chr1 s gene 1 900 . + . ID=g"
const withGene = (...texts: ReadonlyArray<string>) => head + rows(gene, ...texts)
const noted = (note: string) => head + row(`${gene};Note=${note}`)

/** Against a rule: refused, with the place. */
export const illegal: ReadonlyArray<CorpusRow> = [
  { rule: "a row of blanks for tabs", gff3: head + "chr1 s gene 1 9 . + . ID=g\n", refused: ["GFF3_COLUMNS a.gff3 2 27"] },
  { rule: "a row of ten columns", gff3: head + row(gene).replace("\n", "\tx\n"), refused: ["GFF3_COLUMNS a.gff3 2 29"] },
  {
    rule: "a sequence id with a blank that is not escaped",
    gff3: head + "chr 1\ts\tgene\t1\t9\t.\t+\t.\tID=g\n",
    refused: ["GFF3_SEQID a.gff3 2 4"]
  },
  {
    rule: "a sequence id with a bracket that is not escaped",
    gff3: head + row("chr(1) s gene 1 9 . + . ID=g"),
    refused: ["GFF3_SEQID a.gff3 2 4"]
  },
  {
    rule: "a sequence id that begins with >, behind a FASTA's look",
    gff3: head + row(">chr1 s gene 1 9 . + . ID=g"),
    refused: ["GFF3_SEQID a.gff3 2 1"]
  },
  { rule: "a sequence id that is undefined", gff3: head + row(". s gene 1 9 . + . ID=g"), refused: ["GFF3_SEQID a.gff3 2 1"] },
  { rule: "a type that is undefined", gff3: head + row("chr1 s . 1 9 . + . ID=g"), refused: ["GFF3_TYPE a.gff3 2 8"] },
  {
    rule: "a start of 0: coordinates count from 1",
    gff3: withGene("chr1 s exon 0 9 . + . Parent=g"),
    refused: ["GFF3_COORDINATE a.gff3 3 13"]
  },
  { rule: "a start behind the end", gff3: withGene("chr1 s exon 10 9 . + . Parent=g"), refused: ["GFF3_COORDINATE a.gff3 3 13"] },
  { rule: "a coordinate that is no integer", gff3: withGene("chr1 s exon 1 9.5 . + . Parent=g"), refused: ["GFF3_COORDINATE a.gff3 3 15"] },
  { rule: "a score that is no number", gff3: withGene("chr1 s exon 1 9 high + . Parent=g"), refused: ["GFF3_SCORE a.gff3 3 17"] },
  { rule: "a score that is infinite", gff3: withGene("chr1 s exon 1 9 1e400 + . Parent=g"), refused: ["GFF3_SCORE a.gff3 3 17"] },
  { rule: "a strand that is none of + - . ?", gff3: withGene("chr1 s exon 1 9 . 1 . Parent=g"), refused: ["GFF3_STRAND a.gff3 3 19"] },
  { rule: "a CDS without phase", gff3: withGene("chr1 s CDS 1 9 . + . ID=c;Parent=g"), refused: ["GFF3_PHASE a.gff3 3 20"] },
  { rule: "a phase of 3", gff3: withGene("chr1 s CDS 1 9 . + 3 ID=c;Parent=g"), refused: ["GFF3_PHASE a.gff3 3 20"] },
  {
    rule: "a phase that is no digit, of what is no CDS",
    gff3: withGene("chr1 s exon 1 9 . + x Parent=g"),
    refused: ["GFF3_PHASE a.gff3 3 21"]
  },
  { rule: "an attribute without =", gff3: withGene("chr1 s exon 1 9 . + . Parent=g;coding"), refused: ["GFF3_ATTRIBUTE a.gff3 3 32"] },
  { rule: "an attribute that is there twice", gff3: noted("a;Note=b"), refused: ["GFF3_DUPLICATE_ATTRIBUTE a.gff3 2 37"] },
  { rule: "a percent sign that escapes nothing", gff3: noted("50% of"), refused: ["GFF3_ESCAPE a.gff3 2 37"] },
  { rule: "escaped bytes that are not UTF-8", gff3: noted("caf%E9"), refused: ["GFF3_ESCAPE a.gff3 2 38"] },
  { rule: "a control character that is not escaped", gff3: noted("a\u0007b"), refused: ["GFF3_CHARACTER a.gff3 2 36"] },
  { rule: "an escaped NUL", gff3: noted("a%00b"), refused: ["GFF3_CHARACTER a.gff3 2 36"] },
  { rule: "a NUL", gff3: noted("a\0b"), refused: ["GFF3_CHARACTER a.gff3 2 36"] },
  { rule: "a NUL in a comment", gff3: `${head}# a\0\n${row(gene)}`, refused: ["GFF3_CHARACTER a.gff3 2 4"] },
  { rule: "a tab in an ID, escaped", gff3: head + row("chr1 s gene 1 9 . + . ID=a%09b"), refused: ["GFF3_CHARACTER a.gff3 2 27"] },
  {
    rule: "a character without width in an ID",
    gff3: head + row("chr1 s gene 1 9 . + . ID=g\u200b"),
    refused: ["GFF3_CHARACTER a.gff3 2 27"]
  },
  {
    rule: "a comma in an ID that is not escaped",
    gff3: head + row("chr1 s gene 1 9 . + . ID=a,b"),
    refused: ["GFF3_ATTRIBUTE a.gff3 2 26"]
  },
  { rule: "an empty ID", gff3: head + row("chr1 s gene 1 9 . + . ID="), refused: ["GFF3_EMPTY_ID a.gff3 2 26"] },
  { rule: "a Parent that names nothing", gff3: withGene("chr1 s mRNA 1 9 . + . ID=t;Parent="), refused: ["GFF3_EMPTY_ID a.gff3 3 35"] },
  { rule: "a Parent that no row has", gff3: withGene("chr1 s mRNA 1 9 . + . ID=t;Parent=x"), refused: ["GFF3_PARENT_MISSING a.gff3 3 28"] },
  {
    rule: "a Parent in other letters: IDs are case-sensitive",
    gff3: withGene("chr1 s mRNA 1 9 . + . ID=t;Parent=G"),
    refused: ["GFF3_PARENT_MISSING a.gff3 3 28"]
  },
  {
    rule: "a feature that is its own Parent",
    gff3: withGene("chr1 s mRNA 1 9 . + . ID=t;Parent=t"),
    refused: ["GFF3_PARENT_CYCLE a.gff3 3 28"]
  },
  {
    rule: "a circle of Parents through three rows",
    gff3: head + rows("chr1 s gene 1 9 . + . ID=a;Parent=c", "chr1 s mRNA 1 9 . + . ID=b;Parent=a", "chr1 s mRNA 1 9 . + . ID=c;Parent=b"),
    refused: ["GFF3_PARENT_CYCLE a.gff3 2 28"]
  },
  { rule: "an ID of two features", gff3: withGene("chr1 s gene 1000 1009 . + . ID=g"), refused: ["GFF3_DUPLICATE_ID a.gff3 3 29"] },
  { rule: "an ID of two types", gff3: withGene("chr1 s mRNA 1 9 . + . ID=g"), refused: ["GFF3_DUPLICATE_ID a.gff3 3 23"] },
  {
    rule: "a discontinuous feature on two sequences",
    gff3: withGene("chr1 s CDS 1 9 . + 0 ID=c;Parent=g", "chr2 s CDS 1 9 . + 0 ID=c;Parent=g"),
    refused: ["GFF3_DUPLICATE_ID a.gff3 4 22"]
  },
  {
    rule: "a feature past the end of what is no circle",
    gff3: head + row("chr2 s gene 490 510 . + . ID=g"),
    refused: ["GFF3_PAST_END a.gff3 2 17"]
  },
  {
    rule: "an Is_circular that is neither true nor false",
    gff3: head + rows("chr1 s region 1 10000 . . . ID=r;Is_circular=yes", gene),
    refused: ["GFF3_ATTRIBUTE a.gff3 2 46"]
  },
  {
    rule: "an Is_circular of two values",
    gff3: head + rows("chr1 s region 1 10000 . . . ID=r;Is_circular=true,false", gene),
    refused: ["GFF3_ATTRIBUTE a.gff3 2 46"]
  },
  {
    rule: "a Target of two words",
    gff3: withGene("chr1 s EST_match 1 9 . + . ID=m;Target=EST1 1"),
    refused: ["GFF3_ATTRIBUTE a.gff3 3 40"]
  },
  {
    rule: "a Target with an unescaped blank in its id",
    gff3: withGene("chr1 s EST_match 1 9 . + . ID=m;Target=EST 1 1 9 +"),
    refused: ["GFF3_ATTRIBUTE a.gff3 3 40"]
  },
  {
    rule: "a Target whose end lies before its start",
    gff3: withGene("chr1 s EST_match 1 9 . + . ID=m;Target=EST1 9 1"),
    refused: ["GFF3_ATTRIBUTE a.gff3 3 40"]
  },
  {
    rule: "a Derives_from that names nothing",
    gff3: withGene("chr1 s polypeptide 1 9 . + . ID=p;Derives_from="),
    refused: ["GFF3_EMPTY_ID a.gff3 3 48"]
  },
  { rule: "a version that is not 3", gff3: `##gff-version 2\n${row(gene)}`, refused: ["GFF3_VERSION a.gff3 1 15"] },
  { rule: "a version that only begins with a 3", gff3: `##gff-version 30\n${row(gene)}`, refused: ["GFF3_VERSION a.gff3 1 15"] },
  { rule: "a region without an end", gff3: `${head}##sequence-region chr1 1\n${row(gene)}`, refused: ["GFF3_SEQUENCE_REGION a.gff3 2 25"] },
  {
    rule: "two regions of one sequence",
    gff3: `${head}##sequence-region chr1 1 9000\n##sequence-region chr1 1 10000\n${row(gene)}`,
    refused: ["GFF3_SEQUENCE_REGION a.gff3 3 19"]
  },
  {
    rule: "a sequence id that the FASTA has in other letters",
    gff3: head + row("Chr1 s gene 1 9 . + . ID=g"),
    refused: ["GFF3_UNKNOWN_SEQUENCE a.gff3 2 1"]
  },
  {
    rule: "sequences after ##FASTA that are damaged",
    gff3: `${head}${row(gene)}##FASTA\nACGT\n`,
    refused: ["FASTA_HEADER_MISSING a.gff3 4 1"]
  },
  { rule: "nothing but directives", gff3: `${head}###\n`, refused: ["GFF3_NO_GENES a.gff3"] },
  {
    rule: "every problem of a file at once",
    gff3: withGene("chr1 s exon 0 9 . x . Parent=g", "chr1 s CDS 1 9 . + . Parent=g;a"),
    refused: ["GFF3_COORDINATE a.gff3 3 13", "GFF3_STRAND a.gff3 3 19", "GFF3_PHASE a.gff3 4 20", "GFF3_ATTRIBUTE a.gff3 4 31"]
  }
]

/** Against the letter or the advice of a rule, meaning clear: taken, and told. */
export const told: ReadonlyArray<CorpusRow> = [
  { rule: "a file whose first line is no ##gff-version", gff3: row(gene), findings: ["no-gff-version gff3"] },
  { rule: "a ##gff-version behind a comment", gff3: `# made by hand\n${head}${row(gene)}`, findings: ["late-gff-version gff3"] },
  { rule: "a ##gff-version that is there twice", gff3: head + head + row(gene), findings: ["late-gff-version gff3"] },
  { rule: "a byte order mark", gff3: `\ufeff${head}${row(gene)}`, findings: ["byte-order-mark gff3"] },
  { rule: "a blank line", gff3: `${head}\n${row(gene)}`, findings: ["blank-line gff3"] },
  {
    rule: "a type that the Sequence Ontology does not have",
    gff3: withGene("chr1 s gizmo 1 9 . + . ID=z"),
    findings: ["unknown-feature-type gizmo"]
  },
  {
    rule: "a type of the ontology that is no sequence_feature",
    gff3: withGene("chr1 s maternally_imprinted 1 9 . + . ID=z"),
    findings: ["unknown-feature-type maternally_imprinted"]
  },
  {
    rule: "an accession that the Sequence Ontology does not have",
    gff3: withGene("chr1 s SO:9999999 1 9 . + . ID=z"),
    findings: ["unknown-feature-type SO:9999999"]
  },
  { rule: "an attribute name in capitals that is reserved", gff3: head + row(`${gene};Comment=x`), findings: ["reserved-attribute gff3"] },
  { rule: "a character that is escaped without need", gff3: noted("a%20b"), findings: ["over-escaped gff3"] },
  { rule: "an = in a value", gff3: noted("a=b"), findings: ["unescaped-reserved gff3"] },
  { rule: "an & in a value", gff3: noted("a&b"), findings: ["unescaped-reserved gff3"] },
  {
    rule: "a comma in a Name: only Parent, Alias, Note, Dbxref and Ontology_term have several values",
    gff3: head + row(`${gene};Name=a,b`),
    findings: ["unescaped-reserved gff3"]
  },
  {
    rule: "a Derives_from of two",
    gff3: withGene("chr1 s polypeptide 1 9 . + . ID=p;Derives_from=g,g"),
    findings: ["unescaped-reserved gff3"]
  },
  {
    rule: "a Derives_from that no row has",
    gff3: withGene("chr1 s polypeptide 1 9 . + . ID=p;Derives_from=x"),
    findings: ["derives-from-missing gff3"]
  },
  { rule: "a control character in a value, escaped", gff3: noted("a%07b"), findings: ["hidden-character gff3"] },
  {
    rule: "a character that turns the direction of text, in an ID",
    gff3: head + row("chr1 s gene 1 9 . + . ID=g\u202egnp"),
    findings: ["hidden-character gff3"]
  },
  {
    rule: "a character that turns the direction of text, escaped in an ID",
    gff3: head + row("chr1 s gene 1 9 . + . ID=g%E2%80%AEgnp"),
    findings: ["over-escaped gff3", "hidden-character gff3"]
  },
  { rule: "a character that isolates a direction, in a Note", gff3: noted("a\u2066b"), findings: ["hidden-character gff3"] },
  {
    rule: "a character that turns the direction of text, in an attribute's name",
    gff3: head + row(`${gene};no\u202ete=1`),
    findings: ["hidden-character gff3"]
  },
  { rule: "a semicolon at the end", gff3: head + row(`${gene};`), findings: ["empty-attribute gff3"] },
  { rule: "an attribute without a value", gff3: noted(""), findings: ["empty-value gff3"] },
  { rule: "a Parent that is named twice", gff3: withGene("chr1 s exon 1 9 . + . Parent=g,g"), findings: ["repeated-parent gff3"] },
  {
    rule: "a child outside of its Parent",
    gff3: withGene("chr1 s mRNA 1 901 . + . ID=t;Parent=g"),
    findings: ["child-outside-parent gff3"]
  },
  {
    rule: "a child on another sequence than its Parent",
    gff3: withGene("chr2 s exon 1 9 . + . Parent=g"),
    findings: ["child-outside-parent gff3"]
  },
  {
    rule: "a region of a sequence that is not in the FASTA",
    gff3: `${head}##sequence-region chrX 1 9\n${row(gene)}`,
    findings: ["sequence-region chrX"]
  },
  {
    rule: "a region that ends behind its sequence",
    gff3: `${head}##sequence-region chr1 1 10001\n${row(gene)}`,
    findings: ["sequence-region chr1"]
  },
  {
    rule: "a feature that ends behind the ##sequence-region of its sequence",
    gff3: `${head}##sequence-region chr1 1 800\n${row(gene)}`,
    findings: ["sequence-region chr1"]
  },
  {
    rule: "a feature that starts before the ##sequence-region of its sequence, which comes later",
    gff3: `${head}${row(gene)}##sequence-region chr1 10 1000\n`,
    findings: ["sequence-region chr1"]
  },
  {
    rule: "a Parent that comes behind ###, which says that all are resolved",
    gff3: `${head}${row("chr1 s mRNA 1 9 . + . ID=t;Parent=g")}###\n${row(gene)}`,
    findings: ["late-parent gff3"]
  },
  {
    rule: "sequences after ##FASTA, which are not used",
    gff3: `${head}${row(gene)}##FASTA\n>chr1\nACGT\n`,
    findings: ["embedded-fasta gff3"]
  },
  { rule: "a coordinate with leading zeros", gff3: head + row("chr1 s gene 001 9 . + . ID=g"), findings: ["leading-zero gff3"] },
  {
    rule: "a CDS without a gene",
    gff3: withGene("chr1 s CDS 1000 1008 . + 0 ID=c"),
    findings: ["gene-inferred gff3", "cds-without-start gff3", "cds-without-stop gff3"]
  },
  { rule: "a gene without an ID", gff3: head + row("chr1 s gene 1 9 . + . Name=g"), findings: ["feature-without-id gff3"] }
]

/** Right by the letter: taken, and nothing is said. */
export const legal: ReadonlyArray<CorpusRow> = [
  { rule: "a version with its parts", gff3: `##gff-version 3.1.26\n${row(gene)}` },
  { rule: "a ##FASTA of nothing", gff3: `${head}${row(gene)}##FASTA\n` },
  {
    rule: "a Derives_from across ###, which ends what came before it",
    gff3: `${withGene("chr1 s mRNA 1 9 . + . ID=t;Parent=g")}###\n${row("chr1 s polypeptide 1 9 . + . ID=p;Derives_from=t")}`
  },
  { rule: "comments and ### anywhere", gff3: `${head}# one\n${row(gene)}#two\n###\n` },
  {
    rule: "directives that it does not know",
    gff3: `${head}##species x\n##genome-build NCBI B36\n##attribute-ontology u\n#!note\n${row(gene)}`
  },
  { rule: "no line end at the end", gff3: head + row(gene).trim() },
  { rule: "line ends of two bytes", gff3: (head + row(gene)).replaceAll("\n", "\r\n") },
  { rule: "a dot for source, score, strand and attributes", gff3: withGene("chr1 . remark 1 9 . . . .") },
  { rule: "a strand that is relevant but unknown", gff3: withGene("chr1 s exon 1 9 . ? . Parent=g") },
  {
    rule: "scores in every notation",
    gff3: withGene("chr1 s exon 1 9 1e-30 + . Parent=g", "chr1 s exon 11 19 -.5 + . Parent=g", "chr1 s exon 21 29 7. + . Parent=g")
  },
  { rule: "a feature of zero length: start and end are equal", gff3: withGene("chr1 s insertion_site 9 9 . + . ID=i") },
  { rule: "an accession for a type", gff3: head + row("chr1 s SO:0000704 1 9 . + . ID=g") },
  { rule: "a blank within a source", gff3: head + row(gene).replace("\ts\t", "\ta b\t") },
  {
    rule: "every character of a sequence id that needs no escape",
    gff3: head + row("aZ09.:^*$@!+_?-| s gene 1 9 . + . ID=g"),
    fasta: ">aZ09.:^*$@!+_?-|\nACGTACGTACGT\n"
  },
  { rule: "an escaped character in a sequence id", gff3: head + row("chr%281%29 s gene 1 9 . + . ID=g"), fasta: ">chr(1)\nACGTACGTACGT\n" },
  { rule: "each escape that column 9 needs", gff3: noted("%3B%3D%26%2C%09%0A%0D%25") },
  { rule: "escapes in small letters", gff3: noted("%3b%2c") },
  { rule: "letters of any script that are not escaped", gff3: noted("café 遺伝子 ген ☃") },
  { rule: "blanks and quotes in values", gff3: noted(`a "b" c`) },
  {
    rule: "several values of Alias, Note, Dbxref and Ontology_term",
    gff3: head + row(`${gene};Alias=a,b;Note=c,d;Dbxref=EMBL:AA,NCBI:1;Ontology_term="GO:0046703",SO:1`)
  },
  { rule: "attributes of its own in small letters", gff3: head + row(`${gene};my_own=1;x=2,3`) },
  { rule: "IDs that differ by their letters' case only", gff3: withGene("chr1 s gene 1000 1009 . + . ID=G") },
  {
    rule: "children before their Parents",
    gff3: head + rows("chr1 s exon 1 9 . + . Parent=t", "chr1 s mRNA 1 9 . + . ID=t;Parent=g", gene)
  },
  {
    rule: "an exon of several Parents",
    gff3: withGene("chr1 s mRNA 1 9 . + . ID=t;Parent=g", "chr1 s mRNA 1 9 . + . ID=u;Parent=g", "chr1 s exon 1 9 . + . Parent=t,u")
  },
  { rule: "a Parent of an escaped comma", gff3: head + rows("chr1 s gene 1 9 . + . ID=a%2Cb", "chr1 s mRNA 1 9 . + . ID=t;Parent=a%2Cb") },
  { rule: "a feature in the region of its sequence", gff3: `${head}##sequence-region chr1 1 900\n${row(gene)}` },
  {
    rule: "a Target with a strand, a blank in its id escaped, and a Gap",
    gff3: withGene("chr1 s EST_match 1 9 . + . ID=m;Target=EST%2023 1 9 -;Gap=M9")
  },
  {
    rule: "a Derives_from that a later row has",
    gff3: withGene("chr1 s polypeptide 1 9 . + . ID=p;Derives_from=t", "chr1 s mRNA 1 9 . + . ID=t;Parent=g")
  },
  {
    rule: "a feature over the origin of a circle, in its region",
    gff3: `${head}##sequence-region chr2 1 500\n${rows("chr2 s region 1 500 . . . ID=r;Is_circular=true", "chr2 s gene 490 510 . + . ID=g")}`
  }
]
