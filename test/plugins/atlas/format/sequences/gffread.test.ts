/** transcripts.fa, cds.fa and proteins.fa beside what gffread writes of the same rows; every difference is accounted for. */
import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { documentOf, idFlags, runHere, sample, scratch } from "../../cli/program.ts"
import { fastaRecords, gffread, runTool } from "../field-tools.ts"
import { absent, datasets, plainBytes } from "../shared-data.ts"
import { differences } from "./differences.ts"

const files = [
  ["transcripts", ["-w"]],
  ["cds", ["-x"]],
  ["proteins", ["-S", "-y"]]
] as const

interface Inputs {
  readonly id: string
  readonly annotation: string
  readonly genome: string
}

const compare = ({ id, annotation, genome }: Inputs) =>
  Effect.gen(function* () {
    const top = scratch()
    const fasta = join(top, "genome.fa")
    fs.writeFileSync(fasta, plainBytes(genome))
    const ended = yield* runHere([
      "ingest",
      "--gff3",
      annotation,
      "--fasta",
      fasta,
      ...idFlags("1", "s", "a"),
      "--output-root",
      join(top, "build"),
      "--json",
      "--strictness",
      "lenient",
      "--profile",
      "plain",
      "--sequences",
      join(top, "sequences")
    ])
    const document = documentOf("dataset-ingest/1", ended)
    if (!document.ok) throw new Error(ended.stdout)
    // gffread gets the rows that were taken.
    const { rejections } = JSON.parse(fs.readFileSync(join(document.buildRoot, "derived/anomaly_report.json"), "utf8"))
    const out = new Set(rejections.map(({ line }: { line: number }) => line))
    const lines = plainBytes(annotation)
      .toString("utf8")
      .replace(/^##FASTA[\s\S]*/m, "")
      .split("\n")
    const kept = join(top, "kept.gff3")
    fs.writeFileSync(kept, lines.map((line, i) => (out.has(i + 1) ? "#" : line)).join("\n"))
    const compared: Array<string> = []
    for (const [name, flags] of files) {
      const path = join(top, `gffread-${name}.fa`)
      const ours = fastaRecords(fs.readFileSync(join(top, "sequences", `${name}.fa`), "utf8"))
      assert.strictEqual(ours.size, document.sequences?.[name])
      if (!runTool("gffread", [kept, "-g", fasta, ...flags, path]).isOracle) {
        console.warn(`SKIPPED: gffread ${flags.join(" ")} does not exit with 0 on ${id}, so ${name} are not compared`)
        continue
      }
      const theirs = fastaRecords(fs.readFileSync(path, "utf8"))
      const onlyOurs = [...ours.keys()].filter((header) => !theirs.has(header))
      const onlyTheirs = [...theirs.keys()].filter((header) => !ours.has(header))
      const other = [...ours].filter(([header, residues]) => theirs.has(header) && theirs.get(header) !== residues)
      const expected = differences[id]?.[name]
      const told = { ours: expected?.ours ?? 0, theirs: expected?.theirs ?? 0, other: expected?.other ?? 0 }
      const found = { ours: onlyOurs.length, theirs: onlyTheirs.length, other: other.length }
      assert.deepStrictEqual(found, told, `${name}: ${JSON.stringify([onlyOurs.slice(0, 5), onlyTheirs.slice(0, 5), other.slice(0, 2)])}`)
      compared.push(name)
      // Where names differ the sequences do not, but for three CDS without Parent on two rows each, of which gffread reads one.
      if (id.startsWith("influenza") && name !== "transcripts") {
        const known = new Set(theirs.values())
        assert.strictEqual([...ours.values()].filter((residues) => known.has(residues)).length, 8)
      }
    }
    return compared
  })

describe.skipIf(!gffread)("sequences of a sample", () => {
  it.effect("are those of gffread: two chromosomes of yeast", () =>
    Effect.gen(function* () {
      const folder = "saccharomyces_cerevisiae/SGD_chrI_II"
      const compared = yield* compare({ id: "sample", annotation: sample(`${folder}.gff3.gz`), genome: sample(`${folder}.fa.gz`) })
      assert.deepStrictEqual(compared, ["transcripts", "cds", "proteins"])
    })
  )

  it.effect("go round a circle where gffread's end: phiX174, whose proteins read as its record states", () =>
    Effect.gen(function* () {
      const [annotation, genome] = [sample("phix174/NC_001422.1.gff3.gz"), sample("phix174/NC_001422.1.fa")]
      yield* compare({ id: "phix174/NC_001422.1", annotation, genome })
      const top = scratch()
      yield* runHere([
        "ingest",
        "--gff3",
        annotation,
        "--fasta",
        genome,
        ...idFlags("1", "s", "a"),
        "--output-root",
        join(top, "build"),
        "--sequences",
        join(top, "out")
      ])
      const proteins = fastaRecords(fs.readFileSync(join(top, "out/proteins.fa"), "utf8"))
      const stated = [
        ...plainBytes(annotation)
          .toString("utf8")
          .matchAll(/Parent=([^;]+);.*translation=([A-Z]+)/g)
      ]
      assert.strictEqual(stated.length, 11)
      // Any start codon makes M.
      for (const [, gene = "", translation] of stated) assert.strictEqual(`M${proteins.get(gene)?.slice(1)}`, translation)
    })
  )
})

describe.skipIf(absent || !gffread)("sequences of a real dataset", () => {
  for (const { id, annotation, genome } of datasets) {
    if (genome === null || id.startsWith("phix174")) continue
    it.effect(`are those of gffread, but for what is told: ${id}`, () =>
      Effect.gen(function* () {
        const compared = yield* compare({ id, annotation, genome })
        assert.include(compared, "transcripts")
      })
    )
  }
})
