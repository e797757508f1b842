/** What changes while a run goes on. The test decides when a program goes on: they meet at FIFOs. */
import { rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { Lab, worked } from "./lab.ts"

/** `copy` reads its input, and where there is a file `hold` it tells so and waits; `after` reads what it made. */
const config = `
const here = import.meta.dirname
class Copy extends Command("copy")({
  target: Schema.Struct({ text: Schema.String }),
  inputs: ({ text }) => ({ text }),
  outputs: { copied: "file" },
  paths: ({ labels }) => ({ copied: "out/" + labels.name }),
  shell: ({ inputs, outputs, target }) => \`cat \${inputs.text} > \${outputs.copied}; if [ \${target.text} = "$(cat '\${here}/hold')" ]; then echo > '\${here}/met'; cat '\${here}/go'; fi; echo '' >> \${outputs.copied}\`
}) {}
class After extends Command("after")({
  needs: [Copy],
  outputs: { done: "file" },
  shell: ({ needs, outputs }) => \`if [ -e '\${here}/late' ]; then echo > '\${here}/met'; cat '\${here}/go'; fi; cat \${needs.copy.copied} > \${outputs.done}\`
}) {}
export default project({ name: "p", stages: [Copy, After], targets: (target) => ["a", "b"].map((id) => target({ text: id + ".txt" }, { id, labels: { name: id } })) })
`
let lab: Lab
beforeEach(() => {
  lab = Lab.of(config)
  lab.write("a.txt", "one\n")
  lab.write("b.txt", "one\n")
  lab.write("hold", "")
  lab.fifo("met", "go")
})
afterEach(() => lab.close())

const done = (target: string): string => lab.read(`.atlas/outputs/${target}/after/done`)
/** A run that stops at the FIFO for `edit`. */
const disturbed = async (edit: () => void, ...words: ReadonlyArray<string>) => {
  const run = lab.start(...words)
  await lab.met("met")
  edit()
  await lab.pass("go")
  const ended = await run.end()
  lab.write("hold", "")
  lab.remove("late")
  return ended
}

describe("an input", () => {
  it("80: that is edited after it was read: the result is told tainted, and the next run executes", async () => {
    lab.write("hold", "a.txt")
    const { exit, outcomes, codes } = await disturbed(() => lab.write("a.txt", "two\n"))
    assert.deepStrictEqual(
      [exit, codes, outcomes["a:copy"], outcomes["a:after"], outcomes["b:after"]],
      [1, ["TASK_TAINTED"], "tainted", "blocked", "executed"]
    )
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, worked(ran), done("a")], [0, ["a:after", "a:copy"], "two\n\n"])
  })

  it("82: that is edited and put back as it was, with its time, taints too", async () => {
    lab.write("hold", "a.txt")
    const { atime, mtime } = statSync(lab.at("a.txt"))
    const { exit, codes } = await disturbed(() => {
      lab.write("a.txt", "two\n")
      lab.write("a.txt", "one\n")
      utimesSync(lab.at("a.txt"), atime, mtime)
    })
    assert.deepStrictEqual([exit, codes, lab.has(".atlas/traces/a+copy.json")], [1, ["TASK_TAINTED"], false])
    assert.deepStrictEqual([lab.run().exit, done("a")], [0, "one\n\n"])
  })

  it("85: of each of several tasks, changed at once: each task is tainted or of one state, and the next run is clean", async () => {
    lab.write("hold", "a.txt")
    const { outcomes } = await disturbed(
      () => {
        for (const id of ["a", "b"]) {
          rmSync(lab.at(`${id}.txt`))
          lab.write(`${id}.txt`, "other branch\n")
        }
      },
      "--jobs",
      "2"
    )
    assert.strictEqual(outcomes["a:copy"], "tainted")
    assert.include(["executed", "tainted"], outcomes["b:copy"])
    if (outcomes["b:after"] === "executed") assert.include(["one\n\n", "other branch\n\n"], done("b"))
    assert.strictEqual(lab.run().exit, 0)
    assert.deepStrictEqual([done("a"), done("b")], ["other branch\n\n", "other branch\n\n"])
    assert.deepStrictEqual(worked(lab.run()), [])
  })
})

it("83: the config that is edited during a run counts for the next one, and nothing is of both", async () => {
  lab.write("hold", "a.txt")
  const { exit } = await disturbed(() =>
    writeFileSync(lab.at("atlas.config.ts"), lab.read("atlas.config.ts").replace("echo ''", "echo 'marked'"))
  )
  assert.deepStrictEqual([exit, done("a"), done("b")], [0, "one\n\n", "one\n\n"])
  const ran = lab.run()
  assert.deepStrictEqual([ran.exit, worked(ran).length, done("a"), done("b")], [0, 4, "one\nmarked\n", "one\nmarked\n"])
})

it("84: an output that is deleted during the run fails who needs it, typed, and the next run heals", async () => {
  lab.write("late", "")
  const { exit, codes, stderr } = await disturbed(() => lab.remove("out/a"), "a")
  assert.deepStrictEqual([exit, codes.length], [1, 1], stderr)
  assert.notMatch(stderr, /\n +at /)
  const ran = lab.run()
  assert.deepStrictEqual([ran.exit, done("a"), lab.read("out/a")], [0, "one\n\n", "one\n\n"])
})
