/** What runs do to a shared place that one of their tasks owns. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { CellObservation } from "../../src/domain/TaskDocument.ts"
import { type Arranged, type Workshop, workshop } from "./workshop.ts"
import { bell } from "./workshop-stages.ts"

const place = "store/cell.json"
const there = (lab: Workshop): CellObservation => JSON.parse(readFileSync(lab.at(place), "utf8")) as CellObservation
const puts = (lab: Workshop, live: CellObservation): void => {
  mkdirSync(lab.at("store"), { recursive: true })
  lab.write(place, JSON.stringify(live))
}
const last = ({ outcomes }: { readonly outcomes: ReadonlyArray<string> }) => outcomes.at(-1)

describe("what was seen of a cell that is as desired", () => {
  it.live("stands while its witnesses do, whatever else of the project changes", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      yield* lab.rest()
      const { asked, ran } = yield* lab.asking({ gates: "default", severity: { odd: "error" } })
      assert.deepStrictEqual([asked, ran.began, last(ran)], [0, ["read:look"], "share fresh"])
    })
  )

  it.live("is asked for again where a witness moved", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      yield* lab.rest()
      puts(lab, { state: "present", value: "theirs" })
      const { asked, ran } = yield* lab.asking()
      assert.deepStrictEqual([asked, last(ran)], [1, "share drifted"])
    })
  )

  it.live("is asked for again where another value is desired", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("one")
      yield* lab.run()
      yield* lab.rest()
      lab.write("text.txt", "two")
      const { asked, ran } = yield* lab.asking()
      assert.deepStrictEqual([asked, last(ran), there(lab)], [1, "share executed", { state: "present", value: "used two" }])
    })
  )

  it.live("is asked for again by a run that trusts no times, and by verify", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      yield* lab.rest()
      assert.strictEqual((yield* lab.asking({}, { paranoid: true })).asked, 1)
      let asked = 0
      bell.looked = () => asked++
      yield* Effect.flatMap(lab.open(), (session) => session.verify({}, () => {}))
      assert.strictEqual(asked, 1)
    })
  )

  it.live("is asked for again where the task is forced", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      yield* lab.rest()
      const { asked, ran } = yield* lab.asking({}, { force: [":share"] })
      assert.deepStrictEqual([asked, last(ran)], [1, "share executed"])
    })
  )
})

describe("the owner of a cell", () => {
  it.live("is fresh where live is desired, with or without a record", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      rmSync(lab.at(".atlas"), { recursive: true })
      const ran = yield* lab.run()
      assert.deepStrictEqual([ran.began, last(ran)], [["read", "use"], "share fresh"])
    })
  )

  it.live("moves what it brought about itself, and is told what it swaps for what", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("one")
      yield* lab.run()
      lab.write("text.txt", "two")
      assert.strictEqual(last(yield* lab.run()), "share executed")
      assert.deepStrictEqual(JSON.parse(readFileSync(lab.at("store/swapped.json"), "utf8")), {
        desired: "used two",
        live: { state: "present", value: "used one" }
      })
    })
  )

  it.live("never overwrites what someone else changed, unless it is forced", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("one")
      yield* lab.run()
      const theirs: CellObservation = { state: "present", value: "theirs" }
      puts(lab, theirs)
      lab.write("text.txt", "two")
      const ran = yield* lab.run()
      assert.deepStrictEqual([ran.exit, ran.codes, last(ran), there(lab)], [1, ["CELL_DRIFTED"], "share drifted", theirs])
      const forced = yield* lab.run({}, { force: [":share"] })
      assert.deepStrictEqual([forced.exit, last(forced), there(lab)], [0, "share executed", { state: "present", value: "used two" }])
    })
  )

  it.live("overwrites nothing that it never applied, though it has no record", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      puts(lab, { state: "present", value: "theirs" })
      const ran = yield* lab.run()
      assert.deepStrictEqual([ran.exit, last(ran), there(lab)], [1, "share drifted", { state: "present", value: "theirs" }])
    })
  )

  it.live("changed by someone else is found by verify, as a damaged output is", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      const verified = Effect.flatMap(lab.open(), (session) => session.verify({}, () => {}))
      assert.deepStrictEqual((yield* verified).damage, [])
      puts(lab, { state: "present", value: "theirs" })
      const line = ".atlas/outputs/a/read/line"
      lab.write(line, "altered")
      const { ok, damage } = yield* verified
      assert.deepStrictEqual(
        [ok, damage.map(({ task, path }) => [task, path])],
        [
          false,
          [
            ["a:read", line],
            ["a:share", "store/cell"]
          ]
        ]
      )
    })
  )

  it.live("leaves what is damaged as it is", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      puts(lab, { state: "damaged", value: null, problems: [{ path: "store/part", message: "is gone" }] })
      const ran = yield* lab.run()
      assert.deepStrictEqual([ran.exit, ran.codes, last(ran), there(lab).state], [1, ["CELL_DRIFTED"], "share drifted", "damaged"])
    })
  )

  it.live("respects what was retired on purpose", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      puts(lab, { state: "retired", by: "ann", at: "2026-05-01" })
      const ran = yield* lab.run()
      assert.deepStrictEqual([ran.exit, ran.began, last(ran), there(lab).state], [0, [], "share held", "retired"])
    })
  )

  it.live("brings about again what is gone, by executing: a cell is never restored from the cache", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run({}, { cache: true })
      rmSync(lab.at("store"), { recursive: true })
      rmSync(lab.at(".atlas/outputs"), { recursive: true })
      const ran = yield* lab.run({}, { cache: true })
      assert.deepStrictEqual([ran.began, ran.outcomes], [["share"], ["read restored", "use restored", "share executed"]])
      assert.deepStrictEqual(there(lab), { state: "present", value: "used one" })
    })
  )
})

describe("the owner of a cell that never changes", () => {
  const immutable: Arranged = { immutable: true }
  for (const [name, force] of [
    ["another value in it", []],
    ["another value in it, also if it is forced", [":keep"]]
  ] as const)
    it.live(`is refused ${name}, without being asked`, () =>
      Effect.gen(function* () {
        const lab = yield* workshop("one")
        yield* lab.run(immutable)
        rmSync(lab.at("store/swapped.json"))
        lab.write("text.txt", "two")
        assert.strictEqual((yield* lab.plan(immutable)).at(-1), "keep pending")
        const ran = yield* lab.run(immutable, { force })
        assert.deepStrictEqual([ran.exit, ran.codes, ran.began], [1, ["PUBLISH_CONFLICT"], ["read", "use"]])
        assert.deepStrictEqual(there(lab), { state: "present", value: "used one" })
        assert.isFalse(existsSync(lab.at("store/swapped.json")))
      })
    )
})
