import { assert, describe, it } from "@effect/vitest"
import { distance, nearest } from "../../src/core/Nearest.ts"
import { Random, seeds } from "./simulation/Random.ts"

/** Optimal string alignment by the definition, with the whole table. */
const plain = (a: string, b: string): number => {
  const table = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0))
  )
  const at = (i: number, j: number): number => table[i]?.[j] ?? Infinity
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      let cost = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, at(i - 2, j - 2) + 1)
      ;(table[i] as Array<number>)[j] = cost
    }
  return at(a.length, b.length)
}

describe("the distance of two names", () => {
  const rules: ReadonlyArray<readonly [string, string, number]> = [
    ["", "", 0],
    ["ingest", "ingest", 0],
    ["ingset", "ingest", 1],
    ["publsh", "publish", 1],
    ["verify", "verfiy", 1],
    ["pack", "back", 1],
    ["abc", "", 3]
  ]
  for (const [a, b, cost] of rules) it(`from ${a} to ${b} is ${cost}`, () => assert.strictEqual(distance(a, b, 3), cost))

  it("is that of the whole table, cut off above the cap", () => {
    for (const seed of seeds(2000)) {
      const random = new Random(seed)
      const text = (): string => Array.from({ length: random.int(9) }, () => random.pick(["a", "b", "c"])).join("")
      const [a, b, cap] = [text(), text(), random.int(6)]
      assert.strictEqual(distance(a, b, cap), Math.min(plain(a, b), cap + 1), `${a} ${b} ${cap}, replay with ATLAS_SEED=${seed}`)
    }
  })
})

describe("the nearest names", () => {
  const names = ["ingest", "validate", "verify", "verify-pack", "publish", "promote", "pack"]
  it("are told nearest first", () => {
    assert.deepStrictEqual(nearest("verfy", names), ["verify"])
    assert.deepStrictEqual(nearest("PUBLISH", names), ["publish"])
    assert.deepStrictEqual(nearest("pakc", names), ["pack"])
  })
  it("include those that contain what was written", () => assert.deepStrictEqual(nearest("verify-", names), ["verify", "verify-pack"]))
  it("are none if nothing is near", () => assert.deepStrictEqual(nearest("zzzzzz", names), []))
  it("hold each name once, and at most three", () =>
    assert.deepStrictEqual(nearest("a", ["ab", "ab", "ac", "ad", "ae"]), ["ab", "ac", "ad"]))
  it("are found among many and for monstrous names", () => {
    const many = Array.from({ length: 60_000 }, (_, i) => `110/target_${i}/A:ingest`)
    assert.include(nearest("110/target_777/A:ingset", many), "110/target_777/A:ingest")
    nearest("x".repeat(1_000_000), many)
  })
})
