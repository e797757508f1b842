import { assert, describe, it } from "vitest"
import { itemId, itemName, itemTask, stageOf, templateOf } from "../../src/core/Item.ts"
import { overlaps } from "../../src/core/Places.ts"
import { Random } from "./simulation/Random.ts"

describe("ids of a fan-out's tasks", () => {
  it("stand for an item between the stage and the check", () => {
    assert.strictEqual(itemTask("110/x:density", "chr1"), "110/x:density@chr1")
    assert.strictEqual(itemTask("110/x:density:look", "chr1"), "110/x:density@chr1:look")
    assert.strictEqual(templateOf("110/x:density@chr1:look"), "110/x:density:look")
    assert.strictEqual(templateOf("110/x@y:density@chr1"), "110/x@y:density")
    assert.strictEqual(templateOf("110/x@y:density"), "110/x@y:density")
    assert.deepStrictEqual([stageOf("density@chr1"), stageOf("density")], ["density", "density"])
  })

  it("gives back every name, and no two names one id", () => {
    const random = new Random(7)
    const letters = ["a", "%", "2", "5", ":", "@", "*", "é", "日", "😀", " ", ".", "-", "+", "#", "=", "\\", "'", "⟦"]
    const ids = new Map<string, string>()
    for (let n = 0; n < 5000; n++) {
      const name = Array.from({ length: 1 + random.int(5) }, () => random.pick(letters)).join("")
      const id = itemId(name)
      assert.strictEqual(itemName(id), name)
      assert.isTrue((ids.get(id) ?? name) === name)
      assert.notMatch(id, /[:@\s]/)
      ids.set(id, name)
      assert.strictEqual(templateOf(itemTask("a:b:c", name)), "a:b:c")
    }
  })

  it("reads no other text as an item", () => {
    for (const text of ["a:b", "%zz", "a%2a", "a b"]) assert.isNull(itemName(text))
  })
})

describe("places", () => {
  it("overlap where one is the other or lies in it, and nowhere else", () => {
    const places = ["b/x", "b", "b.c", "a/x/y", "a/x", "a/xy"].map((path) => ({ path, by: path }))
    assert.deepStrictEqual(
      overlaps(places).map(({ holder, inside }) => `${inside.path} in ${holder.path}`),
      ["a/x/y in a/x", "b/x in b"]
    )
    assert.deepStrictEqual(
      overlaps([...places, { path: "b", by: "again" }]).map(({ holder, inside }) => `${inside.by} in ${holder.by}`),
      ["a/x/y in a/x", "again in b", "b/x in again"]
    )
  })
})
