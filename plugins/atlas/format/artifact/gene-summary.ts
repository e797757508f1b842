/** Writing the gene-summary database (dataset contract §2.10): equal content makes equal bytes, with journal mode DELETE in the header. */
import { open, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { compareCodePoints } from "../canonical-json.ts"
import { canonicalId, type DatasetId } from "../dataset-id.ts"
import { Durably, ioDurability, type IoDurability, syncDirectory, temporaryBeside } from "../durable.ts"
import type { GeneModel } from "../model/gene-model.ts"
import { fillDatabase, type FillJob } from "./fill-database.ts"
import { createIndices, createTables, databaseSchemaVersion, regionTree, tables } from "./gene-summary-schema.ts"
import type { Checksums } from "./manifest.ts"
import { type ModelSpool, spooled, type SpooledModel, type Stretch } from "./model-spool.ts"
import { type ArtifactUnreadable, type FileDigest, reasonOf, sha256File } from "./sha256.ts"
import { createdBy } from "./software.ts"
import { exonCodec, geneCodec, transcriptCodec } from "./spooled-rows.ts"

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

/** Rows that one statement inserts. */
const together = 32

interface Filled {
  readonly table: string
  /** The values of a row as the spool has them, in the order of the table's columns; `sequence` and `number` come beside them. */
  readonly values: ReadonlyArray<number | "number" | "sequence" | "normalized">
  readonly width: number
  readonly stretches: (rows: ModelSpool) => ReadonlyArray<Stretch>
}

// SQLite's lower() is of ASCII only, as the reference's is.
const filled: ReadonlyArray<Filled> = [
  {
    table: "gene_summary",
    values: ["number", 0, 1, "normalized", 2, "sequence", 3, 4, 5, 6, 7, 8, 9],
    width: geneCodec.width,
    stretches: (rows) => rows.geneStretches()
  },
  {
    table: "transcripts",
    values: ["number", 0, 1, 2, 3, "sequence", 4, 5, 6, 7, 8, 9, 10, 11],
    width: transcriptCodec.width,
    stretches: (rows) => rows.transcriptStretches()
  },
  {
    table: "exons",
    values: ["number", 0, 1, "sequence", 2, 3, 4],
    width: exonCodec.width,
    stretches: (rows) => rows.exonStretches()
  }
]

/** An INSERT of `count` rows; each has its number, its sequence and the spool's values as parameters. */
const insertSql = ({ table, values, width }: Filled, count: number): string => {
  const row = (n: number) => {
    const first = n * (width + 2) + 1
    const at = (value: Filled["values"][number]) =>
      value === "number"
        ? `?${first}`
        : value === "sequence"
          ? `?${first + 1}`
          : value === "normalized"
            ? `lower(?${first + 3})`
            : `?${first + 2 + value}`
    return `(${values.map(at).join(", ")})`
  }
  return `INSERT INTO ${table} VALUES ${Array.from({ length: count }, (_, n) => row(n)).join(", ")}`
}

/** Rows that only the model has, numbered in its order. */
const fillsOf = (rows: ModelSpool): FillJob["fills"] =>
  filled.map((table) => ({
    width: table.width,
    one: insertSql(table, 1),
    many: insertSql(table, together),
    together,
    pieces: table.stretches(rows).map(({ seqid, piece }) => ({ seqid, ...piece }))
  }))

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

const setMeta = (key: string) => `UPDATE atlas_meta SET v = 'true' WHERE k = '${key}'`

const rowsOf = (table: string, rows: ReadonlyArray<ReadonlyArray<Value>>): FillJob["rows"] =>
  rows.map((values) => ({ insert: `INSERT INTO ${table} VALUES (${values.map(() => "?").join(", ")})`, values }))

/** The files are new and removed on failure: no journal and no fsync before the last. */
const pragmas = ["page_size = 4096", "journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", `cache_size = -${cacheKiB}`]

/**
 * All that is done, as data. Tables are filled in a file of its own, out of which `VACUUM INTO` makes the one that stays: each page once, in
 * order.
 */
const jobOf = (path: string, working: string, id: DatasetId, { rows, contigs }: SummaryContent, inputs: InputChecksums): FillJob => ({
  working,
  path,
  spool: rows.spool.descriptor(),
  before: [...pragmas.map((pragma) => `PRAGMA ${pragma}`), ...createTables, `PRAGMA user_version = ${databaseSchemaVersion}`, "BEGIN"],
  rows: [
    ...rowsOf("atlas_meta", metaRows(id, inputs)),
    ...rowsOf("schema_version", [[databaseSchemaVersion]]),
    ...rowsOf("dataset_stats", [...statRows("biotype", rows.genes.byBiotype), ...statRows("seqid", rows.genes.bySequence)]),
    ...rowsOf(
      "contigs",
      contigs.map((c) => [c.name, c.length, null, null])
    )
  ],
  fills: fillsOf(rows),
  after: [...copies, ...createIndices, "COMMIT", "ANALYZE", setMeta("analyze_completed"), `VACUUM INTO '${path.replaceAll("'", "''")}'`],
  last: [...pragmas.slice(1).map((pragma) => `PRAGMA ${pragma}`), setMeta("vacuum_completed")]
})

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
  const working = temporaryBeside(path)
  const gone = (file: string) => rm(file, { force: true }).catch(() => undefined)
  // Made here, exclusively: SQLite would open what is already there.
  const create = Effect.tryPromise({
    try: async () => {
      for (const file of [path, working]) await open(file, "wx", 0o644).then((made) => made.close())
    },
    catch: unwritable
  })
  return Effect.acquireUseRelease(
    create,
    () =>
      Effect.gen(function* () {
        yield* fillDatabase(jobOf(path, working, id, content, inputs), (bytes) => content.rows.tell(bytes)).pipe(
          Effect.mapError(unwritable)
        )
        yield* Effect.promise(() => gone(working))
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
    (_, exit) => Effect.promise(() => Promise.all([gone(working), ...(exit._tag === "Failure" ? [gone(path)] : [])]))
  )
}
