/** What each strictness makes of an annotation with wrong rows. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterAll } from "vitest"
import { BuildRoot } from "../../../../../plugins/atlas/format/build-root.ts"
import { datasetFolder, datasetId } from "../../../../../plugins/atlas/format/dataset-id.ts"
import type { IngestFinding } from "../../../../../plugins/atlas/format/ingest/findings.ts"
import { ingest, ingestProblems } from "../../../../../plugins/atlas/format/ingest/ingest.ts"
import type { Strictness } from "../../../../../plugins/atlas/format/ingest/strictness.ts"
import { remake } from "../../../../../plugins/atlas/format/proof/remake.ts"
import { verify } from "../../../../../plugins/atlas/format/verify.ts"
import { gff3 } from "../model/model-of.ts"
import { Random, seeds } from "../../../../core/simulation/Random.ts"

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "atlas-strictness-"))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const fasta = path.join(scratch, "genome.fa")
fs.writeFileSync(fasta, `>chr1\n${"ACGT".repeat(250)}\n>chr2\n${"TTGA".repeat(250)}\n`)

const read = (text: string, strictness: Strictness) =>
  Effect.gen(function* () {
    const at = fs.mkdtempSync(path.join(scratch, "root-"))
    const dataset = yield* datasetId({ release: "1", species: "testus", assembly: "T1" })
    const folder = path.join(at, datasetFolder(dataset))
    const annotation = path.join(at, "a.gff3")
    fs.writeFileSync(annotation, text)
    const findings: Array<IngestFinding> = []
    const report = (finding: IngestFinding) => Effect.sync(() => void findings.push(finding))
    const facts = yield* ingest({ folder, dataset, gff3: annotation, fasta, strictness }, { report })
    const json = (name: string) => JSON.parse(fs.readFileSync(path.join(folder, "derived", name), "utf8"))
    return { facts, findings, folder, dataset, json }
  })

const refusal = (text: string, strictness: Strictness) =>
  Effect.map(Effect.flip(read(text, strictness)), (error) => (error._tag === "DatasetIdInvalid" ? [] : ingestProblems(error)))

const rejections = (text: string) =>
  Effect.map(read(text, "lenient"), ({ json }) =>
    json("anomaly_report.json").rejections.map((r: { line: number; code: string }) => [r.line, r.code])
  )

const good = ["chr1 gene 1 900 + . ID=g", "chr1 mRNA 1 900 + . ID=t;Parent=g", "chr1 exon 1 900 + . Parent=t"]

const cases: ReadonlyArray<readonly [title: string, text: string, expected: ReadonlyArray<readonly [line: number, code: string]>]> = [
  ["nothing where nothing is wrong", gff3(...good), []],
  [
    "a row past the end and all that hangs on it, children before parents",
    gff3(
      ...good,
      "chr1 exon 1 9 + . Parent=u",
      "chr1 mRNA 1 90 + . ID=u;Parent=h",
      "chr1 gene 1 1001 + . ID=h",
      "chr1 intron 3 4 + . Parent=u"
    ),
    [
      [4, "GFF3_PARENT_REJECTED"],
      [5, "GFF3_PARENT_REJECTED"],
      [6, "GFF3_PAST_END"],
      [7, "GFF3_PARENT_REJECTED"]
    ]
  ],
  [
    "rows whose Parent is not there, also where another Parent is",
    gff3(...good, "chr1 exon 1 9 + . Parent=t,no", "chr1 mRNA 1 9 + . ID=u;Parent=no", "chr1 CDS 1 9 + 0 Parent=u"),
    [
      [4, "GFF3_PARENT_MISSING"],
      [5, "GFF3_PARENT_MISSING"],
      [6, "GFF3_PARENT_REJECTED"]
    ]
  ],
  [
    "a circle of Parents and what lies below it",
    gff3(...good, "chr1 mRNA 1 9 + . ID=a;Parent=b", "chr1 mRNA 1 9 + . ID=b;Parent=a", "chr1 exon 1 9 + . Parent=a"),
    [
      [4, "GFF3_PARENT_CYCLE"],
      [5, "GFF3_PARENT_CYCLE"],
      [6, "GFF3_PARENT_REJECTED"]
    ]
  ],
  ["the later of two genes of one ID", gff3(...good, "chr1 gene 5 9 + . ID=g"), [[4, "GFF3_DUPLICATE_ID"]]],
  [
    "every row of a CDS on the other strand",
    gff3(...good, ...["+", "-", "-"].map((s, i) => `chr1 CDS ${i * 9 + 1} ${i * 9 + 9} ${s} 0 ID=c;Parent=t`)),
    [
      [5, "GFF3_DUPLICATE_ID"],
      [6, "GFF3_DUPLICATE_ID"]
    ]
  ],
  [
    "a gene whose ID is too long, with its children",
    gff3(...good, `chr1 gene 1 9 + . ID=${"x".repeat(129)}`, `chr1 mRNA 1 9 + . Parent=${"x".repeat(129)}`),
    [
      [4, "GFF3_ID_ILLEGAL"],
      [5, "GFF3_PARENT_REJECTED"]
    ]
  ],
  [
    "lines that are no rows, each once however much is wrong with it",
    [
      gff3(...good),
      "chr1\tx",
      "chr1\t.\tgene\t0\t-1\thigh\tx\t.\t.",
      "a\u0000b",
      "##sequence-region chr1 9 1",
      "chr1\t.\tCDS\t1\t9\t.\t+\t.\tParent=t"
    ].join("\n"),
    [
      [4, "GFF3_COLUMNS"],
      [5, "GFF3_COORDINATE"],
      [6, "GFF3_CHARACTER"],
      [7, "GFF3_SEQUENCE_REGION"],
      [8, "GFF3_PHASE"]
    ]
  ],
  [
    "children of a row that cannot be read, as without Parent",
    [gff3(...good), "chr1\t.\tmRNA\t9\t1\t.\t+\t.\tID=u;Parent=g", gff3("chr1 exon 1 9 + . Parent=u")].join("\n"),
    [
      [4, "GFF3_COORDINATE"],
      [5, "GFF3_PARENT_MISSING"]
    ]
  ],
  [
    "what lies past the end once the row that says Is_circular is left out",
    gff3(...good, "chr2 region 1 1000 + . ID=r;Parent=no;Is_circular=true", "chr2 gene 990 1010 + . ID=h"),
    [
      [4, "GFF3_PARENT_MISSING"],
      [5, "GFF3_PAST_END"]
    ]
  ]
]

describe("lenient leaves out", () => {
  it.effect.each(cases)("%s", ([, text, expected]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* rejections(text),
        expected.map((each) => [...each])
      )
    })
  )

  it.effect("a sequence that the FASTA lacks, which makes the dataset unfit to publish", () =>
    Effect.gen(function* () {
      const { folder, dataset, json, facts } = yield* read(gff3(...good, "chrX gene 1 9 + . ID=x", "chrX mRNA 1 9 + . Parent=x"), "lenient")
      assert.deepStrictEqual(json("anomaly_report.json").unknown_contigs, ["chrX"])
      assert.deepInclude(json("qc.json").contig_stats, { unknown_contig_feature_ratio: 0.4, total_features: 5 })
      assert.strictEqual(facts.rows, 5)
      const { problems } = yield* verify(yield* BuildRoot.open(folder), dataset, { deep: true, remake })
      assert.sameMembers([...new Set(problems.map((p) => p.name))], ["qc-threshold", "gate-prerequisites", "contig-without-genes"])
    })
  )
})

describe("what was left out", () => {
  const text = gff3(...good, "chr1 mRNA 1 9 + . ID=u;Parent=no", "chr1 exon 1 9 + . Parent=no", "chr1 exon 1 9 + . Parent=u")

  it.effect("is told by findings with lines, in the anomalies with samples, and counted in the quality report", () =>
    Effect.gen(function* () {
      const { findings, json, facts } = yield* read(text, "lenient")
      assert.deepStrictEqual(
        findings.filter((f) => f.name === "row-rejected").map((f) => [f.at, f.message]),
        [
          ["GFF3_PARENT_MISSING", "2 rows were left out for GFF3_PARENT_MISSING (lines 4–5)"],
          ["GFF3_PARENT_REJECTED", "one row was left out for GFF3_PARENT_REJECTED (line 6)"]
        ]
      )
      assert.deepStrictEqual(
        [...facts.rejected],
        [
          ["GFF3_PARENT_MISSING", 2],
          ["GFF3_PARENT_REJECTED", 1]
        ]
      )
      const { rejections, missing_parents } = json("anomaly_report.json")
      assert.deepStrictEqual(missing_parents, ["line5:no", "u:no"])
      assert.deepStrictEqual(rejections[0], { line: 4, code: "GFF3_PARENT_MISSING", sample: text.split("\n")[3] })
      assert.deepStrictEqual(json("qc.json").rejected_record_count_by_reason, { GFF3_PARENT_MISSING: 2, GFF3_PARENT_REJECTED: 1 })
      assert.strictEqual(json("dataset_stats.json").rejected_record_count, 3)
    })
  )

  it.effect("does not refuse the build root, whose manifest names the thresholds of lenient", () =>
    Effect.gen(function* () {
      const { folder, dataset } = yield* read(text, "lenient")
      const { problems, manifest } = yield* verify(yield* BuildRoot.open(folder), dataset, { deep: true, remake })
      assert.deepStrictEqual(
        problems.map((p) => p.name),
        ["contig-without-genes"]
      )
      const strict = yield* read(gff3(...good), "strict")
      assert.notStrictEqual(manifest?.config_version, strict.facts.manifest?.config_version)
    })
  )

  it.effect("is the same with compat as with lenient", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* read(text, "lenient"), yield* read(text, "compat")]
      assert.deepStrictEqual(a.facts.manifest, b.facts.manifest)
    })
  )
})

describe("strict names at once", () => {
  const bad = "chr1\t.\tmRNA\t9\t1\t.\t+\t.\tID=u;Parent=g"
  const told = (text: string) =>
    Effect.map(refusal(text, "strict"), (errors) => errors.map((e) => [e._tag, "where" in e ? e.where?.line : undefined]))

  it.effect("rows that cannot be read and rows without Parent, but not what names a row that cannot be read", () =>
    Effect.gen(function* () {
      const text = [gff3(...good), bad, gff3("chr1 exon 1 9 + . Parent=u", "chr1 exon 1 9 + . Parent=no")].join("\n")
      assert.deepStrictEqual(yield* told(text), [
        ["Gff3Coordinate", 4],
        ["Gff3ParentMissing", 6]
      ])
    })
  )

  it.effect("only what is sure where the ID of a row that cannot be read is not known", () =>
    Effect.gen(function* () {
      const text = [gff3(...good), "chr1\tx\tID=u", gff3("chr1 exon 1 9 + . Parent=u", "chr1 gene 1 1001 + . ID=h")].join("\n")
      assert.deepStrictEqual(yield* told(text), [
        ["Gff3Columns", 4],
        ["Gff3PastEnd", 6]
      ])
    })
  )
})

describe("no strictness takes", () => {
  it.effect("another version of GFF", () =>
    Effect.gen(function* () {
      const errors = yield* refusal(`##gff-version 2\n${gff3(...good)}`, "lenient")
      assert.deepStrictEqual(
        errors.map((e) => e._tag),
        ["Gff3Version"]
      )
    })
  )

  it.effect("an annotation that has no gene left", () =>
    Effect.gen(function* () {
      const errors = yield* refusal(gff3("chr1 gene 1 1001 + . ID=g"), "lenient")
      assert.deepStrictEqual(
        errors.map((e) => e._tag),
        ["Gff3NoGenes"]
      )
    })
  )
})

describe("report-only", () => {
  it.effect("writes five reports and nothing that is taken for a build root", () =>
    Effect.gen(function* () {
      const { folder, json, facts } = yield* read(gff3(...good, "chr1 exon 1 9 + . Parent=no"), "report-only")
      const files = fs.readdirSync(folder, { recursive: true }).map(String).sort()
      assert.deepStrictEqual(
        files,
        [
          "derived",
          ...["anomaly_report", "canonical_features", "canonical_summary", "qc", "qc_report"].map((n) => `derived/${n}.json`)
        ].sort()
      )
      assert.isUndefined(facts.manifest)
      assert.deepInclude(json("qc.json"), { report_only: true, canonical: {} })
      assert.strictEqual(json("anomaly_report.json").rejections.length, 1)
      const refused = yield* Effect.flip(BuildRoot.open(folder))
      assert.strictEqual(refused._tag, "BuildRootInvalid")
    })
  )
})

describe("a lenient reading", () => {
  const ids = ["a", "b", "c", "d", "e", "f"]
  const randomRow = (random: Random): string => {
    const type = random.pick(["gene", "mRNA", "mRNA", "exon", "CDS", "intron"])
    const start = random.pick([1, 100, 990])
    const id = random.chance(0.6) ? `ID=${random.pick(ids)};` : ""
    const parents = [...new Set([random.pick([...ids, "no"]), random.pick(ids)])].slice(random.int(2))
    const parent = random.chance(0.6) && parents.length > 0 ? `Parent=${parents.join(",")};` : ""
    const end = start + random.pick([8, 8, 80])
    const seqid = random.pick(["chr1", "chr1", "chr1", "chr2", "chrX"])
    return [seqid, type, start, end, random.pick(["+", "+", "-"]), type === "CDS" ? "0" : ".", `${id}${parent}x=1`].join(" ")
  }

  it.effect.each(seeds(60))("gives the model that strict gives of the rows that are left (seed %s)", (seed) =>
    Effect.gen(function* () {
      const random = new Random(seed)
      const rows = Array.from({ length: 1 + random.int(14) }, () => randomRow(random))
      const lines = gff3("chr1 gene 1 900 + . ID=sure", ...rows).split("\n")
      const lenient = yield* read(lines.join("\n"), "lenient")
      const out = new Set(lenient.json("anomaly_report.json").rejections.map((r: { line: number }) => r.line))
      // Comments in their place, so that the numbers of lines stay.
      const strict = yield* read(lines.map((text, i) => (out.has(i + 1) ? "# left out" : text)).join("\n"), "strict")
      assert.deepStrictEqual(lenient.json("canonical_features.json"), strict.json("canonical_features.json"))
      const refused = yield* Effect.match(read(lines.join("\n"), "strict"), {
        onFailure: (error) => (error._tag === "DatasetIdInvalid" ? [] : ingestProblems(error)),
        onSuccess: () => []
      })
      assert.strictEqual(refused.length > 0, out.size > 0)
      for (const error of refused) if ("where" in error) assert.isTrue(out.has(error.where?.line), error.message)
    })
  )
})
