/**
 * The gene-summary database's tables and indices (dataset contract §2.10, schema 4). The text is what SQLite stores in sqlite_master
 * and part of the format: a column a line, two spaces deep.
 */

const table = (name: string, columns: ReadonlyArray<string>) => `CREATE TABLE ${name} (\n  ${columns.join(",\n  ")}\n) WITHOUT ROWID`

const notNull = (name: string, type = "TEXT") => `${name} ${type} NOT NULL`
const counted = (name: string) => `${name} INTEGER NOT NULL DEFAULT 0`
const place = [notNull("seqid"), notNull("start", "INTEGER"), notNull("end", "INTEGER")]
const exonFacts = [counted("exon_count"), counted("total_exon_span"), counted("cds_present")]
const id = "id INTEGER PRIMARY KEY"

const gene = [
  id,
  notNull("gene_id"),
  notNull("name"),
  notNull("name_normalized"),
  notNull("biotype"),
  ...place,
  notNull("transcript_count", "INTEGER"),
  ...exonFacts,
  notNull("sequence_length", "INTEGER")
]
const transcript = [
  id,
  "transcript_id TEXT NOT NULL UNIQUE",
  notNull("parent_gene_id"),
  notNull("transcript_type"),
  "biotype TEXT",
  ...place,
  ...exonFacts
]

/** Tables by name, in creation order. */
export const tables: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["gene_summary", gene],
  ["transcript_summary", transcript],
  ["genes", gene],
  ["transcripts", [...transcript, counted("sequence_length"), "spliced_length INTEGER", "cds_length INTEGER"]],
  ["exons", [id, notNull("exon_id"), notNull("transcript_id"), ...place, notNull("exon_length", "INTEGER")]],
  ["transcript_exon_map", [notNull("transcript_id"), notNull("exon_id"), "PRIMARY KEY (transcript_id, exon_id)"]],
  ["atlas_meta", ["k TEXT PRIMARY KEY", notNull("v")]],
  ["schema_version", ["version INTEGER PRIMARY KEY"]],
  ["dataset_stats", [notNull("dimension"), notNull("value"), notNull("gene_count", "INTEGER"), "PRIMARY KEY (dimension, value)"]],
  ["contigs", ["name TEXT PRIMARY KEY", notNull("length", "INTEGER"), "gc_fraction REAL", "n_fraction REAL"]]
])

/** Index names without `idx_<table>_`, and their columns. */
const indexColumns: ReadonlyArray<readonly [string, string, ReadonlyArray<string>]> = [
  ["gene_summary", "gene_id", ["gene_id"]],
  ["gene_summary", "name", ["name"]],
  ["gene_summary", "name_normalized", ["name_normalized"]],
  ["gene_summary", "biotype", ["biotype"]],
  ["gene_summary", "region", ["seqid", "start", "end"]],
  ["gene_summary", "cover_lookup", ["gene_id", "name", "seqid", "start", "end", "biotype", "transcript_count", "sequence_length"]],
  ["gene_summary", "cover_region", ["seqid", "start", "gene_id", "end", "name", "biotype", "transcript_count", "sequence_length"]],
  ["transcript_summary", "transcript_id", ["transcript_id"]],
  ["transcript_summary", "parent_gene_id", ["parent_gene_id"]],
  ["transcript_summary", "biotype", ["biotype"]],
  ["transcript_summary", "type", ["transcript_type"]],
  ["transcript_summary", "region", ["seqid", "start", "end"]],
  ["genes", "gene_id", ["gene_id"]],
  ["genes", "name", ["name"]],
  ["genes", "biotype", ["biotype"]],
  ["genes", "order_page", ["seqid", "start", "gene_id"]],
  ["transcripts", "tx_id", ["transcript_id"]],
  ["transcripts", "parent_gene", ["parent_gene_id"]],
  ["transcripts", "order_page", ["seqid", "start", "transcript_id"]],
  ["exons", "transcript", ["transcript_id"]],
  ["exons", "region", ["seqid", "start", "end"]]
]

/** Indices by name: the table and columns each covers. */
export const indices: ReadonlyMap<string, { readonly table: string; readonly columns: ReadonlyArray<string> }> = new Map(
  indexColumns.map(([table, name, columns]) => [`idx_${table}_${name}`, { table, columns }])
)

export const regionTree = "gene_summary_rtree"

export const createTables: ReadonlyArray<string> = [
  ...[...tables].map(([name, columns]) => table(name, columns)),
  `CREATE VIRTUAL TABLE ${regionTree} USING rtree(\n  gene_rowid,\n  start,\n  end\n)`
]

export const createIndices: ReadonlyArray<string> = [...indices].map(
  ([name, { table, columns }]) => `CREATE INDEX ${name} ON ${table}(${columns.join(", ")})`
)

/** `PRAGMA user_version` and the one row of schema_version. */
export const databaseSchemaVersion = 4
