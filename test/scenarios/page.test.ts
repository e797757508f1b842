/** The list of scenarios, and the tests that claim them. */
import { assert, describe, it } from "vitest"
import { scenarios } from "./list.ts"
import { claimedBy, numbersOf, testsOf } from "./names.ts"

describe("the scenarios", () => {
  it("are 150, numbered from one, each told once", () => {
    assert.deepStrictEqual(
      scenarios.map(({ number }) => number),
      Array.from({ length: 150 }, (_, i) => i + 1)
    )
    assert.strictEqual(new Set(scenarios.map(({ says }) => says)).size, 150)
  })

  it("are claimed by names of tests, and none is claimed that is not in the list", () => {
    const known = new Set(scenarios.map(({ number }) => number))
    const tests = testsOf()
    assert.deepStrictEqual(
      [...tests].filter(([number]) => !known.has(number)),
      []
    )
    assert.isAbove(tests.size, 100)
  })

  it("are read from what opens a test's name, and from nothing else", () => {
    // pieced together: this file claims none
    const openings = ['it("12', "law(`13, 15–17", 'it.live.skipIf(!can(1))(\n  "18', 'describe("20', '"21', 'it("takes 22', 'submit("23']
    assert.deepStrictEqual([...claimedBy(openings.map((one) => `${one}: a`).join("\n"))], [12, 13, 15, 16, 17, 18, 20])
    assert.deepStrictEqual(numbersOf("1, 3–5"), [1, 3, 4, 5])
  })
})
