/** sha256 of what was compressed with gzip, all members of it: the same however, and by whom, it was compressed. */
import { createHash } from "node:crypto"
import { closeSync, createReadStream, openSync, readSync } from "node:fs"
import { pipeline } from "node:stream/promises"
import { createGunzip } from "node:zlib"
import { Effect } from "effect"

const beginsAsGzip = (path: string): boolean => {
  const descriptor = openSync(path, "r")
  try {
    const head = Buffer.alloc(2)
    return readSync(descriptor, head, 0, 2, 0) === 2 && head[0] === 0x1f && head[1] === 0x8b
  } finally {
    closeSync(descriptor)
  }
}

/** Hex; null for a file that does not begin as gzip. Fails with a sentence where it is damaged, cut off, or cannot be read. */
export const payloadDigest = (path: string): Effect.Effect<string | null, string> =>
  Effect.tryPromise({
    try: async (signal) => {
      if (!beginsAsGzip(path)) return null
      const digest = createHash("sha256")
      const hashing = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
        for await (const chunk of chunks) digest.update(chunk)
      }
      await pipeline(createReadStream(path), createGunzip(), hashing, { signal })
      return digest.digest("hex")
    },
    catch: (cause) => (cause instanceof Error ? cause.message : String(cause))
  })
