/** An input that moves while a stage reads it, through the program that users run. The test decides when the stage goes on. */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { open, readFile } from "node:fs/promises"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { type Finished, program, Workplace } from "./workplace.ts"

/** Each reads its input, says so, waits for word where there is a file `hold`, and reads it again. */
const stages = {
  "a program": `class Copy extends Command("copy")({
  target: Schema.Struct({ text: Schema.String }),
  inputs: ({ text }) => ({ text }),
  outputs: { copied: "file" },
  paths: () => ({ copied: "out/copied" }),
  shell: ({ inputs, outputs }) => \`cat \${inputs.text} > \${outputs.copied}; if [ -e '\${here}/hold' ]; then echo > '\${here}/read'; cat '\${here}/go'; fi; cat \${inputs.text} >> \${outputs.copied}\`
}) {}`,
  "a stage in a host": `class Copy extends Stage("copy")({
  target: Schema.Struct({ text: Schema.String }),
  needs: [],
  options: Schema.Struct({}),
  inputs: ({ text }) => ({ text }),
  outputs: { copied: "file" },
  paths: () => ({ copied: "out/copied" }),
  findings: {},
  errors: [],
  run: ({ inputs, outputs }) => Effect.sync(() => {
    const before = readFileSync(inputs.text, "utf8")
    if (existsSync(here + "/hold")) { writeFileSync(here + "/read", "read"); readFileSync(here + "/go") }
    writeFileSync(outputs.copied, before + readFileSync(inputs.text, "utf8"))
  })
}) {}`
}

const config = (stage: string) => `
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { Effect, Schema } from "effect"
import { project } from "atlas-run"
import { Command } from "atlas-run/command"
import { Stage } from "atlas-run/plugin"
const here = import.meta.dirname
void [Command, Stage, Effect, existsSync, readFileSync, writeFileSync]
${stage}
class After extends Command("after")({
  needs: [Copy],
  outputs: { done: "file" },
  paths: () => ({ done: "out/done" }),
  shell: ({ needs, outputs }) => \`cp \${needs.copy.copied} \${outputs.done}\`
}) {}
export default project({ name: "moving", stages: [Copy, After], targets: (target) => [target({ text: "data/text.txt" }, { id: "t" })] })
`

let lab: Workplace
const at = (...path: ReadonlyArray<string>) => join(lab.root, ...path)
beforeEach(() => {
  lab = new Workplace()
  writeFileSync(at("data", "text.txt"), "one\n")
  execFileSync("mkfifo", [at("read"), at("go")])
})
afterEach(() => lab.remove())

/** A run during which \`edit\` is done between the two readings. */
const runWith = async (edit: () => void) => {
  writeFileSync(at("hold"), "")
  const child = spawn(process.execPath, [program, "run", "--json"], { cwd: lab.root, stdio: ["ignore", "pipe", "inherit"] })
  const ended = once(child, "exit")
  const printed = text(child.stdout)
  await readFile(at("read"))
  edit()
  const go = await open(at("go"), "w")
  await go.close()
  const [exit] = (await ended) as [number]
  rmSync(at("hold"))
  const events: ReadonlyArray<Finished & { readonly event: string }> = (await printed)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
  return { exit, outcomes: new Map(events.flatMap((event) => (event.event === "task-finished" ? [[event.task, event]] : []))) }
}

const below = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(at(folder), { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []))
  } catch {
    return []
  }
}

for (const [name, stage] of Object.entries(stages))
  describe(`an input that is edited while ${name} reads it`, () => {
    it("81: taints the task: nothing is recorded, kept or passed on, and taking the edit back brings nothing of it to light", async () => {
      writeFileSync(at("atlas.config.ts"), config(stage))
      const { exit, outcomes } = await runWith(() => writeFileSync(at("data", "text.txt"), "two\n"))
      assert.strictEqual(exit, 1)
      assert.deepStrictEqual(
        [...outcomes].map(([task, { outcome }]) => [task, outcome]),
        [
          ["t:copy", "tainted"],
          ["t:after", "blocked"]
        ]
      )
      assert.match(outcomes.get("t:copy")?.error?.message ?? "", /text/)
      assert.deepStrictEqual([below(".atlas/traces"), below(".atlas/cache/ac")], [[], []])

      // as if it had never been edited
      writeFileSync(at("data", "text.txt"), "one\n")
      const again = lab.run()
      assert.deepStrictEqual(
        [...again.tasks].map(([task, { outcome }]) => [task, outcome]),
        [
          ["t:copy", "executed"],
          ["t:after", "executed"]
        ]
      )
      assert.strictEqual(readFileSync(at("out", "done"), "utf8"), "one\none\n")
      // the edited text is another task's input, not that of the tainted run
      writeFileSync(at("data", "text.txt"), "two\n")
      assert.deepStrictEqual([lab.run().counts["executed"], readFileSync(at("out", "done"), "utf8")], [2, "two\ntwo\n"])
    })

    it("that is left alone is no input that moved", async () => {
      writeFileSync(at("atlas.config.ts"), config(stage))
      const { exit } = await runWith(() => {})
      assert.strictEqual(exit, 0)
      assert.strictEqual(readFileSync(at("out", "done"), "utf8"), "one\none\n")
    })
  })
