/** Every limit of limits.ts: what is one below it and at it is taken, what is one beyond is refused by its name; and docs/reference/limits.md has each. */
import * as fs from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { readContent } from "../../../../plugins/atlas/format/content/read.ts"
import { parseFai } from "../../../../plugins/atlas/format/fai.ts"
import { FastaScanner } from "../../../../plugins/atlas/format/fasta/scanner.ts"
import { Gff3Parser } from "../../../../plugins/atlas/format/gff3/parser.ts"
import type { Gff3Row } from "../../../../plugins/atlas/format/gff3/row.ts"
import { Rejected } from "../../../../plugins/atlas/format/ingest/rejected.ts"
import { type Limits, LimitExceeded, limits } from "../../../../plugins/atlas/format/limits.ts"
import { OntologyModel } from "../../../../plugins/atlas/format/model/ontology-model.ts"
import { parseStrictJson } from "../../../../plugins/atlas/format/strict-json.ts"
import { file } from "../cli/program.ts"
import { head, row } from "./decision.ts"

/** The limit that was exceeded, or the error's tag; empty where there is none. */
type Told = string

const told = (problems: ReadonlyArray<{ readonly _tag: string }>): Told => {
  const [first] = problems
  return first === undefined ? "" : first instanceof LimitExceeded ? first.limit : first._tag
}

const narrowed = (change: Partial<Record<keyof Limits, number>>): Limits => ({ ...limits, ...change })

const gff3 = (text: string, change: Partial<Record<keyof Limits, number>> = {}) => {
  const rows: Array<Gff3Row> = []
  const parser = new Gff3Parser({ onRow: (r) => void rows.push(r) }, { limits: narrowed(change) })
  parser.push(Buffer.from(text))
  return { facts: parser.end(), rows }
}

const ofGff3 = (text: string, change: Partial<Record<keyof Limits, number>> = {}): Told => told(gff3(text, change).facts.problems)

const ofFasta = (text: string, change: Partial<Record<keyof Limits, number>> = {}): Told => {
  const scanner = new FastaScanner({ limits: narrowed(change) })
  scanner.push(Buffer.from(text))
  return told(scanner.end().problems)
}

const ofFai = (text: string, change: Partial<Record<keyof Limits, number>> = {}): Told =>
  told(parseFai(Buffer.from(text), "a.fai", narrowed(change)).problems)

const ofContent = (bytes: Buffer, change: Partial<Record<keyof Limits, number>>) =>
  readContent(file("a", bytes), { onChunk: () => undefined, limits: narrowed(change) }).pipe(
    Effect.match({ onFailure: (error) => told([error]), onSuccess: () => "" })
  )

const many = (count: number, make: (i: number) => string, between = ""): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(between)

const gene = (column9: string): string => head + row(`chr1 s gene 1 9 . + . ${column9}`)

const chain = (depth: number): Told => {
  const model = new OntologyModel({ path: "a.gff3", contigs: [{ name: "chr1", length: 100 }] })
  const lines = many(depth, (i) => row(`chr1 s mRNA 1 9 . + . ID=t${i};Parent=${i === 0 ? "g" : `t${i - 1}`}`))
  for (const each of gff3(gene("ID=g") + lines).rows) model.add(each)
  return told(model.finish().errors)
}

const rejections = (count: number): Told => {
  const rejected = new Rejected("a.gff3")
  const [problem] = gff3(head + row("chr1 s gene 0 9 . + . .")).facts.problems
  if (problem === undefined) return "no problem to begin with"
  for (let line = 1; line <= count; line++)
    rejected.unread(Object.assign(Object.create(problem) as typeof problem, { where: { path: "a", line, column: 1, byte: line * 10 } }))
  return told(rejected.fatal)
}

const json = (text: string, options: { maxBytes?: number; maxDepth?: number }): Told =>
  Result.match(parseStrictJson(text, "a", options), { onFailure: (error) => told([error]), onSuccess: () => "" })

const header = (bytes: number): Buffer => {
  const plain = gzipSync("text")
  const start = Buffer.from(plain.subarray(0, 10))
  start[3] = 8
  return Buffer.concat([start, Buffer.alloc(bytes - 11, 65), Buffer.from([0]), plain.subarray(10)])
}

/** By limit: the figure that is tried, the real one or a lower one, and what is told of so much. Another name where it is no LimitExceeded. */
const tries: {
  readonly [K in keyof Limits]: readonly [allowed: number, at: (n: number) => Told | Effect.Effect<Told>, name?: string]
} = {
  lineBytes: [limits.lineBytes, (n) => ofGff3(gene(`Note=${"x".repeat(n - 27)}`))],
  attributesPerRow: [limits.attributesPerRow, (n) => ofGff3(gene(many(n, (i) => `a${i}=1`, ";")))],
  idBytes: [limits.idBytes, (n) => ofGff3(gene(`ID=${"x".repeat(n)}`))],
  parentsPerRow: [limits.parentsPerRow, (n) => ofGff3(gene(`Parent=${many(n, (i) => `p${i}`, ",")}`))],
  parentDepth: [limits.parentDepth, chain],
  sequenceNameBytes: [
    limits.sequenceNameBytes,
    (n) => {
      const name = "x".repeat(n)
      const all = new Set([
        ofGff3(head + row(`${name} s gene 1 9 . + . ID=g`)),
        ofFasta(`>${name}\nACGT\n`),
        ofFai(`${name}\t4\t9\t4\t5\n`)
      ])
      return [...all].join(" and ")
    }
  ],
  headerBytes: [limits.headerBytes, (n) => ofFasta(`>a ${"x".repeat(n - 2)}\nACGT\n`)],
  sequences: [
    3,
    (n) => {
      const change = { sequences: 3 }
      const all = new Set([
        ofGff3(head + many(n, (i) => `##sequence-region c${i} 1 9\n`), change),
        ofFasta(
          many(n, (i) => `>c${i}\nA\n`),
          change
        ),
        ofFai(
          many(n, (i) => `c${i}\t1\t${i * 9}\t1\t2\n`),
          change
        )
      ])
      return [...all].join(" and ")
    }
  ],
  coordinate: [
    limits.coordinate,
    (n) => ofGff3(head + row(`chr1 s gene 1 ${n === limits.coordinate + 1 ? "9007199254740992" : n} . + . ID=g`)),
    "Gff3Coordinate"
  ],
  plainBytes: [1000, (n) => ofContent(gzipSync(Buffer.alloc(n)), { plainBytes: 1000 })],
  ratio: [
    50,
    (n) => {
      const bytes = gzipSync(Buffer.alloc(100_000))
      return ofContent(bytes, { ratioFromBytes: 1, ratio: (100_000.5 + 50 - n) / bytes.length })
    }
  ],
  ratioFromBytes: [100_000, (n) => ofContent(gzipSync(Buffer.alloc(n)), { ratioFromBytes: 100_000, ratio: 1 }), "ratio"],
  gzipMembers: [5, (n) => ofContent(Buffer.concat(Array.from({ length: n }, () => gzipSync("a"))), { gzipMembers: 5 })],
  gzipHeaderBytes: [limits.gzipHeaderBytes, (n) => ofContent(header(n), {})],
  jsonBytes: [1000, (n) => json(`"${"x".repeat(n - 2)}"`, { maxBytes: 1000 })],
  jsonDepth: [limits.jsonDepth, (n) => json("[".repeat(n) + "]".repeat(n), {})],
  problems: [
    limits.problems,
    (n) => {
      const { facts } = gff3(head + row("chr1 s gene 0 9 . + . .").repeat(n))
      assert.strictEqual(facts.problemCount, n)
      return facts.problems.length < n ? "problems" : ""
    }
  ],
  rejections: [limits.rejections, rejections]
}

describe("the limit", () => {
  for (const [limit, [allowed, at, name = limit]] of Object.entries(tries))
    it.effect(`${limit} takes what is below and at it, and names itself beyond`, () =>
      Effect.gen(function* () {
        const found: Array<Told> = []
        for (const n of [allowed - 1, allowed, allowed + 1]) {
          const told = at(n)
          found.push(typeof told === "string" ? told : yield* told)
        }
        assert.deepStrictEqual(found, ["", "", name])
      })
    )

  it("of depth is met by JSON that is a hundred thousand deep, and by keys that are there twice", () => {
    assert.strictEqual(json("[".repeat(100_000), {}), "jsonDepth")
    assert.strictEqual(json('{"a":'.repeat(100_000), {}), "jsonDepth")
    assert.strictEqual(json('{"a":{"b":1,"\\u0062":2}}', {}), "JsonDuplicateKey")
  })
})

describe("docs/reference/limits.md", () => {
  it("has every limit with its figure, and no other", () => {
    const page = fs.readFileSync(join(import.meta.dirname, "../../../../docs/reference/limits.md"), "utf8")
    const rows = [...page.matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm)].map(([, key, figure]) => [key, Number(figure?.replaceAll(",", ""))])
    assert.deepStrictEqual(rows, Object.entries(limits))
  })
})
