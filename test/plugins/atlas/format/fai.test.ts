import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterAll } from "vitest"
import { compareFai, formatFai, parseFai, readFai } from "../../../../plugins/atlas/format/fai.ts"
import { scanFasta } from "../../../../plugins/atlas/format/fasta/read.ts"
import { FastaScanner } from "../../../../plugins/atlas/format/fasta/scanner.ts"
import { type Limits, limits } from "../../../../plugins/atlas/format/limits.ts"
import { datasets } from "./shared-data.ts"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "atlas-fai-"))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const sequences = () => {
  const scanner = new FastaScanner({ digests: false })
  scanner.push(Buffer.from(">a\nACGT\nAC\n>b\nACG\n"))
  return scanner.end().sequences
}

/** The table with room for so many sequences only. */
const narrow = (sequences: number): Limits => ({ ...limits, sequences })

describe("fai", () => {
  it("reads what it writes", () => {
    const text = formatFai(sequences())
    assert.strictEqual(text, "a\t6\t3\t4\t5\nb\t3\t14\t3\t4\n")
    const { problems, rows } = parseFai(Buffer.from(text))
    assert.deepStrictEqual(problems, [])
    assert.strictEqual(formatFai(rows), text)
    assert.deepStrictEqual(compareFai(rows, sequences()), [])
  })

  it.each([
    ["two columns", "a\t6\n", "FaiColumns 1:4"],
    ["the six columns of a FASTQ", "a\t6\t3\t4\t5\t9\n", "FaiColumns 1:10"],
    ["a blank line", "a\t6\t3\t4\t5\n\n", "FaiColumns 2:1"],
    ["text", "hello", "FaiColumns 1:6"],
    ["an empty name", "\t6\t3\t4\t5\n", "FaiName 1:1"],
    ["a blank in a name", "a b\t6\t3\t4\t5\n", "FaiName 1:1"],
    ["an invisible character in a name", "a\u200b\t6\t3\t4\t5\n", "FaiName 1:1"],
    ["a name twice", "a\t6\t3\t4\t5\na\t6\t3\t4\t5\n", "FaiName 2:1"],
    ["a length that is no number", "a\t6x\t3\t4\t5\n", "FaiNumber 1:3"],
    ["a negative offset", "a\t6\t-3\t4\t5\n", "FaiNumber 1:5"],
    ["an empty offset", "a\t6\t\t4\t5\n", "FaiNumber 1:5"],
    ["length 0", "a\t0\t3\t4\t5\n", "FaiNumber 1:3"],
    ["line bases 0", "é\t6\t3\t0\t5\n", "FaiNumber 1:8"],
    ["a line width less than its bases", "a\t6\t3\t4\t3\n", "FaiNumber 1:9"],
    ["2^53", "a\t9007199254740992\t3\t4\t5\n", "FaiNumber 1:3"],
    ["500 digits", `a\t${"1".repeat(400)}\t3\t4\t5\n`, "FaiNumber 1:3"],
    ["an endless line", "a".repeat(100_000), "LimitExceeded 1:512"],
    ["bytes that are not UTF-8", Buffer.from([97, 0xff, 9, 49]), "InvalidUtf8 1:2"]
  ])("refuses %s, naming the place", (_, text, expected) => {
    const { problems } = parseFai(Buffer.from(text as string))
    assert.deepStrictEqual(
      problems.map((p) => `${p._tag} ${p.where?.line}:${p.where?.column}`),
      [expected]
    )
  })

  it("takes as many sequences as the limit says", () => {
    const text = Buffer.from("a\t6\t3\t4\t5\nb\t6\t3\t4\t5\n")
    assert.deepStrictEqual(parseFai(text, "x", narrow(2)).problems, [])
    assert.strictEqual(parseFai(text, "x", narrow(1)).problems[0]?._tag, "LimitExceeded")
  })

  it("names every difference from the FASTA", () => {
    const { rows } = parseFai(Buffer.from("c\t1\t1\t1\t2\na\t60\t3\t4\t6\n"))
    assert.deepStrictEqual(
      compareFai(rows, sequences(), "g.fai").map((m) => [m.name, m.field, m.expected, m.actual, m.where?.line ?? null]),
      [
        ["c", "name", null, 1, 1],
        ["a", "length", 6, 60, 2],
        ["a", "lineBytes", 5, 6, 2],
        ["b", "name", 3, null, null]
      ]
    )
  })

  it.effect("fails with all problems of a file", () =>
    Effect.gen(function* () {
      const at = path.join(folder, "bad.fai")
      fs.writeFileSync(at, "a\t6\nb\tx\t1\t1\t1\n")
      const error = yield* Effect.flip(readFai(at))
      assert.strictEqual(error._tag === "Several" ? error.errors.map((e) => e._tag).join() : error._tag, "FaiColumns,FaiNumber")
      assert.strictEqual((yield* Effect.flip(readFai(path.join(folder, "none"))))._tag, "InputMissing")
    })
  )

  it.effect.each(datasets.filter((d) => d.genome !== null))("finds the index of $id to fit its FASTA", ({ genome }) =>
    Effect.gen(function* () {
      const index = genome!.replace(/\.gz$/, "").concat(".fai")
      const rows = yield* readFai(index)
      const { sequences } = yield* scanFasta(genome!, { digests: false })
      assert.deepStrictEqual(compareFai(rows, sequences, index), [])
      const longer = rows.map((row, i) => (i === 0 ? { ...row, length: row.length + 1 } : row))
      assert.strictEqual(compareFai(longer, sequences, index).length, 1)
    })
  )
})
