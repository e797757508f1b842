/** The index of a bgzip file, held against what bgzip itself writes. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterAll } from "vitest"
import { checkGzi } from "../../../../plugins/atlas/format/content/gzi.ts"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "atlas-gzi-"))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const bgzip = spawnSync("bgzip", ["--version"]).status === 0
if (!bgzip) console.warn("SKIPPED: no bgzip here (Debian: apt-get install tabix), so its indexes are not looked at")

const packed = (input: Buffer): Buffer => spawnSync("bgzip", ["-c"], { input, maxBuffer: 2 ** 26 }).stdout

/** A file with the index that bgzip makes of it. */
const indexed = (name: string, bytes: Buffer) => {
  const at = path.join(folder, name)
  fs.writeFileSync(at, bytes)
  assert.strictEqual(spawnSync("bgzip", ["-r", at]).status, 0)
  return { at, gzi: `${at}.gzi`, index: fs.readFileSync(`${at}.gzi`) }
}

const text = (letters: string, size: number) =>
  Buffer.from(Array.from({ length: size }, (_, i) => letters.charCodeAt((i * i + (i >> 3)) % letters.length)))

describe.skipIf(!bgzip)("a .gzi", () => {
  it.effect("is taken as bgzip makes it: of one block, of many, of files put together", () =>
    Effect.gen(function* () {
      const many = packed(text("ACGTN", 300_000))
      for (const [name, bytes] of [
        ["one.gz", packed(Buffer.from(">a\nACGT\n"))],
        ["many.gz", many],
        ["together.gz", Buffer.concat([many, packed(text("GC", 100_000)), many])]
      ] as const) {
        const { at, gzi } = indexed(name, bytes)
        yield* checkGzi(gzi, at)
      }
    })
  )

  it.effect("is refused with every byte changed or cut off, and of another file", () =>
    Effect.gen(function* () {
      const { at, gzi, index } = indexed("g.fa.gz", packed(text("ACGTN", 300_000)))
      assert.isAbove(index.length, 40)
      for (let i = 0; i < index.length; i++) {
        const wrong = Buffer.from(index)
        wrong[i]! ^= 1
        fs.writeFileSync(gzi, wrong)
        assert.strictEqual((yield* Effect.flip(checkGzi(gzi, at)))._tag, "GziMismatch", `byte ${i}`)
        fs.writeFileSync(gzi, index.subarray(0, i))
        assert.strictEqual((yield* Effect.flip(checkGzi(gzi, at)))._tag, "GziMismatch", `cut at ${i}`)
      }
      const fewer = Buffer.from(index.subarray(0, -16))
      fewer.writeBigUInt64LE(fewer.readBigUInt64LE(0) - 1n, 0)
      fs.writeFileSync(gzi, fewer)
      assert.match((yield* Effect.flip(checkGzi(gzi, at))).message, /no entry for the block at byte \d+/)
      fs.writeFileSync(gzi, index)
      yield* checkGzi(gzi, at)
      const other = indexed("other.fa.gz", packed(text("ACG", 300_000)))
      assert.strictEqual((yield* Effect.flip(checkGzi(gzi, other.at)))._tag, "GziMismatch")
    })
  )

  it.effect("is no index of what is plain, gzip, or bgzip only in part", () =>
    Effect.gen(function* () {
      const whole = packed(text("ACGTN", 200_000))
      const { gzi } = indexed("w.fa.gz", whole)
      for (const bytes of [Buffer.from(">a\nAC\n"), gzipSync("ACGT"), Buffer.concat([whole, gzipSync("ACGT")]), whole.subarray(0, -40)]) {
        const at = path.join(folder, "not.gz")
        fs.writeFileSync(at, bytes)
        const error = yield* Effect.flip(checkGzi(gzi, at))
        assert.match(error.message, /not bgzip throughout/)
      }
      assert.strictEqual((yield* Effect.flip(checkGzi(`${gzi}.gone`, path.join(folder, "w.fa.gz"))))._tag, "InputMissing")
    })
  )
})
