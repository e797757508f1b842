/** Lists of checksums in every published form, made here by the tools themselves, and files held against them. */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterAll } from "vitest"
import { checkListed } from "../../../../plugins/atlas/format/content/checksums.ts"
import { entriesFor, parseChecksums } from "../../../../plugins/atlas/format/content/checksum-listing.ts"
import { BsdSum } from "../../../../plugins/atlas/format/content/file-digests.ts"
import { absent, json } from "./shared-data.ts"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "atlas-sums-"))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const put = (name: string, content: string | Buffer): string => {
  const at = path.join(fs.mkdtempSync(path.join(folder, "d-")), name)
  fs.writeFileSync(at, content)
  return at
}

const parsed = (text: string) => parseChecksums(Buffer.from(text))

const sumOf = (bytes: Buffer, size = bytes.length): string => {
  const sum = new BsdSum()
  for (let at = 0; at < bytes.length; at += Math.max(1, size)) sum.update(bytes.subarray(at, at + size))
  return sum.end()
}

/** A Python literal of bytes, as far as the vectors print it whole. */
const literal = (text: string): Buffer | undefined => {
  const inner = /^b'(.*)'$/.exec(text)?.[1]
  return inner === undefined ? undefined : Buffer.from(inner.replaceAll("\\n", "\n"), "latin1")
}

const tools = ["sum", "md5sum", "sha1sum", "sha256sum", "sha512sum"] as const
const there = tools.every((tool) => spawnSync(tool, ["--version"]).status === 0)
if (!there) console.warn("SKIPPED: no coreutils here, so lists of checksums are not compared with those of the tools")

const listOf = (tool: string, at: string, ...flags: ReadonlyArray<string>): string =>
  spawnSync(tool, [...flags, path.basename(at)], { cwd: path.dirname(at), encoding: "utf8" }).stdout

const against = (at: string, list: string) => checkListed([{ role: "fasta", path: at, list }])

describe("BSD sum", () => {
  it.skipIf(absent)("is that of the test vectors", () => {
    let held = 0
    for (const { blocks, bytes, checksum, input_repr } of json("vectors.json").bsd_sum) {
      const printed = literal(input_repr)
      const whole = [
        ...(printed === undefined ? [] : [printed]),
        Buffer.alloc(bytes),
        Buffer.from(Array.from({ length: bytes }, (_, i) => i % 256)),
        Buffer.from("ACGT".repeat(bytes / 4))
      ]
      const input = whole.find((each) => each.length === bytes && sumOf(each) === `${checksum} ${blocks}`)
      assert.isDefined(input, input_repr)
      held++
    }
    assert.isAtLeast(held, 8)
  })

  it("does not depend on how the bytes are cut", () => {
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 31) % 256))
    for (const size of [1, 7, 1024, 4999]) assert.strictEqual(sumOf(bytes, size), sumOf(bytes))
  })
})

describe("a list of checksums", () => {
  const sha256 = createHash("sha256").update("x").digest("hex")
  const md5 = createHash("md5").update("x").digest("hex")

  it.each([
    ["Ensembl's CHECKSUMS", "24720 1 a.fa.gz", "sum", "24720 1", "a.fa.gz"],
    ["sum with padding", "00097     1 a b.fa", "sum", "00097 1", "a b.fa"],
    ["a sum without leading zeros", "97 12 a.fa", "sum", "00097 12", "a.fa"],
    ["md5sum", `${md5}  a.fa`, "md5", md5, "a.fa"],
    ["md5sum of a binary file", `${md5} *a.fa`, "md5", md5, "a.fa"],
    ["NCBI's md5checksums.txt", `${md5}  ./sub/a.fna.gz`, "md5", md5, "sub/a.fna.gz"],
    ["a tab between", `${md5}\ta.fa`, "md5", md5, "a.fa"],
    ["upper case", `${sha256.toUpperCase()}  a.fa`, "sha256", sha256, "a.fa"],
    ["an escaped name", `\\${sha256}  a\\nb\\\\c`, "sha256", sha256, "a\nb\\c"],
    ["BSD's tagged form", `SHA256 (a (1).fa) = ${sha256}`, "sha256", sha256, "a (1).fa"],
    ["openssl's", `SHA2-256(a.fa)= ${sha256}`, "sha256", sha256, "a.fa"],
    ["MD5 tagged, CRLF", `MD5 (a.fa) = ${md5}\r`, "md5", md5, "a.fa"]
  ])("may be %s", (_, line, algorithm, value, name) => {
    assert.deepStrictEqual(parsed(`${line}\n`), { entries: [{ algorithm, value, name, line: 1 }], problems: [] } as never)
  })

  it.each([
    ["a page of HTML", "<html>"],
    ["a digest of another length", `${md5}0  a.fa`],
    ["a tag with a digest of another", `SHA256 (a.fa) = ${md5}`],
    ["a sum that is none", "65536 1 a.fa"],
    ["a digest without name", md5],
    ["a BLAKE2 that nobody publishes", `BLAKE2b (a.fa) = ${md5}`]
  ])("is refused with its line where it holds %s", (_, line) => {
    const { problems } = parsed(`# a comment\n\n${line}\n`)
    assert.deepStrictEqual(
      problems.map((problem) => [problem._tag, problem.where?.line]),
      [["ChecksumLine", 3]]
    )
  })

  it("takes a name that begins with ./ millions of times", () => {
    const { entries, problems } = parseChecksums(Buffer.from(`${md5}  ${"./".repeat(4_000_000)}.//a.fna.gz`))
    assert.deepStrictEqual([entries.map(({ name }) => name), problems], [["a.fna.gz"], []])
  })

  it("tells of the file at the end of whose path it names, else of its name", () => {
    const { entries } = parsed(`1 1 a.fa\n2 1 dna/a.fa\n3 1 cds/a.fa\n4 1 cds/b.fa\n`)
    const found = (at: string) => entriesFor(at, entries).map(({ line }) => line)
    assert.deepStrictEqual(found("/data/dna/a.fa"), [2])
    assert.deepStrictEqual(found("a.fa"), [1])
    assert.deepStrictEqual(found("/data/xdna/a.fa"), [1])
    assert.deepStrictEqual(found("/data/b.fa"), [4])
    assert.deepStrictEqual(found("/data/c.fa"), [])
  })
})

describe.skipIf(!there)("a file held against the list that a tool wrote of it", () => {
  const content = Buffer.from(`>a\n${"ACGT".repeat(3000)}\n`)

  it.effect.each([
    ...tools.map((tool) => [tool] as const),
    ["md5sum", "--tag"] as const,
    ["sha256sum", "--tag"] as const,
    ["sha512sum", "-b"] as const
  ])("passes %s %s, and fails once a byte is another", ([tool, ...flags]) =>
    Effect.gen(function* () {
      for (const name of ["genome.fa", "odd (1) name.fa", "new\nline.fa"]) {
        // sum does not escape: a name with a line end in it is no name that its list can hold
        if (tool === "sum" && name.includes("\n")) continue
        const at = put(name, content)
        const list = put("SUMS", listOf(tool, at, ...flags))
        assert.deepStrictEqual((yield* against(at, list)).unlisted, [])
        const wrong = Buffer.from(content)
        wrong[100]! ^= 1
        fs.writeFileSync(at, wrong)
        const error = yield* Effect.flip(against(at, list))
        if (error._tag !== "ChecksumMismatch") throw new Error(error._tag)
        assert.strictEqual(error.file, name)
        const shown = (text: string) => (tool === "sum" ? text : /[0-9a-f]{32,}/.exec(text)![0])
        assert.include(listOf(tool, at, ...flags).replace(/ +/g, " "), shown(error.found))
        assert.include(fs.readFileSync(list, "utf8").replace(/ +/g, " "), shown(error.expected))
      }
    })
  )

  it.effect("fails where the list says two things of it, unless they are of unlike folders", () =>
    Effect.gen(function* () {
      const genes = put("a.gff3", "a")
      const [right, wrong] = ["a", "b"].map((text) => createHash("md5").update(text).digest("hex"))
      for (const lines of [
        [right, wrong],
        [wrong, right]
      ]) {
        const error = yield* Effect.flip(against(genes, put("MD5SUMS", lines.map((md5) => `${md5}  a.gff3\n`).join(""))))
        if (error._tag !== "ChecksumMismatch") throw new Error(error._tag)
        assert.deepStrictEqual([error.expected, error.found], [wrong, right])
        assert.include(error.message, `line ${lines.indexOf(wrong) + 1} of MD5SUMS`)
      }
      assert.deepStrictEqual((yield* against(genes, put("MD5SUMS", `${right}  a.gff3\n${right}  a.gff3\n`))).unlisted, [])
      assert.deepStrictEqual((yield* against(genes, put("MD5SUMS", `${wrong}  y/a.gff3\n${right}  x/a.gff3\n`))).unlisted, [])
    })
  )

  it.effect("is told where the list does not have it, and all that is wrong at once", () =>
    Effect.gen(function* () {
      const [genes, genome, index] = [put("a.gff3", "a"), put("g.fa", "b"), put("g.fa.fai", "c")]
      const list = put("CHECKSUMS", `${listOf("sum", genes)}${listOf("sum", genome)}`)
      const inputs = [genes, genome, index].map((at) => ({ role: path.extname(at), path: at, list }))
      const checked = yield* checkListed(inputs)
      assert.deepStrictEqual(
        checked.unlisted.map(({ role }) => role),
        [".fai"]
      )
      yield* checked.unchanged
      fs.writeFileSync(genes, "x")
      assert.strictEqual((yield* Effect.flip(checked.unchanged))._tag, "InputChanged")
      fs.writeFileSync(genome, "x")
      const failed = yield* Effect.flip(checkListed([...inputs, { role: "gone", path: genes, list: `${list}.gone` }]))
      if (failed._tag !== "Several") throw new Error(failed._tag)
      assert.deepStrictEqual(
        failed.errors.map((error) => error._tag),
        ["ChecksumMismatch", "ChecksumMismatch", "InputMissing"]
      )
    })
  )
})
