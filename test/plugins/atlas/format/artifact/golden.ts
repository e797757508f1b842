/** Recorded runs of the reference (golden/README.md) as truth: their files, and the gene model that their tables and sidecars hold. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { gunzipSync } from "node:zlib"
import { writeFileSync } from "node:fs"
import { Effect } from "effect"
import type { DatasetId } from "../../../../../plugins/atlas/format/dataset-id.ts"
import type { CdsSegment, GeneModel, Lineage } from "../../../../../plugins/atlas/format/model/gene-model.ts"
import { layout } from "../../../../../plugins/atlas/format/artifact/layout.ts"
import { writeDerived } from "../../../../../plugins/atlas/format/artifact/write-derived.ts"

const project = join(import.meta.dirname, "../../../../..")
const shared = join(project, "../shared")

export interface Golden {
  readonly name: string
  /** The recorded dataset folder. */
  readonly folder: string
  /** The inputs as they went in. */
  readonly inputs: { readonly gff3: string; readonly fasta: string; readonly fai: string }
  /** As golden/README.md records them. */
  readonly signatures: { readonly ingest: string; readonly deep: string }
}

const fixture = (name: string, ingest: string, deep: string): Golden => {
  const at = join(project, "test/fixtures/golden", name)
  return {
    name,
    folder: join(at, "root/release=110/species=synthetica_minima/assembly=SM1.0"),
    inputs: { gff3: join(at, "in/genes.gff3"), fasta: join(at, "in/genome.fa"), fai: join(at, "in/genome.fa.fai") },
    signatures: { ingest, deep }
  }
}

const recorded = (name: string, folder: string, data: string, signature: string): Golden => {
  const at = join(shared, "data", data)
  return {
    name,
    folder: join(shared, "reference/golden", name, "root", folder),
    inputs: { gff3: join(at, "annotation.gff3"), fasta: join(at, "genome.fa"), fai: join(at, "genome.fa.fai") },
    signatures: { ingest: signature, deep: signature }
  }
}

export const mini = fixture(
  "mini",
  "336275a1c03e0d4457bad574682f4e69f1fb07f5fd9b38330727db5161f38bcf",
  "799857db17597d84c43586e70871ba9fcab9db7f3495646ba18b6717575ecd3f"
)

export const warn = fixture(
  "warn",
  "fa38183c9bc752337dda660d8374613b8476a9c68bf305bb9342b223476e9170",
  "81c4f9b53856e9cfbca3814aa278b112c08085324f8af102faa3a8a795f8315c"
)

const far: ReadonlyArray<Golden> = [
  recorded(
    "sars_cov_2",
    "release=1/species=sars_cov_2/assembly=ASM985889v3",
    "sars_cov_2/ASM985889v3",
    "91ef1c51577f3ba595a7a2fe82cf69ac35b7f1d59df3260d6fa636c260405f0d"
  ),
  recorded(
    "sgd_chrI-II",
    "release=2007/species=saccharomyces_cerevisiae/assembly=SGD_chrI_II",
    "saccharomyces_cerevisiae/SGD_chrI-II",
    "3a72f737a89e57ca99ad6c143111613d1e093364c21ed0d0ca8e38ebdd779f25"
  )
]

const present = far.filter((golden) => existsSync(golden.folder) && existsSync(golden.inputs.gff3))
for (const golden of far)
  if (!present.includes(golden)) console.warn(`SKIPPED: golden ${golden.name} is not at ../shared, its bytes are not compared`)

export const goldens: ReadonlyArray<Golden> = [mini, warn, ...present]

/** Bytes of a recorded file, unpacked. */
export const goldenBytes = (golden: Golden, path: string): Buffer => {
  const plain = join(golden.folder, path)
  return existsSync(plain) ? readFileSync(plain) : gunzipSync(readFileSync(`${plain}.gz`))
}

export const goldenJson = (golden: Golden, path: string): any => JSON.parse(goldenBytes(golden, path).toString("utf8"))

/** The recorded database, in a file of its own while `use` runs. */
export const withGoldenDatabase = <A>(golden: Golden, use: (database: DatabaseSync) => A): A => {
  const folder = mkdtempSync(join(tmpdir(), "atlas-golden-"))
  try {
    const path = join(folder, "golden.sqlite")
    writeFileSync(path, goldenBytes(golden, layout.sqlite))
    const database = new DatabaseSync(path)
    try {
      return use(database)
    } finally {
      database.close()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const num = (value: unknown) => Number(value)
const text = (value: unknown) => String(value)

/** The model that the recorded tables, canonical_features.json and reports hold. */
export const goldenModel = (golden: Golden): GeneModel => {
  const { model_version: _, ...anomalies } = goldenJson(golden, layout.anomalyReport)
  const qc = goldenJson(golden, layout.qc)
  const sources = goldenJson(golden, layout.sourceFacts).feature_distribution.biotype_source_keys
  const lineage = new Map<string, ReadonlyArray<Lineage>>()
  const cds: Array<CdsSegment> = []
  const keep = (type: string, at: any) => lineage.set(`${type}\t${at.seqid}\t${at.start}\t${at.end}`, at.lineage)
  for (const gene of goldenJson(golden, layout.canonicalFeatures).genes) {
    keep("gene", gene)
    for (const transcript of gene.transcripts) {
      keep(transcript.transcript_type, transcript)
      for (const exon of transcript.exons) keep("exon", exon)
      for (const c of transcript.cds_segments) {
        const { cds_id, transcript_id, seqid, start, end, cds_length, phase } = c
        cds.push({ cds_id, transcript_id, seqid, start, end, cds_length, phase: phase === null ? null : (Number(phase) as 0 | 1 | 2) })
        const key = `CDS\t${seqid}\t${start}\t${end}`
        lineage.set(key, [...(lineage.get(key) ?? []), ...c.lineage])
      }
    }
  }
  return withGoldenDatabase(golden, (database) => {
    const rows = (sql: string) => database.prepare(sql).all()
    return {
      genes: rows("SELECT * FROM gene_summary ORDER BY id").map((r) => ({
        gene_id: text(r["gene_id"]),
        gene_name: text(r["name"]),
        biotype: text(r["biotype"]),
        seqid: text(r["seqid"]),
        start: num(r["start"]),
        end: num(r["end"]),
        transcript_count: num(r["transcript_count"]),
        exon_count: num(r["exon_count"]),
        total_exon_span: num(r["total_exon_span"]),
        cds_present: r["cds_present"] === 1,
        sequence_length: num(r["sequence_length"])
      })),
      transcripts: rows("SELECT * FROM transcripts ORDER BY id").map((r) => ({
        transcript_id: text(r["transcript_id"]),
        parent_gene_id: text(r["parent_gene_id"]),
        transcript_type: text(r["transcript_type"]),
        biotype: r["biotype"] === null ? null : text(r["biotype"]),
        seqid: text(r["seqid"]),
        start: num(r["start"]),
        end: num(r["end"]),
        exon_count: num(r["exon_count"]),
        total_exon_span: num(r["total_exon_span"]),
        cds_present: r["cds_present"] === 1,
        sequence_length: num(r["sequence_length"]),
        spliced_length: r["spliced_length"] === null ? null : num(r["spliced_length"]),
        cds_span_length: r["cds_length"] === null ? null : num(r["cds_length"])
      })),
      exons: rows("SELECT * FROM exons ORDER BY id").map((r) => ({
        exon_id: text(r["exon_id"]),
        transcript_id: text(r["transcript_id"]),
        seqid: text(r["seqid"]),
        start: num(r["start"]),
        end: num(r["end"]),
        exon_length: num(r["exon_length"])
      })),
      cds,
      contigs: rows("SELECT name, length FROM contigs ORDER BY name").map((r) => ({ name: text(r["name"]), length: num(r["length"]) })),
      anomalies,
      totalFeatures: qc.contig_stats.total_features,
      cdsRows: qc.counts.cds,
      unknownContigFeatures: Math.round(qc.contig_stats.unknown_contig_feature_ratio * qc.contig_stats.total_features),
      biotypeSources: new Map<string, number>(Object.entries(sources)),
      lineage
    }
  })
}

export const goldenId = (golden: Golden): DatasetId => goldenJson(golden, layout.manifest).dataset

/** A temporary folder, removed with the scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "atlas artifact-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

/** Writes a golden's model as a build root of our own below a folder; yields the dataset's folder. */
export const buildFrom = (golden: Golden, below: string, model: GeneModel = goldenModel(golden)) =>
  Effect.gen(function* () {
    const { release, species, assembly } = goldenId(golden)
    const folder = join(below, `release=${release}/species=${species}/assembly=${assembly}`)
    yield* Effect.promise(async () => {
      await mkdir(join(folder, "inputs"), { recursive: true })
      for (const role of ["gff3", "fasta", "fai"] as const) await cp(golden.inputs[role], join(folder, layout[role]))
    })
    const { sqlite_sha256: _, ...checksums } = goldenJson(golden, layout.manifest).checksums
    const derived = yield* writeDerived({ folder, dataset: goldenId(golden), model, checksums })
    return { folder, derived }
  })

export const filesBelow = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()

/** The nine files that are byte-equal for any correct writer (contract §9.3). */
export const nine: ReadonlyArray<string> = [
  layout.anomalyReport,
  layout.anomalySummary,
  layout.canonicalFeatures,
  layout.canonicalSummary,
  layout.datasetStats,
  layout.qc,
  layout.qcReport,
  layout.geneIndex,
  layout.scientificProfile
]
