/** Inputs of all kinds in a project whose host is this process, typed as their declarations say. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { project } from "atlas-run"
import { Content, glob, input, optional, Stage } from "atlas-run/plugin"
import { Atlas } from "../../src/engine/Atlas.ts"

class First extends Content("first")({
  digest: ({ path }) => Effect.sync(() => readFileSync(path, "utf8").split("\n")[0] ?? "")
}) {}

class Gather extends Stage("gather")({
  target: Schema.Struct({ main: Schema.String, more: Schema.optionalKey(Schema.String) }),
  needs: [],
  options: Schema.Struct({}),
  inputs: ({ main, more }) => ({ main: input(main, { content: First }), more, all: glob("in/*"), maybe: optional("maybe") }),
  outputs: { made: "file" },
  findings: {},
  errors: [],
  run: ({ inputs, outputs, read }) =>
    Effect.gen(function* () {
      const main: string = inputs.main
      const all: ReadonlyArray<string> = inputs.all
      const maybe: string | undefined = inputs.maybe
      const more: string | undefined = inputs.more
      const told: Uint8Array | undefined = yield* read("told")
      const lines = [main, ...all].map((path) => readFileSync(path, "utf8").split("\n")[0])
      writeFileSync(outputs.made, [...lines, maybe === undefined, more === undefined, told?.length].join(" "))
    })
}) {}

const gathering = project({ name: "gathering", stages: [Gather], targets: (target) => [target({ main: "main" }, { id: "t" })] })

const made = Effect.acquireRelease(
  Effect.sync(() => {
    const root = mkdtempSync(join(tmpdir(), "atlas inputs "))
    mkdirSync(join(root, "in"))
    const write = (path: string, text: string) => writeFileSync(join(root, path), text)
    const run = Effect.gen(function* () {
      const session = yield* Atlas.openProject(gathering, root)
      const { tasks } = yield* session.run({ jobs: 1 }, () => {})
      return tasks.map(({ outcome, error }) => error?.code ?? outcome)
    })
    const plan = Effect.gen(function* () {
      const { tasks } = yield* (yield* Atlas.openProject(gathering, root)).plan({})
      return tasks.flatMap(({ causes }) => causes.map(({ kind, subject }) => `${kind} ${subject}`))
    })
    return { root, write, run, plan, read: () => readFileSync(join(root, ".atlas/outputs/t/gather/made"), "utf8") }
  }),
  ({ root }) => Effect.sync(() => rmSync(root, { recursive: true, force: true }))
)

describe("a stage that takes inputs of all kinds", () => {
  it.effect("is given them as they are declared, and is stale when one of them is another, comes or goes", () =>
    Effect.gen(function* () {
      const lab = yield* made
      assert.deepStrictEqual(yield* lab.run, ["TASK_INPUT_MISSING"])
      lab.write("main", "main\nrest")
      lab.write("in/a", "a")
      assert.deepStrictEqual([yield* lab.run, lab.read()], [["executed"], "main a true true "])
      assert.deepStrictEqual(yield* lab.run, ["fresh"])
      lab.write("main", "main\nother rest")
      assert.deepStrictEqual(yield* lab.run, ["fresh"])
      const edits: ReadonlyArray<readonly [edit: () => void, cause: string]> = [
        [() => lab.write("in/b", "b"), "input-appeared all/in/b"],
        [() => lab.write("maybe", "m"), "input-appeared maybe"],
        [() => lab.write("told", "told"), "input-appeared discovered:told"],
        [() => lab.write("main", "more\n"), "input-changed main"],
        [() => rmSync(join(lab.root, "in/a")), "input-missing all/in/a"]
      ]
      for (const [edit, cause] of edits) {
        edit()
        assert.deepStrictEqual(yield* lab.plan, [cause])
        assert.deepStrictEqual(yield* lab.run, ["executed"], cause)
        assert.deepStrictEqual(yield* lab.run, ["fresh"], cause)
      }
      assert.strictEqual(lab.read(), "more b false true 4")
    })
  )
})
