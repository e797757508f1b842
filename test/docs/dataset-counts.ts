/**
 * Our counts and digests of the real datasets beside those of independent tools, as tables for docs/explanation/dataset-format.md.
 * Run by itself it prints them: `node test/docs/dataset-counts.ts`. It needs ../shared/data, gffread, genometools and samtools.
 */
import { execFileSync, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { datasetFolder, datasetId } from "../../plugins/atlas/format/dataset-id.ts"
import { ingest } from "../../plugins/atlas/format/ingest/ingest.ts"
import { differences } from "../plugins/atlas/format/sequences/differences.ts"
import { datasets, plainBytes, type SharedDataset } from "../plugins/atlas/format/shared-data.ts"

/** Null: the tool does not run on this file, so it is no oracle; undefined: it does not count that. */
type Told = number | null | undefined

export interface Measured {
  readonly id: string
  /** Rows left out by lenient; 0 where strict takes the file. */
  readonly leftOut: number
  readonly genes: {
    readonly ours: number
    readonly inferred: number
    readonly ontology: Told
    readonly ofTypeGene: number
    readonly genometools: Told
  }
  readonly transcripts: { readonly ours: number; readonly gffread: Told; readonly onlyOurs: number; readonly onlyTheirs: number }
  /** One for each row and transcript. */
  readonly exons: { readonly ours: number; readonly genometools: Told }
  readonly cds: { readonly ours: number; readonly genometools: Told }
  readonly cdsRows: { readonly ours: number; readonly ontology: Told }
  readonly sequences: number
  readonly bases: number
  readonly collection: { readonly ours: string; readonly oracle: string }
  readonly fai: { readonly ours: string; readonly samtools: string }
}

/** Tools that are needed and absent. */
export const missingTools = (): ReadonlyArray<string> =>
  ["gffread", "gt", "samtools"].filter((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0)

const counted = (program: string, argv: ReadonlyArray<string>): string | null => {
  const { status, stdout } = spawnSync(program, argv, { encoding: "utf8", maxBuffer: 2 ** 28 })
  return status === 0 ? stdout : null
}

/** phiX174 in its repaired form. */
const annotationOf = ({ annotation }: SharedDataset): string => {
  const repaired = annotation.replace(/annotation\.gff3$/, "annotation.circular.gff3")
  return fs.existsSync(repaired) ? repaired : annotation
}

interface Rejection {
  readonly line: number
  readonly sample: string
}

/** Gene-like types of the Sequence Ontology that rejected rows of these files have. */
const geneLike = new Set(["gene", "pseudogene"])

export const measure = async (dataset: SharedDataset): Promise<Measured> => {
  const top = fs.mkdtempSync(join(tmpdir(), "atlas-counts-"))
  try {
    if (dataset.genome === null) throw new Error(`${dataset.id} has no genome`)
    const fasta = join(top, "genome.fa")
    fs.writeFileSync(fasta, plainBytes(dataset.genome))
    const annotation = annotationOf(dataset)
    const text = plainBytes(annotation)
      .toString("utf8")
      .replace(/^##FASTA[\s\S]*/m, "")
    const id = await Effect.runPromise(datasetId({ release: "1", species: "measured", assembly: "a" }))
    const folder = join(top, datasetFolder(id))
    const request = { folder, dataset: id, gff3: annotation, fasta, strictness: "lenient", profile: "plain" } as const
    const facts = await Effect.runPromise(ingest(request))
    const json = (name: string) => JSON.parse(fs.readFileSync(join(folder, "derived", name), "utf8"))

    const {
      rejections,
      attribute_fallbacks
    }: { readonly rejections: ReadonlyArray<Rejection>; readonly attribute_fallbacks: ReadonlyArray<string> } = json("anomaly_report.json")
    const fallbacks = new Set(attribute_fallbacks)
    const out = new Set(rejections.map(({ line }) => line))
    const kept = join(top, "kept.gff3")
    const lines = text.split("\n").filter((line, i) => !out.has(i + 1) && !line.startsWith("##gff-version"))
    // genometools wants the version in the first line.
    fs.writeFileSync(kept, ["##gff-version 3", ...lines].join("\n"))
    const stat = counted("gt", ["stat", kept])
    const genometools = (what: string): number | null =>
      stat === null ? null : Number(new RegExp(`^${what}: (\\d+)`, "m").exec(stat)?.[1] ?? 0)
    const spliced = join(top, "spliced.fa")
    const transcripts =
      counted("gffread", [kept, "-g", fasta, "-w", spliced]) === null ? null : fs.readFileSync(spliced, "utf8").split(/^>/m).length - 1
    execFileSync("samtools", ["faidx", fasta])

    const features: ReadonlyArray<any> = json("canonical_features.json").genes
    const own = features.map(
      (gene) => gene.lineage.find((row: any) => row.source_feature_id === gene.gene_id)?.feature_type as string | undefined
    )
    const so = (dataset.oracle as unknown as { readonly so_counts: Readonly<Record<string, number>> }).so_counts
    const lost = (types: ReadonlySet<string>) => rejections.filter(({ sample }) => types.has(sample.split("\t")[2] ?? "")).length
    const segments = features.flatMap((gene) => gene.transcripts).reduce((sum: number, t: any) => sum + t.cds_segments.length, 0)
    const difference = differences[dataset.id]?.transcripts
    return {
      id: dataset.id,
      leftOut: out.size,
      genes: {
        ours: facts.genes,
        inferred: features.filter(({ gene_id }) => fallbacks.has(`gene_inferred:${gene_id}`)).length,
        ontology: (so["genes"] ?? 0) - lost(geneLike),
        ofTypeGene: own.filter((type) => type === "gene").length,
        genometools: genometools("genes")
      },
      transcripts: { ours: facts.transcripts, gffread: transcripts, onlyOurs: difference?.ours ?? 0, onlyTheirs: difference?.theirs ?? 0 },
      exons: { ours: facts.exons, genometools: genometools("exons") },
      cds: { ours: segments, genometools: genometools("CDSs") },
      cdsRows: { ours: facts.cdsRows, ontology: (so["cds_rows"] ?? 0) - lost(new Set(["CDS"])) },
      sequences: facts.sequences,
      bases: facts.bases,
      collection: { ours: facts.collection, oracle: dataset.oracle.fasta.seqcol.digest },
      fai: { ours: fs.readFileSync(join(folder, "inputs/genome.fa.bgz.fai"), "utf8"), samtools: fs.readFileSync(`${fasta}.fai`, "utf8") }
    }
  } finally {
    fs.rmSync(top, { recursive: true, force: true })
  }
}

export const measureAll = async (): Promise<ReadonlyArray<Measured>> => {
  const all: Array<Measured> = []
  for (const dataset of datasets) if (dataset.genome !== null) all.push(await measure(dataset))
  return all
}

const told = (n: Told): string => (n === undefined || n === null ? "–" : String(n))

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => [
  `| ${head.join(" | ")} |`,
  `| ${head.map((_, i) => (i === 0 ? "---" : "---:")).join(" | ")} |`,
  ...rows.map((row) => `| ${row.join(" | ")} |`)
]

/** The tables as they stand in the page. */
export const tablesOf = (all: ReadonlyArray<Measured>): ReadonlyArray<string> => [
  ...table(
    [
      "dataset",
      "rows left out",
      "genes",
      "of type `gene` / gt",
      "inferred",
      "SO",
      "transcripts / gffread",
      "only ours, only theirs",
      "exons / gt",
      "CDS / gt",
      "CDS rows / SO"
    ],
    all.map(({ id, leftOut, genes, transcripts, exons, cds, cdsRows }) => [
      id,
      String(leftOut),
      String(genes.ours),
      `${genes.ofTypeGene} / ${told(genes.genometools)}`,
      String(genes.inferred),
      told(genes.ontology),
      `${transcripts.ours} / ${told(transcripts.gffread)}`,
      `${transcripts.onlyOurs}, ${transcripts.onlyTheirs}`,
      `${exons.ours} / ${told(exons.genometools)}`,
      `${cds.ours} / ${told(cds.genometools)}`,
      `${cdsRows.ours} / ${told(cdsRows.ontology)}`
    ])
  ),
  "",
  ...table(
    ["dataset", "sequences", "bases", "seqcol digest", "is the oracle's", "index is samtools'"],
    all.map(({ id, sequences, bases, collection, fai }) => [
      id,
      String(sequences),
      String(bases),
      `\`${collection.ours}\``,
      collection.ours === collection.oracle ? "yes" : `no: ${collection.oracle}`,
      fai.ours === fai.samtools ? "yes" : "no"
    ])
  )
]

if (import.meta.main) {
  const missing = missingTools()
  if (missing.length > 0 || datasets.length === 0)
    throw new Error(`wanted: ${[...missing, ...(datasets.length === 0 ? ["../shared/data"] : [])].join(", ")}`)
  process.stdout.write(`${tablesOf(await measureAll()).join("\n")}\n`)
}
