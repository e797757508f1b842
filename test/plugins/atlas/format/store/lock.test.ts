import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { withLock } from "../../../../../plugins/atlas/format/store/lock.ts"
import { observePublished } from "../../../../../plugins/atlas/format/store/observe.ts"
import { publish } from "../../../../../plugins/atlas/format/store/publish.ts"
import { openServingStore, withStoreLock } from "../../../../../plugins/atlas/format/store/serving-store.ts"
import { openBuildRoot } from "../../../../../plugins/atlas/format/build-root.ts"
import { hasGolden, miniId, servedFiles, temporaryFolder, writeMiniRoot } from "./golden-root.ts"
import { child } from "./processes.ts"

describe("a store's lock", () => {
  it.live("names its holder when another waited long enough, and is free at once when the holder is killed", () =>
    Effect.gen(function* () {
      const store = yield* openServingStore(temporaryFolder())
      const holder = child("hold", store.path)
      yield* Effect.promise(() => holder.ready)
      const error = yield* Effect.flip(withStoreLock(store, Effect.void, { timeoutMs: 0 }))
      assert.strictEqual(error._tag, "LockBusy")
      if (error._tag === "LockBusy") {
        assert.strictEqual(error.holder?.pid, holder.process.pid)
        assert.match(error.holder?.command ?? "", /child\.ts hold/)
        assert.include(error.message, `process ${holder.process.pid}`)
      }
      holder.process.kill("SIGKILL")
      yield* Effect.promise(() => holder.ended)
      assert.strictEqual(yield* withStoreLock(store, Effect.succeed("mine"), { timeoutMs: 0 }), "mine")
    })
  )

  it.live("is kept by a suspended holder", () =>
    Effect.gen(function* () {
      const store = yield* openServingStore(temporaryFolder())
      const holder = child("hold", store.path)
      yield* Effect.promise(() => holder.ready)
      holder.process.kill("SIGSTOP")
      const error = yield* Effect.flip(withStoreLock(store, Effect.void, { timeoutMs: 300 }))
      assert.strictEqual(error._tag, "LockBusy")
      if (error._tag === "LockBusy") assert.isAtLeast(error.waitedMs, 300)
      holder.process.kill("SIGKILL")
      yield* Effect.promise(() => holder.ended)
    })
  )

  it.live("lets one fiber in at a time, and one that waits can be interrupted", () =>
    Effect.gen(function* () {
      const path = join(temporaryFolder(), "x.db")
      let inside = 0
      let most = 0
      const work = withLock(
        path,
        Effect.gen(function* () {
          most = Math.max(most, ++inside)
          yield* Effect.yieldNow
          inside--
        })
      )
      yield* Effect.all([work, work, work, work], { concurrency: "unbounded" })
      assert.strictEqual(most, 1)
      yield* withLock(
        path,
        Effect.gen(function* () {
          const waiting = yield* Effect.forkChild(withLock(path, Effect.void), { startImmediately: true })
          yield* Fiber.interrupt(waiting)
        })
      )
      yield* withLock(path, Effect.void, { timeoutMs: 0 })
    })
  )

  it.effect("says so when its file is no lock", () =>
    Effect.gen(function* () {
      const path = join(temporaryFolder(), "x.db")
      fs.writeFileSync(path, "not a database, and longer than a header".repeat(100))
      assert.strictEqual((yield* Effect.flip(withLock(path, Effect.void)))._tag, "LockUnusable")
    })
  )
})

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("processes that publish", () => {
  it.live(
    "leave the store whole when they are killed for good, and the next one finishes",
    () =>
      Effect.gen(function* () {
        const root = writeMiniRoot(temporaryFolder())
        const whole = yield* openServingStore(temporaryFolder())
        yield* publish(whole, yield* openBuildRoot(root))
        const store = yield* openServingStore(temporaryFolder())
        for (const step of [3, 20, 77, 110]) {
          const killed = child("publish", store.path, root, String(step))
          assert.strictEqual((yield* Effect.promise(() => killed.ended)).signal, "SIGKILL")
          const seen = yield* observePublished(store, miniId)
          assert.include(["absent", "present"], seen.state)
        }
        const last = yield* Effect.promise(() => child("publish", store.path, root).ended)
        assert.strictEqual(last.code, 0, last.stderr)
        assert.deepStrictEqual(servedFiles(store.path), servedFiles(whole.path))
      }),
    60_000
  )

  it.live(
    "of the same dataset at the same time wait for each other and agree",
    () =>
      Effect.gen(function* () {
        const root = writeMiniRoot(temporaryFolder())
        const store = yield* openServingStore(temporaryFolder())
        const all = yield* Effect.promise(() => Promise.all([1, 2, 3].map(() => child("publish", store.path, root).ended)))
        for (const { code, stderr } of all) assert.strictEqual(code, 0, stderr)
        assert.strictEqual((yield* observePublished(store, miniId)).state, "present")
        assert.strictEqual(fs.readdirSync(join(store.path, ".atlas/history")).length, 1)
      }),
    60_000
  )
})
