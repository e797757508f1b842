/** Every error path of reading in the dataset contract (§2.3, §2.4): index, FASTA, ##sequence-region, rows. */
import { describe } from "@effect/vitest"
import { feature, gene, gff3, type Refusal, refusesEach, row } from "./refused.ts"

const sampled = (message: string, line: string) => `${message} sample=${line}`

const cut = feature("chr1 gene x 9 ID=g")
const open = feature("chr1 gene 1 y ID=g")
const back = feature("chr1 gene 9 1 ID=g")
const zero = feature("chr1 gene 0 1 ID=g")
const nameless = row(" ", "s", "gene", "1", "9", ".", "+", ".", "ID=g")
const typeless = row("chr1", "s", "", "1", "9", ".", "+", ".", "ID=g")
const starred = feature("chr1 gene 1 9 ID=g", { strand: "*" })
const unsure = feature("chr1 gene 1 9 ID=g", { strand: "?" })
const ninth = feature("chr1 CDS 1 9 ID=c;Parent=t", { phase: "9" })

const fixRegion = "Fix by aligning sequence-region declarations with FASTA/FAI contig IDs."

const table: ReadonlyArray<Refusal> = [
  // the index
  ["an index line of one column", { fai: "chr1\n" }, "ATLAS_V1_FAI", "invalid FAI line: chr1", 3, 1],
  ["an index line without a name", { fai: " \t5\n" }, "ATLAS_V1_FAI", "FASTA header missing contig name", 10, 1],
  [
    "a name of 256 bytes in the index",
    { fai: `${"c".repeat(256)}\t5\n` },
    "ATLAS_V1_FAI",
    `FASTA header contig name exceeds 255 bytes: ${"c".repeat(256)}`,
    10,
    1
  ],
  [
    "an invisible character in a name of the index",
    { fai: "c\u200b1\t5\n" },
    "ATLAS_V1_FAI",
    "FASTA header contig name contains forbidden control characters at header 0",
    10,
    1
  ],
  ["a length that is no number", { fai: "chr1\t5x\n" }, "ATLAS_V1_FAI", "invalid FAI contig length: 5x", 3, 1],
  [
    "a length beyond 64 bits",
    { fai: "chr1\t99999999999999999999\n" },
    "ATLAS_V1_FAI",
    "invalid FAI contig length: 99999999999999999999",
    3,
    1
  ],
  ["one name twice in the index", { fai: "chr1\t5\nchr1\t5\n" }, "ATLAS_V1_FAI", "duplicate FAI contig declaration for chr1", 10, 2],
  [
    "one name with two lengths in the index",
    { fai: "chr1\t5\nchr1\t6\n" },
    "ATLAS_V1_FAI",
    "conflicting FAI duplicate contig length for chr1: 5 vs 6",
    10,
    2
  ],
  [
    "an index that is no UTF-8",
    { fai: Buffer.from("chr1\t5\n\xff\t6\n", "latin1") },
    "ATLAS_V1_FAI",
    "stream did not contain valid UTF-8",
    10,
    2
  ],
  // the FASTA, where it is scanned
  [
    "bases before a header",
    { fasta: "ACGT\n", options: { fastaScanning: true } },
    "ATLAS_V1_FASTA",
    "FASTA sequence line seen before header",
    10,
    1
  ],
  [
    "a header twice",
    { fasta: ">a\nA\n>a x\nA\n", options: { fastaScanning: true } },
    "ATLAS_V1_FASTA",
    "duplicate FASTA contig header detected: a",
    10,
    3
  ],
  [
    "a header without a name",
    { fasta: ">\nA\n", options: { fastaScanning: true } },
    "ATLAS_V1_FASTA",
    "FASTA header missing contig name",
    10,
    1
  ],
  [
    "more bases than asked for",
    { options: { fastaScanning: true, fastaScanMaxBases: 7 } },
    "ATLAS_V1_FASTA",
    "FASTA scanning memory guardrail exceeded: 8>7",
    10,
    2
  ],
  // ##sequence-region
  [
    "a region without an end",
    { gff3: gff3("##sequence-region chr1 1", gene) },
    "GFF3_INVALID_SEQUENCE_REGION",
    "GFF3_INVALID_SEQUENCE_REGION line=1 declaration=##sequence-region chr1 1",
    3,
    1
  ],
  [
    "a region whose start is no number",
    { gff3: gff3("#", "##sequence-region chr1 a 5", gene) },
    "GFF3_INVALID_SEQUENCE_REGION_START",
    "GFF3_INVALID_SEQUENCE_REGION_START line=2 value=a",
    3,
    2
  ],
  [
    "a region whose end is no number",
    { gff3: gff3("##sequence-region chr1 1 b", gene) },
    "GFF3_INVALID_SEQUENCE_REGION_END",
    "GFF3_INVALID_SEQUENCE_REGION_END line=1 value=b",
    3,
    1
  ],
  [
    "a region that ends before it starts",
    { gff3: gff3("##sequence-region chr1 5 1", gene) },
    "GFF3_INVALID_SEQUENCE_REGION_SPAN",
    "GFF3_INVALID_SEQUENCE_REGION_SPAN line=1 start=5 end=1",
    3,
    1
  ],
  [
    "one region with two spans",
    { gff3: gff3("##sequence-region chr1 1 5", "##sequence-region chr1 1 5", "##sequence-region chr1 1 6", gene) },
    "GFF3_CONFLICTING_SEQUENCE_REGION",
    "GFF3_CONFLICTING_SEQUENCE_REGION seqid=chr1 first_line=1 second_line=3 first_span=1-5 second_span=1-6",
    10,
    3
  ],
  [
    "a malformed region after a conflict: lines are read first",
    { gff3: gff3("##sequence-region chr1 1 5", "##sequence-region chr1 1 6", "##sequence-region x", gene) },
    "GFF3_INVALID_SEQUENCE_REGION",
    "GFF3_INVALID_SEQUENCE_REGION line=3 declaration=##sequence-region x",
    3,
    3
  ],
  [
    "regions of unknown sequences",
    { gff3: gff3("##sequence-region z 1 5", "##sequence-region b 1 5", gene) },
    "GFF3_SEQUENCE_REGION_NOT_IN_FASTA_FAI",
    `GFF3_SEQUENCE_REGION_NOT_IN_FASTA_FAI: [b, z]. ${fixRegion}`,
    10
  ],
  // rows
  [
    "a row of eight columns",
    { gff3: "chr1\ts\tgene\t1\t9\t.\t+\t.\n" },
    "ATLAS_V1_ROW",
    "invalid GFF3 row (expected 9 columns): chr1\ts\tgene\t1\t9\t.\t+\t.",
    3,
    1
  ],
  [
    "a sequence after ##FASTA",
    { gff3: gff3(gene, "##FASTA", ">chr1", "ACGT") },
    "ATLAS_V1_ROW",
    "invalid GFF3 row (expected 9 columns): >chr1",
    3,
    3
  ],
  [
    "a byte order mark",
    { gff3: `\ufeff##gff-version 3\n${gene}\n` },
    "ATLAS_V1_ROW",
    "invalid GFF3 row (expected 9 columns): \ufeff##gff-version 3",
    3,
    1
  ],
  ["a line of white space", { gff3: `${gene}\n  \n` }, "ATLAS_V1_ROW", "invalid GFF3 row (expected 9 columns):   ", 3, 2],
  [
    "a line of a million and one bytes",
    { gff3: gff3(feature(`chr1 gene 1 9 ID=g;x=${"a".repeat(1_000_000)}`)) },
    "ATLAS_V1_ROW",
    "gff3 line exceeds max byte length 1000000",
    10,
    1
  ],
  [
    "bytes that are no UTF-8, found before any row is read",
    { gff3: Buffer.concat([Buffer.from(`${cut}\n`), Buffer.from([0xff, 10])]) },
    "ATLAS_V1_ROW",
    "stream did not contain valid UTF-8",
    10,
    2
  ],
  [
    "4097 attributes",
    { gff3: gff3(feature(`chr1 gene 1 9 ID=g${";a".repeat(4096)}`)) },
    "ATLAS_V1_ROW",
    "gff3 attribute token count exceeds max 4096",
    10,
    1
  ],
  [
    "a start that is no number, before a name that is missing",
    { gff3: gff3(gene, cut) },
    "GFF3_INVALID_START_COORDINATE",
    sampled("GFF3_INVALID_START_COORDINATE line=2 value=x", cut),
    3,
    2
  ],
  [
    "an end that is no number",
    { gff3: gff3(open) },
    "GFF3_INVALID_END_COORDINATE",
    sampled("GFF3_INVALID_END_COORDINATE line=1 value=y", open),
    3,
    1
  ],
  [
    "an end before the start",
    { gff3: gff3(back) },
    "GFF3_INVALID_COORDINATE_SPAN",
    sampled("GFF3_INVALID_COORDINATE_SPAN line=1 start=9 end=1", back),
    3,
    1
  ],
  [
    "a start of 0",
    { gff3: gff3(zero) },
    "GFF3_INVALID_COORDINATE_SPAN",
    sampled("GFF3_INVALID_COORDINATE_SPAN line=1 start=0 end=1", zero),
    3,
    1
  ],
  [
    "a row without a sequence",
    { gff3: gff3(nameless) },
    "GFF3_MISSING_REQUIRED_FIELD",
    sampled("GFF3_MISSING_REQUIRED_FIELD line=1 field=seqid", nameless),
    10,
    1
  ],
  [
    "a row without a type",
    { gff3: gff3(typeless) },
    "GFF3_MISSING_REQUIRED_FIELD",
    sampled("GFF3_MISSING_REQUIRED_FIELD line=1 field=feature_type", typeless),
    10,
    1
  ],
  ["a strand that is none", { gff3: gff3(starred) }, "GFF3_INVALID_STRAND", sampled("GFF3_INVALID_STRAND line=1 strand=*", starred), 3, 1],
  ["an unknown strand", { gff3: gff3(unsure) }, "GFF3_INVALID_STRAND", sampled("GFF3_INVALID_STRAND line=1 strand=?", unsure), 3, 1],
  ["a phase that is none", { gff3: gff3(gene, ninth) }, "GFF3_INVALID_PHASE", sampled("GFF3_INVALID_PHASE line=2 phase=9", ninth), 3, 2],
  [
    "an escaped line end",
    { gff3: gff3("##gff-version 3", "", feature("chr1 gene 1 9 ID=g;comment=a%0Ab")) },
    "GFF3_FORBIDDEN_HIDDEN_CHAR",
    "GFF3_FORBIDDEN_HIDDEN_CHAR line=3 key=comment",
    10,
    3
  ],
  [
    "an invisible character",
    { gff3: gff3(feature("chr1 gene 1 9 ID=g\u00adx")) },
    "GFF3_FORBIDDEN_HIDDEN_CHAR",
    "GFF3_FORBIDDEN_HIDDEN_CHAR line=1 key=ID",
    10,
    1
  ],
  [
    "a blank in an id, under lenient too",
    { gff3: gff3(feature("chr1 gene 1 9 ID=g%20x")), options: { strictness: "lenient" } },
    "GFF3_INVALID_ID_WHITESPACE",
    "GFF3_INVALID_ID_WHITESPACE line=1 key=ID",
    3,
    1
  ]
]

describe("inputs that atlas-v1 cannot read, in the reference's words", () => {
  refusesEach(table)
})
