import { spawnSync } from "node:child_process"
import { createHash, randomInt } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterAll } from "vitest"
import { encodeFailures } from "../../../../src/domain/Failure.ts"
import { formatFai } from "../../../../plugins/atlas/format/fai.ts"
import { fetchResidues, openFasta } from "../../../../plugins/atlas/format/fasta/fetch.ts"
import { scanFasta, scanFastaChunks } from "../../../../plugins/atlas/format/fasta/read.ts"
import { type FastaOptions, FastaScanner } from "../../../../plugins/atlas/format/fasta/scanner.ts"
import { limits } from "../../../../plugins/atlas/format/limits.ts"
import { absent, collectionOf, datasets, json, plainBytes } from "./shared-data.ts"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "atlas-fasta-"))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const scan = (text: string | Buffer, options: FastaOptions & { readonly size?: number } = {}) => {
  const bytes = Buffer.from(text as string)
  const scanner = new FastaScanner(options)
  const size = options.size ?? Math.max(1, bytes.length)
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size))
  return scanner.end()
}

const problems = (text: string | Buffer, options: FastaOptions = {}) =>
  scan(text, options).problems.map((p) => `${p._tag} ${p.where?.line}:${p.where?.column ?? "-"}`)

const names = (n: number) => Array.from({ length: n }, (_, i) => `>s${i}\nAC\n`).join("")

const samtools = spawnSync("samtools", ["--version"]).status === 0
if (!samtools) console.warn("SKIPPED: no samtools on this machine, so indexes are not compared with its own")

describe("fasta", () => {
  it.each([
    ["no sequence at all", "\n\n", "FastaHeaderMissing 1:1"],
    ["residues before a header", "\nACGT\n>a\nA\n", "FastaHeaderMissing 2:1"],
    ["FASTQ", "@r1\nACGT\n+\nIIII\n", "FastaHeaderMissing 1:1"],
    ["an old comment at the start", "; c\n>a\nAC\n", "FastaHeaderMissing 1:1"],
    ["a byte order mark", "\ufeff>a\nAC\n", "FastaHeaderMissing 1:1"],
    ["no name", ">\nAC\n", "FastaName 1:2"],
    ["a blank before the name", "> a\nAC\n", "FastaName 1:2"],
    ["NUL in a name", ">a\0b\nAC\n", "FastaName 1:3"],
    ["zero width in a name", ">aé\u200b\nAC\n", "FastaName 1:5"],
    ["an escape character in a description", ">a \x1b[0m\nAC\n", "FastaName 1:4"],
    ["a name twice", ">a x\nAC\n>b\nA\n>a y\nAC\n", "FastaDuplicateName 5:2"],
    ["a digit", ">a\nACGT\nAC7T\n", "FastaResidue 3:3"],
    ["numbered lines", ">a\n1 ACGT\n", "FastaResidue 2:1"],
    ["a blank", ">a\nAC GT\n", "FastaResidue 2:3"],
    ["a blank at the end of a line", ">a\nACGT \n", "FastaResidue 2:5"],
    ["a tab", ">a\nAC\tGT\n", "FastaResidue 2:3"],
    ["NUL", ">a\nAC\0T\n", "FastaResidue 2:3"],
    ["a protein", ">a\nMKLEF\n", "FastaResidue 2:3"],
    ["a letter that is not ASCII", ">a\nACé\n", "FastaResidue 2:3"],
    ["> within a line", ">a\nAC>b\n", "FastaResidue 2:3"],
    ["a comment within", ">a\n;c\nAC\n", "FastaResidue 2:1"],
    ["a carriage return within", ">a\nAC\rGT\n", "FastaResidue 2:3"],
    ["two carriage returns", ">a\nAC\r\r\n", "FastaResidue 2:3"],
    ["a longer line", ">a\nACG\nACGT\n", "FastaLineLength 3:1"],
    ["a line after a shorter one", ">a\nACGT\nAC\nACGT\n", "FastaLineLength 4:1"],
    ["a blank line within", ">a\nACGT\n\nACGT\n", "FastaLineLength 4:1"],
    ["a blank line before the residues", ">a\n\nACGT\n", "FastaLineLength 3:1"],
    ["a longer line end", ">a\nACGT\nACGT\r\n", "FastaLineLength 3:1"],
    ["line ends at odds", ">a\nACGT\r\nACGT\nACGT\r\n", "FastaLineLength 4:1"],
    ["an end behind a header", ">a\nAC\n>b\n", "FastaEmptySequence 3:1"],
    ["an end within a header", ">a\nAC\n>b", "FastaEmptySequence 3:1"],
    ["several problems", ">a\nA1\n>\nC\n>a\nG G\n", "FastaResidue 2:2,FastaName 3:2,FastaDuplicateName 5:2,FastaResidue 6:2"]
  ])("refuses %s, naming the place", (_, text, expected) => {
    assert.deepStrictEqual(problems(text), expected.split(","))
    for (let size = 1; size < text.length; size++) assert.deepStrictEqual(scan(text, { size }), scan(text), `pieces of ${size}`)
  })

  it("refuses a header that is not UTF-8", () => {
    assert.deepStrictEqual(problems(Buffer.from([62, 97, 32, 0xe9, 10, 65, 10])), ["InvalidUtf8 1:4"])
  })

  it("takes what is at a limit and refuses what is beyond", () => {
    assert.deepStrictEqual(problems(`>${"n".repeat(255)}\nA\n`), [])
    assert.deepStrictEqual(problems(`>${"n".repeat(256)}\nA\n`), ["LimitExceeded 1:2"])
    assert.deepStrictEqual(problems(`>n ${"d".repeat(999_998)}\r\nA\n`), [])
    assert.deepStrictEqual(problems(`>n ${"d".repeat(1_000_000)}\nA\n`), ["LimitExceeded 1:2"])
    const narrow = { limits: { ...limits, sequences: 3 } }
    assert.deepStrictEqual(problems(names(3), narrow), [])
    assert.deepStrictEqual(problems(names(4), narrow), ["LimitExceeded 7:1"])
    // Headers count, whatever becomes of them; behind one too many nothing is looked at.
    assert.deepStrictEqual(problems(">a\nAC\n>a\nAC\n>\nAC\n>b\nA7\n>\n7\n", narrow), [
      "FastaDuplicateName 3:2",
      "FastaName 5:2",
      "LimitExceeded 7:1"
    ])
  })

  it.effect("is read no further than one header too many, or one that does not end", () =>
    Effect.gen(function* () {
      const narrow = { ...limits, sequences: 3, headerBytes: 100_000 }
      const rest = `AC7T\n${">s\nA\n".repeat(1_000_000)}`
      for (const [text, place] of [
        [`${names(4)}${rest}`, "LimitExceeded 7:1"],
        [`>a\nAC\n>${"x".repeat(4_000_000)}\n${rest}`, "LimitExceeded 3:2"]
      ] as const) {
        const at = path.join(folder, "hopeless.fa")
        fs.writeFileSync(at, text)
        let read = 0
        const failure = yield* Effect.flip(scanFasta(at, { limits: narrow, onProgress: (bytes) => void (read = bytes) }))
        assert.deepStrictEqual(
          encodeFailures(failure).map(({ code, where }) => `${code} ${where?.line}:${where?.column}`),
          [place.replace("LimitExceeded", "LIMIT_EXCEEDED")]
        )
        assert.isBelow(read, 3_000_000)
      }
    })
  )

  it("counts offsets from the start of a text it is embedded in", () => {
    const [sequence] = scan(">a\nACGT\n", { from: { line: 11, byte: 500 } }).sequences
    assert.strictEqual(sequence?.offset, 503)
    const [problem] = scan(">a\nAC1T\n", { from: { line: 11, byte: 500 }, path: "x.gff3" }).problems
    assert.deepStrictEqual(problem?.where, { path: "x.gff3", line: 12, column: 3, byte: 505 })
  })

  it("gives the same facts however the bytes are cut", () => {
    const text = ">a d é\r\nACGTacgt\r\nNNNN-*RY\r\nAC\r\n\r\n>empty\n>b\nACGT\nAC\n\n\n>c\nA"
    const whole = scan(text)
    assert.deepStrictEqual(
      whole.sequences.map((s) => [s.name, s.length]),
      [
        ["a", 18],
        ["b", 6],
        ["c", 1]
      ]
    )
    assert.deepStrictEqual(whole.notices.map((n) => n.name).toSorted(), ["blank-line", "empty-sequence", "gap-in-sequence"])
    for (let size = 1; size < Buffer.byteLength(text); size++) assert.deepStrictEqual(scan(text, { size }), whole, `pieces of ${size}`)
  })

  it.skipIf(absent)("indexes as samtools 1.16.1 did, and refuses what has no index", () => {
    // Stricter than samtools: it drops a second sequence of a name, and takes a comment for residues.
    const stricter = new Map([
      ["dup", "FastaDuplicateName"],
      ["comment_semicolon", "FastaResidue"]
    ])
    const cases = json("vectors.json").fai_samtools_1_16_1 as ReadonlyArray<{ name: string; fasta: string; fai: string | null }>
    assert.isAtLeast(cases.length, 14)
    for (const { name, fasta, fai } of cases) {
      const facts = scan(fasta)
      if (stricter.has(name)) assert.strictEqual(facts.problems[0]?._tag, stricter.get(name))
      else if (fai === null) assert.isAbove(facts.problemCount, 0, name)
      else assert.deepStrictEqual([facts.problemCount, formatFai(facts.sequences)], [0, fai], name)
    }
  })

  it.skipIf(!samtools)("agrees with samtools faidx on random files, but for what it refuses by name", () => {
    // One line end a file: samtools indexes some files that mix them such that it then gives wrong bases. No blank line with CRLF: behind a
    // header samtools indexes it as a sequence of no bases, which it then cannot read.
    const bits = [">a\n", ">b x\n", "AC\n", "ACGT\n", "ACGT\n", "acgn\n", "A\n", "ACGT", ">d", "AC-*\n"]
    const ours = new Set(["FastaDuplicateName", "FastaResidue", "FastaEmptySequence"])
    for (let i = 0; i < 60; i++) {
      const blank = i % 2 === 0 ? ["\n", "\n"] : []
      const feed = `>h\n${Array.from({ length: randomInt(1, 7) }, () => [...bits, ...blank][randomInt(bits.length + blank.length)]).join("")}`
      const text = i % 2 === 0 ? feed : feed.replaceAll("\n", "\r\n")
      const at = path.join(folder, "random.fa")
      fs.writeFileSync(at, text)
      fs.rmSync(`${at}.fai`, { force: true })
      const index = spawnSync("samtools", ["faidx", at]).status === 0 ? fs.readFileSync(`${at}.fai`, "utf8") : null
      const facts = scan(text)
      if (facts.problemCount === 0) assert.strictEqual(formatFai(facts.sequences), index, JSON.stringify(text))
      else assert.isTrue(index === null || ours.has(facts.problems[0]!._tag), JSON.stringify(text))
    }
  })

  it.skipIf(!samtools).each([
    ["no end of the last line", ">a\nACGT\nACGT\nAC"],
    ["no end of an only line", ">a\nACGT"],
    ["blank lines at the end", ">a\nACGT\nAC\n\n\n"],
    ["blank lines between sequences", ">a\nACGT\n\n\n>b\nAC\n\n"],
    ["CRLF", ">a x\r\nACGT\r\nAC\r\n>b\r\nGG\r\n"],
    ["CRLF without the last one", ">a\r\nACGT\r\nAC"],
    ["CRLF at full lines, none at the last", ">a\r\nACGT\r\nACGT"],
    ["lower case", ">a\nacgtnn\nacGTNN\n"],
    ["every IUPAC code", ">a\nACGTURYSWKMB\nDHVNacgturys\nwkmbdhvn\n"],
    ["a description with tabs and marks", ">a\tlen=4 > ; [x]\nACGT\n"],
    ["names with pipes, colons and UTF-8", ">gi|1|ref|NC_1.1| x\nAC\n>HLA:A*01\nACG\n>chré\nA\n"],
    ["a header without residues before another", ">a\n>b\nAC\n"],
    ["a line length a sequence", ">a\nACGTAC\nA\n>b\nAC\nAC\nA\n>c\nACGTACGTACGT\n"],
    ["one long line and one base", ">a\n" + "ACGTN".repeat(20_000) + "\n>b\nA\n"]
  ])("has samtools' index of %s", (_, text) => {
    const at = path.join(fs.mkdtempSync(path.join(folder, "odd-")), "odd.fa")
    fs.writeFileSync(at, text)
    assert.strictEqual(spawnSync("samtools", ["faidx", at]).status, 0)
    const facts = scan(text, { size: 3 })
    assert.deepStrictEqual([facts.problemCount, formatFai(facts.sequences)], [0, fs.readFileSync(`${at}.fai`, "utf8")])
  })

  it.effect.each(datasets.filter((d) => d.genome !== null))(
    "scans $id to the digests and the index of independent tools",
    ({ genome, oracle }) =>
      Effect.gen(function* () {
        const { collection, residues, sequences } = yield* scanFasta(genome!)
        const { bases, first, seqcol, sequences: count } = oracle.fasta
        assert.deepStrictEqual([sequences.length, residues], [count, bases])
        assert.deepStrictEqual(
          sequences.slice(0, first.length).map((s) => ({ length: s.length, md5: s.md5, name: s.name, sq: s.refget })),
          first.map((s) => ({ ...s }))
        )
        assert.deepStrictEqual(collection, collectionOf(seqcol))
        assert.strictEqual(formatFai(sequences), fs.readFileSync(genome!.replace(/\.gz$/, "").concat(".fai"), "utf8"))
      })
  )

  it.effect("leaves the digests out if they are not wanted, and fails with all problems", () =>
    Effect.gen(function* () {
      const facts = yield* scanFastaChunks([Buffer.from(">a\nAC"), Buffer.from("GT\n")], { digests: false })
      assert.deepStrictEqual([facts.collection, facts.sequences[0]?.md5, facts.sequences[0]?.length], [null, "", 4])
      const at = path.join(folder, "bad.fa")
      fs.writeFileSync(at, ">a\nA1\n>a\nC\n")
      const error = yield* Effect.flip(scanFasta(at))
      assert.deepStrictEqual(
        encodeFailures(error).map((e) => `${e.code} ${e.where?.path === at}`),
        ["FASTA_RESIDUE true", "FASTA_DUPLICATE_NAME true"]
      )
    })
  )

  it.effect("fetches any place of a sequence as a plain slice would", () =>
    Effect.gen(function* () {
      const residues = Array.from({ length: 205 }, (_, i) => "ACGTacgtnN"[i % 10]).join("")
      for (const end of ["\n", "\r\n"]) {
        const lines = residues.match(/.{1,20}/g)!.join(end)
        const at = path.join(folder, "fetch.fa")
        fs.writeFileSync(at, `>x${end}GG${end}>y d${end}${lines}${end}`)
        const { sequences } = yield* scanFasta(at)
        const y = sequences[1]!
        yield* Effect.scoped(
          Effect.gen(function* () {
            const { fetch } = yield* openFasta(at)
            for (let start = 1; start <= 205; start += 7)
              for (let stop = start; stop <= 205; stop += 11)
                assert.strictEqual(yield* fetch(y, start, stop), residues.slice(start - 1, stop))
            assert.strictEqual(yield* fetch(y, 1, 205), residues)
            for (const [start, stop] of [
              [0, 5],
              [5, 4],
              [200, 206],
              [1.5, 2],
              [Number.NaN, 2]
            ] as const)
              assert.strictEqual((yield* Effect.flip(fetch(y, start, stop)))._tag, "FastaRange")
          })
        )
        const wrong = yield* Effect.flip(fetchResidues(at, { ...y, offset: 0 }, 1, 30))
        assert.strictEqual(wrong._tag, "InputChanged")
      }
      const packed = path.join(folder, "packed.fa.gz")
      fs.writeFileSync(packed, gzipSync(">x\nGG\n"))
      const error = yield* Effect.flip(fetchResidues(packed, { name: "x", length: 2, offset: 3, lineBases: 2, lineBytes: 3 }, 1, 2))
      assert.strictEqual(error._tag, "InputCompression")
    })
  )

  it.effect.skipIf(absent)("fetches whole sequences whose MD5 is the published one", () =>
    Effect.gen(function* () {
      for (const { genome, oracle } of datasets.filter((d) => d.genome?.endsWith(".fa"))) {
        const { sequences } = yield* scanFasta(genome!, { digests: false })
        for (const [i, first] of oracle.fasta.first.entries()) {
          const residues = yield* fetchResidues(genome!, sequences[i]!, 1, first.length)
          assert.strictEqual(createHash("md5").update(residues.toUpperCase()).digest("hex"), first.md5)
        }
      }
      assert.isAbove(plainBytes(datasets[0]!.genome!).length, 0)
    })
  )
})
