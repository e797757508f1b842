/** Who starts when: cores, memory, mutexes and the longest path first, with tasks that end when the test says so. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { Resources } from "atlas-run/plugin"
import { ConfigInvalid } from "../../src/domain/EngineErrors.ts"
import { machineMemoryMiB } from "../../src/engine/run/Resources.ts"
import { openMeasurements } from "../../src/ports/Measurements.ts"
import { Random, seeds } from "../core/simulation/Random.ts"
import { type Gated, gated } from "./gated.ts"

/** Notes, as if the tasks had run before. */
const measured = (lab: Gated, took: Readonly<Record<string, { readonly ms: number; readonly peakMiB: number | null }>>) => {
  const kept = openMeasurements(lab.at(".atlas"))
  for (const [target, figures] of Object.entries(took)) kept.note({ task: `${target}:work`, definition: "work" }, figures)
  kept.save()
}

const exitOf = <E>(fiber: Fiber.Fiber<{ readonly finished: { readonly exit: number } }, E>) =>
  Effect.map(Fiber.join(fiber), ({ finished }) => finished.exit)

describe("tasks that run at one time", () => {
  it.live("114: of three that want 4 GB each, two run in 8 GB, and what wants none passes", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      const four: Resources = { memory: 4096 }
      const run = yield* Effect.forkChild(lab.hold({ targets: { a: four, b: four, c: four, d: {} } }, { jobs: 8, memoryMiB: 8192 }))
      yield* lab.until("a", "b", "d")
      assert.deepStrictEqual([...lab.running].sort(), ["a", "b", "d"])
      lab.release("a")
      yield* lab.until("c")
      lab.release("b", "c", "d")
      assert.strictEqual(yield* exitOf(run), 0)
    })
  )
  it.live("116: share no mutex, while others go on", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      const targets = { a: { mutex: "db" }, b: { mutex: ["net", "db"] }, c: { mutex: "net" }, d: {} }
      const run = yield* Effect.forkChild(lab.hold({ targets }, { jobs: 8 }))
      yield* lab.until("a", "d")
      assert.deepStrictEqual([...lab.running].sort(), ["a", "d"])
      lab.release("a")
      yield* lab.until("b")
      assert.isFalse(lab.running.has("c"))
      lab.release("b")
      yield* lab.until("c")
      lab.release("c", "d")
      assert.strictEqual(yield* exitOf(run), 0)
    })
  )
  it.live("use no more cores than --jobs, and one that wants more runs alone", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      const run = yield* Effect.forkChild(lab.hold({ targets: { a: { cpu: 2 }, b: { cpu: 64 }, c: {}, d: { cpu: 2 } } }, { jobs: 3 }))
      yield* lab.until("a")
      assert.deepStrictEqual([...lab.running], ["a"])
      lab.release("a")
      yield* lab.until("b")
      assert.deepStrictEqual([...lab.running], ["b"])
      lab.release("b")
      yield* lab.until("c", "d")
      lab.release("c", "d")
      assert.strictEqual(yield* exitOf(run), 0)
    })
  )
  it.live("leave room for what was measured to need more than it declares, or declares nothing", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      measured(lab, { a: { ms: 5000, peakMiB: 4000 }, b: { ms: 5000, peakMiB: 4000 }, c: { ms: 5000, peakMiB: 4000 } })
      const targets = { a: {}, b: { memory: 64 }, c: {}, d: { memory: 64 } }
      const run = yield* Effect.forkChild(lab.hold({ targets }, { jobs: 8, memoryMiB: 10_100 }))
      yield* lab.until("a", "b", "d")
      assert.deepStrictEqual([...lab.running].sort(), ["a", "b", "d"], "5,000 and 4,000, and 64 beside the 5,000 that wait")
      lab.release("a", "b")
      yield* lab.until("c")
      lab.release("c", "d")
      assert.strictEqual(yield* exitOf(run), 0)
    })
  )
  it.live("may fill memory to the last MiB, and what is known to need more than there is runs all the same", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      measured(lab, { a: { ms: 5000, peakMiB: 100_000 } })
      const run = yield* Effect.forkChild(lab.hold({ targets: { a: {} } }, { jobs: 8, memoryMiB: 100 }))
      yield* lab.until("a")
      lab.release("a")
      assert.strictEqual(yield* exitOf(run), 0)
    })
  )
})

describe("115: a stage that declares more memory than there is", () => {
  it.live("is told with both figures before anything runs", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      const targets = { a: {}, b: { memory: machineMemoryMiB() + 1 } }
      const refused = yield* Effect.flip(lab.run({ targets }))
      assert.instanceOf(refused, ConfigInvalid)
      const [problem] = (refused as ConfigInvalid).problems
      assert.strictEqual(problem?.code, "CONFIG_RESOURCES")
      const figure = (n: number): string => n.toLocaleString("en")
      assert.include(problem?.message, `work declares ${figure(machineMemoryMiB() + 1)} MiB for b:work`)
      assert.include(problem?.message, `${figure(machineMemoryMiB())} MiB for tasks (--memory)`)
      assert.match(problem?.where?.path ?? "", /gated\.ts$/)
      assert.deepStrictEqual([lab.began, lab.events], [[], []])
    })
  )
  it.live("runs with a budget that it fits into, and is of no concern where it is not selected", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      const targets = { a: {}, b: { memory: machineMemoryMiB() + 1 } }
      assert.strictEqual((yield* lab.run({ targets }, { select: ["a"] })).finished.exit, 0)
      const { finished } = yield* lab.run({ targets }, { memoryMiB: machineMemoryMiB() + 1 })
      assert.strictEqual(finished.exit, 0)
      assert.instanceOf(yield* Effect.flip(lab.run({ targets })), ConfigInvalid)
    })
  )
})

describe("what resources a task takes", () => {
  it.live("is no row: changing it runs nothing", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      assert.strictEqual((yield* lab.run({ targets: { a: {} } })).finished.counts.executed, 1)
      const resources: Resources = { cpu: 2, memory: 100, mutex: ["x", "y"], retry: { times: 3, on: ["BUSY"] }, timeoutMs: 1000 }
      assert.strictEqual((yield* lab.run({ targets: { a: resources } })).finished.counts.fresh, 1)
    })
  )
})

describe("the order of a run", () => {
  const both = { targets: { a: {}, b: {} }, use: true }
  const begun = (lab: Gated) => lab.events.flatMap((event) => (event.event === "task-started" ? [event.task] : []))

  it.live("is the declared one at first, and then begins with what took longest, with all that hangs on it", () =>
    Effect.gen(function* () {
      const lab = yield* gated
      yield* lab.run(both)
      assert.deepStrictEqual(begun(lab), ["a:work", "a:use", "b:work", "b:use"])
      measured(lab, { a: { ms: 2000, peakMiB: null }, b: { ms: 60_000, peakMiB: null } })
      lab.write("text.txt", "other words")
      lab.events.length = 0
      yield* lab.run(both)
      assert.deepStrictEqual(begun(lab).slice(0, 2), ["b:work", "a:work"])
    })
  )
  it.live("changes nothing of what comes of it, nor do the number of jobs and the memory there is", () =>
    Effect.gen(function* () {
      const names = ["a", "b", "c", "d"]
      const outputs: Array<unknown> = []
      for (const seed of seeds(6)) {
        const random = new Random(seed)
        const lab = yield* gated
        const targets = Object.fromEntries(
          names.map((name) => [name, { cpu: 1 + random.int(3), memory: 64 + random.int(100), mutex: random.chance(0.5) ? ["m"] : [] }])
        )
        measured(lab, Object.fromEntries(names.map((name) => [name, { ms: 1000 * random.int(50), peakMiB: random.int(2000) }])))
        const { finished } = yield* lab.run({ targets, use: true, look: {} }, { jobs: 1 + random.int(4), memoryMiB: 200 })
        const told = lab.finished().map(({ task, outcome, verdict, findings }) => ({ task, outcome, verdict, findings }))
        outputs.push({
          exit: finished.exit,
          told: told.sort((x, y) => (x.task < y.task ? -1 : 1)),
          files: names.map((name) => readFileSync(lab.at(`.atlas/outputs/${name}/use/used`), "utf8"))
        })
      }
      for (const output of outputs) assert.deepStrictEqual(output, outputs[0])
    })
  )
})
