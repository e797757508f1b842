/** Copies one regular file and tells what arrived. Blocks are shared where the file system can; never a hard link. */
import { createHash, hash } from "node:crypto"
import * as fs from "node:fs"
import { Effect } from "effect"
import { readDigest } from "./FileContent.ts"
import { errnoOf } from "./Errno.ts"
import { specialFile } from "./FileStat.ts"
import { writeAll } from "./ReplaceFile.ts"

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY, COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = fs.constants
const reading = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
const making = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
/** Up to here a file is copied at once; above, in chunks of this size, with the event loop free in between. */
const chunkBytes = 1024 * 1024

/** Which of the two ends failed. */
export interface CopyFault {
  readonly side: "from" | "to"
  readonly cause: unknown
}

export interface Copied {
  readonly sha256: string
  readonly bytes: number
}

/** Copies `from`, at most `bytes` long and not through a link, to `to`, where nothing is. What is half-made at `to` stays there. */
export type Copy = (
  from: string,
  to: string,
  options: { readonly bytes: number; readonly mode: number }
) => Effect.Effect<Copied, CopyFault>

const faultOf =
  (side: CopyFault["side"]) =>
  (cause: unknown): CopyFault => ({ side, cause })

const on = <A>(side: CopyFault["side"], run: () => A): Effect.Effect<A, CopyFault> => Effect.try({ try: run, catch: faultOf(side) })
const later = <A>(side: CopyFault["side"], run: () => Promise<A>): Effect.Effect<A, CopyFault> =>
  Effect.tryPromise({ try: run, catch: faultOf(side) })

const openSource = (from: string): number => {
  const descriptor = fs.openSync(from, reading)
  const stat = fs.fstatSync(descriptor, { bigint: true })
  if (stat.isFile()) return descriptor
  fs.closeSync(descriptor)
  throw specialFile(from, stat)
}

const shared = Buffer.allocUnsafe(chunkBytes + 1)

const readSmall = (from: string): Buffer => {
  const descriptor = openSource(from)
  try {
    let read = 0
    for (let n = -1; n !== 0 && read < shared.length; read += n) n = fs.readSync(descriptor, shared, read, shared.length - read, read)
    return shared.subarray(0, read)
  } finally {
    fs.closeSync(descriptor)
  }
}

const writeSmall = (to: string, content: Buffer, mode: number): void => {
  const descriptor = fs.openSync(to, making, 0o600)
  try {
    writeAll(descriptor, content)
    fs.fchmodSync(descriptor, mode)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** In one go, since the buffer is shared. */
const copySmall: Copy = (from, to, { mode }) =>
  Effect.suspend(() => {
    let side: CopyFault["side"] = "from"
    try {
      const content = readSmall(from)
      side = "to"
      const sha256 = hash("sha256", content)
      writeSmall(to, content, mode)
      return Effect.succeed({ sha256, bytes: content.length })
    } catch (cause) {
      return Effect.fail({ side, cause })
    }
  })

const handle = (side: CopyFault["side"], path: string, flags: number) =>
  Effect.acquireRelease(
    later(side, () => fs.promises.open(path, flags, 0o600)),
    // Waits for what is under way on it.
    (opened) => Effect.ignore(later(side, () => opened.close()))
  )

/** Reads one byte more than was announced at most: a file that grows for ever must not keep us. */
const copyLarge: Copy = (from, to, { bytes, mode }) =>
  Effect.scoped(
    Effect.gen(function* () {
      const source = yield* handle("from", from, reading)
      const stat = yield* later("from", () => source.stat({ bigint: true }))
      if (!stat.isFile()) return yield* Effect.fail(faultOf("from")(specialFile(from, stat)))
      const target = yield* handle("to", to, making)
      const digest = createHash("sha256")
      const chunk = Buffer.allocUnsafe(chunkBytes)
      let at = 0
      for (;;) {
        const { bytesRead } = yield* later("from", () => source.read(chunk, 0, chunk.length, at))
        if (bytesRead === 0) break
        const part = chunk.subarray(0, bytesRead)
        digest.update(part)
        for (let written = 0; written < bytesRead;)
          written += (yield* later("to", () => target.write(part, written, bytesRead - written, at + written))).bytesWritten
        at += bytesRead
        if (at > bytes) break
      }
      yield* later("to", () => target.chmod(mode))
      return { sha256: digest.digest("hex"), bytes: at }
    })
  )

const unsupported: ReadonlySet<string> = new Set(["ENOTSUP", "EOPNOTSUPP", "ENOSYS", "ENOTTY", "EINVAL"])

/** Shares blocks until that proves impossible here, copies from then on. `clone` is Node's, but for tests. */
export const openCopy = (clone: typeof fs.promises.copyFile = fs.promises.copyFile): Copy => {
  let possible = true
  return (from, to, options) =>
    Effect.gen(function* () {
      const source = yield* on("from", () => fs.lstatSync(from, { bigint: true }))
      // Its bytes are not copied through this process, so what arrived is read again.
      if (possible && source.isFile()) {
        const cloned = yield* Effect.result(later("to", () => clone(from, to, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE)))
        if (cloned._tag === "Success") {
          yield* on("to", () => fs.chmodSync(to, options.mode))
          const arrived = yield* Effect.mapError(
            readDigest(to, false, () => false),
            faultOf("to")
          )
          return arrived === "absent" ? yield* Effect.fail(faultOf("to")(new Error(`${to} is gone`))) : arrived
        }
        if (unsupported.has(errnoOf(cloned.failure.cause))) possible = false
        yield* on("to", () => fs.rmSync(to, { force: true }))
      }
      return yield* (options.bytes <= chunkBytes && source.size <= chunkBytes ? copySmall : copyLarge)(from, to, options)
    })
}
