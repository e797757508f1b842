/** `atlas-run watch` as people start it; nothing here waits for a time to pass, only for lines. */
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { configOf, stages, Watched } from "./watched.ts"

let lab: Watched
beforeEach(() => {
  lab = new Watched()
})
afterEach(() => lab.remove())

/** A namespace of its own in which nothing may be watched. */
const unwatchable = ["unshare", "-Ur", "sh", "-c", 'echo 0 > /proc/sys/user/max_inotify_watches && exec "$@"', "sh"]
const limited = spawnSync(unwatchable[0] ?? "", [...unwatchable.slice(1), "true"]).status === 0
if (!limited) console.warn("SKIPPED: no user namespaces here, so nobody takes the kernel's watches away from watch")

describe("watch", { timeout: 120_000 }, () => {
  it("145: gives one run for a burst of 500 edits, after the last of them", async () => {
    lab.start()
    await lab.waiting()
    for (let edit = 0; edit < 500; edit++) lab.write(edit % 2 === 0 ? "data/a.txt" : "data/b.txt", `edit ${edit}`)
    await lab.waiting()
    assert.strictEqual(lab.runs, 2)
    assert.deepStrictEqual(lab.outcomes(), ["a:copy executed", "b:copy executed"])
    assert.deepStrictEqual([lab.read("data/a.txt.copy"), lab.read("data/b.txt.copy")], ["edit 498", "edit 499"])
    assert.deepStrictEqual(lab.changed(), ["data/a.txt", "data/b.txt"])
  })

  it("146: runs once more for an edit during a run, and executes only what that made stale", async () => {
    execFileSync("mkfifo", [lab.at("gate")])
    lab.write("data/b.txt", "wait for it")
    lab.start([], ["--jobs", "2"])
    await lab.next("task-finished", ({ task }) => task === "a:copy")
    lab.write("data/a.txt", "edited meanwhile")
    // only now the run can end
    const word = spawn("sh", ["-c", "echo go > gate"], { cwd: lab.root, stdio: "ignore" })
    await lab.waiting()
    word.kill()
    assert.strictEqual(lab.runs, 2)
    assert.deepStrictEqual(lab.outcomes(), ["a:copy executed", "b:copy fresh"])
    assert.strictEqual(lab.read("data/a.txt.copy"), "edited meanwhile")
  })

  it("147: is not woken by its own outputs, nor by other files beside its inputs", async () => {
    lab.start()
    await lab.waiting()
    lab.write("data/a.txt.copy", "tampered")
    lab.write("data/unrelated.txt", "nobody's input")
    lab.write(".atlas/unrelated", "nobody's input")
    lab.write("data/a.txt", "two")
    await lab.waiting()
    assert.deepStrictEqual([lab.runs, lab.changed()], [2, ["data/a.txt"]])
    assert.strictEqual(lab.read("data/a.txt.copy"), "two")
  })

  it("149: sees an editor that writes a new file and renames it over the old one", async () => {
    lab.start()
    await lab.waiting()
    for (const text of ["two", "three"]) {
      lab.write("data/.a.txt.swp", text)
      renameSync(lab.at("data/.a.txt.swp"), lab.at("data/a.txt"))
      await lab.waiting()
      assert.deepStrictEqual(lab.outcomes(), ["a:copy executed", "b:copy fresh"])
      assert.strictEqual(lab.read("data/a.txt.copy"), text)
    }
    assert.strictEqual(lab.runs, 3)
  })

  it("150: takes a changed config, and from then on waits for what that imports and names", async () => {
    lab.start()
    await lab.waiting()
    lab.write("data/c.txt", "one")
    lab.write("more.ts", 'export const more = [["c", "data/c.txt"]]\n')
    lab.write("atlas.config.ts", configOf('[["a", "data/a.txt"], ...more]', 'import { more } from "./more.ts"'))
    await lab.waiting()
    assert.deepStrictEqual(lab.outcomes(), ["a:copy fresh", "c:copy executed"])
    lab.write("data/c.txt", "two")
    await lab.waiting()
    assert.deepStrictEqual(lab.outcomes(), ["a:copy fresh", "c:copy executed"])
    lab.write("more.ts", 'export const more = [["d", "data/c.txt"]]\n')
    await lab.waiting()
    assert.deepStrictEqual(lab.outcomes(), ["a:copy fresh", "d:copy executed"])
    assert.deepStrictEqual(lab.changed(), ["more.ts"])
  })

  it("tells what is wrong with a config, from the first on, and runs it as soon as it is mended", async () => {
    lab.write("stages.ts", "export class {")
    lab.start()
    await lab.told("stages.ts")
    await lab.waiting()
    assert.strictEqual(lab.runs, 0)
    lab.write("stages.ts", 'export { Copy } from "./deep/copy.ts"\n')
    await lab.waiting()
    await lab.told("deep/copy.ts")
    lab.write("deep/copy.ts", stages)
    await lab.next("run-finished")
    assert.deepStrictEqual(lab.outcomes(), ["a:copy executed", "b:copy executed"])
  })

  it("goes on after a failed task, and runs it again once its input is back", async () => {
    rmSync(lab.at("data/b.txt"))
    lab.start()
    await lab.waiting()
    assert.deepStrictEqual(lab.outcomes(), ["a:copy executed", "b:copy failed"])
    lab.write("data/b.txt", "back")
    await lab.waiting()
    assert.deepStrictEqual(lab.outcomes(), ["a:copy fresh", "b:copy executed"])
  })

  it("still sees a folder that was deleted and made again, moved away and put back", async () => {
    lab.write("inputs/deep/c.txt", "one")
    lab.write("atlas.config.ts", configOf('[["c", "inputs/deep/c.txt"]]'))
    lab.start()
    await lab.waiting()
    rmSync(lab.at("inputs"), { recursive: true })
    await lab.waiting()
    assert.deepStrictEqual(lab.outcomes(), ["c:copy failed"])
    lab.write("inputs/deep/c.txt", "two")
    await lab.waiting()
    assert.deepStrictEqual(lab.outcomes(), ["c:copy executed"])
    lab.write("inputs/deep/c.txt", "three")
    await lab.waiting()
    assert.deepStrictEqual(lab.outcomes(), ["c:copy executed"])
    renameSync(lab.at("inputs"), lab.at("away"))
    await lab.waiting()
    lab.write("away/deep/c.txt", "four")
    renameSync(lab.at("away"), lab.at("inputs"))
    await lab.waiting()
    assert.deepStrictEqual([lab.outcomes(), lab.read("data/c.txt.copy")], [["c:copy executed"], "four"])
  })

  it("waits for what a task told that it discovered", async () => {
    lab.write("beside.txt", "one")
    lab.write(
      "stages.ts",
      stages
        .replace('outputs: { copy: "file" },', 'outputs: { copy: "file" }, discovered: "lines",')
        .replace(/shell: .*/, "shell: ({ outputs, discovered }) => `echo beside.txt > ${discovered}; cat beside.txt > ${outputs.copy}`")
    )
    lab.start()
    await lab.waiting()
    lab.write("beside.txt", "two")
    await lab.waiting()
    assert.deepStrictEqual([lab.outcomes(), lab.changed()], [["a:copy executed", "b:copy executed"], ["beside.txt"]])
  })

  it("sees a file that a glob comes to stand for", async () => {
    lab.write(
      "stages.ts",
      stages
        .replace("inputs: ({ text }) => ({ text }),", 'inputs: () => ({ text: glob("texts/**/*.txt") }),')
        .replace(/shell: .*/, "shell: ({ inputs, outputs }) => `cat ${inputs.text} > ${outputs.copy}`")
        .replace("import { Schema }", 'import { glob } from "atlas-run/plugin"\nimport { Schema }')
    )
    lab.write("texts/one.txt", "one")
    lab.start()
    await lab.waiting()
    assert.strictEqual(lab.read("data/a.txt.copy"), "one")
    lab.write("texts/deep/two.txt", "two")
    await lab.waiting()
    assert.deepStrictEqual(lab.outcomes(), ["a:copy executed", "b:copy executed"])
    assert.include(lab.read("data/a.txt.copy"), "two")
  })

  it("sees inputs outside of the project", async () => {
    const outside = mkdtempSync(join(tmpdir(), "atlas-outside-"))
    try {
      writeFileSync(join(outside, "o.txt"), "one")
      lab.write("atlas.config.ts", configOf(`[["o", ${JSON.stringify(join(outside, "o.txt"))}]]`))
      lab.start()
      await lab.waiting()
      writeFileSync(join(outside, "o.txt"), "two")
      await lab.waiting()
      assert.deepStrictEqual(lab.outcomes(), ["o:copy executed"])
    } finally {
      rmSync(outside, { recursive: true })
    }
  })

  it.skipIf(!limited)("looks for itself, and says why, where the system has no watches left", async () => {
    lab.start(unwatchable)
    assert.match(String((await lab.waiting())["polling"]), /limit of watches is reached/)
    lab.write("data/a.txt", "two")
    await lab.waiting()
    assert.deepStrictEqual(lab.outcomes(), ["a:copy executed", "b:copy fresh"])
  })

  it("ends with 130 on Ctrl-C while it waits, and leaves no process behind", async () => {
    lab.start()
    await lab.waiting()
    assert.strictEqual(await lab.stop(), 130)
    assert.deepStrictEqual(lab.processes(), [])
  })

  it("ends with 130 on Ctrl-C while a task runs, tells so, and leaves no process behind", async () => {
    mkdirSync(lab.at("data"), { recursive: true })
    execFileSync("mkfifo", [lab.at("gate")])
    lab.write("data/b.txt", "wait for ever")
    lab.start()
    await lab.next("task-started", ({ task }) => task === "b:copy")
    assert.strictEqual(await lab.stop(), 130)
    assert.deepInclude(lab.events.at(-1), { event: "run-finished", outcome: "interrupted", exit: 130 })
    assert.deepStrictEqual(lab.processes(), [])
  })

  it("ends with 2 for a selector that fits nothing", async () => {
    lab.start([], ["nowhere:copy"])
    await lab.told("SELECTOR_UNKNOWN")
    assert.strictEqual(lab.runs, 0)
  })
})
