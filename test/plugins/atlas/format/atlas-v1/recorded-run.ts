/** Recorded runs of the reference as this ruleset must repeat them: inputs, dataset, options, and what was written. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { gunzipSync } from "node:zlib"
import { Effect } from "effect"
import { afterAll } from "vitest"
import type { AtlasV1Options } from "../../../../../plugins/atlas/format/atlas-v1/options.ts"
import { datasetFolder, type DatasetId, parseDatasetId } from "../../../../../plugins/atlas/format/dataset-id.ts"
import type { IngestFinding } from "../../../../../plugins/atlas/format/ingest/findings.ts"
import { ingest } from "../../../../../plugins/atlas/format/ingest/ingest.ts"

const project = path.join(import.meta.dirname, "../../../../..")
const fixtures = path.join(project, "test/fixtures/golden")
const shared = path.join(project, "../shared")

const top = fs.mkdtempSync(path.join(os.tmpdir(), "atlas v1-"))
afterAll(() => fs.rmSync(top, { recursive: true, force: true }))

/** A new folder, whose path has a space. */
export const scratch = (): string => fs.mkdtempSync(path.join(top, "d-"))

export interface Inputs {
  readonly gff3: string
  readonly fasta: string
  readonly fai?: string
}

export interface RecordedRun {
  readonly name: string
  readonly dataset: string
  readonly inputs: Required<Inputs>
  readonly options: Partial<AtlasV1Options>
  /** The recorded dataset folder. */
  readonly folder: string
  /** What the reference's validate and publish said of it; none where they took it. */
  readonly refusals: ReadonlyArray<string>
}

const own = (name: string): Required<Inputs> => {
  const at = path.join(fixtures, name, "in")
  return { gff3: path.join(at, "genes.gff3"), fasta: path.join(at, "genome.fa"), fai: path.join(at, "genome.fa.fai") }
}

const real = (folder: string): Required<Inputs> => {
  const at = path.join(shared, "data", folder)
  return { gff3: path.join(at, "annotation.gff3"), fasta: path.join(at, "genome.fa"), fai: path.join(at, "genome.fa.fai") }
}

const rootOf = (top: string, name: string, dataset: string) => {
  const [release, species, assembly] = dataset.split("/")
  return path.join(top, name, `root/release=${release}/species=${species}/assembly=${assembly}`)
}

const synthetica = "110/synthetica_minima/SM1.0"
const sgd = "2007/saccharomyces_cerevisiae/SGD_chrI_II"
const golden = path.join(shared, "reference/golden")

const run = (
  at: string,
  name: string,
  dataset: string,
  inputs: Required<Inputs>,
  options: Partial<AtlasV1Options>,
  refusals: ReadonlyArray<string> = []
): RecordedRun => ({
  name,
  dataset,
  inputs,
  options,
  refusals,
  folder: rootOf(at, name, dataset)
})

const yeast = "saccharomyces_cerevisiae/SGD_chrI-II"

const all: ReadonlyArray<RecordedRun> = [
  run(fixtures, "mini", synthetica, own("mini"), {}),
  run(fixtures, "mini-shards", "111/synthetica_minima/SM1.0", own("mini"), {
    emitShards: true,
    shardPartitions: 2,
    emitNormalizedDebug: true
  }),
  run(fixtures, "warn", synthetica, own("warn"), { strictness: "lenient" }, [
    "orphan_percent 50.0000 > max_orphan_percent 2",
    "scientific ambiguities present (1)"
  ]),
  run(fixtures, "warn-report", synthetica, own("warn"), { strictness: "lenient", reportOnly: true }),
  run(fixtures, "published-mini", synthetica, own("mini"), { dialect: "released" }),
  run(golden, "sars_cov_2", "1/sars_cov_2/ASM985889v3", real("sars_cov_2/ASM985889v3"), { strictness: "lenient" }, [
    "rejected_percent 58.3333 > max_rejected_percent 2"
  ]),
  run(golden, "sgd_chrI-II", sgd, real(yeast), { strictness: "lenient" }, [
    "rejected_percent 57.8676 > max_rejected_percent 2",
    "scientific ambiguities present (573)"
  ]),
  run(golden, "published-sgd_chrI-II", sgd, real(yeast), { dialect: "released" }, ["rejected_percent 12.5735 > max_rejected_percent 2"])
]

/** Those whose records and inputs are here; the others are told. */
export const recordedRuns: ReadonlyArray<RecordedRun> = all.filter((run) => {
  const here = fs.existsSync(run.folder) && Object.values(run.inputs).every((file) => fs.existsSync(file))
  if (!here) console.warn(`SKIPPED: the recorded run ${run.name} is not here, its bytes are not compared`)
  return here
})

/** Bytes of a recorded file, unpacked. */
export const recordedBytes = ({ folder }: RecordedRun, file: string): Buffer => {
  const plain = path.join(folder, file)
  return fs.existsSync(plain) ? fs.readFileSync(plain) : gunzipSync(fs.readFileSync(`${plain}.gz`))
}

/** Names in derived/ as the run wrote them. */
export const recordedFiles = ({ folder }: RecordedRun): ReadonlyArray<string> =>
  fs
    .readdirSync(path.join(folder, "derived"))
    .map((name) => `derived/${name.replace(/\.gz$/, "")}`)
    .sort()

export const filesBelow = (folder: string): ReadonlyArray<string> =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()

/** Ingests by atlas-v1 into a new build root; gives the dataset's folder, what is in it, and what was told. */
export const ingestAs = (dataset: string, inputs: Inputs, options: Partial<AtlasV1Options>, root = scratch()) =>
  Effect.gen(function* () {
    const id: DatasetId = yield* parseDatasetId(dataset)
    const folder = path.join(root, datasetFolder(id))
    fs.mkdirSync(folder, { recursive: true })
    const findings: Array<IngestFinding> = []
    const { strictness = "strict", dialect = "main", ...atlas } = options
    const facts = yield* ingest(
      { folder, dataset: id, ...inputs, strictness, dialect, atlas },
      { report: (finding) => Effect.sync(() => void findings.push(finding)) }
    )
    return { id, root, folder, facts, findings }
  })

export const repeat = (run: RecordedRun) => ingestAs(run.dataset, run.inputs, run.options)
