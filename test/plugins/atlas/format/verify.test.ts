import { appendFileSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { canonicalJson } from "../../../../plugins/atlas/format/canonical-json.ts"
import { layout } from "../../../../plugins/atlas/format/artifact/layout.ts"
import { type BuildRoot, openBuildRoot } from "../../../../plugins/atlas/format/build-root.ts"
import type { ServingStore } from "../../../../plugins/atlas/format/store/serving-store.ts"
import { validate, validateFindings } from "../../../../plugins/atlas/format/validate.ts"
import { remake } from "../../../../plugins/atlas/format/proof/remake.ts"
import { type Proof, verify, verifyFindings } from "../../../../plugins/atlas/format/verify.ts"
import { buildFrom, filesBelow, goldenId, goldenModel, goldens, mini, temporaryFolder, warn } from "./artifact/golden.ts"

const id = goldenId(mini)

const freshRoot = Effect.gen(function* () {
  const { folder } = yield* buildFrom(mini, yield* temporaryFolder)
  return { folder, root: yield* openBuildRoot(folder) }
})

const named = (problems: ReadonlyArray<{ readonly name: string }>) => [...new Set(problems.map((p) => p.name))].sort()

const told = (problems: ReadonlyArray<{ readonly name: string; readonly at: string; readonly message: string }>) =>
  problems.map((p) => `${p.name} ${p.at} ${p.message}`).join("\n")

/** The problems after such a change to the database. */
const tampered = (sql: string) =>
  Effect.gen(function* () {
    const { folder, root } = yield* freshRoot
    const database = new DatabaseSync(join(folder, layout.sqlite))
    database.exec(sql)
    database.close()
    return (yield* verify(root, id, { deep: true, remake })).problems
  })

describe("verify", () => {
  it.effect.each(goldens.map((golden) => [golden.name, golden] as const))(
    "proves what we write of %s, and says what the gates say",
    ([, golden]) =>
      Effect.gen(function* () {
        const { folder, derived } = yield* buildFrom(golden, yield* temporaryFolder)
        const root = yield* openBuildRoot(folder)
        const report = yield* verify(root, goldenId(golden), { deep: true, remake })
        // The reference's own lenient builds of real data do not pass its gates: that is their content, not damage.
        const content = ["contig-without-genes", "gate-ambiguities", "gate-prerequisites", "qc-threshold"]
        assert.deepStrictEqual(
          report.problems.filter((p) => !content.includes(p.name)),
          []
        )
        if (golden === mini) assert.deepStrictEqual(report.problems, [])
        if (golden === warn) assert.deepStrictEqual(named(report.problems), content)
        // Made again from the inputs by the ruleset atlas-v1, byte for byte: nothing is left to prove, and nothing unproven.
        assert.deepStrictEqual(
          report.proven.map((p) => p.what),
          ["digests", "bases", "pages", "rules", "rows", "tables", "files", "genes", "sidecars"]
        )
        const proof = (what: Proof["what"]) => report.proven.find((p) => p.what === what)
        assert.strictEqual(proof("digests")?.count, Object.keys(layout).length)
        assert.strictEqual(proof("tables")?.count, 11)
        assert.strictEqual(proof("files")?.count, 16)
        assert.deepStrictEqual(report.unproven, [])
        // Without the inputs, the tables make the evidence again.
        const within = yield* verify(root, goldenId(golden), { deep: true })
        const { genes } = derived.facts.canonical.summary
        assert.deepStrictEqual(within.proven.map((p) => [p.what, p.count] as const).slice(-2), [
          ["genes", genes],
          ["sidecars", 13]
        ])
        assert.deepStrictEqual(
          within.unproven.map((u) => u.at),
          ["tables"]
        )
      })
  )

  it.effect(
    "finds and names one flipped bit in any file, at its start, middle and end",
    () =>
      Effect.gen(function* () {
        const { folder, root } = yield* freshRoot
        for (const path of filesBelow(folder)) {
          const good = readFileSync(join(folder, path))
          for (const at of [0, good.length >> 1, good.length - 1]) {
            const bad = Buffer.from(good)
            bad[at] = (bad[at] ?? 0) ^ 1
            writeFileSync(join(folder, path), bad)
            for (const problems of [(yield* validate(root, id)).problems, (yield* verify(root, id, { deep: true, remake })).problems]) {
              assert.isAbove(problems.length, 0, `${path} byte ${at}`)
              assert.include(told(problems), path, `${path} byte ${at}`)
            }
          }
          writeFileSync(join(folder, path), good)
        }
        assert.deepStrictEqual((yield* verify(root, id, { deep: true, remake })).problems, [])
      }),
    120_000
  )

  it.effect(
    "finds and names every file that is missing, a link, or too much",
    () =>
      Effect.gen(function* () {
        const { folder, root } = yield* freshRoot
        for (const path of filesBelow(folder)) {
          const good = readFileSync(join(folder, path))
          rmSync(join(folder, path))
          const missing = (yield* verify(root, id, { deep: true, remake })).problems
          assert.isTrue(
            missing.some((p) => p.name === "file-missing" && p.at === path),
            path
          )
          symlinkSync("/dev/null", join(folder, path))
          const link = (yield* verify(root, id, { deep: true, remake })).problems
          assert.isTrue(
            link.some((p) => p.name === "file-not-plain" && p.at === path),
            path
          )
          rmSync(join(folder, path))
          writeFileSync(join(folder, path), good)
        }
        writeFileSync(join(folder, "derived/gene_summary.sqlite-wal"), "")
        assert.deepStrictEqual(
          (yield* verify(root, id, { deep: true, remake })).problems.map((p) => [p.name, p.at]),
          [["file-unexpected", "derived/gene_summary.sqlite-wal"]]
        )
      }),
    120_000
  )

  it.effect("leaves no file beside the database and changes none", () =>
    Effect.gen(function* () {
      const { folder, root } = yield* freshRoot
      const before = filesBelow(folder).map((path) => [path, readFileSync(join(folder, path)).toString("base64")])
      yield* verify(root, id, { deep: true, remake })
      assert.deepStrictEqual(
        filesBelow(folder).map((path) => [path, readFileSync(join(folder, path)).toString("base64")]),
        before
      )
    })
  )

  it.effect("131: warns of a sequence without genes, deep and shallow", () =>
    Effect.gen(function* () {
      const model = goldenModel(mini)
      const genes = model.genes.filter((g) => g.seqid !== "plasmidA")
      const { folder } = yield* buildFrom(mini, yield* temporaryFolder, { ...model, genes })
      const root = yield* openBuildRoot(folder)
      for (const deep of [false, true])
        assert.deepStrictEqual(
          (yield* verify(root, id, { deep })).problems.map((p) => [p.name, p.at]),
          [["contig-without-genes", "plasmidA"]]
        )
      assert.strictEqual(verifyFindings["contig-without-genes"].severity, "warning")
      assert.deepStrictEqual((yield* validate(root, id)).problems, [])
    })
  )

  it.effect("is not fooled by sidecars that are consistent with each other but not with the tables", () =>
    Effect.gen(function* () {
      const model = goldenModel(mini)
      const below = yield* temporaryFolder
      const { folder } = yield* buildFrom(mini, below)
      const root = yield* openBuildRoot(folder)
      const database = readFileSync(join(folder, layout.sqlite))
      // Everything is written for another gene name, then the first database is put back and sealed by hand.
      const renamed = model.genes.map((gene, i) => (i === 0 ? { ...gene, biotype: "lncRNA" } : gene))
      const { derived } = yield* buildFrom(mini, below, { ...model, genes: renamed })
      assert.notStrictEqual(derived.files.get("sqlite")?.sha256, undefined)
      writeFileSync(join(folder, layout.sqlite), database)
      const names = named((yield* verify(root, id, { deep: true, remake })).problems)
      assert.includeMembers(names, ["canonical-features", "checksum-mismatch", "lock"])
    })
  )

  it.effect("finds that a dataset which is whole in itself is not what its inputs give", () =>
    Effect.gen(function* () {
      const model = goldenModel(mini)
      const genes = model.genes.map((gene, i) => (i === 0 ? { ...gene, biotype: "lncRNA" } : gene))
      // Sealed like any other: every digest, signature and sidecar is of the forged rows.
      const { folder } = yield* buildFrom(mini, yield* temporaryFolder, { ...model, genes })
      const root = yield* openBuildRoot(folder)
      assert.deepStrictEqual((yield* verify(root, id, { deep: true })).problems, [])
      const { problems, proven, unproven } = yield* verify(root, id, { deep: true, remake })
      assert.deepStrictEqual(named(problems), ["not-remade"])
      // All but gene_summary, its copy and its statistics.
      assert.strictEqual(proven.find((p) => p.what === "tables")?.count, 8)
      assert.isTrue(unproven.some(({ at }) => at === "tables"))
      // Of a ruleset that tells how it read, it is an error: this one refuses such inputs.
      const profile = { name: "plain", chosen: "evidence", rows: 0, matching: 0 } as const
      const { folder: other } = yield* buildFrom(mini, yield* temporaryFolder, { ...model, genes, profile })
      const forged = (yield* verify(yield* openBuildRoot(other), id, { deep: true, remake })).problems
      assert.deepStrictEqual(
        forged.map(({ name, at }) => [name, at]),
        [["rederived", layout.gff3]]
      )
      assert.strictEqual(verifyFindings.rederived.severity, "error")
    })
  )

  it.effect.each([
    ["a gene's name in one copy of the table", "UPDATE genes SET name = 'x' WHERE id = 1", "genes"],
    ["a transcript's length", "UPDATE transcripts SET sequence_length = 1 WHERE id = 1", "transcripts"],
    ["a gene removed from the region tree", "DELETE FROM gene_summary_rtree WHERE gene_rowid = 3", "gene_summary_rtree"],
    ["a gene moved in the region tree", "UPDATE gene_summary_rtree SET start = 7 WHERE gene_rowid = 1", "gene_summary_rtree"],
    ["a pair of transcript and exon", "DELETE FROM transcript_exon_map WHERE exon_id = 'EX1'", "transcript_exon_map"],
    ["an invented pair", "INSERT INTO transcript_exon_map VALUES ('t', 'e')", "transcript_exon_map"],
    ["a count of biotypes", "UPDATE dataset_stats SET gene_count = 9 WHERE value = 'lncRNA'", "dataset_stats"],
    ["an added dimension", "INSERT INTO dataset_stats VALUES ('source', 'x', 1)", "dataset_stats"],
    ["an exon's length", "UPDATE exons SET exon_length = 1 WHERE id = 1", "exons"],
    [
      "a gene's exon count",
      "UPDATE gene_summary SET exon_count = 99 WHERE id = 1; UPDATE genes SET exon_count = 99 WHERE id = 1",
      "gene_summary"
    ],
    ["the order of genes", "UPDATE gene_summary SET id = 0 WHERE id = 10", "gene_summary"],
    ["the dataset in atlas_meta", "UPDATE atlas_meta SET v = '9' WHERE k = 'dataset_release'", "atlas_meta.dataset_release"]
  ] as const)("notices in the tables %s", ([, sql, table]) =>
    Effect.gen(function* () {
      const problems = yield* tampered(sql)
      assert.isTrue(
        problems.some((p) => p.name === "database-rows" && p.at === table),
        told(problems)
      )
    })
  )

  it.effect("notices rows that changed consistently in all tables, by the signature and the canonical genes", () =>
    Effect.gen(function* () {
      const problems = yield* tampered(
        "UPDATE gene_summary SET biotype = 'x' WHERE id = 8; UPDATE genes SET biotype = 'x' WHERE id = 8; UPDATE dataset_stats SET value = 'x' WHERE value = 'processed_pseudogene'"
      )
      assert.notInclude(named(problems), "database-rows")
      assert.includeMembers(named(problems), ["canonical-features", "checksum-mismatch"])
    })
  )

  it.effect("compares the FASTA with its index and with the table of sequences", () =>
    Effect.gen(function* () {
      const { folder, root } = yield* freshRoot
      appendFileSync(join(folder, layout.fasta), ">extra\nACGT\n")
      const problems = (yield* verify(root, id, { deep: true, remake })).problems
      assert.isTrue(
        problems.some((p) => p.name === "fai-mismatch"),
        told(problems)
      )
      assert.isTrue(
        problems.some((p) => p.name === "sequence-mismatch" && p.at === "extra"),
        told(problems)
      )
    })
  )
})

describe("validate", () => {
  it.effect("collects problems of several kinds in one report", () =>
    Effect.gen(function* () {
      const { folder, root } = yield* freshRoot
      rmSync(join(folder, layout.geneIndex))
      appendFileSync(join(folder, layout.gff3), "\n")
      const manifest = JSON.parse(readFileSync(join(folder, layout.manifest), "utf8"))
      writeFileSync(join(folder, layout.manifest), canonicalJson({ ...manifest, software_version: " ", artifact_hash: "zz" }))
      const { problems } = yield* validate(root, { ...id, release: "111" })
      assert.includeMembers(named(problems), [
        "checksum-mismatch",
        "dataset-mismatch",
        "file-missing",
        "inventory",
        "lock",
        "manifest-binding",
        "manifest-rule"
      ])
      assert.deepStrictEqual(
        problems.filter((p) => p.name === "dataset-mismatch").map((p) => p.at),
        [layout.manifest, "folder"]
      )
    })
  )

  it.effect("says every unknown and missing field of a manifest", () =>
    Effect.gen(function* () {
      const { folder, root } = yield* freshRoot
      const { stats: _, ...manifest } = JSON.parse(readFileSync(join(folder, layout.manifest), "utf8"))
      writeFileSync(join(folder, layout.manifest), canonicalJson({ ...manifest, checksum: 1, extra: 2 }))
      const said = told((yield* validate(root, id)).problems.filter((p) => p.name === "manifest-unreadable"))
      for (const word of ["checksum: unknown field", "extra: unknown field", "stats: missing"]) assert.include(said, word)
    })
  )

  it.effect("notices an index of the right name on other columns, a changed version, and what is unfinished", () =>
    Effect.gen(function* () {
      const { folder, root } = yield* freshRoot
      const database = new DatabaseSync(join(folder, layout.sqlite))
      database.exec(
        "DROP INDEX idx_genes_name; DROP INDEX idx_gene_summary_region; CREATE INDEX idx_gene_summary_region ON gene_summary(biotype)"
      )
      database.exec("PRAGMA user_version = 5; UPDATE atlas_meta SET v = 'false' WHERE k = 'analyze_completed'; DROP TABLE contigs")
      database.close()
      const { problems } = yield* validate(root, id)
      assert.includeDeepMembers(
        problems.map((p) => [p.name, p.at]),
        [
          ["database-schema", "contigs"],
          ["database-schema", "idx_genes_name"],
          ["database-schema", "idx_gene_summary_region"],
          ["database-schema", "user_version"],
          ["database-unfinished", "analyze_completed"]
        ]
      )
    })
  )

  it.effect("refuses by thresholds and gates, in the reference's words", () =>
    Effect.gen(function* () {
      const { folder } = yield* buildFrom(warn, yield* temporaryFolder)
      const { problems } = yield* validate(yield* openBuildRoot(folder), id)
      const messages = problems.map((p) => p.message)
      assert.includeMembers(messages, [
        "orphan_percent 50.0000 > max_orphan_percent 2",
        "rejected_percent 54.1667 > max_rejected_percent 2",
        "duplicate_gene_id_events 2 > max_duplicate_gene_id_events 0",
        "scientific prerequisites under-specified (insufficient)"
      ])
      assert.isTrue(messages.some((m) => m.startsWith("unknown_contig_feature_percent 4.1667 > max_unknown_contig_feature_percent 0.1")))
    })
  )

  it.effect("has a table entry for every finding it says", () =>
    Effect.gen(function* () {
      const { folder, root } = yield* freshRoot
      writeFileSync(join(folder, layout.sqlite), "not a database")
      writeFileSync(join(folder, layout.qc), "{}")
      writeFileSync(join(folder, layout.canonicalSummary), "{}")
      const { problems } = yield* validate(root, id)
      for (const name of named(problems)) assert.property(validateFindings, name)
      assert.includeMembers(named(problems), ["canonical-summary", "database-unreadable", "qc-twins", "sidecar-invalid"])
    })
  )
})

describe("openBuildRoot", () => {
  it("gives a type that is no serving store, and the other way round", () => {
    const apart: [BuildRoot] extends [ServingStore] ? false : [ServingStore] extends [BuildRoot] ? false : true = true
    assert.isTrue(apart)
  })

  it.effect("gives sequences with lengths and genes, and the counts", () =>
    Effect.gen(function* () {
      const { root } = yield* freshRoot
      assert.deepStrictEqual(
        (yield* root.sequences).find((s) => s.name === "chr1"),
        { name: "chr1", length: 1200, genes: 3 }
      )
      assert.deepStrictEqual(yield* root.counts, { genes: 10, transcripts: 6, exons: 8, cds: 4, sequences: 7 })
      assert.strictEqual((yield* root.manifest).stats.gene_count, 10)
    })
  )

  it.effect("refuses what is no folder of a dataset, and says which folder is missing", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const error = yield* Effect.flip(openBuildRoot(folder))
      assert.strictEqual(error._tag, "BuildRootInvalid")
      assert.include(error.message, join(folder, "inputs"))
    })
  )
})
