/** Writing the gene-summary database (dataset contract §2.10): equal content makes equal bytes, with journal mode DELETE in the header. */
import { open, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { compareCodePoints } from "../canonical-json.ts"
import { canonicalId, type DatasetId } from "../dataset-id.ts"
import { Durably, ioDurability, type IoDurability, syncDirectory } from "../durable.ts"
import type { GeneModel } from "../model/gene-model.ts"
import { createIndices, createTables, databaseSchemaVersion, regionTree, tables } from "./gene-summary-schema.ts"
import type { Checksums } from "./manifest.ts"
import { type ModelSpool, spooled, type SpooledModel } from "./model-spool.ts"
import { type ArtifactUnreadable, type FileDigest, reasonOf, sha256File } from "./sha256.ts"
import { createdBy } from "./software.ts"

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

/** Counts by value, in value order. */
const statRows = (dimension: string, counts: ReadonlyMap<string, number>): ReadonlyArray<ReadonlyArray<Value>> =>
  [...counts].sort(([a], [b]) => compareCodePoints(a, b)).map(([value, count]) => [dimension, value, count])

const columnsOf = (table: string): ReadonlyArray<string> =>
  (tables.get(table) ?? []).filter((column) => !column.startsWith("PRIMARY KEY")).map((column) => column.slice(0, column.indexOf(" ")))

const insertInto = (database: DatabaseSync, table: string) =>
  database.prepare(
    `INSERT INTO ${table} VALUES (${columnsOf(table)
      .map(() => "?")
      .join(", ")})`
  )

const batchRows = 20_000

/** Rows that only the model has, numbered in its order. A step is a batch. */
function* insertRows(database: DatabaseSync, rows: ModelSpool): Generator<void> {
  // SQLite's lower() is of ASCII only, as the reference's is.
  const columns = columnsOf("gene_summary").map((name, i) => (name === "name_normalized" ? "lower(?3)" : `?${i < 3 ? i + 1 : i}`))
  const gene = database.prepare(`INSERT INTO gene_summary VALUES (${columns.join(", ")})`)
  let id = 0
  for (const g of rows.geneRows()) {
    const { transcript_count, exon_count, total_exon_span, sequence_length } = g
    const present = Number(g.cds_present)
    gene.run(
      ++id,
      g.gene_id,
      g.gene_name,
      g.biotype,
      g.seqid,
      g.start,
      g.end,
      transcript_count,
      exon_count,
      total_exon_span,
      present,
      sequence_length
    )
    if (id % batchRows === 0) yield
  }
  const transcript = insertInto(database, "transcripts")
  id = 0
  for (const t of rows.transcriptRows()) {
    const { transcript_id, parent_gene_id, transcript_type, biotype, seqid, start, end, exon_count, total_exon_span } = t
    const present = Number(t.cds_present)
    transcript.run(
      ++id,
      transcript_id,
      parent_gene_id,
      transcript_type,
      biotype,
      seqid,
      start,
      end,
      exon_count,
      total_exon_span,
      present,
      t.sequence_length,
      t.spliced_length,
      t.cds_span_length
    )
    if (id % batchRows === 0) yield
  }
  const exon = insertInto(database, "exons")
  id = 0
  for (const e of rows.exonRows()) {
    exon.run(++id, e.exon_id, e.transcript_id, e.seqid, e.start, e.end, e.exon_length)
    if (id % batchRows === 0) yield
  }
}

/** What other tables have is copied within SQLite, in key order, so that every table grows at its end. */
const copies: ReadonlyArray<string> = [
  "INSERT INTO genes SELECT * FROM gene_summary",
  `INSERT INTO ${regionTree} SELECT id, start, end FROM gene_summary`,
  `INSERT INTO transcript_summary SELECT ${columnsOf("transcript_summary").join(", ")} FROM transcripts`,
  // An exon may be listed twice for one transcript.
  "INSERT INTO transcript_exon_map SELECT DISTINCT transcript_id, exon_id FROM exons ORDER BY 1, 2"
]

/** Of SQLite's page cache and of its sorter: more gains nothing, since rows come in order. */
const cacheKiB = 16_384

type SummaryContent = Pick<SpooledModel, "rows" | "contigs">

const setMeta = (database: DatabaseSync, key: string) => database.prepare("UPDATE atlas_meta SET v = 'true' WHERE k = ?").run(key)

/** One step a batch of rows; the caller yields between steps. */
function* fill(database: DatabaseSync, id: DatasetId, { rows, contigs }: SummaryContent, inputs: InputChecksums): Generator<void> {
  // The file is new and removed on failure: no journal and no fsync before the last.
  for (const pragma of [
    "page_size = 4096",
    "journal_mode = OFF",
    "synchronous = OFF",
    "locking_mode = EXCLUSIVE",
    `cache_size = -${cacheKiB}`
  ])
    database.exec(`PRAGMA ${pragma}`)
  for (const statement of createTables) database.exec(statement)
  database.exec(`PRAGMA user_version = ${databaseSchemaVersion}`)
  database.exec("BEGIN")
  yield* insertRows(database, rows)
  const all = (table: string, values: ReadonlyArray<ReadonlyArray<Value>>) => {
    const insert = insertInto(database, table)
    for (const row of values) insert.run(...row)
  }
  all("atlas_meta", metaRows(id, inputs))
  all("schema_version", [[databaseSchemaVersion]])
  all("dataset_stats", [...statRows("biotype", rows.genes.byBiotype), ...statRows("seqid", rows.genes.bySequence)])
  all(
    "contigs",
    contigs.map((c) => [c.name, c.length, null, null])
  )
  for (const statement of [...copies, ...createIndices]) {
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
  model: GeneModel | SpooledModel,
  inputs: InputChecksums
): Effect.Effect<FileDigest, GeneSummaryUnwritable | IoDurability | ArtifactUnreadable> =>
  Effect.scoped(Effect.flatMap(spooled(dirname(path), model), (content) => writeSpooled(path, id, content, inputs)))

const writeSpooled = (
  path: string,
  id: DatasetId,
  content: SummaryContent,
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
        const steps = fill(database, id, content, inputs)
        while (!(yield* attempt(() => steps.next())).done) yield* Effect.yieldNow
        yield* attempt(() => database.close())
        const durably = yield* Durably
        yield* Effect.tryPromise({
          try: async () => {
            await using file = await open(path, "r+")
            await file.chmod(0o644)
            if (durably) await file.sync()
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
