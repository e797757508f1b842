import { spawnSync } from "node:child_process"
import { createHash, randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as zlib from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Schema } from "effect"
import { afterAll } from "vitest"
import { readContent } from "../../../../plugins/atlas/format/content/read.ts"
import { type Limits, limits } from "../../../../plugins/atlas/format/limits.ts"
import { datasets } from "./shared-data.ts"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "atlas-content-"))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex")

const file = (name: string, bytes: Buffer | string) => {
  const at = path.join(folder, name)
  fs.writeFileSync(at, bytes)
  return at
}

/** Reads all; the plain bytes beside the facts. */
const readAll = (at: string, options: { readonly limits?: Limits } = {}) => {
  const chunks: Array<Buffer> = []
  return Effect.map(readContent(at, { onChunk: (chunk) => void chunks.push(Buffer.from(chunk)), ...options }), (facts) => ({
    facts,
    plain: Buffer.concat(chunks)
  }))
}

const refusal = (at: string, options: { readonly limits?: Limits } = {}) => Effect.flip(readAll(at, options))

/** A bgzip block (SAM specification §4.1), written independently of the reader. */
const block = (plain: Buffer) => {
  const deflated = zlib.deflateRawSync(plain)
  const header = Buffer.from([31, 139, 8, 4, 0, 0, 0, 0, 0, 255, 6, 0, 66, 67, 2, 0, 0, 0])
  header.writeUInt16LE(header.length + deflated.length + 8 - 1, 16)
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(zlib.crc32(plain), 0)
  trailer.writeUInt32LE(plain.length, 4)
  return Buffer.concat([header, deflated, trailer])
}

const endBlock = Buffer.from("1f8b08040000000000ff0600424302001b0003000000000000000000", "hex")
const text = Buffer.from("##gff-version 3\nchr1\t.\tgene\t1\t9\t.\t+\t.\tID=g1\n".repeat(20_000))

/** The table with some figures changed. */
const narrow = (change: Partial<Limits>) => ({ limits: { ...limits, ...change } })

describe("content", () => {
  it.effect("gives plain bytes with their digest and does not trust the name", () =>
    Effect.gen(function* () {
      const { facts, plain } = yield* readAll(file("plain.gff3.gz", text))
      assert.isTrue(plain.equals(text))
      assert.deepStrictEqual(
        { ...facts, path: "" },
        {
          path: "",
          compression: "plain",
          bytes: text.length,
          sha256: sha256(text),
          fileBytes: text.length,
          fileSha256: sha256(text),
          nameDisagrees: true
        }
      )
    })
  )

  it.effect("reads gzip of one large member and of many, whatever the sizes", () =>
    Effect.gen(function* () {
      const noise = randomBytes(3_000_000)
      const members = [
        text,
        Buffer.from("a"),
        Buffer.alloc(0),
        noise,
        ...Array.from({ length: 300 }, (_, i) => Buffer.from(`x${i}\n`.repeat(i * 7))),
        text
      ]
      const packed = Buffer.concat(members.map((member) => zlib.gzipSync(member)))
      const { facts, plain } = yield* readAll(file("many.gz", packed))
      assert.isTrue(plain.equals(Buffer.concat(members)))
      assert.strictEqual(facts.compression, "gzip")
      assert.strictEqual(facts.fileSha256, sha256(packed))
      assert.strictEqual(facts.sha256, sha256(plain))
      assert.isFalse(facts.nameDisagrees)
    })
  )

  it.effect("tells bgzip by its blocks and reads it to its end-of-file block", () =>
    Effect.gen(function* () {
      const blocks = Array.from({ length: Math.ceil(text.length / 65_280) }, (_, i) => block(text.subarray(i * 65_280, (i + 1) * 65_280)))
      const whole = Buffer.concat([...blocks, endBlock])
      const { facts, plain } = yield* readAll(file("blocks.gff3", whole))
      assert.isTrue(plain.equals(text))
      assert.strictEqual(facts.compression, "bgzip")
      assert.isTrue(facts.nameDisagrees)
      const cut = yield* refusal(file("cut.bgz", Buffer.concat(blocks)))
      assert.strictEqual(cut._tag, "InputTruncated")
    })
  )

  const bgzip = spawnSync("bgzip", ["--version"]).status === 0
  if (!bgzip) console.warn("SKIPPED: no bgzip on this machine, so its own output is not read")
  it.effect.skipIf(!bgzip)("reads what bgzip itself writes", () =>
    Effect.gen(function* () {
      const noise = Buffer.concat([randomBytes(500_000), text])
      const at = file("own.txt", noise)
      assert.strictEqual(spawnSync("bgzip", ["-f", at]).status, 0)
      const { facts, plain } = yield* readAll(`${at}.gz`)
      assert.isTrue(plain.equals(noise))
      assert.strictEqual(facts.compression, "bgzip")
    })
  )

  it.effect("calls a gzip cut off at any byte truncated", () =>
    Effect.gen(function* () {
      for (const [name, whole] of [
        ["one.gz", zlib.gzipSync("##gff-version 3\nchr1\t.\tgene\t1\t9\n")],
        ["block.gz", block(Buffer.from("##gff-version 3\n"))]
      ] as const)
        for (let size = 2; size < whole.length; size++) {
          const error = yield* refusal(file(name, whole.subarray(0, size)))
          assert.strictEqual(error._tag, "InputTruncated", `at ${size}`)
          assert.strictEqual(error.where?.byte, size)
        }
    })
  )

  it.effect("calls a large gzip cut off within the stream truncated", () =>
    Effect.gen(function* () {
      const whole = zlib.gzipSync(randomBytes(1_000_000))
      for (const size of [whole.length - 1, whole.length - 8, whole.length - 9, 600_000, 262_144, 262_145]) {
        const error = yield* refusal(file("large.gz", whole.subarray(0, size)))
        assert.strictEqual(error._tag, "InputTruncated", `at ${size}`)
      }
    })
  )

  it.effect("never gives other bytes from a gzip with one bit flipped", () =>
    Effect.gen(function* () {
      const original = Buffer.from("chr1\tx\tgene\t1\t100\nchr1\tx\tgene\t1\t100\nACGTACGT\n")
      const whole = zlib.gzipSync(original)
      let refused = 0
      for (let bit = 0; bit < whole.length * 8; bit++) {
        const flipped = Buffer.from(whole)
        flipped[bit >> 3]! ^= 1 << (bit & 7)
        const exit = yield* Effect.exit(readAll(file("flipped.gz", flipped)))
        if (Exit.isFailure(exit)) refused++
        else if (exit.value.facts.compression !== "plain") assert.isTrue(exit.value.plain.equals(original), `bit ${bit}`)
      }
      // Free bits: 32 of time, 8 of system, 8 of extra flags, 1 of the text flag, 16 of the magic (then it is plain), up to 7 behind the last deflate block.
      assert.isAtLeast(refused, whole.length * 8 - 72)
    })
  )

  it.effect("refuses what follows the last member unless it is zeros", () =>
    Effect.gen(function* () {
      const member = zlib.gzipSync("hello\n")
      const padded = yield* readAll(file("padded.gz", Buffer.concat([member, Buffer.alloc(700_000)])))
      assert.strictEqual(padded.plain.toString(), "hello\n")
      for (const tail of [
        Buffer.from("garbage"),
        Buffer.concat([Buffer.alloc(5), Buffer.from("x")]),
        Buffer.concat([Buffer.alloc(3), member])
      ]) {
        const error = yield* refusal(file("tail.gz", Buffer.concat([member, tail])))
        assert.strictEqual(error._tag, "InputCorrupt")
        assert.strictEqual(error.where?.byte, member.length + tail.findIndex((byte) => byte !== 0))
      }
    })
  )

  it.effect("names checksum, size and block faults with their byte", () =>
    Effect.gen(function* () {
      const member = zlib.gzipSync("hello\n")
      const crc = Buffer.from(member)
      crc[member.length - 8]! ^= 1
      const size = Buffer.from(member)
      size[member.length - 4]! ^= 1
      const first = yield* refusal(file("crc.gz", Buffer.concat([member, crc])))
      const second = yield* refusal(file("size.gz", size))
      const short = block(Buffer.from("hello"))
      short.writeUInt16LE(20, 16)
      const third = yield* refusal(file("short.gz", short))
      assert.deepStrictEqual([first._tag, first.where?.byte], ["InputCorrupt", 2 * member.length - 8])
      assert.deepStrictEqual([second._tag, second.where?.byte], ["InputCorrupt", member.length - 4])
      assert.deepStrictEqual([third._tag, third.where?.byte], ["InputCorrupt", 0])
    })
  )

  it.effect("tells missing, folder, pipe, empty, unreadable and foreign compression apart", () =>
    Effect.gen(function* () {
      const pipe = path.join(folder, "pipe")
      spawnSync("mkfifo", [pipe])
      const cases: ReadonlyArray<readonly [string, string]> = [
        [path.join(folder, "nothing"), "InputMissing"],
        [path.join(file("plain", "x"), "below"), "InputMissing"],
        [folder, "InputNotAFile"],
        [pipe, "InputNotAFile"],
        ["/dev/null", "InputNotAFile"],
        [file("empty", ""), "InputEmpty"],
        [file("empty.gz", zlib.gzipSync("")), "InputEmpty"],
        [`${folder}/with\0nul`, "InputUnreadable"],
        [file("a.zst", zlib.zstdCompressSync("hello")), "InputCompression"],
        [file("b.zst", Buffer.concat([Buffer.from("502a4d18040000000000000", "hex"), zlib.zstdCompressSync("hello")])), "InputCompression"],
        [file("c.bz2", "BZh91AY&SY"), "InputCompression"],
        [file("d.xz", Buffer.from("fd377a585a00", "hex")), "InputCompression"],
        [file("e.zip", "PK\x03\x04"), "InputCompression"]
      ]
      for (const [at, tag] of cases) assert.strictEqual((yield* refusal(at))._tag, tag, at)
    })
  )

  it.effect("refuses a file that changes while it is read", () =>
    Effect.gen(function* () {
      for (const change of [
        (at: string) => fs.appendFileSync(at, "more"),
        (at: string) => fs.truncateSync(at, 1_500_000),
        (at: string) => {
          const { atime, mtime } = fs.statSync(at)
          const handle = fs.openSync(at, "r+")
          fs.writeSync(handle, "X", 0)
          fs.closeSync(handle)
          fs.utimesSync(at, atime, mtime)
        }
      ]) {
        const at = file("changing", randomBytes(3_000_000))
        let first = true
        const onChunk = () => {
          if (first) change(at)
          first = false
        }
        assert.strictEqual((yield* Effect.flip(readContent(at, { onChunk })))._tag, "InputChanged")
      }
    })
  )

  it.effect("passes a typed refusal of its reader on and reads no further", () =>
    Effect.gen(function* () {
      class Enough extends Schema.TaggedError<Enough>()("Enough", {}) {}
      for (const at of [file("far", randomBytes(5_000_000)), file("far.gz", zlib.gzipSync(randomBytes(5_000_000)))]) {
        let chunks = 0
        const error = yield* Effect.flip(
          readContent(at, { onChunk: () => void chunks++, refusal: () => (chunks === 2 ? new Enough({}) : undefined) })
        )
        assert.strictEqual(error._tag, "Enough")
        assert.strictEqual(chunks, 2)
      }
    })
  )

  it.effect("turns what its reader throws into a defect, also from within gzip", () =>
    Effect.gen(function* () {
      for (const at of [file("plain2", text), file("packed.gz", zlib.gzipSync(randomBytes(500_000)))]) {
        const exit = yield* Effect.exit(
          readContent(at, {
            onChunk: () => {
              throw new Error("bug")
            }
          })
        )
        assert.include(String(Exit.isFailure(exit) ? exit.cause : ""), "bug")
      }
    })
  )

  it.live("stops when interrupted", () =>
    Effect.gen(function* () {
      let chunks = 0
      const { promise: begun, resolve: started } = Promise.withResolvers<void>()
      const at = file("long.gz", zlib.gzipSync(randomBytes(20_000_000), { level: 0 }))
      const onChunk = () => {
        chunks++
        started()
      }
      const fiber = yield* Effect.forkChild(readContent(at, { onChunk }), { startImmediately: true })
      yield* Effect.promise(() => begun)
      yield* Fiber.interrupt(fiber)
      const then = chunks
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      assert.strictEqual(chunks, then)
      assert.isBelow(chunks, 70)
    })
  )

  it.effect("stops a bomb by ratio and by size, and takes what is just within", () =>
    Effect.gen(function* () {
      const zeros = zlib.gzipSync(Buffer.alloc(4_000_000))
      const at = file("bomb.gz", zeros)
      for (const [change, limit] of [
        [{ ratioFromBytes: 1_000_000 }, "ratio"],
        [{ plainBytes: 3_999_999 }, "plainBytes"]
      ] as const) {
        const error = yield* refusal(at, narrow(change))
        assert.strictEqual(error._tag === "LimitExceeded" ? error.limit : error._tag, limit)
      }
      yield* readAll(at, narrow({ plainBytes: 4_000_000 }))
      yield* readAll(at, narrow({ ratioFromBytes: 4_000_000 }))
      const three = file("three.gz", Buffer.concat([zlib.gzipSync("a"), zlib.gzipSync("b"), zlib.gzipSync("c")]))
      yield* readAll(three, narrow({ gzipMembers: 3 }))
      assert.strictEqual((yield* refusal(three, narrow({ gzipMembers: 2 })))._tag, "LimitExceeded")
    })
  )

  it.effect("reports progress up to the file's size", () =>
    Effect.gen(function* () {
      const at = file("progress.gz", zlib.gzipSync(randomBytes(1_000_000)))
      const seen: Array<number> = []
      yield* readContent(at, { onChunk: () => {}, onProgress: (read, total) => void seen.push(read / total) })
      assert.isAtLeast(seen.length, 3)
      assert.deepStrictEqual(
        seen,
        seen.toSorted((a, b) => a - b)
      )
      assert.strictEqual(seen.at(-1), 1)
    })
  )

  it.effect.each(datasets.filter((d) => d.genome !== null).map((d) => d.genome!))("gives the published bytes of %s", (genome) =>
    Effect.gen(function* () {
      const dataset = datasets.find((d) => d.genome === genome)!
      for (const at of [dataset.annotation, genome]) {
        const { facts } = yield* readAll(at)
        const published = dataset.source.files.find((f) => f.path === path.basename(at))!
        assert.strictEqual(facts.sha256, published.raw_sha256)
        assert.strictEqual(facts.fileSha256, published.sha256)
      }
    })
  )
})
