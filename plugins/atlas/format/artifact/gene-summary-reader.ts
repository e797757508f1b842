/** Opening a gene-summary database for reading: read-only and immutable, so that nothing is written beside it. */
import { pathToFileURL } from "node:url"
import { DatabaseSync } from "node:sqlite"
import { Effect, Schema, type Scope } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
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

/** SQLite's own words are in `errstr`; its `code` says ERR_SQLITE_ERROR for all. */
const open = (path: string): DatabaseSync => {
  const url = pathToFileURL(path)
  url.searchParams.set("mode", "ro")
  url.searchParams.set("immutable", "1")
  const database = new DatabaseSync(url, { readOnly: true })
  database.exec("PRAGMA query_only = 1")
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
