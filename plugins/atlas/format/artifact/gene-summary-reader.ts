/** Opening a gene-summary database for reading: read-only and immutable, so that nothing is written beside it. */
import { pathToFileURL } from "node:url"
import { DatabaseSync } from "node:sqlite"
import { Effect, Schema, type Scope } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { quote } from "../text.ts"
import { reasonOf } from "./sha256.ts"

export class GeneSummaryUnreadable extends Schema.TaggedError<GeneSummaryUnreadable>()("GeneSummaryUnreadable", {
  ...Told,
  reason: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "A gene-summary database could not be opened or asked",
    hint: "it is missing, cut short or not a database of this format: ingest again",
    example: "derived/gene_summary.sqlite could not be read: file is not a database"
  }
}

const unreadable = (path: string) => (cause: unknown) =>
  new GeneSummaryUnreadable({ message: `${path} could not be read: ${reasonOf(cause)}`, where: { path }, reason: reasonOf(cause) })

/** What runs though a database is only read: it may take for ever, and a database of the format has none. */
const running: ReadonlyArray<readonly [what: string, question: string]> = [
  ["a view", "SELECT name FROM $.sqlite_master WHERE type = 'view'"],
  ["a generated column", "SELECT x.name FROM $.sqlite_master m, pragma_table_xinfo(m.name, '$') x WHERE m.type = 'table' AND x.hidden > 1"],
  [
    "an index on an expression",
    "SELECT m.name FROM $.sqlite_master m, pragma_index_xinfo(m.name, '$') x WHERE m.type = 'index' AND x.cid = -2"
  ],
  [
    "an index on some rows",
    "SELECT x.name FROM $.sqlite_master m, pragma_index_list(m.name, '$') x WHERE m.type = 'table' AND x.partial = 1"
  ]
]

/** Throws where the database, or the one attached as `schema`, would run something of its own when it is asked. */
export const refuseRunning = (database: DatabaseSync, schema: "main" | "other" = "main"): void => {
  for (const [what, question] of running) {
    const found = database.prepare(`${question.replaceAll("$", schema)} LIMIT 1`).get()
    if (found !== undefined) throw new Error(`it has ${what}, ${quote(String(found["name"]))}`)
  }
}

/** SQLite's own words are in `errstr`; its `code` says ERR_SQLITE_ERROR for all. */
const open = (path: string): DatabaseSync => {
  const url = pathToFileURL(path)
  url.searchParams.set("mode", "ro")
  url.searchParams.set("immutable", "1")
  const database = new DatabaseSync(url, { readOnly: true })
  try {
    database.exec("PRAGMA query_only = 1")
    refuseRunning(database)
  } catch (cause) {
    database.close()
    throw cause
  }
  return database
}

const close = (database: DatabaseSync) => Effect.sync(() => database.close())

/** The open database, closed with the scope. Its integers are JavaScript numbers. */
export const openGeneSummary = (path: string): Effect.Effect<DatabaseSync, GeneSummaryUnreadable, Scope.Scope> =>
  Effect.acquireRelease(Effect.try({ try: () => open(path), catch: unreadable(path) }), close)

/** Asks the database one thing and closes it. */
export const queryGeneSummary = <A>(path: string, ask: (database: DatabaseSync) => A): Effect.Effect<A, GeneSummaryUnreadable> =>
  Effect.acquireUseRelease(
    Effect.try({ try: () => open(path), catch: unreadable(path) }),
    (database) => Effect.try({ try: () => ask(database), catch: unreadable(path) }),
    close
  )
