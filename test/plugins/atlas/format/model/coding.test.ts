/** What is told of CDS by reading them. */
import { assert, describe, it } from "@effect/vitest"
import { organelleOf } from "../../../../../plugins/atlas/format/coding/organelle.ts"
import { OntologyModel, type OntologyModelOptions } from "../../../../../plugins/atlas/format/model/ontology-model.ts"
import { gff3, modelOf, rowsOf } from "./model-of.ts"

/** Findings on CDS of rows on these sequences. */
const told = (
  sequences: Readonly<Record<string, string>>,
  lines: ReadonlyArray<string>,
  options: Partial<OntologyModelOptions> = {}
): Readonly<Record<string, string>> => {
  const contigs = Object.entries(sequences).map(([name, bases]) => ({ name, length: bases.length }))
  const model = new OntologyModel({ path: "genes.gff3", contigs, ...options })
  for (const row of rowsOf(gff3(...lines))) model.add(row)
  const { findings, errors } = model.finish((name, start, end) => {
    const bases = sequences[name] ?? ""
    return Buffer.from(Array.from({ length: end - start + 1 }, (_, i) => bases[(start - 1 + i) % bases.length]).join(""))
  })
  assert.deepStrictEqual(
    errors.map((e) => e.message),
    []
  )
  return Object.fromEntries(findings.map(({ name, message }) => [name, message]))
}

const cds = (sequence: string, ...more: ReadonlyArray<string>) => [
  `${sequence} gene 1 12 + . ID=g`,
  `${sequence} CDS 1 12 + 0 ID=c;Parent=g${more.map((m) => `;${m}`).join("")}`
]

describe("a CDS", () => {
  it("that is sound is told nothing of", () => {
    assert.deepStrictEqual(told({ chr1: "ATGGCTGCTTAA" }, cds("chr1")), {})
  })

  it.each([
    ["a stop within", "ATGTAAGCTTAA", ["cds-internal-stop"]],
    ["no start", "GCTGCTGCTTAA", ["cds-without-start"]],
    ["no stop", "ATGGCTGCTGCT", ["cds-without-stop"]]
  ])("with %s is told", (_what, bases, names) => {
    assert.sameMembers(Object.keys(told({ chr1: bases }, cds("chr1"))), names)
  })

  it("whose length is no multiple of three is told, and its end with it", () => {
    const lines = ["chr1 gene 1 12 + . ID=g", "chr1 CDS 1 11 + 0 ID=c;Parent=g"]
    assert.sameMembers(Object.keys(told({ chr1: "ATGGCTGCTTAA" }, lines)), ["cds-length", "cds-without-stop"])
  })

  const split = (phase: number) => ["chr1 gene 1 20 + . ID=g", "chr1 CDS 1 4 + 0 ID=c;Parent=g", `chr1 CDS 13 20 + ${phase} ID=c;Parent=g`]

  it("on several rows has phases by which its frame goes on", () => {
    // ATGG…CTGCTTAA: one base of the second codon stands on the first row, two on the second.
    const sequences = { chr1: "ATGGNNNNNNNNCTGCTTAA" }
    assert.deepStrictEqual(told(sequences, split(2)), {})
    for (const phase of [0, 1]) assert.deepStrictEqual(Object.keys(told(sequences, split(phase))), ["cds-phase"])
  })

  it("on the minus strand has its phases from its far end", () => {
    const lines = (phase: number) => [
      "chr1 gene 1 20 - . ID=g",
      `chr1 CDS 1 8 - ${phase} ID=c;Parent=g`,
      "chr1 CDS 17 20 - 0 ID=c;Parent=g"
    ]
    const sequences = { chr1: "TTAAGCAGNNNNNNNNCCAT" }
    assert.deepStrictEqual(told(sequences, lines(2)), {})
    assert.deepStrictEqual(Object.keys(told(sequences, lines(0))), ["cds-phase"])
  })

  it("that begins within a codon keeps its frame over the origin of a circle", () => {
    const lines = [
      "chr1 region 1 20 + . ID=r;Is_circular=true",
      "chr1 gene 15 24 + . ID=g",
      "chr1 CDS 15 24 + 1 ID=c;Parent=g;partial=true"
    ]
    assert.deepStrictEqual(told({ chr1: "CTTAANNNNNNNNNCATGGC" }, lines), {})
  })

  it("of several under one transcript is looked at by itself", () => {
    const lines = [
      "chr1 gene 1 12 + . ID=g",
      "chr1 gene 13 24 + . ID=h",
      "chr1 mRNA 1 24 + . ID=t;Parent=g,h",
      "chr1 CDS 1 12 + 0 ID=a;Parent=t;Derives_from=g",
      "chr1 CDS 13 24 + 0 ID=b;Parent=t;Derives_from=h"
    ]
    assert.deepStrictEqual(Object.keys(told({ chr1: "ATGGCTGCTTAAATGGCTGCTTAA" }, lines)), [
      "child-outside-parent",
      "transcript-of-several-genes"
    ])
  })
})

describe("a CDS whose rows have an ID each", () => {
  // ATGG…CTG…CTTAA, as VEuPathDB, PomBase and Phytozome name its pieces.
  const pieces = (second: number, ...ids: ReadonlyArray<string>) => [
    "chr1 mRNA 1 30 + . ID=t;Parent=g",
    "chr1 gene 1 30 + . ID=g",
    `chr1 CDS 1 4 + 0 ID=${ids[0]};Parent=t`,
    `chr1 CDS 13 15 + ${second} ID=${ids[1]};Parent=t`,
    `chr1 CDS 21 25 + 2 ID=${ids[2]};Parent=t`
  ]
  const bases = { chr1: "ATGGNNNNNNNNCTGNNNNNCTTAANNNNN" }

  it("is read as one, which is told", () => {
    assert.deepStrictEqual(told(bases, pieces(2, "t.CDS.1", "t.CDS.2", "t.CDS.3")), {
      "cds-in-pieces": "one CDS has an ID for each piece, read as one: the frame goes on without a stop (first on line 3)"
    })
    assert.deepStrictEqual(told(bases, pieces(2, "c", "c", "c")), {})
  })

  it("is one also on the minus strand, and where each row ends with a codon", () => {
    const lines = ["chr1 gene 1 12 - . ID=g", "chr1 CDS 1 3 - 0 ID=c2;Parent=g", "chr1 CDS 7 12 - 0 ID=c1;Parent=g"]
    assert.deepStrictEqual(Object.keys(told({ chr1: "TTANNNAGCCAT" }, lines)), ["cds-in-pieces"])
  })

  it("are several CDS where the frame does not go on, where they overlap, or where one ends with a stop", () => {
    assert.notInclude(Object.keys(told(bases, pieces(1, "t.CDS.1", "t.CDS.2", "t.CDS.3"))), "cds-in-pieces")
    const two = (first: string, second: string) => [
      "chr1 gene 1 24 + . ID=g",
      `chr1 CDS ${first} + 0 ID=a;Parent=g`,
      `chr1 CDS ${second} + 0 ID=b;Parent=g`
    ]
    assert.deepStrictEqual(told({ chr1: "ATGGCTGCTTAAATGGCTGCTTAA" }, two("1 12", "13 24")), {})
    assert.deepStrictEqual(told({ chr1: "ATGGCTATGGCTGCTGCTGCTTAA" }, two("1 24", "7 24")), {})
  })
})

describe("the genes of a polycistronic transcript", () => {
  it("are all coding, and the transcript is counted with the first", () => {
    const { model } = modelOf([
      "chr1 gene 1 12 + . ID=g",
      "chr1 gene 13 24 + . ID=h",
      "chr1 mRNA 1 24 + . ID=t;Parent=g,h",
      "chr1 CDS 1 12 + 0 ID=a;Parent=t;Derives_from=g",
      "chr1 CDS 13 24 + 0 ID=b;Parent=t;Derives_from=h"
    ])
    assert.deepStrictEqual(
      model?.genes.map((g) => [g.gene_id, g.biotype, g.transcript_count]),
      [
        ["g", "protein_coding", 1],
        ["h", "protein_coding", 0]
      ]
    )
  })
})

describe("the genetic code", () => {
  // TGA is tryptophan, AGA a stop in code 2.
  const vertebrate = "ATGTGAGCTAGA"

  it("is the one that the CDS states", () => {
    assert.deepStrictEqual(told({ MT: vertebrate }, cds("MT", "transl_table=2")), {})
    assert.include(Object.keys(told({ chr1: vertebrate }, cds("chr1"))), "cds-internal-stop")
  })

  it("is the one that the sequence is given", () => {
    assert.deepStrictEqual(told({ MT: vertebrate }, cds("MT"), { geneticCodes: new Map([["MT", 2]]) }), {})
  })

  it("of a mitochondrion that says nothing is the one that reads best, which is told", () => {
    assert.deepStrictEqual(told({ chrM: vertebrate }, cds("chrM")), {
      "genetic-code-assumed": 'one CDS on mitochondrion "chrM" states no transl_table: code 2 reads them best'
    })
    // TGA is tryptophan to several codes, AGA a stop to the first of them.
    assert.match(told({ chrM: "ATGTGAAGATAA" }, cds("chrM"))["genetic-code-assumed"] ?? "", /code 3 reads/)
    assert.match(told({ MT: "ATGGCTGCTTAA" }, cds("MT"))["genetic-code-assumed"] ?? "", /code 1 reads/)
  })

  it("of a plastid is 11", () => {
    assert.deepStrictEqual(told({ ChrC: "GTGGCTGCTTAA" }, cds("ChrC")), {
      "genetic-code-assumed": 'one CDS on plastid "ChrC" states no transl_table: code 11 is that of plastids'
    })
  })

  it("of an organelle is known by what NCBI's region says, whatever it is called", () => {
    const lines = ["NC_1 region 1 12 + . ID=r;genome=mitochondrion", ...cds("NC_1")]
    assert.match(told({ NC_1: vertebrate }, lines)["genetic-code-assumed"] ?? "", /code 2/)
    const nuclear = ["MT region 1 12 + . ID=r;genome=chromosome", ...cds("MT")]
    assert.include(Object.keys(told({ MT: vertebrate }, nuclear)), "cds-internal-stop")
  })

  it.each([
    ["MT", "mitochondrion"],
    ["chrM", "mitochondrion"],
    ["chrMT", "mitochondrion"],
    ["Mito", "mitochondrion"],
    ["chrmt", "mitochondrion"],
    ["MtDNA", "mitochondrion"],
    ["mitochondrion_genome", "mitochondrion"],
    ["Pt", "plastid"],
    ["ChrC", "plastid"],
    ["chloroplast", "plastid"],
    ["M", undefined],
    ["C", undefined],
    ["chrMT2", undefined],
    ["1", undefined]
  ])("of sequence %s is of %s", (name, organelle) => {
    assert.strictEqual(organelleOf(name, undefined), organelle)
  })
})
