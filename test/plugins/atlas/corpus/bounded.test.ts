/**
 * Inputs that are hostile by their size, in a process with a small heap: decided without a crash, and within memory that does not grow with
 * the input where the rule is a limit. Time is bounded by what a row or byte costs; whatever is quadratic here takes hours.
 */
import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFasta, readGff3 } from "../../../../plugins/atlas/format/ingest/inputs.ts"
import { documentOf, file, placesOf, scratch, startNode } from "../cli/program.ts"
import { head, ingestWords, row, soundFasta, soundGff3 } from "./decision.ts"

const child = join(import.meta.dirname, "child.ts")

/** Runs ingest with a heap of so many MiB; peak memory in MiB. */
const bounded = (heap: number, gff3: string, fasta = file("a.fa", soundFasta)) =>
  Effect.gen(function* () {
    const root = join(scratch(), "build")
    const words = [`--max-old-space-size=${heap}`, child, ...ingestWords(gff3, fasta, undefined, root)]
    const ended = yield* Effect.promise(() => startNode(words).ended)
    assert.strictEqual(ended.code, 0, ended.stderr.slice(0, 2000))
    const { code, stdout, megabytes } = JSON.parse(ended.stdout) as { code: number; stdout: string; megabytes: number }
    const document = documentOf("dataset-ingest/1", { stdout })
    return { code, document, refused: document.ok ? [] : placesOf(document), megabytes }
  })

/** A file with the text, then a hole up to so many bytes, then the rest. */
const sparse = (name: string, before: string, bytes: number, after: string): string => {
  const path = file(name, before)
  fs.truncateSync(path, bytes)
  fs.appendFileSync(path, after)
  return path
}

/** A file written in pieces. */
const streamed = (name: string, pieces: Iterable<string>): string => {
  const path = file(name, "")
  const handle = fs.openSync(path, "w")
  let text = ""
  for (const piece of pieces) {
    text += piece
    if (text.length > 2 ** 20) {
      fs.writeSync(handle, text)
      text = ""
    }
  }
  fs.writeSync(handle, text)
  fs.closeSync(handle)
  return path
}

function* repeated(count: number, make: (i: number) => string, before = "", after = ""): Generator<string> {
  yield before
  for (let i = 0; i < count; i++) yield make(i)
  yield after
}

const million = 1_000_000
/** MiB that the program takes for a few rows, with room. */
const usual = 400

describe("ingest decides within bounds on", () => {
  const wrong = row("chr1 s exon 0 9 . + . Parent=g")

  it.effect("a line beyond the limit in the annotation, and tells what follows it", () =>
    Effect.gen(function* () {
      const gff3 = sparse("a.gff3", `${soundGff3}chr1\t`, 8 * million, `\n${wrong}`)
      const { code, refused, megabytes } = yield* bounded(64, gff3)
      assert.deepStrictEqual([code, refused], [1, ["LIMIT_EXCEEDED a.gff3 3 1", "GFF3_COORDINATE a.gff3 4 13"]])
      assert.isBelow(megabytes, usual)
    })
  )

  it.effect("a line of 1 GiB in the annotation, of which it copies no more than shows that it does not end", () =>
    Effect.gen(function* () {
      const gff3 = sparse("a.gff3", `${soundGff3}${wrong}chr1\t`, 2 ** 30, `\n${wrong}`)
      const { code, refused, megabytes } = yield* bounded(64, gff3)
      assert.deepStrictEqual([code, refused], [1, ["GFF3_COORDINATE a.gff3 3 13", "LIMIT_EXCEEDED a.gff3 4 1"]])
      assert.isBelow(megabytes, usual)
      for (const onProblem of [undefined, () => undefined]) {
        const copy = join(scratch(), "copy")
        const { problems } = yield* Effect.scoped(
          readGff3(
            gff3,
            copy,
            () => undefined,
            () => undefined,
            onProblem
          )
        )
        assert.deepStrictEqual([problems.at(-1)?._tag, problems.at(-1)?.where?.line], ["LimitExceeded", 4])
        assert.isBelow(fs.statSync(copy).size, 20 * million)
      }
    })
  )

  it.effect("a header of 128 MiB in the FASTA", () =>
    Effect.gen(function* () {
      const { code, refused, megabytes } = yield* bounded(
        64,
        file("a.gff3", soundGff3),
        sparse("a.fa", `${soundFasta}>chr3 `, 2 ** 27, "\nACGT\n")
      )
      assert.deepStrictEqual([code, refused], [1, ["LIMIT_EXCEEDED a.fa 179 2"]])
      assert.isBelow(megabytes, usual)
      const copy = join(scratch(), "copy")
      yield* Effect.scoped(readFasta(sparse("a.fa", ">chr3 ", 2 ** 27, "\nACGT\n"), copy, () => undefined))
      assert.isBelow(fs.statSync(copy).size, 20 * million)
    })
  )

  it.effect("a million attributes of one row, within a line and beyond one", () =>
    Effect.gen(function* () {
      const within = head + row(`chr1 s gene 1 9 . + . ID=g${";".repeat(999_900)}`)
      const beyond = streamed(
        "a.gff3",
        repeated(million, (i) => `;a${i}=${i}`, `${head}chr1\ts\tgene\t1\t9\t.\t+\t.\tID=g`, "\n")
      )
      assert.deepStrictEqual((yield* bounded(64, file("a.gff3", within))).refused, ["LIMIT_EXCEEDED a.gff3 2 4124"])
      assert.deepStrictEqual((yield* bounded(64, beyond)).refused, ["LIMIT_EXCEEDED a.gff3 2 1"])
    })
  )

  it.effect("a million problems: the first are told, the others counted", () =>
    Effect.gen(function* () {
      const { refused } = yield* bounded(
        96,
        streamed(
          "a.gff3",
          repeated(million, () => row("chr1 s gene 0 9 . + ."), head)
        )
      )
      assert.lengthOf(refused, 1000)
    })
  )

  it.effect(
    "a circle of Parents through a million rows",
    () =>
      Effect.gen(function* () {
        const count = million
        const gff3 = streamed(
          "a.gff3",
          repeated(count, (i) => row(`chr1 s mRNA 1 9 . + . ID=t${i};Parent=t${(i + 1) % count}`), head)
        )
        const { code, refused } = yield* bounded(4096, gff3)
        assert.deepStrictEqual([code, refused], [1, ["GFF3_PARENT_CYCLE a.gff3 2 29"]])
      }),
    900_000
  )

  it.effect("a chain of Parents through 100,000 rows", () =>
    Effect.gen(function* () {
      const link = (i: number) => row(`chr1 s mRNA 1 9 . + . ID=t${i};Parent=${i === 0 ? "g" : `t${i - 1}`}`)
      const { code, refused } = yield* bounded(1024, streamed("a.gff3", repeated(100_000, link, soundGff3)))
      assert.deepStrictEqual([code, refused], [1, ["LIMIT_EXCEEDED a.gff3 103 31"]])
    })
  )

  it.effect("20,000 transcripts at one place, each of which has all others with it", () =>
    Effect.gen(function* () {
      const sibling = (i: number) => row(`chr1 s mRNA 1 9 . + . ID=t${i};Parent=g`)
      const { code, refused } = yield* bounded(512, streamed("a.gff3", repeated(20_000, sibling, soundGff3)))
      assert.deepStrictEqual([code, refused], [1, ["LIMIT_EXCEEDED a.gff3 2"]])
    })
  )
})
