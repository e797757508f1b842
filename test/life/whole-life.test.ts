/** The main job on real input, through the program that users run. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync, gzipSync } from "node:zlib"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { Workplace } from "./workplace.ts"

const yeast = "2007/saccharomyces_cerevisiae/SGD_chrI_II"
const phix = "1/phix174/NC_001422.1"
const density = `import { GeneDensity } from "${join(import.meta.dirname, "..", "..", "plugins", "gene-density", "index.ts")}"`

let lab: Workplace
beforeEach(() => {
  lab = new Workplace()
})
afterEach(() => lab.remove())

const outcomes = (tasks: ReadonlyMap<string, { readonly outcome: string }>, target: string) =>
  Object.fromEntries(
    [...tasks].filter(([task]) => task.startsWith(`${target}:`)).map(([task, { outcome }]) => [task.slice(target.length + 1), outcome])
  )

const gff3 = (edit: (text: string) => string) => {
  const path = join(lab.root, "data", "yeast.gff3.gz")
  writeFileSync(path, gzipSync(edit(gunzipSync(readFileSync(path)).toString("utf8"))))
}

describe("two genomes", () => {
  it("go through their whole life, and then all is fresh and nothing is written", () => {
    const first = lab.run()
    assert.deepStrictEqual([first.exit, first.counts["executed"], first.tasks.size], [0, 16, 16], first.output.stderr)
    assert.deepStrictEqual(JSON.parse(readFileSync(join(lab.root, "serving-store", "catalog.json"), "utf8")).datasets.length, 2)
    const before = lab.digests("build", "serving-store", "packs")
    const second = lab.run()
    assert.deepStrictEqual([second.exit, second.counts["executed"], second.counts["fresh"]], [0, 0, 16])
    assert.deepStrictEqual(lab.digests("build", "serving-store", "packs"), before)
    assert.isTrue(lab.json("verify").ok)
    assert.strictEqual(lab.atlas("status", "--check").status, 0)
  })

  it("have the counts that independent tools give", () => {
    lab.run(":validate")
    const manifest = (target: string, species: string, assembly: string) =>
      JSON.parse(
        readFileSync(join(lab.root, `build/release=${target}/species=${species}/assembly=${assembly}/derived/manifest.json`), "utf8")
      )
    assert.deepStrictEqual(manifest("2007", "saccharomyces_cerevisiae", "SGD_chrI_II").stats, {
      gene_count: 583,
      transcript_count: 606,
      contig_count: 2
    })
    assert.deepStrictEqual(manifest("1", "phix174", "NC_001422.1").stats, { gene_count: 11, transcript_count: 11, contig_count: 1 })
  })
})

describe("one edited gene line", () => {
  const edit = (text: string) => text.replace("ID=YAL069W;Name=YAL069W", "ID=YAL069W;Name=CHANGED")

  it("reruns what it touches, is refused publication, and leaves the other genome fresh", () => {
    lab.run()
    const store = lab.digests("serving-store", "packs")
    gff3(edit)
    const plan = lab.json("plan")
    assert.strictEqual(plan.tasks.find((task: { task: string }) => task.task === `${yeast}:ingest`).decision, "stale")
    const again = lab.run()
    assert.strictEqual(again.exit, 1)
    const now = outcomes(again.tasks, yeast)
    assert.deepStrictEqual(
      [now["ingest"], now["validate"], now["verify"], now["publish"], now["promote"]],
      ["executed", "executed", "executed", "failed", "blocked"]
    )
    assert.strictEqual(again.tasks.get(`${yeast}:publish`)?.error?.code, "PUBLISH_CONFLICT")
    assert.deepStrictEqual(new Set(Object.values(outcomes(again.tasks, phix))), new Set(["fresh"]))
    assert.deepStrictEqual(lab.digests("serving-store", "packs"), store)
    const third = lab.run()
    assert.deepStrictEqual(
      [third.exit, third.counts["executed"], third.tasks.get(`${yeast}:publish`)?.error?.code],
      [1, 0, "PUBLISH_CONFLICT"]
    )
  })

  it("134: lives under a new release, to whose higher number latest moves", () => {
    lab.configure({ yeastRelease: "9" })
    lab.run()
    gff3(edit)
    lab.configure({ yeastRelease: "10" })
    const ran = lab.run()
    assert.strictEqual(ran.exit, 0, ran.output.stdout)
    const alias = JSON.parse(
      readFileSync(join(lab.root, "serving-store/aliases/latest/species=saccharomyces_cerevisiae/assembly=SGD_chrI_II.json"), "utf8")
    )
    assert.strictEqual(alias.dataset.release, "10")
  })
})

it("33: recompressing the annotation reruns ingest alone", () => {
  lab.run()
  const path = join(lab.root, "data", "yeast.gff3.gz")
  writeFileSync(path, gzipSync(gunzipSync(readFileSync(path)), { level: 1 }))
  const again = lab.run()
  assert.deepStrictEqual([again.exit, again.counts["executed"], again.counts["fresh"]], [0, 1, 15])
  assert.strictEqual(again.tasks.get(`${yeast}:ingest`)?.outcome, "executed")
})

it("two releases that both promote do not fight over latest", () => {
  lab.configure({
    yeastRelease: "9",
    more: `target(dataset({ release: "10", species: "saccharomyces_cerevisiae", assembly: "SGD_chrI_II", gff3: "data/yeast.gff3.gz", fasta: "data/yeast.fa.gz" }))`
  })
  assert.strictEqual(lab.run().exit, 0)
  const second = lab.run()
  assert.deepStrictEqual([second.exit, second.counts["executed"]], [0, 0])
})

describe("a check whose minimum is raised until it fails", () => {
  it("107: runs alone, blocks publication, goes on failing without running, and passes while its finding is waived", () => {
    const treat = (min: number, waive = "") => `{ options: { "gene-density": { min: ${min} } }${waive} }`
    const parts = (treatment: string) => ({
      imports: density,
      checks: "GeneDensity.with({ min: 0.05 }, { gates: [Publish] })",
      yeastTreatment: treatment
    })
    lab.configure(parts(treat(0.05)))
    assert.strictEqual(lab.run().exit, 0)
    lab.configure(parts(treat(5)))
    const failing = lab.run()
    assert.strictEqual(failing.exit, 1)
    assert.deepStrictEqual([failing.counts["executed"], failing.tasks.get(`${yeast}:ingest:gene-density`)?.verdict], [1, "failed"])
    assert.strictEqual(failing.tasks.get(`${yeast}:publish`)?.outcome, "blocked")
    assert.deepStrictEqual(new Set(Object.values(outcomes(failing.tasks, phix))), new Set(["fresh"]))
    const again = lab.run()
    assert.deepStrictEqual([again.exit, again.counts["executed"]], [1, 0])
    lab.configure(
      parts(
        treat(
          5,
          `, waive: [{ check: "gene-density", finding: "too-sparse", at: "chr*", because: "two chromosomes only", until: "2030-06-30" }]`
        )
      )
    )
    const waived = lab.run()
    assert.deepStrictEqual(
      [waived.exit, waived.counts["executed"], waived.tasks.get(`${yeast}:ingest:gene-density`)?.verdict],
      [0, 0, "waived"]
    )
    assert.include(lab.atlas("run", "--force", `${yeast}:ingest:gene-density`).stdout, "waived until 2030-06-30: chr* two chromosomes only")
    assert.strictEqual(lab.run("--now", "2030-06-30").exit, 0)
    assert.strictEqual(lab.run("--now", "2030-07-01").exit, 1)
  })
})

it("a byte appended to a published file is named by verify and by the next run", () => {
  lab.run()
  const published = `serving-store/release=1/species=phix174/assembly=NC_001422.1/derived/gene_summary.sqlite`
  appendFileSync(join(lab.root, published), "x")
  const verified = lab.atlas("verify")
  assert.deepStrictEqual([verified.status, verified.stdout.includes("gene_summary.sqlite")], [1, true], verified.stdout + verified.stderr)
  const ran = lab.run()
  assert.strictEqual(ran.exit, 1)
  assert.strictEqual(ran.tasks.get(`${phix}:publish`)?.outcome, "drifted")
  assert.include(JSON.stringify(ran.tasks.get(`${phix}:publish`)), "gene_summary.sqlite")
})

it("41, 42: an output that was altered or deleted is made again, and what depends on it stays fresh", () => {
  lab.run()
  const built = lab.digests("build")
  appendFileSync(join(lab.root, "build/release=1/species=phix174/assembly=NC_001422.1/derived/qc.json"), " ")
  const healed = lab.run()
  assert.deepStrictEqual([healed.exit, healed.counts["executed"], healed.tasks.get(`${phix}:ingest`)?.outcome], [0, 0, "restored"])
  assert.deepStrictEqual(lab.digests("build"), built)
  appendFileSync(join(lab.root, "build/release=1/species=phix174/assembly=NC_001422.1/derived/qc.json"), " ")
  const again = lab.run("--no-cache")
  assert.deepStrictEqual([again.exit, again.counts["executed"], again.tasks.get(`${phix}:ingest`)?.outcome], [0, 1, "executed"])
  assert.deepStrictEqual(lab.digests("build"), built)
})

it("3: without its state nothing is trusted by existence, and the store is not written again", () => {
  lab.run()
  const store = lab.digests("serving-store")
  lab.forget()
  const ran = lab.run()
  assert.deepStrictEqual(
    [ran.exit, ran.tasks.get(`${phix}:ingest`)?.outcome, ran.tasks.get(`${phix}:publish`)?.outcome],
    [0, "executed", "fresh"]
  )
  assert.deepStrictEqual(lab.digests("serving-store"), store)
  assert.isTrue(existsSync(join(lab.root, ".atlas", "traces")))
})
