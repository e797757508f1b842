/** What the options of atlas-v1 do where they let pass (contract §2.5, §2.6, §2.11, §13), and that our own readers take the roots. */
import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { layout } from "../../../../../plugins/atlas/format/artifact/layout.ts"
import { readManifest } from "../../../../../plugins/atlas/format/artifact/manifest.ts"
import type { AtlasV1Options } from "../../../../../plugins/atlas/format/atlas-v1/options.ts"
import { FastaLengths } from "../../../../../plugins/atlas/format/atlas-v1/contigs.ts"
import { parentCycles } from "../../../../../plugins/atlas/format/atlas-v1/cycles.ts"
import { referenceEnd } from "../../../../../plugins/atlas/format/atlas-v1/reference-end.ts"
import { rowsOf } from "../../../../../plugins/atlas/format/atlas-v1/rows.ts"
import { bucketsOf } from "../../../../../plugins/atlas/format/atlas-v1/shards.ts"
import { BuildRoot } from "../../../../../plugins/atlas/format/build-root.ts"
import { remake } from "../../../../../plugins/atlas/format/proof/remake.ts"
import { verify } from "../../../../../plugins/atlas/format/verify.ts"
import { filesBelow, ingestAs, recordedRuns, repeat, scratch } from "./recorded-run.ts"

const feature = (short: string) => {
  const [seqid = "", type = "", start = "", end = "", ...attributes] = short.split(" ")
  return [seqid, "s", type, start, end, ".", "+", type === "CDS" ? "0" : ".", attributes.join(" ")].join("\t")
}
const gff3 = (...features: ReadonlyArray<string>) => features.map((short) => `${feature(short)}\n`).join("")

const genome = `>1\n${"ACGTACGTAC".repeat(10)}\n>chr1\n${"ACGTACGTAC".repeat(10)}\n>chr2\n${"ACGTACGTAC".repeat(5)}\n`
const index = "1\t100\t3\t100\t101\nchr1\t100\t110\t100\t101\nchr2\t50\t217\t50\t51\n"

const ingested = (annotation: string, options: Partial<AtlasV1Options>, { fasta = genome, fai = index } = {}) =>
  Effect.gen(function* () {
    const at = scratch()
    const inputs = { gff3: path.join(at, "g.gff3"), fasta: path.join(at, "g.fa"), fai: path.join(at, "g.fa.fai") }
    fs.writeFileSync(inputs.gff3, annotation)
    fs.writeFileSync(inputs.fasta, fasta)
    fs.writeFileSync(inputs.fai, fai)
    const built = yield* ingestAs("1/a_b/A1", inputs, options)
    const json = (file: string): any => JSON.parse(fs.readFileSync(path.join(built.folder, file), "utf8"))
    const rows = (table: string) => {
      const database = new DatabaseSync(path.join(built.folder, layout.sqlite), { readOnly: true })
      try {
        return database.prepare(`SELECT * FROM ${table}`).all()
      } finally {
        database.close()
      }
    }
    return { ...built, json, rows }
  })

const errorsOf = ({ folder, id }: { readonly folder: string; readonly id: Parameters<typeof verify>[1] }) =>
  Effect.gen(function* () {
    const { problems } = yield* verify(yield* BuildRoot.open(folder), id, { deep: true, remake })
    return problems.filter(({ name }) => name !== "contig-without-genes")
  })

describe("duplicate gene ids", () => {
  const twice = gff3("chr1 gene 20 30 ID=g;Name=first;biotype=b", "chr1 gene 5 9 ID=g;Name=smallest;biotype=b")

  it.effect("keep the first of the file where lenient, the smallest under dedupe", () =>
    Effect.gen(function* () {
      const lenient = yield* ingested(twice, { strictness: "lenient" })
      assert.strictEqual(lenient.rows("gene_summary")[0]?.["name"], "first")
      const deduped = yield* ingested(twice, { duplicateGeneIdPolicy: "dedupe" })
      assert.strictEqual(deduped.rows("gene_summary")[0]?.["name"], "smallest")
      assert.deepStrictEqual(deduped.json(layout.anomalyReport).duplicate_gene_ids, ["g"])
    })
  )
})

describe("stable ids", () => {
  it.effect("are the first of the keys that is there; without one, lenient falls back to ID and tells it", () =>
    Effect.gen(function* () {
      const annotation = gff3("chr1 gene 1 9 ID=a;x=ENSG1;Name=n;biotype=b", "chr1 gene 11 19 ID=b;Name=n;biotype=b")
      const options = { strictness: "lenient", geneIdentifierPolicy: "ensembl", ensemblKeys: " y , x " } as const
      const { rows, json } = yield* ingested(annotation, options)
      assert.deepStrictEqual(
        rows("gene_summary").map((row) => row["gene_id"]),
        ["ENSG1", "b"]
      )
      assert.deepStrictEqual(json(layout.anomalyReport).attribute_fallbacks, ["gene_id_fallback:b"])
    })
  )
})

describe("sequence aliases", () => {
  const annotation = gff3(
    "1 gene 1 9 ID=g;Name=n;biotype=b",
    "1 mRNA 1 9 ID=t;Parent=g",
    "1 exon 1 9 ID=e;Parent=t",
    "1 CDS 1 9 ID=c;Parent=t"
  )

  it.effect("rename sequences; lineage and the names of CDS stay those of the GFF3; the root is proven", () =>
    Effect.gen(function* () {
      const built = yield* ingested(annotation, { seqidAliases: "1=chr1, z = , =q" })
      const [gene] = built.json(layout.canonicalFeatures).genes
      assert.deepStrictEqual([gene.seqid, gene.lineage, gene.transcripts[0].lineage], ["chr1", [], []])
      const [cds] = gene.transcripts[0].cds_segments
      assert.deepStrictEqual([cds.seqid, cds.lineage[0].gff3_line], ["1", 4])
      const { seqid_aliases, seqid_traces } = built.json(layout.sourceFacts).normalization
      assert.deepStrictEqual(seqid_aliases, { "1": "chr1" })
      assert.deepStrictEqual(seqid_traces.chr1, {
        source_seqid: "1",
        normalized_seqid: "chr1",
        class: "primary_autosome",
        canonical_label: "1",
        alias_applied: true
      })
      const manifest = yield* readManifest(path.join(built.folder, layout.manifest))
      assert.deepStrictEqual(manifest.contig_normalization_aliases, { "1": "chr1" })
      assert.strictEqual(manifest.normalized_input_identity_sha256, built.json(layout.inventory).normalized_input_identity_sha256)
      assert.deepStrictEqual(yield* errorsOf(built), [])
    })
  )

  it.effect("that make two names one are an ambiguity where lenient", () =>
    Effect.gen(function* () {
      const both = annotation + gff3("chr1 gene 20 29 ID=h;Name=n;biotype=b")
      const { json } = yield* ingested(both, { strictness: "lenient", seqidAliases: "1=chr1" })
      assert.deepStrictEqual(json(layout.anomalyReport).scientific_ambiguities, [
        'multiple_source_seqids_for_normalized:chr1:["1", "chr1"]'
      ])
      assert.strictEqual(json(layout.manifest).scientific_prerequisites_status, "insufficient")
    })
  )
})

describe("a Parent", () => {
  it.effect("without a name is passed over; one that is named twice counts twice", () =>
    Effect.gen(function* () {
      const annotation = gff3(
        "chr1 gene 1 90 ID=g;Name=n;biotype=b",
        "chr1 mRNA 1 9 ID=t;Parent=,",
        "chr1 mRNA 1 9 ID=u;Parent=g,g",
        "chr1 mRNA 1 9 ID=v;Parent=g",
        "chr1 exon 1 9 ID=e;Parent=v,v"
      )
      const { rows, json, findings } = yield* ingested(annotation, { strictness: "lenient" })
      assert.deepStrictEqual(
        findings.map(({ name, at }) => `${name} ${at}`),
        [
          "row-rejected GFF3_MULTI_PARENT_TRANSCRIPT",
          "anomaly GFF3_MULTI_PARENT_CHILD",
          "anomaly missing_parents",
          "anomaly multiple_parent_transcripts"
        ]
      )
      assert.deepStrictEqual(
        rows("gene_summary").map((row) => [row["transcript_count"], row["exon_count"], row["total_exon_span"]]),
        [[3, 2, 18]]
      )
      assert.deepStrictEqual(json(layout.qc).rejected_record_count_by_reason, {
        GFF3_MULTI_PARENT_CHILD: 1,
        GFF3_MULTI_PARENT_TRANSCRIPT: 1
      })
      assert.deepStrictEqual(json(layout.anomalyReport).missing_parents, ["multiple_parent:g"])
    })
  )

  it("in a chain of 200,000 rows is followed without running out of stack", () => {
    const chain = Array.from({ length: 200_000 }, (_, i) => feature(`chr1 region 1 9 ID=r${i};Parent=r${i + 1}`)).join("\n")
    assert.deepStrictEqual(parentCycles(rowsOf(Buffer.from(chain), "chain", "main")), [])
    const circle = `${chain}\n${feature("chr1 region 1 9 ID=r200000;Parent=r0")}\n`
    assert.deepStrictEqual(parentCycles(rowsOf(Buffer.from(circle), "circle", "main")), ["cycle:r200000->r0"])
  })
})

describe("the genome", () => {
  const annotation = gff3("chr1 gene 1 9 ID=g;Name=n;biotype=b")

  it.effect("is not held against its index, but a finding tells that it does not fit", () =>
    Effect.gen(function* () {
      const built = yield* ingested(annotation, {}, { fasta: ">chr1\nACGT\n", fai: "chr1\t60\n" })
      assert.deepStrictEqual(
        built.findings.map(({ name, at }) => [name, at]),
        [["genome-unchecked", "fai"]]
      )
      assert.deepStrictEqual(
        built.rows("contigs").map((row) => [row["name"], row["length"]]),
        [["chr1", 60]]
      )
    })
  )

  it.effect("gives table contigs its lengths where it is scanned; coordinates are still held against the index", () =>
    Effect.gen(function* () {
      const { rows } = yield* ingested(annotation, { fastaScanning: true }, { fasta: ">chr1 x\nAC GT\r\n\n>two\nA", fai: "chr1\t60\n" })
      assert.deepStrictEqual(
        rows("contigs").map((row) => [row["name"], row["length"]]),
        [
          ["chr1", 4],
          ["two", 1]
        ]
      )
    })
  )
})

describe("a FASTA", () => {
  it("has the same lengths however it is cut into chunks", () => {
    const fasta = Buffer.from(">chr1 first\r\nAC GT\r\n\nA>C\n>two\nACGT\nA\n>three")
    for (let size = 1; size <= fasta.length; size++) {
      const lengths = new FastaLengths("fasta", 0)
      for (let at = 0; at < fasta.length; at += size) lengths.push(fasta.subarray(at, at + size))
      assert.deepStrictEqual(
        [...lengths.end()],
        [
          ["chr1", 7],
          ["three", 0],
          ["two", 5]
        ]
      )
    }
  })
})

describe("lines and attributes of great length", () => {
  it("are read in time that grows with them", () => {
    const quotes = feature(`chr1 gene 1 9 ID=g;Note=a${'"'.repeat(900_000)}b`)
    const started = performance.now()
    const [row] = rowsOf(Buffer.from(`#${"c".repeat(3_000_000)}\n${quotes}\n`), "long", "main")
    assert.strictEqual(row?.line, 2)
    assert.strictEqual(row?.attributes.values.get("Note")?.length, 900_002)
    assert.isBelow(performance.now() - started, 20_000)
  })
})

describe("build roots of atlas-v1", () => {
  const accepted = recordedRuns.filter(({ name }) => ["mini", "mini-shards", "published-mini"].includes(name))

  it.effect.each(accepted)("$name is proven by our own deep verification", (run) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* errorsOf(yield* repeat(run)), [])
    })
  )

  it.effect.each(accepted)("$name has the same bytes in another folder", (run) =>
    Effect.gen(function* () {
      const [one, two] = [yield* repeat(run), yield* repeat(run)]
      assert.deepStrictEqual(filesBelow(one.folder), filesBelow(two.folder))
      for (const file of filesBelow(one.folder))
        assert.isTrue(fs.readFileSync(path.join(one.folder, file)).equals(fs.readFileSync(path.join(two.folder, file))), file)
    })
  )
})

describe("how the reference ends on a message", () => {
  it.each([
    ["GFF3_INVALID_STRAND line=1", 3],
    ["contig not found in FAI: chr1", 4],
    ["read local input failed: No such file or directory (os error 2)", 4],
    ["gene_count must be > 0", 3],
    ["release must not be empty", 10],
    ["policy: no", 3],
    ["unknown argument", 2],
    ["cyclic Parent graph detected in GFF3 features", 10]
  ])("%s: %i", (message, exit) => {
    assert.strictEqual(referenceEnd(message).exit, exit)
  })
})

describe("partitions of sequences", () => {
  it("are those of the recorded run", () => {
    const names = ["chr1", "chrM", "chrX", "chr1_KI270706v1_random", "chr2", "plasmidA", "scaffold_7"]
    assert.deepStrictEqual(
      [...bucketsOf(names, 2)],
      [
        ["p000", ["chr1", "chrM", "chrX"]],
        ["p001", ["chr1_KI270706v1_random", "chr2", "plasmidA", "scaffold_7"]]
      ]
    )
  })
})
