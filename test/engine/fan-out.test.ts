import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import type { RunEvent } from "../../src/domain/RunDocuments.ts"
import { fanOutLab } from "./fan-out-lab.ts"

const tasksOf = (began: ReadonlyArray<string>, stage: string) => began.filter((task) => task.startsWith(`${stage}@`))

describe("a fan-out by content", () => {
  it.live("79: is planned as pending until its source has run, runs one task an item then, and is fresh after that", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "one", y: "two" })
      assert.deepStrictEqual(yield* lab.plan(), ["split stale", "count pending", "grade pending", "gather stale"])
      const first = yield* lab.run()
      assert.strictEqual(first.exit, 0)
      assert.deepStrictEqual(first.began, ["count@x", "count@y", "gather", "grade@x", "grade@y", "split"])
      assert.strictEqual(lab.read(".atlas/outputs/a/gather/all"), "x=x one\ny=y two\nx=x::x one\ny=y::y two")
      assert.deepStrictEqual(yield* lab.plan(), [
        "split fresh",
        "count@x fresh",
        "count@y fresh",
        "grade@x fresh",
        "grade@y fresh",
        "gather fresh"
      ])
      const again = yield* lab.run()
      assert.deepStrictEqual(again.began, [])
      assert.strictEqual(again.counts["fresh"], 6)
    })
  )

  it.live("78: an item that comes runs its tasks alone, and what gathers them", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "one", y: "two" })
      yield* lab.run()
      lab.write({ w: "none", x: "one", y: "two" })
      const ran = yield* lab.run()
      assert.deepStrictEqual(ran.began, ["count@w", "gather", "grade@w", "split"])
      assert.deepStrictEqual(ran.outcomes, [
        "count@w executed",
        "count@x fresh",
        "count@y fresh",
        "gather executed",
        "grade@w executed",
        "grade@x fresh",
        "grade@y fresh",
        "split executed"
      ])
    })
  )

  it.live("an item that goes leaves its outputs behind, and what gathers them runs again", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "one", y: "two" })
      yield* lab.run()
      lab.write({ x: "one" })
      const ran = yield* lab.run()
      assert.deepStrictEqual(ran.began, ["gather", "split"])
      assert.strictEqual(lab.read(".atlas/outputs/a/gather/all"), "x=x one\nx=x::x one")
      assert.strictEqual(lab.read("build/a/y.count"), "y two")
      const { orphans } = yield* (yield* lab.open()).gc({ dryRun: true })
      assert.deepStrictEqual(
        orphans.flatMap(({ task, outputs }) => [task, ...outputs.map(({ path, state }) => `${path} ${state}`)]),
        ["a:count@y", "build/a/y.count present", "a:grade@y"]
      )
    })
  )

  it.live("an item that changes runs alone; one whose result stays the same stops there", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "one", y: "two" })
      yield* lab.run()
      lab.write({ x: "one more", y: "two" })
      assert.deepStrictEqual((yield* lab.run()).began, ["count@x", "grade@x", "split"])
      lab.write({ x: "other", y: "two" })
      assert.deepStrictEqual((yield* lab.run()).began, ["count@x", "gather", "grade@x", "split"])
    })
  )

  it.live("the other outputs of its source are needs of their own", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "one", y: "two" })
      yield* lab.run()
      lab.write({ "#": "title", x: "one", y: "two" })
      assert.deepStrictEqual((yield* lab.run()).began, ["gather", "grade@x", "grade@y", "split"])
    })
  )

  it.live("may be empty: what gathers it runs on none", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({})
      const ran = yield* lab.run()
      assert.deepStrictEqual(ran.outcomes, ["gather executed", "split executed"])
      assert.deepStrictEqual((yield* lab.run()).began, [])
      lab.write({ x: "one" })
      assert.deepStrictEqual((yield* lab.run()).began, ["count@x", "gather", "grade@x", "split"])
      lab.write({})
      assert.deepStrictEqual((yield* lab.run()).began, ["gather", "split"])
    })
  )

  it.live("its items may be folders, and go by their content", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "one", y: "two" })
      const ran = yield* lab.run({ kind: "folder" })
      // count reads its item as a file
      assert.deepStrictEqual(tasksOf(ran.began, "count"), ["count@x", "count@y"])
      assert.deepStrictEqual(ran.codes, ["TASK_DEFECT", "TASK_DEFECT"])
      assert.isTrue(ran.outcomes.includes("gather blocked"))
    })
  )
})

describe("a run of a fan-out", () => {
  const finishedOnce = (events: ReadonlyArray<{ readonly event: string; readonly task?: string }>) => {
    const finished = events.flatMap(({ event, task }) => (event === "task-finished" ? [task as string] : []))
    assert.strictEqual(new Set(finished).size, finished.length)
    assert.strictEqual(events.filter(({ event }) => event === "run-started").length, 1)
    assert.strictEqual(events.at(-1)?.event, "run-finished")
    assert.strictEqual(events.filter(({ event }) => event === "run-finished").length, 1)
  }

  it.live("whose source fails is blocked as a whole, also where its items were known once, and goes on elsewhere", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "fail" })
      lab.write({ y: "two" }, "b")
      const how = { targets: ["a", "b"] }
      const ran = yield* lab.run(how)
      assert.strictEqual(ran.exit, 1)
      assert.deepStrictEqual(ran.outcomes, [
        "b:count@y executed",
        "b:gather executed",
        "b:grade@y executed",
        "b:split executed",
        "count blocked",
        "gather blocked",
        "grade blocked",
        "split failed"
      ])
      finishedOnce(ran.events)
      lab.write({ x: "one" })
      yield* lab.run(how)
      lab.write({ x: "fail" })
      assert.deepStrictEqual(
        (yield* lab.run(how)).outcomes.filter((one) => !one.startsWith("b:")),
        ["count@x blocked", "gather blocked", "grade@x blocked", "split failed"]
      )
    })
  )

  it.live("executes no item that its source does not make any more", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "one", y: "two" })
      yield* lab.run()
      lab.write({ y: "three", z: "four" })
      // known of old: y and x, both may be asked for
      assert.deepStrictEqual(yield* lab.plan(), [
        "split stale",
        "count@x pending",
        "count@y pending",
        "grade@x pending",
        "grade@y pending",
        "gather pending"
      ])
      const ran = yield* lab.run()
      assert.deepStrictEqual(ran.began, ["count@y", "count@z", "gather", "grade@y", "grade@z", "split"])
      finishedOnce(ran.events)
    })
  )

  it.live("runs what is selected: all items by the stage, one by its name, and none that comes beside a named one", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "one", y: "two" })
      const byStage = yield* lab.run({}, { select: [":count"] })
      assert.deepStrictEqual(byStage.began, ["count@x", "count@y", "split"])
      finishedOnce(byStage.events)
      lab.write({ w: "none", x: "changed", y: "two" })
      const byName = yield* lab.run({}, { select: [":count@x"] })
      assert.deepStrictEqual(byName.outcomes, ["count@x executed", "split executed"])
      finishedOnce(byName.events)
      lab.write({ w: "none", v: "more" })
      const gone = yield* lab.run({}, { select: ["a:count@x"] })
      assert.deepStrictEqual(gone.outcomes, ["split executed"])
      const excluding = yield* lab.run({}, { select: [":count", "-:count@v"] })
      assert.deepStrictEqual(excluding.outcomes, ["count@w executed", "split fresh"])
    })
  )

  it.live("forces items that come while it runs, where their fan-out is forced", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "one", y: "two" })
      yield* lab.run()
      lab.write({ x: "one", z: "three" })
      const ran = yield* lab.run({}, { force: [":count"] })
      assert.deepStrictEqual(ran.began, ["count@x", "count@z", "gather", "grade@z", "split"])
      const causes = ran.events.flatMap((event) => (event.event === "task-started" && event.task === "a:count@z" ? event.causes : []))
      assert.deepStrictEqual(causes.map(({ kind }) => kind).sort(), ["forced", "never-run"])
    })
  )

  it.live("starts nothing new after a failure if so asked, and tells of each task once", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "refuse", y: "two", z: "three" })
      lab.write({ y: "two" }, "b")
      const ran = yield* lab.run({ targets: ["a", "b"] }, { failFast: true, jobs: 1 })
      assert.strictEqual(ran.exit, 1)
      finishedOnce(ran.events)
      assert.isTrue(ran.outcomes.includes("count@x failed"))
      assert.isAbove(ran.counts["cancelled"] ?? 0, 0)
      const healed = yield* lab.run({ targets: ["a", "b"] }, { jobs: 1 })
      assert.isTrue(healed.outcomes.includes("gather blocked"))
      finishedOnce(healed.events)
      // a source that made other items waits for its tasks to be known when another one fails
      lab.write({ v: "new" })
      lab.write({ y: "fail" }, "b")
      const stopped = yield* lab.run({ targets: ["a", "b"] }, { failFast: true, jobs: 1 })
      finishedOnce(stopped.events)
      assert.deepStrictEqual(stopped.began, ["b:split", "split"])
      assert.includeMembers([...stopped.outcomes], ["split executed", "b:split failed", "gather cancelled"])
    })
  )

  it.live("tells of each task once when it is interrupted, before and after its items are known", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "wait", y: "two" })
      const events: Array<RunEvent> = []
      const reached = yield* Deferred.make<void>()
      const running = yield* Effect.forkChild(
        lab.run({}, { events }, (task) => (task === "a:count@x" ? Deferred.doneUnsafe(reached, Effect.void) : undefined))
      )
      yield* Deferred.await(reached)
      yield* Fiber.interrupt(running)
      finishedOnce(events)
      const outcomes = events.flatMap((event) => (event.event === "task-finished" ? [`${event.task} ${event.outcome}`] : []))
      assert.includeMembers(outcomes, ["a:split executed", "a:count@x cancelled", "a:gather cancelled"])
      lab.write({ x: "one", y: "two" })
      assert.strictEqual((yield* lab.run()).exit, 0)
    })
  )

  it.live("judges checks on each item by themselves, and gates what gathers them", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "one", y: "short" })
      const first = yield* lab.run({ check: "gates" })
      assert.strictEqual(first.exit, 1)
      assert.includeMembers([...first.outcomes], ["count@x:short executed", "count@y:short executed", "gather blocked"])
      const again = yield* lab.run({ check: "gates" })
      assert.deepStrictEqual([again.exit, again.began], [1, []])
      lab.write({ x: "one", y: "long" })
      assert.deepStrictEqual((yield* lab.run({ check: "gates" })).began, ["count@y", "count@y:short", "gather", "grade@y", "split"])
      assert.deepStrictEqual(yield* lab.plan({ check: "gates" }, ["a:count@y"]), ["split fresh", "count@y fresh", "count@y:short fresh"])
    })
  )

  it.live("is refused where an item would write where another task writes, and runs when it would not", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      lab.write({ x: "one" })
      lab.write({ y: "two" }, "b")
      const how = { targets: ["a", "b"], places: { b: "a/x.count" } }
      const ran = yield* lab.run(how)
      assert.strictEqual(ran.exit, 1)
      assert.deepStrictEqual([...new Set(ran.codes)], ["ITEMS_REFUSED"])
      finishedOnce(ran.events)
      const message = ran.events.flatMap((event) =>
        event.event === "task-finished" && event.error !== undefined ? [event.error.message] : []
      )
      assert.include(message[0], "b:count@y writes build/a/x.count/y.count inside build/a/x.count of a:count@x")
      assert.isTrue((yield* lab.plan(how)).some((one) => one.endsWith("count blocked")))
      lab.write({}, "b")
      assert.strictEqual((yield* lab.run(how)).exit, 0)
      assert.deepStrictEqual((yield* lab.run(how)).began, [])
    })
  )

  it.live("keeps every name of a file apart in ids, and gives it back as it is", () =>
    Effect.gen(function* () {
      const lab = yield* fanOutLab
      const names = ["HLA*01:01", "a%b", "a%25b", "x@y", "-x", "é", "__proto__", "a+", "#h", "a=b"]
      lab.write(Object.fromEntries(names.map((name) => [name, "one"])))
      const ran = yield* lab.run()
      assert.strictEqual(ran.exit, 0)
      assert.strictEqual(ran.counts["executed"], 2 + 2 * names.length)
      for (const name of names) assert.strictEqual(lab.read(`build/a/${name}.count`), `${name} one`)
      assert.include(lab.read(".atlas/outputs/a/gather/all"), "__proto__=__proto__ one")
      assert.deepStrictEqual((yield* lab.run()).began, [])
    })
  )

  it.live(
    "has two thousand items",
    () =>
      Effect.gen(function* () {
        const lab = yield* fanOutLab
        const parts = Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`c${n}`, `t${n}`]))
        lab.write(parts)
        const select = [":count"]
        const ran = yield* lab.run({}, { select })
        assert.strictEqual(ran.counts["executed"], 2001)
        lab.write({ ...parts, c7: "other", more: "one" })
        assert.deepStrictEqual((yield* lab.run({}, { select })).began, ["count@c7", "count@more", "split"])
      }),
    240_000
  )
})
