import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PassThrough, Writable } from "node:stream"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { fileWriter, streamWriter } from "../../src/report/CheckedWriter.ts"
import { openConsole } from "../../src/report/Console.ts"
import { jsonLine, ndjsonLines } from "../../src/report/Ndjson.ts"
import { logLines, plainLines } from "../../src/report/Plain.ts"
import { byteSize, counted, grouped, runTime, taskTime, wholeTime } from "../../src/core/Quantity.ts"
import { plainStyle, wantsColor } from "../../src/core/Style.ts"
import { cause, error, finished, runFinished, started } from "./sample.ts"
import { scriptedTerminal } from "../cli/terminal.ts"

const errno = (code: string): Error => Object.assign(new Error(code), { code })

describe("a checked writer", () => {
  it("goes on after a short write and waits where the system asks to", async () => {
    const taken: Array<number> = []
    let calls = 0
    const writer = fileWriter(9, (_fd, bytes, from, length) => {
      calls++
      if (calls === 2) throw errno("EAGAIN")
      if (calls === 3) throw errno("EINTR")
      const n = Math.min(3, length)
      taken.push(...bytes.subarray(from, from + n))
      return n
    })
    writer.write("héllo wörld")
    assert.isNull(await writer.settled())
    assert.strictEqual(Buffer.from(taken).toString(), "héllo wörld")
  })

  it("keeps the first error and writes nothing after it", async () => {
    let calls = 0
    const writer = fileWriter(9, () => {
      calls++
      throw errno("ENOSPC")
    })
    writer.write("a")
    writer.write("b")
    assert.deepStrictEqual([await writer.settled(), calls], ["ENOSPC", 1])
    assert.strictEqual(
      await (() => {
        const idle = fileWriter(9, () => 0)
        idle.write("a")
        return idle.settled()
      })(),
      "EIO"
    )
  })

  it("writes files whole, and finds a device full", async () => {
    const folder = mkdtempSync(join(tmpdir(), "atlas-run-"))
    const fd = openSync(join(folder, "out"), "w")
    const writer = fileWriter(fd)
    writer.write("a".repeat(3_000_000))
    writer.write("end")
    assert.isNull(await writer.settled())
    closeSync(fd)
    assert.strictEqual(readFileSync(join(folder, "out"), "utf8"), `${"a".repeat(3_000_000)}end`)
    rmSync(folder, { recursive: true })
    const full = openSync("/dev/full", "w")
    const refused = fileWriter(full)
    refused.write("a")
    assert.strictEqual(await refused.settled(), "ENOSPC")
    closeSync(full)
  })

  it("waits for a slow stream and counts what it has not taken", async () => {
    const waiting: Array<() => void> = []
    const slow = new Writable({ write: (_chunk, _encoding, done) => void waiting.push(done) })
    const writer = streamWriter(slow)
    writer.write("abc")
    writer.write("é")
    assert.strictEqual(writer.pending(), 5)
    let settled = false
    const end = writer.settled().then((code) => {
      settled = true
      return code
    })
    waiting.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepStrictEqual([settled, writer.pending()], [false, 2])
    waiting.shift()?.()
    assert.isNull(await end)
  })

  it("tells a stream's error once, however much is waiting", async () => {
    const broken = new Writable({ write: (_chunk, _encoding, done) => void setImmediate(() => done(errno("EPIPE"))) })
    const writer = streamWriter(broken)
    for (let i = 0; i < 5; i++) writer.write("abc")
    assert.strictEqual(await writer.settled(), "EPIPE")
    writer.write("more")
    assert.strictEqual(await writer.settled(), "EPIPE")
    assert.isNull(await streamWriter(new PassThrough()).settled())
  })
})

describe("machine output", () => {
  it("is one line of JSON with nothing that a terminal would obey, and reads back the same", () => {
    const value = { text: "\u001b[2J\u007f\u009b\u202e\u2028ä✓\n" }
    assert.deepStrictEqual(JSON.parse(jsonLine(value)), value)
    assert.strictEqual(jsonLine(value), '{"text":"\\u001b[2J\\u007f\\u009b\\u202e\\u2028ä✓\\n"}')
  })

  it("leaves out progress, and progress only, for a reader that does not keep up", () => {
    const progress = { event: "task-progress", task: "t", label: "", done: 1, total: 2, unit: "bytes" } as const
    assert.deepStrictEqual([ndjsonLines(progress, 1 << 20, null).length, ndjsonLines(progress, (1 << 20) + 1, null).length], [1, 0])
    assert.strictEqual(ndjsonLines(finished("a/x:read", "fresh"), 1 << 30, null).length, 1)
  })

  it("ends with the code of the signal that ends the process", () => {
    const last = runFinished({ cancelled: 1 }, { outcome: "interrupted", exit: 130 })
    assert.deepStrictEqual(JSON.parse(ndjsonLines(last, 0, 15)[0] ?? ""), { ...last, exit: 143 })
    assert.deepStrictEqual(JSON.parse(ndjsonLines(last, 0, null)[0] ?? ""), last)
  })
})

const log = (level: "debug" | "info" | "warning" | "error") =>
  ({ event: "task-log", task: "a/x:read", level, message: `one\ntwo\u001b[2J` }) as const

describe("plain progress", () => {
  const options = { style: plainStyle, verbose: false }

  it("is one line a task as it ends, and none for what is fresh", () => {
    const lines = [
      finished("a/x:read", "executed", { ms: 1312, summary: "6,381 records" }),
      finished("a/x:verify", "fresh"),
      finished("a/x:verify", "fresh", { verdict: "failed" }),
      finished("b/y:read", "failed", { ms: 90, error: error(), errors: [error()] }),
      finished("b/y:publish", "blocked", { causes: [cause("need-failed", "read")] }),
      started(1, 1)
    ].flatMap((event) => plainLines(event, options))
    assert.deepStrictEqual(lines, [
      "✓ a/x:read  1.31 s  6,381 records",
      "✗ a/x:verify  fresh  verdict failed",
      "✗ b/y:read  0.09 s  TABLE_COLUMN",
      "∙ b/y:publish  blocked  need read failed"
    ])
  })

  it("tells warnings and errors that tasks log, and the rest with verbose", () => {
    assert.deepStrictEqual(logLines(log("info"), options), [])
    assert.deepStrictEqual(logLines(log("warning"), options), ["a/x:read  warning one", "a/x:read  warning two\\u{1b}[2J"])
    assert.deepStrictEqual(logLines(log("debug"), { ...options, verbose: true }), ["a/x:read  one", "a/x:read  two\\u{1b}[2J"])
  })
})

const openIn = (environment: Record<string, string>) => {
  const terminal = scriptedTerminal({ tty: true, environment })
  const console = openConsole(terminal.shape, {
    tasks: [],
    json: true,
    quiet: false,
    verbose: false,
    style: plainStyle,
    errorStyle: plainStyle,
    folder: "/lab"
  })
  console.tell({ event: "task-started", task: "a/x:read", target: "a/x", stage: "read", check: null, causes: [] })
  console.tick()
  return terminal
}

describe("a console on one terminal", () => {
  it("takes the live region away before it prints results, and at the end", () => {
    const terminal = scriptedTerminal({ tty: true })
    const tasks = [{ task: "a/x:read", target: "a/x", inputs: [] }]
    const console = openConsole(terminal.shape, {
      tasks,
      json: false,
      quiet: false,
      verbose: false,
      style: plainStyle,
      errorStyle: plainStyle,
      folder: "/lab"
    })
    console.tell(started(1, 1))
    console.tell({ event: "task-started", task: "a/x:read", target: "a/x", stage: "read", check: null, causes: [] })
    console.tick()
    assert.strictEqual(terminal.err(), "  a/x:read  0 s\n  0 of 1 tasks  1 running  0 s\n")
    console.tell(finished("a/x:read", "executed", { ms: 5 }))
    assert.isTrue(terminal.err().endsWith("\r\u001b[2A\u001b[J"))
    console.tell(runFinished({ executed: 1 }))
    console.close()
    assert.isTrue(terminal.out().startsWith("example · 1 target · 1 task"))
    assert.strictEqual(terminal.exits.length, 0)
  })

  it("143: takes the live region away at a sudden end too, and draws none on a dumb terminal", async () => {
    const terminal = openIn({})
    for (const restore of terminal.exits) restore()
    assert.isTrue(terminal.err().endsWith("\u001b[J"))
    assert.strictEqual(openIn({ TERM: "dumb" }).err(), "")
    assert.isUndefined(await Effect.runPromise(terminal.shape.delivered))
  })
})

describe("quantities", () => {
  it("are read by people", () => {
    assert.deepStrictEqual([0, 4, 1312, 54_990, 59_999, 724_000, 7_500_000].map(taskTime), [
      "0.00 s",
      "0.00 s",
      "1.31 s",
      "54.99 s",
      "1 min 00 s",
      "12 min 04 s",
      "2 h 05 min"
    ])
    assert.deepStrictEqual([51, 994, 999, 4123, 59_949, 59_951].map(runTime), [
      "0.05 s",
      "0.99 s",
      "1.0 s",
      "4.1 s",
      "59.9 s",
      "1 min 00 s"
    ])
    assert.deepStrictEqual([0, 2600, 61_000, 1e12].map(wholeTime), ["0 s", "3 s", "1 min 01 s", "over 100 h"])
    assert.deepStrictEqual([0, 999, 1000, 12_301_114, -1234567].map(grouped), ["0", "999", "1,000", "12,301,114", "-1,234,567"])
    assert.deepStrictEqual([0, 999, 1000, 999_949, 999_951, 1.5e9].map(byteSize), [
      "0 B",
      "999 B",
      "1.0 kB",
      "999.9 kB",
      "1.0 MB",
      "1.5 GB"
    ])
    assert.deepStrictEqual([counted(1, "task"), counted(1200, "task")], ["1 task", "1,200 tasks"])
  })
})

describe("colours", () => {
  const table = [
    ["auto", true, {}, true],
    ["auto", false, {}, false],
    ["auto", true, { NO_COLOR: "1" }, false],
    ["auto", true, { NO_COLOR: "" }, true],
    ["auto", true, { TERM: "dumb" }, false],
    ["auto", false, { FORCE_COLOR: "1" }, true],
    ["auto", false, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    ["auto", true, { FORCE_COLOR: "0" }, false],
    ["always", false, { NO_COLOR: "1" }, true],
    ["never", true, { FORCE_COLOR: "1" }, false]
  ] as const
  for (const [choice, isTTY, environment, wanted] of table)
    it(`are ${wanted ? "on" : "off"} with ${choice}, ${isTTY ? "a terminal" : "no terminal"} and ${JSON.stringify(environment)}`, () => {
      assert.strictEqual(wantsColor(choice, isTTY, environment), wanted)
    })
})
