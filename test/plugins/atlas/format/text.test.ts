import { isUtf8 } from "node:buffer"
import { assert, describe, it } from "@effect/vitest"
import { invalidUtf8At, quote } from "../../../../plugins/atlas/format/text.ts"

describe("text", () => {
  it("finds what is not UTF-8 where Node says that something is", () => {
    const tails = [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff]
    let bad = 0
    for (let first = 0; first < 256; first++)
      for (const second of tails)
        for (const third of [0x41, 0x80, 0xbf, 0xc3])
          for (const fourth of [0x20, 0x80, 0xbf]) {
            const bytes = Uint8Array.from([first, second, third, fourth])
            const at = invalidUtf8At(bytes)
            assert.strictEqual(at < 0, isUtf8(bytes), bytes.join())
            if (at < 0) continue
            bad++
            assert.isTrue(isUtf8(bytes.subarray(0, at)))
            assert.isFalse(isUtf8(bytes.subarray(0, 4)))
          }
    assert.isAbove(bad, 10_000)
  })

  it("shows values without control sequences, cut", () => {
    assert.strictEqual(quote("a\x1b[31m\u202eb\u{e000}"), '"a\\u{1b}[31m\\u{202e}b\u{e000}"')
    assert.strictEqual(quote("x".repeat(500)).length, 83)
  })
})
