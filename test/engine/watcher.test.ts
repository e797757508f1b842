/** The loop of watch, with news that the test gives or keeps back. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Queue } from "effect"
import type { WatchEvent } from "../../src/domain/WatchDocuments.ts"
import { watching } from "../../src/engine/watch/Watcher.ts"
import { Watch } from "../../src/ports/Watch.ts"

const lab = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "atlas-watcher-"))),
  (root) => Effect.sync(() => rmSync(root, { recursive: true }))
)

/** Watches which names a folder holds; `during` is told of one of them while round `n` goes on. Ends when round `rounds` has begun. */
const watched = Effect.fnUntraced(function* (
  rounds: number,
  during: (n: number, file: string) => void,
  waiting: (news: Effect.Effect<void>, file: string) => Effect.Effect<void>
) {
  const root = yield* lab
  const file = join(root, "input")
  const news = yield* Queue.unbounded<void>()
  const done = yield* Deferred.make<void>()
  const events: Array<WatchEvent> = []
  const port = { open: Effect.succeed({ set: () => Effect.succeed(null), next: Queue.take(news) }) }
  let n = 0
  const told = yield* Queue.unbounded<void>()
  const round = (known: (of: { readonly places: ReadonlyArray<{ path: string; is: "names" }>; readonly ignored: Set<string> }) => void) =>
    Effect.suspend(() => {
      const rests = { places: [{ path: root, is: "names" as const }], ignored: new Set<string>() }
      known(rests)
      during(++n, file)
      // as a run that may have learned more
      known(rests)
      return n >= rounds ? Deferred.succeed(done, undefined) : Effect.void
    })
  const fiber = yield* Effect.forkScoped(
    Effect.provideService(
      watching(round, (event) => {
        events.push(event)
        if (event.event === "watch-waiting") Queue.offerUnsafe(told, undefined)
      }),
      Watch,
      port
    )
  )
  const offer = Queue.offer(news, undefined)
  yield* Effect.forkScoped(Effect.andThen(Queue.take(told), waiting(Effect.asVoid(offer), file)))
  yield* Deferred.await(done)
  yield* Fiber.interrupt(fiber)
  const moved = events.flatMap((event) => (event.event === "watch-changed" ? event.paths : []))
  return { moved: moved.length, events: events.map(({ event }) => event) }
})

describe("watching", () => {
  it.live("148: looks at everything again when all that is told is that something may have been lost", () =>
    Effect.gen(function* () {
      // news that name nothing and come late, as after an overflow of the kernel's queue
      const { events } = yield* watched(
        2,
        () => {},
        (news, file) =>
          Effect.andThen(
            Effect.sync(() => writeFileSync(file, "two")),
            news
          )
      )
      assert.deepStrictEqual(events, ["watch-waiting", "watch-changed"])
    })
  )

  it.live("misses nothing that moved while a run went on, although no news come", () =>
    Effect.gen(function* () {
      const { events } = yield* watched(
        2,
        (n, file) => n === 1 && writeFileSync(file, "while it ran"),
        () => Effect.void
      )
      assert.deepStrictEqual(events, ["watch-changed"])
    })
  )

  it.live("goes on waiting, and says so only once, when news come and nothing moved", () =>
    Effect.gen(function* () {
      const { events, moved } = yield* watched(
        2,
        () => {},
        (news, file) =>
          Effect.gen(function* () {
            yield* news
            yield* news
            // longer than a burst: who took these for an edit has run by then
            yield* Effect.sleep(300)
            writeFileSync(file, "two")
            yield* news
          })
      )
      assert.deepStrictEqual([events, moved], [["watch-waiting", "watch-changed"], 1])
    })
  )
})
