/**
 * FASTA, FAI and gzip through the whole of ingest, beside sound inputs. Every way in which one of them is wrong by itself is in
 * ../format/{fasta,fai,content}.test.ts; here is a row for each kind of decision, and what only shows where files meet.
 */
import { gzipSync } from "node:zlib"
import { type CorpusRow, head, rows, sequence, soundFasta, soundGff3 } from "./decision.ts"

const index = "chr1\t10000\t6\t60\t61\nchr2\t500\t10179\t60\t61\n"

/** A gzip member whose header has these flags and what belongs to them, around the text. */
const member = (flags: number, extra: Buffer, text: string): Buffer => {
  const plain = gzipSync(text)
  const header = Buffer.from(plain.subarray(0, 10))
  header[3] = flags
  return Buffer.concat([header, extra, plain.subarray(10)])
}

const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 0xff
  return copy
}

const zipped = gzipSync(soundGff3)

/** 64 MiB of one character in 64 kB, sixteen times. */
const bomb = (character: string): Buffer => {
  const small = gzipSync(Buffer.alloc(64 * 2 ** 20, character))
  return Buffer.concat(Array.from({ length: 16 }, () => small))
}

export const illegal: ReadonlyArray<CorpusRow> = [
  { rule: "a FASTA of nothing but blank lines", fasta: "\n\n", refused: ["FASTA_HEADER_MISSING a.fa 1 1"] },
  { rule: "bases before the first header", fasta: `ACGT\n${soundFasta}`, refused: ["FASTA_HEADER_MISSING a.fa 1 1"] },
  { rule: "a FASTQ", fasta: "@r\nACGT\n+\nIIII\n", refused: ["FASTA_HEADER_MISSING a.fa 1 1"] },
  { rule: "a header without a name", fasta: `${soundFasta}> chr3\nACGT\n`, refused: ["FASTA_NAME a.fa 179 2"] },
  { rule: "a header with a NUL", fasta: `${soundFasta}>chr\0\nACGT\n`, refused: ["FASTA_NAME a.fa 179 5"] },
  { rule: "a name that is there twice", fasta: `${soundFasta}>chr1 again\nACGT\n`, refused: ["FASTA_DUPLICATE_NAME a.fa 179 2"] },
  { rule: "a name of 256 bytes", fasta: `${soundFasta}>${"x".repeat(256)}\nACGT\n`, refused: ["LIMIT_EXCEEDED a.fa 179 2"] },
  { rule: "a digit among the bases", fasta: `${soundFasta}>chr3\nAC1T\n`, refused: ["FASTA_RESIDUE a.fa 180 3"] },
  { rule: "a protein", fasta: `${soundFasta}>chr3\nMKLE\n`, refused: ["FASTA_RESIDUE a.fa 180 3"] },
  { rule: "lines of differing length", fasta: `${soundFasta}>chr3\nACGT\nAC\nACGT\n`, refused: ["FASTA_LINE_LENGTH a.fa 182 1"] },
  { rule: "a header at the end that has no bases", fasta: `${soundFasta}>chr3\n`, refused: ["FASTA_EMPTY_SEQUENCE a.fa 179 1"] },
  { rule: "an index of two columns", fai: "chr1\t10000\n", refused: ["FAI_COLUMNS a.fai 1 11"] },
  { rule: "an index with a negative length", fai: index.replace("10000", "-1"), refused: ["FAI_NUMBER a.fai 1 6"] },
  {
    rule: "an index whose offset is beyond integers",
    fai: index.replace("\t6\t", "\t99999999999999999999\t"),
    refused: ["FAI_NUMBER a.fai 1 12"]
  },
  { rule: "an index that names a sequence twice", fai: index + index, refused: ["FAI_NAME a.fai 3 1", "FAI_NAME a.fai 4 1"] },
  { rule: "an index with a NUL", fai: `chr1\0${index}`, refused: ["FAI_NAME a.fai 1 1"] },
  { rule: "an index with a sequence more", fai: `${index}chr3\t4\t20000\t60\t61\n`, refused: ["FAI_MISMATCH a.fai 3"] },
  { rule: "a gzip whose method is none that is known", gff3: flipped(zipped, 2), refused: ["INPUT_CORRUPT a.gff3"] },
  { rule: "a gzip with reserved flags", gff3: member(0xe0, Buffer.alloc(0), soundGff3), refused: ["INPUT_CORRUPT a.gff3"] },
  { rule: "a gzip whose checksum does not fit", gff3: flipped(zipped, zipped.length - 8), refused: ["INPUT_CORRUPT a.gff3"] },
  { rule: "a gzip whose size does not fit", gff3: flipped(zipped, zipped.length - 1), refused: ["INPUT_CORRUPT a.gff3"] },
  { rule: "a gzip with garbage behind it", gff3: Buffer.concat([zipped, Buffer.from("x")]), refused: ["INPUT_CORRUPT a.gff3"] },
  {
    rule: "a gzip whose second member is cut off",
    gff3: Buffer.concat([zipped, zipped.subarray(0, 12)]),
    refused: ["INPUT_TRUNCATED a.gff3"]
  },
  {
    rule: "a gzip whose header goes on without end",
    gff3: member(0x08, Buffer.alloc(300_000, 65), soundGff3),
    refused: ["LIMIT_EXCEEDED a.gff3"]
  },
  { rule: "a gzip within a gzip", gff3: gzipSync(zipped), refused: ["GFF3_CHARACTER a.gff3 1 1"] },
  { rule: "a zip", fasta: Buffer.from("PK\u0003\u0004rest"), refused: ["INPUT_COMPRESSION a.fa"] },
  { rule: "a gzip bomb for an annotation", gff3: bomb("\n"), refused: ["LIMIT_EXCEEDED a.gff3"] },
  { rule: "a gzip bomb that is one line", gff3: bomb("\0"), refused: ["LIMIT_EXCEEDED a.gff3 1 1"] },
  { rule: "a gzip bomb for a genome", fasta: bomb("\0"), refused: ["LIMIT_EXCEEDED a.fa"] },
  { rule: "a gzip bomb for an index", fai: bomb("\0"), refused: ["LIMIT_EXCEEDED a.fai"] },
  { rule: "a FASTA for a GFF3", gff3: soundFasta, refused: ["GFF3_NO_GENES a.gff3"] },
  { rule: "a GFF3 for a FASTA", fasta: soundGff3, refused: ["FASTA_HEADER_MISSING a.fa 1 1"] },
  {
    rule: "UTF-16",
    gff3: Buffer.from(soundGff3, "utf16le"),
    refused: ["GFF3_CHARACTER a.gff3 1 2", "GFF3_CHARACTER a.gff3 2 1", "GFF3_CHARACTER a.gff3 3 1"]
  }
]

export const told: ReadonlyArray<CorpusRow> = [
  { rule: "a header without bases between others", fasta: `>chr0\n${soundFasta}`, findings: ["empty-sequence fasta"] },
  { rule: "a gap in a sequence", fasta: `${soundFasta}>chr3\nAC-T\n`, findings: ["gap-in-sequence fasta"] },
  {
    rule: "a blank line between sequences",
    fasta: `${sequence("chr1", 10_000)}\n${sequence("chr2", 500)}`,
    findings: ["blank-line fasta"]
  },
  {
    rule: "a character that turns the direction of text, in a sequence's name",
    fasta: `${soundFasta}>chr\u202e3\nACGT\n`,
    findings: ["hidden-character fasta"]
  },
  { rule: "a gzip whose name does not say so", gff3: zipped, findings: ["compression-name gff3"] },
  {
    rule: "a gzip with a name, a comment, an extra field and zeros behind it",
    gff3: Buffer.concat([member(0x1c, Buffer.from("\u0002\0ABn\0c\0", "latin1"), soundGff3), Buffer.alloc(512)]),
    findings: ["compression-name gff3"]
  }
]

export const legal: ReadonlyArray<CorpusRow> = [
  { rule: "every code of IUPAC, in both cases", fasta: `${soundFasta}>chr3\nACGTURYSWKMBDHVN\nacgturyswkmbdhvn\n` },
  { rule: "a FASTA without a line end at its end", fasta: soundFasta.trimEnd() },
  { rule: "a FASTA of lines that end with two bytes", fasta: soundFasta.replaceAll("\n", "\r\n") },
  { rule: "a description behind a name, in any script", fasta: soundFasta.replace(">chr2", ">chr2 染色体 | len=500") },
  { rule: "an index that fits", fai: index },
  { rule: "an index in another order than the FASTA", fai: index.trim().split("\n").toReversed().join("\n") },
  { rule: "a sequence of one base", fasta: `${soundFasta}>chr3\nA\n` },
  { rule: "genes on one of many sequences", gff3: head + rows("chr2 s gene 1 500 . + . ID=g") }
]
