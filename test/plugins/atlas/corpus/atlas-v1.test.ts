/** The rows of atlas-v1-rows.ts, each through ingest, strict and lenient. */
import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { documentOf, file, placesOf, runHere, scratch } from "../cli/program.ts"
import { type AtlasV1Row, genome, index, rules, taken } from "./atlas-v1-rows.ts"
import { ingestWords, soundGff3 } from "./decision.ts"

const decide = ({ gff3, fai, flags = [] }: Pick<AtlasV1Row, "gff3" | "fai" | "flags">, strictness: "strict" | "lenient") =>
  Effect.gen(function* () {
    const root = join(scratch(), "build")
    const at = fai === null ? undefined : file("a.fai", fai ?? index)
    const words = ingestWords(file("a.gff3", gff3 ?? soundGff3), file("a.fa", genome), at, root)
    const ended = yield* runHere([...words, "--ruleset", "atlas-v1", "--strictness", strictness, ...flags])
    const document = documentOf("dataset-ingest/1", ended)
    return { code: ended.code, refused: document.ok ? [] : placesOf(document), rejected: document.ok ? document.rejected : {}, root }
  })

describe("ingest by the rules of atlas-v1", () => {
  it.effect.each(rules.map((entry) => [entry.rule, entry] as const))("refuses %s, where strict", ([, entry]) =>
    Effect.gen(function* () {
      const { code, refused, root } = yield* decide(entry, "strict")
      assert.deepStrictEqual([code, refused, fs.existsSync(root)], [1, [entry.strict], false])
    })
  )

  it.effect.each(rules.map((entry) => [entry.rule, entry] as const))("leaves out, or refuses still, %s, where lenient", ([, entry]) =>
    Effect.gen(function* () {
      const { code, refused, rejected, root } = yield* decide(entry, "lenient")
      if (typeof entry.lenient === "string") assert.deepStrictEqual([code, refused, fs.existsSync(root)], [1, [entry.lenient], false])
      else assert.deepStrictEqual([code, refused, rejected], [0, [], entry.lenient])
    })
  )

  it.effect.each(taken)("takes %s", ([, gff3, expected]) =>
    Effect.gen(function* () {
      const { code, refused, rejected } = yield* decide({ gff3 }, "strict")
      assert.deepStrictEqual([code, refused, rejected], [0, [], expected])
    })
  )
})
