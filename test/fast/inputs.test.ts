/** The short cut of a plain run sees what comes and goes where globs, optional inputs and discoveries look. */
import { renameSync } from "node:fs"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { lookAt } from "../../src/fast/Answer.ts"
import { InputLab } from "../life/inputs/lab.ts"

/** Runs until a record is kept, on file systems with coarse times. */
const Patience = 40

let lab: InputLab
beforeAll(() => {
  lab = new InputLab()
  for (const path of ["in/a.tab", "in/deep/b.tab", "told.tab"]) lab.write(path, path)
  lab.link("links/dangling.tab", lab.at("nowhere.tab"))
  lab.write("main.tab", "first\nrest")
  lab.configure(
    `class First extends Content("first")({ digest: ({ path }) => Effect.sync(() => readFileSync(path, "utf8").split("\\n")[0]) }) {}
class Gather extends Stage("gather")({
  target: Schema.Struct({}),
  needs: [],
  options: Schema.Struct({}),
  inputs: () => ({
    main: input("main.tab", { content: First }),
    all: glob(["in/**/*.tab", "later/*.tab", "links/*.tab"]),
    maybe: optional("maybe.tab")
  }),
  outputs: { made: "file" },
  paths: () => ({ made: "out/made" }),
  findings: {},
  errors: [],
  run: ({ inputs, outputs, read }) => Effect.gen(function*() {
    const texts = [...inputs.all, ...(inputs.maybe === undefined ? [] : [inputs.maybe])].map((path) => readFileSync(path, "utf8"))
    for (const path of ["told.tab", "absent.tab"]) texts.push(new TextDecoder().decode(yield* read(path)))
    writeFileSync(outputs.made, texts.join("|"))
  })
}) {}
class Apart extends Command("apart")({ outputs: { made: "file" }, stdout: "made", words: () => ["echo", "apart"] }) {}`,
    "Gather, Apart"
  )
})
afterAll(() => lab.close())

/** Runs plainly until all is proven. */
const settle = (): void => {
  for (let tries = 0; lookAt(lab.root)?.groups.length !== 0; tries++) {
    assert.isBelow(tries, Patience, "nothing is kept")
    assert.strictEqual(lab.atlas().status, 0)
  }
}

const edits: Readonly<Record<string, () => void>> = {
  "a file that comes": () => lab.write("in/c.tab", "c"),
  "a file that comes in a folder below": () => lab.write("in/deep/d.tab", "d"),
  "a file that goes": () => lab.remove("in/c.tab"),
  "a file that moves to another folder": () => renameSync(lab.at("in/a.tab"), lab.at("in/deep/a.tab")),
  "a new folder with a file": () => lab.write("in/new/e.tab", "e"),
  "a folder that comes where none was": () => lab.write("later/f.tab", "f"),
  "a link that leads somewhere now": () => lab.write("nowhere.tab", "g"),
  "other content of a file": () => lab.write("in/deep/b.tab", "h"),
  "an optional input that comes": () => lab.write("maybe.tab", "i"),
  "an optional input that goes": () => lab.remove("maybe.tab"),
  "a discovered file that is another": () => lab.write("told.tab", "j"),
  "a discovered file that comes": () => lab.write("absent.tab", "k"),
  "a discovered file that goes": () => lab.remove("absent.tab")
}

describe("the look of a plain run", () => {
  for (const [what, edit] of Object.entries(edits))
    it(`leaves ${what} to the engine, which makes of it what it would make of all`, () => {
      settle()
      edit()
      assert.strictEqual(lookAt(lab.root)?.groups.length, 1, "one group of two is open")
      const { status, stdout } = lab.atlas()
      assert.deepStrictEqual([status, /1 executed · 1 fresh/.test(stdout)], [0, true], stdout)
      const made = lab.read("out/made")
      lab.remove(".atlas")
      lab.remove("out")
      assert.strictEqual(lab.atlas("run", "--no-fast-path").status, 0)
      assert.strictEqual(lab.read("out/made"), made)
    })

  it("is done with a file of which only what does not count is another, once that was looked at", () => {
    settle()
    lab.write("main.tab", "first\nother")
    assert.match(lab.atlas().stdout, /2 tasks fresh/)
    settle()
    assert.match(lab.atlas().stdout, /2 tasks fresh/)
  })
})
