/** Transcripts are compared line by line: what they leave out, they say. */
import { assert, describe, it } from "vitest"
import { mismatch, stepsOf } from "./transcript.ts"

describe("a transcript", () => {
  it("is commands with what they print", () => {
    assert.deepStrictEqual(stepsOf("$ a \\\n  b\none\ntwo\n$ c\n"), [
      { command: "a   b", shown: ["one", "two"] },
      { command: "c", shown: [] }
    ])
  })

  it("fits whatever time, day, digest and width were", () => {
    const shown = ["✓ one  0.34 s   sha256 c0ffee00", "run 20261123T015619-d28df3c6 at 2026-11-23T01:56:21.736Z", "jobs 2"]
    const said = "  ✓ one   12.3 s  sha256 deadbeef\nrun 20270101T000000-00000000 at 2027-01-01T00:00:00.000Z\njobs 64\n"
    assert.isNull(mismatch(shown, said))
  })

  it("has no gap but where it says so, and ends where the output ends", () => {
    assert.isNull(mismatch(["a", "…", "c"], "a\nb\nc\n"))
    assert.isNull(mismatch(["a", "…"], "a\nb\nc\n"))
    for (const shown of [
      ["a", "c"],
      ["a", "b"],
      ["…", "d"],
      ["b", "…"],
      ["a", "b", "c", "d"]
    ])
      assert.isNotNull(mismatch(shown, "a\nb\nc\n"), shown.join())
  })
})
