/** Which host gets a question: tried with hosts that only remember. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import type { HostProcess } from "../../src/host/ProcessHost.ts"
import { makePool } from "../../src/host/ProcessPool.ts"

interface FakeHost extends HostProcess {
  readonly number: number
  broken: boolean
}

/** A pool of `most` whose hosts are numbered; `log` tells of beginnings and ends. */
const pool = (most: number) =>
  Effect.gen(function* () {
    const log: Array<string> = []
    let count = 0
    const start = (memoryMiB: number): HostProcess => {
      const number = ++count
      log.push(`start ${number} of ${memoryMiB}`)
      const host: FakeHost = {
        number,
        broken: false,
        memoryMiB,
        usable: () => !host.broken,
        ask: () => {},
        interrupt: () => {},
        end: (done) => {
          log.push(`end ${number}`)
          done()
        }
      }
      return host
    }
    return { ...(yield* makePool(most, start)), log }
  })

const numberOf = (host: HostProcess) => Effect.sync(() => (host as FakeHost).number)

describe("a pool", () => {
  it.effect("starts nothing until it is asked, then keeps what it started, and ends all with its scope", () =>
    Effect.gen(function* () {
      const log = yield* Effect.scoped(
        Effect.gen(function* () {
          const { withHost, log } = yield* pool(4)
          assert.deepStrictEqual(log, [])
          assert.deepStrictEqual([yield* withHost(64, numberOf), yield* withHost(64, numberOf)], [1, 1])
          assert.deepStrictEqual(log, ["start 1 of 64"])
          return log
        })
      )
      assert.deepStrictEqual(log, ["start 1 of 64", "end 1"])
    })
  )

  it.effect("never has more hosts than places: who comes too late waits", () =>
    Effect.gen(function* () {
      const { withHost, log } = yield* pool(1)
      const leave = yield* Deferred.make<void>()
      const first = yield* Effect.forkChild(
        withHost(64, () => Deferred.await(leave)),
        { startImmediately: true }
      )
      const second = yield* Effect.forkChild(withHost(64, numberOf), { startImmediately: true })
      assert.deepStrictEqual(log, ["start 1 of 64"])
      yield* Deferred.succeed(leave, undefined)
      yield* Fiber.join(first)
      assert.strictEqual(yield* Fiber.join(second), 1)
    })
  )

  it.effect("uses no host that was caught at something", () =>
    Effect.gen(function* () {
      const { withHost, log } = yield* pool(2)
      yield* withHost(64, (host) => Effect.sync(() => void ((host as FakeHost).broken = true)))
      assert.deepStrictEqual(log, ["start 1 of 64", "end 1"])
      assert.strictEqual(yield* withHost(64, numberOf), 2)
    })
  )

  it.effect("ends one that broke while it waited", () =>
    Effect.gen(function* () {
      const { withHost, log } = yield* pool(2)
      const host = yield* withHost(64, (host) => Effect.succeed(host as FakeHost))
      host.broken = true
      assert.strictEqual(yield* withHost(64, numberOf), 2)
      assert.deepStrictEqual(log, ["start 1 of 64", "end 1", "start 2 of 64"])
    })
  )

  it.effect("gives a task a host of its memory, and makes room for it", () =>
    Effect.gen(function* () {
      const { withHost, log } = yield* pool(2)
      assert.deepStrictEqual(
        [yield* withHost(64, numberOf), yield* withHost(128, numberOf), yield* withHost(64, numberOf), yield* withHost(256, numberOf)],
        [1, 2, 1, 3]
      )
      assert.deepStrictEqual(log, ["start 1 of 64", "start 2 of 128", "end 2", "start 3 of 256"])
    })
  )

  it.effect("gives a place back when its use is interrupted", () =>
    Effect.gen(function* () {
      const { withHost } = yield* pool(1)
      const held = yield* Effect.forkChild(
        withHost(64, () => Effect.never),
        { startImmediately: true }
      )
      yield* Fiber.interrupt(held)
      assert.strictEqual(yield* withHost(64, numberOf), 1)
    })
  )
})
