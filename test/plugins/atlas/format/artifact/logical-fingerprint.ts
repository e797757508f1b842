/** The recipe of contract §9.2: what two gene-summary databases must have in common whatever their bytes. */
import { createHash } from "node:crypto"
import type { DatabaseSync } from "node:sqlite"

const selects: ReadonlyArray<readonly [string, string]> = [
  ["sqlite_master", "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"],
  ["schema_version", "SELECT version FROM schema_version ORDER BY version"],
  ["atlas_meta", "SELECT k, v FROM atlas_meta WHERE k <> 'created_by' ORDER BY k"],
  ["gene_summary", "SELECT * FROM gene_summary ORDER BY id"],
  ["genes", "SELECT * FROM genes ORDER BY id"],
  ["transcript_summary", "SELECT * FROM transcript_summary ORDER BY id"],
  [
    "transcripts",
    "SELECT id, transcript_id, parent_gene_id, transcript_type, biotype, seqid, start, end, exon_count, total_exon_span, cds_present, sequence_length, COALESCE(spliced_length, -1), COALESCE(cds_length, -1) FROM transcripts ORDER BY id"
  ],
  ["exons", "SELECT * FROM exons ORDER BY id"],
  ["transcript_exon_map", "SELECT * FROM transcript_exon_map ORDER BY transcript_id, exon_id"],
  ["gene_summary_rtree", "SELECT gene_rowid, start, end FROM gene_summary_rtree ORDER BY gene_rowid"],
  ["contigs", "SELECT name, length, gc_fraction, n_fraction FROM contigs ORDER BY name"],
  ["dataset_stats", "SELECT dimension, value, gene_count FROM dataset_stats ORDER BY dimension, value"]
]

/** `kind` is SQLite's type of the value: JavaScript does not tell 1 from 1.0. */
const told = (value: unknown, kind: unknown): string =>
  value === null
    ? "null"
    : kind === "real"
      ? Number(value).toFixed(17)
      : value instanceof Uint8Array
        ? Buffer.from(value).toString("hex")
        : String(value)

/** Every section's rows as text. */
export const tableRows = (database: DatabaseSync): ReadonlyMap<string, ReadonlyArray<string>> =>
  new Map(
    selects.map(([name, sql]) => {
      const statement = database.prepare(sql)
      const columns = statement.columns().map((column) => column.name)
      const kinds = columns.map((_, i) => `typeof(c${i}) AS t${i}`).join(", ")
      const values = columns.map((_, i) => `c${i}`).join(", ")
      const names = columns.map((_, i) => `c${i}`).join(", ")
      const rows = database.prepare(`WITH rows(${names}) AS (${sql}) SELECT ${values}, ${kinds} FROM rows`).all()
      return [name, rows.map((row) => columns.map((_, i) => told(row[`c${i}`], row[`t${i}`])).join("|"))]
    })
  )

export const logicalFingerprint = (database: DatabaseSync): string => {
  const lines = [...tableRows(database)].flatMap(([name, rows]) => [`[${name}]`, ...rows])
  return createHash("sha256").update(lines.join("\n")).digest("hex")
}
