import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, describe, expect, it } from "@effect/vitest"
import { checkLaws } from "atlas-run/testing"
import { ExpectedCounts } from "../../../plugins/expected-counts/index.ts"
import { goldenRoot, hasGolden, removeRoots } from "../golden-root.ts"

afterAll(removeRoots)
if (!hasGolden("sgd_chrI-II")) console.warn("no golden yeast beside the project: one test is skipped")

const readme = join(import.meta.dirname, "../../../plugins/expected-counts/README.md")
const mini = { buildRoot: goldenRoot("mini") }
/** Counted by hand in the sample's GFF3 and FASTA. */
const counts = { genes: 10, transcripts: 6, cds: 4, sequences: 7 }

describe("expected-counts keeps the laws of a check", () => {
  const laws = checkLaws(ExpectedCounts, {
    readme,
    passes: { subject: mini, options: counts },
    fails: [
      {
        subject: mini,
        options: { genes: 11, transcripts: { min: 7 }, cds: { max: 3 }, sequences: { min: 8, max: 9 } },
        finds: ["genes", "transcripts", "cds", "sequences"].map((at) => ({ name: "count-off" as const, at }))
      },
      { subject: mini, options: { genes: { min: 0, max: 9 }, cds: 4 }, finds: [{ name: "count-off", at: "genes" }] }
    ]
  })
  it.each(laws)("$name", ({ holds }) => expect(holds()).resolves.toBeUndefined())
})

describe("expected-counts", () => {
  const passes = (subject: { readonly buildRoot: string }, options: Parameters<typeof ExpectedCounts.with>[0]) =>
    checkLaws(ExpectedCounts, { readme, passes: { subject, options }, fails: [{ subject, finds: [] }] })
      .find(({ name }) => name === "passes what is right")
      ?.holds()

  it("the ends of a range are inside", async () => {
    await passes(mini, { genes: { min: 10, max: 10 }, transcripts: { min: 6 }, cds: { max: 4 }, sequences: { min: 0, max: 7 } })
    await expect(passes(mini, { genes: { min: 11 } })).rejects.toThrow("count-off at genes")
    await expect(passes(mini, { genes: { max: 9 } })).rejects.toThrow("count-off at genes")
  })

  it("what is not asked for is not counted", async () => {
    await expect(passes(mini, { sequences: 7 })).resolves.toBeUndefined()
  })

  it("asking for nothing, for an empty range or for one upside down is a mistake of the config", async () => {
    await expect(passes(mini, {})).rejects.toThrow("give genes, transcripts, cds, sequences")
    await expect(passes(mini, { genes: {} })).rejects.toThrow("give min or max")
    await expect(passes(mini, { genes: { min: 3, max: 2 } })).rejects.toThrow("min 3 is above max 2")
    await expect(passes(mini, { genes: -1 })).rejects.toThrow("genes")
  })

  it("sequences without genes are counted", async () => {
    const bare = goldenRoot("mini", (database) => database.exec("INSERT INTO contigs (name, length) VALUES ('bare', 500)"))
    await expect(passes({ buildRoot: bare }, { sequences: 8 })).resolves.toBeUndefined()
  })

  it.skipIf(!hasGolden("sgd_chrI-II"))("yeast's counts are those of the reference program", async () => {
    const buildRoot = goldenRoot("sgd_chrI-II")
    const qc = JSON.parse(readFileSync(join(buildRoot, "derived/qc.json"), "utf8")) as { counts: Record<string, number> }
    assert.strictEqual(qc.counts["genes"], 573)
    await expect(
      passes({ buildRoot }, { genes: 573, transcripts: 0, cds: qc.counts["cds"] as number, sequences: 2 })
    ).resolves.toBeUndefined()
  })
})
