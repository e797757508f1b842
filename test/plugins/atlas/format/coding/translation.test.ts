import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { geneticCodes } from "../../../../../plugins/atlas/format/coding/genetic-codes.ts"
import { inReadingOrder, type Segment, translateCds } from "../../../../../plugins/atlas/format/coding/translation.ts"
import { absent } from "../shared-data.ts"
import { rowsOf } from "../model/model-of.ts"

const fetchFrom =
  (sequence: string) =>
  (start: number, end: number): Uint8Array => {
    let out = ""
    for (let at = start; at <= end; at++) out += sequence[(at - 1) % sequence.length]
    return Buffer.from(out)
  }

const read = (sequence: string, segments: ReadonlyArray<Partial<Segment> & { start: number; end: number }>, table = 1) =>
  translateCds(inReadingOrder(segments.map((s) => ({ strand: "+", phase: 0, ...s }) as Segment)), fetchFrom(sequence), table)

describe("genetic codes", () => {
  it("are NCBI's tables, each of 64 codons", () => {
    assert.deepStrictEqual(
      [...geneticCodes.keys()],
      [1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33]
    )
    for (const [table, { aminoAcids, marks }] of geneticCodes) {
      assert.match(aminoAcids, /^[ACDEFGHIKLMNPQRSTVWY*]{64}$/, String(table))
      assert.match(marks, /^[M*-]{64}$/, String(table))
      // What is only ever a stop is marked as one.
      for (let i = 0; i < 64; i++) if (aminoAcids[i] === "*") assert.strictEqual(marks[i], "*", `table ${table} codon ${i}`)
    }
  })

  // From the tables' published descriptions ("differences from the standard code").
  it.each([
    [1, "TGA", "*"],
    [2, "AGA", "*"],
    [2, "ATA", "M"],
    [2, "TGA", "W"],
    [3, "CTT", "T"],
    [5, "AGG", "S"],
    [6, "TAA", "Q"],
    [9, "AAA", "N"],
    [10, "TGA", "C"],
    [12, "CTG", "S"],
    [13, "AGA", "G"],
    [14, "TAA", "Y"],
    [16, "TAG", "L"],
    [22, "TCA", "*"],
    [23, "TTA", "*"],
    [25, "TGA", "G"],
    [26, "CTG", "A"],
    [33, "AGG", "K"]
  ])("table %i reads %s as %s", (table, codon, residue) => {
    assert.strictEqual(read(codon, [{ start: 1, end: 3 }], table)?.protein, residue)
  })
})

describe("translation", () => {
  it("joins segments and reads the other strand backwards", () => {
    assert.strictEqual(
      read("ATGxxGCTTAA".replace("xx", "CC"), [
        { start: 1, end: 3 },
        { start: 6, end: 11 }
      ])?.protein,
      "MA*"
    )
    // TTAAGCCAT is ATGGCTTAA backwards.
    assert.strictEqual(
      read("TTAGGAGCCAT", [
        { start: 1, end: 3, strand: "-" },
        { start: 6, end: 11, strand: "-" }
      ])?.protein,
      "MA*"
    )
  })

  it("skips the phase of the first segment in reading direction, and leaves a last incomplete codon out", () => {
    const cds = read("CATGGCTT", [{ start: 1, end: 8, phase: 1 }])
    assert.deepInclude(cds, { protein: "MA", bases: 7, starts: true, stops: false })
  })

  it("goes on at the first base of a circle", () => {
    assert.strictEqual(read("GCTTAAATG", [{ start: 7, end: 15 }])?.protein, "MA*")
  })

  it("puts segments behind the origin last, on either strand", () => {
    const around = { length: 9, from: 7 }
    const forward = inReadingOrder(
      [
        { start: 1, end: 6, strand: "+", phase: 0 },
        { start: 7, end: 9, strand: "+", phase: 0 }
      ],
      around
    )
    assert.deepStrictEqual(
      forward.map((s) => s.start),
      [7, 10]
    )
    const backward = inReadingOrder(
      [
        { start: 7, end: 9, strand: "-", phase: 0 },
        { start: 1, end: 6, strand: "-", phase: 0 }
      ],
      around
    )
    assert.deepStrictEqual(
      backward.map((s) => s.start),
      [10, 7]
    )
  })

  it("reads ambiguous codons that mean one thing, and X otherwise", () => {
    assert.strictEqual(read("GCNytaTARNNN", [{ start: 1, end: 12 }])?.protein, "AL*X")
  })

  it("counts stops within, not the last", () => {
    assert.deepInclude(read("ATGTAATGATAG", [{ start: 1, end: 12 }]), { internalStops: 2, stops: true })
  })

  it("knows no table that NCBI does not have", () => {
    assert.isUndefined(read("ATG", [{ start: 1, end: 3 }], 7))
  })

  it.skipIf(absent)("gives every CDS of phiX174 its own translation, also over the origin", () => {
    const folder = path.resolve(import.meta.dirname, "../../../../../../shared/data/phix174/NC_001422.1")
    const sequence = fs.readFileSync(path.join(folder, "genome.fa"), "latin1").split("\n").slice(1).join("")
    const rows = rowsOf(fs.readFileSync(path.join(folder, "annotation.circular.gff3"))).filter((r) => r.type === "CDS")
    assert.strictEqual(rows.length, 11)
    assert.strictEqual(rows.filter((r) => r.end > sequence.length).length, 3)
    for (const row of rows) {
      const protein = translateCds([row], fetchFrom(sequence), Number(row.attributes.get("transl_table")?.[0]))
      assert.isTrue(protein?.starts)
      assert.isTrue(protein?.stops)
      assert.strictEqual(`M${protein?.protein.slice(1, -1)}`, row.attributes.get("translation")?.[0])
    }
  })
})
