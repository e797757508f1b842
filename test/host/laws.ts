/** What every layer of `Host` must hold, in this process or in another. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Layer, Schema } from "effect"
import { ErrorDocument } from "../../src/domain/Failure.ts"
import { ProjectDocument } from "../../src/domain/ProjectDocument.ts"
import { Host } from "../../src/ports/Host.ts"
import { adoptLaws } from "./adopt-laws.ts"
import { executeLaws } from "./execute-laws.ts"
import { observeLaws } from "./observe-laws.ts"
import { absent, asJson, broken, config, type Law, lineOf } from "./trial.ts"

/** `layer` makes a host for the config at an absolute path. */
export const hostLaws = (name: string, layer: (config: string) => Layer.Layer<Host>): void => {
  const law: Law = (sentence, body) => it.live(sentence, () => body.pipe(Effect.provide(layer(config))), 60_000)

  describe(`${name}`, () => {
    describe("executes", () => {
      executeLaws(law)
    })
    describe("proves what is there", () => {
      adoptLaws(law)
    })
    describe("observes", () => {
      observeLaws(law)
    })
    describe("evaluates", () => {
      law(
        "a config to a project document that survives JSON, the same each time it is asked",
        Effect.gen(function* () {
          const host = yield* Host
          const { project } = yield* host.evaluate
          Schema.decodeUnknownSync(ProjectDocument)(asJson(project), { onExcessProperty: "error" })
          assert.deepStrictEqual((yield* host.evaluate).project, project)
          assert.strictEqual(project.config, config)
          assert.deepStrictEqual(
            project.tasks.filter((task) => task.stage === "write").map((task) => task.task),
            ["a:write", "a:write:look"]
          )
          const write = project.definitions.find((definition) => definition.name === "write")
          assert.deepStrictEqual(write?.definedAt?.path, config)
          assert.deepStrictEqual(write?.definedAt?.line, lineOf("class Write extends"))
          assert.deepStrictEqual(write?.errors, [
            { code: "BAD_LINE", summary: "A line cannot be read", hint: "mend the line", example: "line 3 is bad" }
          ])
        })
      )

      law(
        "options with their defaults, in the form that JSON holds",
        Effect.gen(function* () {
          const { tasks } = (yield* (yield* Host).evaluate).project
          assert.deepStrictEqual(tasks.find((task) => task.task === "a:write")?.options, { times: "2", mark: "+" })
          assert.deepStrictEqual(tasks.find((task) => task.task === "a:write:look")?.options, { most: 4 })
        })
      )

      law(
        "a program to words with its first word among the tools, its paths left open",
        Effect.gen(function* () {
          const { tasks } = (yield* (yield* Host).evaluate).project
          const list = tasks.find((task) => task.task === "a:list")
          assert.deepStrictEqual(list?.command, { argv: ["ls", "⟦need:write.made⟧"], shell: false, stdout: "names" })
          assert.deepStrictEqual(list?.tools, ["ls"])
        })
      )

      it.live("a broken config to all its problems at once", () =>
        Effect.gen(function* () {
          const invalid = yield* Effect.flip((yield* Host).evaluate)
          assert.strictEqual(invalid._tag, "ConfigInvalid")
          assert.isAbove(invalid.problems.length, 5)
          for (const problem of invalid.problems) {
            Schema.decodeUnknownSync(ErrorDocument)(asJson(problem), { onExcessProperty: "error" })
            assert.strictEqual(problem.where?.path, broken)
          }
        }).pipe(Effect.provide(layer(broken)))
      )

      it.live("an absent config to one problem that names it", () =>
        Effect.gen(function* () {
          const invalid = yield* Effect.flip((yield* Host).evaluate)
          assert.deepStrictEqual(
            invalid.problems.map(({ code, where }) => ({ code, where })),
            [{ code: "CONFIG_NOT_FOUND", where: { path: absent } }]
          )
          assert.include(invalid.message, absent)
        }).pipe(Effect.provide(layer(absent)))
      )
    })
  })
}
