/** Findings are evidence; verdicts are judged at every decision and run nothing. */
import { readFileSync } from "node:fs"
import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { type Arranged, workshop } from "./workshop.ts"

const gated: Arranged = { gates: "default" }
const shortIn = "a short line"
const waive = (at: string, until?: string, finding: "short" | "odd" = "short"): Arranged => ({
  ...gated,
  waive: [{ finding, at, ...(until === undefined ? {} : { until }) }]
})

describe("a failed verdict", () => {
  it.live("106: closes the nearest owners of cells and nothing else, and is told again without running", () =>
    Effect.gen(function* () {
      const lab = yield* workshop(shortIn)
      const first = yield* lab.run(gated)
      assert.deepStrictEqual([first.exit, first.verdict], [1, "failed"])
      assert.deepStrictEqual([...first.outcomes].sort(), ["read executed", "read:look executed", "share blocked", "use executed"])
      const second = yield* lab.run(gated)
      assert.deepStrictEqual([second.exit, second.verdict, second.began], [1, "failed", []])
      assert.deepStrictEqual([...second.outcomes].sort(), ["read fresh", "read:look fresh", "share blocked", "use fresh"])
    })
  )

  it.live("takes back nothing that is published, and still ends with 1", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("an odd line")
      assert.strictEqual((yield* lab.run(gated)).exit, 0)
      const published = readFileSync(lab.at("store/cell.json"), "utf8")
      const ran = yield* lab.run({ ...gated, severity: { odd: "error" } })
      assert.deepStrictEqual([ran.exit, ran.began, ran.verdict], [1, [], "failed"])
      assert.include(ran.outcomes, "share blocked")
      assert.strictEqual(readFileSync(lab.at("store/cell.json"), "utf8"), published)
    })
  )

  it.live("of a check without gates is advice: it blocks nothing, and still ends with 1", () =>
    Effect.gen(function* () {
      const lab = yield* workshop(shortIn)
      const ran = yield* lab.run({ gates: "none" })
      assert.deepStrictEqual([ran.exit, ran.verdict], [1, "failed"])
      assert.include(ran.outcomes, "share executed")
    })
  )
})

describe("a gate", () => {
  it.live("is no row: it comes, goes, and runs again while what it gates stays fresh", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      assert.deepStrictEqual((yield* lab.run(gated)).began, ["read:look"])
      const again = yield* lab.run(gated, { force: ["a:read:look"] })
      assert.deepStrictEqual([again.began, again.exit], [["read:look"], 0])
      assert.include(again.outcomes, "share fresh")
      const other: Arranged = { gates: "use" }
      assert.deepStrictEqual((yield* lab.run(other)).began, [])
      assert.deepStrictEqual((yield* lab.run(other, { force: ["a:read:look"] })).began, ["read:look"])
      assert.deepStrictEqual((yield* lab.run()).began, [])
    })
  )

  it.live("that may come to another verdict leaves what it gates pending", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      assert.deepStrictEqual([...(yield* lab.plan(gated))].sort(), ["read fresh", "read:look stale", "share pending", "use fresh"])
    })
  )

  it.live("of a check that broke is closed, and what broke is not remembered", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("a broken line")
      for (let time = 0; time < 2; time++) {
        const ran = yield* lab.run(gated)
        assert.deepStrictEqual([ran.exit, ran.codes, ran.began.includes("read:look")], [1, ["TASK_DEFECT"], true])
        assert.include(ran.outcomes, "share blocked")
      }
    })
  )
})

describe("severities and waivers", () => {
  it.live("are in no key: an edit of them runs nothing and changes the verdict", () =>
    Effect.gen(function* () {
      const lab = yield* workshop(shortIn)
      yield* lab.run({ gates: "none" })
      const verdicts: ReadonlyArray<readonly [Arranged, string]> = [
        [{ severity: { short: "warning" } }, "warned"],
        [{ waive: [{ finding: "short", at: "*" }] }, "waived"],
        [{}, "failed"]
      ]
      for (const [change, verdict] of verdicts) {
        const ran = yield* lab.run({ gates: "none", ...change })
        assert.deepStrictEqual([ran.began, ran.verdict, ran.exit], [[], verdict, verdict === "failed" ? 1 : 0])
      }
    })
  )

  it.live("waive one finding at one place, and warn where they fit nothing or ran out", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("a short-1 and short-2 line")
      yield* lab.run(gated)
      const judged = (how: Arranged, now = "2026-06-30") =>
        Effect.map(lab.run(how, { now }), ({ verdict, warnings }) => [verdict, ...warnings])
      assert.deepStrictEqual(yield* judged(waive("short-*")), ["waived"])
      assert.deepStrictEqual(yield* judged(waive("short-1")), ["failed"])
      assert.deepStrictEqual(yield* judged(waive("*", undefined, "odd")), ["failed", "a:read:look: waiver of odd at * matches nothing"])
      assert.deepStrictEqual(yield* judged(waive("*", "2026-06-30")), ["waived"])
      assert.deepStrictEqual(yield* judged(waive("*", "2026-06-29")), ["failed", "a:read:look: waiver of short at * ran out on 2026-06-29"])
    })
  )
})

describe("severities and waivers of a target", () => {
  it.live("of one check are not another's", () =>
    Effect.gen(function* () {
      const lab = yield* workshop(shortIn)
      const waived = yield* lab.run({ ...gated, peek: true, waive: [{ finding: "short", at: "*" }] })
      assert.deepStrictEqual(waived.verdicts, { look: "waived", peek: "failed" })
      const graded = yield* lab.run({ ...gated, peek: true, severity: { short: "warning" } })
      assert.deepStrictEqual(graded.verdicts, { look: "warned", peek: "failed" })
    })
  )
})

describe("the day of judgement", () => {
  afterEach(() => vi.useRealTimers())

  it.live("is one for all of a run, told at its beginning, though midnight passes", () =>
    Effect.gen(function* () {
      const lab = yield* workshop(shortIn)
      vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-06-30T23:59:59Z") })
      const ran = yield* lab.run(waive("*", "2026-06-30"), {}, () => vi.setSystemTime(new Date("2026-07-01T00:00:01Z")))
      const [started] = ran.events
      assert.strictEqual(started?.event === "run-started" ? started.now : "", "2026-06-30")
      assert.deepStrictEqual([ran.exit, ran.verdict], [0, "waived"])
      const next = yield* lab.run(waive("*", "2026-06-30"))
      assert.deepStrictEqual([next.exit, next.verdict], [1, "failed"])
    })
  )
})
