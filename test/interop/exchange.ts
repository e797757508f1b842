/**
 * The exchange with the reference, both ways. With its program, what each writes goes through the other's commands; without it, its recorded
 * runs go through ours.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { mini, packOf, recorded, type Recorded, warn, writeRoot, writeStore } from "./golden.ts"
import { type Offer, offerOurs } from "./offer-ours.ts"
import { ours, type Reference, referenceAt } from "./programs.ts"
import { idFlags, readTheirs, type Theirs } from "./read-theirs.ts"
import { serve } from "./serve.ts"
import { Tally } from "./tally.ts"

/** Its recorded runs, put together below a folder. */
const fromRecords = (scratch: string): ReadonlyArray<Theirs> =>
  recorded.map((run) => {
    const at = join(scratch, run.name)
    writeRoot(run, join(at, "root"))
    const hasStore = existsSync(join(run.at, "store"))
    if (hasStore) writeStore(run, join(at, "store"))
    const pack = packOf(run)
    if (pack !== undefined) writeFileSync(join(at, "pack.tar"), pack)
    const { name, dialect, id, publishable } = run
    const store = hasStore ? join(at, "store") : undefined
    return { name: `recorded ${name}`, dialect, id, publishable, root: join(at, "root"), store, pack: pack && join(at, "pack.tar") }
  })

/** The same inputs through its program now. */
const fromProgram = async (
  run: Recorded,
  strictness: string,
  reference: Reference,
  scratch: string,
  tally: Tally
): Promise<Theirs | undefined> => {
  const at = join(scratch, `fresh-${run.name}`)
  mkdirSync(at, { recursive: true })
  const flags = idFlags(run.id)
  const [root, store, pack] = [join(at, "root"), join(at, "store"), join(at, "pack.tar")]
  const inputs = ["--gff3", run.inputs.gff3, "--fasta", run.inputs.fasta, "--fai", run.inputs.fai]
  const made = await reference.run("ingest", ...inputs, "--output-root", root, ...flags, "--strictness", strictness)
  if (!tally.check(`fresh ${run.name}: its ingest`, made.code === 0, made.code === 0 ? "" : made.text)) return undefined
  const manifest = JSON.parse(readFileSync(join(root, run.dataset, "derived/manifest.json"), "utf8")) as object
  const packed = (await reference.run("dataset", "pack", "--root", root, ...flags, "--out", pack)).code === 0
  const published = (await reference.run("dataset", "publish", "--source-root", root, "--store-root", store, ...flags)).code === 0
  if (published) {
    await reference.run("catalog", "promote", "--store-root", store, ...flags)
    await reference.run("catalog", "latest-alias-update", "--store-root", store, ...flags)
  }
  return {
    name: `fresh ${run.name}`,
    dialect: "identity" in manifest ? "main" : "released",
    id: run.id,
    root,
    store: published ? store : undefined,
    pack: packed ? pack : undefined,
    publishable: published
  }
}

/** Its root in a store of ours, and the next release made by us, so that its server has sequences and differences to answer of both. */
const offerStore = async (theirs: Theirs, reference: Reference, scratch: string, tally: Tally): Promise<void> => {
  const store = join(scratch, "served")
  const next = { ...theirs.id, release: String(Number(theirs.id.release) + 1) }
  const root = join(scratch, "next-root")
  const { gff3, fasta, fai } = mini.inputs
  const form = ["--ruleset", "atlas-v1", "--dialect", theirs.dialect]
  const made = await ours("ingest", ...form, "--gff3", gff3, "--fasta", fasta, "--fai", fai, "--output-root", root, ...idFlags(next))
  if (!tally.check("our ingest makes the next release", made.code === 0, made.code === 0 ? "" : made.text)) return
  for (const [whose, from, id] of [
    ["its", theirs.root, theirs.id],
    ["our", root, next]
  ] as const) {
    const published = await ours("publish", "--source-root", from, "--store-root", store, ...idFlags(id))
    tally.check(`our publish of ${whose} release ${id.release}`, published.code === 0, published.code === 0 ? "" : published.text)
    await ours("catalog", "promote", "--store-root", store, ...idFlags(id))
  }
  const { release, species, assembly } = theirs.id
  const at = `release=${release}&species=${species}&assembly=${assembly}`
  const between = `from_release=${release}&to_release=${next.release}&species=${species}&assembly=${assembly}`
  const questions = [
    ["/v1/datasets", species],
    [`/v1/genes/count?${at}&biotype=protein_coding`, ""],
    [`/v1/genes?${at}&gene_id=GENE0001`, "GENE0001"],
    [`/v1/sequence/region?${at}&region=chr1:1-20`, ""],
    [`/v1/genes/GENE0001/sequence?${at}`, ""],
    [`/v1/genes?${at.replace(release, next.release)}&gene_id=GENE0001`, "GENE0001"],
    [`/v1/sequence/region?${at.replace(release, next.release)}&region=chr2:1-20`, ""],
    [`/v1/diff/genes?${between}`, ""]
  ] as const
  await serve(reference, { store, questions }, scratch, tally)
}

const sample = (path: string): string => join(import.meta.dirname, "../../data", path)

const yeast = { gff3: sample("saccharomyces_cerevisiae/SGD_chrI_II.gff3.gz"), fasta: sample("saccharomyces_cerevisiae/SGD_chrI_II.fa.gz") }
const phage = { gff3: sample("phix174/NC_001422.1.gff3.gz"), fasta: sample("phix174/NC_001422.1.fa") }

const sgd = recorded.find(({ name }) => name === "published-sgd_chrI-II")

/** Everything, in a folder of its own that goes. `binary`: the reference's program, undefined for its recorded runs alone. */
export const exchange = async (binary: string | undefined, print: (line: string) => void): Promise<Tally> => {
  const tally = new Tally(print)
  const scratch = mkdtempSync(join(tmpdir(), "atlas-interop-"))
  const folder = (name: string) => {
    const path = join(scratch, name)
    mkdirSync(path, { recursive: true })
    return path
  }
  try {
    if (binary === undefined) {
      tally.heading("its recorded runs, through ours")
      for (const theirs of fromRecords(folder("recorded"))) await readTheirs(theirs, folder("read"), tally)
      return tally
    }
    const reference = referenceAt(binary, folder("reference"))
    const version = await reference.run("version")
    tally.heading(`what it writes, through ours  (${version.json?.name} ${version.json?.version})`)
    const fresh = [
      await fromProgram(mini, "strict", reference, scratch, tally),
      await fromProgram(warn, "lenient", reference, scratch, tally),
      ...(sgd === undefined ? [] : [await fromProgram(sgd, "strict", reference, scratch, tally)])
    ].filter((theirs) => theirs !== undefined)
    for (const theirs of fresh) await readTheirs(theirs, folder("read"), tally)
    const [first] = fresh
    if (first === undefined) return tally
    tally.heading("what we write, through it")
    const offers: ReadonlyArray<Offer> = [
      { name: "mini", ruleset: "atlas-v1", id: mini.id, inputs: mini.inputs },
      {
        name: "yeast",
        ruleset: "ontology",
        id: { release: "2007", species: "saccharomyces_cerevisiae", assembly: "SGD_chrI_II" },
        inputs: yeast
      },
      { name: "phiX174", ruleset: "ontology", id: { release: "1", species: "phix174", assembly: "NC_001422.1" }, inputs: phage }
    ]
    for (const [i, offer] of offers.entries()) await offerOurs(offer, first.dialect, reference, folder(`offer-${i}`), tally)
    tally.heading("a store of ours, served by it")
    await offerStore(first, reference, folder("store"), tally)
    return tally
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
