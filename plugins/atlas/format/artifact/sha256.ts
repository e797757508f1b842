/** SHA-256 as the artifact uses it: lower-case hex of bytes, of UTF-8 text, of whole files. */
import { createHash, hash } from "node:crypto"
import { type FileHandle, open } from "node:fs/promises"
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"

export class ArtifactUnreadable extends Schema.TaggedError<ArtifactUnreadable>()("ArtifactUnreadable", { ...Told, reason: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A file of a dataset could not be read",
    hint: "check that it is there, is a plain file and may be read",
    example: "derived/gene_summary.sqlite could not be read: no such file"
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ELOOP: "too many symbolic links",
  ENOSPC: "no space left",
  EDQUOT: "disk quota exceeded",
  EROFS: "read-only file system",
  EIO: "input/output error",
  EMFILE: "too many open files"
}

/** What an operating system error says, in words; the code where there are none. */
export const reasonOf = (cause: unknown): string => {
  const code = (cause as { code?: unknown } | null)?.code
  if (typeof code === "string" && !code.startsWith("ERR_")) return reasons[code] ?? code
  return cause instanceof Error ? cause.message : String(cause)
}

export const unreadable = (path: string) => (cause: unknown) =>
  new ArtifactUnreadable({ message: `${path} could not be read: ${reasonOf(cause)}`, where: { path }, reason: reasonOf(cause) })

export const sha256 = (data: string | Uint8Array): string => hash("sha256", data, "hex")

/** Whether the text is 64 lower-case hex digits. */
export const isSha256 = (text: string): boolean => text.length === 64 && /^[0-9a-f]{64}$/.test(text)

const chunkBytes = 1 << 20

/** Opens a plain file for reading while `use` runs; the handle is closed however it ends. */
export const withFile = <A, E, R>(
  path: string,
  use: (file: FileHandle) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | ArtifactUnreadable, R> =>
  Effect.acquireUseRelease(
    Effect.tryPromise({
      try: async () => {
        const file = await open(path, "r")
        const stat = await file.stat()
        if (stat.isFile()) return file
        await file.close()
        throw new Error(stat.isDirectory() ? "it is a folder" : "it is not a plain file")
      },
      catch: unreadable(path)
    }),
    use,
    (file) => Effect.promise(() => file.close())
  )

/**
 * Calls `take` with each chunk of an open file, about 1 MiB at a time, yielding between them; the next one is read meanwhile. The chunk is
 * reused: copy what is kept.
 */
export const eachChunk = (file: FileHandle, path: string, take: (chunk: Buffer) => void): Effect.Effect<number, ArtifactUnreadable> =>
  Effect.gen(function* () {
    let [buffer, other] = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)]
    const read = (into: Buffer, at: number) => {
      const reading = file.read(into, 0, chunkBytes, at)
      // Told when it is waited for.
      reading.catch(() => undefined)
      return reading
    }
    let total = 0
    for (let reading = read(buffer, 0); ;) {
      const { bytesRead } = yield* Effect.tryPromise({ try: () => reading, catch: unreadable(path) })
      if (bytesRead === 0) return total
      total += bytesRead
      reading = read(other, total)
      take(buffer.subarray(0, bytesRead))
      ;[buffer, other] = [other, buffer]
    }
  })

export interface FileDigest {
  readonly sha256: string
  readonly bytes: number
}

/** Digest and size of a whole file, read in chunks; `take` gets them too. */
export const sha256File = (path: string, take?: (chunk: Buffer) => void): Effect.Effect<FileDigest, ArtifactUnreadable> =>
  withFile(path, (file) =>
    Effect.gen(function* () {
      const digest = createHash("sha256")
      const bytes = yield* eachChunk(file, path, (chunk) => {
        digest.update(chunk)
        take?.(chunk)
      })
      return { sha256: digest.digest("hex"), bytes }
    })
  )
