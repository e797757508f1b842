/** `atlas-run run --sandbox` on stages that reach for what they do not declare. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { findBubblewrap } from "../../src/ports/Bubblewrap.ts"
import { lab, removeLabs } from "./undeclared.ts"
import { program } from "./workplace.ts"

const bubblewrap = findBubblewrap()
if ("problem" in bubblewrap) console.warn(`SKIPPED: ${bubblewrap.problem}, so nobody looks whether programs stay in their sandbox`)

afterAll(removeLabs)

const ran = (stages: string, checks = "", before: (root: string) => void = () => {}) => {
  const { root, atlas } = lab(stages, checks)
  before(root)
  const { status, stdout, stderr } = atlas("run", "--sandbox", "--json")
  const events: ReadonlyArray<any> = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
  const tasks = new Map(events.filter(({ event }) => event === "task-finished").map((event) => [event.task.replace("a:", ""), event]))
  return { root, atlas, status, stderr, of: (task: string) => tasks.get(task) }
}

const output = (root: string, stage: string): string =>
  readFileSync(
    spawnSync("find", [join(root, ".atlas/outputs"), "-path", `*${stage}*`, "-type", "f"], { encoding: "utf8" }).stdout.trim(),
    "utf8"
  )

describe("a plugin in the sandbox", { timeout: 60_000 }, () => {
  it("reads its inputs and writes its outputs and scratch as ever", () => {
    const { status, root, stderr } = ran("Tidy")
    assert.strictEqual(status, 0, stderr)
    assert.strictEqual(output(root, "tidy"), "one\nt")
  })

  it("imports modules and packages while it runs", () => {
    const { status, root, of } = ran("Lazy")
    assert.strictEqual(status, 0, JSON.stringify(of("lazy")?.error))
    assert.strictEqual(output(root, "lazy"), "lazy function")
  })

  it("finds packages behind several links, as `npm link` makes them", () => {
    const { status, stderr } = ran("Tidy", "", (root) => {
      const [packages, elsewhere] = [join(root, "node_modules"), join(root, "elsewhere")]
      mkdirSync(elsewhere)
      renameSync(packages, join(elsewhere, "real"))
      symlinkSync("real", join(elsewhere, "linked"))
      symlinkSync(join(elsewhere, "linked"), packages)
    })
    assert.strictEqual(status, 0, stderr)
  })

  for (const [stage, does, subject] of [
    ["Reads", "read", "beside.txt"],
    ["Writes", "write", "stray.txt"]
  ] as const)
    it(`fails when it ${stage.toLowerCase()} what it does not declare, which is named`, () => {
      const { status, root, of } = ran(stage)
      const { outcome, error } = of(stage.toLowerCase())
      assert.deepStrictEqual([status, outcome, error.code], [1, "failed", "SANDBOX_DENIED"])
      assert.deepInclude(error, { where: { path: join(root, subject) } })
      assert.deepInclude(error.details, { does })
      assert.isFalse(existsSync(join(root, "stray.txt")))
    })

  it("fails also where its code would go on as if nothing had been", () => {
    const { of } = ran("Hides")
    assert.deepStrictEqual([of("hides").outcome, of("hides").error.code], ["failed", "SANDBOX_DENIED"])
  })

  it("starts no programs", () => {
    const { error } = ran("Starts").of("starts")
    assert.deepInclude(error, { code: "SANDBOX_DENIED" })
    assert.deepInclude(error.details, { does: "start" })
  })
})

describe.skipIf("problem" in bubblewrap)("a program in the sandbox", { timeout: 60_000 }, () => {
  it("reads its inputs and writes its outputs as ever, and what needs them is given them", () => {
    const { status, root, of, stderr } = ran("Good, Plug")
    assert.strictEqual(of("good").outcome, "executed", stderr)
    assert.strictEqual(output(root, "good"), "one\n")
    // its plugin reads beside its inputs
    assert.deepStrictEqual([status, of("plug").error.code], [1, "SANDBOX_DENIED"])
  })

  it("finds nothing that it does not declare", () => {
    const { status, of } = ran("Peeks")
    assert.deepStrictEqual([status, of("peeks").error.code], [1, "COMMAND_FAILED"])
    assert.include(of("peeks").error.details.stderr, "beside.txt")
  })

  it("47: writes nothing but its outputs", () => {
    const { root, of } = ran("Outside")
    assert.strictEqual(of("outside").error.code, "COMMAND_FAILED")
    assert.isFalse(existsSync(join(root, "stray.txt")))
  })

  it("48: cannot change its input", () => {
    const { root, of } = ran("Eats")
    assert.strictEqual(of("eats").error.code, "COMMAND_FAILED")
    assert.strictEqual(readFileSync(join(root, "data/a.txt"), "utf8"), "one\n")
  })
})

describe("a machine without bubblewrap", () => {
  it("is told so, and nothing is run", () => {
    const { root } = lab("Good")
    const folder = join(root, "programs")
    mkdirSync(folder)
    for (const name of ["sh", "sort"]) symlinkSync(join("/usr/bin", name), join(folder, name))
    const { status, stderr } = spawnSync(process.execPath, [program, "--sandbox"], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, PATH: folder }
    })
    assert.strictEqual(status, 2)
    assert.include(stderr, "SANDBOX_UNAVAILABLE")
    assert.isFalse(existsSync(join(root, ".atlas/outputs")))
  })
})
