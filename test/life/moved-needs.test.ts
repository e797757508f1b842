/** What a stage made is altered before or while the next one reads it. The test decides when stages go on. */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync, renameSync, copyFileSync, rmSync, writeFileSync } from "node:fs"
import { open, readFile } from "node:fs/promises"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { type Finished, program, Workplace } from "./workplace.ts"

const config = `
import { readFileSync, writeFileSync } from "node:fs"
import { Effect, Schema } from "effect"
import { project } from "atlas-run"
import { Command } from "atlas-run/command"
import { Stage } from "atlas-run/plugin"
const here = import.meta.dirname
class Copy extends Command("copy")({
  inputs: () => ({ text: "data/text.txt" }),
  outputs: { copied: "folder" },
  paths: () => ({ copied: "out/copied" }),
  shell: ({ inputs, outputs }) => \`mkdir \${outputs.copied}; cp \${inputs.text} \${outputs.copied}/text\`
}) {}
class Wait extends Command("wait")({
  inputs: () => ({ text: "data/text.txt" }),
  outputs: { done: "file" },
  shell: ({ inputs, outputs }) => \`echo > \${outputs.done}; if [ -e '\${here}/hold-wait' ]; then echo > '\${here}/read'; cat '\${here}/go'; fi; : \${inputs.text}\`
}) {}
class After extends Command("after")({
  needs: [Copy, Wait],
  outputs: { done: "file" },
  paths: () => ({ done: "out/after" }),
  shell: ({ needs, outputs }) =>
    \`: \${needs.wait.done}; if [ -e '\${here}/hold-after' ]; then echo > '\${here}/read'; cat '\${here}/go'; fi; cp \${needs.copy.copied}/text \${outputs.done}\`
}) {}
class Hosted extends Stage("hosted")({
  target: Schema.Struct({}),
  needs: [Copy, Wait],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { done: "file" },
  paths: () => ({ done: "out/hosted" }),
  findings: {},
  errors: [],
  run: ({ needs, outputs }) => Effect.sync(() => writeFileSync(outputs.done, readFileSync(needs.copy.copied + "/text")))
}) {}
export default project({ name: "moving", stages: [Copy, Wait, After, Hosted], targets: (target) => [target({}, { id: "t" })] })
`

let lab: Workplace
const at = (...path: ReadonlyArray<string>) => join(lab.root, ...path)
beforeEach(() => {
  lab = new Workplace()
  writeFileSync(at("atlas.config.ts"), config)
  writeFileSync(at("data", "text.txt"), "one\n")
  execFileSync("mkfifo", [at("read"), at("go")])
})
afterEach(() => lab.remove())

/** A run in which `edit` is done when copy has ended and the stage that holds waits. */
const runWith = async (holds: "wait" | "after", edit: () => void) => {
  writeFileSync(at(`hold-${holds}`), "")
  const child = spawn(process.execPath, [program, "run", "--json", "--jobs", "2"], { cwd: lab.root, stdio: ["ignore", "pipe", "inherit"] })
  const ended = once(child, "exit")
  const tasks = new Map<string, Finished>()
  const copied = Promise.withResolvers<void>()
  const closed = once(
    createInterface(child.stdout).on("line", (line) => {
      const event = JSON.parse(line)
      if (event.event === "task-finished") tasks.set(event.task, event)
      if (tasks.has("t:copy")) copied.resolve()
    }),
    "close"
  )
  await Promise.all([readFile(at("read")), copied.promise])
  edit()
  const go = await open(at("go"), "w")
  await go.close()
  const [exit] = (await ended) as [number]
  await closed
  rmSync(at(`hold-${holds}`))
  return { exit, tasks }
}

const made = () => [readFileSync(at("out/after"), "utf8"), readFileSync(at("out/hosted"), "utf8")]

describe("what a stage made", () => {
  it("and someone edits before the next one begins taints that one: nothing of the edit is recorded", async () => {
    const { exit, tasks } = await runWith("wait", () => writeFileSync(at("out/copied/text"), "two\n"))
    assert.deepStrictEqual(
      [exit, ...["copy", "after", "hosted"].map((stage) => tasks.get(`t:${stage}`)?.outcome)],
      [1, "executed", "tainted", "tainted"]
    )
    assert.match(tasks.get("t:after")?.error?.message ?? "", /output copied of t:copy/)
    const again = lab.run()
    assert.deepStrictEqual([again.exit, made()], [0, ["one\n", "one\n"]])
  })

  it("and someone edits while the next one reads taints that one, be it put back at once", async () => {
    const { exit, tasks } = await runWith("after", () => {
      copyFileSync(at("out/copied/text"), at("twin"))
      writeFileSync(at("out/copied/text"), "two\n")
      renameSync(at("twin"), at("out/copied/text"))
    })
    assert.deepStrictEqual([exit, tasks.get("t:after")?.outcome, tasks.get("t:after")?.error?.code], [1, "tainted", "TASK_TAINTED"])
    const again = lab.run()
    assert.deepStrictEqual([again.exit, again.tasks.get("t:after")?.outcome, made()], [0, "executed", ["one\n", "one\n"]])
  })

  it("is left alone mostly, and nothing is tainted", async () => {
    const { exit } = await runWith("after", () => {})
    assert.deepStrictEqual([exit, made()], [0, ["one\n", "one\n"]])
    assert.strictEqual(lab.run().counts["executed"], 0)
  })
})
