/** Comparing databases of the format table by table, every row: by SQLite, so that nothing is held. */
import { pathToFileURL } from "node:url"
import type { DatabaseSync } from "node:sqlite"
import { refuseRunning } from "../artifact/gene-summary-reader.ts"
import { regionTree, tables } from "../artifact/gene-summary-schema.ts"

/** A table with its columns, those of the program that wrote it left out. */
const compared: ReadonlyArray<readonly [table: string, where: string]> = [
  ...[...tables.keys()].map((table) => [table, table === "atlas_meta" ? " WHERE k <> 'created_by'" : ""] as const),
  [regionTree, ""]
]

export interface TableComparison {
  readonly table: string
  /** Of the database that is looked at. */
  readonly rows: number
  /** Rows that only one of both has, or has more often. */
  readonly differing: number
}

/** Attaches another database, read-only and immutable, while `use` runs. */
export const withAttached = <A>(database: DatabaseSync, path: string, use: (name: string) => A): A => {
  const url = pathToFileURL(path)
  url.searchParams.set("mode", "ro")
  url.searchParams.set("immutable", "1")
  database.prepare("ATTACH DATABASE ? AS other").run(url.href)
  try {
    refuseRunning(database, "other")
    return use("other")
  } finally {
    database.exec("DETACH DATABASE other")
  }
}

const countOf = (database: DatabaseSync, question: string, ...values: ReadonlyArray<string>): number =>
  Number(database.prepare(question).get(...values)?.["n"])

/** Rows are compared as sets: in every table of the format a key makes each row unlike all others. */
const differing = (database: DatabaseSync, left: string, right: string, ...values: ReadonlyArray<string>): number =>
  countOf(database, `SELECT COUNT(*) AS n FROM (${left} EXCEPT ${right})`, ...values) +
  countOf(database, `SELECT COUNT(*) AS n FROM (${right} EXCEPT ${left})`, ...values)

/** All tables of the open database against those of the one at `path`. */
export function* compareTables(database: DatabaseSync, path: string): Generator<void, ReadonlyArray<TableComparison>> {
  const found: Array<TableComparison> = []
  for (const [table, where] of compared) {
    found.push(
      withAttached(database, path, (other) => ({
        table,
        rows: countOf(database, `SELECT COUNT(*) AS n FROM main.${table}`),
        differing: differing(database, `SELECT * FROM main.${table}${where}`, `SELECT * FROM ${other}.${table}${where}`)
      }))
    )
    yield
  }
  return found
}

/** Tables and their rows, where another database of the same bytes was made. */
export const countTables = (database: DatabaseSync): ReadonlyArray<TableComparison> =>
  compared.map(([table]) => ({ table, rows: countOf(database, `SELECT COUNT(*) AS n FROM main.${table}`), differing: 0 }))

const sharded: ReadonlyArray<readonly [string, string]> = ["gene_summary", "genes", "transcript_summary", "transcripts"].map(
  (table) =>
    [
      table,
      (tables.get(table) ?? [])
        .map((column) => column.slice(0, column.indexOf(" ")))
        .filter((column) => column !== "id")
        .join(", ")
    ] as const
)

/** The rows on `seqids` against the shard at `path`: genes and transcripts, all columns but the number of the row. */
export const compareShard = (database: DatabaseSync, path: string, seqids: ReadonlyArray<string>): ReadonlyArray<TableComparison> =>
  withAttached(database, path, (other) =>
    sharded.map(([table, columns]) => {
      const here = `SELECT ${columns} FROM main.${table} WHERE seqid IN (SELECT value FROM json_each(?1))`
      const there = `SELECT ${columns} FROM ${other}.${table} WHERE ?1 IS NOT NULL`
      const list = JSON.stringify(seqids)
      const [wanted, rows] = [here, there].map((rows) => countOf(database, `SELECT COUNT(*) AS n FROM (${rows})`, list)) as [number, number]
      return { table, rows, differing: differing(database, here, there, list) + Math.abs(wanted - rows) }
    })
  )
