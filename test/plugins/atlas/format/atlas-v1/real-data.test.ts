/** What the reference did with real genomes (dataset contract §12). */
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { atlasModel } from "../../../../../plugins/atlas/format/atlas-v1/atlas-model.ts"
import { contigsOfFai } from "../../../../../plugins/atlas/format/atlas-v1/contigs.ts"
import { atlasV1Defaults, type AtlasV1Options } from "../../../../../plugins/atlas/format/atlas-v1/options.ts"
import { absent, plainBytes } from "../shared-data.ts"
import { ingestAs } from "./recorded-run.ts"

const project = path.resolve(import.meta.dirname, "../../../../..")
const shared = path.join(project, "../shared/data")

const modelOf = (folder: string, options: Partial<AtlasV1Options>) => {
  const at = (name: string) => path.join(shared, folder, name)
  const annotation = fs.existsSync(at("annotation.gff3")) ? at("annotation.gff3") : at("annotation.gff3.gz")
  const contigs = contigsOfFai(fs.readFileSync(at("genome.fa.fai")), "index", "main")
  return atlasModel(
    { gff3: plainBytes(annotation), path: "annotation.gff3", contigs, scanned: undefined },
    { ...atlasV1Defaults, ...options }
  )
}

const refusalOf = (run: () => unknown): string => {
  try {
    run()
  } catch (refusal) {
    return (refusal as Error).message
  }
  return "accepted"
}

/** Folder, what strict says, and of lenient: genes, transcripts counted, rejections, rows. */
const table: ReadonlyArray<readonly [string, RegExp, number, number, number, number]> = [
  ["sars_cov_2/ASM985889v3", /^GFF3_PARENT_NOT_TRANSCRIPT line=11 /, 10, 0, 14, 24],
  ["escherichia_coli_k12_mg1655/ASM584v2", /^GFF3_PARENT_NOT_TRANSCRIPT line=10 /, 4494, 0, 4996, 9490],
  ["saccharomyces_cerevisiae/R64", /^duplicate feature ID detected: .* \(CDS, CDS\)$/, 6381, 5993, 1877, 26752],
  ["saccharomyces_cerevisiae/SGD_chrI-II", /^GFF3_PARENT_NOT_TRANSCRIPT line=9 /, 573, 0, 787, 1360],
  ["caenorhabditis_elegans/WS282_first1pct", /^GFF3_PARENT_NOT_TRANSCRIPT line=53 /, 260, 298, 27119, 31888],
  ["drosophila_melanogaster/r6.42_first1pct", /^GFF3_PARENT_NOT_TRANSCRIPT line=2 /, 108, 235, 2505, 3639],
  ["homo_sapiens/ensembl_slices", /^duplicate feature ID detected: .* \(CDS, CDS\)$/, 41, 42, 215, 1137],
  ["ostreococcus_micromonas_mix/3seq", /^duplicate feature ID detected: CDS1 /, 167, 168, 824, 1731],
  ["organelle_nc_022868/NC_022868.1_truncated_fasta", /^duplicate feature ID detected: /, 4, 4, 0, 34]
]

describe.skipIf(absent)("real genomes under atlas-v1", () => {
  it.each(table)("%s: strict refuses it, lenient keeps what the reference keeps", (folder, strict, genes, transcripts, rejected, rows) => {
    assert.match(
      refusalOf(() => modelOf(folder, {})),
      strict
    )
    const { model } = modelOf(folder, { strictness: "lenient" })
    const counted = model.genes.reduce((sum, gene) => sum + gene.transcript_count, 0)
    assert.deepStrictEqual(
      [model.genes.length, counted, model.anomalies.rejections.length, model.totalFeatures],
      [genes, transcripts, rejected, rows]
    )
  })

  it("influenza: strict misses a Parent, lenient keeps no gene", () => {
    assert.strictEqual(
      refusalOf(() => modelOf("influenza_a_h1n1/PR8_NC_002016-23", {})),
      "CDS feature missing Parent attribute"
    )
    assert.lengthOf(modelOf("influenza_a_h1n1/PR8_NC_002016-23", { strictness: "lenient" }).model.genes, 0)
  })

  it.each(["prokka_example_bacterium/BAC", "volvox/volvox"])("%s: its ##FASTA section is no row, lenient or not", (folder) => {
    for (const strictness of ["strict", "lenient"] as const)
      assert.match(
        refusalOf(() => modelOf(folder, { strictness })),
        /^invalid GFF3 row \(expected 9 columns\): >/
      )
  })

  it.effect("the original phiX174 annotation is refused for an escaped line end, lenient or not", () =>
    Effect.gen(function* () {
      const at = (name: string) => path.join(shared, "phix174/NC_001422.1", name)
      const inputs = { gff3: at("annotation.gff3"), fasta: at("genome.fa"), fai: at("genome.fa.fai") }
      for (const strictness of ["strict", "lenient"] as const) {
        const error = yield* Effect.flip(ingestAs("1/phix174/NC_001422.1", inputs, { strictness }))
        assert.strictEqual(error._tag, "Gff3ForbiddenHiddenChar")
        assert.strictEqual(error.message, "GFF3_FORBIDDEN_HIDDEN_CHAR line=3 key=comment")
        if ("where" in error) assert.deepStrictEqual(error.where, { path: inputs.gff3, line: 3 })
      }
    })
  )
})

describe("the sample data under atlas-v1", () => {
  it.effect("SGD chrI–II is refused where strict, and kept with its 573 genes where lenient", () =>
    Effect.gen(function* () {
      const at = path.join(project, "data/saccharomyces_cerevisiae")
      const find = (ending: RegExp) => path.join(at, fs.readdirSync(at).find((name) => ending.test(name)) ?? "")
      const inputs = { gff3: find(/\.gff3(\.gz)?$/), fasta: find(/\.fa(\.gz)?$/) }
      const error = yield* Effect.flip(ingestAs("2007/saccharomyces_cerevisiae/SGD_chrI_II", inputs, { devAutoGenerateFai: true }))
      assert.match(error.message, /^GFF3_PARENT_NOT_TRANSCRIPT line=9 feature_type=CDS parent=\S+ expected_transcript_id=true$/)
      const { facts, findings } = yield* ingestAs("2007/saccharomyces_cerevisiae/SGD_chrI_II", inputs, {
        devAutoGenerateFai: true,
        strictness: "lenient"
      })
      assert.deepStrictEqual([facts.genes, facts.transcripts, facts.cdsRows], [573, 0, 616])
      assert.deepStrictEqual(
        [...facts.rejected],
        [
          ["GFF3_UNKNOWN_FEATURE", 171],
          ["GFF3_PARENT_NOT_TRANSCRIPT", 616]
        ]
      )
      assert.includeMembers(
        findings.map(({ name, at }) => `${name} ${at}`),
        ["row-rejected GFF3_PARENT_NOT_TRANSCRIPT", "anomaly scientific_ambiguities", "genome-unchecked fai"]
      )
    })
  )
})
