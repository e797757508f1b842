/** What a target says of its genome, and what came beside its inputs, as a project uses them. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Atlas, project } from "atlas-run"
import { atlas, dataset } from "atlas-run/atlas"
import { scanFasta } from "../../../../plugins/atlas/format/fasta/read.ts"
import { atlasV1Defaults } from "../../../../plugins/atlas/format/atlas-v1/options.ts"
import { proveIngest } from "../../../../plugins/atlas/stages/prove-ingest.ts"
import { scratch } from "../cli/program.ts"
import { gff3 } from "../format/model/model-of.ts"

const life = atlas.life({ build: "build", store: "store", packs: "packs" })
const fasta = ">MT\nATGTGAGCTAGA\n"

const lab = () => {
  const root = scratch()
  fs.writeFileSync(path.join(root, "a.gff3"), gff3("MT gene 1 12 + . ID=gene:a"))
  fs.writeFileSync(path.join(root, "g.fa"), fasta)
  return root
}

type More = Pick<Parameters<typeof dataset>[0], "expect" | "checksums" | "gzi">

const ran = (root: string, more: More) =>
  Effect.gen(function* () {
    const config = project({
      name: "lab",
      stages: life.stages,
      targets: (target) => [target(dataset({ release: "1", species: "testus", assembly: "T1", gff3: "a.gff3", fasta: "g.fa", ...more }))]
    })
    const report = yield* Atlas.run(config, { root, jobs: 1, select: [":ingest"] })
    return report.tasks.find(({ stage }) => stage === "ingest")!
  })

describe("the field expect of a dataset", () => {
  it.live("refuses another genome with a typed error, and is a row of ingest", () =>
    Effect.gen(function* () {
      const root = lab()
      const { collection, sequences } = yield* scanFasta(path.join(root, "g.fa"))
      const seqcol = collection!.digest
      assert.strictEqual((yield* ran(root, {})).outcome, "executed")
      assert.strictEqual((yield* ran(root, {})).outcome, "fresh")
      assert.strictEqual((yield* ran(root, { expect: { seqcol } })).outcome, "executed")
      assert.strictEqual((yield* ran(root, { expect: { seqcol } })).outcome, "fresh")
      assert.strictEqual((yield* ran(root, { expect: { seqcol, md5: { MT: sequences[0]!.md5 } } })).outcome, "executed")
      const refused = yield* ran(root, { expect: { seqcol: "D_UKG7qCQeCA2fkDY3HtgRkheAbf6okW" } })
      assert.strictEqual(refused.outcome, "failed")
      const told = JSON.stringify(refused)
      for (const part of ["GENOME_UNEXPECTED", seqcol, "D_UKG7qCQeCA2fkDY3HtgRkheAbf6okW"]) assert.include(told, part)
    })
  )

  it.live("is decoded with the config: what is no digest is a problem of the config", () =>
    Effect.gen(function* () {
      const failed = yield* Effect.flip(ran(lab(), { expect: { seqcol: "GRCh38" } }))
      assert.include(JSON.stringify(failed), "seqcol")
    })
  )
})

describe("the field checksums of a dataset", () => {
  it.live("is an input: another list runs ingest again, and a file that is not as listed fails it", () =>
    Effect.gen(function* () {
      const root = lab()
      const line = (name: string) =>
        `${createHash("md5")
          .update(fs.readFileSync(path.join(root, name)))
          .digest("hex")}  ${name}\n`
      const list = path.join(root, "MD5SUMS")
      fs.writeFileSync(list, line("a.gff3") + line("g.fa"))
      const good = yield* ran(root, { checksums: "MD5SUMS" })
      assert.deepStrictEqual([good.outcome, good.findings.filter(({ name }) => name === "checksum-not-listed")], ["executed", []])
      fs.writeFileSync(list, line("a.gff3"))
      const unlisted = yield* ran(root, { checksums: "MD5SUMS" })
      assert.strictEqual(unlisted.outcome, "executed")
      assert.deepStrictEqual(
        unlisted.findings.filter(({ name }) => name === "checksum-not-listed").map(({ at }) => at),
        ["fasta"]
      )
      fs.writeFileSync(path.join(root, "a.gff3"), gff3("MT gene 1 9 + . ID=gene:a"))
      const refused = yield* ran(root, { checksums: "MD5SUMS" })
      assert.strictEqual(refused.outcome, "failed")
      assert.include(JSON.stringify(refused), "CHECKSUM_MISMATCH")
    })
  )
})

describe("the index of a bgzip genome", () => {
  it.live("is found beside the genome where none is named: ingest runs again when it appears and when it goes", () =>
    Effect.gen(function* () {
      const root = lab()
      assert.strictEqual((yield* ran(root, {})).outcome, "executed")
      assert.strictEqual((yield* ran(root, {})).outcome, "fresh")
      const index = path.join(root, "g.fa.gzi")
      fs.writeFileSync(index, Buffer.alloc(8))
      const refused = yield* ran(root, {})
      assert.strictEqual(refused.outcome, "failed")
      assert.include(JSON.stringify(refused), "GZI_MISMATCH")
      fs.rmSync(index)
      assert.strictEqual((yield* ran(root, {})).outcome, "fresh")
    })
  )
})

describe("a build root that is adopted", () => {
  it.live("133: is held to what its target expects and to the lists of checksums too", () =>
    Effect.gen(function* () {
      const root = lab()
      assert.strictEqual((yield* ran(root, {})).outcome, "executed")
      const { collection } = yield* scanFasta(path.join(root, "g.fa"))
      const target = { release: "1", species: "testus", assembly: "T1", gff3: "a.gff3", fasta: "g.fa" }
      const list = path.join(root, "MD5SUMS")
      fs.writeFileSync(list, `${"0".repeat(32)}  g.fa\n`)
      const proof = (expect: { readonly seqcol?: string }, checksums?: string) =>
        proveIngest({
          task: "1/testus/T1:ingest",
          target: { ...target, expect },
          labels: {},
          inputs: { gff3: path.join(root, "a.gff3"), fasta: path.join(root, "g.fa"), fai: undefined, checksums },
          globs: {},
          options: {
            ruleset: "ontology",
            profile: "auto",
            geneticCodes: {},
            ...atlasV1Defaults
          },
          needs: {},
          outputs: { buildRoot: path.join(root, "build/release=1/species=testus/assembly=T1") },
          scratch: scratch(),
          roots: { build: path.join(root, "build") },
          cell: { desired: "", live: { state: "absent" } }
        })
      yield* proof({})
      yield* proof({ seqcol: collection!.digest })
      for (const [expect, checksums, told] of [
        [{ seqcol: "D_UKG7qCQeCA2fkDY3HtgRkheAbf6okW" }, undefined, "expected was D_UKG7qCQeCA2fkDY3HtgRkheAbf6okW"],
        [{}, list, "line 1 of MD5SUMS"]
      ] as const) {
        const refused = yield* Effect.flip(proof(expect, checksums))
        assert.strictEqual(refused._tag, "AdoptRefused")
        assert.include(refused.message, told)
      }
    })
  )
})
