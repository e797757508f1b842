import { assert, describe, it } from "@effect/vitest"
import { refgetId, residuesMd5, SequenceDigests, sequenceCollection, sha512t24u } from "../../../../plugins/atlas/format/refget.ts"
import { absent, collectionOf, json } from "./shared-data.ts"

interface Level2 {
  readonly names: ReadonlyArray<string>
  readonly lengths: ReadonlyArray<number>
  readonly sequences: ReadonlyArray<string>
}

const collection = ({ lengths, names, sequences }: Level2) =>
  sequenceCollection(names.map((name, i) => ({ name, length: lengths[i]!, refget: sequences[i]! })))

describe("refget", () => {
  it("gives the digests that the specifications print", () => {
    assert.strictEqual(sha512t24u("ACGT"), "aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2")
    assert.strictEqual(refgetId("ac gt\n"), "SQ.aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2")
    assert.strictEqual(sha512t24u(""), "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXc")
  })

  it.skipIf(absent)("names sequences as the test vectors do, whole and in pieces", () => {
    for (const { canonical, input, md5, sq } of json("vectors.json").sequence) {
      assert.deepStrictEqual([refgetId(input), residuesMd5(input)], [sq, md5])
      const digests = new SequenceDigests()
      for (const c of canonical as string) digests.update(Buffer.from(c))
      assert.deepStrictEqual(digests.end(), { md5, refget: sq })
    }
  })

  it.skipIf(absent)("names collections as the test vectors do, at both levels", () => {
    const { level2_spec_example, seqcol } = json("vectors.json")
    assert.isAtLeast(seqcol.length, 6)
    for (const { level2, note, ...vector } of [...seqcol, level2_spec_example])
      assert.deepStrictEqual(collection(level2), collectionOf(vector), note)
  })

  it("does not let the length of a list change how it is hashed", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => ({ name: `contig_${i}`, length: i + 1, refget: `SQ.${i}` }))
    assert.strictEqual(sequenceCollection(many).names, sha512t24u(JSON.stringify(many.map((s) => s.name))))
    assert.strictEqual(sequenceCollection(many).lengths, sha512t24u(JSON.stringify(many.map((s) => s.length))))
  })
})
