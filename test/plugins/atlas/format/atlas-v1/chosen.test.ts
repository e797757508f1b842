/** The ruleset as users choose it: option of the stage, flag of the command. */
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Atlas, project } from "atlas-run"
import { atlas, dataset, Ingest } from "atlas-run/atlas"
import { layout } from "../../../../../plugins/atlas/format/artifact/layout.ts"
import { documentOf, goodDocumentOf, idFlags, runHere, sample } from "../../cli/program.ts"
import { filesBelow, recordedBytes, recordedRuns, scratch } from "./recorded-run.ts"

const runOf = (name: string) => {
  const run = recordedRuns.find((run) => run.name === name)
  if (run === undefined) throw new Error(`${name} is not recorded`)
  return run
}

const warn = runOf("warn")
const ids = idFlags("110", "synthetica_minima", "SM1.0")
const folder = "release=110/species=synthetica_minima/assembly=SM1.0"

describe("the stage ingest with ruleset atlas-v1", () => {
  const built = (options: Parameters<typeof Ingest.with>[0]) =>
    Effect.gen(function* () {
      const root = scratch()
      for (const [name, file] of Object.entries(warn.inputs)) fs.copyFileSync(file, path.join(root, name))
      const { stages } = atlas.life({ build: "build", store: "store", packs: "packs" })
      const config = project({
        name: "lab",
        stages,
        targets: (target) => [
          target(dataset({ release: "110", species: "synthetica_minima", assembly: "SM1.0", gff3: "gff3", fasta: "fasta", fai: "fai" }), {
            options: { ingest: options }
          })
        ]
      })
      const report = yield* Atlas.run(config, { root, jobs: 1, select: [":ingest"] })
      return { report, derived: path.join(root, "build", folder) }
    })

  it.live("writes what the reference wrote", () =>
    Effect.gen(function* () {
      const { report, derived } = yield* built({ ruleset: "atlas-v1", strictness: "lenient" })
      assert.deepStrictEqual(
        report.tasks.map(({ outcome }) => outcome),
        ["executed"]
      )
      for (const file of [layout.qc, layout.anomalyReport, layout.canonicalFeatures])
        assert.isTrue(fs.readFileSync(path.join(derived, file)).equals(recordedBytes(warn, file)), file)
    })
  )

  it.live("fails with the reference's refusal where strict", () =>
    Effect.gen(function* () {
      const { report } = yield* built({ ruleset: "atlas-v1" })
      const [task] = report.tasks
      assert.strictEqual(task?.outcome, "failed")
      assert.strictEqual((task?.error as { message?: string } | undefined)?.message, "cyclic Parent graph detected in GFF3 features")
    })
  )

  it.live("does not take options of the other ruleset", () =>
    Effect.gen(function* () {
      for (const options of [{ duplicateGeneIdPolicy: "dedupe" }, { ruleset: "atlas-v1", profile: "plain" }] as const) {
        const error = yield* Effect.flip(built(options))
        assert.include(JSON.stringify(error), "no option of the ruleset")
      }
    })
  )
})

describe("atlas-dataset ingest --ruleset atlas-v1", () => {
  const words = (...more: ReadonlyArray<string>) => {
    const { gff3, fasta, fai } = warn.inputs
    const root = scratch()
    return { root, argv: ["ingest", "--gff3", gff3, "--fasta", fasta, "--fai", fai, ...ids, "--output-root", root, ...more, "--json"] }
  }

  it.effect("tells in its document what was left out, by the reference's codes", () =>
    Effect.gen(function* () {
      const { argv } = words("--ruleset", "atlas-v1", "--strictness", "lenient")
      const document = goodDocumentOf("dataset-ingest/1", yield* runHere(argv))
      assert.deepStrictEqual([document.ruleset, document.dialect, document.strictness], ["atlas-v1", "main", "lenient"])
      assert.strictEqual(document.rejected["GFF3_UNKNOWN_FEATURE"], 2)
      assert.deepStrictEqual(document.counts, { genes: 3, transcripts: 1, exons: 3, cds: 3, rows: 24, sequences: 7, bases: 2790 })
    })
  )

  it.effect("ends with 1 and one error where the reference ends with 10", () =>
    Effect.gen(function* () {
      const { argv, root } = words("--ruleset", "atlas-v1")
      const ended = yield* runHere(argv)
      const document = documentOf("dataset-ingest/1", ended)
      assert.strictEqual(ended.code, 1)
      assert.deepStrictEqual(!document.ok && document.errors?.map(({ code, details }) => [code, details]), [
        ["ATLAS_V1_FEATURE", { reference: { code: "internal_error", exit: 10 } }]
      ])
      assert.deepStrictEqual(filesBelow(root), [])
    })
  )

  it.effect("writes reports alone with --report-only, and not over a build root", () =>
    Effect.gen(function* () {
      const { argv, root } = words("--ruleset", "atlas-v1", "--strictness", "lenient", "--report-only")
      const document = goodDocumentOf("dataset-ingest/1", yield* runHere(argv))
      assert.strictEqual(document.manifestSha256, null)
      assert.deepStrictEqual(
        filesBelow(path.join(root, folder)),
        [layout.anomalyReport, layout.canonicalFeatures, layout.canonicalSummary, layout.qc, layout.qcReport].sort()
      )
    })
  )

  it.effect("refuses flags that do not go together, before anything is read", () =>
    Effect.gen(function* () {
      const refused = (...more: ReadonlyArray<string>) =>
        Effect.map(runHere(words(...more).argv), (ended) => {
          assert.strictEqual(ended.code, 2)
          const document = documentOf("dataset-ingest/1", ended)
          return document.ok ? "" : (document.error?.message ?? "")
        })
      assert.include(yield* refused("--seqid-aliases", "1=chr1"), "--seqid-aliases is no flag of --ruleset ontology")
      assert.include(yield* refused("--ruleset", "atlas-v1", "--profile", "ensembl"), "--profile is no flag of --ruleset atlas-v1")
      assert.include(
        yield* refused("--ruleset", "atlas-v1", "--no-fai-check"),
        "policy gate: --no-fai-check is forbidden in production; use --dev-auto-generate-fai for local development"
      )
      assert.include(yield* refused("--ruleset", "atlas-v1", "--shard-partitions", "-1"), "--shard-partitions")
    })
  )
})

describe("atlas-dataset ingest --dialect released", () => {
  it.effect("writes the released form with the ruleset ontology too, which verify proves", () =>
    Effect.gen(function* () {
      const [root, phix] = [scratch(), idFlags("1", "phix174", "NC_001422.1")]
      const inputs = ["--gff3", sample("phix174/NC_001422.1.gff3.gz"), "--fasta", sample("phix174/NC_001422.1.fa")]
      const ingested = yield* runHere(["ingest", ...inputs, ...phix, "--output-root", root, "--dialect", "released", "--json"])
      assert.strictEqual(goodDocumentOf("dataset-ingest/1", ingested).dialect, "released")
      const verified = goodDocumentOf("dataset-verify/1", yield* runHere(["verify", "--root", root, ...phix, "--deep", "--json"]))
      assert.strictEqual(verified.writtenBy?.dialect, "released")
      const files = filesBelow(path.join(root, "release=1/species=phix174/assembly=NC_001422.1/derived"))
      assert.deepStrictEqual(files, [
        "anomaly_report.json",
        "gene_summary.sqlite",
        "manifest.json",
        "manifest.lock",
        "qc.json",
        "qc_report.json",
        "release_gene_index.json"
      ])
    })
  )
})
