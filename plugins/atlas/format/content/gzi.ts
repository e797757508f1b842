/** Index of a bgzip file (`.gzi` of htslib): a count, then for every block but the first where it starts in the file and in the plain text, 64-bit little-endian. */
import { readSync } from "node:fs"
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { LimitExceeded, limits } from "../limits.ts"
import type { ContentError } from "./failure.ts"
import { gzipHeader } from "./gzip-header.ts"
import { fill, openInput, unreadable } from "./read.ts"

export class GziMismatch extends Schema.TaggedError<GziMismatch>()("GziMismatch", { ...Told, reason: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A .gzi is not the index of its bgzip file",
    hint: "It is damaged, older, or of another file. Make it anew: bgzip -r FILE.gz; or take it away, nothing here needs it.",
    example: "genome.fa.gz.gzi does not fit genome.fa.gz: its entry 1 is at byte 18841, the block at byte 18790."
  }
}

interface Block {
  readonly at: number
  readonly plainAt: number
  readonly isEmpty: boolean
}

const headBytes = 512

/**
 * Starts of all blocks, from headers and trailers alone; a reason where the file is not bgzip throughout. Two short reads a block, made
 * synchronously since there are many: a human genome has 50,000 blocks.
 */
const blocksOf = (path: string): Effect.Effect<ReadonlyArray<Block> | string, ContentError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { handle, stat } = yield* openInput(path)
      const size = Number(stat.size)
      return yield* Effect.try({
        try: () => {
          const blocks: Array<Block> = []
          const head = Buffer.alloc(headBytes)
          const tail = Buffer.alloc(4)
          let plainAt = 0
          for (let at = 0; at < size;) {
            const bytesRead = readSync(handle.fd, head, 0, headBytes, at)
            const header = gzipHeader(head.subarray(0, bytesRead), 0)
            if (header.state !== "complete" || header.blockBytes === null || at + header.blockBytes > size)
              return `that is not bgzip throughout: at byte ${at} is no block`
            readSync(handle.fd, tail, 0, 4, at + header.blockBytes - 4)
            const plain = tail.readUInt32LE(0)
            blocks.push({ at, plainAt, isEmpty: plain === 0 })
            plainAt += plain
            at += header.blockBytes
          }
          return blocks
        },
        catch: unreadable(path)
      })
    })
  )

/** Why it is no index of these blocks. Blocks that hold nothing may have an entry or none: versions of bgzip differ. */
const differenceOf = (index: Buffer, blocks: ReadonlyArray<Block>): string | undefined => {
  if (index.length < 8) return `it has ${index.length} bytes, an index has at least 8`
  const count = index.readBigUInt64LE(0)
  if (BigInt(index.length) !== 8n + 16n * count) return `it tells of ${count} entries, which is not its size`
  let next = 1
  for (let i = 0; i < Number(count); i++) {
    const [at, plainAt] = [index.readBigUInt64LE(8 + 16 * i), index.readBigUInt64LE(16 + 16 * i)]
    while (blocks[next]?.isEmpty === true && BigInt(blocks[next]!.at) !== at) next++
    const block = blocks[next++]
    if (block === undefined) return `its entry ${i + 1} is behind the last block`
    if (at !== BigInt(block.at)) return `its entry ${i + 1} is at byte ${at}, the block at byte ${block.at}`
    if (plainAt !== BigInt(block.plainAt)) return `its entry ${i + 1} is at plain byte ${plainAt}, the block at ${block.plainAt}`
  }
  const left = blocks.slice(next).find(({ isEmpty }) => !isEmpty)
  return left === undefined ? undefined : `it has no entry for the block at byte ${left.at}`
}

/** Read as it is: its first bytes are a number, which may look like any compression. */
const readIndex = (path: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { handle, stat } = yield* openInput(path)
      const size = Number(stat.size)
      const allowed = limits.jsonBytes
      const message = `The index is larger than ${allowed} bytes.`
      if (size > allowed) return yield* new LimitExceeded({ message, where: { path }, limit: "jsonBytes", allowed, found: size })
      const bytes = Buffer.alloc(size)
      const filled = yield* Effect.tryPromise({ try: () => fill(handle, bytes), catch: unreadable(path) })
      return bytes.subarray(0, filled)
    })
  )

/** Holds an index against the headers of its bgzip file, whose data is not looked at. */
export const checkGzi = (gzi: string, path: string): Effect.Effect<void, ContentError | GziMismatch> =>
  Effect.gen(function* () {
    const index = yield* readIndex(gzi)
    const blocks = yield* blocksOf(path)
    const reason = typeof blocks === "string" ? blocks : differenceOf(index, blocks)
    if (reason !== undefined)
      return yield* new GziMismatch({ message: `${gzi} does not fit ${path}: ${reason}.`, where: { path: gzi }, reason })
  })
