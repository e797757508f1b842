import { assert, describe, it } from "@effect/vitest"
import { modelErrors } from "../../../../../plugins/atlas/format/model/problems.ts"
import { modelOf } from "./model-of.ts"

type Case = readonly [title: string, lines: ReadonlyArray<string>, expected: ReadonlyArray<readonly [tag: string, line: number]>]

const gene = "chr1 gene 1 900 + . ID=g"

const refused: ReadonlyArray<Case> = [
  [
    "a sequence that the FASTA lacks, once with its first line",
    [gene, "chrX gene 1 9 + . ID=x", "chrX gene 20 30 + . ID=y"],
    [["Gff3UnknownSequence", 2]]
  ],
  [
    "two sequences that the FASTA lacks",
    ["1 gene 1 9 + . ID=x", "2 gene 1 9 + . ID=y"],
    [
      ["Gff3UnknownSequence", 1],
      ["Gff3UnknownSequence", 2]
    ]
  ],
  ["a feature past the end", ["chr1 gene 990 1001 + . ID=g"], [["Gff3PastEnd", 1]]],
  [
    "a feature past the end of another sequence than the circular one",
    ["chr2 region 1 1000 + . Is_circular=true", "chr1 gene 990 1001 + . ID=g"],
    [["Gff3PastEnd", 2]]
  ],
  [
    "a feature that goes round a circle twice",
    ["chr1 region 1 1000 + . Is_circular=true", "chr1 gene 990 2001 + . ID=g"],
    [["Gff3PastEnd", 2]]
  ],
  ["a feature longer than its circle", ["chr1 region 1 1000 + . Is_circular=true", "chr1 gene 500 1500 + . ID=g"], [["Gff3PastEnd", 2]]],
  [
    "a circle declared for a part of the sequence only",
    ["chr1 region 1 999 + . Is_circular=true", "chr1 gene 990 1001 + . ID=g"],
    [["Gff3PastEnd", 2]]
  ],
  [
    "a Parent that is not defined, on each row that names it",
    [gene, "chr1 mRNA 1 9 + . ID=t;Parent=no", "chr1 mRNA 1 9 + . ID=u;Parent=no"],
    [
      ["Gff3ParentMissing", 2],
      ["Gff3ParentMissing", 3]
    ]
  ],
  ["one of two Parents that is not defined", [gene, "chr1 mRNA 1 9 + . ID=t;Parent=g,no"], [["Gff3ParentMissing", 2]]],
  ["a row that is its own Parent", ["chr1 gene 1 9 + . ID=a;Parent=a"], [["Gff3ParentCycle", 1]]],
  [
    "three rows in a circle",
    ["chr1 gene 1 9 + . ID=a;Parent=c", "chr1 gene 1 9 + . ID=b;Parent=a", "chr1 gene 1 9 + . ID=c;Parent=b"],
    [["Gff3ParentCycle", 1]]
  ],
  ["a gene's ID used by a second gene", [gene, "chr1 gene 920 950 + . ID=g"], [["Gff3DuplicateId", 2]]],
  [
    "a transcript's ID used twice",
    [gene, "chr1 mRNA 1 9 + . ID=t;Parent=g", "chr1 mRNA 20 30 + . ID=t;Parent=g"],
    [["Gff3DuplicateId", 3]]
  ],
  [
    "an exon's ID used twice",
    [gene, "chr1 mRNA 1 90 + . ID=t;Parent=g", "chr1 exon 1 9 + . ID=e;Parent=t", "chr1 exon 20 30 + . ID=e;Parent=t"],
    [["Gff3DuplicateId", 4]]
  ],
  ["an ID of two types", [gene, "chr1 mRNA 1 9 + . ID=g"], [["Gff3DuplicateId", 2]]],
  [
    "a CDS ID on two sequences",
    [gene, "chr2 gene 1 90 + . ID=h", "chr1 CDS 1 9 + 0 ID=c;Parent=g", "chr2 CDS 1 9 + 0 ID=c;Parent=g"],
    [["Gff3DuplicateId", 4]]
  ],
  [
    "a CDS ID under two Parents",
    [gene, "chr1 gene 1 90 + . ID=h", "chr1 CDS 1 9 + 0 ID=c;Parent=g", "chr1 CDS 20 30 + 0 ID=c;Parent=h"],
    [["Gff3DuplicateId", 4]]
  ],
  [
    "a CDS ID on two strands of a gene with a strand",
    [gene, "chr1 CDS 1 9 + 0 ID=c;Parent=g", "chr1 CDS 20 30 - 0 ID=c;Parent=g"],
    [["Gff3DuplicateId", 3]]
  ],
  ["a CDS row that repeats another", [gene, "chr1 CDS 1 9 + 0 ID=c;Parent=g", "chr1 CDS 1 9 + 0 ID=c;Parent=g"], [["Gff3DuplicateId", 3]]],
  ["a gene id of 129 bytes", [`chr1 gene 1 9 + . ID=${"é".repeat(64)}x`], [["Gff3IdIllegal", 1]]],
  ["no gene at all", ["chr1 repeat_region 1 9 + . ID=r"], [["Gff3NoGenes", 0]]],
  [
    "several things at once, each where it stands",
    ["chr1 gene 990 1001 + . ID=g", "chrX gene 1 9 + . ID=x", "chr1 mRNA 1 9 + . ID=t;Parent=no", "chr1 gene 1 9 + . ID=x"],
    [
      ["Gff3PastEnd", 1],
      ["Gff3UnknownSequence", 2],
      ["Gff3ParentMissing", 3],
      ["Gff3DuplicateId", 4]
    ]
  ]
]

const accepted: ReadonlyArray<readonly [title: string, lines: ReadonlyArray<string>]> = [
  [
    "a feature over the origin of a circle that is declared later",
    ["chr1 gene 990 1010 + . ID=g", "chr1 region 1 1000 + . ID=chr1;Is_circular=true"]
  ],
  ["a CDS on several rows", [gene, "chr1 CDS 1 9 + 0 ID=c;Parent=g", "chr1 CDS 20 28 + 0 ID=c;Parent=g"]],
  ["a CDS whose rows overlap where the ribosome slips", [gene, "chr1 CDS 1 9 + 0 ID=c;Parent=g", "chr1 CDS 9 17 + 0 ID=c;Parent=g"]],
  [
    "a trans-spliced gene on two strands",
    ["chr1 gene 1 90 + . ID=g;part=1;exception=trans-splicing", "chr1 gene 200 290 - . ID=g;part=2;exception=trans-splicing"]
  ],
  [
    "a CDS on two strands of a transcript without strand",
    [gene, "chr1 mRNA 1 900 . . ID=t;Parent=g", "chr1 CDS 1 9 + 0 ID=c;Parent=t", "chr1 CDS 20 28 - 0 ID=c;Parent=t"]
  ],
  ["a gene id of 128 bytes", [`chr1 gene 1 9 + . ID=${"x".repeat(128)}`]],
  [
    "Parents in another order on the rows of one CDS",
    [
      gene,
      "chr1 mRNA 1 90 + . ID=t;Parent=g",
      "chr1 mRNA 1 90 + . ID=u;Parent=g",
      "chr1 CDS 1 9 + 0 ID=c;Parent=t,u",
      "chr1 CDS 20 28 + 0 ID=c;Parent=u,t"
    ]
  ]
]

describe("an annotation is refused for", () => {
  it.each(refused)("%s", (_title, lines, expected) => {
    const { errors, model } = modelOf(lines)
    assert.isUndefined(model)
    assert.deepStrictEqual(
      errors.map((e) => [e._tag, e.where?.line ?? 0]),
      expected.map((e) => [...e])
    )
    for (const error of errors) assert.strictEqual(error.where?.path, "genes.gff3")
  })
})

describe("an annotation is taken with", () => {
  it.each(accepted)("%s", (_title, lines) => {
    const { errors, model } = modelOf(lines)
    assert.deepStrictEqual(
      errors.map((e) => e.message),
      []
    )
    assert.isDefined(model)
  })
})

describe("errors of a model", () => {
  it("show the path of a cycle", () => {
    const { errors } = modelOf(["chr1 gene 1 9 + . ID=a;Parent=b", "chr1 gene 1 9 + . ID=b;Parent=a"])
    assert.strictEqual(errors[0]?.message, 'Parent goes in a circle: "a" → "b" → "a"')
  })

  it("name every row of a missing Parent", () => {
    const { errors } = modelOf([gene, ...Array.from({ length: 5 }, (_, i) => `chr1 exon ${i + 1} 9 + . Parent=no`)])
    assert.deepStrictEqual(
      errors.map((e) => [e.message, e.where?.line]),
      [2, 3, 4, 5, 6].map((line) => ['Parent "no" is not defined (5 rows name it)', line])
    )
    assert.deepInclude(errors[0], { parent: "no", rows: 5 })
  })

  it("name every row of a feature that is on the other strand", () => {
    const { errors } = modelOf([
      gene,
      ...["+", "-", "+", "-"].map((strand, i) => `chr1 CDS ${i * 9 + 1} ${i * 9 + 9} ${strand} 0 ID=c;Parent=g`)
    ])
    assert.deepStrictEqual(
      errors.map((e) => [e._tag, e.where?.line]),
      [
        ["Gff3DuplicateId", 3],
        ["Gff3DuplicateId", 5]
      ]
    )
  })

  it("are at most a thousand of a kind; the last says how many more there are", () => {
    const { errors } = modelOf(Array.from({ length: 1150 }, (_, i) => `chr1 gene ${Math.min(i + 1, 1000)} 1001 + . ID=g${i}`))
    assert.strictEqual(errors.length, 1000)
    assert.match(errors[999]?.message ?? "", /\(and 150 more such\)$/)
  })

  it("come from a chain of Parents as long as the file without exhausting the stack", () => {
    const chain = Array.from({ length: 100_000 }, (_, i) => `chr1 mRNA 1 9 + . ID=t${i};Parent=t${i + 1}`)
    const { errors } = modelOf([...chain, "chr1 mRNA 1 9 + . ID=t100000;Parent=t0"])
    assert.deepStrictEqual(
      errors.map((e) => e._tag),
      ["Gff3ParentCycle"]
    )
  })

  it("have a summary, a hint and an example each", () => {
    for (const { docs } of modelErrors) for (const text of [docs.summary, docs.hint, docs.example]) assert.isAbove(text.length, 10)
  })
})
