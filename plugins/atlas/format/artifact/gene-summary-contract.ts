/** Whether a database has the tables, columns, indices and marks of the format (dataset contract §2.10, §3 step 7); rows are for `verify`. */
import { DatabaseSync } from "node:sqlite"
import { Effect } from "effect"
import { quote } from "../text.ts"
import type { Say, ValidateFindingName } from "./finding.ts"
import { queryGeneSummary } from "./gene-summary-reader.ts"
import { createIndices, createTables, databaseSchemaVersion, indices, regionTree, tables } from "./gene-summary-schema.ts"

/** The first bytes of an SQLite file. */
export const sqliteMagic = Buffer.from("SQLite format 3\0", "latin1")

const columnsOf = (database: DatabaseSync, table: string): ReadonlyArray<string> =>
  database
    .prepare(`SELECT name, type, "notnull", pk FROM pragma_table_info(?) ORDER BY cid`)
    .all(table)
    .map((c) => `${c["name"]} ${c["type"]}${c["notnull"] === 1 ? " NOT NULL" : ""}${c["pk"] === 0 ? "" : ` key ${c["pk"]}`}`)

const indexOf = (database: DatabaseSync, index: string): string => {
  const table = database.prepare("SELECT tbl_name AS t FROM sqlite_master WHERE type = 'index' AND name = ?").get(index)?.["t"]
  const columns = database
    .prepare(`SELECT name, "desc", coll FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno`)
    .all(index)
    .map((c) => `${c["name"] ?? "an expression"}${c["desc"] === 1 ? " descending" : ""}${c["coll"] === "BINARY" ? "" : ` ${c["coll"]}`}`)
  return table === undefined ? "" : `${table}(${columns.join(", ")})`
}

/** What a database made by our own statements has: the expectation, read by the same questions. */
const expected = () => {
  const database = new DatabaseSync(":memory:")
  for (const statement of [...createTables, ...createIndices]) database.exec(statement)
  const columns = new Map([...tables.keys(), regionTree].map((table) => [table, columnsOf(database, table)]))
  const covered = new Map([...indices.keys()].map((index) => [index, indexOf(database, index)]))
  database.close()
  return { columns, covered }
}

const meta = (database: DatabaseSync, key: string): string | undefined => {
  const value = database.prepare("SELECT v FROM atlas_meta WHERE k = ?").get(key)?.["v"]
  return value === undefined || value === null ? undefined : String(value)
}

/** Looks at all of it. Throws what SQLite throws for a file it cannot read. */
export const lookAtSchema = (database: DatabaseSync, say: Say<ValidateFindingName>): void => {
  const { columns, covered } = expected()
  for (const [table, wanted] of columns) {
    const found = columnsOf(database, table)
    if (found.length === 0) say("database-schema", table, `required table missing: ${table}`)
    else if (found.join("; ") !== wanted.join("; "))
      say("database-schema", table, `table ${table} has the columns ${quote(found.join("; "))}, not ${wanted.join("; ")}`)
  }
  const tree = String(database.prepare("SELECT sql FROM sqlite_master WHERE name = ?").get(regionTree)?.["sql"] ?? "")
  if (tree !== "" && !/USING\s+rtree\b/i.test(tree)) say("database-schema", regionTree, `${regionTree} is not an rtree`)
  for (const [index, wanted] of covered) {
    const found = indexOf(database, index)
    if (found === "") say("database-schema", index, `required index missing: ${index}`)
    else if (found !== wanted) say("database-schema", index, `index ${index} covers ${quote(found)}, not ${wanted}`)
  }
  const extra = database
    .prepare("SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY name")
    .all()
    .map((row) => ({ type: String(row["type"]), name: String(row["name"]) }))
  for (const { type, name } of extra) say("database-schema", quote(name), `the database has a ${type}, ${quote(name)}`)
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"])
  if (version !== databaseSchemaVersion) say("database-schema", "user_version", `user_version is ${version}, not ${databaseSchemaVersion}`)
  if (columnsOf(database, "schema_version").length > 0) {
    const versions = database
      .prepare("SELECT version FROM schema_version")
      .all()
      .map((row) => Number(row["version"]))
    if (versions.length !== 1 || versions[0] !== databaseSchemaVersion)
      say("database-schema", "schema_version", `schema_version holds ${versions.join(", ") || "nothing"}, not ${databaseSchemaVersion}`)
  }
  if (columnsOf(database, "atlas_meta").length === 0) return
  for (const key of ["analyze_completed", "vacuum_completed"])
    if (meta(database, key) !== "true") say("database-unfinished", key, `${key} is ${meta(database, key) ?? "missing"}, not true`)
  if (meta(database, "schema_version") !== String(databaseSchemaVersion))
    say("database-schema", "atlas_meta.schema_version", `atlas_meta.schema_version is ${meta(database, "schema_version") ?? "missing"}`)
}

/** Every pair of atlas_meta. */
export const metaOf = (database: DatabaseSync): ReadonlyMap<string, string> =>
  new Map(
    database
      .prepare("SELECT k, v FROM atlas_meta")
      .all()
      .map((row) => [String(row["k"]), String(row["v"])])
  )

/** What the database says of the program that wrote it (atlas_meta.created_by), empty where it cannot be read: it only names, it proves nothing. */
export const readCreatedBy = (path: string): Effect.Effect<string> =>
  queryGeneSummary(path, (database) => meta(database, "created_by") ?? "").pipe(Effect.orElseSucceed(() => ""))
