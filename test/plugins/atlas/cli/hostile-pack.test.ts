/** Packs that someone tampered with, as their recipient meets them: refused with a code and a place, and nothing is unpacked. */
import * as fs from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as tar from "tar"
import { documentOf, file, idFlags, run, runHere, sample, scratch } from "./program.ts"

const ids = idFlags("1", "phix174", "NC_001422.1")
const top = scratch()
const pack = join(top, "phix.tar")

const made = Effect.gen(function* () {
  if (fs.existsSync(pack)) return fs.readFileSync(pack)
  const root = join(top, "build")
  const inputs = ["--gff3", sample("phix174/NC_001422.1.gff3.gz"), "--fasta", sample("phix174/NC_001422.1.fa")]
  assert.strictEqual((yield* runHere(["ingest", ...inputs, ...ids, "--output-root", root])).code, 0)
  assert.strictEqual((yield* runHere(["pack", "--root", root, ...ids, "--out", pack])).code, 0)
  return fs.readFileSync(pack)
})

/** Another hex digit at that place. */
const withDigit = (bytes: Buffer, at: number): Buffer => {
  const other = Buffer.from(bytes)
  other[at] = bytes[at] === 0x30 ? 0x31 : 0x30
  return other
}

const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** Its members by name, cut out by hand: header at 0, size in octal at 124. */
const membersOf = (
  bytes: Buffer
): ReadonlyArray<{ readonly at: number; readonly name: string; readonly whole: Buffer; readonly body: Buffer }> => {
  const members = []
  for (let at = 0; bytes[at] !== 0;) {
    const size = Number.parseInt(bytes.subarray(at + 124, at + 135).toString("latin1"), 8)
    const next = at + 512 + Math.ceil(size / 512) * 512
    const name = bytes.subarray(at, bytes.indexOf(0, at)).toString("latin1")
    members.push({ at, name, whole: bytes.subarray(at, next), body: bytes.subarray(at + 512, at + 512 + size) })
    at = next
  }
  return members
}

const end = Buffer.alloc(1024)

/** The same members, written by a general tar program. */
const byTar = (bytes: Buffer) =>
  Effect.promise(async () => {
    const folder = scratch()
    const members = membersOf(bytes)
    for (const { name, body } of members) fs.writeFileSync(join(folder, name), body)
    const path = join(scratch(), "other.tar")
    await tar.create(
      { file: path, cwd: folder, portable: true },
      members.map(({ name }) => name)
    )
    return fs.readFileSync(path)
  })

const hostile = Effect.gen(function* () {
  const bytes = yield* made
  const [manifest, sqlite, lock] = membersOf(bytes) as [any, any, any]
  const packs: ReadonlyArray<readonly [string, Buffer, string]> = [
    ["a byte of a header flipped", flipped(bytes, sqlite.at + 100), "PACK_HEADER"],
    ["a byte of the manifest flipped", flipped(bytes, manifest.at + 512 + 10), "PACK_CHECKSUM"],
    ["a byte of the database flipped", flipped(bytes, sqlite.at + 512 + 5000), "PACK_CHECKSUM"],
    ["another digit in the lock", withDigit(bytes, lock.at + 512 + 30), "PACK_CHECKSUM"],
    [
      "no digit in the lock",
      Buffer.concat([bytes.subarray(0, lock.at + 542), Buffer.from("z"), bytes.subarray(lock.at + 543)]),
      "PACK_LOCK"
    ],
    ["an extra member", Buffer.concat([bytes.subarray(0, -1024), renamed(lock.whole, "notes.txt"), end]), "PACK_MEMBER"],
    ["a member that leads out", Buffer.concat([bytes.subarray(0, -1024), renamed(lock.whole, "../up"), end]), "PACK_MEMBER"],
    ["a renamed member", Buffer.concat([manifest.whole, renamed(sqlite.whole, "gene.sqlite"), lock.whole, end]), "PACK_MEMBER"],
    ["a missing member", Buffer.concat([manifest.whole, sqlite.whole, end]), "PACK_MEMBER"],
    ["another order", Buffer.concat([sqlite.whole, manifest.whole, lock.whole, end]), "PACK_ORDER"],
    ["a trailing byte", Buffer.concat([bytes, Buffer.from("x")]), "PACK_TRAILING"],
    ["a cut end", bytes.subarray(0, -700), "PACK_TRUNCATED"],
    ["compression", gzipSync(bytes), "PACK_COMPRESSED"],
    ["headers of another program", yield* byTar(bytes), "PACK_HEADER"],
    ["nothing", Buffer.alloc(0), "PACK_TRUNCATED"]
  ]
  return packs
})

const renamed = (member: Buffer, name: string): Buffer => {
  const copy = Buffer.from(member)
  copy.fill(0, 0, 100)
  copy.write(name, 0, "latin1")
  copy.fill(0x20, 148, 156)
  const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  copy.write(`${sum.toString(8).padStart(7, "0")}\0`, 148, "latin1")
  return copy
}

describe("a hostile pack", () => {
  it.effect("is refused by verify-pack and unpack, with its code, and leaves nothing", () =>
    Effect.gen(function* () {
      for (const [what, bytes, code] of yield* hostile) {
        const path = file("hostile.tar", bytes)
        const verified = yield* runHere(["verify-pack", "--pack", path, "--json"])
        const document = documentOf("dataset-verify-pack/1", verified)
        assert.deepStrictEqual([verified.code, document.ok ? "" : document.error?.code], [1, code], what)
        assert.strictEqual(document.ok ? "" : document.error?.where?.path, path, what)
        const out = join(scratch(), "out")
        const unpacked = yield* runHere(["unpack", "--pack", path, "--out", out, "--json"])
        const told = documentOf("dataset-unpack/1", unpacked)
        assert.deepStrictEqual([unpacked.code, told.ok ? "" : told.error?.code], [1, code], what)
        assert.deepStrictEqual(fs.readdirSync(join(out, "..")), [], what)
      }
    })
  )

  it.effect("is refused by the program as a process, too", () =>
    Effect.gen(function* () {
      const bytes = yield* made
      const ended = yield* run("verify-pack", "--pack", file("hostile.tar", Buffer.concat([bytes, Buffer.from("x")])))
      assert.strictEqual(ended.code, 1)
      assert.strictEqual(ended.stdout, "")
      assert.include(ended.stderr, "✗ 1 byte follows the end of the pack")
      assert.include(ended.stderr, "PACK_TRAILING")
    })
  )
})

describe("a sound pack", () => {
  it.effect("that is not the expected one is refused", () =>
    Effect.gen(function* () {
      yield* made
      const codeOf = (...argv: ReadonlyArray<string>) =>
        Effect.map(runHere(["verify-pack", "--pack", pack, "--json", ...argv]), (ended) => {
          const document = documentOf("dataset-verify-pack/1", ended)
          return [ended.code, document.ok ? document.level : document.error?.code]
        })
      assert.deepStrictEqual(yield* codeOf(), [0, "intact"])
      assert.deepStrictEqual(yield* codeOf(...ids), [0, "identified"])
      assert.deepStrictEqual(yield* codeOf("--expect", `sha256:${"0".repeat(64)}`), [1, "PACK_DIGEST"])
      assert.deepStrictEqual(yield* codeOf(...idFlags("2", "phix174", "NC_001422.1")), [1, "PACK_IDENTITY"])
      assert.deepStrictEqual(yield* codeOf("--level", "identified"), [1, "PACK_LEVEL"])
      assert.deepStrictEqual(yield* codeOf("--level", "authentic", ...ids), [1, "PACK_LEVEL"])
    })
  )

  it.effect("is not unpacked over something, nor if it is not the expected one", () =>
    Effect.gen(function* () {
      yield* made
      const out = scratch()
      fs.writeFileSync(join(out, "mine"), "x")
      const ended = yield* runHere(["unpack", "--pack", pack, "--out", out, "--json"])
      const document = documentOf("dataset-unpack/1", ended)
      assert.deepStrictEqual([ended.code, document.ok ? "" : document.error?.code], [1, "UNPACK_TARGET"])
      assert.deepStrictEqual(fs.readdirSync(out), ["mine"])
      const other = join(scratch(), "out")
      const words = ["unpack", "--pack", pack, "--out", other, "--expect", `sha256:${"0".repeat(64)}`, "--json"]
      const unexpected = documentOf("dataset-unpack/1", yield* runHere(words))
      assert.strictEqual(unexpected.ok ? "" : unexpected.error?.code, "PACK_DIGEST")
      assert.isFalse(fs.existsSync(other))
    })
  )
})
