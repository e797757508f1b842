/** What patterns of paths fit. */
import { assert, describe, it } from "vitest"
import { dependencies } from "../../src/core/DependencyFile.ts"
import { fitsPath, parsePattern } from "../../src/core/PathGlob.ts"
import { Random, seeds } from "./simulation/Random.ts"

const fits = (pattern: string, path: string): boolean => {
  const parsed = parsePattern(pattern)
  assert("ok" in parsed, pattern)
  return parsed.ok.some((one) =>
    fitsPath(
      one,
      path.split("/").filter((name) => name !== "")
    )
  )
}

const yes: ReadonlyArray<readonly [pattern: string, ...paths: ReadonlyArray<string>]> = [
  ["a.tab", "a.tab"],
  ["./in//a.tab", "in/a.tab"],
  ["*.tab", "a.tab", "ü.tab", "\u{1F9EC}.tab"],
  ["?.tab", "a.tab", "\u{1F9EC}.tab"],
  ["in/*/x", "in/a/x"],
  ["**/x", "x", "a/x", "a/b/x"],
  ["in/**", "in/x", "in/a/x"],
  ["in/**/a/**/x", "in/a/x", "in/b/a/c/d/x"],
  ["{a,b}.tab", "a.tab", "b.tab"],
  ["{a,b{c,d}}.{tab,txt}", "a.tab", "bc.txt", "bd.tab"],
  ["x{,y}", "x", "xy"],
  ["{a}", "{a}"],
  ["a{b", "a{b"],
  ["[a-c]x", "ax", "cx"],
  ["[!a-c]x", "dx"],
  ["[]a]x", "]x", "ax"],
  ["[ab", "[ab"],
  ["\\*", "*"],
  ["a\\{b,c\\}", "a{b,c}"],
  [".hidden/*", ".hidden/x"],
  [".*", ".x"]
]
const no: ReadonlyArray<readonly [pattern: string, ...paths: ReadonlyArray<string>]> = [
  ["*.tab", ".tab", ".a.tab", "a/b.tab", "a.tabs"],
  ["?", "", "ab", ".", "/"],
  ["in/*/x", "in/x", "in/a/b/x"],
  ["**/x", "xx"],
  ["[a-c]x", "dx", "x", "-x"],
  ["[!a]x", ".x", "ax"],
  ["{a,b}", "{a,b}", "ab"],
  ["\\*", "a", "\\*"]
]

describe("a pattern", () => {
  it("fits what it says and nothing else", () => {
    for (const [pattern, ...paths] of yes) for (const path of paths) assert.isTrue(fits(pattern, path), `${pattern} ${path}`)
    for (const [pattern, ...paths] of no) for (const path of paths) assert.isFalse(fits(pattern, path), `${pattern} ${path}`)
  })

  it("that can be none is told", () => {
    for (const pattern of ["", "in/", ".", "..", "a/..", "a\0b", "{1,2}".repeat(11)]) assert("problem" in parsePattern(pattern), pattern)
  })

  it("of many stars takes no time", () => {
    assert.isFalse(fits(`${"*a".repeat(50)}b`, "a".repeat(255)))
    assert.isFalse(fits(`${"**/a/".repeat(30)}b`, "a/".repeat(200)))
  })

  it("fits as its regular expression does, for random names", () => {
    for (const seed of seeds(20)) {
      const random = new Random(seed)
      const text = (letters: ReadonlyArray<string>, most: number) =>
        Array.from({ length: random.int(most + 1) }, () => random.pick(letters)).join("")
      const pattern = `a${text(["a", "b", "*", "?", "[ab]", "[!a]"], 6)}`
      const name = `a${text(["a", "b", "c"], 8)}`
      const expression = new RegExp(`^${pattern.replaceAll("[!a]", "[^a]").replaceAll("*", ".*").replaceAll("?", ".")}$`)
      assert.strictEqual(fits(pattern, name), expression.test(name), `${pattern} ${name}`)
    }
  })
})

describe("a list of what a program read", () => {
  it("of lines is its lines", () => {
    assert.deepStrictEqual(dependencies("b c\r\n\na\nb c\n", "lines"), ["a", "b c"])
  })

  it("for make is what its rules depend on, with their escapes", () => {
    const rules = "out.o: main.c a\\ b.h \\\n  c\\#d.h $$e.h \\\r\n\tx/y:z.h\n\nphony.h:\nother: last.h"
    assert.deepStrictEqual(dependencies(rules, "make"), ["$e.h", "a b.h", "c#d.h", "last.h", "main.c", "x/y:z.h"])
    assert.deepStrictEqual(dependencies("", "make"), [])
  })
})
