import { join } from "node:path"
import { afterAll, describe, expect, it } from "@effect/vitest"
import { checkLaws } from "atlas-run/testing"
import { GeneDensity } from "../../../plugins/gene-density/index.ts"
import { goldenRoot, hasGolden, removeRoots } from "../golden-root.ts"

afterAll(removeRoots)
if (!hasGolden("sgd_chrI-II")) console.warn("no golden yeast beside the project: one test is skipped")

const readme = join(import.meta.dirname, "../../../plugins/gene-density/README.md")
const mini = { buildRoot: goldenRoot("mini") }
/** A sequence without genes, as a FASTA may well hold. */
const withPlasmid = {
  buildRoot: goldenRoot("mini", (database) => database.exec("INSERT INTO contigs (name, length) VALUES ('bare', 500)"))
}

describe("gene-density keeps the laws of a check", () => {
  // genes per kb of mini: chr1 3/1.2, chr1_KI270706v1_random 1/0.06, chr2 2/0.9, chrM 1/0.15, chrX 1/0.3, plasmidA 1/0.1, scaffold_7 1/0.08
  const laws = checkLaws(GeneDensity, {
    readme,
    passes: { subject: mini, options: { min: 2.2 } },
    fails: [
      {
        subject: mini,
        options: { min: 3 },
        finds: [
          { name: "too-sparse", at: "chr1" },
          { name: "too-sparse", at: "chr2" }
        ]
      },
      { subject: withPlasmid, options: { min: 0.01 }, finds: [{ name: "too-sparse", at: "bare" }] }
    ]
  })
  it.each(laws)("$name", ({ holds }) => expect(holds()).resolves.toBeUndefined())
})

describe("gene-density", () => {
  const finds = (subject: { readonly buildRoot: string }, min: number, at: ReadonlyArray<string>) => {
    const law = checkLaws(GeneDensity, {
      readme,
      passes: { subject },
      fails: [{ subject, options: { min }, finds: at.map((at) => ({ name: "too-sparse", at })) }]
    }).find(({ name }) => name.startsWith("fails what is wrong"))
    return law?.holds() ?? Promise.reject(new Error("no such law"))
  }

  it("a density that is just reached is enough", async () => {
    await expect(finds(mini, 2.5, ["chr2"])).resolves.toBeUndefined()
    await expect(finds(mini, 2.5, ["chr1", "chr2"])).rejects.toThrow("finds too-sparse at chr2 instead of")
  })

  it("a minimum of nothing is always reached, also without genes", async () => {
    await expect(finds(withPlasmid, 0, [])).rejects.toThrow("nothing of it is an error")
  })

  it.skipIf(!hasGolden("sgd_chrI-II"))("yeast's two sequences are told apart by the counts of the reference program", async () => {
    // 117 genes on 230,208 bp are 0.508 per kb, 456 on 813,178 are 0.561
    const subject = { buildRoot: goldenRoot("sgd_chrI-II") }
    await expect(finds(subject, 0.55, ["chrI"])).resolves.toBeUndefined()
    await expect(finds(subject, 0.57, ["chrI", "chrII"])).resolves.toBeUndefined()
  })
})
