import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { writeGeneSummary } from "../../../../../plugins/atlas/format/artifact/gene-summary.ts"
import { spooled } from "../../../../../plugins/atlas/format/artifact/model-spool.ts"
import type { GeneModel } from "../../../../../plugins/atlas/format/model/gene-model.ts"
import { goldenModel, mini, temporaryFolder } from "./golden.ts"

const dataset = { release: "1", species: "homo_sapiens", assembly: "made_up" }
const inputs = { gff3_sha256: "a".repeat(64), fasta_sha256: "b".repeat(64), fai_sha256: "c".repeat(64) }
const write = (folder: string, model: Parameters<typeof writeGeneSummary>[2]) =>
  writeGeneSummary(join(folder, "gene_summary.sqlite"), dataset as never, model, inputs)

/** So many genes with one transcript and one exon each; names that SQL and JSON must not take for theirs. */
const modelOf = (genes: number): GeneModel => {
  const model = goldenModel(mini)
  const [gene, transcript, exon] = [model.genes[0], model.transcripts[0], model.exons[0]]
  if (gene === undefined || transcript === undefined || exon === undefined) throw new Error("no gene")
  const numbers = Array.from({ length: genes }, (_, i) => String(i).padStart(7, "0"))
  const place = (i: string) => ({ seqid: "chr1", start: 1000 * Number(i) + 1, end: 1000 * Number(i) + 9 })
  return {
    ...model,
    genes: numbers.map((i) => ({ ...gene, ...place(i), gene_id: `g'${i}`, gene_name: `NAME"${i}\\é'); --` })),
    transcripts: numbers.map((i) => ({ ...transcript, ...place(i), transcript_id: `t${i}`, parent_gene_id: `g'${i}`, biotype: null })),
    exons: numbers.map((i) => ({ ...exon, ...place(i), exon_id: `e${i}`, transcript_id: `t${i}` })),
    cds: [],
    lineage: new Map()
  }
}

describe("the database", () => {
  it.effect("has every row, whatever their number and their names", () =>
    Effect.gen(function* () {
      for (const genes of [1, 31, 32, 33, 8193]) {
        const folder = yield* temporaryFolder
        const model = modelOf(genes)
        yield* write(folder, model)
        assert.deepStrictEqual(readdirSync(folder), ["gene_summary.sqlite"])
        const database = new DatabaseSync(join(folder, "gene_summary.sqlite"), { readOnly: true })
        const rows = database.prepare("SELECT id, gene_id, name, name_normalized AS lower FROM gene_summary ORDER BY id").all()
        const exons = database.prepare("SELECT id, exon_id, start FROM exons ORDER BY id").all()
        const sound = database.prepare("PRAGMA integrity_check").get()
        database.close()
        assert.deepStrictEqual(
          rows.map((row) => ({ ...row })),
          model.genes.map((g, i) => ({
            id: i + 1,
            gene_id: g.gene_id,
            name: g.gene_name,
            lower: g.gene_name.replace(/[A-Z]/g, (c) => c.toLowerCase())
          }))
        )
        assert.deepStrictEqual(
          exons.map((row) => ({ ...row })),
          model.exons.map((e, i) => ({ id: i + 1, exon_id: e.exon_id, start: e.start }))
        )
        assert.deepStrictEqual({ ...sound }, { integrity_check: "ok" })
      }
    })
  )

  it.effect("is not written where a name is there twice, and nothing is left", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const model = modelOf(3)
      const failure = yield* Effect.flip(
        write(folder, { ...model, transcripts: model.transcripts.map((t) => ({ ...t, transcript_id: "same" })) })
      )
      assert.strictEqual(failure._tag, "GeneSummaryUnwritable")
      assert.match(failure.message, /UNIQUE constraint failed: transcripts.transcript_id/)
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.live("is given up when that is wanted: the thread ends, and nothing is left", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const model = yield* spooled(folder, modelOf(50_000))
      const begun = yield* Deferred.make<void>()
      model.rows.onProgress = () => Deferred.doneUnsafe(begun, Effect.void)
      const ports = () => process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length
      const before = ports()
      const fiber = yield* Effect.forkChild(write(folder, model))
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(ports(), before)
      assert.deepStrictEqual(readdirSync(folder), [])
    }).pipe(Effect.scoped)
  )

  it.effect("is the same where threads are not permitted", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const program = join(folder, "fill.mjs")
      const module = join(import.meta.dirname, "../../../../../plugins/atlas/format/artifact/fill-database.ts")
      const at = (name: string) => join(folder, name)
      const text = JSON.stringify(Array.from({ length: 1001 }, (_, i) => [`é"${i}`, i]).flat())
      writeFileSync(at("spool"), text)
      writeFileSync(
        program,
        `import { openSync, writeFileSync } from "node:fs"
        import { Effect } from ${JSON.stringify(import.meta.resolve("effect"))}
        import { fillDatabase } from ${JSON.stringify(module)}
        const [, , folder, path] = process.argv
        const pieces = [{ seqid: "chr1", at: 0, bytes: ${Buffer.byteLength(text)} }]
        const row = "(?, ?, ?, ?)"
        const numbered = (n) => \`(?\${4 * n + 1}, ?\${4 * n + 2}, ?\${4 * n + 3}, ?\${4 * n + 4})\`
        let bytes = 0
        await Effect.runPromise(fillDatabase({
          working: path + ".working", path, spool: openSync(folder + "/spool", "r"),
          before: ["PRAGMA journal_mode = OFF", "CREATE TABLE t (n INTEGER PRIMARY KEY, s TEXT, v TEXT, i INTEGER)"],
          rows: [{ insert: "INSERT INTO t VALUES (0, ?, NULL, ?)", values: ["it's", null] }],
          fills: [{ width: 2, one: "INSERT INTO t VALUES " + row, many: "INSERT INTO t VALUES " + numbered(0) + ", " + numbered(1), together: 2, pieces }],
          after: ["VACUUM INTO '" + path + "'"], last: ["UPDATE t SET v = 'done' WHERE n = 0"]
        }, (read) => (bytes += read)))
        if (bytes !== pieces[0].bytes) throw new Error("progress of " + bytes)
        console.log(process.permission?.has("worker"))`
      )
      const started = /instantiating Worker/i
      for (const [name, flags] of [
        ["here.sqlite", ["--permission", "--allow-fs-read=*", "--allow-fs-write=*"]],
        ["thread.sqlite", []]
      ] as const) {
        const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, program, folder, at(name)], {
          encoding: "utf8",
          env: { ...process.env, NODE_DEBUG: "worker" }
        })
        assert.strictEqual(status, 0, stderr)
        if (name === "thread.sqlite") assert.match(stderr, started)
        assert.strictEqual(stdout.trim(), name === "thread.sqlite" ? "undefined" : "false")
      }
      const database = new DatabaseSync(at("here.sqlite"), { readOnly: true })
      const [first, , last, ...more] = database.prepare("SELECT * FROM t WHERE n IN (0, 1, 1001) ORDER BY n").all()
      database.close()
      assert.deepStrictEqual(
        [{ ...first }, { ...last }, more],
        [{ n: 0, s: "it's", v: "done", i: null }, { n: 1001, s: "chr1", v: 'é"1000', i: 1000 }, []]
      )
      assert.isTrue(readFileSync(at("here.sqlite")).equals(readFileSync(at("thread.sqlite"))))
    })
  )
})
