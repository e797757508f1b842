/** The law of kept logs: bounded, whole lines, replaced at the end, there after a kill. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TaskLogs } from "../../src/ports/TaskLogs.ts"

const task = "110/x:read"
const KiB = 1024

const using = <A, E>(state: string, use: (logs: TaskLogs["Service"]) => Effect.Effect<A, E>) =>
  Effect.provide(Effect.flatMap(TaskLogs, use), TaskLogs.layer(state))

const place = () => join(mkdtempSync(join(tmpdir(), "atlas logs ")), ".atlas")
const fileIn = (state: string) => join(state, "logs", "110~x+read.log")

const messages = (lines: ReadonlyArray<{ readonly message: string }>) => lines.map(({ message }) => message)

describe("a kept log", () => {
  it.effect("gives back levels and lines in order, with the run that wrote them", () =>
    Effect.gen(function* () {
      const state = place()
      yield* using(state, (logs) =>
        Effect.gen(function* () {
          const log = logs.open(task, "r1")
          log.append("info", "one\ntwo")
          log.append("warning", "  spaces at both ends  ")
          log.append("error", "")
          log.append("debug", "… 3 bytes left out")
          log.append("info", "error 7")
          yield* log.close
        })
      )
      const kept = yield* using(state, (logs) => Effect.sync(() => logs.read(task)))
      assert.deepStrictEqual(kept?.lines, [
        { level: "info", message: "one" },
        { level: "info", message: "two" },
        { level: "warning", message: "  spaces at both ends  " },
        { level: "error", message: "" },
        { level: "debug", message: "… 3 bytes left out" },
        { level: "info", message: "error 7" }
      ])
      assert.deepStrictEqual([kept?.run, kept?.complete, kept?.leftOut, kept?.head], ["r1", true, 0, 6])
      assert.match(kept?.at ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    })
  )

  it.effect("of a long task has the first 256 KiB and the last 768 KiB, whole lines, and how much is missing", () =>
    Effect.gen(function* () {
      const state = place()
      const lines = 60_000
      const line = (i: number) => `${String(i).padStart(6, "0")} ${"ä".repeat(40)}`
      const each = Buffer.byteLength(`info ${line(0)}\n`)
      const kept = yield* using(state, (logs) =>
        Effect.gen(function* () {
          const log = logs.open(task, "r1")
          for (let i = 0; i < lines; i++) log.append("info", line(i))
          yield* log.close
          return logs.read(task)
        })
      )
      assert.isNotNull(kept)
      const found = messages(kept?.lines ?? [])
      const head = kept?.head ?? 0
      assert.deepStrictEqual(
        found.slice(0, head),
        Array.from({ length: head }, (_, i) => line(i))
      )
      const rest = found.length - head
      assert.deepStrictEqual(
        found.slice(head),
        Array.from({ length: rest }, (_, i) => line(lines - rest + i))
      )
      assert.strictEqual(kept?.leftOut, (lines - found.length) * each)
      assert.isTrue(head * each <= 256 * KiB && head * each > 256 * KiB - 2 * each)
      assert.isTrue(rest * each <= 768 * KiB && rest * each > 768 * KiB - 2 * each)
      assert.isAtMost(statSync(fileIn(state)).size, 1024 * KiB + 100)
      assert.deepStrictEqual(readdirSync(join(state, "logs")), ["110~x+read.log"])
    })
  )

  it.effect("of a task that prints without end stays small on disk while it runs, and shows its last lines", () =>
    Effect.gen(function* () {
      const state = place()
      yield* using(state, (logs) =>
        Effect.gen(function* () {
          const log = logs.open(task, "r1")
          for (let i = 0; i < 2_000; i++) {
            log.append("info", `${i} ${"x".repeat(16_000)}`)
            if (i % 200 === 0) assert.isBelow(statSync(`${fileIn(state)}.live`).size, 2 * 1024 * KiB)
          }
          yield* log.close
          assert.match(logs.read(task)?.lines.at(-1)?.message ?? "", /^1999 x/)
        })
      )
    })
  )

  it.effect("cuts a line without end into pieces that make it up again, never within a character", () =>
    Effect.gen(function* () {
      const state = place()
      const long = "a" + "😀".repeat(20_000)
      const kept = yield* using(state, (logs) =>
        Effect.gen(function* () {
          const log = logs.open(task, "r1")
          log.append("info", long)
          yield* log.close
          return logs.read(task)
        })
      )
      assert.isAbove(kept?.lines.length ?? 0, 2)
      assert.strictEqual(messages(kept?.lines ?? []).join(""), long)
    })
  )

  it.effect("is there while the task runs and after a kill, and is told as not ended", () =>
    Effect.gen(function* () {
      const state = place()
      // nothing closes it: as after kill -9
      yield* using(state, (logs) => Effect.sync(() => logs.open(task, "r1").append("info", "as far as it came")))
      const kept = yield* using(state, (logs) => Effect.sync(() => logs.read(task)))
      assert.deepStrictEqual([kept?.complete, messages(kept?.lines ?? [])], [false, ["as far as it came"]])
      yield* using(state, (logs) =>
        Effect.gen(function* () {
          const log = logs.open(task, "r2")
          log.append("info", "again")
          yield* log.close
          assert.deepStrictEqual(messages(logs.read(task)?.lines ?? []), ["again"])
        })
      )
      assert.deepStrictEqual(readdirSync(join(state, "logs")), ["110~x+read.log"])
    })
  )

  it.effect("stays the old one until the task has ended, and goes when the task logged nothing", () =>
    Effect.gen(function* () {
      const state = place()
      yield* using(state, (logs) =>
        Effect.gen(function* () {
          const first = logs.open(task, "r1")
          first.append("info", "first")
          yield* first.close
          const silent = logs.open(task, "r2")
          assert.strictEqual(logs.read(task)?.run, "r1")
          yield* silent.close
          assert.isNull(logs.read(task))
        })
      )
    })
  )

  it.effect("that was never opened leaves nothing behind, nor does reading or a silent task", () =>
    Effect.gen(function* () {
      const state = place()
      yield* using(state, (logs) =>
        Effect.gen(function* () {
          assert.isNull(logs.read(task))
          yield* logs.open(task, "r1").close
        })
      )
      assert.isFalse(existsSync(state))
    })
  )

  it.effect("that is damaged, a folder or something else is as good as none", () =>
    Effect.gen(function* () {
      const state = place()
      mkdirSync(join(state, "logs"), { recursive: true })
      for (const text of ["", "hello\n", "task-log/2 r1 now\ninfo x\n", `task-log/1 ${"r".repeat(500)} now\n`]) {
        writeFileSync(fileIn(state), text)
        assert.isNull(yield* using(state, (logs) => Effect.sync(() => logs.read(task))), JSON.stringify(text))
      }
      writeFileSync(fileIn(state), "task-log/1 r1 now\ninfo good\nnonsense\ninfo half")
      const kept = yield* using(state, (logs) => Effect.sync(() => logs.read(task)))
      assert.deepStrictEqual(messages(kept?.lines ?? []), ["good"])
      mkdirSync(`${fileIn(state)}.live`)
      assert.isNotNull(yield* using(state, (logs) => Effect.sync(() => logs.read(task))))
    })
  )

  it.effect.skipIf(process.getuid?.() === 0)("that cannot be written says so at its end, and costs the task nothing before", () =>
    Effect.gen(function* () {
      const state = place()
      mkdirSync(join(state, "logs"), { recursive: true })
      chmodSync(join(state, "logs"), 0o500)
      const log = yield* using(state, (logs) => Effect.sync(() => logs.open(task, "r1")))
      log.append("info", "lost")
      const error = yield* Effect.flip(log.close)
      assert.strictEqual(error._tag, "StateWriteFailed")
    })
  )

  it.effect("whose place is taken by a file says so at its end", () =>
    Effect.gen(function* () {
      const state = place()
      mkdirSync(state)
      writeFileSync(join(state, "logs"), "in the way")
      const log = yield* using(state, (logs) => Effect.sync(() => logs.open(task, "r1")))
      log.append("info", "lost")
      log.append("info", "lost too")
      const error = yield* Effect.flip(log.close)
      assert.strictEqual(error._tag, "StateWriteFailed")
      assert.strictEqual(readFileSync(join(state, "logs"), "utf8"), "in the way")
    })
  )
})
