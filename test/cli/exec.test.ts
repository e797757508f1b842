/** `exec`: one task document in, one result document out. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Schedule, Schema } from "effect"
import { commandLine } from "../../src/cli/CommandLine.ts"
import { Projects } from "../../src/cli/Projects.ts"
import { ResultDocument, type TaskDocument } from "../../src/domain/TaskDocument.ts"
import { layer } from "../../src/host/Process.ts"
import { Host } from "../../src/ports/Host.ts"
import { Terminal } from "../../src/report/Terminal.ts"
import { taskDocument } from "../host/documents.ts"
import { config, folder } from "../host/trial.ts"
import { scriptedTerminal } from "./terminal.ts"

const entry = join(import.meta.dirname, "../../src/host/main.ts")

/** A folder with the file of one task of the laws' config. */
const taskFile = (id: string, own: object = {}) =>
  Effect.gen(function* () {
    const { project } = yield* Effect.provide(
      Effect.flatMap(Host, (host) => host.evaluate),
      layer({ config, entry, jobs: 1 })
    )
    const at = yield* folder
    const task: TaskDocument = { ...taskDocument(project, id, at), ...own }
    writeFileSync(join(at, "task.json"), JSON.stringify(task))
    mkdirSync(task.scratch)
    return { at, task }
  })

const exec = (at: string, ...flags: ReadonlyArray<string>) => {
  const terminal = scriptedTerminal({ folder: at })
  const layers = Layer.mergeAll(
    Layer.succeed(Terminal, terminal.shape),
    Layer.succeed(Projects, { open: () => Effect.die(new Error("exec opens no project")) })
  )
  return { terminal, exit: commandLine(["exec", "task.json", ...flags], "1.2.3").pipe(Effect.provide(layers)) }
}

const resultIn = (path: string): ResultDocument => Schema.decodeUnknownSync(ResultDocument)(JSON.parse(readFileSync(path, "utf8")))

it.live("executes the task, writes its outputs and its result, and takes its scratch folder away", () =>
  Effect.gen(function* () {
    const { at, task } = yield* taskFile("a:write", { environment: { ATLAS_GREETING: "hello" } })
    const { terminal, exit } = exec(at)
    assert.strictEqual(yield* exit, 0, terminal.err())
    assert.deepStrictEqual(resultIn(join(at, "task.result.json")).values, { size: "10" })
    assert.strictEqual(readFileSync(join(at, "out-made"), "utf8"), "+abc\n+abc\n")
    assert.isFalse(existsSync(task.scratch))
    assert.include(terminal.out(), "a:write   succeeded   10 characters")
    assert.include(terminal.err(), "hello undefined undefined")
  })
)

it.live("a failed task ends with 1, its errors in the result and in words", () =>
  Effect.gen(function* () {
    const { at } = yield* taskFile("a:refuse")
    const { terminal, exit } = exec(at, "--result", "told.json", "--json")
    assert.strictEqual(yield* exit, 1)
    const result = resultIn(join(at, "told.json"))
    assert.deepStrictEqual(
      result.errors.map(({ code }) => code),
      ["BAD_LINE", "BAD_LINE"]
    )
    assert.deepStrictEqual(JSON.parse(terminal.out()), result)
    const words = exec(at)
    assert.strictEqual(yield* words.exit, 1)
    assert.include(words.terminal.out(), "line 3 is bad")
  })
)

it.live("a document of another version, of another kind or none at all is a mistake of the command line", () =>
  Effect.gen(function* () {
    const at = yield* folder
    for (const [text, words] of [
      [null, "cannot be read"],
      ["{", "cannot be read"],
      ['{"atlas":"task/2"}', "is a document task/2, this atlas-run reads task/1"],
      ['{"atlas":"task/1"}', "is no task/1"]
    ] as const) {
      if (text !== null) writeFileSync(join(at, "task.json"), text)
      const { terminal, exit } = exec(at)
      assert.strictEqual(yield* exit, 2, terminal.err())
      assert.include(terminal.err(), words)
      assert.isFalse(existsSync(join(at, "task.result.json")))
    }
  })
)

it.live("--inspect waits for a debugger, and keeps the scratch folder", () =>
  Effect.gen(function* () {
    const { at, task } = yield* taskFile("a:write")
    const { terminal, exit } = exec(at, "--inspect")
    const running = yield* Effect.forkChild(exit, { startImmediately: true })
    const url = yield* Effect.repeat(
      Effect.sync(() => /ws:\/\/\S+/.exec(terminal.err())?.[0] ?? null),
      { until: (found) => found !== null, schedule: Schedule.spaced(5) }
    )
    assert.isFalse(existsSync(join(at, "out-made")))
    const debug = new WebSocket(String(url))
    yield* Effect.promise(() => new Promise((resolve) => debug.addEventListener("open", resolve)))
    debug.send(JSON.stringify({ id: 1, method: "Runtime.runIfWaitingForDebugger" }))
    assert.strictEqual(yield* Fiber.join(running), 0)
    debug.close()
    assert.isTrue(existsSync(task.scratch))
    assert.include(terminal.err(), task.scratch)
    assert.deepStrictEqual(resultIn(join(at, "task.result.json")).errors, [])
  })
)
