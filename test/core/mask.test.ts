import { assert, describe, it } from "vitest"
import { masked, maskOf } from "../../src/core/Mask.ts"

describe("a mask", () => {
  it("hides each secret wherever it stands, the longest first, and each line of one that has several", () => {
    const mask = maskOf(["token", "token-and-more", "line one\nline two"]) as (text: string) => string
    assert.strictEqual(mask("a token, token-and-more; line two of it"), "a ***, ***; *** of it")
  })

  it("hides nothing that is too short to be told from a word", () => {
    assert.isNull(maskOf([]))
    assert.isNull(maskOf(["", "abc", "a\nb"]))
  })

  it("goes through all texts of a document and leaves names, numbers and null alone", () => {
    const mask = (text: string) => text.replaceAll("secret", "***")
    assert.deepStrictEqual(masked({ secret: ["a secret", 1, null, { deep: "secret" }] }, mask), {
      secret: ["a ***", 1, null, { deep: "***" }]
    })
  })
})
