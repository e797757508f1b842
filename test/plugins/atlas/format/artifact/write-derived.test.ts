import { readFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { layout } from "../../../../../plugins/atlas/format/artifact/layout.ts"
import { artifactHash, identityOf } from "../../../../../plugins/atlas/format/artifact/identity.ts"
import { readManifest } from "../../../../../plugins/atlas/format/artifact/manifest.ts"
import { deepSignature, ingestSignature, merkleRoot } from "../../../../../plugins/atlas/format/artifact/signature.ts"
import { createIndices, createTables } from "../../../../../plugins/atlas/format/artifact/gene-summary-schema.ts"
import {
  buildFrom,
  filesBelow,
  goldenBytes,
  goldenJson,
  goldenModel,
  goldens,
  mini,
  temporaryFolder,
  withGoldenDatabase
} from "./golden.ts"
import { logicalFingerprint, tableRows } from "./logical-fingerprint.ts"
import { nine } from "./golden.ts"

const sha = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex")

describe.each(goldens.map((golden) => [golden.name, golden] as const))("the artifact of %s", (_, golden) => {
  it.effect("has the reference's bytes in the nine comparable sidecars", () =>
    Effect.gen(function* () {
      const { folder } = yield* buildFrom(golden, yield* temporaryFolder)
      for (const path of nine)
        assert.strictEqual(readFileSync(join(folder, path), "utf8"), goldenBytes(golden, path).toString("utf8"), path)
    })
  )

  it.effect("has the reference's rows in every table, and its logical fingerprint", () =>
    Effect.gen(function* () {
      const { folder } = yield* buildFrom(golden, yield* temporaryFolder)
      const own = new DatabaseSync(join(folder, layout.sqlite), { readOnly: true })
      const [ownRows, ownFingerprint] = [tableRows(own), logicalFingerprint(own)]
      own.close()
      withGoldenDatabase(golden, (database) => {
        const rows = tableRows(database)
        for (const [table, lines] of rows) assert.deepStrictEqual(ownRows.get(table), lines, table)
        assert.strictEqual(ownFingerprint, logicalFingerprint(database))
      })
    })
  )

  it.effect("has the recorded signatures, the ingest form in qc.json and the deep form in the manifest", () =>
    Effect.gen(function* () {
      const model = goldenModel(golden)
      assert.strictEqual(ingestSignature(model.genes, model.transcripts), golden.signatures.ingest)
      assert.strictEqual(deepSignature(model.genes, model.transcripts), golden.signatures.deep)
      const { folder, derived } = yield* buildFrom(golden, yield* temporaryFolder)
      assert.strictEqual(derived.manifest.dataset_signature_sha256, golden.signatures.deep)
      assert.strictEqual(JSON.parse(readFileSync(join(folder, layout.qc), "utf8")).manifest_signature_sha256, golden.signatures.ingest)
    })
  )

  it.effect("has the reference's manifest in every field that does not follow from the program or the database's bytes", () =>
    Effect.gen(function* () {
      const { folder } = yield* buildFrom(golden, yield* temporaryFolder)
      const own = JSON.parse(readFileSync(join(folder, layout.manifest), "utf8"))
      const recorded = goldenJson(golden, layout.manifest)
      const ownByNature = new Set([
        "artifact_hash",
        "build_policy_version",
        "checksums",
        "config_version",
        "dataset_signature_sha256",
        "db_hash",
        "evidence_bundle_sha256",
        "identity",
        "ingest_toolchain",
        "input_hashes",
        "software_version",
        "toolchain_hash"
      ])
      assert.deepStrictEqual(Object.keys(own).sort(), Object.keys(recorded).sort())
      for (const key of Object.keys(recorded)) if (!ownByNature.has(key)) assert.deepStrictEqual(own[key], recorded[key], key)
      assert.strictEqual(own.identity.source_fingerprint_sha256, recorded.identity.source_fingerprint_sha256)
      assert.strictEqual(own.identity.build_fingerprint_sha256, recorded.identity.build_fingerprint_sha256)
    })
  )

  it.effect("hashes the recorded manifest to its own identity and artifact_hash", () =>
    Effect.gen(function* () {
      const recorded = yield* readManifest(join(golden.folder, layout.manifest))
      assert.deepStrictEqual(identityOf(recorded), recorded.identity)
      assert.strictEqual(artifactHash(recorded), recorded.artifact_hash)
    })
  )
})

describe("writeDerived", () => {
  it.effect("writes every file of the layout and nothing else", () =>
    Effect.gen(function* () {
      const { folder } = yield* buildFrom(mini, yield* temporaryFolder)
      assert.deepStrictEqual(filesBelow(folder), Object.values(layout).sort())
    })
  )

  it.effect("makes equal bytes in two folders, and none of them tells the folder", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* temporaryFolder, yield* temporaryFolder]
      const a = yield* buildFrom(mini, one)
      const b = yield* buildFrom(mini, two)
      for (const path of filesBelow(a.folder)) {
        const bytes = readFileSync(join(a.folder, path))
        assert.isTrue(bytes.equals(readFileSync(join(b.folder, path))), path)
        assert.isFalse(bytes.includes(one), path)
      }
    })
  )

  it.effect("writes over what an earlier run left, with the same bytes", () =>
    Effect.gen(function* () {
      const below = yield* temporaryFolder
      const first = yield* buildFrom(mini, below)
      const again = yield* buildFrom(mini, below)
      assert.deepStrictEqual([...again.derived.files], [...first.derived.files])
    })
  )

  it.effect("locks the manifest's and the database's final bytes", () =>
    Effect.gen(function* () {
      const { folder } = yield* buildFrom(mini, yield* temporaryFolder)
      const bytes = (path: string) => readFileSync(join(folder, path))
      assert.strictEqual(
        bytes(layout.lock).toString(),
        `{"manifest_sha256":"${sha(bytes(layout.manifest))}","sqlite_sha256":"${sha(bytes(layout.sqlite))}"}`
      )
    })
  )

  it.effect("refuses a model without genes, and leaves derived/ as it was", () =>
    Effect.gen(function* () {
      const below = yield* temporaryFolder
      const { folder } = yield* buildFrom(mini, below)
      const error = yield* Effect.flip(buildFrom(mini, below, { ...goldenModel(mini), genes: [] }))
      assert.strictEqual(error._tag, "NoGenes")
      assert.isTrue(filesBelow(folder).includes(layout.lock))
    })
  )

  it.effect("names every gene id that the gene index cannot hold, before anything is written", () =>
    Effect.gen(function* () {
      const model = goldenModel(mini)
      const genes = model.genes.map((gene, i) => (i < 2 ? { ...gene, gene_id: `${"g".repeat(128)}${i}` } : gene))
      const error = yield* Effect.flip(buildFrom(mini, yield* temporaryFolder, { ...model, genes }))
      assert.strictEqual(error._tag, "Several")
      if (error._tag === "Several")
        assert.deepStrictEqual(
          error.errors.map((e) => e._tag),
          ["GeneIdUnindexable", "GeneIdUnindexable"]
        )
    })
  )
})

describe("the gene-summary schema", () => {
  it("has the recorded digest of sqlite_master after its statements", () => {
    const database = new DatabaseSync(":memory:")
    for (const statement of [...createTables, ...createIndices]) database.exec(statement)
    const rows = database
      .prepare("SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'index', 'trigger', 'view') ORDER BY type, name")
      .all()
    database.close()
    const lines = rows.map((row) => `${row["type"]}|${row["name"]}|${row["sql"] ?? ""}`)
    assert.strictEqual(sha(lines.join("\n")), "996a3e9bdbb5c4e65e9ef3f659a94bfe9bf4282cbd042934e6a60193cf3af41a")
  })

  it.effect("makes a file in journal mode DELETE that answers region questions by an index", () =>
    Effect.gen(function* () {
      const { folder } = yield* buildFrom(mini, yield* temporaryFolder)
      const bytes = readFileSync(join(folder, layout.sqlite))
      assert.deepStrictEqual([bytes[18], bytes[19], bytes.readUInt16BE(16), bytes.readUInt32BE(60)], [1, 1, 4096, 4])
      const database = new DatabaseSync(join(folder, layout.sqlite), { readOnly: true })
      const plan = database
        .prepare(
          "EXPLAIN QUERY PLAN SELECT g.gene_id FROM gene_summary g JOIN gene_summary_rtree r ON r.gene_rowid = g.id WHERE g.seqid = ? AND r.start <= ? AND r.end >= ?"
        )
        .all("chr1", 500, 100)
        .map((row) => String(row["detail"]))
        .join("; ")
      database.close()
      assert.match(plan, /VIRTUAL TABLE INDEX|USING .*INDEX/)
    })
  )
})

describe("the Merkle root", () => {
  it("of no leaf is the digest of nothing, of one is that leaf, and an odd tail is paired with itself", () => {
    const [a, b, c] = [sha("a"), sha("b"), sha("c")]
    assert.strictEqual(merkleRoot([]), sha(""))
    assert.strictEqual(merkleRoot([a]), a)
    assert.strictEqual(merkleRoot([a, b, c]), sha(sha(a + b) + sha(c + c)))
  })
})
