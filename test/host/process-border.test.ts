/** What crosses the border is checked on both sides: a peer of another version, or one that says something else, is a typed error. */
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { HostEvent, type TaskDocument } from "../../src/domain/TaskDocument.ts"
import { layer } from "../../src/host/Process.ts"
import { TaskOutput } from "../../src/host/TaskOutput.ts"
import { encodeLine, MessageLines } from "../../src/host/Wire.ts"
import { Host } from "../../src/ports/Host.ts"
import { taskDocument } from "./documents.ts"
import { config, folder } from "./trial.ts"

const other = join(import.meta.dirname, "fixtures/other-host.mjs")
const real = join(import.meta.dirname, "../../src/host/main.ts")

const anyTask = (name: string): TaskDocument => ({
  atlas: "task/1",
  run: "run",
  task: "a:b",
  target: "a",
  definition: "b",
  root: import.meta.dirname,
  config: name,
  subject: null,
  labels: {},
  options: null,
  needs: [],
  roots: {},
  inputs: [],
  outputs: [],
  scratch: join(import.meta.dirname, "no-scratch/0"),
  environment: {},
  memoryMiB: 256,
  cell: null
})

/** The one error of a task that the stand-in `name` answers. */
const answered = (name: string) =>
  Effect.gen(function* () {
    const { errors } = yield* (yield* Host).execute(anyTask(name), () => {})
    assert.strictEqual(errors.length, 1)
    return errors[0]
  }).pipe(Effect.provide(layer({ config: join(import.meta.dirname, name), entry: other, jobs: 1 })))

describe("an engine whose host", () => {
  it.live("speaks another version tells both", () =>
    Effect.gen(function* () {
      const error = yield* answered("newer-host")
      assert.deepStrictEqual([error?.code, error?.message], ["DOCUMENT_VERSION", "the host speaks host/2, this engine host/1"])
    })
  )

  it.live("answers with a document of another version tells both", () =>
    Effect.gen(function* () {
      const error = yield* answered("newer-document")
      assert.deepStrictEqual(
        [error?.code, error?.message],
        ["DOCUMENT_VERSION", "the host of a:b answers with result/2, this engine reads result/1"]
      )
    })
  )

  for (const [name, message] of [
    ["other-document", /^the host of a:b answered with no result\/1: .*errors/s],
    ["no-message", /said what is no message, and was ended: "hello"$/],
    ["unasked", /said what is no message, and was ended: "an answer to no question"$/]
  ] as const)
    it.live(`says something else (${name}) has lost its task`, () =>
      Effect.gen(function* () {
        const error = yield* answered(name)
        assert.strictEqual(error?.code, "TASK_LOST")
        assert.match(error?.message ?? "", message)
      })
    )

  it.live("ends before it answers has a task that ended its process", () =>
    Effect.gen(function* () {
      const error = yield* answered("dies")
      assert.deepStrictEqual([error?.code, error?.details], ["TASK_EXIT", { exit: 3, signal: null }])
    })
  )

  it.live("does not start says what it printed", () =>
    Effect.gen(function* () {
      const result = yield* Effect.flatMap(Host, (host) => host.execute(anyTask("x"), () => {})).pipe(
        Effect.provide(layer({ config: join(import.meta.dirname, "x"), entry: join(import.meta.dirname, "no-such-entry.mjs"), jobs: 1 }))
      )
      assert.strictEqual(result.errors[0]?.code, "TASK_LOST")
      assert.include(result.errors[0]?.message, "no-such-entry.mjs")
    })
  )

  it.live("cannot be started at all, since its folder is gone, has lost its task", () =>
    Effect.gen(function* () {
      const result = yield* Effect.flatMap(Host, (host) => host.execute(anyTask("x"), () => {})).pipe(
        Effect.provide(layer({ config: "/no such folder/x", entry: real, jobs: 1 }))
      )
      assert.strictEqual(result.errors[0]?.code, "TASK_LOST")
    })
  )
})

describe("a host", () => {
  it.live("that is given a document of another version tells both, and goes on", () =>
    Effect.gen(function* () {
      const host = yield* Host
      const { project } = yield* host.evaluate
      const task = taskDocument(project, "a:write", yield* folder)
      const newer = yield* host.execute({ ...task, atlas: "task/2" as "task/1" }, () => {})
      assert.deepStrictEqual(
        newer.errors.map(({ code, message }) => [code, message]),
        [["DOCUMENT_VERSION", "the document of a:write is task/2, this host reads task/1"]]
      )
      const unknown = yield* host.execute(Object.assign({ surprise: true }, task), () => {})
      assert.deepStrictEqual(
        unknown.errors.map(({ code }) => code),
        ["TASK_LOST"]
      )
      assert.deepStrictEqual((yield* host.execute(task, () => {})).errors, [])
    }).pipe(Effect.provide(layer({ config, entry: real, jobs: 1 })))
  )
})

describe("messages", () => {
  it("are the same however their bytes are cut", () => {
    const events: ReadonlyArray<HostEvent> = [
      { event: "log", level: "info", message: "één\nregel ␊" },
      { event: "log", level: "error", message: "" }
    ]
    const bytes = Buffer.from(events.map((event) => encodeLine({ tell: "event", id: 1, event })).join(""))
    for (let size = 1; size <= bytes.length; size++) {
      const heard: Array<unknown> = []
      const lines = new MessageLines((line) => heard.push(Schema.decodeUnknownSync(HostEvent)(JSON.parse(line ?? "").event)))
      for (let at = 0; at < bytes.length; at += size) lines.push(bytes.subarray(at, at + size))
      assert.deepStrictEqual(heard, [...events])
    }
  })
})

describe("what a task prints", () => {
  const printed = (write: (output: TaskOutput) => void): ReadonlyArray<string> => {
    const lines: Array<string> = []
    const output = new TaskOutput((line) => lines.push(line))
    write(output)
    output.end()
    return lines
  }

  it("is told line by line, the last one without its end too", () => {
    assert.deepStrictEqual(
      printed((output) => {
        output.push(Buffer.from("one\ntw"))
        output.push(Buffer.from("o\n\nthree"))
      }),
      ["one", "two", "", "three"]
    )
  })

  it("is told from its beginning and its end when it is much, with the number of bytes between", () => {
    const lines = printed((output) => {
      for (let n = 0; n < 1000; n++) output.push(Buffer.from(`${String(n).padStart(999)}\n`))
    })
    assert.strictEqual(lines[0]?.trim(), "0")
    assert.strictEqual(lines.at(-1)?.trim(), "999")
    assert.isTrue(lines.includes(`… ${(1_000_000 - 256 * 1024 - 16 * 1024).toLocaleString("en")} bytes were left out …`))
    assert.isBelow(lines.length, 290)
  })
})
