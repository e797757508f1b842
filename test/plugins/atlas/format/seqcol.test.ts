/** Sequence collections held against each other, and a genome against what is expected of it. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Schema } from "effect"
import { scanFasta } from "../../../../plugins/atlas/format/fasta/read.ts"
import { FastaScanner } from "../../../../plugins/atlas/format/fasta/scanner.ts"
import { type Collated, compareCollections } from "../../../../plugins/atlas/format/seqcol/compare.ts"
import { GenomeExpectation, unexpectedIn } from "../../../../plugins/atlas/format/seqcol/expectation.ts"
import { absent, datasets, json } from "./shared-data.ts"

/** `A4SQ.x B4SQ.y`-like: name, length and sequence. */
const collection = (text: string): ReadonlyArray<Collated> =>
  text.split(" ").map((each) => {
    const [name = "", length = "", refget = ""] = each.split(":")
    return { name, length: Number(length), refget: `SQ.${refget}` }
  })

const compared = (a: string, b: string) => compareCollections(collection(a), collection(b))

const genome = (text: string) => {
  const scanner = new FastaScanner()
  scanner.push(Buffer.from(text))
  return scanner.end()
}

describe("the comparison of two collections", () => {
  it.each([
    ["identical", "a:4:x b:5:y", "a:4:x b:5:y"],
    ["reordered", "a:4:x b:5:y", "b:5:y a:4:x"],
    ["renamed", "a:4:x b:5:y", "b:5:y A:4:x"],
    ["renamed", "a:4:x b:5:y", "a:5:y b:4:x"],
    ["same-coordinates", "a:4:x b:5:y", "a:4:x b:5:z"],
    ["subset", "a:4:x", "b:5:y a:4:x"],
    ["superset", "a:4:x b:5:y", "b:5:y"],
    ["overlap", "a:4:x b:5:y", "b:5:y c:6:z"],
    ["overlap", "a:4:x b:5:y", "B:5:y a:5:z c:1:w"],
    ["different", "a:4:x", "a:5:y"],
    ["different", "a:4:x b:4:x", "a:5:y"]
  ])("is told in one word: %s", (relation, a, b) => {
    assert.strictEqual(compared(a, b).relation, relation)
  })

  it("has the fields of the specification, with every order and count", () => {
    assert.deepStrictEqual(compared("a:4:x b:5:y c:6:z", "c:6:z a:4:x d:5:w").array_elements, {
      a_count: { lengths: 3, name_length_pairs: 3, names: 3, sequences: 3 },
      b_count: { lengths: 3, name_length_pairs: 3, names: 3, sequences: 3 },
      a_and_b_count: { lengths: 3, name_length_pairs: 2, names: 2, sequences: 2 },
      a_and_b_same_order: { lengths: false, name_length_pairs: false, names: false, sequences: false }
    })
  })

  it.each([
    ["of one common element", "a:1:x b:2:y", "a:3:x c:4:z", null, 1],
    ["of none", "a:1:x b:2:y", "c:3:v d:4:w", null, 0],
    ["where a common one is repeated in one alone", "a:1:x b:1:x c:2:y", "a:1:x c:2:y", null, 2],
    ["where it is repeated as often in both", "a:1:x b:1:x c:2:y", "c:1:x d:1:x e:2:y", true, 3],
    ["where repeated ones stand elsewhere", "a:1:x b:1:x c:2:y", "a:1:x c:2:y b:1:x", false, 3],
    ["where what is repeated is not common", "a:1:x b:1:x c:2:y d:3:z", "c:2:y d:3:z", true, 2]
  ])("has an order %s as §3.3 says", (_, a, b, order, count) => {
    const { a_and_b_count, a_and_b_same_order } = compared(a, b).array_elements
    assert.deepStrictEqual([a_and_b_same_order["sequences"], a_and_b_count["sequences"]], [order, count])
  })

  it.skipIf(absent)("names the test vectors by their digests and tells order and names apart", () => {
    const vectors = json("vectors.json").seqcol as ReadonlyArray<{
      note: string
      digest: string
      level2: { names: ReadonlyArray<string>; lengths: ReadonlyArray<number>; sequences: ReadonlyArray<string> }
    }>
    const of = (word: string) => {
      const { digest, level2 } = vectors.find(({ note }) => note.includes(word))!
      return { digest, items: level2.names.map((name, i) => ({ name, length: level2.lengths[i]!, refget: level2.sequences[i]! })) }
    }
    const [base, order, names] = [of("refgenie base.fa"), of("in another order"), of("other names")]
    for (const [other, relation] of [
      [base, "identical"],
      [order, "reordered"],
      [names, "renamed"]
    ] as const) {
      const found = compareCollections(base.items, other.items)
      assert.deepStrictEqual([found.digests, found.relation], [{ a: base.digest, b: other.digest }, relation])
    }
  })

  it.effect.skipIf(absent)("calls every real genome identical to itself and different from the next", () =>
    Effect.gen(function* () {
      const small = datasets.filter(({ genome, oracle }) => genome !== null && oracle.fasta.bases < 3e6)
      assert.isAtLeast(small.length, 6)
      const scanned = yield* Effect.forEach(small, ({ genome }) => scanFasta(genome!))
      scanned.forEach((one, i) => {
        const { digest } = small[i]!.oracle.fasta.seqcol
        const self = compareCollections(one.sequences, one.sequences)
        assert.deepStrictEqual([self.relation, self.digests], ["identical", { a: digest, b: digest }])
        assert.strictEqual(compareCollections(one.sequences, scanned[(i + 1) % scanned.length]!.sequences).relation, "different")
      })
    })
  )
})

describe("an expectation", () => {
  const two = genome(">a\nACGT\n>b\nGGCC\n")
  const of = (text: string) => genome(text).sequences[0]!
  const wrong = (expected: GenomeExpectation, facts = two) =>
    unexpectedIn(expected, facts, "g.fa").map(({ what, expected, found }) => [what, expected, found])

  it("holds for the genome it was taken from, in either case and line length", () => {
    const { md5, refget } = of(">a\nACGT\n")
    const { digest, sortedNameLengthPairs } = two.collection!
    const all = { seqcol: digest, sortedNameLengthPairs, md5: { a: md5 }, refget: { a: refget }, sequences: 2, bases: 8 }
    assert.deepStrictEqual(wrong(all), [])
    assert.deepStrictEqual(wrong(all, genome(">a x\nac\ngt\n>b\nGGC\nC")), [])
    assert.deepStrictEqual(wrong({ md5, refget }, genome(">z\nACGT\n")), [])
  })

  it("names what was expected and what was found, of every digest", () => {
    const [a, b] = [of(">a\nACGT\n"), of(">b\nGGCC\n")]
    const other = genome(">b\nGGCC\n>a\nACGT\n").collection!
    assert.deepStrictEqual(wrong({ seqcol: other.digest }), [["seqcol", other.digest, two.collection!.digest]])
    assert.deepStrictEqual(wrong({ sortedNameLengthPairs: other.sortedNameLengthPairs }), [])
    assert.deepStrictEqual(wrong({ md5: { a: b.md5, c: a.md5 } }), [
      ['md5 of "a"', b.md5, a.md5],
      ['md5 of "c"', a.md5, null]
    ])
    assert.deepStrictEqual(wrong({ refget: a.refget }), [["refget of one sequence", a.refget, null]])
    assert.deepStrictEqual(wrong({ sequences: 3, bases: 8 }), [["sequences", "3", "2"]])
  })

  it("never holds for a FASTA that is not well formed", () => {
    const broken = genome(">a\nACGT\n>b\nGG7C\n")
    assert.deepStrictEqual(wrong({ md5: { a: of(">a\nACGT\n").md5 } }, broken), [['md5 of "a"', of(">a\nACGT\n").md5, null]])
  })

  it("is decoded strictly: a digest of another form or an unknown key is no expectation", () => {
    const isGood = (value: unknown) => Exit.isSuccess(Schema.decodeUnknownExit(GenomeExpectation)(value, { onExcessProperty: "error" }))
    assert.isTrue(isGood({ seqcol: "D_UKG7qCQeCA2fkDY3HtgRkheAbf6okW", md5: { a: "0".repeat(32) } }))
    for (const bad of [
      { seqcol: "SQ.D_UKG7qCQeCA2fkDY3HtgRkheAbf6okW" },
      { seqcol: "" },
      { md5: "F1F8F4BF413B16AD135722AA4591043E" },
      { md5: { a: "x" } },
      { refget: "aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2" },
      { sequences: 0 },
      { sha256: "0".repeat(64) }
    ])
      assert.isFalse(isGood(bad), JSON.stringify(bad))
  })
})
