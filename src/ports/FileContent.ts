/** sha256 of one file's bytes, proven to be the bytes of one moment: the descriptor's stat row is equal before and after. */
import { createHash, hash } from "node:crypto"
import * as fs from "node:fs"
import { Effect } from "effect"
import { type DiskFull, FileMoved, type IoDurability, type IoFailed, type SpecialFile } from "../domain/FileErrors.ts"
import { attempt, ioFault } from "./Errno.ts"
import { type Absent, absent, isGone, rowOf, specialFile, type StatRow } from "./FileStat.ts"

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants
/** Up to here a file is read at once; above, in chunks of this size, with the event loop free in between. */
const chunkBytes = 1024 * 1024

export interface FileDigest {
  readonly sha256: string
  readonly bytes: number
  /** Taken before reading, equal after it. */
  readonly stat: StatRow
}

/** With whether the row may be trusted later (the racy rule), judged before reading. */
export interface ReadDigest extends FileDigest {
  readonly settled: boolean
}

export type ReadError = IoFailed | DiskFull | IoDurability | SpecialFile | FileMoved

const small = Buffer.allocUnsafe(chunkBytes + 1)

const readSmall = (descriptor: number): { readonly sha256: string; readonly bytes: bigint } => {
  let read = 0
  while (read < small.length) {
    const n = fs.readSync(descriptor, small, read, small.length - read, read)
    if (n === 0) break
    read += n
  }
  return { sha256: hash("sha256", small.subarray(0, read)), bytes: BigInt(read) }
}

/** Reads to `size` and one byte more: a file that grows for ever must not keep us. Reading and hashing overlap. */
const readLarge = (descriptor: number, size: bigint) =>
  Effect.callback<{ readonly sha256: string; readonly bytes: bigint }, unknown>((resume) => {
    const digest = createHash("sha256")
    const buffers = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)] as const
    let at = 0n
    let reading = false
    let idle: (() => void) | undefined
    const next = (turn: 0 | 1) => {
      const buffer = buffers[turn]
      reading = true
      fs.read(descriptor, buffer, 0, buffer.length, at, (cause, n) => {
        reading = false
        if (idle !== undefined) return idle()
        if (cause !== null) return resume(Effect.fail(cause))
        at += BigInt(n)
        const last = n === 0 || at > size
        if (!last) next(turn === 0 ? 1 : 0)
        digest.update(buffer.subarray(0, n))
        if (last) resume(Effect.succeed({ sha256: digest.digest("hex"), bytes: at }))
      })
    }
    next(0)
    // The descriptor may only be closed when no read is under way.
    return Effect.callback<void>((done) => {
      if (reading) idle = () => done(Effect.void)
      else done(Effect.void)
    })
  })

const open = (path: string, follow: boolean): number | Absent => {
  try {
    return fs.openSync(path, O_RDONLY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW))
  } catch (cause) {
    if (isGone(cause)) return absent
    throw cause
  }
}

const rowNow = (descriptor: number, path: string) => attempt("stat", path, () => fs.fstatSync(descriptor, { bigint: true }))

const readOpen = Effect.fnUntraced(function* (descriptor: number, path: string, settled: (stat: fs.BigIntStats) => boolean) {
  const before = yield* rowNow(descriptor, path)
  if (!before.isFile()) return yield* Effect.fail(specialFile(path, before))
  const trust = settled(before)
  const content =
    before.size <= chunkBytes
      ? yield* attempt("read", path, () => readSmall(descriptor))
      : yield* readLarge(descriptor, before.size).pipe(Effect.mapError((cause) => ioFault("read", path, cause)))
  const stat = rowOf(before)
  if (content.bytes !== before.size || rowOf(yield* rowNow(descriptor, path)) !== stat) {
    return yield* Effect.fail(new FileMoved({ message: `${path} changed while it was read`, where: { path }, path }))
  }
  const digest: ReadDigest = { sha256: content.sha256, bytes: Number(content.bytes), stat, settled: trust }
  return digest
})

const readOnce = (path: string, follow: boolean, settled: (stat: fs.BigIntStats) => boolean) =>
  Effect.acquireUseRelease(
    attempt("read", path, () => open(path, follow)),
    (descriptor): Effect.Effect<ReadDigest | Absent, ReadError> =>
      descriptor === absent ? Effect.succeed(absent) : readOpen(descriptor, path, settled),
    (descriptor) => Effect.sync(() => descriptor === absent || fs.closeSync(descriptor))
  )

/** Reads and hashes; once more if the file moved meanwhile, then `FileMoved`. */
export const readDigest = (
  path: string,
  follow: boolean,
  settled: (stat: fs.BigIntStats) => boolean
): Effect.Effect<ReadDigest | Absent, ReadError> =>
  readOnce(path, follow, settled).pipe(Effect.catchTag("FileMoved", () => readOnce(path, follow, settled)))
