import * as fs from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { compareGenes, countGene, type GeneComparison, noGenes } from "../../../../../plugins/atlas/format/diff/compare.ts"
import { diff, type DiffSide } from "../../../../../plugins/atlas/format/diff/diff.ts"
import { type GeneRow, signatureOf } from "../../../../../plugins/atlas/format/diff/gene-rows.ts"
import { goldenFile, hasGolden, miniFolder, miniId, writeMiniRoot, temporaryFolder } from "../store/golden-root.ts"
import { gene, sideWith, writeManifest } from "./gene-databases.ts"

/** One line a difference, e.g. `moved b start,end`. */
const words = (one: GeneComparison): ReadonlyArray<string> => {
  if (one.kind !== "kept") return [`${one.kind} ${(one.kind === "added" ? one.to : one.from).id}`]
  return [
    ...(one.moved.length > 0 ? [`moved ${one.to.id} ${one.moved.join()}`] : []),
    ...(one.changed.length > 0 ? [`changed ${one.to.id} ${one.changed.join()}`] : [])
  ]
}

const diffOf = (from: DiffSide, to: DiffSide) =>
  Effect.gen(function* () {
    const told: Array<string> = []
    const done = yield* diff(from, to, (batch) => Effect.sync(() => (told.push(...batch.flatMap(words)), true)))
    return { told, counts: done.counts, done }
  })

const between = (from: ReadonlyArray<GeneRow>, to: ReadonlyArray<GeneRow>) => diffOf(sideWith("1", from), sideWith("2", to))

describe("a diff", () => {
  it.effect("tells what was added, removed, moved and changed, in the order of ids", () =>
    Effect.gen(function* () {
      const { told, counts } = yield* between(
        [gene("a"), gene("b"), gene("c"), gene("d"), gene("e"), gene("g")],
        [
          gene("g", { biotype: "lncRNA", transcripts: 2 }),
          gene("e", { start: 5, name: "E" }),
          gene("d", { name: "D" }),
          gene("c", { seqid: "chr2", end: 99 }),
          gene("a"),
          gene("f")
        ]
      )
      assert.deepStrictEqual(told, [
        "removed b",
        "moved c seqid,end",
        "changed d name",
        "moved e start",
        "changed e name",
        "added f",
        "changed g biotype,transcripts"
      ])
      assert.deepStrictEqual(counts, { from: 6, to: 6, added: 1, removed: 1, moved: 2, changed: 3, unchanged: 1 })
    })
  )

  it.effect("of equal, empty and disjoint releases is what it must be", () =>
    Effect.gen(function* () {
      const [some, others] = [[gene("a"), gene("b")], [gene("c")]]
      assert.deepStrictEqual((yield* between(some, some)).told, [])
      assert.deepStrictEqual((yield* between([], [])).counts, noGenes)
      assert.deepStrictEqual((yield* between([], others)).told, ["added c"])
      assert.deepStrictEqual((yield* between(some, [])).told, ["removed a", "removed b"])
      assert.deepStrictEqual((yield* between(some, others)).told, ["removed a", "removed b", "added c"])
    })
  )

  it.effect("pairs several rows of one id by their places", () =>
    Effect.gen(function* () {
      const { told } = yield* between(
        [gene("a", { start: 10 }), gene("a", { start: 1 }), gene("b")],
        [gene("a", { start: 1 }), gene("a", { start: 12 }), gene("a", { start: 50 }), gene("b")]
      )
      assert.deepStrictEqual(told, ["moved a start", "added a"])
    })
  )

  it.effect("orders ids as SQLite does, whatever their letters", () =>
    Effect.gen(function* () {
      // By code points: U+FFFF stands before U+1F9EC, though its UTF-16 unit is higher.
      const ids = ["Z", "a", "é", "\uffff", "\u{1f9ec}", "a b", "10", "9"]
      const { told } = yield* between(
        ids.map((id) => gene(id)),
        ids.filter((id) => id !== "\uffff").map((id) => gene(id))
      )
      assert.deepStrictEqual(told, ["removed \uffff"])
    })
  )

  it.effect("stops when nobody listens any more", () =>
    Effect.gen(function* () {
      const genes = Array.from({ length: 5000 }, (_, i) => gene(`g${i}`))
      const { counts } = yield* diff(sideWith("1", genes), sideWith("2", []), () => Effect.succeed(false))
      assert.isBelow(counts.removed, 5000)
    })
  )

  const fields = Schema.Struct({
    id: Schema.Literals(["a", "b", "c", "d", "\uffff", "\u{1f9ec}"]),
    name: Schema.Literals(["n", "m"]),
    start: Schema.Literals([1, 2]),
    transcripts: Schema.Literals([1, 2])
  })

  it.effect.prop(
    "agrees with a naive one that looks each gene up",
    [Schema.Array(fields).check(Schema.isMaxLength(8)), Schema.Array(fields).check(Schema.isMaxLength(8))],
    ([before, after]) =>
      Effect.gen(function* () {
        const once = (rows: typeof before) => [...new Map(rows.map((row) => [row.id, gene(row.id, row)])).values()]
        const [from, to] = [once(before), once(after)]
        const { told, counts } = yield* between(from, to)
        const naive: Array<string> = []
        for (const id of new Set([...from, ...to].map((one) => one.id))) {
          const [a, b] = [from.find((one) => one.id === id), to.find((one) => one.id === id)]
          if (a === undefined) naive.push(`added ${id}`)
          else if (b === undefined) naive.push(`removed ${id}`)
          else {
            if (a.start !== b.start) naive.push(`moved ${id} start`)
            const changed = [a.name === b.name ? "" : "name", a.transcripts === b.transcripts ? "" : "transcripts"].filter((f) => f !== "")
            if (changed.length > 0) naive.push(`changed ${id} ${changed.join()}`)
            assert.strictEqual(signatureOf(a) === signatureOf(b), a.start === b.start && changed.length === 0)
          }
        }
        assert.deepStrictEqual(told.toSorted(), naive.toSorted())
        assert.strictEqual(counts.from - counts.removed, counts.to - counts.added)
        assert.deepStrictEqual([counts.from, counts.to], [from.length, to.length])
      }),
    { arbitrary: { runs: 60 } }
  )

  it("holds one gene of each side at a time", () => {
    let ahead = 0
    function* endless(step: number): Generator<GeneRow, void, void> {
      for (let i = 0; ; i += step) {
        ahead++
        yield gene(String(i).padStart(12, "0"))
      }
    }
    const comparisons = compareGenes(endless(1), endless(2))
    let counts = noGenes
    for (let i = 0; i < 100_000; i++) {
      const next = comparisons.next()
      if (next.done !== true) counts = countGene(counts, next.value)
      assert.isAtMost(ahead - counts.from - counts.to, 2)
    }
    assert.deepStrictEqual([counts.unchanged, counts.removed], [50_000, 50_000])
  })
})

describe("what is compared", () => {
  const refusal = (from: DiffSide, to: DiffSide) => Effect.flip(diffOf(from, to))

  it.effect("must be the database that the manifest names, of the dataset that was asked for", () =>
    Effect.gen(function* () {
      const [one, two] = [sideWith("1", [gene("a")]), sideWith("2", [gene("a")])]
      const other = yield* refusal(one, { ...two, dataset: one.dataset })
      assert.deepStrictEqual([other._tag, other.message], ["DiffRefused", "derived/manifest.json of 1/s/A is of 2/s/A"])
      fs.appendFileSync(join(two.folder, "derived/gene_summary.sqlite"), "x")
      assert.include((yield* refusal(one, two)).message, "is not the one that its manifest names")
      assert.strictEqual((yield* refusal({ ...one, folder: "/no/such" }, two))._tag, "ManifestUnreadable")
      fs.rmSync(join(one.folder, "derived/gene_summary.sqlite"))
      assert.strictEqual((yield* refusal(one, two))._tag, "ArtifactUnreadable")
    })
  )

  it.effect("must stay as it is while it is compared", () =>
    Effect.gen(function* () {
      const [one, two] = [sideWith("1", [gene("a")]), sideWith("2", [gene("b")])]
      const path = join(two.folder, "derived/gene_summary.sqlite")
      const meddle = () => Effect.sync(() => (fs.writeFileSync(path, fs.readFileSync(path)), true))
      assert.include((yield* Effect.flip(diff(one, two, meddle))).message, "changed while it was compared")
    })
  )

  it.effect.each([
    ["a number for an id", "UPDATE gene_summary SET gene_id = x'00ff'"],
    ["a text for a coordinate", "UPDATE gene_summary SET start = 'one'"],
    ["a fraction for a coordinate", "UPDATE gene_summary SET end = 1.5"],
    ["a coordinate beyond all that is exact", "UPDATE gene_summary SET end = 9223372036854775807"],
    [
      "ids that are no UTF-8",
      "UPDATE gene_summary SET gene_id = CAST(x'ff61' AS TEXT) WHERE gene_id = 'a'; UPDATE gene_summary SET gene_id = CAST(x'fe' || CAST('z' AS BLOB) AS TEXT) WHERE gene_id = 'b'"
    ],
    ["no table of genes", "DROP TABLE gene_summary"],
    ["another table of genes", "DROP TABLE gene_summary; CREATE TABLE gene_summary (gene_id)"]
  ] as const)("with %s is told as unreadable, naming the file", ([, sql]) =>
    Effect.gen(function* () {
      const [one, two] = [sideWith("1", [gene("a"), gene("b")]), sideWith("2", [gene("a"), gene("b")])]
      const path = join(two.folder, "derived/gene_summary.sqlite")
      const database = new DatabaseSync(path)
      database.exec(sql)
      database.close()
      writeManifest(two)
      const result = yield* Effect.result(diffOf(one, two))
      assert.strictEqual(result._tag, "Failure")
      if (result._tag === "Failure") {
        assert.strictEqual(result.failure._tag, "GeneSummaryUnreadable")
        assert.include(result.failure.message, path)
      }
    })
  )

  it.effect("may be no database at all", () =>
    Effect.gen(function* () {
      const [one, two] = [sideWith("1", [gene("a")]), sideWith("2", [gene("a")])]
      fs.writeFileSync(join(two.folder, "derived/gene_summary.sqlite"), "not a database, but long enough to be one".repeat(100))
      writeManifest(two)
      assert.strictEqual((yield* refusal(one, two))._tag, "GeneSummaryUnreadable")
    })
  )

  it.effect.skipIf(!hasGolden("mini/in/genes.gff3"))("of the reference's own dataset has the signatures of its release index", () =>
    Effect.gen(function* () {
      const folder = writeMiniRoot(temporaryFolder())
      const index = JSON.parse(goldenFile(`mini/root/${miniFolder}/derived/release_gene_index.json`)!.toString("utf8")) as {
        readonly entries: ReadonlyArray<{ readonly gene_id: string; readonly signature_sha256: string }>
      }
      const nothing = sideWith("1", [])
      const genes: Array<GeneRow> = []
      const take = (batch: ReadonlyArray<GeneComparison>) =>
        Effect.sync(() => (genes.push(...batch.flatMap((one) => (one.kind === "added" ? [one.to] : []))), true))
      yield* diff(nothing, { dataset: miniId, folder }, take)
      assert.deepStrictEqual(
        genes.map((one) => [one.id, signatureOf(one)]),
        index.entries.map(({ gene_id, signature_sha256 }) => [gene_id, signature_sha256])
      )
      assert.deepStrictEqual((yield* diffOf({ dataset: miniId, folder }, { dataset: miniId, folder })).told, [])
    })
  )
})
