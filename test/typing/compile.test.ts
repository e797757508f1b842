import { execFile } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { assert, beforeAll, describe, expect, it } from "@effect/vitest"
import { mistakes } from "./mistakes.ts"

const root = join(import.meta.dirname, "../..")
const fixtures = join(import.meta.dirname, "fixtures/broken-configs")

/** What tsc prints over all fixtures, `PATH(LINE,COLUMN): error TSnnnn: …` a message, its further lines indented. */
const compile = (): Promise<ReadonlyArray<string>> =>
  new Promise((done) =>
    execFile(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "-p", fixtures, "--pretty", "false"],
      { cwd: fixtures, maxBuffer: 1 << 24 },
      (_failed, out) => done(out.split("\n"))
    )
  )

describe("what does not compile", () => {
  let lines: ReadonlyArray<string> = []
  const firstLineOf = (name: string) => lines.find((line) => line.startsWith(`${name}.ts(`))
  beforeAll(async () => {
    lines = await compile()
  }, 120_000)

  it("every broken config stands in the table, and every row of the table has its config", () => {
    const files = readdirSync(fixtures).filter((file) => file.endsWith(".ts"))
    assert.deepStrictEqual(files.sort(), mistakes.map(({ name }) => `${name}.ts`).sort())
  })

  it.each(mistakes)("$name is refused by a first line that names the culprit", ({ name, culprit }) => {
    assert.include(firstLineOf(name) ?? "it compiles", culprit)
  })

  it("the first lines are golden text", async () => {
    const text = mistakes.map(({ name }) => `${firstLineOf(name) ?? `${name}.ts compiles`}\n`).join("")
    await expect(text).toMatchFileSnapshot("golden/first-lines.txt")
  })

  it("a sentence of ours is cut neither by line length nor by further types before it", () => {
    const far = mistakes.filter(({ name, culprit }) => culprit.includes(" ") && (firstLineOf(name) ?? "").indexOf(culprit) > 200)
    assert.deepStrictEqual(far, [])
  })

  it("good configs compile: dimensions, spread defaults, folders moved, options for all, gates, exhaustive errors", () => {
    assert.deepStrictEqual(
      lines.filter((line) => /^\.\.\/(?:good-configs|life)\.ts\(/.test(line)),
      []
    )
  })
})
