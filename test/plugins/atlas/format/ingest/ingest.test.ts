import * as crypto from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterAll } from "vitest"
import { BuildRoot } from "../../../../../plugins/atlas/format/build-root.ts"
import { datasetFolder, datasetId } from "../../../../../plugins/atlas/format/dataset-id.ts"
import { ingestErrors } from "../../../../../plugins/atlas/format/ingest/errors.ts"
import { type IngestFinding, ingestFindings } from "../../../../../plugins/atlas/format/ingest/findings.ts"
import { ingest, ingestProblems, type IngestRequest, ingestSummary } from "../../../../../plugins/atlas/format/ingest/ingest.ts"
import { columnIn } from "../../../../../plugins/atlas/format/ingest/columns.ts"
import { remake } from "../../../../../plugins/atlas/format/proof/remake.ts"
import { verify } from "../../../../../plugins/atlas/format/verify.ts"
import { absent, datasets, type SharedDataset } from "../shared-data.ts"
import { gff3 } from "../model/model-of.ts"

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "atlas-ingest-"))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const newFolder = () => fs.mkdtempSync(path.join(scratch, "dataset-"))

const file = (name: string, content: Buffer | string) => {
  const at = path.join(newFolder(), name)
  fs.writeFileSync(at, content)
  return at
}

const run = (inputs: Omit<IngestRequest, "folder" | "dataset">, folder = newFolder()) =>
  Effect.gen(function* () {
    const findings: Array<IngestFinding> = []
    const dataset = yield* datasetId({ release: "1", species: "testus", assembly: "T1" })
    const report = (finding: IngestFinding) => Effect.sync(() => void findings.push(finding))
    const facts = yield* ingest({ folder, dataset, ...inputs }, { report })
    return { facts, findings, folder }
  })

const refusals = (inputs: Omit<IngestRequest, "folder" | "dataset">) =>
  Effect.map(Effect.flip(run(inputs)), (error) => (error._tag === "DatasetIdInvalid" ? [] : ingestProblems(error)))

const told = (inputs: Omit<IngestRequest, "folder" | "dataset">) =>
  Effect.map(refusals(inputs), (all) =>
    all.map((e) => [
      e._tag,
      path.basename("where" in e ? (e.where?.path ?? "") : ""),
      "where" in e ? (e.where?.line ?? 0) : 0,
      "where" in e ? (e.where?.column ?? 0) : 0
    ])
  )

const sound = gff3("chr1 gene 1 12 + . ID=g;Name=alpha", "chr1 CDS 1 12 + 0 ID=c;Parent=g", "chr2 gene 3 8 - . ID=h")
const genome = ">chr1 first\nATGGCTGC\nTTAA\n>chr2\nACGTACGTAC\n"
const genomeFai = "chr1\t12\t12\t8\t9\nchr2\t10\t32\t10\t11\n"

/** Every file below a folder with its sha256. */
const digests = (folder: string): Record<string, string> =>
  Object.fromEntries(
    fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => path.join(e.parentPath, e.name))
      .sort()
      .map((at) => [path.relative(folder, at), crypto.createHash("sha256").update(fs.readFileSync(at)).digest("hex")])
  )

describe("ingest", () => {
  it.effect("writes plain copies of the inputs beside what follows from them", () =>
    Effect.gen(function* () {
      const { facts, folder } = yield* run({
        gff3: file("a.gff3.gz", gzipSync(sound)),
        fasta: file("a.fa.gz", gzipSync(genome)),
        fai: file("a.fai", genomeFai)
      })
      assert.strictEqual(fs.readFileSync(path.join(folder, "inputs/genes.gff3.bgz"), "utf8"), sound)
      assert.strictEqual(fs.readFileSync(path.join(folder, "inputs/genome.fa.bgz"), "utf8"), genome)
      assert.strictEqual(fs.readFileSync(path.join(folder, "inputs/genome.fa.bgz.fai"), "utf8"), genomeFai)
      assert.isTrue(fs.existsSync(path.join(folder, "derived/manifest.json")))
      const on = digests(folder)
      assert.strictEqual(facts.manifest?.checksums.gff3_sha256, on["inputs/genes.gff3.bgz"])
      assert.strictEqual(facts.manifest?.checksums.fasta_sha256, on["inputs/genome.fa.bgz"])
      assert.strictEqual(facts.manifest?.checksums.fai_sha256, on["inputs/genome.fa.bgz.fai"])
      assert.deepInclude(facts, { genes: 2, transcripts: 2, exons: 0, cdsRows: 1, rows: 3, sequences: 2, bases: 22 })
      assert.strictEqual(ingestSummary(facts), "2 genes · 2 sequences")
      assert.strictEqual(ingestSummary({ genes: 6381, sequences: 1 }), "6,381 genes · 1 sequence")
    })
  )

  it.effect("writes what deep verification accepts", () =>
    Effect.gen(function* () {
      const dataset = yield* datasetId({ release: "1", species: "testus", assembly: "T1" })
      const top = path.join(newFolder(), datasetFolder(dataset))
      const { folder } = yield* run(good(), top)
      const { problems } = yield* verify(yield* BuildRoot.open(folder), dataset, { deep: true, remake })
      assert.deepStrictEqual(problems, [])
    })
  )

  it.effect("makes the index that samtools would, where none is given", () =>
    Effect.gen(function* () {
      const { folder } = yield* run({ gff3: file("a.gff3", sound), fasta: file("a.fa", genome) })
      assert.strictEqual(fs.readFileSync(path.join(folder, "inputs/genome.fa.bgz.fai"), "utf8"), genomeFai)
    })
  )

  it.effect("136: gives the same bytes for other compression, names, folders and time zones", () =>
    Effect.gen(function* () {
      const plain = yield* run({ gff3: file("a.gff3", sound), fasta: file("a.fa", genome), fai: file("a.fai", genomeFai) })
      const zone = process.env["TZ"]
      process.env["TZ"] = "Pacific/Kiritimati"
      const other = yield* run({ gff3: file("other.gff3.gz", gzipSync(sound)), fasta: file("b.fna.gz", gzipSync(genome)) }).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            if (zone === undefined) delete process.env["TZ"]
            else process.env["TZ"] = zone
          })
        )
      )
      assert.isAbove(Object.keys(digests(plain.folder)).length, 15)
      assert.deepStrictEqual(digests(other.folder), digests(plain.folder))
      for (const name of Object.keys(digests(plain.folder)))
        assert.isFalse(fs.readFileSync(path.join(plain.folder, name)).includes(scratch), `${name} holds a path of the machine`)
    })
  )

  it.effect("tells progress in bytes of each pass, up to all: of the files on disk, then of what is written", () =>
    Effect.gen(function* () {
      const seen = new Map<string, Array<readonly [number, number]>>()
      const inputs = { gff3: file("a.gff3", sound), fasta: file("a.fa", genome), fai: file("a.fai", genomeFai) }
      const dataset = yield* datasetId({ release: "1", species: "testus", assembly: "T1" })
      const progress = (done: number, total: number, pass: string) => void seen.set(pass, [...(seen.get(pass) ?? []), [done, total]])
      yield* ingest({ folder: newFolder(), dataset, ...inputs }, { progress })
      const all = sound.length + genome.length + genomeFai.length
      assert.deepStrictEqual([...seen.keys()], ["reading", "writing"])
      assert.deepStrictEqual(seen.get("reading")?.at(-1), [all, all])
      for (const told of seen.values()) {
        assert.strictEqual(told.at(-1)?.[0], told.at(-1)?.[1])
        for (const [i, [done]] of told.entries()) assert.isAtLeast(done, told[i - 1]?.[0] ?? 0)
      }
    })
  )

  it.effect("tells findings of all inputs, with places a waiver can name", () =>
    Effect.gen(function* () {
      const embedded = `##gff-version 3\n##sequence-region chr1 1 40\n${sound}\n##FASTA\n>x\nACGT\n`
      const { findings, facts } = yield* run({ gff3: file("a.gff3.gz", embedded), fasta: file("a.fa", gzipSync(genome)) })
      assert.deepStrictEqual(
        findings.map((f) => [f.name, f.at]),
        [
          ["compression-name", "gff3"],
          ["compression-name", "fasta"],
          ["sequence-region", "chr1"],
          ["embedded-fasta", "gff3"]
        ]
      )
      assert.strictEqual(facts.findings.get("compression-name"), 2)
    })
  )

  it("declares every finding with a hint, and every error once", () => {
    for (const { hint } of Object.values(ingestFindings)) assert.isAbove(hint.length, 10)
    assert.strictEqual(new Set(ingestErrors).size, ingestErrors.length)
    for (const { docs } of ingestErrors) for (const text of [docs.summary, docs.hint, docs.example]) assert.isAbove(text.length, 5)
  })
})

const good = () => ({ gff3: file("a.gff3", sound), fasta: file("a.fa", genome) })

const gff3File = (...lines: ReadonlyArray<string>) => ({ ...good(), gff3: file("a.gff3", gff3(...lines)) })

describe("inputs are refused with their place", () => {
  const gene = "chr1 gene 1 12 + . ID=g"

  const table: ReadonlyArray<
    readonly [
      title: string,
      inputs: () => Omit<IngestRequest, "folder" | "dataset">,
      expected: ReadonlyArray<ReadonlyArray<string | number>>
    ]
  > = [
    ["a missing file", () => ({ ...good(), gff3: path.join(scratch, "no.gff3") }), [["InputMissing", "no.gff3", 0, 0]]],
    ["a folder where a file is expected", () => ({ ...good(), fasta: scratch }), [["InputNotAFile", path.basename(scratch), 0, 0]]],
    ["an empty file", () => ({ ...good(), gff3: file("a.gff3", "") }), [["InputEmpty", "a.gff3", 0, 0]]],
    [
      "a truncated gzip",
      () => ({ ...good(), gff3: file("a.gff3.gz", gzipSync(sound).subarray(0, -9)) }),
      [["InputTruncated", "a.gff3.gz", 0, 0]]
    ],
    [
      "invalid UTF-8",
      () => ({ ...good(), gff3: file("a.gff3", Buffer.concat([Buffer.from(`${sound};Note=`), Buffer.from([0xe9])])) }),
      [["InvalidUtf8", "a.gff3", 3, 36]]
    ],
    [
      "a wrong number of columns",
      () => ({ ...good(), gff3: file("a.gff3", `${sound}\nchr1\tgene\t1\n`) }),
      [["Gff3Columns", "a.gff3", 4, 12]]
    ],
    ["a sequence that the FASTA lacks", () => gff3File(gene, "chr9 gene 1 2 + . ID=x"), [["Gff3UnknownSequence", "a.gff3", 2, 1]]],
    ["a feature past the end", () => gff3File(gene, "chr1 gene 1 13 + . ID=x"), [["Gff3PastEnd", "a.gff3", 2, 18]]],
    ["duplicate ids", () => gff3File(gene, "chr1 gene 2 9 + . Name=n;ID=g"), [["Gff3DuplicateId", "a.gff3", 2, 33]]],
    [
      "a cyclic Parent",
      () => gff3File("chr1 gene 1 12 + . ID=a;Parent=b", "chr1 gene 1 12 + . ID=b;Parent=a"),
      [["Gff3ParentCycle", "a.gff3", 1, 32]]
    ],
    ["a Parent that is not defined", () => gff3File(gene, "chr1 mRNA 1 12 + . ID=t;Parent=zz"), [["Gff3ParentMissing", "a.gff3", 2, 32]]],
    ["no gene", () => gff3File("chr1 repeat_region 1 12 + . ID=r"), [["Gff3NoGenes", "a.gff3", 0, 0]]],
    [
      "an index of another FASTA",
      () => ({ ...good(), fai: file("a.fai", genomeFai.replace("\t10\t32", "\t11\t32")) }),
      [["FaiMismatch", "a.fai", 2, 0]]
    ],
    ["an index that is none", () => ({ ...good(), fai: file("a.fai", "chr1\t12\n") }), [["FaiColumns", "a.fai", 1, 8]]],
    [
      "problems of all three at once",
      () => ({
        gff3: file("a.gff3", `${gff3("chr1 gene 0 9 + . ID=g")}\n`),
        fasta: file("a.fa", ">chr1\nAC!T\n"),
        fai: file("a.fai", "x\n")
      }),
      [
        ["Gff3Coordinate", "a.gff3", 1, 16],
        ["FastaResidue", "a.fa", 2, 3],
        ["FaiColumns", "a.fai", 1, 2]
      ]
    ],
    [
      "a bad row, without blaming the rows that name it",
      () => ({
        ...good(),
        gff3: file("a.gff3", gff3("chr1 gene 0 9 + . ID=g", "chr1 mRNA 1 9 + . ID=t;Parent=g", "chr9 gene 1 9 + . ID=x"))
      }),
      [
        ["Gff3Coordinate", "a.gff3", 1, 16],
        ["Gff3UnknownSequence", "a.gff3", 3, 1]
      ]
    ]
  ]

  for (const [title, inputs, expected] of table)
    it.effect(title, () =>
      Effect.map(told(inputs()), (errors) =>
        assert.deepStrictEqual(
          errors,
          expected.map((e) => [...e])
        )
      )
    )

  it.effect("with the byte of the plain text, also in a gzip", () =>
    Effect.gen(function* () {
      const text = `##gff-version 3\n${gff3("chr1 gene 1 13 + . ID=x")}\n`
      const [error] = yield* refusals({ ...good(), gff3: file("a.gff3.gz", gzipSync(text)) })
      const byte = error !== undefined && "where" in error ? (error.where?.byte ?? -1) : -1
      assert.strictEqual(text.slice(byte, byte + 2), "13")
    })
  )

  it("finds attributes by key, not by what looks like one in a value", () => {
    const line = Buffer.from("c\ts\tgene\t1\t2\t.\t+\t.\tNote=ID;é= 1; ID=a;Parent=b")
    assert.strictEqual(line.toString("utf8", (columnIn(line, { field: 9, attribute: "ID" }) ?? 0) - 1), "ID=a;Parent=b")
    assert.strictEqual(columnIn(line, { field: 5 }), 12)
    assert.strictEqual(columnIn(line, { field: 9, attribute: "Alias" }), columnIn(line, { field: 9 }))
    assert.isUndefined(columnIn(Buffer.from("c\ts"), { field: 9 }))
  })
})

type Oracle = SharedDataset["oracle"] & {
  readonly so_counts: Readonly<Record<string, number>>
  readonly gffread_transcripts?: number
  readonly gffread_translations_with_internal_stop?: number
}

const circular = (annotation: string) => {
  const repaired = annotation.replace(/annotation\.gff3$/, "annotation.circular.gff3")
  return fs.existsSync(repaired) ? repaired : annotation
}

describe.skipIf(absent)("real genomes", () => {
  /** What is wrong in them, by README: first lines, rows. */
  const wrong = new Map([
    ["caenorhabditis_elegans/WS282_first1pct", { tag: "Gff3ParentMissing", lines: [5038, 5039, 5049], rows: 134 }],
    ["drosophila_melanogaster/r6.42_first1pct", { tag: "Gff3ParentMissing", lines: [2, 5, 6], rows: 206 }],
    ["influenza_a_h1n1/PR8_NC_002016-23", { tag: "Gff3Phase", lines: [31, 32, 33], rows: 3 }],
    ["volvox/volvox", { tag: "Gff3PastEnd", lines: [265], rows: 1 }],
    ["organelle_nc_022868/NC_022868.1_truncated_fasta", { tag: "Gff3PastEnd", lines: [14, 15, 19, 23], rows: 4 }]
  ])

  for (const { id, annotation, genome: fasta, oracle: any } of datasets) {
    if (fasta === null) continue
    const oracle = any as Oracle
    const fai = path.join(path.dirname(fasta), "genome.fa.fai")
    const expected = wrong.get(id)
    if (expected !== undefined) {
      it.effect(`${id} is refused for what is wrong in it, and for nothing else`, () =>
        Effect.gen(function* () {
          const errors = yield* refusals({ gff3: annotation, fasta, fai })
          assert.deepStrictEqual([...new Set(errors.map((e) => e._tag))], [expected.tag])
          const lines = new Set(errors.flatMap((e) => ("where" in e ? [e.where?.line ?? 0] : [])))
          for (const error of errors) assert.isDefined("where" in error ? error.where?.column : undefined)
          assert.deepStrictEqual([...lines].sort((a, b) => a - b).slice(0, expected.lines.length), expected.lines)
          assert.strictEqual(lines.size, expected.rows)
        })
      )
      continue
    }
    it.effect(`${id} is taken, with the counts and digests of the oracle`, () =>
      Effect.gen(function* () {
        const { facts, findings } = yield* run({ gff3: circular(annotation), fasta, fai })
        const so = oracle.so_counts
        assert.strictEqual(facts.genes, (so["genes"] ?? 0) + (so["parentless_cds_features"] ?? 0))
        assert.strictEqual(facts.cdsRows, so["cds_rows"])
        assert.strictEqual(facts.exons, so["exons_rows"])
        assert.strictEqual(facts.sequences, oracle.fasta.sequences)
        assert.strictEqual(facts.bases, oracle.fasta.bases)
        assert.strictEqual(facts.collection, oracle.fasta.seqcol.digest)
        // The CDS of pseudogenes are not looked at: R64's six stops are in such.
        const withoutPseudogenes = so["genes"] === so["gene_only"]
        if (withoutPseudogenes && oracle.gffread_translations_with_internal_stop !== undefined) {
          const stops = findings.find((f) => f.name === "cds-internal-stop")?.message ?? "0"
          assert.strictEqual(Number.parseInt(stops, 10), oracle.gffread_translations_with_internal_stop)
        }
        assert.isFalse(findings.some((f) => f.name === "cds-translation-differs" || f.name === "child-outside-parent"))
      })
    )
  }

  const transcripts = [
    ["saccharomyces_cerevisiae/SGD_chrI-II", 583, 606],
    ["saccharomyces_cerevisiae/R64", 6399, 6446],
    ["prokka_example_bacterium/BAC", 4611, 4701],
    ["ostreococcus_micromonas_mix/3seq", 167, 168],
    ["phix174/NC_001422.1", 11, 11]
  ] as const

  for (const [id, genes, count] of transcripts) {
    it.effect(`${id} has ${genes} genes and ${count} transcripts, the latter as gffread counts them`, () =>
      Effect.gen(function* () {
        const dataset = datasets.find((d) => d.id === id)
        if (dataset?.genome == null) throw new Error(`no ${id}`)
        const { facts } = yield* run({ gff3: circular(dataset.annotation), fasta: dataset.genome })
        assert.strictEqual(facts.genes, genes)
        assert.strictEqual(facts.transcripts, count)
        const gffread = (dataset.oracle as Oracle).gffread_transcripts
        if (gffread !== undefined) assert.strictEqual(facts.transcripts, gffread)
      })
    )
  }

  it.effect("the flattened phiX174 is taken, and the three CDS that do not read as stated are told", () =>
    Effect.gen(function* () {
      const dataset = datasets.find((d) => d.id.startsWith("phix174"))
      if (dataset?.genome == null) throw new Error("no phix174")
      const { findings } = yield* run({ gff3: dataset.annotation, fasta: dataset.genome })
      assert.match(findings.find((f) => f.name === "cds-translation-differs")?.message ?? "", /^3 of 11 CDS/)
    })
  )
})
