/** The bytes of an input file, unpacked if need be: read once, hashed as read, never half believed. */
import { createHash } from "node:crypto"
import { constants, type BigIntStats } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { Effect } from "effect"
import { type Limits, limits as defaults } from "../limits.ts"
import { type Compression, compressionOf, nameDisagrees } from "./compression.ts"
import { type ContentError, InputChanged, InputCompression, InputEmpty, InputMissing, InputNotAFile, InputUnreadable } from "./failure.ts"
import { GzipReader } from "./gzip.ts"

export interface ContentFacts {
  readonly path: string
  readonly compression: Compression
  /** Plain bytes and their sha256, lower-case hex. */
  readonly bytes: number
  readonly sha256: string
  /** The file as it lies on disk. */
  readonly fileBytes: number
  readonly fileSha256: string
  /** The name's suffix promises another compression than the content has. */
  readonly nameDisagrees: boolean
}

export interface ReadOptions<E> {
  /** Gets the plain bytes in order. The buffer is used again: copy what must outlive the call. */
  readonly onChunk: (chunk: Buffer) => void
  /** Asked after each chunk: an error stops reading and is what the effect fails with. */
  readonly refusal?: () => E | undefined
  /** Bytes of the file on disk: read so far, and in all. */
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void
  readonly limits?: Limits
}

const plainPiece = 1024 * 1024
const gzipPiece = 256 * 1024

const errnoOf = (cause: unknown): string => (cause instanceof Error && "code" in cause ? String(cause.code) : "UNKNOWN")

/** What the system answered, as an error of the input. */
export const unreadable = (path: string) => (cause: unknown) => {
  const errno = errnoOf(cause)
  if (errno === "ENOENT" || errno === "ENOTDIR") return new InputMissing({ message: `There is no file ${path}.`, where: { path } })
  if (errno === "ENXIO") return notAFile(path, "a socket")
  return new InputUnreadable({ message: `Cannot read ${path}: ${errno}.`, where: { path }, errno })
}

const notAFile = (path: string, kind: string) => new InputNotAFile({ message: `${path} is ${kind}, not a file.`, where: { path }, kind })

const kindOf = (stat: BigIntStats) =>
  stat.isDirectory() ? "a folder" : stat.isFIFO() ? "a pipe" : stat.isSocket() ? "a socket" : "a device"

export const sameFile = (a: BigIntStats, b: BigIntStats) =>
  a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs

/** Opens a regular file for reading, with its facts. A pipe does not block it. */
export const openInput = (path: string) =>
  Effect.acquireRelease(
    Effect.tryPromise({ try: () => open(path, constants.O_RDONLY | constants.O_NONBLOCK), catch: unreadable(path) }),
    (handle) => Effect.promise(() => handle.close().catch(() => undefined))
  ).pipe(
    Effect.flatMap((handle) =>
      Effect.tryPromise({ try: () => handle.stat({ bigint: true }), catch: unreadable(path) }).pipe(
        Effect.flatMap((stat) => (stat.isFile() ? Effect.succeed({ handle, stat }) : Effect.fail(notAFile(path, kindOf(stat)))))
      )
    )
  )

/** Fills the buffer as far as the file goes, so that pieces do not depend on how the system cuts reads. */
export const fill = async (handle: FileHandle, buffer: Buffer): Promise<number> => {
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, null)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}

/**
 * Reads a plain, gzip or bgzip file, recognised by content. All gzip members are read; truncation, damage, trailing data, and a file
 * that changes meanwhile are errors. Memory stays at a few MiB. Interruption closes the file.
 */
export const readContent = <E = never>(path: string, options: ReadOptions<E>): Effect.Effect<ContentFacts, ContentError | E> =>
  Effect.scoped(
    Effect.gen(function* () {
      const limits = options.limits ?? defaults
      const { handle, stat } = yield* openInput(path)
      const total = Number(stat.size)
      const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(total, plainPiece)))
      const read = (most: number) =>
        Effect.tryPromise({ try: () => fill(handle, most < buffer.length ? buffer.subarray(0, most) : buffer), catch: unreadable(path) })
      const fileHash = createHash("sha256")
      const plainHash = createHash("sha256")
      let bytes = 0
      let fileBytes = 0
      const refusals: Array<Effect.Effect<never, E>> = []
      // What the handler throws is its defect; let out here it would take the process down from within zlib.
      const deliver = (chunk: Buffer): boolean => {
        bytes += chunk.length
        try {
          options.onChunk(chunk)
          const refusal = options.refusal?.()
          if (refusal !== undefined) refusals.push(Effect.fail(refusal))
        } catch (defect) {
          refusals.push(Effect.die(defect))
        }
        return refusals.length === 0
      }
      let filled = yield* read(gzipPiece)
      const found = compressionOf(buffer.subarray(0, filled))
      if (found !== "plain" && found !== "gzip") {
        const message = `${path} is compressed with ${found}; plain, gzip and bgzip are read.`
        return yield* new InputCompression({ message, where: { path, byte: 0 }, compression: found })
      }
      const gzip =
        found === "gzip"
          ? new GzipReader(path, total, limits, (chunk) => {
              plainHash.update(chunk)
              return deliver(chunk)
            })
          : null
      if (gzip !== null) yield* Effect.addFinalizer(() => Effect.sync(() => gzip.destroy()))
      const piece = gzip === null ? plainPiece : gzipPiece
      while (filled > 0) {
        const chunk = buffer.subarray(0, filled)
        fileBytes += filled
        fileHash.update(chunk)
        if (gzip === null) deliver(chunk)
        else yield* Effect.promise(() => gzip.push(chunk))
        options.onProgress?.(fileBytes, total)
        if (refusals.length > 0 || (gzip !== null && gzip.problem !== null)) break
        filled = yield* read(piece)
      }
      for (const refusal of refusals) return yield* refusal
      const compression = gzip === null ? "plain" : gzip.end(fileBytes)
      const after = yield* Effect.tryPromise({ try: () => handle.stat({ bigint: true }), catch: unreadable(path) })
      const whole = gzip === null || gzip.problem === null
      if (!sameFile(stat, after) || (whole && fileBytes !== total))
        return yield* new InputChanged({ message: `${path} changed while it was read.`, where: { path } })
      if (gzip !== null && gzip.problem !== null) return yield* Effect.fail(gzip.problem)
      if (bytes === 0) {
        const message = total === 0 ? `${path} is empty.` : `${path} unpacks to nothing.`
        return yield* new InputEmpty({ message, where: { path } })
      }
      const fileSha256 = fileHash.digest("hex")
      const sha256 = gzip === null ? fileSha256 : plainHash.digest("hex")
      return { path, compression, bytes, sha256, fileBytes, fileSha256, nameDisagrees: nameDisagrees(path, compression) }
    })
  )
