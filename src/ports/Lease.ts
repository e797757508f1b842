/** The right to change a project's outputs and state: one process at a time, released by the kernel when it dies. */
import * as path from "node:path"
import { Context, Effect, Layer, Scope } from "effect"
import { LockBusy, type LockHolder, LockUnavailable } from "../domain/StateErrors.ts"
import { wordsOf } from "./Errno.ts"
import { isLocked, type Locked, tryLock } from "./LockFile.ts"
import { ourselves, readNote, removeNote, waitsForUs, writeNote } from "./LockNote.ts"
import { ensureStateFolder } from "./StateFolder.ts"

export interface LeaseRequest {
  readonly run: string
  /** The command line, for others' messages. */
  readonly command: string
  /** Longest wait, ms; 0 does not wait. */
  readonly timeoutMs: number
  /** Called when the wait begins and whenever the holder is another; null if it is not known. */
  readonly onWait?: (holder: LockHolder | null) => Effect.Effect<void>
}

export interface LeaseShape {
  /** Held until the scope closes. Waiting can be interrupted; a wait in vain is `LockBusy`. */
  readonly hold: (request: LeaseRequest) => Effect.Effect<void, LockBusy | LockUnavailable, Scope.Scope>
  /** Whether a run is under way, asked of the kernel and without writing; `holder` is its note, if there is one. */
  readonly held: () => { readonly held: boolean; readonly holder: LockHolder | null }
}

/** Longest sleep between two tries, ms: signals are served in between. */
const sliceMs = 200

interface Lock {
  readonly path: string
  readonly attempt: (request: LeaseRequest) => Effect.Effect<Locked, LockUnavailable>
  readonly holder: () => LockHolder | null
}

const describe = (holder: LockHolder | null): string =>
  holder === null ? "another process" : `pid ${holder.pid} on ${holder.host} since ${holder.at}: ${holder.command}`

const holdWith = (lock: Lock, request: LeaseRequest) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const scope = yield* Effect.scope
      let named: string | undefined
      let waitedMs = 0
      for (let pause = 5; ; pause = Math.min(pause * 2, sliceMs)) {
        const locked = yield* lock.attempt(request)
        if (locked.state === "held") return yield* Scope.addFinalizer(scope, Effect.sync(locked.release))
        const holder = lock.holder()
        if (holder !== null && waitsForUs(holder)) {
          const message = `the project is locked by the run that this one was started from: ${describe(holder)}`
          const hint = "A task cannot run its own project: declare what it wants as a need."
          return yield* new LockBusy({ message, hint, path: lock.path, holder, waitedMs })
        }
        if (waitedMs >= request.timeoutMs) {
          const message = `the project is locked by ${describe(holder)}`
          return yield* new LockBusy({ message, path: lock.path, holder, waitedMs })
        }
        const name = describe(holder)
        if (name !== named && request.onWait !== undefined) yield* restore(request.onWait(holder))
        named = name
        const slice = Math.min(pause, request.timeoutMs - waitedMs)
        yield* restore(Effect.sleep(slice))
        // Counted, not measured: no clock is compared.
        waitedMs += slice
      }
    })
  )

const unavailable = (file: string, cause: unknown): LockUnavailable => {
  const { what, hint } = wordsOf(cause)
  return new LockUnavailable({
    message: `cannot lock ${file}: ${what}`,
    where: { path: file },
    path: file,
    reason: what,
    ...(hint === undefined ? {} : { hint })
  })
}

export class Lease extends Context.Service<Lease, LeaseShape>()("atlas-run/ports/Lease") {
  /** `lock.db` and `lock.json` in `state`, the absolute `.atlas`, which taking the lock makes. */
  static readonly layer = (state: string): Layer.Layer<Lease> =>
    Layer.sync(Lease, () => {
      const file = path.join(state, "lock.db")
      const note = path.join(state, "lock.json")
      const attempt = (request: LeaseRequest) =>
        Effect.try({
          try: (): Locked => {
            ensureStateFolder(state)
            const locked = tryLock(file)
            if (locked.state === "busy") return locked
            writeNote(note, ourselves(request.run, request.command))
            const release = () => {
              removeNote(note)
              locked.release()
            }
            return { state: "held", release }
          },
          catch: (cause) => unavailable(file, cause)
        })
      return {
        hold: (request) => holdWith({ path: file, attempt, holder: () => readNote(note) }, request),
        held: () => {
          const held = isLocked(file)
          return { held, holder: held ? readNote(note) : null }
        }
      }
    })

  /** Excludes within this layer only. */
  static readonly layerMemory: Layer.Layer<Lease> = Layer.sync(Lease, () => {
    let holder: LockHolder | null = null
    const attempt = (request: LeaseRequest) =>
      Effect.sync((): Locked => {
        if (holder !== null) return { state: "busy" }
        holder = ourselves(request.run, request.command)
        return { state: "held", release: () => void (holder = null) }
      })
    return {
      hold: (request) => holdWith({ path: "memory", attempt, holder: () => holder }, request),
      held: () => ({ held: holder !== null, holder })
    }
  })
}
