/** The rows of gff3-rows.ts, each through ingest in strict mode. */
import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type CorpusRow, decide } from "./decision.ts"
import { illegal, legal, told } from "./gff3-rows.ts"

const named = (table: ReadonlyArray<CorpusRow>) => table.map((entry) => [entry.rule, entry] as const)

describe("ingest refuses", () => {
  it.effect.each(named(illegal))("%s", ([, entry]) =>
    Effect.gen(function* () {
      const { code, refused, root } = yield* decide(entry)
      assert.deepStrictEqual([code, refused, fs.existsSync(root)], [1, entry.refused, false])
    })
  )
})

describe("ingest takes", () => {
  it.effect.each(named(told))("and tells %s", ([, entry]) =>
    Effect.gen(function* () {
      const { code, refused, findings } = yield* decide(entry)
      assert.deepStrictEqual([code, refused, findings], [0, [], entry.findings])
    })
  )

  it.effect.each(named(legal))("without a word %s", ([, entry]) =>
    Effect.gen(function* () {
      const { code, refused, findings } = yield* decide(entry)
      assert.deepStrictEqual([code, refused, findings], [0, [], []])
    })
  )
})
