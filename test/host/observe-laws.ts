/** What a host tells of a cell. */
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { type Law, observe, wrote } from "./trial.ts"

export const observeLaws = (law: Law): void => {
  law(
    "what is desired and what is there",
    Effect.gen(function* () {
      const { observation } = yield* observe('{"state":"present","value":"size 1"}', (at) => ({ needs: wrote(at, "four") }))
      assert.deepStrictEqual(observation, {
        atlas: "observation/1",
        task: "a:share",
        errors: [],
        desired: "size 4",
        live: { state: "present", value: "size 1" }
      })
    })
  )

  law(
    "only what is there while the needs' outputs are not known",
    Effect.gen(function* () {
      const { observation } = yield* observe('{"state":"retired","by":"ada","at":"2027-01-01"}', () => ({}))
      assert.strictEqual(observation.desired, null)
      assert.deepStrictEqual(observation.live, { state: "retired", by: "ada", at: "2027-01-01" })
    })
  )

  law(
    "its failures as errors",
    Effect.gen(function* () {
      const { observation, at } = yield* observe("not JSON", () => ({}))
      assert.deepStrictEqual(
        observation.errors.map(({ code, where }) => [code, where?.path]),
        [["BAD_LINE", join(at, "store/cell.json")]]
      )
      assert.deepStrictEqual([observation.desired, observation.live], [null, null])
    })
  )

  law(
    "nothing of a stage without a cell",
    Effect.gen(function* () {
      const { observation } = yield* observe("", () => ({ definition: "write" }))
      assert.deepStrictEqual(
        observation.errors.map(({ code }) => code),
        ["TASK_LOST"]
      )
    })
  )
}
