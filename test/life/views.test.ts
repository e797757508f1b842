/** graph, show and logs of a real project, through the program that users run. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { Workplace } from "./workplace.ts"

/** read → join, sum → end, which is gated by both; `say` is what join's shell does besides. */
const config = (say: string) => `
import { Schema } from "effect"
import { project } from "atlas-run"
import { Command } from "atlas-run/command"
class Read extends Command("read")({
  summary: "Takes the text",
  target: Schema.Struct({ text: Schema.String }),
  inputs: ({ text }) => ({ text }),
  outputs: { lines: "file" },
  paths: () => ({ lines: "out/lines.txt" }),
  shell: ({ inputs, outputs }) => \`echo reads; echo "careful" >&2; cat \${inputs.text} > \${outputs.lines}\`
}) {}
class Join extends Command("join")({
  needs: [Read],
  outputs: { joined: "folder" },
  paths: () => ({ joined: "out/joined" }),
  shell: ({ needs, outputs }) => \`${say}; mkdir \${outputs.joined}; cp \${needs.read.lines} \${outputs.joined}/a; cp \${needs.read.lines} \${outputs.joined}/b\`
}) {}
class Silent extends Command("silent")({
  needs: [Join],
  outputs: { done: "file" },
  paths: () => ({ done: "out/done" }),
  shell: ({ needs, outputs }) => \`test -d \${needs.join.joined} && echo done > \${outputs.done}\`
}) {}
export default project({
  name: "views",
  stages: [Read, Join, Silent],
  targets: (target) => [target({ text: "data/text.txt" }, { id: "t" })]
})
`

let lab: Workplace
const configure = (say: string) => writeFileSync(join(lab.root, "atlas.config.ts"), config(say))
beforeEach(() => {
  lab = new Workplace()
  writeFileSync(join(lab.root, "data", "text.txt"), "hello\n")
  configure("echo joins")
})
afterEach(() => lab.remove())

describe("before anything ran", () => {
  it("graph, show and logs say so with exit 0, and write nothing", () => {
    const graph = lab.json("graph")
    assert.deepStrictEqual(
      graph.nodes.map((node: { task: string; decision: string }) => [node.task, node.decision]),
      ["read", "join", "silent"].map((stage) => [`t:${stage}`, "stale"])
    )
    assert.deepStrictEqual(
      graph.edges.filter((edge: { kind: string }) => edge.kind === "need"),
      [
        { from: "t:read", to: "t:join", kind: "need", name: "read" },
        { from: "t:join", to: "t:silent", kind: "need", name: "join" }
      ]
    )
    const show = lab.atlas("show", "t:read")
    assert.strictEqual(show.status, 0, show.stderr)
    assert.include(show.stdout, "never executed with success")
    const logs = lab.atlas("logs", "t:read")
    assert.deepStrictEqual([logs.status, logs.stdout], [0, "no log of t:read: it was never run, or failed without logging anything\n"])
    assert.isFalse(existsSync(join(lab.root, ".atlas", "traces")))
    assert.isFalse(existsSync(join(lab.root, ".atlas", "logs")))
  })

  it("140: a task that is not there is exit 2 with the nearest names", () => {
    for (const command of ["show", "logs"]) {
      const { status, stdout, stderr } = lab.atlas(command, "t:raed")
      assert.deepStrictEqual([status, stdout], [2, ""])
      assert.include(stderr, "no task is called t:raed; did you mean t:read")
    }
    assert.strictEqual(lab.atlas("graph", ":raed").status, 2)
  })
})

describe("after a run", () => {
  it("show tells inputs, needs, outputs and the end of the log, by what is really there", () => {
    const { exit, output } = lab.run()
    assert.strictEqual(exit, 0, output.stderr)
    const run = JSON.parse(output.stdout.split("\n")[0] ?? "").run
    const read = lab.json("show", "t:read")
    assert.deepStrictEqual([read.decision, read.result.run, read.lastRun.outcome], ["fresh", run, "executed"])
    // sha256 of "hello\n", by sha256sum
    const digest = "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
    assert.deepStrictEqual(read.result.inputs, [{ name: "text", path: "data/text.txt", digest, note: "6 bytes" }])
    assert.deepStrictEqual(read.result.outputs, [
      { name: "lines", kind: "file", path: "out/lines.txt", value: null, digest: read.result.outputs[0].digest, bytes: 6, files: 1 }
    ])
    assert.deepStrictEqual(read.log.lines.map(({ level, message }: { level: string; message: string }) => `${level} ${message}`).sort(), [
      "info reads",
      "warning careful"
    ])
    const joined = lab.json("show", "t:join")
    assert.deepStrictEqual(
      joined.result.outputs.map(({ bytes, files }: { bytes: number; files: number }) => [bytes, files]),
      [[12, 2]]
    )
    assert.deepStrictEqual(joined.result.needs, [
      {
        name: "read",
        task: "t:read",
        outputs: [{ name: "lines", digest: read.result.outputs[0].digest }],
        executed: { run, at: read.result.at },
        same: true
      }
    ])
  })

  it("logs of a task that printed nothing says which run it was", () => {
    lab.run()
    assert.match(lab.atlas("logs", "t:silent").stdout, /^no log of t:silent, executed by run \S+: it logged nothing then/)
    assert.strictEqual(lab.json("logs", "t:silent").log, null)
  })

  it("a task whose need gave something else since tells so, and what it had consumed", () => {
    lab.run()
    const before = lab.json("show", "t:join").result.needs[0].outputs
    writeFileSync(join(lab.root, "data", "text.txt"), "other\n")
    lab.run("t:read")
    const { result, decision } = lab.json("show", "t:join")
    assert.deepStrictEqual([decision, result.needs[0].same, result.needs[0].outputs], ["stale", false, before])
  })

  it("logs has what a failed task printed, beside the result of the last good one", () => {
    lab.run()
    configure("echo about to fail; echo broken >&2; exit 3")
    assert.strictEqual(lab.run().exit, 1)
    const { log } = lab.json("logs", "t:join")
    assert.deepStrictEqual(log.lines.map(({ message }: { message: string }) => message).sort(), ["about to fail", "broken"])
    const show = lab.json("show", "t:join")
    assert.deepStrictEqual([show.decision, show.lastRun.outcome, show.log.run], ["stale", "failed", show.lastRun.run])
    assert.notStrictEqual(show.result.run, show.log.run)
  })

  it("a log of many MB is kept in 1 MiB with its beginning and its end", () => {
    configure("seq 1 400000")
    assert.strictEqual(lab.run().exit, 0)
    const { log } = lab.json("logs", "t:join")
    assert.deepStrictEqual([log.lines[0].message, log.lines.at(-1).message], ["1", "400000"])
    assert.isAbove(log.leftOut, 1_000_000)
    assert.isAtMost(readFileSync(join(lab.root, ".atlas", "logs", "t+join.log")).length, 1024 * 1024 + 100)
    assert.match(lab.atlas("logs", "t:join").stdout, /\n… [\d,]+ bytes left out\n/)
    assert.strictEqual(lab.json("show", "t:join").log.lines.length, 20)
  })
})
