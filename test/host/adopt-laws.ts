/** What a host makes of tasks whose results are there already. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { Host } from "../../src/ports/Host.ts"
import { taskDocument } from "./documents.ts"
import { asJson, folder, type Law } from "./trial.ts"

/** Has `id` proven with `made` where its output is to be. */
const prove = (id: string, made: string, own: Parameters<typeof taskDocument>[3] = {}) =>
  Effect.gen(function* () {
    const host = yield* Host
    const at = yield* folder
    const path = join(at, "final")
    writeFileSync(path, made)
    const document = taskDocument((yield* host.evaluate).project, id, at, { purpose: "adopt", ...own })
    const outputs = document.outputs.map((output) => (output.kind === "value" ? output : { ...output, path }))
    const result = yield* host.execute({ ...document, outputs }, () => {})
    assert.deepStrictEqual(result, asJson(result))
    assert.strictEqual(readFileSync(path, "utf8"), made)
    return result
  })

const codes = ({ errors }: { readonly errors: ReadonlyArray<{ readonly code: string }> }) => errors.map(({ code }) => code)

export const adoptLaws = (law: Law): void => {
  law(
    "by the stage's proof, which gives the values and writes nothing",
    Effect.gen(function* () {
      const result = yield* prove("a:write", "+abc\n")
      assert.deepStrictEqual([result.errors, result.values], [[], { size: "5" }])
    })
  )

  law(
    "not: with the error of the proof",
    Effect.gen(function* () {
      assert.deepStrictEqual(codes(yield* prove("a:write", "xyz\n")), ["BAD_LINE"])
    })
  )

  law(
    "not for stages and checks without a proof",
    Effect.gen(function* () {
      for (const id of ["a:elsewhere", "a:write:look"]) assert.deepStrictEqual(codes(yield* prove(id, "x")), ["ADOPT_REFUSED"])
    })
  )

  law(
    "of a cell on a person's word where there is no proof",
    Effect.gen(function* () {
      const cell = { desired: "size 4", live: { state: "present", value: "size 1" } } as const
      assert.deepStrictEqual(codes(yield* prove("a:share", "x", { cell })), [])
    })
  )
}
