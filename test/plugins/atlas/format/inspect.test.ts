import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterAll } from "vitest"
import { inspect } from "../../../../plugins/atlas/format/inspect.ts"
import { openServingStore } from "../../../../plugins/atlas/format/store/serving-store.ts"
import { publish } from "../../../../plugins/atlas/format/store/publish.ts"
import { openBuildRoot } from "../../../../plugins/atlas/format/build-root.ts"
import { goldenFile, hasGolden, miniFolder, miniId, temporaryFolder, writeMiniRoot } from "./store/golden-root.ts"
import { absent, datasets } from "./shared-data.ts"

const scratch = fs.mkdtempSync(join(tmpdir(), "atlas-inspect-"))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const file = (content: string | Buffer, name = "file"): string => {
  const path = join(fs.mkdtempSync(join(scratch, "x-")), name)
  fs.writeFileSync(path, content)
  return path
}

const kindOf = (content: string | Buffer, name?: string) => Effect.map(inspect(file(content, name)), ({ inspected }) => inspected.kind)

const gff3Row = "chr1\tx\tgene\t1\t9\t.\t+\t.\tID=a\n"

describe("inspect", () => {
  it.effect("knows a file by its content, whatever its name", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* kindOf(">chr1\nACGT\n", "genes.gff3"), "fasta")
      assert.strictEqual(yield* kindOf(gzipSync(">chr1\nACGT\n"), "x.txt"), "fasta")
      assert.strictEqual(yield* kindOf(`##gff-version 3\n${gff3Row}`, "x.fa"), "gff3")
      assert.strictEqual(yield* kindOf(`# a comment\n\n${gff3Row}`), "gff3")
      assert.strictEqual(yield* kindOf("##gff-version 3\n"), "gff3")
      assert.strictEqual(yield* kindOf("chr1\t4\t6\t4\t5\n", "x.gff3"), "fai")
    })
  )

  it.effect("does not take for known what is not", () =>
    Effect.gen(function* () {
      for (const content of ["hello\n", "a\tb\tc\n", '{"a":1}', "[1]", "{", "\u0000\u0001\u0002"])
        assert.strictEqual((yield* Effect.flip(inspect(file(content))))._tag, "InspectUnknown", content)
      assert.strictEqual((yield* Effect.flip(inspect(file(""))))._tag, "InputEmpty")
      assert.strictEqual((yield* Effect.flip(inspect(join(scratch, "none"))))._tag, "InputMissing")
      assert.strictEqual((yield* Effect.flip(inspect(fs.mkdtempSync(join(scratch, "empty-")))))._tag, "InspectUnknown")
    })
  )

  it.effect("tells what can be read of a damaged file beside what is wrong with it", () =>
    Effect.gen(function* () {
      const { inspected, problems } = yield* inspect(file(`##gff-version 3\n${gff3Row}chr1\tx\tgene\t9\t1\t.\t+\t.\tID=b\n`))
      assert.deepInclude(inspected.counts, { rows: 1, badRows: 1, sequences: 1 })
      assert.deepStrictEqual(
        problems.map(({ _tag }) => _tag),
        ["Gff3Coordinate"]
      )
      const cut = gzipSync(`>chr1\n${"ACGTTGCA".repeat(500)}\n`)
      const truncated = yield* inspect(file(cut.subarray(0, cut.length - 9)))
      assert.strictEqual(truncated.inspected.kind, "fasta")
      assert.deepStrictEqual(
        truncated.problems.map(({ _tag }) => _tag),
        ["InputTruncated"]
      )
    })
  )

  it.effect("counts types and sequences of a GFF3 in any order of rows", () =>
    Effect.gen(function* () {
      const row = (seqid: string, type: string, i: number) => `${seqid}\tx\t${type}\t${i}\t${i}\t.\t+\t.\tID=${type}${i}`
      const rows = [row("chr2", "gene", 1), row("chr1", "exon", 2), row("chr2", "exon", 3), row("chr2", "exon", 4), row("chr1", "gene", 5)]
      const { inspected } = yield* inspect(file(`##gff-version 3\n##sequence-region chr1 1 90\n${rows.join("\n")}\n`))
      assert.deepStrictEqual(inspected.types, [
        { type: "exon", rows: 3 },
        { type: "gene", rows: 2 }
      ])
      assert.deepStrictEqual(inspected.sequences, [
        { name: "chr2", rows: 3 },
        { name: "chr1", length: 90, rows: 2 }
      ])
    })
  )

  it.effect.skipIf(absent)("counts the rows of real annotations as their sources do", () =>
    Effect.gen(function* () {
      for (const { id, annotation, source } of datasets.filter(({ id }) => /sars_cov_2|SGD_chrI-II|homo_sapiens\/ensembl/.test(id))) {
        const { inspected } = yield* inspect(annotation)
        assert.strictEqual(inspected.counts["rows"], source.features, id)
        assert.deepStrictEqual(Object.fromEntries((inspected.types ?? []).map(({ type, rows }) => [type, rows])), source.types, id)
      }
    })
  )

  it.effect.skipIf(absent)("gives real genomes the ids that other programs give them", () =>
    Effect.gen(function* () {
      for (const { id, genome, oracle } of datasets.filter(({ id }) => /influenza|volvox|sars_cov_2/.test(id))) {
        const { inspected } = yield* inspect(genome!)
        assert.strictEqual(inspected.collection?.digest, oracle.fasta.seqcol.digest, id)
        assert.strictEqual(inspected.counts["bases"], oracle.fasta.bases)
        for (const { name, sq } of oracle.fasta.first) assert.strictEqual(inspected.sequences?.find((s) => s.name === name)?.refget, sq)
      }
    })
  )
})

describe.skipIf(!hasGolden("mini/pack.tar"))("inspect of the reference's files", () => {
  it.effect("knows a build root, what is published of it, and the store", () =>
    Effect.gen(function* () {
      const top = temporaryFolder()
      const folder = writeMiniRoot(top)
      const root = yield* inspect(folder)
      assert.deepStrictEqual(root.problems, [])
      assert.strictEqual(root.inspected.kind, "build-root")
      assert.deepStrictEqual(root.inspected.dataset, { ...miniId })
      assert.strictEqual(Object.keys(root.inspected.digests).length, 19)
      const manifest = JSON.parse(fs.readFileSync(join(folder, "derived/manifest.json"), "utf8"))
      assert.strictEqual(root.inspected.counts["genes"], manifest.stats.gene_count)
      assert.strictEqual(root.inspected.digests["derived/gene_summary.sqlite"], manifest.checksums.sqlite_sha256)
      assert.strictEqual((yield* inspect(top)).inspected.kind, "build-roots")
      const store = yield* openServingStore(join(temporaryFolder(), "store"), { create: true })
      yield* publish(store, yield* openBuildRoot(folder))
      const published = yield* inspect(store.path)
      assert.strictEqual(published.inspected.kind, "serving-store")
      assert.deepStrictEqual(published.inspected.datasets, [{ dataset: { ...miniId }, promoted: false }])
      assert.strictEqual((yield* inspect(join(store.path, miniFolder))).inspected.kind, "published-dataset")
    })
  )

  it.effect("verifies a pack of the reference, and says what is wrong with a damaged one", () =>
    Effect.gen(function* () {
      const bytes = goldenFile("mini/pack.tar")!
      const { inspected, problems } = yield* inspect(file(bytes, "x"))
      assert.deepStrictEqual(problems, [])
      assert.deepInclude(inspected, { kind: "pack" })
      assert.deepInclude(inspected.counts, { members: 3, bytes: bytes.length })
      const damaged = yield* inspect(file(bytes.subarray(0, -100), "x"))
      assert.deepStrictEqual(
        damaged.problems.map(({ _tag }) => _tag),
        ["PackTruncated"]
      )
    })
  )

  it.effect("knows manifest, lock and database, and tells a damaged database", () =>
    Effect.gen(function* () {
      const folder = writeMiniRoot(temporaryFolder())
      const kinds = { "manifest.json": "dataset-manifest", "manifest.lock": "manifest-lock", "gene_summary.sqlite": "gene-summary" }
      for (const [name, kind] of Object.entries(kinds)) {
        const { inspected, problems } = yield* inspect(join(folder, "derived", name))
        assert.deepStrictEqual([inspected.kind, problems], [kind, []])
      }
      const bytes = fs.readFileSync(join(folder, "derived/gene_summary.sqlite"))
      const { problems } = yield* inspect(file(bytes.subarray(0, 4096)))
      assert.deepStrictEqual(
        problems.map(({ _tag }) => _tag),
        ["GeneSummaryUnreadable"]
      )
    })
  )
})
