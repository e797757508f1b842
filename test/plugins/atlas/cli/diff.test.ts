/** `atlas-dataset diff` by its three forms. */
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { gene, sideWith } from "../format/diff/gene-databases.ts"
import { documentOf, goodDocumentOf, runHere, scratch, startNode, main } from "./program.ts"
import * as fs from "node:fs"
import type { GeneRow } from "../../../../plugins/atlas/format/diff/gene-rows.ts"
import { deliveredOf } from "../../../../plugins/atlas/cli/terminal.ts"

/** A folder of build roots with two releases of these genes. */
const rootWith = (from: Iterable<GeneRow>, to: Iterable<GeneRow>): string => {
  const top = scratch()
  for (const [release, genes] of [
    ["9", from],
    ["10", to]
  ] as const) {
    const place = join(top, `release=${release}/species=s/assembly=A`)
    fs.mkdirSync(join(place, ".."), { recursive: true })
    fs.cpSync(sideWith(release, genes).folder, place, { recursive: true })
    fs.mkdirSync(join(place, "inputs"))
  }
  return top
}

const line = (root: string, ...more: ReadonlyArray<string>) => [
  "diff",
  "--root",
  root,
  "--from-release",
  "9",
  "--to-release",
  "10",
  "--species",
  "s",
  "--assembly",
  "A",
  ...more
]

const sample = () =>
  rootWith(
    [gene("gone"), gene("kept"), gene("moved"), gene("named", { name: "old" })],
    [gene("kept"), gene("moved", { seqid: "chr2" }), gene("named", { name: "new\tname\u001b[2J" }), gene("new")]
  )

describe("a diff of two releases", () => {
  it.effect("is told to people in a few lines", () =>
    Effect.gen(function* () {
      const { code, stdout, stderr } = yield* runHere(line(sample()))
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.deepStrictEqual(stdout.split("\n"), [
        "✓ s/A 9 → 10  4 genes → 4, 1 unchanged",
        "  added 1",
        "    new  chr1:1-100  protein_coding",
        "  removed 1",
        "    gone  chr1:1-100  protein_coding",
        "  moved 1",
        "    moved  chr1:1-100 → chr2:1-100",
        "  changed 1",
        "    named  name old → new\\u{9}name\\u{1b}[2J",
        ""
      ])
    })
  )

  it.effect("is one document, by --json and by its format alike", () =>
    Effect.gen(function* () {
      const root = sample()
      const ended = yield* runHere(line(root, "--format", "json"))
      assert.strictEqual((yield* runHere(line(root, "--json"))).stdout, ended.stdout)
      const document = goodDocumentOf("dataset-diff/1", ended)
      assert.deepStrictEqual(document.counts, { added: 1, removed: 1, moved: 1, changed: 1, unchanged: 1 })
      assert.isTrue(document.complete)
      assert.deepStrictEqual([document.from.genes, document.to.genes, document.from.dataset.release], [4, 4, "9"])
      assert.deepStrictEqual(
        [document.moved[0]?.fields, document.changed[0]?.fields, document.changed[0]?.to.name],
        [["seqid"], ["name"], "new\tname\u001b[2J"]
      )
      const refused = documentOf("dataset-diff/1", yield* runHere(line(scratch(), "--format", "json")))
      assert.isFalse(refused.ok)
    })
  )

  it.effect("cuts the lists of the document, never its counts", () =>
    Effect.gen(function* () {
      const genes = Array.from({ length: 30 }, (_, i) => gene(`g${i}`))
      const document = goodDocumentOf("dataset-diff/1", yield* runHere(line(rootWith([], genes), "--json", "--max-inline-items", "3")))
      assert.deepStrictEqual([document.counts.added, document.added.length, document.complete], [30, 3, false])
      const none = goodDocumentOf("dataset-diff/1", yield* runHere(line(rootWith([], genes), "--json", "--max-inline-items", "0")))
      assert.deepStrictEqual([none.counts.added, none.added.length, none.complete], [30, 0, false])
      const text = yield* runHere(line(rootWith([], genes)))
      assert.include(text.stdout, "    … and 25 more (--verbose, or --format tsv tells all)")
    })
  )

  it.effect("is a row for each difference, whatever is in the names", () =>
    Effect.gen(function* () {
      const { stdout } = yield* runHere(line(sample(), "--format", "tsv"))
      const rows = stdout
        .trimEnd()
        .split("\n")
        .map((row) => row.split("\t"))
      assert.isTrue(rows.every((row) => row.length === 17))
      assert.deepStrictEqual(rows[0]?.slice(0, 5), ["change", "gene_id", "fields", "from_name", "from_biotype"])
      assert.deepStrictEqual(
        rows.slice(1).map(([change, id, fields]) => [change, id, fields]),
        [
          ["removed", "gone", ""],
          ["moved", "moved", "seqid"],
          ["changed", "named", "name"],
          ["added", "new", ""]
        ]
      )
      assert.strictEqual(rows[3]?.[10], "new\\u{9}name\\u{1b}[2J")
      assert.strictEqual((yield* runHere(line(sample(), "--format", "tsv", "--quiet"))).stdout, "")
    })
  )

  it.effect("stops early, and says so once, when nobody reads its rows any more", () =>
    Effect.gen(function* () {
      const genes = Array.from({ length: 20_000 }, (_, i) => gene(`g${String(i).padStart(6, "0")}`))
      let [written, gone] = [0, false]
      const ended = yield* runHere(line(rootWith([], genes), "--format", "tsv"), {
        stdout: {
          isTTY: false,
          write: (text) => {
            written += text.split("\n").length - 1
            gone = written > 1
          }
        },
        delivered: deliveredOf(async () => (gone ? "EPIPE" : null))
      })
      assert.strictEqual(ended.code, 3)
      assert.isBelow(written, 10_000)
      assert.strictEqual(ended.stderr.split("IO_STDOUT").length, 2)
    })
  )

  it.live(
    "needs no more memory for many genes than for few",
    () =>
      Effect.gen(function* () {
        function* many(n: number, moved: boolean): Generator<GeneRow, void, void> {
          for (let i = 0; i < n; i++) yield gene(`gene-${String(i).padStart(8, "0")}`, { start: moved ? 2 : 1, name: "n".repeat(60) })
        }
        const peak = (n: number) =>
          Effect.promise(async () => {
            const root = rootWith(many(n, false), many(n, true))
            // A heap that holds the program (some 45 MB from its sources) and one batch, but not the rows, which are twice that.
            const words = ["--max-old-space-size=64", main, ...line(root, "--format", "tsv")]
            const { code, stdout, stderr } = await startNode(words).ended
            assert.strictEqual(code, 0, stderr)
            assert.strictEqual(stdout.split("\n").length, n + 2)
          })
        yield* peak(1000)
        yield* peak(300_000)
      }),
    240_000
  )
})
