/** Options of ingest and the stage sequences, as a project uses them. */
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Atlas, project } from "atlas-run"
import { atlas, dataset, Ingest, Sequences } from "atlas-run/atlas"
import { scratch } from "../cli/program.ts"
import { gff3 } from "../format/model/model-of.ts"

const fasta = ">MT\nATGTGAGCTAGA\n>chr1\nATGGCTGCTTAA\n"
const annotation = gff3(
  "MT gene 1 12 + . ID=gene:a",
  "MT mRNA 1 12 + . ID=transcript:a1;Parent=gene:a",
  "MT CDS 1 12 + 0 ID=CDS:p;Parent=transcript:a1",
  "chr1 gene 1 12 + . ID=gene:b",
  "chr1 CDS 1 12 + 0 ID=CDS:q;Parent=gene:b",
  "chr1 exon 1 9 + . Parent=transcript:gone"
)

const life = atlas.life({ build: "build", store: "store", packs: "packs" })
const folder = "release=1/species=testus/assembly=T1"

const ran = (ingest: Parameters<typeof Ingest.with>[0], select: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const root = scratch()
    fs.writeFileSync(path.join(root, "a.gff3"), annotation)
    fs.writeFileSync(path.join(root, "g.fa"), fasta)
    const config = project({
      name: "lab",
      stages: [...life.stages, Sequences],
      targets: (target) => [
        target(dataset({ release: "1", species: "testus", assembly: "T1", gff3: "a.gff3", fasta: "g.fa" }), {
          options: { ingest, sequences: { geneticCodes: { MT: 2 } } }
        })
      ]
    })
    const report = yield* Atlas.run(config, { root, jobs: 1, select })
    return { root, outcome: new Map(report.tasks.map((task) => [task.stage, task])) }
  })

describe("the stage ingest", () => {
  it.live("refuses by default what is wrong, and takes the rest where lenient", () =>
    Effect.gen(function* () {
      const strict = yield* ran({}, [":ingest"])
      assert.strictEqual(strict.outcome.get("ingest")?.outcome, "failed")
      const lenient = yield* ran({ strictness: "lenient", profile: "ensembl" }, [":validate"])
      assert.strictEqual(lenient.outcome.get("ingest")?.outcome, "executed")
      assert.strictEqual(lenient.outcome.get("validate")?.verdict, "passed")
      const report = JSON.parse(fs.readFileSync(path.join(lenient.root, "build", folder, "derived/anomaly_report.json"), "utf8"))
      assert.deepStrictEqual(
        report.rejections.map((r: { line: number; code: string }) => [r.line, r.code]),
        [[6, "GFF3_PARENT_MISSING"]]
      )
    })
  )

  it.live("makes nothing that is published where it only reports", () =>
    Effect.gen(function* () {
      const { root, outcome } = yield* ran({ strictness: "report-only" }, [":publish"])
      assert.strictEqual(outcome.get("ingest")?.verdict, "failed")
      assert.notStrictEqual(outcome.get("publish")?.outcome, "executed")
      assert.isFalse(fs.existsSync(path.join(root, "store", folder)))
      assert.isTrue(fs.existsSync(path.join(root, "build", folder, "derived/qc_report.json")))
    })
  )
})

describe("the stage sequences", () => {
  it.live("writes transcripts, CDS and proteins of what was taken, by the codes that are given, under the dataset's ids", () =>
    Effect.gen(function* () {
      const { root, outcome } = yield* ran({ strictness: "lenient", profile: "ensembl" }, [":sequences"])
      assert.strictEqual(outcome.get("sequences")?.outcome, "executed")
      const read = (name: string) => fs.readFileSync(path.join(root, "build/sequences", folder, name), "utf8")
      assert.strictEqual(read("transcripts.fa"), ">a1 CDS=1-12\nATGTGAGCTAGA\n>b CDS=1-12\nATGGCTGCTTAA\n")
      assert.strictEqual(read("cds.fa"), ">a1\nATGTGAGCTAGA\n>b\nATGGCTGCTTAA\n")
      assert.strictEqual(read("proteins.fa"), ">a1\nMWA\n>b\nMAA\n")
    })
  )
})
