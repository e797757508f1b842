/** The plain copy of an input, written in the pass that reads it, so that what was hashed is what was read. */
import { closeSync, constants, fchmodSync, fstatSync, fsyncSync, openSync, writeSync } from "node:fs"
import { Effect, type Scope } from "effect"
import { Durably, ioDurability, type IoDurability } from "../durable.ts"

/** Synchronous, since readers hand out a buffer that they use again. */
export class PlainCopy {
  readonly path: string
  readonly #file: number
  #open = true
  bytes = 0

  constructor(path: string) {
    this.path = path
    this.#file = openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW, 0o600)
  }

  /** Gives back what went wrong, as `readContent` wants it. */
  readonly write = (chunk: Uint8Array): IoDurability | undefined => {
    try {
      for (let done = 0; done < chunk.length;) done += writeSync(this.#file, chunk, done, chunk.length - done)
      this.bytes += chunk.length
      return undefined
    } catch (cause) {
      return ioDurability("write", this.path, cause)
    }
  }

  /** Mode 0644, durable, closed. */
  readonly finish = Effect.flatMap(Durably, (durably) => {
    try {
      fchmodSync(this.#file, 0o644)
      const { size } = fstatSync(this.#file)
      if (size !== this.bytes) throw new Error(`${this.bytes} bytes were written, ${size} are there`)
      if (durably) fsyncSync(this.#file)
      this.close()
      return Effect.void
    } catch (cause) {
      return Effect.fail(ioDurability("sync", this.path, cause))
    }
  })

  close(): void {
    if (!this.#open) return
    this.#open = false
    closeSync(this.#file)
  }
}

/** A new file; closed with the scope. */
export const plainCopy = (path: string): Effect.Effect<PlainCopy, IoDurability, Scope.Scope> =>
  Effect.acquireRelease(Effect.try({ try: () => new PlainCopy(path), catch: (cause) => ioDurability("create", path, cause) }), (copy) =>
    Effect.sync(() => copy.close())
  )
