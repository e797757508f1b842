/** What runs make of the decisions: what is run, what is written, how it ends. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import type { RunEvent } from "../../src/domain/RunDocuments.ts"
import { snapshot } from "../ports/workplace.ts"
import { type Arranged, workshop } from "./workshop.ts"

const fresh = ["read fresh", "use fresh", "share fresh"]

describe("a run", () => {
  it.live("runs what is stale, and then nothing", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      const first = yield* lab.run()
      assert.deepStrictEqual([first.exit, first.began], [0, ["read", "use", "share"]])
      const second = yield* lab.run()
      assert.deepStrictEqual([second.exit, second.began, second.outcomes], [0, [], fresh])
    })
  )

  it.live("36: is cut off where a stage that ran again gave the same, and goes on where it gave something else", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("one\n")
      yield* lab.run()
      lab.write("text.txt", "one\nand more")
      assert.deepStrictEqual(yield* lab.plan(), ["read stale", "use pending", "share pending"])
      assert.deepStrictEqual((yield* lab.run()).outcomes, ["read executed", "use fresh", "share fresh"])
      lab.write("text.txt", "two")
      assert.deepStrictEqual((yield* lab.run()).outcomes, ["read executed", "use executed", "share executed"])
    })
  )

  it.live("makes again what is gone or altered, though nothing that it depends on moved", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      const line = lab.at(".atlas/outputs/a/read/line")
      appendFileSync(line, "!")
      assert.deepStrictEqual((yield* lab.run()).outcomes, ["read executed", "use fresh", "share fresh"])
      rmSync(line)
      assert.deepStrictEqual((yield* lab.run()).outcomes, ["read executed", "use fresh", "share fresh"])
      assert.strictEqual(readFileSync(line, "utf8"), "one")
    })
  )

  it.live("4: of what is forced runs that alone, where it gives the same", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run({}, { cache: true })
      const forced = yield* lab.run({}, { cache: true, force: [":read"] })
      assert.deepStrictEqual([forced.began, forced.outcomes], [["read"], ["read executed", "use fresh", "share fresh"]])
    })
  )

  it.live("100, 108: blocks what needs a failed task, and remembers nothing of the failure", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("refuse")
      for (let time = 0; time < 2; time++) {
        const ran = yield* lab.run()
        assert.deepStrictEqual([ran.exit, ran.began, ran.codes], [1, ["read"], ["REFUSED"]])
        assert.deepStrictEqual(ran.outcomes, ["read failed", "use blocked", "share blocked"])
      }
    })
  )

  it.live("62: ends with 1 where nothing failed but a program is missing, and its task is blocked", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      const path = process.env["PATH"]
      process.env["PATH"] = lab.root
      const ran = yield* Effect.ensuring(
        lab.run(),
        Effect.sync(() => void (process.env["PATH"] = path))
      )
      assert.deepStrictEqual([ran.exit, ran.began, ran.outcomes], [1, [], ["read blocked", "use blocked", "share blocked"]])
    })
  )

  it.live(
    "ends a task that takes too long, which fails as such",
    () =>
      Effect.gen(function* () {
        const lab = yield* workshop("linger")
        const ran = yield* lab.run()
        assert.deepStrictEqual([ran.exit, ran.codes, ran.outcomes], [1, ["TASK_TIMEOUT"], ["read executed", "use failed", "share blocked"]])
      }),
    20_000
  )

  it.live("ends with 1 for what failed alone", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("refuse")
      const { exit, outcomes } = yield* lab.run({}, { select: [":read"] })
      assert.deepStrictEqual([exit, outcomes], [1, ["read failed"]])
    })
  )

  it.live("ends with 1 for what moved alone", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      const { exit, outcomes } = yield* lab.run({}, { select: [":read"] }, () => lab.write("text.txt", "moved"))
      assert.deepStrictEqual([exit, outcomes], [1, ["read tainted"]])
    })
  )

  it.live("that is interrupted tells 130, whatever failed before", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("refuse")
      lab.write("beside.txt", "wait")
      const waits = yield* Deferred.make<void>()
      const events: Array<RunEvent> = []
      const running = yield* Effect.forkChild(
        lab.run({ beside: "beside.txt" }, { events, jobs: 1 }, (task) => task === "b:read" && Deferred.doneUnsafe(waits, Effect.void))
      )
      yield* Deferred.await(waits)
      yield* Fiber.interrupt(running)
      const last = events.at(-1)
      assert.deepStrictEqual(last?.event === "run-finished" ? [last.counts.failed, last.outcome, last.exit] : [], [1, "interrupted", 130])
    })
  )

  it.live("does not record, nor hand on, what was made of an input that moved meanwhile", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("one")
      const ran = yield* lab.run({}, {}, (task) => {
        if (task === "a:read") lab.write("text.txt", "moved")
      })
      assert.deepStrictEqual([ran.exit, ran.outcomes], [1, ["read tainted", "use blocked", "share blocked"]])
      assert.isFalse(existsSync(lab.at(".atlas/outputs/a/read/line")))
      assert.deepStrictEqual((yield* lab.run()).outcomes, ["read executed", "use executed", "share executed"])
    })
  )
})

describe("a run of what is fresh", () => {
  /** But for the lock, which every run holds. */
  const kept = (folder: string) => snapshot(folder).filter((name) => !/^\.atlas(?:\/lock.*)? /.test(name))

  it.live("writes nothing, history included", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      yield* lab.rest()
      const before = kept(lab.root)
      assert.deepStrictEqual((yield* lab.run()).outcomes, fresh)
      assert.deepStrictEqual(kept(lab.root), before)
    })
  )

  it.live("writes stat rows that moved without a change of content once", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      yield* lab.rest()
      const cache = lab.at(".atlas/stat-cache.json")
      const remembered = readFileSync(cache, "utf8")
      utimesSync(lab.at("text.txt"), 1e9, 1e9)
      assert.deepStrictEqual((yield* lab.run()).outcomes, fresh)
      const refreshed = readFileSync(cache, "utf8")
      assert.notStrictEqual(refreshed, remembered)
      const before = kept(lab.root)
      assert.deepStrictEqual((yield* lab.run()).outcomes, fresh)
      assert.deepStrictEqual(kept(lab.root), before)
    })
  )
})

describe("a row of its own", () => {
  const differs = (name: string, change: (lab: { readonly root: string }) => { readonly how?: Arranged; readonly undo?: () => void }) =>
    it.live(`makes a task stale: ${name}`, () =>
      Effect.gen(function* () {
        const lab = yield* workshop()
        yield* lab.run()
        assert.deepStrictEqual(yield* lab.plan(), fresh)
        const { how, undo } = change(lab)
        const planned = yield* Effect.ensuring(
          lab.plan(how),
          Effect.sync(() => undo?.())
        )
        assert.deepStrictEqual(planned, ["read stale", "use pending", "share pending"])
      })
    )

  const set = (name: string, value: string | undefined) => {
    const before = process.env[name]
    const put = (to: string | undefined) => {
      if (to === undefined) delete process.env[name]
      else process.env[name] = to
    }
    put(value)
    return { undo: () => put(before) }
  }
  differs("an option", () => ({ how: { mark: "!" } }))
  differs("the content of an input", ({ root }) => (writeFileSync(join(root, "text.txt"), "two"), {}))
  differs("an input that is gone", ({ root }) => (rmSync(join(root, "text.txt")), {}))
  differs("a variable that it declares", () => set("ATLAS_WORKSHOP", ""))
  differs("a program that it declares", ({ root }) => {
    const folder = join(root, "bin")
    mkdirSync(folder)
    writeFileSync(join(folder, "sort"), "#!/bin/sh\n", { mode: 0o755 })
    return set("PATH", `${folder}${delimiter}${process.env["PATH"]}`)
  })
  differs("a part of the runtime that it declares", () => {
    const { node } = process.versions
    Object.defineProperty(process.versions, "node", { value: "99.0.0", configurable: true, enumerable: true })
    return { undo: () => Object.defineProperty(process.versions, "node", { value: node, configurable: true, enumerable: true }) }
  })
})
