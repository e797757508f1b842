/** Every kind of bad input: one typed error each with file, line and column, exit 1, nothing left behind, nothing lost. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { documentOf, file, filesBelow, idFlags, main, placesOf, run, runHere, scratch } from "./program.ts"

const row = (...columns: ReadonlyArray<string | number>): string => columns.join("\t")
const gff3 = (...rows: ReadonlyArray<string>): string => ["##gff-version 3", ...rows, ""].join("\n")

const gene = row("chr1", "t", "gene", 1, 12, ".", "+", ".", "ID=g")
const sound = gff3(gene, row("chr1", "t", "CDS", 1, 12, ".", "+", 0, "ID=c;Parent=g"))
const genome = ">chr1\nATGGCTGC\nTTAA\n>chr2\nACGTACGTAC\n"
const index = "chr1\t12\t6\t8\t9\nchr2\t10\t26\t10\t11\n"

interface Inputs {
  readonly gff3: string
  readonly fasta: string
  readonly fai?: string
}

const soundInputs = (): Inputs => ({ gff3: file("a.gff3", sound), fasta: file("a.fa", genome), fai: file("a.fai", index) })

const ingestWords = ({ gff3, fasta, fai }: Inputs, root: string): ReadonlyArray<string> => [
  "ingest",
  "--gff3",
  gff3,
  "--fasta",
  fasta,
  ...(fai === undefined ? [] : ["--fai", fai]),
  ...idFlags("1", "testus", "T1"),
  "--output-root",
  root,
  "--json"
]

/** A gzip file that ends before its member does. */
const cut = (text: string): Buffer => {
  const whole = gzipSync(Buffer.concat(Array.from({ length: 200 }, (_, i) => Buffer.from(`#${i * 7919}\n`)).concat(Buffer.from(text))))
  return whole.subarray(0, whole.length - 40)
}

const folder = (): string => scratch()

/** What is wrong → the inputs, and the errors that must be told. */
const cases: ReadonlyArray<readonly [string, () => Partial<Inputs>, ReadonlyArray<string>]> = [
  ["a truncated gzip file", () => ({ gff3: file("a.gff3.gz", cut(sound)) }), ["INPUT_TRUNCATED a.gff3.gz"]],
  ["a missing file", () => ({ fasta: join(folder(), "none.fa") }), ["INPUT_MISSING none.fa"]],
  [
    "a row with eight columns",
    () => ({ gff3: file("a.gff3", gff3(gene, row("chr1", "t", "exon", 1, 9, ".", "+", "."))) }),
    ["GFF3_COLUMNS a.gff3 3 22"]
  ],
  [
    "a sequence that is not in the FASTA",
    () => ({ gff3: file("a.gff3", gff3(gene, row("chrX", "t", "gene", 1, 9, ".", "+", ".", "ID=x"))) }),
    ["GFF3_UNKNOWN_SEQUENCE a.gff3 3 1"]
  ],
  ["an index that does not fit", () => ({ fai: file("a.fai", index.replace("chr2\t10", "chr2\t11")) }), ["FAI_MISMATCH a.fai 2"]],
  [
    "a feature past the end of its sequence",
    () => ({ gff3: file("a.gff3", gff3(gene, row("chr2", "t", "gene", 3, 11, ".", "+", ".", "ID=h"))) }),
    ["GFF3_PAST_END a.gff3 3 15"]
  ],
  [
    "two features with one id",
    () => ({ gff3: file("a.gff3", gff3(gene, row("chr2", "t", "gene", 3, 9, ".", "+", ".", "ID=g"))) }),
    ["GFF3_DUPLICATE_ID a.gff3 3 23"]
  ],
  [
    "bytes that are not UTF-8",
    () => ({
      gff3: file("a.gff3", Buffer.concat([Buffer.from(sound), Buffer.from("chr1\tt\tgene\t1\t9\t.\t+\t.\tID=h;Note=\xff\n", "latin1")]))
    }),
    ["INVALID_UTF8 a.gff3 4 33"]
  ],
  [
    "a cycle of parents",
    () => ({
      gff3: file(
        "a.gff3",
        gff3(row("chr1", "t", "gene", 1, 9, ".", "+", ".", "ID=a;Parent=b"), row("chr1", "t", "mRNA", 1, 9, ".", "+", ".", "ID=b;Parent=a"))
      )
    }),
    ["GFF3_PARENT_CYCLE a.gff3 2"]
  ],
  ["an empty file", () => ({ gff3: file("a.gff3", "") }), ["INPUT_EMPTY a.gff3"]],
  ["a gzip file of nothing", () => ({ fasta: file("a.fa.gz", gzipSync("")) }), ["INPUT_EMPTY a.fa.gz"]],
  ["a folder instead of a file", () => ({ fasta: folder() }), ["INPUT_NOT_A_FILE"]]
]

describe("ingest refuses", () => {
  it.effect.each(cases)("%s", ([, inputs, expected]) =>
    Effect.gen(function* () {
      const root = join(scratch(), "build")
      const ended = yield* run(...ingestWords({ ...soundInputs(), ...inputs() }, root))
      assert.strictEqual(ended.code, 1, ended.stdout + ended.stderr)
      const document = documentOf("dataset-ingest/1", ended)
      const places = placesOf(document)
      assert.strictEqual(places.length, expected.length, places.join(", "))
      for (const [i, place] of expected.entries()) assert.isTrue((places[i] ?? "").startsWith(place), `${places[i]} is not ${place}`)
      for (const error of document.ok ? [] : (document.errors ?? [])) assert.isAbove(error.hint.length, 0, error.code)
      assert.isFalse(fs.existsSync(root), "nothing is left behind")
    })
  )

  it.effect("several inputs at once, each problem with its place", () =>
    Effect.gen(function* () {
      const root = join(scratch(), "build")
      const ended = yield* runHere(
        ingestWords(
          {
            gff3: file(
              "a.gff3",
              gff3(gene, row("chr1", "t", "gene", "x", 9, ".", "+", ".", "ID=h"), row("chr1", "t", "gene", 1, 9, ".", "%", ".", "ID=i"))
            ),
            fasta: file("a.fa", `${genome}>chr1\nACG\n`),
            fai: file("a.fai", "chr1\t12\n")
          },
          root
        )
      )
      assert.strictEqual(ended.code, 1)
      assert.deepStrictEqual(placesOf(documentOf("dataset-ingest/1", ended)), [
        "GFF3_COORDINATE a.gff3 3 13",
        "GFF3_STRAND a.gff3 4 19",
        "FASTA_DUPLICATE_NAME a.fa 6 2",
        "FAI_COLUMNS a.fai 1 8"
      ])
    })
  )

  it.effect("and keeps the build root that was there, byte for byte", () =>
    Effect.gen(function* () {
      const root = join(scratch(), "build")
      const first = yield* runHere(ingestWords(soundInputs(), root))
      assert.strictEqual(first.code, 0, first.stdout)
      const before = filesBelow(root)
      assert.isAbove(before.size, 15)
      for (const [, inputs] of cases) {
        const ended = yield* runHere(ingestWords({ ...soundInputs(), ...inputs() }, root))
        assert.strictEqual(ended.code, 1)
        assert.deepStrictEqual(filesBelow(root), before)
      }
    })
  )

  it.effect("a root that cannot be written with 3, as trouble of the disk", () =>
    Effect.gen(function* () {
      const root = join(file("not-a-folder", "x"), "build")
      const ended = yield* runHere(ingestWords(soundInputs(), root))
      assert.strictEqual(ended.code, 3)
      const document = documentOf("dataset-ingest/1", ended)
      assert.strictEqual(document.ok ? "" : document.error?.code, "IO_DURABILITY")
    })
  )
})

describe("a disk that takes no more", () => {
  it.effect("of the copy of an input ends ingest with 3, and leaves nothing", () =>
    Effect.gen(function* () {
      // Each of the inputs alone is beyond what a file may have; the write that fails is the one of a whole chunk.
      const fasta = file("a.fa", `>chr1\n${"ACGTACGTAC\n".repeat(400_000)}`)
      for (const inputs of [
        { gff3: file("a.gff3", sound), fasta },
        { gff3: file("a.gff3", `${sound}${"# x\n".repeat(1_000_000)}`), fasta: soundInputs().fasta }
      ]) {
        const root = join(scratch(), "build")
        const words = [process.execPath, main, ...ingestWords(inputs, root)]
        const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", 'ulimit -f 4096; exec "$@"', "sh", ...words], { encoding: "utf8" })
        assert.strictEqual(status, 3, stdout + stderr)
        const document = documentOf("dataset-ingest/1", { stdout })
        assert.strictEqual(document.ok ? "" : document.error?.code, "IO_DURABILITY")
        assert.deepStrictEqual(fs.existsSync(root) ? [...filesBelow(root).keys()] : [], [])
      }
    })
  )
})

describe("commands on a root or store that is not there", () => {
  const flags = idFlags("1", "testus", "T1")
  it.effect("end with 1 for a build root and with 3 for a store", () =>
    Effect.gen(function* () {
      const none = join(scratch(), "none")
      const codes: Record<string, readonly [number, string]> = {}
      const commands: Record<string, ReadonlyArray<string>> = {
        "dataset-validate/1": ["validate", "--root", none],
        "dataset-verify/1": ["verify", "--root", none],
        "dataset-publish/1": ["publish", "--source-root", none, "--store-root", join(none, "store")],
        "dataset-catalog-promote/1": ["catalog", "promote", "--store-root", none],
        "dataset-catalog-latest-alias-update/1": ["catalog", "latest-alias-update", "--store-root", none],
        "dataset-pack/1": ["pack", "--store-root", none, "--out", join(scratch(), "p.tar")]
      }
      for (const [name, words] of Object.entries(commands)) {
        const ended = yield* runHere([...words, ...flags, "--json"])
        const document = documentOf(name as "dataset-validate/1", ended)
        codes[name] = [ended.code, document.ok ? "" : (document.error?.code ?? "")]
      }
      assert.deepStrictEqual(codes, {
        "dataset-validate/1": [1, "BUILD_ROOT_INVALID"],
        "dataset-verify/1": [1, "BUILD_ROOT_INVALID"],
        "dataset-publish/1": [1, "BUILD_ROOT_INVALID"],
        "dataset-catalog-promote/1": [3, "STORE_UNUSABLE"],
        "dataset-catalog-latest-alias-update/1": [3, "STORE_UNUSABLE"],
        "dataset-pack/1": [3, "STORE_UNUSABLE"]
      })
      assert.isFalse(fs.existsSync(none))
    })
  )

  it.effect("promote and alias want what comes before them", () =>
    Effect.gen(function* () {
      const store = scratch()
      const promote = documentOf(
        "dataset-catalog-promote/1",
        yield* runHere(["catalog", "promote", "--store-root", store, ...flags, "--json"])
      )
      assert.strictEqual(promote.ok ? "" : promote.error?.code, "NOT_PUBLISHED")
      const words = ["catalog", "latest-alias-update", "--store-root", store, ...flags, "--json"]
      const alias = documentOf("dataset-catalog-latest-alias-update/1", yield* runHere(words))
      assert.strictEqual(alias.ok ? "" : alias.error?.code, "ALIAS_NOT_PROMOTED")
    })
  )

  it.effect("catalog validate tells all that is wrong with a catalog", () =>
    Effect.gen(function* () {
      const entry = { dataset: { release: "x", species: "a", assembly: "b" }, manifest_path: "", sqlite_path: "../up" }
      const path = file("catalog.json", JSON.stringify({ model_version: "v1", datasets: [entry] }))
      const ended = yield* runHere(["catalog", "validate", path, "--json"])
      assert.strictEqual(ended.code, 1)
      const document = documentOf("dataset-catalog-validate/1", ended)
      if (document.ok) return assert.fail("it is wrong")
      assert.strictEqual(document.error?.code, "CATALOG_INVALID")
      assert.lengthOf(document.error?.details["problems"] as ReadonlyArray<string>, 3)
    })
  )
})
