/** The whole life of the sample genomes: of one with each step a process of its own, of the other in this process. */
import * as fs from "node:fs"
import { join, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as tar from "tar"
import { collectionOf } from "../format/shared-data.ts"
import { documentOf, type Ended, filesBelow, goodDocumentOf, idFlags, run, runHere, sample, scratch } from "./program.ts"

const oracleFile = resolve(import.meta.dirname, "../../../../../shared/data/oracles.json")
const oracles: ReadonlyArray<any> = fs.existsSync(oracleFile) ? (JSON.parse(fs.readFileSync(oracleFile, "utf8")) as ReadonlyArray<any>) : []
if (oracles.length === 0)
  console.warn("SKIPPED: no ../shared/data beside the project, so sequence digests are not compared with other programs'")

const oracleOf = (species: string, assembly: string) =>
  oracles.find((oracle) => oracle.species === species && oracle.assembly.replace("-", "_") === assembly)?.fasta

interface Genome {
  readonly perform: (argv: ReadonlyArray<string>) => Effect.Effect<Pick<Ended, "code" | "stdout" | "stderr">>
  readonly id: readonly [release: string, species: string, assembly: string]
  readonly gff3: string
  readonly fasta: string
  /** As gffread and plain counting tell (decisions of the project): transcripts with those that are inferred. */
  readonly counts: {
    readonly genes: number
    readonly transcripts: number
    readonly cds: number
    readonly sequences: number
    readonly bases: number
  }
}

const genomes: ReadonlyArray<Genome> = [
  {
    perform: (argv) => run(...argv),
    id: ["2007", "saccharomyces_cerevisiae", "SGD_chrI_II"],
    gff3: "saccharomyces_cerevisiae/SGD_chrI_II.gff3.gz",
    fasta: "saccharomyces_cerevisiae/SGD_chrI_II.fa.gz",
    counts: { genes: 583, transcripts: 606, cds: 616, sequences: 2, bases: 1_043_386 }
  },
  {
    perform: (argv) => runHere(argv),
    id: ["1", "phix174", "NC_001422.1"],
    gff3: "phix174/NC_001422.1.gff3.gz",
    fasta: "phix174/NC_001422.1.fa",
    counts: { genes: 11, transcripts: 11, cds: 11, sequences: 1, bases: 5386 }
  }
]

const good = <A extends Pick<Ended, "code" | "stdout" | "stderr">>(ended: A): A => {
  assert.strictEqual(ended.code, 0, ended.stdout + ended.stderr)
  return ended
}

const hidden = (folder: string): ReadonlyArray<string> =>
  fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.split("/").some((part) => part.startsWith(".")))

describe.each(genomes)("the life of $id", ({ perform, id, gff3, fasta, counts }) => {
  const top = scratch()
  const [build, store, pack, out] = ["build", "store", "dataset.tar", "unpacked"].map((name) => join(top, name)) as [
    string,
    string,
    string,
    string
  ]
  const flags = idFlags(...id)
  const dataset = { release: id[0], species: id[1], assembly: id[2] }
  const folder = `release=${id[0]}/species=${id[1]}/assembly=${id[2]}`
  const ingest = ["ingest", "--gff3", sample(gff3), "--fasta", sample(fasta), ...flags]

  it.effect("goes from files to a published, promoted, packed dataset, and says so in documents", () =>
    Effect.gen(function* () {
      const step = <K extends Parameters<typeof documentOf>[0]>(name: K, ...argv: ReadonlyArray<string>) =>
        Effect.map(perform([...argv, "--json"]), (ended) => {
          const document = goodDocumentOf(name, good(ended))
          assert.strictEqual(ended.stderr, "")
          return document
        })

      const ingested = yield* step("dataset-ingest/1", ...ingest, "--output-root", build)
      assert.deepInclude(ingested.counts, counts)
      assert.deepInclude(ingested, { dataset, replaced: false, buildRoot: join(build, folder) })

      const validated = yield* step("dataset-validate/1", "validate", "--root", build, ...flags)
      assert.strictEqual(Object.keys(validated.files).length, 19)
      assert.deepInclude(validated.counts, { genes: counts.genes, transcripts: counts.transcripts })

      const verified = yield* step("dataset-verify/1", "verify", "--deep", "--root", build, ...flags)
      assert.isTrue(verified.deep)
      assert.deepInclude(Object.fromEntries(verified.proven.map(({ what, count }) => [what, count])), {
        bases: counts.bases,
        genes: counts.genes
      })

      const published = yield* step("dataset-publish/1", "publish", "--source-root", build, "--store-root", store, ...flags)
      assert.deepInclude(published, { changed: true, manifestSha256: ingested.manifestSha256 ?? "none" })
      const again = yield* step("dataset-publish/1", "publish", "--source-root", build, "--store-root", store, ...flags)
      assert.isFalse(again.changed)

      const promoted = yield* step("dataset-catalog-promote/1", "catalog", "promote", "--store-root", store, ...flags)
      assert.isTrue(promoted.changed)
      const catalog = yield* step("dataset-catalog-validate/1", "catalog", "validate", join(store, "catalog.json"))
      assert.deepStrictEqual(catalog.datasets, [dataset])
      assert.deepStrictEqual(
        (yield* step("dataset-catalog-validate/1", "catalog", "validate", "--store-root", store)).datasets,
        catalog.datasets
      )
      const alias = yield* step("dataset-catalog-latest-alias-update/1", "catalog", "latest-alias-update", "--store-root", store, ...flags)
      assert.deepInclude(JSON.parse(fs.readFileSync(alias.alias, "utf8")), { alias: "latest", dataset })

      const packed = yield* step("dataset-pack/1", "pack", "--store-root", store, ...flags, "--out", pack)
      const fromRoot = yield* step("dataset-pack/1", "pack", "--root", build, ...flags, "--out", `${pack}.root`)
      assert.strictEqual(fromRoot.digest, packed.digest)
      const names: Array<string> = []
      yield* Effect.promise(() => tar.list({ file: pack, onReadEntry: (entry) => void names.push(entry.path) }))
      assert.deepStrictEqual(names, ["manifest.json", "gene_summary.sqlite", "manifest.lock"])

      const expected = ["--expect", packed.digest, "--level", "identified"]
      assert.strictEqual((yield* step("dataset-verify-pack/1", "verify-pack", "--pack", pack)).level, "intact")
      assert.strictEqual((yield* step("dataset-verify-pack/1", "verify-pack", "--pack", pack, ...expected)).level, "identified")
      assert.strictEqual((yield* step("dataset-verify-pack/1", "verify-pack", "--pack", pack, ...flags)).level, "identified")

      yield* step("dataset-unpack/1", "unpack", "--pack", pack, "--out", out)
      for (const name of names)
        assert.deepStrictEqual(fs.readFileSync(join(out, name)), fs.readFileSync(join(store, folder, "derived", name)), name)

      const kinds: ReadonlyArray<readonly [string, string]> = [
        [build, "build-roots"],
        [join(build, folder), "build-root"],
        [store, "serving-store"],
        [join(store, folder), "published-dataset"],
        [pack, "pack"],
        [out, "unpacked-pack"],
        [sample(gff3), "gff3"],
        [sample(fasta), "fasta"],
        [join(build, folder, "inputs/genome.fa.bgz.fai"), "fai"],
        [join(out, "manifest.json"), "dataset-manifest"],
        [join(out, "gene_summary.sqlite"), "gene-summary"]
      ]
      for (const [path, kind] of kinds)
        assert.strictEqual(documentOf("dataset-inspect/1", good(yield* runHere(["inspect", path, "--json"]))).kind, kind)

      assert.deepStrictEqual(hidden(build), [])
    })
  )

  it.effect.skipIf(oracleOf(id[1], id[2]) === undefined)("has the sequence digests that other programs compute", () =>
    Effect.gen(function* () {
      const oracle = oracleOf(id[1], id[2])
      const { stdout } = good(yield* perform(["inspect", sample(fasta), "--json"]))
      const document = documentOf("dataset-inspect/1", { stdout })
      assert.deepStrictEqual(document.collection, collectionOf(oracle.seqcol))
      assert.deepStrictEqual(
        document.sequences?.map(({ name, length, md5, refget }) => ({ name, length, md5, sq: refget })),
        oracle.first.map(({ name, length, md5, sq }: any) => ({ name, length, md5, sq }))
      )
      assert.strictEqual(
        documentOf("dataset-inspect/1", good(yield* perform(["inspect", join(build, folder), "--json"]))).collection?.digest,
        oracle.seqcol.digest
      )
    })
  )

  it.effect("gives the same bytes again, in place of the old ones", () =>
    Effect.gen(function* () {
      const before = filesBelow(join(build, folder))
      const second = documentOf("dataset-ingest/1", good(yield* perform([...ingest, "--output-root", build, "--json"])))
      assert.isTrue(second.ok && second.replaced)
      assert.deepStrictEqual(filesBelow(join(build, folder)), before)
      assert.deepStrictEqual(hidden(build), [])
    })
  )

  it.effect("publishes nothing that validate or verify rejects, and loses nothing by it", () =>
    Effect.gen(function* () {
      const damaged = join(top, "damaged")
      fs.cpSync(build, damaged, { recursive: true })
      fs.appendFileSync(join(damaged, folder, "derived/gene_summary.sqlite"), "x")
      const other = join(top, "other-store")
      const refused = yield* perform(["publish", "--source-root", damaged, "--store-root", other, ...flags, "--json"])
      assert.strictEqual(refused.code, 1)
      const document = documentOf("dataset-publish/1", refused)
      if (document.ok) return assert.fail("it was published")
      assert.strictEqual(document.error?.code, "BUILD_ROOT_REJECTED")
      assert.include(
        document.findings.map(({ name, at }) => `${name} ${at}`),
        "checksum-mismatch derived/gene_summary.sqlite"
      )
      assert.isFalse(fs.existsSync(other))
      for (const command of [["validate"], ["verify"], ["verify", "--deep"]]) {
        const ended = yield* perform([...command, "--root", damaged, ...flags])
        assert.strictEqual(ended.code, 1)
        assert.include(ended.stdout, "✗ rejected")
        assert.include(ended.stdout, "checksum-mismatch")
      }
    })
  )

  it.effect("refuses other content under a published id, and names who damaged what is published", () =>
    Effect.gen(function* () {
      const changed = join(top, "changed")
      const gff3Text = (yield* Effect.promise(() => plain(sample(gff3)))).replace(/\tID=([^;\n]+)/, "\tID=$1x")
      const path = join(top, "changed.gff3")
      fs.writeFileSync(path, gff3Text)
      const served = filesBelow(join(store, folder))
      good(yield* perform(["ingest", "--gff3", path, "--fasta", sample(fasta), ...flags, "--output-root", changed]))
      const conflict = yield* perform(["publish", "--source-root", changed, "--store-root", store, ...flags, "--json"])
      assert.strictEqual(conflict.code, 1)
      const document = documentOf("dataset-publish/1", conflict)
      assert.strictEqual(document.ok ? "" : document.error?.code, "PUBLISH_CONFLICT")
      assert.deepStrictEqual(filesBelow(join(store, folder)), served)
      fs.appendFileSync(join(store, folder, "derived/manifest.json"), " ")
      const promote = documentOf(
        "dataset-catalog-promote/1",
        yield* perform(["catalog", "promote", "--store-root", store, ...flags, "--json"])
      )
      assert.strictEqual(promote.ok ? "" : promote.error?.code, "PUBLISHED_DAMAGED")
    })
  )
})

describe("text for people", () => {
  it.effect("tells each step in a few lines", () =>
    Effect.gen(function* () {
      const top = scratch()
      const flags = idFlags("1", "phix174", "NC_001422.1")
      const inputs = ["--gff3", sample("phix174/NC_001422.1.gff3.gz"), "--fasta", sample("phix174/NC_001422.1.fa")]
      const ended = yield* runHere(["ingest", ...inputs, ...flags, "--output-root", join(top, "build")])
      assert.match(
        good(ended).stdout,
        /^✓ ingested 1\/phix174\/NC_001422\.1 {2}11 genes · 1 sequence\n {2}build root {2}\/.*assembly=NC_001422\.1\n {2}rows {8}23 rows: 11 transcripts, 0 exons, 11 CDS\n {2}genome {6}5,386 bases, seqcol \S{32}\n {2}manifest {4}sha256 [0-9a-f]{64}\n/
      )
      const verified = good(yield* runHere(["verify", "--deep", "--root", join(top, "build"), ...flags]))
      assert.match(verified.stdout, /^✓ verified 1\/phix174\/NC_001422\.1 {2}19 digests · 5,386 bases · .* · 11 genes · 13 sidecars/)
    })
  )
})

const plain = async (path: string): Promise<string> => {
  const { gunzipSync } = await import("node:zlib")
  const bytes = fs.readFileSync(path)
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")
}
