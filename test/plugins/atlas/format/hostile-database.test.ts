/** Databases that would run for ever, or fill the memory, if they were merely asked for their rows. */
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { layout } from "../../../../plugins/atlas/format/artifact/layout.ts"
import { queryGeneSummary } from "../../../../plugins/atlas/format/artifact/gene-summary-reader.ts"
import { openBuildRoot } from "../../../../plugins/atlas/format/build-root.ts"
import { remake } from "../../../../plugins/atlas/format/proof/remake.ts"
import { validate } from "../../../../plugins/atlas/format/validate.ts"
import { verify } from "../../../../plugins/atlas/format/verify.ts"
import { buildFrom, goldenId, mini, temporaryFolder } from "./artifact/golden.ts"

const id = goldenId(mini)

/** Counts without end. */
const forEver = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"

const statements: ReadonlyArray<readonly [what: string, sql: string, why: string]> = [
  ["a view for a table", `DROP TABLE gene_summary; CREATE VIEW gene_summary AS ${forEver}`, 'a view, "gene_summary"'],
  ["a view for what names its writer", `DROP TABLE atlas_meta; CREATE VIEW atlas_meta(k) AS ${forEver}`, 'a view, "atlas_meta"'],
  [
    "a generated column",
    "ALTER TABLE gene_summary ADD COLUMN big GENERATED ALWAYS AS (length(hex(zeroblob(400000000)))) VIRTUAL",
    'a generated column, "big"'
  ],
  ["an index on an expression", "CREATE INDEX x ON gene_summary(length(gene_id))", 'an index on an expression, "x"'],
  ["an index on some rows", "CREATE INDEX x ON gene_summary(gene_id) WHERE start > 1", 'an index on some rows, "x"']
]

const changed = (sql: string) =>
  Effect.gen(function* () {
    const { folder } = yield* buildFrom(mini, yield* temporaryFolder)
    const path = join(folder, layout.sqlite)
    const database = new DatabaseSync(path)
    database.exec(sql)
    database.close()
    return { folder, path }
  })

describe("a database that is hostile by", () => {
  it.effect.each(statements)("%s is not asked for anything, and told", ([, sql, why]) =>
    Effect.gen(function* () {
      const { folder, path } = yield* changed(sql)
      const error = yield* Effect.flip(queryGeneSummary(path, () => assert.fail("it was asked")))
      assert.include(error.message, why)
      const root = yield* openBuildRoot(folder)
      for (const { problems } of [yield* validate(root, id), yield* verify(root, id, { deep: true, remake })])
        assert.isTrue(problems.some(({ name, message }) => name === "database-unreadable" && message.includes(why)))
    })
  )
})
