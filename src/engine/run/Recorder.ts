/**
 * Success is recorded last (law 6): first the outputs are on the disk, then the trace is written. Done for many tasks at a time while
 * others run, since one wait for the disk serves them all; what a kill takes of it is executed again.
 */
import { Effect, Exit, Queue, Semaphore } from "effect"
import type { Trace } from "../../domain/Trace.ts"
import { type OutputError, Outputs } from "../../ports/Outputs.ts"
import { StateStore, type StateStoreShape } from "../../ports/StateStore.ts"

/** ms in which results gather before they are made durable together. */
const gatherMs = 100

type RecordError = OutputError | Effect.Error<ReturnType<StateStoreShape["put"]>>

interface Entry {
  readonly trace: Trace
  /** Of its outputs, absolute. */
  readonly finals: ReadonlyArray<string>
}

export interface Recorder {
  readonly add: (entry: Entry) => Effect.Effect<void>
  /** All that was added is recorded when this succeeds; fails with the first trouble there was. */
  readonly finish: Effect.Effect<void, RecordError>
}

/** Lives as long as the scope; what is left is recorded when that closes, also after an interruption. */
export const makeRecorder = Effect.gen(function* () {
  const outputs = yield* Outputs
  const states = yield* StateStore
  const added = yield* Queue.unbounded<void>()
  const turn = yield* Semaphore.make(1)
  let pending: Array<Entry> = []
  let trouble: Exit.Exit<void, RecordError> | null = null

  const drain = turn.withPermits(1)(
    Effect.gen(function* () {
      const batch = pending
      pending = []
      if (batch.length === 0 || trouble !== null) return
      yield* outputs.harden(batch.flatMap(({ finals }) => finals))
      for (const { trace } of batch) yield* states.put(trace)
    }).pipe(
      Effect.uninterruptible,
      Effect.onExit((exit) => Effect.sync(() => void (Exit.isFailure(exit) && (trouble ??= exit))))
    )
  )

  yield* Effect.forkScoped(
    Effect.forever(Queue.take(added).pipe(Effect.andThen(Effect.sleep(gatherMs)), Effect.andThen(Effect.ignore(drain))))
  )
  yield* Effect.addFinalizer(() => Effect.ignore(drain))
  return {
    add: (entry) => Effect.suspend(() => (pending.push(entry), Queue.offer(added, undefined))),
    finish: Effect.andThen(
      Effect.suspend(() => drain),
      Effect.suspend(() => trouble ?? Effect.void)
    )
  } satisfies Recorder as Recorder
})
