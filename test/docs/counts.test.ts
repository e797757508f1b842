/** docs/explanation/dataset-format.md sets our counts beside those of other tools: the table is theirs and ours. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { measureAll, missingTools, tablesOf } from "./dataset-counts.ts"
import { pages, repository } from "./pages.ts"

const oracles = join(repository, "..", "shared", "data", "oracles.json")
const absent = !existsSync(oracles)
if (absent) console.warn(`${oracles} is not there: the counts in docs/explanation/dataset-format.md are not compared`)

interface Oracle {
  readonly assembly: string
  readonly gffread_transcripts?: number
  readonly gt_stat?: Readonly<Record<string, number>>
  readonly so_counts: Readonly<Record<string, number>>
}

/** Rows of the table: sample (of the row above if empty), what is counted, ours, genometools, gffread. */
const rows = (): ReadonlyMap<string, ReadonlyArray<string>> => {
  const page = pages.find(({ path }) => path === "docs/explanation/dataset-format.md")
  const found = new Map<string, ReadonlyArray<string>>()
  let sample = ""
  for (const line of page?.prose ?? []) {
    const cells = line.split("|").map((cell) => cell.trim())
    if (!["genes", "transcripts", "CDS rows"].includes(cells[2] ?? "")) continue
    if (cells[1] !== "") sample = cells[1]?.includes("phiX174") === true ? "phiX174" : "SGD"
    found.set(`${sample} ${cells[2]}`, cells.slice(3, 6))
  }
  return found
}

const told = (n: number | undefined): string => (n === undefined ? "–" : String(n))

const missing = absent ? [] : missingTools()
if (missing.length > 0) console.warn(`SKIPPED: no ${missing.join(", ")} here, so the tables of all datasets are not made again`)

describe.skipIf(absent || missing.length > 0)("the tables of all datasets", () => {
  it("are what the programs say now, and ours counts what theirs count", async () => {
    const all = await measureAll()
    for (const { id, genes, transcripts, exons, cds, cdsRows, collection, fai } of all) {
      assert.strictEqual(genes.ours, (genes.ontology ?? 0) + genes.inferred, `${id}: genes`)
      if (genes.genometools !== null) assert.strictEqual(genes.ofTypeGene, genes.genometools, `${id}: genes of type gene`)
      if (transcripts.gffread !== null)
        assert.strictEqual(
          transcripts.ours - transcripts.onlyOurs,
          (transcripts.gffread ?? 0) - transcripts.onlyTheirs,
          `${id}: transcripts`
        )
      // 26 rows of SGD are of a type that is_a exon; one CDS of Ensembl's is of a gene segment without a gene.
      if (exons.genometools !== null) assert.strictEqual(exons.ours - (id.includes("SGD") ? 26 : 0), exons.genometools, `${id}: exons`)
      if (cds.genometools !== null) assert.strictEqual(cds.ours + (id.includes("ensembl") ? 1 : 0), cds.genometools, `${id}: CDS`)
      assert.strictEqual(cdsRows.ours, cdsRows.ontology, `${id}: CDS rows`)
      assert.strictEqual(collection.ours, collection.oracle, `${id}: sequence collection`)
      assert.strictEqual(fai.ours, fai.samtools, `${id}: index`)
    }
    const page = readFileSync(join(repository, "docs/explanation/dataset-format.md"), "utf8")
    for (const part of tablesOf(all).join("\n").split("\n\n")) assert.include(page, part)
  })
})

describe("the table of counts", () => {
  it.skipIf(absent)("has the figures of the independent tools", () => {
    const all = JSON.parse(readFileSync(oracles, "utf8")) as ReadonlyArray<Oracle>
    const oracle = (assembly: string): Oracle => {
      const found = all.find((one) => one.assembly === assembly)
      if (found === undefined) throw new Error(`no oracle for ${assembly}`)
      return found
    }
    const sgd = oracle("SGD_chrI-II")
    const phix = oracle("NC_001422.1")
    assert.deepStrictEqual(Object.fromEntries(rows()), {
      "SGD genes": [told(sgd.so_counts["genes"]), told(sgd.gt_stat?.["genes"]), "–"],
      "SGD transcripts": [told(sgd.gffread_transcripts), "–", told(sgd.gffread_transcripts)],
      "SGD CDS rows": [told(sgd.so_counts["cds_rows"]), told(sgd.gt_stat?.["CDSs"]), "–"],
      "phiX174 genes": [told(phix.so_counts["genes"]), told(phix.gt_stat?.["genes"]), "–"],
      "phiX174 transcripts": [told(phix.so_counts["genes"]), "–", told(phix.gffread_transcripts)],
      "phiX174 CDS rows": [told(phix.so_counts["cds_rows"]), told(phix.gt_stat?.["CDSs"]), "–"]
    })
  })
})
