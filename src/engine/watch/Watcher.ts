/**
 * Runs, waits until what the run rested on moved, and runs again. What moved is found by comparing stat rows from before a run with those
 * after it; news of the file system (`Watch`) only say when to look. So nothing is missed between a run and the waiting, own outputs and
 * other files of the same folders wake nobody for long, and lost news cost time at most.
 */
import { Effect, Option } from "effect"
import type { WatchEvent } from "../../domain/WatchDocuments.ts"
import { baseline, type Look, lookAt, movedBetween, type Place, type Snapshot } from "../../ports/Snapshot.ts"
import { Watch } from "../../ports/Watch.ts"

/** What a run rests on, and what it writes. */
export interface Watched {
  readonly places: ReadonlyArray<Place>
  /** Absolute: changes of these and of what is below them count for nothing. */
  readonly ignored: ReadonlySet<string>
}

/** One run: tells what it rests on before it decides anything, and again whenever it learns more. */
export type Round<E, R> = (known: (watched: Watched) => void) => Effect.Effect<void, E, R>

/** A burst is over when nothing moved for `quiet`; a run begins after `most` even if it is not. */
const burst = { quietMs: 100, mostMs: 2000 } as const
const toldPaths = 20

const changed = (moved: ReadonlyArray<string>): WatchEvent => ({
  event: "watch-changed",
  atlas: "watch/1",
  paths: moved.slice(0, toldPaths),
  more: Math.max(0, moved.length - toldPaths)
})

/** Never ends but by interruption or by a failure of `round`. One run at a time; what moves meanwhile gives one run more. */
export const watching = <E, R>(round: Round<E, R>, tell: (event: WatchEvent) => void): Effect.Effect<never, E, R | Watch> =>
  Effect.scoped(
    Effect.gen(function* () {
      const news = yield* (yield* Watch).open
      let watched: Watched = { places: [], ignored: new Set() }
      let before: Snapshot = new Map()
      const look = (): Look => lookAt(watched.places, watched.ignored)

      /** Watches first and looks then: what moved in between shows. */
      const arm = Effect.gen(function* () {
        const polling = yield* news.set(look().folders)
        return { polling, now: look().rows }
      })

      /** What is there when nothing moved for a while. */
      const settled = Effect.gen(function* () {
        const began = performance.now()
        let { now } = yield* arm
        for (;;) {
          while (performance.now() - began < burst.mostMs) {
            const more = yield* Effect.timeoutOption(news.next, burst.quietMs)
            if (Option.isNone(more)) break
          }
          const again = (yield* arm).now
          if (performance.now() - began >= burst.mostMs || movedBetween(now, again).length === 0) return again
          now = again
        }
      })

      for (;;) {
        const began = Date.now()
        yield* round((next) => {
          watched = next
          before = baseline(before, look().rows, began)
        })
        let waiting = false
        for (;;) {
          const { polling, now } = yield* arm
          if (movedBetween(before, now).length > 0) {
            const then = yield* settled
            const moved = movedBetween(before, then)
            if (moved.length > 0) {
              before = then
              tell(changed(moved))
              break
            }
          }
          if (!waiting) tell({ event: "watch-waiting", atlas: "watch/1", places: watched.places.length, polling })
          waiting = true
          yield* news.next
        }
      }
    })
  )
