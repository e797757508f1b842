/** What a config may not do is refused with the place where it does it. */
import { assert, describe, it } from "@effect/vitest"
import { config, evaluate, Lab, moreAt, type Started } from "./lab.ts"

/** Name, a statement, and where its call stands in it. */
const acts: ReadonlyArray<readonly [name: string, statement: string, call: string]> = [
  ["the clock by Date.now", "export const at = Date.now()", "Date.now()"],
  ["the clock by new Date", "export const at = new Date()", "new Date()"],
  ["the clock by Date()", "export const at = Date()", "new Date()"],
  ["the clock by performance.now", "export const at = performance.now()", "performance.now()"],
  ["the clock by process.hrtime", "export const at = process.hrtime()", "process.hrtime()"],
  ["the clock by process.hrtime.bigint", "export const at = process.hrtime.bigint()", "process.hrtime.bigint()"],
  ["the clock through effect", 'import { Clock } from "effect"; export const at = Effect.runSync(Clock.currentTimeMillis)', "Date.now()"],
  ["random numbers", "export const n = Math.random()", "Math.random()"],
  ["random bytes", 'import { randomBytes } from "node:crypto"; export const n = randomBytes(4)', "crypto.randomBytes()"],
  ["random identifiers", "export const n = crypto.randomUUID()", "crypto.randomUUID()"],
  ["random numbers through effect", 'import { Random } from "effect"; export const n = Effect.runSync(Random.next)', "Math.random()"],
  ["writing a file", 'import { writeFileSync } from "node:fs"; writeFileSync("written", "")', "fs.writeFileSync()"],
  ["writing by a promise", 'import { writeFile } from "node:fs/promises"; await writeFile("written", "")', "fs.promises.writeFile()"],
  ["opening to write", 'import * as fs from "fs"; fs.openSync("written", "a")', "fs.openSync()"],
  ["making a folder", 'import fs from "node:fs"; fs.mkdirSync("written")', "fs.mkdirSync()"],
  ["writing through what was asked for by name", 'process.getBuiltinModule("fs").rmSync("written")', "fs.rmSync()"],
  ["writing a database", 'import { DatabaseSync } from "node:sqlite"; new DatabaseSync("written")', 'new DatabaseSync("written")'],
  ["a program", 'import { execFileSync } from "node:child_process"; execFileSync("true")', "child_process.execFileSync()"],
  [
    "a program through require",
    'import { createRequire } from "node:module"; createRequire(import.meta.url)("child_process").spawn("true")',
    "child_process.spawn()"
  ],
  ["a thread", 'import { Worker } from "node:worker_threads"; new Worker("0", { eval: true })', "worker_threads.Worker()"],
  ["the network by fetch", 'await fetch("http://127.0.0.1:1/")', "fetch()"],
  ["the network by http", 'import { get } from "node:http"; get("http://127.0.0.1:1/")', "http.get()"],
  ["the network by a socket", 'import { connect } from "node:net"; connect(1)', "net.connect()"],
  ["the network by a name", 'import { lookup } from "node:dns/promises"; await lookup("localhost")', "dns/promises.lookup()"],
  ["native code", 'process.dlopen({ exports: {} }, "native.node")', "process.dlopen()"],
  ["a signal", "process.kill(process.pid, 0)", "process.kill()"],
  ["the end of the process", "process.exit(0)", "process.exit()"]
]

const fileOf = (index: number): string => `${index}.config.ts`

for (const how of ["confined", "plain"] satisfies ReadonlyArray<Started>)
  describe(`a config in a ${how} process`, () => {
    const lab = new Lab(Object.fromEntries(acts.map(([, statement], index) => [fileOf(index), config(statement)])))
    const answers = evaluate(
      acts.map((_, index) => lab.at(fileOf(index))),
      how
    )
    for (const [index, [name, statement, call]] of acts.entries())
      it(`is refused ${name}, with file, line and column`, () => {
        const problems = answers[index]?.problems ?? []
        const [problem] = problems
        assert.deepStrictEqual(
          problems.map(({ code }) => code),
          ["CONFIG_IMPURE"]
        )
        assert.isTrue(problem?.message.endsWith(`: ${call}`), problem?.message)
        assert.strictEqual(problem?.where?.path, lab.at(fileOf(index)))
        assert.strictEqual(problem?.where?.line, moreAt)
        const column = problem?.where?.column ?? 0
        // the call, not the beginning of the line
        const name = /(\w+)\(/.exec(call.replace("new ", "").replace("Date()", "Date("))?.[1] ?? ""
        if (!statement.includes("Effect.run")) assert.include(statement.slice(column - 1), name.slice(0, 4))
        assert.isTrue(column > 1 || statement.startsWith("await") || /^(?:fetch|process)/.test(statement), String(column))
      })

    it("finds everything as it was afterwards", () => {
      assert.deepStrictEqual(
        answers.filter(({ restored }) => !restored).map((answer) => answer.config),
        []
      )
      lab.remove()
    })
  })

describe("a refusal", () => {
  it("is told also where the config caught it, and where a function of it is called late", () => {
    const lab = new Lab({
      "caught.config.ts": config("let at = 0\ntry { at = Date.now() } catch {}"),
      "late.config.ts": config("const late = () => Math.random()", "late()"),
      "below.config.ts": config('import { when } from "./plugins/when.ts"\nvoid when'),
      "plugins/when.ts": "export const when =\n  Date.now()\n",
      "package.config.ts": config('import { when } from "clock"\nvoid when'),
      "node_modules/clock/package.json": '{"name":"clock","version":"1.0.0","type":"module","main":"index.js"}',
      "node_modules/clock/index.js": "export const when = Date.now()\n"
    })
    const names = ["caught", "late", "below", "package"]
    const answers = evaluate(names.map((name) => lab.at(`${name}.config.ts`)))
    assert.deepStrictEqual(
      answers.map(({ problems }) => problems?.map(({ code, where }) => [code, where?.path, where?.line])),
      [
        [["CONFIG_IMPURE", lab.at("caught.config.ts"), moreAt + 1]],
        [["CONFIG_IMPURE", lab.at("late.config.ts"), moreAt]],
        [["CONFIG_IMPURE", lab.at("plugins/when.ts"), 2]],
        [["CONFIG_IMPURE", lab.at("node_modules/clock/index.js"), 1]]
      ]
    )
    lab.remove()
  })

  it("has its place and its words also where Node refuses by itself", () => {
    const lab = new Lab({
      "imported.config.ts": config('import "./native.node"'),
      "required.config.ts": config('import { createRequire } from "node:module"; createRequire(import.meta.url)("./native.node")'),
      "wasi.config.ts": config('import { WASI } from "node:wasi"; new WASI({ version: "preview1" })'),
      "binding.config.ts": config('process.binding("fs")'),
      "native.node": ""
    })
    const names = ["imported", "required", "wasi", "binding"]
    const answers = evaluate(names.map((name) => lab.at(`${name}.config.ts`)))
    assert.deepStrictEqual(
      answers.map(({ problems }) => problems?.map(({ code, where, message }) => [code, where?.line, where?.column, message])),
      [
        [["CONFIG_IMPURE", moreAt, 9, "the config loads native code: Cannot load native addon because loading addons is disabled."]],
        [["CONFIG_IMPURE", moreAt, 76, "the config loads native code: process.dlopen()"]],
        [["CONFIG_IMPURE", moreAt, 35, "the config needs a permission that evaluating has not: WASI"]],
        [["CONFIG_IMPURE", moreAt, 9, "the config needs a permission that evaluating has not: process.binding"]]
      ]
    )
    for (const [at, { problems }] of answers.entries()) assert.strictEqual(problems?.[0]?.where?.path, lab.at(`${names[at]}.config.ts`))
    lab.remove()
  })

  it("does not meet a config that uses dates, hashes, databases in memory and effect for what it says itself", () => {
    const lab = new Lab({
      "atlas.config.ts": config(
        `import { createHash } from "node:crypto"
import { DatabaseSync } from "node:sqlite"
import { HashMap, DateTime } from "effect"
const day = new Date("2027-01-01T00:00:00Z").toISOString() + new Date(0).getTime() + Date.UTC(2027, 1)
const hash = createHash("sha256").update("x").digest("hex")
new DatabaseSync(":memory:").close()
const map = HashMap.make([{ a: 1 }, () => 1])
const one = Effect.runSync(Effect.map(Effect.succeed(1), (n) => n + HashMap.size(map)))
const made = DateTime.makeUnsafe("2027-01-01").epochMilliseconds`,
        "day + hash + one + made"
      )
    })
    for (const how of ["confined", "plain"] satisfies ReadonlyArray<Started>) {
      const [answer] = evaluate([lab.at("atlas.config.ts")], how)
      assert.deepStrictEqual(answer?.problems ?? [], [])
      assert.strictEqual(answer?.project?.tasks.length, 1)
    }
    lab.remove()
  })
})
