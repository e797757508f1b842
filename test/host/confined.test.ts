/** The process that evaluates a config only reads, whatever way to act the traps may not know. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { Atlas } from "../../src/engine/Atlas.ts"

const repository = join(import.meta.dirname, "..", "..")

const project = (statement: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const root = mkdtempSync(join(tmpdir(), "atlas-run confined "))
      mkdirSync(join(root, "node_modules"))
      symlinkSync(repository, join(root, "node_modules", "atlas-run"))
      symlinkSync(join(repository, "node_modules", "effect"), join(root, "node_modules", "effect"))
      writeFileSync(
        join(root, "atlas.config.ts"),
        `import { project } from "atlas-run"
import { Stage } from "atlas-run/plugin"
import { Effect, Schema } from "effect"
${statement}
class One extends Stage("one")({ target: Schema.Struct({}), needs: [], options: Schema.Struct({}), inputs: () => ({}), outputs: {}, findings: {}, errors: [], run: () => Effect.void }) {}
export default project({ name: "confined", stages: [One], targets: (target) => [target({}, { id: "a" })] })
`
      )
      return join(root, "atlas.config.ts")
    }),
    (config) => Effect.sync(() => rmSync(join(config, ".."), { recursive: true }))
  )

const asks = ["fs.write", "child", "worker"].map((scope) => `process.permission?.has("${scope}") !== false`).join(" || ")

it.live("a config may neither write nor start programs nor threads where the command line evaluates it", () =>
  Effect.gen(function* () {
    const session = yield* Atlas.open(yield* project(`if (${asks}) throw new Error("this process may act")`))
    assert.deepStrictEqual(
      session.project.tasks.map(({ task }) => task),
      ["a:one"]
    )
  })
)

it.live("what the traps do not know is refused by the permission that it lacks", () =>
  Effect.gen(function* () {
    const invalid = yield* Effect.flip(Atlas.open(yield* project('process.binding("fs")')))
    assert.deepStrictEqual(invalid._tag === "ConfigInvalid" ? invalid.problems.map(({ code }) => code) : [], ["CONFIG_IMPURE"])
  })
)
