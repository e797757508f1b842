/**
 * What the reference wrote, put together from its recorded runs: build roots with their inputs, stores, packs. The recorded folders leave out
 * what is the same elsewhere (golden/README.md): inputs, and in stores the manifest and the database.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { gunzipSync } from "node:zlib"

const project = join(import.meta.dirname, "../..")
const fixtures = join(project, "test/fixtures/golden")
const shared = join(project, "../shared")

export interface Recorded {
  readonly name: string
  readonly dialect: "main" | "released"
  /** Folder of the dataset below a root or store. */
  readonly dataset: string
  readonly id: { readonly release: string; readonly species: string; readonly assembly: string }
  /** Recorded files: root/, store/, pack.tar. */
  readonly at: string
  readonly inputs: { readonly gff3: string; readonly fasta: string; readonly fai: string }
  /** Whether the shipped thresholds and gates let it be published. */
  readonly publishable: boolean
}

const minimal = (name: string, release: string, inputs: string, more: Pick<Recorded, "dialect" | "publishable">): Recorded => ({
  name,
  dataset: `release=${release}/species=synthetica_minima/assembly=SM1.0`,
  id: { release, species: "synthetica_minima", assembly: "SM1.0" },
  at: join(fixtures, name),
  inputs: {
    gff3: join(fixtures, inputs, "in/genes.gff3"),
    fasta: join(fixtures, inputs, "in/genome.fa"),
    fai: join(fixtures, inputs, "in/genome.fa.fai")
  },
  ...more
})

const real = (name: string, dialect: Recorded["dialect"], id: Recorded["id"], data: string): Recorded => ({
  name,
  dialect,
  dataset: `release=${id.release}/species=${id.species}/assembly=${id.assembly}`,
  id,
  at: join(shared, "reference/golden", name),
  inputs: {
    gff3: join(shared, "data", data, "annotation.gff3"),
    fasta: join(shared, "data", data, "genome.fa"),
    fai: join(shared, "data", data, "genome.fa.fai")
  },
  publishable: false
})

export const mini = minimal("mini", "110", "mini", { dialect: "main", publishable: true })
export const miniShards = minimal("mini-shards", "111", "mini", { dialect: "main", publishable: true })
export const publishedMini = minimal("published-mini", "110", "mini", { dialect: "released", publishable: true })
export const warn = minimal("warn", "110", "warn", { dialect: "main", publishable: false })

const sgd = { release: "2007", species: "saccharomyces_cerevisiae", assembly: "SGD_chrI_II" }
const far = [
  real("sgd_chrI-II", "main", sgd, "saccharomyces_cerevisiae/SGD_chrI-II"),
  real("published-sgd_chrI-II", "released", sgd, "saccharomyces_cerevisiae/SGD_chrI-II"),
  real("sars_cov_2", "main", { release: "1", species: "sars_cov_2", assembly: "ASM985889v3" }, "sars_cov_2/ASM985889v3")
]

const present = far.filter(({ at, inputs }) => existsSync(at) && existsSync(inputs.gff3))
for (const { name } of far.filter((recorded) => !present.includes(recorded)))
  console.warn(`SKIPPED: the recorded run ${name} is not at ../shared`)

/** All recorded runs that are there: those of own inputs always, those of real genomes beside the project. */
export const recorded: ReadonlyArray<Recorded> = [mini, miniShards, publishedMini, warn, ...present]

const put = (path: string, bytes: Uint8Array): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}

/** Copies a recorded folder, unpacking what is compressed. */
const unpackTree = (from: string, to: string): void => {
  for (const entry of readdirSync(from, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const inside = path.slice(from.length + 1)
    // The normalized stream is compressed by the reference itself, and with zstd.
    if (inside.endsWith(".gz")) put(join(to, inside.slice(0, -3)), gunzipSync(readFileSync(path)))
    else put(join(to, inside), readFileSync(path))
  }
}

/** Writes the build root below `top`; gives the dataset's folder. */
export const writeRoot = (run: Recorded, top: string): string => {
  unpackTree(join(run.at, "root"), top)
  const folder = join(top, run.dataset)
  mkdirSync(join(folder, "inputs"), { recursive: true })
  const { gff3, fasta, fai } = run.inputs
  for (const [name, path, copy] of [
    ["genes.gff3.bgz", gff3, "gff3-genes.gff3"],
    ["genome.fa.bgz", fasta, "fasta-genome.fa"],
    ["genome.fa.bgz.fai", fai, "fai-genome.fa.fai"]
  ] as const) {
    cpSync(path, join(folder, "inputs", name))
    if (existsSync(join(top, "_ingest_inputs"))) cpSync(path, join(top, "_ingest_inputs", copy))
  }
  return folder
}

/** Writes the store that its publish made, at `top`; gives the dataset's folder. */
export const writeStore = (run: Recorded, top: string): string => {
  unpackTree(join(run.at, "store"), top)
  const from = join(run.at, "root", run.dataset, "derived")
  const derived = join(top, run.dataset, "derived")
  put(join(derived, "manifest.json"), readFileSync(join(from, "manifest.json")))
  put(join(derived, "gene_summary.sqlite"), gunzipSync(readFileSync(join(from, "gene_summary.sqlite.gz"))))
  return join(top, run.dataset)
}

/** Its pack; undefined where none was recorded. */
export const packOf = (run: Recorded): Buffer | undefined => {
  const path = join(run.at, "pack.tar.gz")
  return existsSync(path) ? gunzipSync(readFileSync(path)) : undefined
}

/** The configuration folder that the later program wants in its working folder. */
export const configs: string = join(fixtures, "config/configs")
