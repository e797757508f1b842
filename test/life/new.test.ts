/** What `atlas-run new` writes works as it stands. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { program, repository } from "./workplace.ts"

const root = realpathSync(mkdtempSync(join(tmpdir(), "atlas new ")))
mkdirSync(join(root, "node_modules"))
symlinkSync(repository, join(root, "node_modules", "atlas-run"))
symlinkSync(join(repository, "node_modules", "effect"), join(root, "node_modules", "effect"))
symlinkSync(join(repository, "node_modules", "@types"), join(root, "node_modules", "@types"))
writeFileSync(join(root, "package.json"), '{ "type": "module" }')
afterAll(() => rmSync(root, { recursive: true }))

const atlas = (...words: ReadonlyArray<string>) => spawnSync(process.execPath, [program, ...words], { cwd: root, encoding: "utf8" })
/** The variables of a test runner round this one would make its output another. */
const { NODE_TEST_CONTEXT: _context, ...environment } = process.env
const tested = (path: string) =>
  spawnSync(process.execPath, ["--test", "--test-reporter=tap", path], { cwd: root, encoding: "utf8", env: environment })

describe("new", { timeout: 120_000 }, () => {
  for (const [kind, name, tests] of [
    ["check", "line-length", 8],
    ["stage", "sort-lines-2", 4]
  ] as const) {
    it(`${kind} writes code, a README and a test of ${tests} laws that hold at once`, () => {
      const { status, stdout, stderr } = atlas("new", kind, name)
      assert.strictEqual(status, 0, stderr)
      for (const file of readdirSync(join(root, "plugins", name))) assert.include(stdout, `plugins/${name}/${file}`)
      const { status: passed, stdout: told } = tested(`plugins/${name}/${name}.test.ts`)
      assert.strictEqual(passed, 0, told)
      assert.match(told, new RegExp(`^# pass ${tests}$`, "m"))
    })

    it(`${kind} has a test that fails as soon as its code is wrong`, () => {
      const path = join(root, "plugins", name, "index.ts")
      const code = readFileSync(path, "utf8")
      writeFileSync(path, code.replace("line.length >", "line.length <").replace(".sort()", ""))
      assert.strictEqual(tested(`plugins/${name}/${name}.test.ts`).status, 1)
      writeFileSync(path, code)
    })

    it(`${kind} overwrites nothing`, () => {
      const path = join(root, "plugins", name, "index.ts")
      writeFileSync(path, "mine")
      const { status, stderr } = atlas("new", kind, name)
      assert.deepStrictEqual([status, readFileSync(path, "utf8")], [2, "mine"])
      assert.include(stderr, `plugins/${name} is there already`)
    })
  }

  it("writes what the compiler accepts in a strict project", () => {
    atlas("new", "check", "strict-check", "--in", "checked")
    atlas("new", "stage", "strict-stage", "--in", "checked")
    writeFileSync(
      join(root, "tsconfig.json"),
      JSON.stringify({
        extends: join(repository, "tsconfig.json"),
        compilerOptions: { noEmit: true, types: ["node"] },
        include: ["checked"]
      })
    )
    const tsc = spawnSync(process.execPath, [join(repository, "node_modules/typescript/bin/tsc"), "-p", root], { encoding: "utf8" })
    assert.strictEqual(tsc.status, 0, tsc.stdout)
  })

  it("refuses other kinds, and names that are none", () => {
    for (const words of [["plugin", "x"], ["check", "../x"], ["check", "Upper"], ["stage", "a--b"], ["check"]])
      assert.strictEqual(atlas("new", ...words).status, 2, words.join(" "))
    assert.isFalse(existsSync(join(root, "x")))
  })
})
