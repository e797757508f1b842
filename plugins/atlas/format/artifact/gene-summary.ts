/** Writing the gene-summary database (dataset contract §2.10): equal content makes equal bytes, with journal mode DELETE in the header. */
import { open, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { compareCodePoints } from "../canonical-json.ts"
import { canonicalId, type DatasetId } from "../dataset-id.ts"
import { ioDurability, type IoDurability, syncDirectory } from "../durable.ts"
import type { ExonRow, GeneModel } from "../model/gene-model.ts"
import { createIndices, createTables, databaseSchemaVersion, regionTree, tables } from "./gene-summary-schema.ts"
import type { Checksums } from "./manifest.ts"
import { type ArtifactUnreadable, type FileDigest, reasonOf, sha256File } from "./sha256.ts"
import { createdBy } from "./software.ts"
import { tally } from "./tally.ts"

export class GeneSummaryUnwritable extends Schema.TaggedError<GeneSummaryUnwritable>()("GeneSummaryUnwritable", {
  ...Told,
  reason: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "The gene-summary database could not be written",
    hint: "look at the free space and the permissions of the folder; a repeated transcript id is also refused here",
    example: "derived/gene_summary.sqlite could not be written: database or disk is full"
  }
}

export type InputChecksums = Omit<Checksums, "sqlite_sha256">

type Value = string | number | null

/** ASCII only, as SQLite's and the reference's lower() do. */
const asciiLower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

// The recorded connection settings are the format's, not this program's: they are part of the logical fingerprint (§9.2).
const metaRows = (id: DatasetId, inputs: InputChecksums): ReadonlyArray<readonly [string, string]> => [
  ["schema_version", String(databaseSchemaVersion)],
  ["ingest_journal_mode", "WAL"],
  ["ingest_locking_mode", "EXCLUSIVE"],
  ["ingest_page_size", "4096"],
  ["ingest_mmap_size", "268435456"],
  ["dataset_release", id.release],
  ["dataset_species", id.species],
  ["dataset_assembly", id.assembly],
  ["dataset_id", canonicalId(id)],
  ["created_by", createdBy],
  ["input_hashes", `gff3=${inputs.gff3_sha256};fasta=${inputs.fasta_sha256};fai=${inputs.fai_sha256}`],
  ["fasta_sha256", inputs.fasta_sha256],
  ["fai_sha256", inputs.fai_sha256],
  ["analyze_completed", "false"],
  ["vacuum_completed", "false"]
]

const byKey = (a: readonly [string, ...ReadonlyArray<Value>], b: readonly [string, ...ReadonlyArray<Value>]) =>
  compareCodePoints(a[0], b[0])

/** Pairs in key order, so that the table grows at its end. */
function* exonMap(exons: ReadonlyArray<ExonRow>): Generator<ReadonlyArray<Value>> {
  const ofTranscript = new Map<string, Array<string>>()
  for (const { transcript_id, exon_id } of exons) {
    const ids = ofTranscript.get(transcript_id)
    if (ids === undefined) ofTranscript.set(transcript_id, [exon_id])
    else ids.push(exon_id)
  }
  for (const [transcript, ids] of [...ofTranscript].sort(byKey as (a: [string, unknown], b: [string, unknown]) => number))
    for (const exon of ids.sort(compareCodePoints)) yield [transcript, exon]
}

function* geneRows(model: GeneModel): Generator<ReadonlyArray<Value>> {
  let id = 0
  for (const g of model.genes)
    yield [
      ++id,
      g.gene_id,
      g.gene_name,
      asciiLower(g.gene_name),
      g.biotype,
      g.seqid,
      g.start,
      g.end,
      g.transcript_count,
      g.exon_count,
      g.total_exon_span,
      Number(g.cds_present),
      g.sequence_length
    ]
}

function* transcriptRows(model: GeneModel, lengths: boolean): Generator<ReadonlyArray<Value>> {
  let id = 0
  for (const t of model.transcripts) {
    const row: Array<Value> = [++id, t.transcript_id, t.parent_gene_id, t.transcript_type, t.biotype, t.seqid, t.start, t.end]
    row.push(t.exon_count, t.total_exon_span, Number(t.cds_present))
    if (lengths) row.push(t.sequence_length, t.spliced_length, t.cds_span_length)
    yield row
  }
}

function* exonRows(model: GeneModel): Generator<ReadonlyArray<Value>> {
  let id = 0
  for (const e of model.exons) yield [++id, e.exon_id, e.transcript_id, e.seqid, e.start, e.end, e.exon_length]
}

function* regionRows(model: GeneModel): Generator<ReadonlyArray<Value>> {
  let id = 0
  for (const g of model.genes) yield [++id, g.start, g.end]
}

const statRows = (dimension: string, values: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<Value>> =>
  [...tally(values)].sort(byKey).map(([value, count]) => [dimension, value, count])

/** Rows of every table, in insertion order. */
const contents = (
  id: DatasetId,
  model: GeneModel,
  inputs: InputChecksums
): ReadonlyArray<readonly [string, Iterable<ReadonlyArray<Value>>]> => [
  ["gene_summary", geneRows(model)],
  ["transcript_summary", transcriptRows(model, false)],
  ["genes", geneRows(model)],
  ["transcripts", transcriptRows(model, true)],
  ["exons", exonRows(model)],
  ["transcript_exon_map", exonMap(model.exons)],
  ["atlas_meta", metaRows(id, inputs)],
  ["schema_version", [[databaseSchemaVersion]]],
  [
    "dataset_stats",
    [
      ...statRows(
        "biotype",
        model.genes.map((g) => g.biotype)
      ),
      ...statRows(
        "seqid",
        model.genes.map((g) => g.seqid)
      )
    ]
  ],
  ["contigs", model.contigs.map((c) => [c.name, c.length, null, null])],
  [regionTree, regionRows(model)]
]

const columnsOf = (table: string): number =>
  table === regionTree ? 3 : (tables.get(table) ?? []).filter((column) => !column.startsWith("PRIMARY KEY")).length

const batchRows = 20_000

const setMeta = (database: DatabaseSync, key: string) => database.prepare("UPDATE atlas_meta SET v = 'true' WHERE k = ?").run(key)

/** One step a batch of rows; the caller yields between steps. */
function* fill(database: DatabaseSync, id: DatasetId, model: GeneModel, inputs: InputChecksums): Generator<void> {
  // The file is new and removed on failure: no journal and no fsync before the last.
  for (const pragma of ["page_size = 4096", "journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -131072"])
    database.exec(`PRAGMA ${pragma}`)
  for (const statement of createTables) database.exec(statement)
  database.exec(`PRAGMA user_version = ${databaseSchemaVersion}`)
  database.exec("BEGIN")
  for (const [table, rows] of contents(id, model, inputs)) {
    // Only the map may meet a pair twice: an exon listed twice for one transcript.
    const verb = table === "transcript_exon_map" ? "INSERT OR IGNORE" : "INSERT"
    const insert = database.prepare(`${verb} INTO ${table} VALUES (${Array(columnsOf(table)).fill("?").join(", ")})`)
    let inserted = 0
    for (const row of rows) {
      insert.run(...row)
      if (++inserted % batchRows === 0) yield
    }
  }
  for (const statement of createIndices) {
    database.exec(statement)
    yield
  }
  database.exec("COMMIT")
  database.exec("ANALYZE")
  setMeta(database, "analyze_completed")
  yield
  database.exec("VACUUM")
  setMeta(database, "vacuum_completed")
}

/** Writes a new database file, fsynced; it is removed again on failure and interruption. */
export const writeGeneSummary = (
  path: string,
  id: DatasetId,
  model: GeneModel,
  inputs: InputChecksums
): Effect.Effect<FileDigest, GeneSummaryUnwritable | IoDurability | ArtifactUnreadable> => {
  const unwritable = (cause: unknown) =>
    new GeneSummaryUnwritable({ message: `${path} could not be written: ${reasonOf(cause)}`, where: { path }, reason: reasonOf(cause) })
  const attempt = <A>(run: () => A) => Effect.try({ try: run, catch: unwritable })
  const create = Effect.tryPromise({
    // Made here, exclusively: SQLite would open what is already there.
    try: async () => {
      const file = await open(path, "wx", 0o644)
      await file.close()
      return new DatabaseSync(path)
    },
    catch: unwritable
  })
  return Effect.acquireUseRelease(
    create,
    (database) =>
      Effect.gen(function* () {
        const steps = fill(database, id, model, inputs)
        while (!(yield* attempt(() => steps.next())).done) yield* Effect.yieldNow
        yield* attempt(() => database.close())
        yield* Effect.tryPromise({
          try: async () => {
            await using file = await open(path, "r+")
            await file.chmod(0o644)
            await file.sync()
          },
          catch: (cause) => ioDurability("sync", path, cause)
        })
        yield* syncDirectory(dirname(path))
        return yield* sha256File(path)
      }),
    (database, exit) =>
      Effect.promise(async () => {
        if (database.isOpen) database.close()
        if (exit._tag === "Failure") await rm(path, { force: true }).catch(() => undefined)
      })
  )
}
