/** Copying a file so that what was hashed is what was copied. Follows no symbolic link, reads plain files only. */
import { createHash } from "node:crypto"
import { constants } from "node:fs"
import * as fs from "node:fs/promises"
import { Effect } from "effect"
import { type ArtifactUnreadable, eachChunk, type FileDigest, unreadable } from "../artifact/sha256.ts"
import { change, errnoOf, IoDurability, remove, writeNew } from "../durable.ts"

const chunkBytes = 1 << 20

/** Opens a plain file for reading, never through a symbolic link, never blocking on a pipe; closed however `use` ends. */
export const withPlainFile = <A, E, R>(
  path: string,
  use: (file: fs.FileHandle, bytes: number) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | ArtifactUnreadable, R> =>
  Effect.acquireUseRelease(
    Effect.tryPromise({
      try: async () => {
        const file = await fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
        const stat = await file.stat()
        if (stat.isFile()) return { file, bytes: stat.size }
        await file.close()
        throw new Error(stat.isDirectory() ? "it is a folder" : "it is not a plain file")
      },
      catch: (cause) => unreadable(path)(errnoOf(cause) === "ELOOP" ? new Error("it is a symbolic link") : cause)
    }),
    ({ file, bytes }) => use(file, bytes),
    ({ file }) => Effect.promise(() => file.close())
  )

/** Digest and size of a plain file, never through a symbolic link. */
export const hashPlainFile = (path: string): Effect.Effect<FileDigest, ArtifactUnreadable> =>
  withPlainFile(path, (file) =>
    Effect.gen(function* () {
      const hash = createHash("sha256")
      const bytes = yield* eachChunk(file, path, (chunk) => hash.update(chunk))
      return { sha256: hash.digest("hex"), bytes }
    })
  )

const cannotShare = new Set(["ENOTSUP", "EOPNOTSUPP", "EXDEV", "EINVAL", "ENOSYS", "ENOTTY", "ENOENT", "EPERM", "EACCES"])

/** Shares the bytes where the file system can; false where it cannot, and nothing is left. */
const shareBytes = (from: fs.FileHandle, to: string) =>
  change("copy", to, () => fs.copyFile(`/proc/self/fd/${from.fd}`, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE)).pipe(
    Effect.as(true),
    Effect.catchIf(
      (error) => cannotShare.has(error.errno),
      () => Effect.as(remove(to), false)
    )
  )

const syncCopy = (to: string) =>
  change("sync", to, async () => {
    const file = await fs.open(to, constants.O_RDWR | constants.O_NOFOLLOW)
    try {
      await file.chmod(0o644)
      await file.sync()
    } finally {
      await file.close()
    }
  })

/**
 * Copies a plain file to `to`, which must not exist, durably but for its folder. Digest and size are of the copy as read back
 * from the file system, and the stream that was copied had the same.
 */
export const copyHashed = (from: string, to: string): Effect.Effect<FileDigest, ArtifactUnreadable | IoDurability> =>
  withPlainFile(from, (file) =>
    Effect.gen(function* () {
      if (process.platform === "linux" && (yield* shareBytes(file, to))) {
        yield* syncCopy(to)
        return yield* hashPlainFile(to)
      }
      const written = yield* writeNew(to, (sink) =>
        Effect.gen(function* () {
          const buffer = Buffer.allocUnsafe(chunkBytes)
          for (let at = 0; ;) {
            const { bytesRead } = yield* Effect.uninterruptible(
              Effect.tryPromise({ try: () => file.read(buffer, 0, chunkBytes, at), catch: unreadable(from) })
            )
            if (bytesRead === 0) return
            yield* sink.write(buffer.subarray(0, bytesRead))
            at += bytesRead
          }
        })
      )
      const readBack = yield* hashPlainFile(to)
      if (readBack.sha256 === written.sha256) return readBack
      return yield* new IoDurability({
        message: `${to} does not read back as it was written: memory or disk is faulty`,
        where: { path: to },
        path: to,
        operation: "copy",
        errno: "EIO",
        hint: "check the memory and the disk of this machine before anything else is written"
      })
    })
  )
