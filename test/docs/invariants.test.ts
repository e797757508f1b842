/** docs/explanation/architecture.md names the test that guards each invariant: file and title are there. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { pages, repository } from "./pages.ts"

const page = pages.find(({ path }) => path === "docs/explanation/architecture.md")

const rows = (page?.prose ?? []).flatMap((line) => {
  const match = /^\| (.+) \| `(test\/[^`]+)` \| (.+) \|$/.exec(line)
  return match === null ? [] : [{ invariant: match[1] ?? "", file: match[2] ?? "", title: match[3] ?? "" }]
})

/** The texts that a test file gives as titles, or may. */
const textsOf = (file: string): string => (existsSync(join(repository, file)) ? readFileSync(join(repository, file), "utf8") : "")

describe("the invariants of the architecture", () => {
  it("are many, and each stands once", () => {
    assert.isAbove(rows.length, 20)
    assert.strictEqual(new Set(rows.map(({ invariant }) => invariant)).size, rows.length)
  })

  it("are each guarded by a test that is there", () => {
    assert.deepStrictEqual(
      rows.filter(({ file, title }) => !textsOf(file).includes(title)),
      []
    )
  })
})
