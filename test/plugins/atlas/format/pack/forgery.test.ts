/** Packs whose digests all fit, but whose database is not the one that the manifest signs: what a careful forger sends. */
import * as fs from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { verifyPack } from "../../../../../plugins/atlas/format/pack/verify.ts"
import { aroundDatabase, forged, golden, membersOf, written } from "./golden-pack.ts"

const refusal = (bytes: Buffer) => Effect.flip(verifyPack(written(bytes)))

const changed = (sql: string): Buffer => {
  const path = written(membersOf(golden)[1]!.body)
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
  return aroundDatabase(fs.readFileSync(path))
}

const manifest = () => membersOf(golden)[0]!.body.toString("utf8")

describe.skipIf(golden.length === 0)("a pack that is forged throughout", () => {
  it.effect.each([
    ["a gene's name", "UPDATE gene_summary SET name = 'other'", "dataset_signature_sha256"],
    ["a gene's place", 'UPDATE gene_summary SET "end" = "end" + 1', "dataset_signature_sha256"],
    ["a transcript's biotype", "UPDATE transcripts SET biotype = 'other'", "dataset_signature_sha256"],
    ["a trigger", "CREATE TRIGGER t AFTER INSERT ON gene_summary BEGIN DELETE FROM exons; END", "the database has a trigger"],
    ["no table of transcripts", "DROP TABLE transcript_summary", "required table missing: transcript_summary"],
    ["an index less", "DROP INDEX idx_gene_summary_gene_id", "required index missing: idx_gene_summary_gene_id"]
  ] as const)("is refused for its database: %s", ([, sql, reason]) =>
    Effect.gen(function* () {
      const error = yield* refusal(changed(sql))
      assert.strictEqual(error._tag, "PackDatabase")
      assert.include(error.message, reason)
    })
  )

  it.effect("is refused for another signature, and for a hash that follows from nothing", () =>
    Effect.gen(function* () {
      const other = (field: string) =>
        forged({ manifest: Buffer.from(manifest().replace(new RegExp(`("${field}":")[0-9a-f]{64}`), `$1${"0".repeat(64)}`)) })
      const signature = yield* refusal(other("dataset_signature_sha256"))
      assert.deepStrictEqual([signature._tag, signature.message.includes("dataset_signature_sha256")], ["PackDatabase", true])
      const hash = yield* refusal(other("artifact_hash"))
      assert.deepStrictEqual([hash._tag, hash.message.includes("artifact_hash")], ["PackManifest", true])
    })
  )
})
