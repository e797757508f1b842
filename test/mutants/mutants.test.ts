/** What is planted can be planted, and the tests that are named for it are there: `npm run mutants` shows that they fail. */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { assert, describe, it } from "vitest"
import { editsOf } from "./mutant.ts"
import { mutants } from "./table.ts"

const root = join(import.meta.dirname, "..", "..")
const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "")

/** A test file with all that it imports of `test/`: laws stand beside those who are held to them. */
const wordsOf = (path: string, met = new Set<string>()): string => {
  if (met.has(path)) return ""
  met.add(path)
  const text = textOf(path)
  const imported = [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, specifier = ""]) => resolve(dirname(path), specifier))
  return text + imported.map((other) => (other.startsWith(join(root, "test")) ? wordsOf(other, met) : "")).join("")
}

describe("each bug that is planted", () => {
  it("has a name and a rule of its own section, and each section has some", () => {
    assert.strictEqual(new Set(mutants.map(({ rule, name }) => `${rule} ${name}`)).size, mutants.length)
    assert.deepStrictEqual([...new Set(mutants.map(({ rule }) => rule.slice(0, 2)))], ["§1", "§2", "§3", "§4", "§5", "§6"])
  })

  it("takes the place of a text that stands once in its file, and changes it", () => {
    const misplaced = mutants.flatMap((mutant) =>
      editsOf(mutant)
        .filter(({ file, find, replace }) => textOf(join(root, file)).split(find).length !== 2 || find === replace || find === "")
        .map(({ file, find }) => `${mutant.name}: ${file} has not once ${find}`)
    )
    assert.deepStrictEqual(misplaced, [])
  })

  it("is looked for by a test that is there", () => {
    const lost = mutants.filter(({ test, named }) => !wordsOf(join(root, test)).includes(named))
    assert.deepStrictEqual(
      lost.map(({ name, test, named }) => `${name}: ${test} has no test named ${named}`),
      []
    )
  })
})
