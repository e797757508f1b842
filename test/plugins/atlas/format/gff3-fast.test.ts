import { assert, describe, it } from "@effect/vitest"
import { encodeFailures } from "atlas-run/plugin"
import { LayoutAttributes } from "../../../../plugins/atlas/format/gff3/layout.ts"
import { Gff3Parser } from "../../../../plugins/atlas/format/gff3/parser.ts"
import type { Gff3Row } from "../../../../plugins/atlas/format/gff3/row.ts"
import { limits } from "../../../../plugins/atlas/format/limits.ts"

const randomOf = (seed: number) => {
  let state = (seed * 2654435761 + 12_345) >>> 0
  const random = (most: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
  const one = <A>(list: ReadonlyArray<A>): A => list[random(list.length)]!
  return { random, one }
}

/** Everything that is told of a file, and how many rows came the quick way. */
const told = (bytes: Buffer, { fast, cuts, narrow }: { fast: boolean; cuts: () => number; narrow: boolean }) => {
  const rows: Array<Gff3Row> = []
  let quick = 0
  const narrowed = narrow
    ? { limits: { ...limits, attributesPerRow: 4, parentsPerRow: 2, idBytes: 12, sequenceNameBytes: 8, lineBytes: 120 } }
    : {}
  const every: Array<string> = []
  const parser = new Gff3Parser(
    {
      onRow: (row) => {
        if (row.attributes instanceof LayoutAttributes) quick++
        rows.push({ ...row, attributes: new Map(row.attributes) })
      }
    },
    { path: "genes.gff3", fast, onProblem: (problem) => void every.push(`${problem._tag} ${problem.message}`), ...narrowed }
  )
  for (let at = 0; at < bytes.length;) {
    const to = Math.min(bytes.length, at + cuts())
    parser.push(Buffer.from(bytes.subarray(at, to)))
    at = to
  }
  const facts = parser.end()
  return { quick, all: { rows, every, facts: { ...facts, problems: facts.problems.map((p) => encodeFailures(p)) } } }
}

const columns = {
  seqid: ["chr1", "chr1", "chr2", "1", "scaffold|9.1", "a%20b", "chr 1", ">x", "", ".", "é", "a\u00ad"],
  source: ["test", "test", "ensembl_havana", ".", "", "x%2Cy", "my source"],
  type: ["gene", "mRNA", "exon", "exon", "CDS", "CDS", "SO:0000316", "five_prime_UTR", " gene", "", "gene\u200b"],
  start: ["1", "10", "100", "007", "0", "-1", "", "1e3", "9007199254740992", "123456789012345", "1234567890123456"],
  end: ["20", "200", "123456789012346", "9007199254740991", "5", "x"],
  score: [".", ".", ".", "1", "1.5e-3", "nan", ""],
  strand: ["+", "-", ".", "?", "*", "", "++"],
  phase: [".", ".", "0", "1", "2", "3", ""]
}
const keys = [
  "ID",
  "Parent",
  "Name",
  "biotype",
  "gene_id",
  "Dbxref",
  "Note",
  "Derives_from",
  "Target",
  "Gap",
  "Is_circular",
  "Alias",
  "Upper",
  " Name",
  "a b",
  "n%41me",
  "é",
  "",
  "x"
]
const values = [
  "a",
  "g1",
  "t1,t2",
  "t1,t1",
  "a,",
  ",a",
  "",
  " ",
  " a",
  "x y",
  "one%2Ctwo",
  "50%",
  "%zz",
  "a=b",
  "a&b",
  "é",
  "true",
  "false",
  "id 1 2 +",
  "id 2 1",
  "\u202eabc",
  "averylongidentifier",
  "x".repeat(400),
  "a,b,c"
]

const fileOf = (seed: number): Buffer => {
  const { random, one } = randomOf(seed)
  const hostile = seed % 4 === 0 ? 12 : seed % 4 === 1 ? 60 : 400
  const usual = (list: ReadonlyArray<string>, plain: number) => (random(hostile) === 0 ? one(list) : list[random(plain)]!)
  const layouts = [["ID", "Name", "biotype"], ["ID", "Parent", "gene_id"], ["Parent"], ["Parent", "Name", "Dbxref", "Note"]]
  const plainValues = ["a", "g1", "t1,t2", "x y", "abc:def-1.2", "longer value with blanks (and more)"]
  const lines: Array<Buffer> = [Buffer.from(one(["##gff-version 3", "##gff-version 3", "\ufeff##gff-version 3", "#", ""]))]
  for (let n = 0; n < 60; n++) {
    const kind = random(hostile)
    if (kind === 0)
      lines.push(Buffer.from(one(["", "###", "#x", "##sequence-region chr1 1 5", "##sequence-region", "chr1\tx", "\t\t\t\t\t\t\t\t"])))
    else {
      const attribute = (key: string) =>
        (random(hostile) === 0 ? one(keys) : key) +
        (random(hostile) === 0 ? one(["", "==", "%3D"]) : "=") +
        (random(hostile) === 0 ? one(values) : one(plainValues))
      const layout = one(layouts)
      const written = layout.map(attribute).join(random(hostile) === 0 ? one([";;", "; ", " ;"]) : ";")
      const column9 = random(hostile) === 0 ? one([".", "", ";", `${written};`, `${written};ID=again`, `${written}\textra`]) : written
      const start = usual(columns.start, 3)
      const fields = [
        usual(columns.seqid, 3),
        usual(columns.source, 3),
        usual(columns.type, 8),
        start,
        usual(columns.end, 3),
        usual(columns.score, 3),
        usual(columns.strand, 4)
      ]
      const isCds = fields[2] === "CDS"
      lines.push(Buffer.from([...fields, isCds && random(hostile) > 0 ? "0" : usual(columns.phase, 2), column9].join("\t")))
    }
    const last = lines.at(-1)!
    // Any byte anywhere.
    if (random(hostile) === 0 && last.length > 0) last[random(last.length)] = random(256)
    if (random(hostile) === 0) lines.push(Buffer.concat([lines.pop()!, Buffer.from("\r")]))
  }
  if (random(4) === 0) lines.push(Buffer.from("##FASTA"), Buffer.from(">chr1"), Buffer.from("ACGT"))
  const text = Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]))
  return random(3) === 0 ? text.subarray(0, -1) : text
}

describe("the quick reader of GFF3 rows", () => {
  it("tells of any file, hostile bytes and all, what the careful reader tells", () => {
    let [quick, rows] = [0, 0]
    for (let seed = 1; seed <= 500; seed++) {
      const bytes = fileOf(seed)
      const { random } = randomOf(seed + 7)
      const most = seed % 3 === 0 ? 40 : 4000
      const narrow = seed % 5 === 0
      const ours = told(bytes, { fast: true, cuts: () => 1 + random(most), narrow })
      const careful = told(bytes, { fast: false, cuts: () => bytes.length, narrow })
      assert.deepStrictEqual(ours.all, careful.all, `seed ${seed}`)
      quick += ours.quick
      rows += ours.all.rows.length
    }
    // Else the comparison says little.
    assert.isAbove(quick, rows / 3)
  })

  it("takes the plain rows of a file, whatever stands between them", () => {
    const lines = Array.from({ length: 200 }, (_, i) =>
      i % 10 === 9
        ? `chr1\ttest\tgene\t${i + 1}\t${i + 9}\t0.5\t+\t.\tID=g${i};Note=50%25`
        : `chr1\ttest\texon\t${i + 1}\t${i + 9}\t.\t+\t.\tParent=t1,t2;Name=e${i}`
    )
    const { quick, all } = told(Buffer.from(`##gff-version 3\n${lines.join("\n")}\n`), { fast: true, cuts: () => 1e6, narrow: false })
    assert.strictEqual(all.rows.length, 200)
    assert.isAtLeast(quick, 178)
    assert.deepStrictEqual(
      [...(all.rows[3]?.attributes ?? [])],
      [
        ["Parent", ["t1", "t2"]],
        ["Name", ["e3"]]
      ]
    )
  })

  it("gives attributes as a map: by key, in order, and nothing for what is not there", () => {
    const rows: Array<Gff3Row> = []
    const parser = new Gff3Parser({ onRow: (row) => void rows.push(row) })
    parser.push(
      Buffer.from(
        "chr1\tt\tgene\t1\t9\t.\t+\t.\tID=a;Name=b\nchr1\tt\tgene\t11\t19\t.\t+\t.\tID=c;Alias=d,e\nchr1\tt\tgene\t21\t29\t.\t+\t.\tID=f;Alias=g\n"
      )
    )
    parser.end()
    const attributes = rows[2]?.attributes ?? assert.fail("no row")
    assert.instanceOf(attributes, LayoutAttributes)
    assert.deepStrictEqual(
      [attributes.get("ID"), attributes.get("Alias"), attributes.get("Name"), attributes.has("Alias"), attributes.has("Name")],
      [["f"], ["g"], undefined, true, false]
    )
    const seen: Array<unknown> = []
    attributes.forEach((value, key, map) => seen.push([key, value, map === attributes]))
    assert.deepStrictEqual(
      [attributes.size, [...attributes.keys()], [...attributes.values()], seen],
      [
        2,
        ["ID", "Alias"],
        [["f"], ["g"]],
        [
          ["ID", ["f"], true],
          ["Alias", ["g"], true]
        ]
      ]
    )
  })
})
