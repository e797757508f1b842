/** Digests of a file as it lies on disk, by any of the algorithms that lists of checksums use, in one pass. */
import { createHash } from "node:crypto"
import { Effect, type Scope } from "effect"
import type { Algorithm } from "./checksum-listing.ts"
import { type ContentError, InputChanged } from "./failure.ts"
import { fill, openInput, sameFile, unreadable } from "./read.ts"

interface Digest {
  readonly update: (bytes: Buffer) => unknown
  readonly end: () => string
}

/** BSD `sum`: 16 bits, rotated right by one before each byte is added; with the number of 1024-byte blocks, the last one counted whole. */
export class BsdSum implements Digest {
  #sum = 0
  #bytes = 0

  update(bytes: Uint8Array): void {
    let sum = this.#sum
    for (let i = 0; i < bytes.length; i++) sum = ((sum >> 1) + ((sum & 1) << 15) + bytes[i]!) & 0xffff
    this.#sum = sum
    this.#bytes += bytes.length
  }

  end(): string {
    return `${String(this.#sum).padStart(5, "0")} ${Math.ceil(this.#bytes / 1024)}`
  }
}

const digestOf = (algorithm: Algorithm): Digest => {
  if (algorithm === "sum") return new BsdSum()
  const hash = createHash(algorithm)
  return { update: (bytes) => hash.update(bytes), end: () => hash.digest("hex") }
}

const pieceBytes = 1024 * 1024

/** `unchanged` fails if the file at the path is no longer the one that was read. */
export interface FileDigests {
  readonly digests: ReadonlyMap<Algorithm, string>
  readonly unchanged: Effect.Effect<void, ContentError>
}

const changed = (path: string) => new InputChanged({ message: `${path} changed while it was read.`, where: { path } })

const statOf = (path: string) => Effect.scoped(Effect.map(openInput(path), ({ stat }) => stat))

export const fileDigests = (path: string, wanted: ReadonlySet<Algorithm>): Effect.Effect<FileDigests, ContentError> => {
  const read: Effect.Effect<FileDigests, ContentError, Scope.Scope> = Effect.gen(function* () {
    const { handle, stat } = yield* openInput(path)
    const digests = [...wanted].map((algorithm) => [algorithm, digestOf(algorithm)] as const)
    const buffer = Buffer.allocUnsafe(pieceBytes)
    for (;;) {
      const filled = yield* Effect.tryPromise({ try: () => fill(handle, buffer), catch: unreadable(path) })
      if (filled === 0) break
      for (const [, digest] of digests) digest.update(buffer.subarray(0, filled))
    }
    const unchanged = Effect.flatMap(statOf(path), (now) => (sameFile(stat, now) ? Effect.void : Effect.fail(changed(path))))
    yield* unchanged
    return { digests: new Map(digests.map(([algorithm, digest]) => [algorithm, digest.end()])), unchanged }
  })
  return Effect.scoped(read)
}
