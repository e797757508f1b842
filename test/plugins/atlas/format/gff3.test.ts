import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { type ErrorClass, encodeFailures } from "../../../../src/domain/Failure.ts"
import { Effect } from "effect"
import { afterAll } from "vitest"
import { gff3Errors } from "../../../../plugins/atlas/format/gff3/failure.ts"
import type { Gff3Directive } from "../../../../plugins/atlas/format/gff3/directive.ts"
import { type Gff3Facts, Gff3Parser } from "../../../../plugins/atlas/format/gff3/parser.ts"
import { readGff3 } from "../../../../plugins/atlas/format/gff3/read.ts"
import type { Gff3Row } from "../../../../plugins/atlas/format/gff3/row.ts"
import { type Limits, limits } from "../../../../plugins/atlas/format/limits.ts"
import { absent, datasets, json, plainBytes } from "./shared-data.ts"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "atlas-gff3-"))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

interface Parsed {
  readonly rows: ReadonlyArray<Gff3Row>
  readonly directives: ReadonlyArray<Gff3Directive>
  readonly fasta: string
  readonly facts: Gff3Facts
}

const parse = (text: string | Buffer, options: { readonly size?: number; readonly limits?: Limits } = {}): Parsed => {
  const bytes = Buffer.from(text as string)
  const rows: Array<Gff3Row> = []
  const directives: Array<Gff3Directive> = []
  let fasta = ""
  const handlers = {
    onRow: (row: Gff3Row) => void rows.push(row),
    onDirective: (directive: Gff3Directive) => void directives.push(directive),
    onFasta: (chunk: Buffer) => void (fasta += chunk.toString("latin1"))
  }
  const parser = new Gff3Parser(handlers, { path: "x.gff3", ...(options.limits === undefined ? {} : { limits: options.limits }) })
  const size = options.size ?? bytes.length
  for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size))
  const facts = parser.end()
  return { rows, directives, fasta, facts }
}

/** `tag line:column` of each problem. */
const problems = (text: string | Buffer, narrowed?: Partial<Record<keyof Limits, number>>) =>
  parse(text, narrowed === undefined ? {} : { limits: { ...limits, ...narrowed } }).facts.problems.map(
    (p) => `${p._tag} ${p.where?.line}:${p.where?.column}`
  )

const notices = (text: string) => parse(text).facts.notices.map((n) => `${n.name} ${n.line}:${n.column} x${n.count}`)

const head = "##gff-version 3\n"
/** A row with one column replaced (1 to 9). */
const row = (column = 0, value = "", type = "gene") => {
  const columns = ["chr1", "src", type, "10", "20", ".", "+", type === "CDS" ? "0" : ".", "ID=a"]
  if (column > 0) columns[column - 1] = value
  return `${columns.join("\t")}\n`
}

/** What can be compared: no functions, errors as documents. */
const plain = (parsed: Parsed) => ({
  ...parsed,
  rows: parsed.rows.map((r) => ({ ...r, attributes: [...r.attributes] })),
  facts: {
    ...parsed.facts,
    sequenceRegions: [...parsed.facts.sequenceRegions],
    problems: parsed.facts.problems.map((p) => encodeFailures(p))
  }
})

/** A row of so many bytes without its end. */
const padded = (bytes: number) => row(9, `Note=${"x".repeat(bytes - row(9, "Note=").length + 1)}`).trim()

describe("gff3", () => {
  it("gives a row its columns, decoded, with its place and the bytes of its line", () => {
    const line = "chr1|a%20b\tRefSeq\tCDS\t100\t200\t1.5e-3\t-\t2\tID=c1;Parent=t1,t2;Note=one%2C two,caf%C3%A9,ü;Name=x"
    const { rows, facts } = parse(`${head}${line}\r\n`)
    const [{ attributes, ...columns } = assert.fail("no row")] = rows
    assert.deepStrictEqual(columns, {
      line: 2,
      byte: head.length,
      bytes: Buffer.byteLength(line),
      seqid: "chr1|a b",
      source: "RefSeq",
      type: "CDS",
      start: 100,
      end: 200,
      score: 0.0015,
      strand: "-",
      phase: 2,
      resolved: 0
    })
    assert.deepStrictEqual(
      [...attributes],
      [
        ["ID", ["c1"]],
        ["Parent", ["t1", "t2"]],
        ["Note", ["one, two", "café", "ü"]],
        ["Name", ["x"]]
      ]
    )
    assert.deepStrictEqual(facts.problems, [])
  })

  it.each([
    ["eight columns", "chr1\ts\tgene\t1\t2\t.\t+\t.\n", "Gff3Columns 2:22"],
    ["ten columns", `${row().trim()}\textra\n`, "Gff3Columns 2:31"],
    ["spaces instead of tabs", "chr1 s gene 1 2 . + . ID=a\n", "Gff3Columns 2:27"],
    ["a line of blanks", "   \n", "Gff3Columns 2:4"],
    ["garbage without a line end at the end", "garbage", "Gff3Columns 2:8"],
    ["an empty sequence id", row(1, ""), "Gff3Seqid 2:1"],
    ["a dot as sequence id", row(1, "."), "Gff3Seqid 2:1"],
    ["a blank in the sequence id", row(1, "chr 1"), "Gff3Seqid 2:4"],
    ["a sequence id that begins with >", row(1, ">chr1"), "Gff3Seqid 2:1"],
    ["a letter in the sequence id that is not ASCII", row(1, "chré"), "Gff3Seqid 2:4"],
    ["an empty type", row(3, ""), "Gff3Type 2:10"],
    ["a dot as type", row(3, "."), "Gff3Type 2:10"],
    ["a blank behind the type", row(3, "gene "), "Gff3Type 2:10"],
    ["start 0", row(4, "0"), "Gff3Coordinate 2:15"],
    ["start -1", row(4, "-1"), "Gff3Coordinate 2:15"],
    ["start +1", row(4, "+1"), "Gff3Coordinate 2:15"],
    ["start 1.0", row(4, "1.0"), "Gff3Coordinate 2:15"],
    ["start 1e3", row(4, "1e3"), "Gff3Coordinate 2:15"],
    ["start empty", row(4, ""), "Gff3Coordinate 2:15"],
    ["start dot", row(4, "."), "Gff3Coordinate 2:15"],
    ["start behind end", row(4, "21"), "Gff3Coordinate 2:15"],
    ["end with a blank", row(5, "20 "), "Gff3Coordinate 2:18"],
    ["end hex", row(5, "0x14"), "Gff3Coordinate 2:18"],
    ["end 2^53", row(5, "9007199254740992"), "Gff3Coordinate 2:18"],
    ["end of 400 digits", row(5, "9".repeat(400)), "Gff3Coordinate 2:18"],
    ["end in other digits", row(5, "٢٠"), "Gff3Coordinate 2:18"],
    ["score text", row(6, "high"), "Gff3Score 2:21"],
    ["score empty", row(6, ""), "Gff3Score 2:21"],
    ["score NaN", row(6, "NaN"), "Gff3Score 2:21"],
    ["score beyond doubles", row(6, "1e999"), "Gff3Score 2:21"],
    ["strand x", row(7, "x"), "Gff3Strand 2:23"],
    ["strand empty", row(7, ""), "Gff3Strand 2:23"],
    ["strand ++", row(7, "++"), "Gff3Strand 2:23"],
    ["phase 3", row(8, "3"), "Gff3Phase 2:25"],
    ["phase empty", row(8, ""), "Gff3Phase 2:25"],
    ["CDS without phase", row(8, ".", "CDS"), "Gff3Phase 2:24"],
    ["CDS by accession without phase", row(8, ".", "SO:0000316"), "Gff3Phase 2:31"],
    ["escape ZZ", row(9, "ID=a%ZZ"), "Gff3Escape 2:31"],
    ["escape cut by the end", row(9, "ID=a%2"), "Gff3Escape 2:31"],
    ["escape cut by a semicolon", row(9, "Note=a%2;ID=b"), "Gff3Escape 2:33"],
    ["escape in the sequence id", row(1, "chr%G1"), "Gff3Escape 2:4"],
    ["escaped bytes that are not UTF-8", row(9, "Note=%FF"), "Gff3Escape 2:32"],
    ["escaped NUL", row(9, "Note=a%00"), "Gff3Character 2:33"],
    ["escaped line feed in an ID", row(9, "ID=a%0Ab"), "Gff3Character 2:31"],
    ["escaped tab in a sequence id", row(1, "chr%09"), "Gff3Character 2:4"],
    ["raw NUL", row(9, "ID=a\0"), "Gff3Character 2:31"],
    ["raw escape character", row(2, "\x1b[31m"), "Gff3Character 2:6"],
    ["a carriage return within", row(9, "ID=a\rb"), "Gff3Character 2:31"],
    ["zero width in an ID", row(9, "ID=a\u200bb"), "Gff3Character 2:31"],
    ["GTF attributes", row(9, 'gene_id "a"; transcript_id "b";'), "Gff3Attribute 2:27,Gff3Attribute 2:39"],
    ["no key", row(9, "=a"), "Gff3Attribute 2:27"],
    ["an attribute twice", row(9, "Note=a;ID=x;Note=b"), "Gff3DuplicateAttribute 2:39"],
    ["two IDs", row(9, "ID=a,b"), "Gff3Attribute 2:30"],
    ["an empty ID", row(9, "ID="), "Gff3EmptyId 2:30"],
    ["an empty Parent", row(9, "ID=a;Parent="), "Gff3EmptyId 2:39"],
    ["a gap in Parent", row(9, "Parent=a,,b"), "Gff3EmptyId 2:34"],
    ["a malformed Target", row(9, "Target=EST23 1"), "Gff3Attribute 2:34"],
    ["a Target backwards", row(9, "Target=EST23 9 1"), "Gff3Attribute 2:34"],
    ["Is_circular maybe", row(9, "Is_circular=maybe"), "Gff3Attribute 2:39"],
    ["version 2", "##gff-version 2\n", "Gff3Version 2:15"],
    ["no version", "##gff-version\n", "Gff3Version 2:14"],
    ["a region of three words", "##sequence-region chr1 1\n", "Gff3SequenceRegion 2:25"],
    ["a region of five words", "##sequence-region chr1 1 9 x\n", "Gff3SequenceRegion 2:28"],
    ["a region from 0", "##sequence-region chr1 0 9\n", "Gff3SequenceRegion 2:24"],
    ["a region to x", "##sequence-region chr1 1 x\n", "Gff3SequenceRegion 2:26"],
    ["a region backwards", "##sequence-region chr1 9 1\n", "Gff3SequenceRegion 2:24"],
    ["regions at odds", "##sequence-region chr1 1 9\n##sequence-region chr1 1 10\n", "Gff3SequenceRegion 3:19"],
    ["several problems of one row", row(4, "x").replace("\t+\t", "\ty\t"), "Gff3Coordinate 2:15,Gff3Strand 2:22"]
  ])("refuses %s, naming the place", (_, text, expected) => {
    assert.deepStrictEqual(problems(head + text), expected.split(","))
    assert.deepStrictEqual(parse(head + text).rows, [])
  })

  it("counts columns in bytes and places of bytes from the file's start", () => {
    const text = Buffer.from(`${head}${row(9, "Note=üü;ID=")}`)
    const [problem] = parse(text).facts.problems
    assert.deepStrictEqual(problem?.where, { path: "x.gff3", line: 2, column: 40, byte: text.length - 1 })
  })

  it("refuses bytes that are not UTF-8, in comments too", () => {
    const at = (bytes: ReadonlyArray<number>, before: string) =>
      problems(Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from("\n")]))
    assert.deepStrictEqual(at([0xe9], `${head}chr1\ts`), ["InvalidUtf8 2:7"])
    assert.deepStrictEqual(at([0xc3], `${head}# `), ["InvalidUtf8 2:3"])
    assert.deepStrictEqual(at([0xed, 0xa0, 0x80], `${head}# ü`), ["InvalidUtf8 2:5"])
    assert.deepStrictEqual(at([0x00], `${head}# `), ["Gff3Character 2:3"])
    assert.deepStrictEqual(problems(Buffer.from("\ufeff##gff-version 3\n", "utf16le")).slice(0, 1), ["Gff3Character 1:4"])
  })

  it.each([
    ["over-escaped characters", row(9, "Note=a%20b"), "over-escaped 2:33 x1"],
    ["a trailing semicolon", row(9, "ID=a;"), "empty-attribute 2:32 x1"],
    ["two semicolons", row(9, "ID=a;;Name=b"), "empty-attribute 2:32 x1"],
    ["an empty ninth column", row(9, ""), "empty-attributes 2:27 x1"],
    ["an empty value", row(9, "Note="), "empty-value 2:27 x1"],
    ["a reserved name", row(9, "Index=1"), "reserved-attribute 2:27 x1"],
    ["a blank line", `\n${row()}\r\n`, "blank-line 2:1 x2"],
    ["an equals sign in a value", row(9, "Note=a=b"), "unescaped-reserved 2:33 x1"],
    ["a blank before a key", row(9, "ID=a; Name=b"), "space-around-key 2:32 x1"],
    ["a parent twice", row(9, "Parent=a,a"), "repeated-parent 2:34 x1"],
    ["an empty source", row(2, ""), "empty-source 2:6 x1"],
    ["leading zeros", row(4, "010"), "leading-zero 2:15 x1"],
    ["a version that comes late", "##gff-version 3.1.26\n", "late-gff-version 2:1 x1"]
  ])("takes %s with a notice", (_, text, expected) => {
    assert.deepStrictEqual(problems(head + text), [])
    assert.deepStrictEqual(notices(head + text), [expected])
  })

  it("takes a file without version with a notice, a byte order mark too", () => {
    assert.deepStrictEqual(notices(row()), ["no-gff-version 1:1 x1"])
    assert.deepStrictEqual(notices(`\ufeff${head}${row()}`), ["byte-order-mark 1:1 x1"])
  })

  it("splits values before it decodes them, and leaves no room for guesses", () => {
    const { rows } = parse(head + row(9, "Parent=a%2Cb,c;Note=x%3By%3Dz,%25;Target=E%20T 1 2 +;d=;e=a%252Cb"))
    assert.deepStrictEqual(
      [...rows[0]!.attributes],
      [
        ["Parent", ["a,b", "c"]],
        ["Note", ["x;y=z", "%"]],
        ["Target", ["E T 1 2 +"]],
        ["d", [""]],
        ["e", ["a%2Cb"]]
      ]
    )
  })

  it("tells directives with their lines", () => {
    const text = "##gff-version 3.1.26\n##sequence-region   chr%201 1\t90\n##species x y\n# comment\n###\n##FASTA\n>a\nAC\n"
    const { directives, facts, fasta } = parse(text)
    assert.deepStrictEqual(directives, [
      { kind: "gff-version", line: 1, version: "3.1.26" },
      { kind: "sequence-region", seqid: "chr 1", start: 1, end: 90, line: 2 },
      { kind: "other", line: 3, name: "species", value: "x y" },
      { kind: "resolved", line: 5 },
      { kind: "fasta", line: 6 }
    ])
    assert.strictEqual(fasta, ">a\nAC\n")
    assert.deepStrictEqual(facts.fasta, { line: 7, byte: text.indexOf(">a") })
    assert.deepStrictEqual([...facts.sequenceRegions.keys()], ["chr 1"])
    assert.strictEqual(facts.version, "3.1.26")
  })

  it("takes a line that begins with > for the beginning of a FASTA", () => {
    const { facts, fasta, rows } = parse(`${head}${row()}>a x\nACGT`)
    assert.strictEqual(fasta, ">a x\nACGT")
    assert.deepStrictEqual(facts.fasta, { line: 3, byte: (head + row()).length })
    assert.strictEqual(rows.length, 1)
  })

  it("gives the same result however the bytes are cut", () => {
    const nasty = Buffer.concat([
      Buffer.from(`${head}##sequence-region chr1 1 99\r\n\r\n${row(9, "ID=é;Note=caf%C3%A9,%2C%41")}# ü\n${row(4, "0")}`),
      Buffer.from([0xff, 10]),
      Buffer.from(`${row(9, "x".repeat(90))}${row(9, "ID=1;ID=2")}###\n>s1 d\r\nACGTü\n\n>s2`)
    ])
    const narrow = { limits: { ...limits, lineBytes: 80 } }
    const whole = plain(parse(nasty, narrow))
    assert.strictEqual(whole.rows.length, 1)
    assert.strictEqual(whole.facts.problemCount, 4)
    assert.strictEqual(whole.facts.bytes + whole.fasta.length, nasty.length)
    for (let size = 1; size < nasty.length; size++)
      assert.deepStrictEqual(plain(parse(nasty, { size, ...narrow })), whole, `pieces of ${size}`)
  })

  it("takes what is at a limit and refuses what is beyond", () => {
    const attributes = (n: number) => row(9, Array.from({ length: n }, (_, i) => `a${i}=x`).join(";"))
    const parents = (n: number) => row(9, `Parent=${Array.from({ length: n }, (_, i) => `p${i}`).join(",")}`)
    for (const [limit, allowed, make] of [
      ["attributesPerRow", 4096, attributes],
      ["parentsPerRow", 1024, parents],
      ["idBytes", 1024, (n: number) => row(9, `ID=${"x".repeat(n)}`)],
      ["lineBytes", 1_000_000, (n: number) => `${padded(n)}\n`]
    ] as const) {
      assert.deepStrictEqual(problems(head + make(allowed - 1)), [])
      assert.deepStrictEqual(problems(head + make(allowed)), [])
      const [problem] = parse(head + make(allowed + 1)).facts.problems
      assert.strictEqual(problem?._tag === "LimitExceeded" ? problem.limit : "", limit)
      assert.strictEqual(problem?.where?.line, 2)
    }
    assert.deepStrictEqual(problems(`${head}${padded(1_000_000)}\r\n${row()}`), [])
    assert.deepStrictEqual(problems(`${head}${attributes(4096).trim()};\n`), [])
  })

  it("measures a line that comes in pieces as one that comes whole", () => {
    const narrow = { limits: { ...limits, lineBytes: 80 } }
    for (const end of ["\n", "\r\n", ""])
      for (const size of [1, 7, 79, 80, 81, 82, 500])
        assert.deepStrictEqual(
          [79, 80, 81].map((bytes) => parse(padded(bytes) + end, { size, ...narrow }).facts.problemCount),
          [0, 0, 1]
        )
  })

  it("holds no more of an endless line than the limit", () => {
    const parser = new Gff3Parser({}, {})
    const piece = Buffer.alloc(1_000_000, 65)
    const before = process.memoryUsage().rss
    for (let i = 0; i < 500; i++) parser.push(piece)
    parser.push(Buffer.from(`\n${row()}`))
    const facts = parser.end()
    assert.isBelow(process.memoryUsage().rss - before, 200_000_000)
    assert.deepStrictEqual([facts.problemCount, facts.rows, facts.lines], [1, 1, 2])
  })

  it("reads hostile rows in time that grows with their size only", () => {
    const started = performance.now()
    for (const hostile of [
      "%41".repeat(300_000),
      "a=1&=".repeat(190_000),
      `Parent=${"%C3".repeat(300_000)}`,
      "%".repeat(900_000),
      ",=".repeat(400_000)
    ])
      parse(head + row(9, `Note=${hostile}`) + row(1, hostile) + row(3, hostile) + hostile)
    // Quadratic work on such rows takes minutes.
    assert.isBelow(performance.now() - started, 20_000)
  }, 60_000)

  it("remembers nothing of rows but what it counts", () => {
    setFlagsFromString("--expose-gc")
    const collect = runInNewContext("gc") as () => void
    const parser = new Gff3Parser({}, {})
    collect()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 60; i++) {
      const unique = `${i}`.padStart(20, "x")
      parser.push(Buffer.from(row(9, `Note=${"n".repeat(900_000)};key_${unique}=v`).replace("src", `source_${unique}`)))
    }
    collect()
    assert.isBelow(process.memoryUsage().heapUsed - before, 20_000_000)
    assert.strictEqual(parser.end().rows, 60)
  })

  it("takes sequence ids up to the length of a name", () => {
    assert.deepStrictEqual(problems(head + row(1, "c".repeat(255))), [])
    assert.deepStrictEqual(problems(head + row(1, "c".repeat(256))), ["LimitExceeded 2:1"])
    assert.deepStrictEqual(problems("##sequence-region a 1 2\n##sequence-region b 1 2\n##sequence-region a 1 2\n", { sequences: 2 }), [])
    assert.deepStrictEqual(problems("##sequence-region a 1 2\n##sequence-region b 1 2\n", { sequences: 1 }), ["LimitExceeded 2:1"])
  })

  it("tells the first thousand problems and counts the rest", () => {
    const { facts } = parse(head + row(4, "0").repeat(5000))
    assert.deepStrictEqual([facts.problems.length, facts.problemCount, facts.badRows], [1000, 5000, 5000])
  })

  it.effect("fails with all problems of a file, rows and embedded FASTA together", () =>
    Effect.gen(function* () {
      const at = path.join(folder, "bad.gff3.gz")
      fs.writeFileSync(at, gzipSync(`${head}${row(4, "0")}${row(7, "x")}##FASTA\n>a\nAC7\n`))
      const error = yield* Effect.flip(readGff3(at, {}))
      assert.deepStrictEqual(
        encodeFailures(error).map((e) => `${e.code} ${e.where?.line}:${e.where?.column}`),
        ["GFF3_COORDINATE 2:15", "GFF3_STRAND 3:23", "FASTA_RESIDUE 6:3"]
      )
      const { embedded, problemCount } = yield* readGff3(at, {}, { tolerate: true })
      assert.deepStrictEqual([embedded?.problemCount, problemCount], [1, 2])
    })
  )

  it("tells of each error class what it is, what to do and how it reads", () => {
    for (const { docs } of gff3Errors as ReadonlyArray<ErrorClass>)
      for (const text of [docs?.summary, docs?.hint, docs?.example]) assert.isAbove(text?.length ?? 0, 15)
  })

  it.skipIf(absent)("escapes as the test vectors say", () => {
    for (const [decoded, escaped] of json("vectors.json").gff3_escape.examples as ReadonlyArray<[string, string]>) {
      const { facts, rows } = parse(head + row(9, `Note=${escaped}`))
      assert.deepStrictEqual(rows[0]?.attributes.get("Note"), [decoded])
      assert.deepStrictEqual(facts.notices, [])
    }
  })

  const wrong = new Map([["influenza_a_h1n1/PR8_NC_002016-23", ["Gff3Phase 31", "Gff3Phase 32", "Gff3Phase 33"]]])
  it.effect.each(datasets)("reads $id as its collectors counted it", ({ annotation, id, source }) =>
    Effect.gen(function* () {
      const types = new Map<string, number>()
      const count = (r: Gff3Row) => void types.set(r.type, (types.get(r.type) ?? 0) + 1)
      const facts = yield* readGff3(annotation, { onRow: count }, { tolerate: true })
      const expected = wrong.get(id) ?? []
      assert.deepStrictEqual(
        facts.problems.map((p) => `${p._tag} ${p.where?.line}`),
        expected
      )
      assert.strictEqual(facts.rows + facts.badRows, source.features)
      assert.strictEqual(facts.embedded?.problemCount ?? 0, 0)
      if (expected.length === 0)
        assert.deepStrictEqual(Object.fromEntries([...types].toSorted()), Object.fromEntries(Object.entries(source.types).toSorted()))
    })
  )

  it.effect.each(datasets)("finds the rows of $id that a plain split finds", ({ annotation, id }) =>
    Effect.gen(function* () {
      const bytes = plainBytes(annotation)
      const lines = bytes.toString("utf8").split("\n")
      let seen = 0
      const compare = (r: Gff3Row) => {
        const columns = lines[r.line - 1]!.split("\t")
        seen++
        assert.deepStrictEqual([r.seqid, r.source, r.type, `${r.start}`, `${r.end}`, r.strand], [...columns.slice(0, 5), columns[6]])
        const raw = columns[8]!.split(";").filter((token) => token.trim() !== "")
        const naive = raw.map((token) => [
          token.slice(0, token.indexOf("=")),
          token
            .slice(token.indexOf("=") + 1)
            .split(",")
            .map(decodeURIComponent)
        ])
        assert.deepStrictEqual(
          [...r.attributes].map(([key, values]) => [key, [...values]]),
          naive
        )
        if (seen % 50 === 0) assert.strictEqual(bytes.toString("utf8", r.byte, r.byte + r.bytes), lines[r.line - 1]!.replace(/\r$/, ""))
      }
      yield* readGff3(annotation, { onRow: compare }, { tolerate: true })
      assert.isAbove(seen, 20, id)
    })
  )
})
