/** Which genome it is: what ingest refuses, and what compare and inspect tell. */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { basename, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { scanFasta } from "../../../../plugins/atlas/format/fasta/read.ts"
import { gff3 } from "../format/model/model-of.ts"
import { documentOf, file, goodDocumentOf, idFlags, runHere, scratch } from "./program.ts"

const text = ">MT\nATGTGAGCTAGA\n>chr1\nATGGCTGCTTAA\n"
const genome = () => file("g.fa", text)
const annotation = () => file("a.gff3", gff3("MT gene 1 12 + . ID=gene:a"))

const ingest = (fasta: string, genes: string, top: string, ...more: ReadonlyArray<string>) =>
  runHere(["ingest", "--gff3", genes, "--fasta", fasta, ...idFlags("1", "s", "a"), "--output-root", join(top, "build"), "--json", ...more])

const atlasV1 = (fasta: string) => {
  fs.writeFileSync(`${fasta}.fai`, "MT\t12\t4\t12\t13\nchr1\t12\t23\t12\t13\n")
  return ["--ruleset", "atlas-v1", "--fai", `${fasta}.fai`, "--strictness", "lenient"]
}

const errorsOf = (
  stdout: string
): ReadonlyArray<{ readonly code: string; readonly message: string; readonly details?: Record<string, unknown> }> =>
  JSON.parse(stdout).errors ?? []

describe("--expect-…", () => {
  it.effect("takes the genome that is meant, and refuses another one under the same name, with either ruleset", () =>
    Effect.gen(function* () {
      const fasta = genome()
      const { collection, sequences } = yield* scanFasta(fasta)
      const other = file("g.fa", text.replace("GCTTAA", "GCTTAG"))
      const { collection: theirs } = yield* scanFasta(other)
      const expected = [
        "--expect-seqcol",
        collection!.digest,
        "--expect-md5",
        sequences.map(({ name, md5 }) => `${name}=${md5}`).join(","),
        "--expect-refget",
        `chr1=${sequences[1]!.refget}`,
        "--expect-name-length-pairs",
        collection!.sortedNameLengthPairs
      ]
      for (const ruleset of [() => [], atlasV1]) {
        const top = scratch()
        const good = yield* ingest(fasta, annotation(), top, ...expected, ...ruleset(fasta))
        assert.strictEqual(good.code, 0, good.stdout)
        const elsewhere = scratch()
        const refused = yield* ingest(other, annotation(), elsewhere, ...expected, ...ruleset(other))
        assert.strictEqual(refused.code, 1)
        const errors = errorsOf(refused.stdout)
        assert.deepStrictEqual(
          errors.map(({ code }) => code),
          ["GENOME_UNEXPECTED", "GENOME_UNEXPECTED", "GENOME_UNEXPECTED"]
        )
        assert.include(errors[0]!.message, `is ${theirs!.digest}, expected was ${collection!.digest}`)
        assert.isFalse(fs.existsSync(join(elsewhere, "build", "release=1")))
      }
    })
  )

  it.effect("is decoded where the command line is read", () =>
    Effect.gen(function* () {
      for (const [flag, value] of [
        ["--expect-seqcol", "MT"],
        ["--expect-md5", "MT=12"],
        ["--expect-md5", `MT=${"0".repeat(32)},${"0".repeat(32)}`],
        ["--expect-refget", "0".repeat(32)]
      ] as const) {
        const { code, stdout } = yield* ingest(genome(), annotation(), scratch(), flag, value)
        assert.strictEqual(code, 2)
        assert.include(errorsOf(stdout)[0]!.message, `${flag} wants`)
      }
    })
  )
})

describe("--checksums", () => {
  const sha256 = (path: string) => createHash("sha256").update(fs.readFileSync(path)).digest("hex")

  it.effect("passes what is as listed, tells of what is not listed, and refuses another file by name, with either ruleset", () =>
    Effect.gen(function* () {
      for (const ruleset of [() => [], atlasV1]) {
        const [fasta, genes] = [genome(), annotation()]
        const more = ruleset(fasta)
        const list = file("CHECKSUMS", `SHA256 (${basename(genes)}) = ${sha256(genes)}\n`)
        const dna = file("CHECKSUMS", `${sha256(fasta)} *dna/g.fa\n`)
        const good = yield* ingest(fasta, genes, scratch(), "--checksums", list, "--fasta-checksums", dna, ...more)
        assert.strictEqual(good.code, 0, good.stdout)
        const told = (stdout: string) =>
          JSON.parse(stdout).findings.flatMap(({ name, at }: { name: string; at: string }) => (name === "checksum-not-listed" ? [at] : []))
        assert.deepStrictEqual(told(good.stdout), more.length === 0 ? [] : ["fai"])
        const unlisted = yield* ingest(fasta, genes, scratch(), "--checksums", list, ...more)
        assert.deepStrictEqual(told(unlisted.stdout), more.length === 0 ? ["fasta"] : ["fasta", "fai"])
        fs.appendFileSync(genes, "# more\n")
        const top = scratch()
        const refused = yield* ingest(fasta, genes, top, "--checksums", list, ...more)
        assert.strictEqual(refused.code, 1)
        const [error] = errorsOf(refused.stdout)
        assert.strictEqual(error?.code, "CHECKSUM_MISMATCH")
        for (const part of ["a.gff3", sha256(genes), "line 1 of CHECKSUMS"]) assert.include(error?.message, part)
        assert.isFalse(fs.existsSync(join(top, "build", "release=1")))
      }
    })
  )
})

const bgzip = spawnSync("bgzip", ["--version"]).status === 0
if (!bgzip) console.warn("SKIPPED: no bgzip here (Debian: apt-get install tabix), so no .gzi is looked at")

describe.skipIf(!bgzip)("a .gzi beside the genome", () => {
  it.effect("is held against it", () =>
    Effect.gen(function* () {
      const fasta = `${genome()}.gz`
      assert.strictEqual(spawnSync("bgzip", ["-i", fasta.slice(0, -3)]).status, 0)
      assert.strictEqual((yield* ingest(fasta, annotation(), scratch())).code, 0)
      fs.appendFileSync(`${fasta}.gzi`, "x")
      const refused = yield* ingest(fasta, annotation(), scratch())
      assert.deepStrictEqual(
        errorsOf(refused.stdout).map(({ code }) => code),
        ["GZI_MISMATCH"]
      )
    })
  )
})

const samtools = spawnSync("samtools", ["--version"]).status === 0
if (!samtools) console.warn("SKIPPED: no samtools here (Debian: apt-get install samtools), so none of its indexes goes stale")

describe.skipIf(!samtools)("an index that samtools made", () => {
  it.effect("is taken for its genome, and refused for a later one or another, with the offer to make it anew", () =>
    Effect.gen(function* () {
      const fasta = genome()
      assert.strictEqual(spawnSync("samtools", ["faidx", fasta]).status, 0)
      const fai = `${fasta}.fai`
      assert.strictEqual((yield* ingest(fasta, annotation(), scratch(), "--fai", fai)).code, 0)
      for (const later of [
        text.replace("GCTTAA", "GCTTA"),
        text.replace(">MT", ">MT mitochondrion"),
        text.replace("chr1", "1"),
        `${text}>x\nA\n`
      ]) {
        fs.writeFileSync(fasta, later)
        const refused = JSON.parse((yield* ingest(fasta, annotation(), scratch(), "--fai", fai)).stdout)
        assert.include(JSON.stringify(refused.errors), "FAI_MISMATCH")
        assert.include(JSON.stringify(refused.errors), "samtools faidx")
      }
    })
  )
})

describe("compare", () => {
  it.effect("takes a FASTA, a build root and what was published of it, and gives the document of GA4GH", () =>
    Effect.gen(function* () {
      const [fasta, top] = [genome(), scratch()]
      const build = join(top, "build")
      assert.strictEqual((yield* ingest(fasta, annotation(), top)).code, 0)
      const published = yield* runHere(["publish", "--source-root", build, "--store-root", join(top, "store"), ...idFlags("1", "s", "a")])
      assert.strictEqual(published.code, 0, published.stderr)
      const folder = "release=1/species=s/assembly=a"
      for (const other of [join(build, folder), join(top, "store", folder)]) {
        const document = goodDocumentOf("dataset-compare/1", yield* runHere(["compare", fasta, other, "--json"]))
        assert.strictEqual(document.relation, "identical")
        assert.strictEqual(document.digests.a, document.digests.b)
        assert.deepStrictEqual(document.attributes, {
          a_only: [],
          b_only: [],
          a_and_b: ["lengths", "name_length_pairs", "names", "sequences"]
        })
        assert.deepStrictEqual([document.b.sequences, document.b.bases], [2, 24])
      }
      const reordered = file("g.fa", ">chr1\nATGGCTGCTTAA\n>MT\nATGTGAGCTAGA\n")
      const told = yield* runHere(["compare", reordered, join(build, folder)])
      assert.deepStrictEqual(
        told.stdout
          .split("\n")
          .map((line) => line.replaceAll(/ {2,}/g, "  "))
          .slice(0, 1),
        ["reordered  the same sequences under the same names, in another order"]
      )
      assert.match(told.stdout, /names +2 of 2 and 2 +in another order/)

      fs.chmodSync(join(build, folder, "inputs/genome.fa.bgz"), 0o644)
      fs.writeFileSync(join(build, folder, "inputs/genome.fa.bgz"), text.replace("GCTTAA", "GCTTAG"))
      const refused = documentOf("dataset-compare/1", yield* runHere(["compare", fasta, join(build, folder), "--json"]))
      assert.strictEqual(refused.ok ? "" : refused.error?.code, "ASSEMBLY_REFUSED")
    })
  )

  it.effect("wants two, and says what it cannot read", () =>
    Effect.gen(function* () {
      for (const [words, code] of [
        [[], 2],
        [["a"], 2],
        [["a", "b", "c"], 2],
        [[genome(), "gone.fa"], 1],
        [[genome(), scratch()], 1]
      ] as const)
        assert.strictEqual((yield* runHere(["compare", ...words])).code, code, words.join(" "))
    })
  )
})

describe("inspect", () => {
  it.effect("shows people all digests of the collection", () =>
    Effect.gen(function* () {
      const fasta = genome()
      const { collection } = yield* scanFasta(fasta)
      const { stdout } = yield* runHere(["inspect", fasta])
      for (const digest of Object.values(collection!)) assert.include(stdout, digest)
      for (const { md5, refget } of (yield* scanFasta(fasta)).sequences) for (const id of [md5, refget]) assert.include(stdout, id)
    })
  )
})
