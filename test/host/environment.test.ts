/** What a config and its stages find of the variables of whoever starts a run. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { hostEntry, layer } from "../../src/host/Process.ts"
import { evaluateFlags } from "../../src/host/trace/Permission.ts"
import { engineFolder } from "../../src/engine/project/Analyzer.ts"
import { complete } from "../../src/engine/closure/Unwatched.ts"
import { evaluatingNow, stillCurrent } from "../../src/engine/project/ConfigCurrent.ts"
import { FileDigests } from "../../src/ports/FileDigests.ts"
import { Host } from "../../src/ports/Host.ts"
import { taskDocument } from "./documents.ts"
import { lab, run } from "./lab.ts"

const variables = { LAB_READ: "read", LAB_DECLARED: "declared", LAB_UNDECLARED: "secret", TZ: "Asia/Tokyo", LC_ALL: "C" }
const before = new Map(Object.keys(variables).map((name) => [name, process.env[name]]))
beforeAll(() => void Object.assign(process.env, variables))
afterAll(() => {
  for (const [name, value] of before)
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
})

const told = (findings: ReadonlyArray<{ readonly at: string; readonly message: string }> | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(findings?.map(({ at, message }) => [at, message]) ?? [])

describe("a stage of a real run", () => {
  it.live("63: finds what it declares, in the time zone and letters of all hosts, and nothing that it does not declare", () =>
    Effect.gen(function* () {
      const { config } = yield* lab("environment.config.ts")
      const { finished, stage, tasks } = yield* run(config, { jobs: 1 })
      assert.strictEqual(finished.exit, 0)
      assert.deepStrictEqual(
        tasks.map(({ task }) => task),
        ["a-read:tells"]
      )
      const { declared, run: found } = told(stage("tells")?.findings)
      assert.strictEqual(declared, "LAB_DECLARED=declared")
      assert.strictEqual(found, "LAB_READ=- LAB_UNDECLARED=- LAB_DECLARED=declared TZ=UTC LC_ALL=C.UTF-8")
    })
  )
})

describe("a config that asks for the time zone and its folder", () => {
  it.live("69: stays evaluated, wherever and in whatever time zone the engine is started", () =>
    Effect.gen(function* () {
      const { config } = yield* lab("environment.config.ts")
      const source = engineFolder()
      const evaluator = { entry: hostEntry(source), flags: evaluateFlags(source) }
      const { evidence } = yield* Effect.flatMap(Host, (host) => host.evaluate).pipe(
        Effect.provide(layer({ config, entry: hostEntry(source), evaluator }))
      )
      assert.isNotNull(evidence)
      if (evidence === null) return
      assert.includeMembers(
        evidence.environment.map(({ name }) => name),
        ["TZ", "LAB_READ"]
      )
      const changes = Effect.gen(function* () {
        const now = yield* stillCurrent(complete(evidence), yield* FileDigests, evaluatingNow(config, source))
        return now.current ? [] : now.causes.map(({ message }) => message)
      }).pipe(Effect.provide(FileDigests.layerForgetful))
      assert.deepStrictEqual(yield* changes, [])
      process.env["LAB_READ"] = "another"
      assert.deepStrictEqual(yield* changes, ["LAB_READ has another value"])
    }).pipe(Effect.ensuring(Effect.sync(() => (process.env["LAB_READ"] = variables.LAB_READ))))
  )
})

describe("a host that executes", () => {
  const imported = (reads: ReadonlyArray<string> | null) =>
    Effect.gen(function* () {
      const { root, config } = yield* lab("environment.config.ts")
      return yield* Effect.gen(function* () {
        const host = yield* Host
        const { project } = yield* host.evaluate
        const { errors, findings } = yield* host.execute(taskDocument(project, "a-read:tells", root), () => {})
        assert.deepStrictEqual(errors, [])
        return told(findings)["imported"]
      }).pipe(Effect.provide(layer({ config, entry: hostEntry(engineFolder()), jobs: 1, reads })))
    }).pipe(Effect.scoped)

  it.live("imports the config with the variables that it was seen to read, and no others", () =>
    Effect.gen(function* () {
      process.env["LAB_LOOK"] = "yes"
      assert.strictEqual(yield* imported(["LAB_READ", "LAB_LOOK"]), "LAB_READ=read LAB_UNDECLARED=- LAB_DECLARED=- TZ=UTC LC_ALL=C.UTF-8")
      assert.strictEqual(yield* imported(null), "LAB_READ=read LAB_UNDECLARED=secret LAB_DECLARED=declared TZ=UTC LC_ALL=C.UTF-8")
    }).pipe(Effect.ensuring(Effect.sync(() => delete process.env["LAB_LOOK"])))
  )
})
