/** Random annotations through the reference's own program, where there is one: ATLAS_REFERENCE names it. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Dialect } from "../../../../../plugins/atlas/format/artifact/dialect.ts"
import { layout } from "../../../../../plugins/atlas/format/artifact/layout.ts"
import type { AtlasV1Options } from "../../../../../plugins/atlas/format/atlas-v1/options.ts"
import { tableRows } from "../artifact/logical-fingerprint.ts"
import { annotation, Chance } from "./annotations.ts"
import { type Inputs, ingestAs, recordedRuns, scratch } from "./recorded-run.ts"

const binary = process.env["ATLAS_REFERENCE"] ?? ""
if (binary === "")
  console.warn("SKIPPED: ATLAS_REFERENCE names no program of the reference, so random annotations are not compared with it")

const seeds = 80
const ids = { release: "1", species: "a_b", assembly: "A1" }
const derived = "release=1/species=a_b/assembly=A1"

/** Where it wrote, or what it said. */
const theirs = (inputs: Required<Inputs>, flags: ReadonlyArray<string>) => {
  const root = scratch()
  const files = Object.entries(inputs).flatMap(([kind, file]) => [`--${kind}`, file])
  const id = Object.entries(ids).flatMap(([part, value]) => [`--${part}`, value])
  const { status, stderr } = spawnSync(binary, ["--json", "ingest", ...files, ...id, "--output-root", root, ...flags], { encoding: "utf8" })
  return status === 0
    ? { folder: path.join(root, derived), message: undefined }
    : { folder: undefined, message: String(JSON.parse(stderr).message) }
}

const options = (chance: Chance): readonly [Partial<AtlasV1Options>, ReadonlyArray<string>] => {
  const strictness = chance.of(["strict", "lenient", "compat"] as const)
  const chosen: Array<readonly [Partial<AtlasV1Options>, ReadonlyArray<string>]> = [[{ strictness }, ["--strictness", strictness]]]
  if (chance.happens(20)) chosen.push([{ geneIdentifierPolicy: "ensembl" }, ["--gene-identifier-policy", "ensembl"]])
  if (chance.happens(30)) chosen.push([{ duplicateGeneIdPolicy: "dedupe" }, ["--duplicate-gene-id-policy", "dedupe"]])
  if (chance.happens(20)) chosen.push([{ allowOverlapGeneIdsAcrossContigs: true }, ["--allow-overlap-gene-ids-across-contigs"]])
  if (chance.happens(15)) chosen.push([{ seqidAliases: "plasmid9=chr2" }, ["--seqid-aliases", "plasmid9=chr2"]])
  if (chance.happens(10)) chosen.push([{ strict: true }, ["--strict"]])
  return [Object.assign({}, ...chosen.map(([option]) => option)), chosen.flatMap(([, flags]) => flags)]
}

const rowsOf = (folder: string) => {
  const database = new DatabaseSync(path.join(folder, layout.sqlite), { readOnly: true })
  try {
    return [...tableRows(database)]
  } finally {
    database.close()
  }
}

/** Which edge closes a circle of Parents depends on the reference's hash table. */
const withoutCircles = (bytes: string): string => bytes.replace(/"parent_cycles":\[[^\]]*\]/, "")

/** Hash tables decide the order of sources too. */
const comparable = (message: string): string =>
  message.replace(/sources=\{(.*)\}$/, (_, list: string) => `sources={${list.split(", ").sort().join(", ")}}`)

const compared = [layout.anomalyReport, layout.qc, layout.geneIndex, layout.canonicalFeatures, layout.canonicalSummary]

describe.skipIf(binary === "")("the reference's own program", () => {
  it.effect(
    "says the same of random annotations, accepted and refused",
    () =>
      Effect.gen(function* () {
        const mini = recordedRuns.find(({ name }) => name === "mini")
        if (mini === undefined) throw new Error("the run mini is not recorded")
        const known = theirs(mini.inputs, [])
        const main = fs.readFileSync(path.join(known.folder ?? "", layout.manifest), "utf8").includes('"identity"')
        const dialect: Dialect = main ? "main" : "released"
        let accepted = 0
        for (let seed = 0; seed < seeds; seed++) {
          const chance = new Chance(seed)
          const at = scratch()
          const inputs = { gff3: path.join(at, "g.gff3"), fasta: path.join(at, "g.fa"), fai: path.join(at, "g.fa.fai") }
          fs.writeFileSync(inputs.gff3, annotation(chance))
          fs.writeFileSync(inputs.fasta, ">chr1\nACGT\n")
          fs.writeFileSync(inputs.fai, "chr1\t540\nchr2\t500\nplasmid9\t560\n")
          const [chosen, flags] = options(chance)
          const { folder, message } = theirs(inputs, flags)
          const mine = yield* Effect.result(ingestAs("1/a_b/A1", inputs, { ...chosen, dialect }))
          const told = `seed ${seed}`
          if (folder === undefined || mine._tag === "Failure") {
            assert.strictEqual(
              comparable(mine._tag === "Failure" ? mine.failure.message : "accepted"),
              comparable(message ?? "accepted"),
              told
            )
            continue
          }
          accepted++
          for (const file of compared) {
            if (!fs.existsSync(path.join(folder, file))) continue
            const [a, b] = [folder, mine.success.folder].map((root) => withoutCircles(fs.readFileSync(path.join(root, file), "utf8")))
            assert.strictEqual(b, a, `${told} ${file}`)
          }
          const [a, b] = [rowsOf(folder), rowsOf(mine.success.folder)]
          for (const [i, [table, rows]] of a.entries())
            if (table !== "sqlite_master") assert.deepStrictEqual(b[i]?.[1], rows, `${told} ${table}`)
        }
        assert.isAbove(accepted, seeds / 8)
        assert.isBelow(accepted, seeds)
      }),
    600_000
  )
})
