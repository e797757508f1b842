/** `atlas-run audit` on stages that do what they should not. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { findStrace } from "../../src/ports/Strace.ts"
import { lab, removeLabs } from "./undeclared.ts"
import { program } from "./workplace.ts"

afterAll(removeLabs)

const strace = findStrace()
if (strace === null)
  console.warn("SKIPPED: no strace that may trace here, so nobody looks whether audit sees reads, writes and the network")

/** All below a folder, with contents. */
const everything = (root: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path, readFileSync(path, "latin1")])
  )

describe("audit", { timeout: 120_000 }, () => {
  it("finds nothing to say of stages that do what they declare, and changes neither records nor outputs", () => {
    const { root, atlas, audit } = lab("Good")
    assert.strictEqual(atlas("run").status, 0)
    const [traces, outputs] = [everything(join(root, ".atlas/traces")), everything(join(root, ".atlas/outputs"))]
    const { status, document } = audit()
    assert.deepStrictEqual([status, document.ok, document.counts], [0, true, { clean: 1, found: 0, failed: 0, skipped: 0 }])
    assert.deepStrictEqual([everything(join(root, ".atlas/traces")), everything(join(root, ".atlas/outputs"))], [traces, outputs])
    assert.isFalse(existsSync(join(root, ".atlas/scratch")))
  })

  it("126: shows where the same execution first writes something else", () => {
    const { status, tasks } = lab("Clock").audit()
    const finding = tasks.get("clock")?.findings.find(({ kind }) => kind === "nondeterminism")
    assert.deepInclude(finding, { subject: "out", message: "writes another out each time" })
    const { output, path, line } = finding?.difference ?? {}
    assert.deepStrictEqual([status, output, path, line?.number], [1, "out", "", 2])
    assert.match(line?.first ?? "", /^[0-9a-f-]{36}$/)
    assert.notStrictEqual(line?.first, line?.second)
  })

  it("tells a failed execution, and does not take it for another result", () => {
    const { status, tasks } = lab("Fails").audit()
    assert.deepStrictEqual([status, tasks.get("fails")?.outcome, tasks.get("fails")?.errors[0]?.code], [1, "failed", "COMMAND_FAILED"])
  })

  it("leaves alone what needs something that is not fresh, and says so", () => {
    const { status, tasks } = lab("Good, Plug").audit(":plug")
    assert.deepStrictEqual([status, tasks.get("plug")?.outcome], [0, "skipped"])
    assert.include(tasks.get("plug")?.because, "a:good is stale")
  })

  describe.skipIf(strace === null)("with strace", () => {
    it("47: names what is written outside of the outputs", () => {
      const { status, of } = lab("Outside").audit()
      assert.deepStrictEqual([status, of("outside")], [1, ["outside-write stray.txt"]])
    })

    it("48: names an input that its own stage writes, which a run reports and does not record", () => {
      const { root, atlas, audit } = lab("Eats")
      const run = atlas("run", "--json")
      assert.deepStrictEqual([run.status, run.stdout.includes("TASK_TAINTED")], [1, true])
      assert.strictEqual(everything(join(root, ".atlas/traces")).size, 0)
      assert.isTrue(audit().of("eats")?.includes("input-written data/a.txt") === true)
    })

    it("names a file that is read and not declared", () => {
      assert.deepStrictEqual(lab("Peeks").audit().of("peeks"), ["undeclared-read beside.txt"])
    })

    it("looks at plugins too: what they read beside their needs and inputs, and where they connect to", () => {
      const { atlas, audit } = lab("Good, Plug", "Look")
      assert.strictEqual(atlas("run").status, 0)
      const { of, document } = audit()
      assert.deepStrictEqual(of("plug"), ["undeclared-read beside.txt", "network 127.0.0.1:9"])
      assert.deepStrictEqual(of("plug:look"), [])
      assert.strictEqual(document.tracer, strace?.name)
    })
  })

  it("says loudly that only determinism was looked at where nothing may trace", () => {
    const { root } = lab("Peeks")
    const { stdout, status } = spawnSync(process.execPath, [program, "audit"], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, PATH: pathWithout("strace", root) }
    })
    assert.strictEqual(status, 0)
    assert.include(stdout, "only determinism was looked at")
  })
})

/** Links to all programs of /usr/bin and /bin but one. */
function pathWithout(program: string, root: string): string {
  const folder = join(root, "programs")
  mkdirSync(folder)
  for (const name of ["sh", "cat", "env"]) if (name !== program) symlinkSync(join("/bin", name), join(folder, name))
  return folder
}
