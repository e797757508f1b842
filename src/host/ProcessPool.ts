/** A small pool of warm hosts: started when first needed, never more than `most`, one question each. */
import { Effect, type Scope, Semaphore } from "effect"
import type { HostProcess } from "./ProcessHost.ts"

export interface ProcessPool {
  /** Waits for a host whose heap is `memoryMiB`; it goes back for the next one if it is still fit. */
  readonly withHost: <A, E>(memoryMiB: number, use: (host: HostProcess) => Effect.Effect<A, E>) => Effect.Effect<A, E>
}

export const ended = (host: HostProcess): Effect.Effect<void> => Effect.callback<void>((resume) => host.end(() => resume(Effect.void)))

/** `start` throws what `spawn` throws, which becomes a defect. All hosts end with the scope. */
export const makePool = (most: number, start: (memoryMiB: number) => HostProcess): Effect.Effect<ProcessPool, never, Scope.Scope> =>
  Effect.gen(function* () {
    const places = yield* Semaphore.make(most)
    const alive = new Set<HostProcess>()
    const idle: Array<HostProcess> = []
    yield* Effect.addFinalizer(() => Effect.forEach([...alive], ended, { concurrency: "unbounded", discard: true }))

    const drop = (host: HostProcess): Effect.Effect<void> => {
      alive.delete(host)
      return ended(host)
    }

    /** The warmest one that fits; where there is none and no place, another one makes room. */
    const take = (memoryMiB: number): Effect.Effect<HostProcess> =>
      Effect.gen(function* () {
        for (const host of idle.filter((host) => !host.usable())) {
          idle.splice(idle.indexOf(host), 1)
          yield* drop(host)
        }
        const at = idle.findLastIndex((host) => host.memoryMiB === memoryMiB)
        const fitting = idle[at]
        if (fitting !== undefined) {
          idle.splice(at, 1)
          return fitting
        }
        const coldest = alive.size >= most ? idle.shift() : undefined
        if (coldest !== undefined) yield* drop(coldest)
        const host = start(memoryMiB)
        alive.add(host)
        return host
      })

    const giveBack = (host: HostProcess): Effect.Effect<void> =>
      Effect.suspend(() => {
        if (!host.usable()) return drop(host)
        idle.push(host)
        return Effect.void
      })

    return { withHost: (memoryMiB, use) => places.withPermit(Effect.acquireUseRelease(take(memoryMiB), use, giveBack)) }
  })
