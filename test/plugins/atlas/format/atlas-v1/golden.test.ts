/** Every recorded run of the reference, made again. */
import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { zstdDecompressSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { layout } from "../../../../../plugins/atlas/format/artifact/layout.ts"
import { BuildRoot } from "../../../../../plugins/atlas/format/build-root.ts"
import { validate } from "../../../../../plugins/atlas/format/validate.ts"
import { logicalFingerprint, tableRows } from "../artifact/logical-fingerprint.ts"
import { filesBelow, recordedBytes, recordedFiles, type RecordedRun, recordedRuns, repeat, scratch } from "./recorded-run.ts"
import { nine } from "../artifact/golden.ts"

/** Follow from the program, the database's bytes or the choice of the signature (contract §2.13, §11.5). */
const byNature = new Set([
  "artifact_hash",
  "build_policy_version",
  "config_version",
  "dataset_signature_sha256",
  "db_hash",
  "evidence_bundle_sha256",
  "ingest_toolchain",
  "software_version",
  "toolchain_hash"
])

const json = (bytes: Buffer): any => JSON.parse(bytes.toString("utf8"))

/** The rows of a database that lies in a file or is given as bytes. */
const rowsIn = <A>(source: string | Buffer, use: (database: DatabaseSync) => A): A => {
  const file = typeof source === "string" ? source : path.join(scratch(), "recorded.sqlite")
  if (typeof source !== "string") fs.writeFileSync(file, source)
  const database = new DatabaseSync(file, { readOnly: typeof source === "string" })
  try {
    return use(database)
  } finally {
    database.close()
  }
}

const databasesOf = (run: RecordedRun) => recordedFiles(run).filter((file) => file.endsWith(".sqlite"))

describe.each(recordedRuns.map((run) => [run.name, run] as const))("the recorded run %s, made again", (_, run) => {
  it.effect("has the recorded files, and the lock", () =>
    Effect.gen(function* () {
      const { folder } = yield* repeat(run)
      const recorded = recordedFiles(run)
      const lock = recorded.includes(layout.manifest) ? [layout.lock] : []
      const derived = filesBelow(folder).filter((file) => file.startsWith("derived/"))
      assert.deepStrictEqual(derived, [...recorded, ...lock].sort())
    })
  )

  it.effect("has the recorded bytes in every comparable sidecar", () =>
    Effect.gen(function* () {
      const { folder } = yield* repeat(run)
      const files = recordedFiles(run).filter((file) => nine.includes(file))
      assert.isAtLeast(files.length, 3)
      for (const file of files)
        assert.strictEqual(fs.readFileSync(path.join(folder, file), "utf8"), recordedBytes(run, file).toString("utf8"), file)
    })
  )

  it.effect("has the recorded rows in every table of every database", () =>
    Effect.gen(function* () {
      const { folder } = yield* repeat(run)
      for (const file of databasesOf(run)) {
        const [own, fingerprint] = rowsIn(path.join(folder, file), (database) => [tableRows(database), logicalFingerprint(database)])
        rowsIn(recordedBytes(run, file), (database) => {
          for (const [table, rows] of tableRows(database)) assert.deepStrictEqual(own.get(table), rows, `${file} ${table}`)
          assert.strictEqual(fingerprint, logicalFingerprint(database))
        })
      }
    })
  )

  const when = (file: string) => (recordedFiles(run).includes(file) ? it.effect : () => undefined)

  when(layout.manifest)("has the recorded manifest, field by field", () =>
    Effect.gen(function* () {
      const { folder } = yield* repeat(run)
      const own = json(fs.readFileSync(path.join(folder, layout.manifest)))
      const recorded = json(recordedBytes(run, layout.manifest))
      assert.deepStrictEqual(Object.keys(own), Object.keys(recorded))
      const withoutDatabase = ({ checksums, input_hashes, identity, ...fields }: any) => ({
        ...Object.fromEntries(Object.entries(fields).filter(([field]) => !byNature.has(field))),
        checksums: { ...checksums, sqlite_sha256: "" },
        input_hashes: { ...input_hashes, policy_sha256: "" },
        ...(identity === undefined ? {} : { identity: { ...identity, artifact_fingerprint_sha256: "", canonical_metadata_sha256: "" } })
      })
      assert.deepStrictEqual(withoutDatabase(own), withoutDatabase(recorded))
    })
  )

  when(layout.sourceFacts)("has the recorded source facts, but for the paths", () =>
    Effect.gen(function* () {
      const { folder } = yield* repeat(run)
      const [own, recorded] = [json(fs.readFileSync(path.join(folder, layout.sourceFacts))), json(recordedBytes(run, layout.sourceFacts))]
      assert.deepStrictEqual({ ...own, inputs: own.inputs.hashes }, { ...recorded, inputs: recorded.inputs.hashes })
    })
  )

  when(layout.inventory)("lists what the recorded inventory and evidence bundle list", () =>
    Effect.gen(function* () {
      const { folder } = yield* repeat(run)
      const both = (file: string) => [json(fs.readFileSync(path.join(folder, file))), json(recordedBytes(run, file))] as const
      const [inventory, recordedInventory] = both(layout.inventory)
      const named = ({ items, ...head }: any) => ({ ...head, items: items.map(({ role, path }: any) => `${role} ${path}`) })
      assert.deepStrictEqual(named(inventory), named(recordedInventory))
      const [bundle, recordedBundle] = both(layout.bundle)
      assert.deepStrictEqual(Object.keys(bundle.files), Object.keys(recordedBundle.files))
    })
  )

  when(layout.manifest)("is accepted by our validation where the reference took it, and refused for what it said where not", () =>
    Effect.gen(function* () {
      const { folder, id } = yield* repeat(run)
      const { problems } = yield* validate(yield* BuildRoot.open(folder), id)
      const messages = problems.map(({ message }) => message)
      assert.strictEqual(messages.length > 0, run.refusals.length > 0, messages.join("; "))
      for (const refusal of run.refusals)
        assert.isTrue(
          messages.some((message) => message.startsWith(refusal)),
          `${refusal}: ${messages.join("; ")}`
        )
    })
  )

  const shards = "derived/catalog_shards.json"
  when(shards)("has the recorded shards and normalized lines", () =>
    Effect.gen(function* () {
      const { folder } = yield* repeat(run)
      const named = (bytes: Buffer) => {
        const { shards, ...head } = json(bytes)
        return { ...head, shards: shards.map(({ sqlite_sha256: _digest, ...shard }: any) => shard) }
      }
      assert.deepStrictEqual(named(fs.readFileSync(path.join(folder, shards))), named(recordedBytes(run, shards)))
      const stream = "derived/normalized_features.jsonl.zst"
      const text = (bytes: Buffer) => zstdDecompressSync(bytes).toString("utf8")
      assert.strictEqual(text(fs.readFileSync(path.join(folder, stream))), text(recordedBytes(run, stream)))
    })
  )
})
