/** Tasks that are tried again, and what is kept of their attempts. */
import { existsSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { Tree } from "../../src/report/Tree.ts"
import { telling } from "../report/sample.ts"
import { Busy, type Gated, gated } from "./gated.ts"
import { workshop } from "./workshop.ts"

const failing = (times: number, how: () => Busy | void) => {
  let left = times
  return () => (left-- > 0 ? how() : undefined)
}
const breaks = (): never => {
  throw new Error("the line went down")
}
const busy = (): Busy => new Busy({ message: "it was busy" })

const attempts = (lab: Gated) => lab.finished().map(({ task, outcome, attempts = [] }) => [task, outcome, attempts.map(({ code }) => code)])

describe("110: a failure among 1,000 targets", () => {
  it.live(
    "is told alone, with the others' count, and all others are there",
    () =>
      Effect.gen(function* () {
        const lab = yield* gated
        const names = Array.from({ length: 1000 }, (_, i) => `t${i}`)
        const targets = Object.fromEntries(names.map((name) => [name, {}]))
        yield* lab.run({ targets }, { jobs: 4 }, (target) => (target === "t500" ? breaks() : undefined))
        const order = "project" as const
        const tree = new Tree({
          ...telling,
          tasks: names.map((target) => ({ task: `${target}:work`, target })),
          order,
          width: 80,
          quiet: true
        })
        const lines = [...lab.events.flatMap((event) => tree.tell(event)), ...tree.close()]
        assert.deepStrictEqual(
          lines.filter((line) => line.startsWith("✗")),
          ["✗ t500:work"]
        )
        const last = lab.events.at(-1)
        assert.deepStrictEqual(last?.event === "run-finished" ? [last.counts.executed, last.counts.failed, last.exit] : [], [999, 1, 1])
        assert.lengthOf(lab.traces(), 999)
      }),
    120_000
  )
})

describe("109: what failed, run again", () => {
  it.live("takes the producer too where a check's input moved, and tells a failing check again where nothing did", () =>
    Effect.gen(function* () {
      const shop = yield* workshop("short1")
      const how = { gates: "none", beside: "other.txt" } as const
      shop.write("other.txt", "fine")
      assert.strictEqual((yield* shop.run(how)).exit, 1)
      const again = yield* shop.run(how, { select: ["@failed"] })
      assert.deepStrictEqual([again.exit, again.began, again.outcomes], [1, [], ["read fresh", "read:look fresh"]])
      assert.strictEqual(again.verdict, "failed")
      shop.write("text.txt", "fine")
      const mended = yield* shop.run(how, { select: ["@failed"] })
      assert.deepStrictEqual([mended.exit, mended.began], [0, ["read", "read:look"]], "and neither what is beside it nor what comes after")
      const rest = yield* shop.run(how)
      assert.deepStrictEqual([rest.exit, rest.began], [0, ["use"]])
    })
  )
  it.live("is what broke, and with a plus what that blocked; nothing where nothing failed", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      const both = { targets: { a: {}, b: {} }, use: true }
      yield* lab.run(both, {}, (target) => (target === "a" ? breaks() : undefined))
      const { finished } = yield* lab.run(both, { select: ["@failed+"] })
      assert.deepStrictEqual([finished.counts.executed, finished.counts.fresh], [2, 0])
      const none = yield* lab.run(both, { select: ["@failed"] })
      assert.deepStrictEqual([none.finished.exit, none.tasks], [0, []])
    })
  )
})

describe("a task that is to be tried again", () => {
  it.live("102: a flaky stage succeeds at its third attempt, tells the first two, and only that is recorded", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      const flaky = { targets: { a: { retry: { times: 2 } } } }
      const left: Array<boolean> = []
      const { finished } = yield* lab.run(flaky, {}, (_, seen) => {
        left.push(seen.left)
        if (left.length < 3) breaks()
      })
      assert.strictEqual(finished.exit, 0)
      assert.deepStrictEqual(attempts(lab), [["a:work", "executed", ["TASK_DEFECT", "TASK_DEFECT"]]])
      assert.deepStrictEqual(left, [false, false, false], "each attempt writes to an empty place")
      const [told] = lab.finished()
      assert.include(told?.attempts?.[0]?.message, "the line went down")
      const logged = lab.events.flatMap((event) => (event.event === "task-log" ? [event.message.slice(0, 24)] : []))
      assert.deepStrictEqual(logged, ["attempt 1 of 3 failed: T", "attempt 2 of 3 failed: T"])
      assert.isFalse(existsSync(lab.at(".atlas/scratch")))
      assert.strictEqual((yield* lab.run(flaky)).finished.counts.fresh, 1)
      assert.isUndefined(lab.finished().at(-1)?.attempts, "what is fresh had no attempts")
    })
  )
  it.live("fails after its last attempt, is not remembered, and begins anew in the next run", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      const flaky = { targets: { a: { retry: { times: 1 } }, b: {} } }
      const broken = (target: string): void => (target === "a" ? breaks() : undefined)
      assert.strictEqual((yield* lab.run(flaky, {}, broken)).finished.exit, 1)
      assert.deepStrictEqual(attempts(lab), [
        ["a:work", "failed", ["TASK_DEFECT"]],
        ["b:work", "executed", []]
      ])
      assert.deepStrictEqual(lab.began, ["a", "a", "b"])
      assert.lengthOf(lab.traces(), 1)
      yield* lab.run(flaky)
      assert.deepStrictEqual(lab.began.slice(3), ["a"])
    })
  )
  it.live("keeps only the findings of the attempt that succeeded", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      lab.write("text.txt", "one two")
      const failOnce = failing(1, breaks)
      yield* lab.run({ targets: { a: {} }, look: { retry: { times: 1 } } }, {}, (target) => (target === "a:look" ? failOnce() : undefined))
      const look = lab.finished().find(({ check }) => check === "look")
      assert.deepStrictEqual([look?.outcome, look?.attempts?.length, look?.findings.map(({ at }) => at)], ["executed", 1, ["one", "two"]])
    })
  )
  it.live("is not, after an error that it declares, unless it names its code", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      yield* lab.run({ targets: { a: { retry: { times: 3 } } } }, {}, failing(1, busy))
      assert.deepStrictEqual(attempts(lab), [["a:work", "failed", []]])
      yield* lab.run({ targets: { a: { retry: { times: 3, on: ["BUSY"] } } } }, {}, failing(2, busy))
      assert.deepStrictEqual(attempts(lab).slice(1), [["a:work", "executed", ["BUSY", "BUSY"]]])
      lab.write("text.txt", "other")
      yield* lab.run({ targets: { a: { retry: { times: 3, on: ["BUSY"] } } } }, {}, failing(1, breaks))
      assert.deepStrictEqual(attempts(lab).slice(2), [["a:work", "failed", []]], "other codes are not named")
    })
  )
  it.live("is not, when an input moved meanwhile, unless it says so; then it works on what is there now", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      const edit = () => lab.write("text.txt", "quite other words")
      yield* lab.run({ targets: { a: { retry: { times: 2 } } } }, {}, failing(1, edit))
      assert.deepStrictEqual(attempts(lab), [["a:work", "tainted", []]])
      lab.write("text.txt", "words again")
      const again = { targets: { a: { retry: { times: 2, on: ["TASK_TAINTED"] } } } }
      yield* lab.run(again, {}, failing(1, edit))
      assert.deepStrictEqual(attempts(lab).slice(1), [["a:work", "executed", ["TASK_TAINTED"]]])
      assert.strictEqual((yield* lab.run(again)).finished.counts.fresh, 1, "its rows are those of the second attempt")
    })
  )
  it.live("is not, once the run was interrupted", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      const second = yield* Deferred.make<void>()
      let attempt = 0
      const run = yield* Effect.forkChild(
        lab.run({ targets: { a: { retry: { times: 9 } } } }, {}, () => {
          if (++attempt === 1) breaks()
          Deferred.doneUnsafe(second, Effect.void)
          return new Promise<void>(() => {})
        })
      )
      yield* Deferred.await(second)
      yield* Fiber.interrupt(run)
      assert.deepStrictEqual(lab.began, ["a", "a"])
      assert.deepStrictEqual(attempts(lab), [["a:work", "cancelled", []]])
      assert.deepStrictEqual(lab.traces(), [])
    })
  )
  it.live("is not, after another failed with --fail-fast; what waits for its turn is cancelled", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      const together = yield* Deferred.make<void>()
      const targets = { a: { retry: { times: 9 } }, b: {}, c: { mutex: "m" }, d: { mutex: "m" } }
      const { finished } = yield* lab.run({ targets }, { jobs: 4, failFast: true }, async (target) => {
        if (lab.began.length === 3) Deferred.doneUnsafe(together, Effect.void)
        await Effect.runPromise(Deferred.await(together))
        if (target === "c") return
        // the failure of b is settled by then: it ended in an earlier turn
        if (target === "a") for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
        breaks()
      })
      assert.strictEqual(finished.exit, 1)
      assert.deepStrictEqual([...attempts(lab)].sort(), [
        ["a:work", "failed", []],
        ["b:work", "failed", []],
        ["c:work", "executed", []],
        ["d:work", "cancelled", []]
      ])
    })
  )
})
