/** The arena's own machinery: what it says of atlas-run and of make is what is known of them. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { assert, describe, it } from "vitest"

const make = spawnSync("make", ["--version"]).status === 0
if (!make) console.warn("SKIPPED: no make, so the arena is tried with atlas-run alone")

const arena = (...words: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "arena.mjs"), ...words], { encoding: "utf8" })
  return { status, lines: stdout.split("\n"), stderr }
}

describe("the arena", () => {
  it("sees atlas-run pass, and which stages it ran", () => {
    const { status, lines, stderr } = arena("atlas-run", "--only", "s04,s10,s11,s17,s21,s23")
    assert.strictEqual(status, 0, stderr)
    assert.deepStrictEqual(lines.slice(0, 6), [
      "atlas-run s04 ✔A",
      "atlas-run s10 ✔AB",
      "atlas-run s11 ✔AB",
      "atlas-run s17 ✔AB",
      "atlas-run s21 ✔AB",
      "atlas-run s23 ✔ (130)"
    ])
    assert.include(lines, "| **✔ of those asked** | **6 of 6** |")
  })

  it.skipIf(!make)("sees make pass and fail where it is known to, and does not ask it for a cache", () => {
    const { status, lines, stderr } = arena("make", "--only", "s04,s05,s07,s12,s14,s17")
    assert.strictEqual(status, 0, stderr)
    assert.deepStrictEqual(lines.slice(0, 6), ["make s04 ✘AB", "make s05 ✔B", "make s07 ✘", "make s12 ✔AB", "make s14 ✘", "make s17 –"])
    assert.include(lines, "| **✔ of those asked** | **2 of 5** |")
  })

  it("knows its tools", () => {
    const { status, stderr } = arena("mkae")
    assert.strictEqual(status, 2)
    assert.match(stderr, /no such tool: mkae; there are atlas-run, make, /)
  })
})
