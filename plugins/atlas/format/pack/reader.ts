/** Reads a pack once, front to back, in bounded pieces: each header must be the one this format has, byte by byte. */
import { createHash } from "node:crypto"
import type { FileHandle } from "node:fs/promises"
import { Effect } from "effect"
import { type ArtifactUnreadable, unreadable } from "../artifact/sha256.ts"
import { PackCompressed, PackHeader, PackMember, PackOrder, PackPadding, PackTooLarge, PackTrailing, PackTruncated } from "./failure.ts"
import { blockBytes, endBytes, packHeader, packMembers, type PackMemberName, paddingOf, statedBytes, statedName } from "./header.ts"

const chunkBytes = 1 << 20

const compressions: ReadonlyArray<readonly [string, ReadonlyArray<number>]> = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a]]
]

const isZero = (bytes: Uint8Array) => bytes.every((byte) => byte === 0)

/** Whether some tar writer made this block a header: its checksum field holds the sum of its bytes. */
const isHeader = (block: Uint8Array): boolean => {
  const stated = Number.parseInt(Buffer.from(block.subarray(148, 156)).toString("latin1").replaceAll("\0", " ").trim(), 8)
  let sum = 0
  for (let at = 0; at < blockBytes; at++) sum += at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0)
  return stated === sum
}

const isMember = (name: string): boolean => packMembers.some((member) => member === name)

/** What the reader needs of the member it is at; `take` gets each piece of the body, which is reused: copy what is kept. */
export interface MemberBody<E, R> {
  readonly limit: number
  readonly take: (chunk: Buffer) => Effect.Effect<void, E, R>
}

export class PackReader {
  readonly #file: FileHandle
  readonly #path: string
  readonly #bytes: number
  readonly #whole = createHash("sha256")
  readonly #buffer = Buffer.allocUnsafe(chunkBytes)
  #at = 0

  /** `bytes` is the size of the pack as fstat gave it. */
  constructor(file: FileHandle, path: string, bytes: number) {
    this.#file = file
    this.#path = path
    this.#bytes = bytes
  }

  #where(byte = this.#at) {
    return { path: this.#path, byte }
  }

  #truncated(within: string, needed: number) {
    const message = `the pack ends within ${within}: ${needed} bytes needed, ${this.#bytes} there`
    return new PackTruncated({ message, where: this.#where(this.#bytes), needed, bytes: this.#bytes })
  }

  /** The next `count` bytes, at most 1 MiB, valid until the next call. */
  #take(count: number, within: string): Effect.Effect<Buffer, ArtifactUnreadable | PackTruncated> {
    return Effect.gen({ self: this }, function* () {
      for (let filled = 0; filled < count;) {
        const from = filled
        const { bytesRead } = yield* Effect.uninterruptible(
          Effect.tryPromise({
            try: () => this.#file.read(this.#buffer, from, count - from, this.#at + from),
            catch: unreadable(this.#path)
          })
        )
        if (bytesRead === 0) return yield* this.#truncated(within, this.#at + count)
        filled += bytesRead
      }
      const piece = this.#buffer.subarray(0, count)
      this.#whole.update(piece)
      this.#at += count
      return piece
    })
  }

  /** Why a block is not the header of `name`. */
  #headerFailure(block: Buffer, name: PackMemberName, at: number) {
    const where = this.#where(at)
    const compression = at === 0 ? compressions.find(([, magic]) => magic.every((byte, i) => block[i] === byte)) : undefined
    if (compression !== undefined)
      return new PackCompressed({ message: `${this.#path} is compressed with ${compression[0]}`, where, format: compression[0] })
    if (isZero(block)) {
      const found = "the end of the pack"
      return new PackMember({ message: `${found} stands where ${name} must`, where, expected: name, found })
    }
    const found = statedName(block)
    if (isHeader(block) && found !== name) {
      const facts = { message: `\`${found}\` stands where ${name} must`, where, expected: name, found }
      return isMember(found) ? new PackOrder(facts) : new PackMember(facts)
    }
    const expected = packHeader(name, statedBytes(block) ?? 0)
    const offset = expected.findIndex((byte, i) => byte !== block[i])
    const message = `the header of ${name} differs at its byte ${offset} from the one a pack has`
    return new PackHeader({ message, where: this.#where(at + offset), member: name, offset })
  }

  /** Reads one member: header, body, padding. */
  member<E, R>(name: PackMemberName, body: MemberBody<E, R>) {
    return Effect.gen({ self: this }, function* () {
      const at = this.#at
      const block = yield* this.#take(blockBytes, `the header of ${name}`)
      const bytes = statedBytes(block)
      if (bytes === undefined || !packHeader(name, bytes).equals(block)) return yield* this.#headerFailure(block, name, at)
      if (bytes > body.limit) {
        const message = `${name} has ${bytes} bytes, at most ${body.limit} are allowed`
        return yield* new PackTooLarge({ message, where: this.#where(at), member: name, bytes, limit: body.limit })
      }
      const needed = this.#at + bytes + paddingOf(bytes)
      if (needed > this.#bytes) return yield* this.#truncated(name, needed)
      for (let left = bytes; left > 0;) {
        const piece = yield* this.#take(Math.min(left, chunkBytes), name)
        yield* body.take(piece)
        left -= piece.length
      }
      const paddingAt = this.#at
      const padding = yield* this.#take(paddingOf(bytes), `the padding of ${name}`)
      if (isZero(padding)) return bytes
      const byte = paddingAt + padding.findIndex((value) => value !== 0)
      return yield* new PackPadding({ message: `the padding after ${name} is not zero`, where: this.#where(byte), member: name })
    })
  }

  /** Reads the end: two blocks of zeros and nothing after them. Gives the SHA-256 of the whole pack. */
  get end() {
    return Effect.gen({ self: this }, function* () {
      const at = this.#at
      const first = yield* this.#take(blockBytes, "its end")
      if (!isZero(first)) {
        const found = statedName(first)
        const facts = {
          message: `\`${found}\` stands where the pack must end`,
          where: this.#where(at),
          expected: "the end of the pack",
          found
        }
        if (isHeader(first)) return yield* isMember(found) ? new PackOrder(facts) : new PackMember(facts)
        return yield* new PackTrailing({
          message: "something else than zeros stands where the pack must end",
          where: this.#where(at),
          bytes: this.#bytes - at
        })
      }
      const second = yield* this.#take(endBytes - blockBytes, "its end")
      if (!isZero(second)) {
        const message = "something else than zeros stands in the last block of the pack"
        return yield* new PackTrailing({ message, where: this.#where(at + blockBytes), bytes: this.#bytes - at - blockBytes })
      }
      const extra = yield* Effect.tryPromise({
        try: () => this.#file.read(this.#buffer, 0, 1, this.#at),
        catch: unreadable(this.#path)
      })
      if (extra.bytesRead === 0) return { sha256: this.#whole.digest("hex"), bytes: this.#at }
      const bytes = Math.max(1, this.#bytes - this.#at)
      const message = `${bytes} byte${bytes === 1 ? " follows" : "s follow"} the end of the pack`
      return yield* new PackTrailing({ message, where: this.#where(), bytes })
    })
  }
}
