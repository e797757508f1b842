/** `effect` in hosts comes from one file where that is the very package that is installed, and nobody can tell but by the time. */
import { spawnSync } from "node:child_process"
import { hash } from "node:crypto"
import { appendFileSync, cpSync, readFileSync, realpathSync, truncateSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { hostEntry, layer } from "../../src/host/Process.ts"
import { Host } from "../../src/ports/Host.ts"
import { taskDocument } from "./documents.ts"
import { config as lawsConfig, folder } from "./trial.ts"
import { config, evaluate, installed, Lab, repository } from "./trace/lab.ts"

const off = { ATLAS_RUN_NO_BUNDLED_EFFECT: "1" }

interface Exports {
  readonly exported: Readonly<Record<string, ReadonlyArray<string>>>
  readonly untold: ReadonlyArray<string>
  readonly twice: ReadonlyArray<string>
  readonly time: number
  readonly bundled: boolean
}

const exportsOf = (environment: NodeJS.ProcessEnv): Exports => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "fixtures", "effect-exports.mjs"), join(repository, "src")],
    { encoding: "utf8", maxBuffer: 1 << 28, env: { PATH: process.env["PATH"], ...environment } }
  )
  if (stdout === "") throw new Error(stderr)
  return JSON.parse(stdout) as Exports
}

describe("effect for hosts", () => {
  it("has the exports of the package by every entry, once each, services and clocks among them", () => {
    const [bundled, plain] = [exportsOf({}), exportsOf(off)]
    assert.deepStrictEqual([bundled.bundled, plain.bundled], [true, false])
    assert.isAbove(Object.keys(plain.exported).length, 300)
    assert.deepStrictEqual(bundled.exported, plain.exported)
    assert.deepStrictEqual(bundled.untold, plain.untold)
    assert.deepStrictEqual([bundled.twice, plain.twice], [[], []])
    assert.deepStrictEqual([bundled.time, plain.time], [1000, 1000])
  })

  it.live("is what tasks run on, as the stack of one that breaks tells", () =>
    Effect.gen(function* () {
      const host = yield* Host
      const { project } = yield* host.evaluate
      const { errors } = yield* host.execute(taskDocument(project, "a:throw-later", yield* folder), () => {})
      assert.include(String(errors[0]?.details["trace"]), "/dist/node_modules/effect/core.mjs:")
      // whose line it is does not depend on it
      assert.strictEqual(errors[0]?.where?.path, lawsConfig)
    }).pipe(Effect.provide(layer({ config: lawsConfig, entry: hostEntry(join(repository, "src")), jobs: 1 })))
  )

  it("changes nothing of what proves a config current, so that no key depends on it", () => {
    const lab = new Lab({
      "atlas.config.ts": config(
        `import * as Option from "effect/Option"\nimport { TestClock } from "effect/testing"\nvoid [Option, TestClock]`
      )
    })
    const evidence = (environment: NodeJS.ProcessEnv) => {
      const [answer] = evaluate([lab.at("atlas.config.ts")], "confined", { environment })
      assert.deepStrictEqual(answer?.problems ?? [], [])
      return { ...answer?.evidence, salt: "" }
    }
    const [bundled, plain] = [evidence({}), evidence(off)]
    assert.deepStrictEqual(bundled, plain)
    lab.remove()
  })

  it("is left as it is installed as soon as a byte of it is another, and the edit is what runs and what is noticed", () => {
    const lab = new Lab({ "atlas.config.ts": config("const word = Effect.runSync(Effect.succeed(1)) + String(Schema.atlasEdit)", "word") })
    const own = "package/node_modules/effect"
    for (const part of ["package.json", "src", "dist"]) lab.copy(join(installed, part), `package/${part}`)
    const from = realpathSync(join(repository, "node_modules", "effect"))
    const code = (path: string): boolean => !/\.(?:map|d\.ts)$/.test(path)
    for (const part of ["package.json", "dist"]) cpSync(join(from, part), lab.at(`${own}/${part}`), { recursive: true, filter: code })
    lab.link("node_modules/atlas-run", lab.at("package"))
    lab.link("node_modules/effect", lab.at(own))
    const schema = lab.at(`${own}/dist/Schema.js`)
    const evaluated = () => {
      const [answer] = evaluate([lab.at("atlas.config.ts")], "confined", { source: lab.at("package/src") })
      assert.deepStrictEqual(answer?.problems ?? [], [])
      const target = answer?.project?.tasks[0]?.subject as { readonly word?: string } | undefined
      return { word: target?.word, sha256: answer?.evidence?.modules.find(({ path }) => path === schema)?.sha256 }
    }
    const before = evaluated()
    assert.deepStrictEqual(before, { word: "1undefined", sha256: hash("sha256", readFileSync(schema)) })
    // half written: it stands for nothing
    truncateSync(lab.at("package/dist/node_modules/effect/core.mjs"), 100_000)
    assert.deepStrictEqual(evaluated(), before)
    lab.copy(join(installed, "dist"), "package/dist")
    appendFileSync(schema, "\nexport const atlasEdit = 2\n")
    const after = evaluated()
    assert.deepStrictEqual(after, { word: "12", sha256: hash("sha256", readFileSync(schema)) })
    assert.notStrictEqual(after.sha256, before.sha256)
    lab.remove()
  })
})
