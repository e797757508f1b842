/** Every finding that ingest may tell. `at` is the input (`gff3`, `fasta`, `fai`), or the type or sequence concerned. */
import { modelFindings } from "../model/model-findings.ts"

export interface FindingTable {
  readonly [name: string]: { readonly severity: "error" | "warning"; readonly hint: string }
}

/** Against the letter of a format, meaning clear: what the readers notice. */
const readerFindings = {
  "over-escaped": { severity: "warning", hint: "only tab, line ends, %, control characters and ; = & , in column 9 are escaped" },
  "unescaped-reserved": { severity: "warning", hint: "write ; = & , within values as %3B %3D %26 %2C" },
  "hidden-character": { severity: "warning", hint: "such a character makes two values look alike, or one look like another: remove it" },
  "reserved-attribute": { severity: "warning", hint: "attribute names of your own begin with a small letter" },
  "repeated-parent": { severity: "warning", hint: "name each Parent once" },
  "space-around-key": { severity: "warning", hint: "there is no space around ; and = in column 9" },
  "empty-attribute": { severity: "warning", hint: "leave out semicolons that separate nothing" },
  "empty-attributes": { severity: "warning", hint: "write a dot where column 9 has nothing" },
  "empty-value": { severity: "warning", hint: "leave out attributes without a value" },
  "empty-source": { severity: "warning", hint: "write a dot where column 2 has nothing" },
  "leading-zero": { severity: "warning", hint: "write coordinates without leading zeros" },
  "no-gff-version": { severity: "warning", hint: "begin the file with ##gff-version 3" },
  "late-gff-version": { severity: "warning", hint: "##gff-version is the first line" },
  "blank-line": { severity: "warning", hint: "remove blank lines" },
  "byte-order-mark": { severity: "warning", hint: "save the file as UTF-8 without a byte order mark" },
  "empty-sequence": { severity: "warning", hint: "this header has no residues: is the FASTA complete?" },
  "gap-in-sequence": { severity: "warning", hint: "a genome has N where bases are unknown; - and * are of alignments and proteins" }
} as const satisfies FindingTable

export const ingestFindings = {
  ...modelFindings,
  ...readerFindings,
  "profile-differs": {
    severity: "warning",
    hint: "leave the profile out to take the one that fits; docs/explanation/dataset-format.md tells their rules"
  },
  "row-rejected": {
    severity: "warning",
    hint: "strict refuses these rows; every one stands in derived/anomaly_report.json. Mend or complete the annotation"
  },
  anomaly: { severity: "warning", hint: "derived/anomaly_report.json names each" },
  "genome-unchecked": {
    severity: "warning",
    hint: "atlas-v1 takes FASTA and index as they are, as the reference does; verify --deep will not: make the index anew with samtools faidx"
  },
  "compression-name": { severity: "warning", hint: "the content decides; name the file after it (.gz for gzip and bgzip)" },
  "checksum-not-listed": { severity: "warning", hint: "the list of checksums does not have this file: is it the list of another folder?" },
  "sequence-region": {
    severity: "warning",
    hint: "##sequence-region, features and FASTA tell of different sequences: are they of one assembly?"
  },
  "embedded-fasta": { severity: "warning", hint: "sequences after ##FASTA are not used: the FASTA file is the genome" }
} as const satisfies FindingTable

export type IngestFindingName = keyof typeof ingestFindings

/** Whether it is in the table. */
export const isIngestFinding = (name: string): name is IngestFindingName => Object.hasOwn(ingestFindings, name)

export interface IngestFinding {
  readonly name: IngestFindingName
  readonly at: string
  readonly message: string
}
