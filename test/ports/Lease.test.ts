import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, type Layer, Scope } from "effect"
import type { LockHolder } from "../../src/domain/StateErrors.ts"
import { Lease, type LeaseShape } from "../../src/ports/Lease.ts"
import { canMount, readOnly, snapshot, workplace } from "./workplace.ts"

const request = { run: "r-1", command: "atlas-run run --jobs 2", timeoutMs: 0 }

const layers: ReadonlyArray<readonly [string, (state: string) => Layer.Layer<Lease>]> = [
  ["layer", Lease.layer],
  ["layerMemory", () => Lease.layerMemory]
]

for (const [name, layerOf] of layers) {
  const law = (sentence: string, body: (lease: LeaseShape) => Effect.Effect<void, unknown, Scope.Scope>) =>
    it.live(sentence, () =>
      Effect.gen(function* () {
        const home = yield* workplace
        yield* Lease.use((lease) => Effect.scoped(body(lease))).pipe(Effect.provide(layerOf(path.join(home, ".atlas"))))
      })
    )

  describe(`laws of Lease.${name}`, () => {
    law("is held until its scope closes, by one at a time, and can be had again", (lease) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(lease.held(), { held: false, holder: null })
        for (let round = 0; round < 3; round++) {
          const scope = yield* Scope.make()
          yield* lease.hold(request).pipe(Effect.provideService(Scope.Scope, scope))
          const { held, holder } = lease.held()
          assert.isTrue(held)
          assert.deepStrictEqual([holder?.pid, holder?.run, holder?.command], [process.pid, "r-1", request.command])
          const busy = yield* Effect.flip(Effect.scoped(lease.hold({ ...request, timeoutMs: 30 })))
          assert.strictEqual(busy._tag, "LockBusy")
          assert.include(busy.message, `pid ${process.pid} on ${os.hostname()}`)
          yield* Scope.close(scope, Exit.void)
          assert.deepStrictEqual(lease.held(), { held: false, holder: null })
        }
      })
    )

    law("one who waits is told by whom, and gets it when the holder lets go", (lease) =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        yield* lease.hold(request).pipe(Effect.provideService(Scope.Scope, scope))
        const told = yield* Deferred.make<LockHolder | null>()
        const waiter = yield* Effect.forkChild(
          Effect.scoped(
            Effect.gen(function* () {
              yield* lease.hold({
                run: "r-2",
                command: "two",
                timeoutMs: 60_000,
                onWait: (holder) => Effect.asVoid(Deferred.succeed(told, holder))
              })
              return lease.held().holder?.run
            })
          )
        )
        assert.strictEqual((yield* Deferred.await(told))?.run, "r-1")
        yield* Scope.close(scope, Exit.void)
        assert.strictEqual(yield* Fiber.join(waiter), "r-2")
      })
    )

    law("waiting can be interrupted, and leaves the lease to its holder", (lease) =>
      Effect.gen(function* () {
        yield* lease.hold(request)
        const told = yield* Deferred.make<void>()
        const waiter = yield* Effect.forkChild(
          Effect.scoped(lease.hold({ ...request, timeoutMs: 600_000, onWait: () => Effect.asVoid(Deferred.succeed(told, undefined)) }))
        )
        yield* Deferred.await(told)
        const began = performance.now()
        yield* Fiber.interrupt(waiter)
        assert.isBelow(performance.now() - began, 1_000)
        assert.strictEqual(lease.held().holder?.run, "r-1")
      })
    )

    law("is let go when its holder fails or is interrupted", (lease) =>
      Effect.gen(function* () {
        yield* Effect.exit(Effect.scoped(lease.hold(request).pipe(Effect.andThen(Effect.fail("oops")))))
        assert.isFalse(lease.held().held)
        const holding = yield* Deferred.make<void>()
        const fiber = yield* Effect.forkChild(
          Effect.scoped(lease.hold(request).pipe(Effect.andThen(Deferred.succeed(holding, undefined)), Effect.andThen(Effect.never)))
        )
        yield* Deferred.await(holding)
        yield* Fiber.interrupt(fiber)
        assert.isFalse(lease.held().held)
      })
    )

    law("of many at once, each has it alone", (lease) =>
      Effect.gen(function* () {
        let inside = 0
        let done = 0
        const one = Effect.scoped(
          Effect.gen(function* () {
            yield* lease.hold({ ...request, timeoutMs: 60_000 })
            assert.strictEqual(++inside, 1)
            yield* Effect.yieldNow
            inside--
            done++
          })
        )
        yield* Effect.forEach(Array.from({ length: 8 }), () => one, { concurrency: "unbounded", discard: true })
        assert.strictEqual(done, 8)
      })
    )
  })
}

const fixture = path.resolve("test/ports/fixtures/hold-lease.ts")
const child = (state: string, ...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn(process.execPath, [fixture, state, ...args], { stdio: ["pipe", "pipe", "inherit"] })),
    (process) =>
      Effect.sync(() => {
        process.kill("SIGKILL")
      })
  )
const heldBy = Effect.fnUntraced(function* (state: string) {
  const process = yield* child(state)
  yield* Effect.promise(() => once(process.stdout, "data"))
  return process
})
const ended = (process: ChildProcess) =>
  Effect.promise(() => ((process.exitCode ?? process.signalCode) === null ? once(process, "exit") : Promise.resolve([])))

const inState = <A, E>(body: (lease: LeaseShape, state: string) => Effect.Effect<A, E, Scope.Scope>) =>
  Effect.gen(function* () {
    const home = yield* workplace
    const state = path.join(home, ".atlas")
    return yield* Lease.use((lease) => Effect.scoped(body(lease, state))).pipe(Effect.provide(Lease.layer(state)))
  })

describe("Lease between processes", () => {
  it.live("the second waits in vain while the first lives, and is told who it is", () =>
    inState((lease, state) =>
      Effect.gen(function* () {
        const holder = yield* heldBy(state)
        const busy = yield* Effect.flip(lease.hold({ ...request, timeoutMs: 50 }))
        assert.strictEqual(busy._tag, "LockBusy")
        assert.strictEqual(busy._tag === "LockBusy" ? busy.holder?.pid : null, holder.pid)
        assert.strictEqual(lease.held().holder?.pid, holder.pid)
        holder.stdin?.end()
        yield* lease.hold({ ...request, timeoutMs: 60_000 })
        assert.strictEqual(lease.held().holder?.pid, process.pid)
      })
    )
  )

  it.live("92: kill -9 of the holder frees it at once, and its note names nobody any more", () =>
    inState((lease, state) =>
      Effect.gen(function* () {
        const holder = yield* heldBy(state)
        holder.kill("SIGKILL")
        yield* ended(holder)
        assert.isTrue(fs.existsSync(path.join(state, "lock.json")), "the note of the dead is still there")
        assert.deepStrictEqual(lease.held(), { held: false, holder: null })
        yield* lease.hold(request)
      })
    )
  )

  it.live("who was started by the holder, or by one of its children, is told so instead of waiting for ever", () =>
    inState((lease, state) =>
      Effect.gen(function* () {
        yield* lease.hold(request)
        // a shell between the two that waits for its child
        const script = '"$0" "$@"; true'
        const { stderr } = spawnSync("/bin/sh", ["-c", script, process.execPath, fixture, state], { encoding: "utf8", timeout: 30_000 })
        assert.include(stderr, `locked by the run that this one was started from: pid ${process.pid}`)
      })
    )
  )

  it.live("a holder that is stopped keeps it", () =>
    inState((lease, state) =>
      Effect.gen(function* () {
        const holder = yield* heldBy(state)
        holder.kill("SIGSTOP")
        const busy = yield* Effect.flip(lease.hold({ ...request, timeoutMs: 300 }))
        assert.strictEqual(busy._tag, "LockBusy")
        assert.isTrue(lease.held().held)
      })
    )
  )

  it.live("93: a note that is garbage, or another's, harms nobody", () =>
    inState((lease, state) =>
      Effect.gen(function* () {
        yield* heldBy(state)
        for (const note of [
          "",
          "garbage",
          "{}",
          '{"pid":"1"}',
          JSON.stringify({ pid: process.pid, started: "1", boot: "b", host: os.hostname(), command: "c", run: "r", at: "a" })
        ]) {
          fs.writeFileSync(path.join(state, "lock.json"), note)
          const busy = yield* Effect.flip(lease.hold(request))
          assert.strictEqual(busy.message, "the project is locked by another process")
        }
        fs.writeFileSync(
          path.join(state, "lock.json"),
          JSON.stringify({ pid: 1, started: "1", boot: "b", host: "elsewhere", command: "c", run: "r", at: "a" })
        )
        const busy = yield* Effect.flip(lease.hold(request))
        assert.include(busy.message, "pid 1 on elsewhere")
      })
    )
  )

  it.live("a lock file that is garbage is emptied and locked", () =>
    inState((lease, state) =>
      Effect.gen(function* () {
        fs.mkdirSync(state)
        fs.writeFileSync(path.join(state, "lock.db"), Buffer.alloc(10_000, "garbage"))
        assert.isFalse(lease.held().held)
        yield* lease.hold(request)
        assert.isTrue(lease.held().held)
      })
    )
  )

  it.live("two processes that add to one file lose no update", () =>
    inState((_, state) =>
      Effect.gen(function* () {
        const counter = path.join(path.dirname(state), "counter")
        fs.writeFileSync(counter, "0")
        const two = [yield* child(state, counter, "40"), yield* child(state, counter, "40")]
        for (const each of two) yield* ended(each)
        assert.deepStrictEqual(
          two.map((each) => each.exitCode),
          [0, 0]
        )
        assert.strictEqual(fs.readFileSync(counter, "utf8"), "80")
      })
    )
  )

  it.live("asking whether it is held makes nothing", () =>
    inState((lease, state) =>
      Effect.sync(() => {
        assert.deepStrictEqual(lease.held(), { held: false, holder: null })
        assert.isFalse(fs.existsSync(state))
      })
    )
  )

  it.live.skipIf(!canMount)("on a read-only file system it is LockUnavailable, with or without a lock file, and nothing is left", () =>
    inState((lease, state) =>
      Effect.gen(function* () {
        const home = path.dirname(state)
        for (const prepare of [Effect.void, Effect.scoped(lease.hold(request))]) {
          yield* prepare
          const before = snapshot(home)
          yield* Effect.scoped(
            Effect.gen(function* () {
              yield* readOnly(home)
              const error = yield* Effect.flip(lease.hold(request))
              assert.strictEqual(error._tag, "LockUnavailable")
              assert.isFalse(lease.held().held)
            })
          )
          assert.deepStrictEqual(snapshot(home), before)
        }
      })
    )
  )

  it.live("a state folder that is a file is LockUnavailable", () =>
    inState((lease, state) =>
      Effect.gen(function* () {
        fs.writeFileSync(state, "")
        const error = yield* Effect.flip(lease.hold(request))
        assert.strictEqual(error._tag, "LockUnavailable")
        assert.include(error.message, "EEXIST")
      })
    )
  )
})
