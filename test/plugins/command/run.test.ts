import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Atlas, type Project, project } from "atlas-run"
import { Command } from "atlas-run/command"

const Text = Schema.Struct({ text: Schema.String })
const text = { target: Text, inputs: ({ text }: typeof Text.Type) => ({ text }) }

class Sorted extends Command("sorted")({
  ...text,
  outputs: { sorted: "file" },
  paths: () => ({ sorted: "made/sorted lines.txt" }),
  words: ({ inputs, outputs }) => ["sort", "-o", outputs.sorted, inputs.text]
}) {}

class Counted extends Command("counted")({
  needs: [Sorted],
  outputs: { count: "file" },
  tools: ["grep"],
  stdout: "count",
  words: ({ needs }) => ["grep", "-c", "", needs.sorted.sorted]
}) {}

class Both extends Command("both")({
  needs: [Sorted, Counted],
  outputs: { all: "folder" },
  tools: ["cp", "mkdir"],
  shell: ({ needs, outputs }) => `mkdir -p ${outputs.all}\ncp ${needs.sorted.sorted} ${needs.counted.count} ${outputs.all}`
}) {}

class Greeted extends Command("greeted")({
  outputs: { seen: "file" },
  environment: ["ATLAS_RUN_GREETING"],
  stdout: "seen",
  words: () => ["env"]
}) {}

class Failing extends Command("failing")({
  outputs: { never: "file" },
  shell: ({ outputs }) => `echo begun > ${outputs.never}\necho no luck >&2\nexit 3`
}) {}
class Absent extends Command("absent")({ outputs: { never: "file" }, words: () => ["no-such-program-anywhere"] }) {}
class Idle extends Command("idle")({ outputs: { never: "file" }, words: () => ["true"] }) {}

const ownFolders = "find .atlas/scratch -mindepth 2 -maxdepth 2 | sed 's,.*/,,'"
class Unaware extends Command("unaware")({
  outputs: { seen: "file" },
  paths: () => ({ seen: "made/unaware" }),
  shell: ({ outputs }) => `${ownFolders} > ${outputs.seen}`
}) {}
class Aware extends Command("aware")({
  needs: [Unaware],
  outputs: { seen: "file" },
  paths: () => ({ seen: "made/aware" }),
  shell: ({ outputs, discovered }) => `echo note > ${discovered}\n${ownFolders} > ${outputs.seen}`
}) {}

describe("commands run", () => {
  const run = (config: Project<any, any>, root: string) =>
    Effect.map(Atlas.run(config, { root, jobs: 1 }), (report) => ({
      report,
      outcomes: Object.fromEntries(report.tasks.map((task) => [task.task, task.outcome])),
      errors: report.tasks.flatMap((task) => (task.error === undefined ? [] : [task.error]))
    }))
  const folder = Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "atlas-run it's $a folder "))),
    (made) => Effect.sync(() => rmSync(made, { recursive: true }))
  )

  it.live("one after another, in a folder with blanks and quotes in its name, and the second time all is fresh", () =>
    Effect.gen(function* () {
      const root = yield* folder
      writeFileSync(join(root, "a;b $c.txt"), "b\na\nc\n")
      const config = project({
        name: "commands",
        stages: [Sorted, Counted, Both],
        targets: (target) => [target({ text: "a;b $c.txt" }, { id: "x" })]
      })
      const first = yield* run(config, root)
      assert.deepStrictEqual(
        first.outcomes,
        { "x:sorted": "executed", "x:counted": "executed", "x:both": "executed" },
        JSON.stringify(first.errors)
      )
      assert.strictEqual(readFileSync(join(root, "made/sorted lines.txt"), "utf8"), "a\nb\nc\n")
      assert.strictEqual(readFileSync(join(root, ".atlas/outputs/x/both/all/count"), "utf8"), "3\n")
      const second = yield* run(config, root)
      assert.deepStrictEqual(second.outcomes, { "x:sorted": "fresh", "x:counted": "fresh", "x:both": "fresh" })
    })
  )

  it.live("with a folder of their own only if they are told of a place in it", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const config = project({ name: "folders", stages: [Unaware, Aware], targets: (target) => [target({}, { id: "x" })] })
      const { outcomes, errors } = yield* run(config, root)
      assert.deepStrictEqual(outcomes, { "x:unaware": "executed", "x:aware": "executed" }, JSON.stringify(errors))
      assert.deepStrictEqual(
        [readFileSync(join(root, "made/unaware"), "utf8"), readFileSync(join(root, "made/aware"), "utf8")],
        ["", "1\n"]
      )
      assert.deepStrictEqual(
        [readdirSync(join(root, "made")).sort(), existsSync(join(root, ".atlas/scratch"))],
        [["aware", "unaware"], false]
      )
    })
  )

  it.live("63: with the variables that they declare and no others of ours", () =>
    Effect.gen(function* () {
      const root = yield* folder
      process.env["ATLAS_RUN_GREETING"] = "hello"
      process.env["ATLAS_RUN_SECRET"] = "hidden"
      const { outcomes } = yield* run(project({ name: "env", stages: [Greeted], targets: (target) => [target({}, { id: "x" })] }), root)
      assert.deepStrictEqual(outcomes, { "x:greeted": "executed" })
      const seen = readFileSync(join(root, ".atlas/outputs/x/greeted/seen"), "utf8")
      assert.include(seen, "ATLAS_RUN_GREETING=hello\n")
      assert.notInclude(seen, "ATLAS_RUN_SECRET")
    })
  )

  it.live("and fail with status and last lines, without leaving an output", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const { outcomes, errors, report } = yield* run(
        project({ name: "fails", stages: [Failing, Absent, Idle], targets: (target) => [target({}, { id: "x" })] }),
        root
      )
      assert.strictEqual(outcomes["x:failing"], "failed")
      const failed = errors.find((error) => error.code === "COMMAND_FAILED")
      assert.strictEqual(failed?.details["exit"], 3)
      assert.include(String(failed?.details["stderr"]), "no luck")
      assert.isFalse(existsSync(join(root, ".atlas/outputs/x/failing/never")))
      assert.isTrue(errors.some((error) => error.code === "TASK_OUTPUT_MISSING" && error.details["output"] === "never"))
      assert.notStrictEqual(outcomes["x:absent"], "executed")
      assert.strictEqual(report.exit, 1)
    })
  )
})
