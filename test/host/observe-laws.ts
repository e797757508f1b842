/** What a host tells of a cell. */
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { type Law, observe, wrote } from "./trial.ts"

export const observeLaws = (law: Law): void => {
  law(
    "what is desired and what is there",
    Effect.gen(function* () {
      const { observation, at } = yield* observe('{"state":"present","value":"size 4"}', (at) => ({ needs: wrote(at, "four") }))
      assert.deepStrictEqual(observation, {
        atlas: "observation/1",
        task: "a:share",
        errors: [],
        desired: "size 4",
        live: { state: "present", value: "size 4" },
        witnesses: [join(at, "store"), join(at, "store/cell.json")]
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
    "who changed it, where it is not what is desired and that is known",
    Effect.gen(function* () {
      const changed = { by: "ada", host: "node1", at: "2027-01-01T00:00:00.000Z" }
      const other = yield* observe('{"state":"present","value":"size 1"}', (at) => ({ needs: wrote(at, "four") }))
      assert.deepStrictEqual(other.observation.live, { state: "present", value: "size 1", changed })
      const open = yield* observe('{"state":"present","value":"size 1"}', () => ({}))
      assert.deepStrictEqual(open.observation.live, { state: "present", value: "size 1" })
      const damaged = yield* observe('{"state":"damaged","value":null,"problems":[]}', () => ({}))
      assert.deepStrictEqual(damaged.observation.live, { state: "damaged", value: null, problems: [] })
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
