/** Text that does not fit into memory between making and use: appended to a file without a name, read back in pieces. */
import { closeSync, constants, openSync, readSync, rmSync, unlinkSync, writeSync } from "node:fs"
import { Effect, type Scope } from "effect"
import { type Change, ioDurability, IoDurability } from "../durable.ts"

const bufferBytes = 1 << 20
/** UTF-8 bytes of one UTF-16 unit, at most. */
const bytesPerUnit = 3

/** A stretch of the spool, in bytes. */
export interface Piece {
  readonly at: number
  readonly bytes: number
}

/** Its methods throw `IoDurability`. */
export class Spool {
  readonly #path: string
  readonly #file: number
  readonly #buffer = Buffer.allocUnsafe(bufferBytes)
  readonly #out = Buffer.allocUnsafe(bufferBytes)
  #filled = 0
  #flushed = 0

  constructor(path: string) {
    this.#path = path
    // Of a run that was killed between the next two lines.
    this.#io("remove", () => rmSync(path, { force: true }))
    this.#file = this.#io("create", () =>
      openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | constants.O_NOFOLLOW, 0o600)
    )
    // Nameless from now on: whatever ends this process frees it.
    this.#io("remove", () => unlinkSync(path))
  }

  /** Where the next text goes. */
  get end(): number {
    return this.#flushed + this.#filled
  }

  write(text: string): void {
    const most = text.length * bytesPerUnit
    if (this.#filled + most > bufferBytes) this.#flush()
    if (most <= bufferBytes) this.#filled += this.#buffer.write(text, this.#filled)
    else this.#append(Buffer.from(text))
  }

  /** Of its file, with all that was written so far: any thread of this process may read pieces from it. */
  descriptor(): number {
    this.#flush()
    return this.#file
  }

  /** What was written since `at`. */
  since(at: number): Piece {
    return { at, bytes: this.end - at }
  }

  text({ at, bytes }: Piece): string {
    return this.#read(at, bytes > bufferBytes ? Buffer.allocUnsafe(bytes) : this.#out.subarray(0, bytes)).toString("utf8")
  }

  /** The bytes of a piece, about 1 MiB at a time. The chunk is only good until the spool is next asked for anything. */
  *chunks({ at, bytes }: Piece): Generator<Buffer> {
    for (let done = 0; done < bytes; done += bufferBytes)
      yield this.#read(at + done, this.#out.subarray(0, Math.min(bufferBytes, bytes - done)))
  }

  close(): void {
    closeSync(this.#file)
  }

  #read(at: number, into: Buffer): Buffer {
    this.#flush()
    for (let done = 0; done < into.length;) {
      const read = this.#io("copy", () => readSync(this.#file, into, done, into.length - done, at + done))
      if (read === 0) throw ioDurability("copy", this.#path, new Error("it ends early"))
      done += read
    }
    return into
  }

  #flush(): void {
    if (this.#filled === 0) return
    const bytes = this.#buffer.subarray(0, this.#filled)
    this.#filled = 0
    this.#append(bytes)
  }

  #append(bytes: Buffer): void {
    for (let done = 0; done < bytes.length;)
      done += this.#io("write", () => writeSync(this.#file, bytes, done, bytes.length - done, this.#flushed + done))
    this.#flushed += bytes.length
  }

  #io<A>(operation: Change, run: () => A): A {
    try {
      return run()
    } catch (cause) {
      throw ioDurability(operation, this.#path, cause)
    }
  }
}

/** A new spool on the disk of `path`; gone with the scope. */
export const openSpool = (path: string): Effect.Effect<Spool, IoDurability, Scope.Scope> =>
  Effect.acquireRelease(
    spooling(() => new Spool(path)),
    (spool) => Effect.sync(() => spool.close())
  )

/** What throws `IoDurability`, as an effect. */
export const spooling = <A>(run: () => A): Effect.Effect<A, IoDurability> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(run())
    } catch (cause) {
      if (cause instanceof IoDurability) return Effect.fail(cause)
      throw cause
    }
  })
