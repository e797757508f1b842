import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { layout } from "../../../../../plugins/atlas/format/artifact/layout.ts"
import { type Manifest, manifestJson, readManifest } from "../../../../../plugins/atlas/format/artifact/manifest.ts"
import { manifestBindings } from "../../../../../plugins/atlas/format/artifact/manifest-bindings.ts"
import { brokenRules, manifestProblems } from "../../../../../plugins/atlas/format/artifact/manifest-rules.ts"
import { createdBy } from "../../../../../plugins/atlas/format/artifact/software.ts"
import { goldenBytes, goldenJson, goldens, mini, temporaryFolder } from "./golden.ts"

const recorded = readManifest(join(mini.folder, layout.manifest))

const readText = (text: string) =>
  Effect.gen(function* () {
    const path = join(yield* temporaryFolder, "manifest.json")
    writeFileSync(path, text)
    return yield* readManifest(path)
  })

describe("the manifest", () => {
  it.effect("of every recorded root is read, keeps all rules, and is written back byte for byte", () =>
    Effect.gen(function* () {
      for (const golden of goldens) {
        const manifest = yield* readManifest(join(golden.folder, layout.manifest))
        assert.deepStrictEqual(manifestProblems(manifest), [], golden.name)
        assert.deepStrictEqual(manifestBindings(manifest), [], golden.name)
        assert.strictEqual(manifestJson(manifest), goldenBytes(golden, layout.manifest).toString())
      }
    })
  )

  it.effect("takes any key order and white space, and gives defaults for what may be absent", () =>
    Effect.gen(function* () {
      const { canonical_model_schema_version: _, model_version: __, sharding_plan: ___, ...rest } = goldenJson(mini, layout.manifest)
      const manifest = yield* readText(JSON.stringify(Object.fromEntries(Object.entries(rest).toReversed()), null, 2))
      assert.deepStrictEqual([manifest.canonical_model_schema_version, manifest.model_version, manifest.sharding_plan], [0, "v1", "none"])
    })
  )

  it.effect.each([
    ["no JSON", "{", "ManifestInvalid"],
    ["an empty file", "", "ManifestInvalid"],
    ["a key twice", '{"manifest_version":"1","manifest_version":"1"}', "ManifestInvalid"],
    ["a list", "[]", "ManifestInvalid"]
  ] as const)("is refused for %s", ([, text, tag]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(readText(text)))._tag, tag)
    })
  )

  it.effect("is refused for unknown fields, also deep down, and for a partial identity, all told", () =>
    Effect.gen(function* () {
      const good = goldenJson(mini, layout.manifest)
      const bad = { ...good, extra: 1, stats: { ...good.stats, more: 2, gene_count: -1 }, identity: { release_id: "x" } }
      const error = yield* Effect.flip(readText(JSON.stringify(bad)))
      assert.strictEqual(error._tag, "ManifestInvalid")
      for (const part of [
        "extra: unknown field",
        "stats.more: unknown field",
        "stats.gene_count: ",
        "identity.source_fingerprint_sha256: missing"
      ])
        assert.include(error.message, part)
    })
  )

  it.effect("that is not there, or is a folder, is ManifestUnreadable", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      for (const path of [join(folder, "none.json"), folder])
        assert.strictEqual((yield* Effect.flip(readManifest(path)))._tag, "ManifestUnreadable")
    })
  )

  it.effect.each([
    ["artifact_version", { artifact_version: " " }, "artifact_version must not be empty"],
    ["schema_version", { schema_version: "2" }, "manifest_version and schema_version must match"],
    ["db_schema_version", { db_schema_version: "4" }, "schema_version and db_schema_version must match"],
    ["identity_schema_version", { identity_schema_version: "2" }, "identity_schema_version must currently be 1"],
    ["toolchain_hash", { toolchain_hash: "" }, "manifest toolchain_hash must not be empty"],
    ["source_facts_path", { source_facts_path: "" }, "manifest source_facts_path and normalized_input_identity_sha256 are required"],
    ["config_version", { config_version: "" }, "manifest software/config/build policy versions must not be empty"],
    ["evidence_bundle_sha256", { evidence_bundle_sha256: "" }, "manifest evidence artifact paths and bundle hash must be populated"],
    ["db_hash", { db_hash: "" }, "manifest db_hash must not be empty"],
    ["db_hash of another file", { db_hash: "ab" }, "manifest db_hash must equal checksums.sqlite_sha256"],
    ["artifact_hash", { artifact_hash: "" }, "manifest artifact_hash must not be empty"],
    ["canonical hashes", { canonical_lineage_sha256: "" }, "canonical hashes are required when canonical_model_schema_version is set"],
    ["genes", { stats: { gene_count: 0, transcript_count: 0, contig_count: 0 } }, "gene_count must be > 0"],
    ["derived_column_origins", { derived_column_origins: {} }, "derived_column_origins must not be empty"],
    ["created_at", { created_at: "yesterday" }, "timestamp must be RFC3339-like (e.g. 2026-02-24T00:00:00Z)"],
    [
      "input_hashes",
      { input_hashes: { gff3_sha256: "a", fasta_sha256: "a", fai_sha256: "a", policy_sha256: "" } },
      "manifest input_hashes are required: gff3/fasta/fai/policy"
    ],
    [
      "dataset",
      { dataset: { release: "111", species: "synthetica_minima", assembly: "SM1.0" } },
      "identity release_id must match dataset canonical string"
    ]
  ] as ReadonlyArray<readonly [string, Partial<Manifest>, string]>)("breaks a rule by its %s", ([, change, message]) =>
    Effect.gen(function* () {
      const manifest: Manifest = { ...(yield* recorded), ...change }
      assert.include(manifestProblems(manifest), message)
    })
  )

  it.effect("breaks the identity's rules by each of its fields", () =>
    Effect.gen(function* () {
      const manifest = yield* recorded
      const { identity } = manifest
      const broken = (change: Partial<Manifest["identity"]>) =>
        brokenRules({ ...manifest, identity: { ...identity, ...change } }).map((rule) => rule.message)
      const zeros = "0".repeat(64)
      assert.include(broken({ release_id: "" }), "identity release_id must not be empty")
      assert.include(
        broken({ canonical_metadata_sha256: zeros }),
        "identity canonical_metadata_sha256 does not match canonical serialized identity"
      )
      assert.include(
        broken({ build_fingerprint_sha256: "x" }),
        "identity field build_fingerprint_sha256 must be 64-char lowercase sha256 hex"
      )
      for (const field of ["source_fingerprint_sha256", "build_fingerprint_sha256", "artifact_fingerprint_sha256"])
        assert.include(broken({ [field]: zeros }), "identity fields are contradictory to manifest source/build/artifact components", field)
    })
  )

  it.effect("does not bind if a hash, a path or an input is not what the other fields make it", () =>
    Effect.gen(function* () {
      const manifest = yield* recorded
      const fields = (change: Partial<Manifest>) => manifestBindings({ ...manifest, ...change }).map((broken) => broken.field)
      const zeros = "0".repeat(64)
      assert.include(fields({ artifact_hash: zeros }), "artifact_hash")
      assert.include(fields({ normalized_input_identity_sha256: zeros }), "normalized_input_identity_sha256")
      assert.include(fields({ qc_report_path: "derived/other.json" }), "qc_report_path")
      assert.include(fields({ stats: { ...manifest.stats, gene_count: 11 } }), "artifact_hash")
      assert.include(fields({ canonical_model_schema_version: 0 }), "canonical_model_schema_version")
      assert.include(fields({ input_hashes: { ...manifest.input_hashes, fai_sha256: zeros } }), "input_hashes.fai_sha256")
      assert.include(fields({ dataset: { release: "x", species: "s", assembly: "." } }), "dataset")
    })
  )

  it("names the program by the version in package.json", () => {
    const { name, version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../../../../package.json"), "utf8"))
    assert.strictEqual(createdBy, `${name}@${version}`)
  })
})
