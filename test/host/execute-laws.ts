/** What a host makes of tasks, good and bad. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import type { ErrorDocument } from "../../src/domain/Failure.ts"
import { Host } from "../../src/ports/Host.ts"
import { taskDocument } from "./documents.ts"
import { config, execute, folder, type Law, lineOf, wrote } from "./trial.ts"

export const executeLaws = (law: Law): void => {
  law(
    "a stage: outputs written, values given, findings in order, options decoded, environment as told",
    Effect.gen(function* () {
      const { result, events, at } = yield* execute("a:write", { environment: { ATLAS_GREETING: "hello", ATLAS_UNSET: null } })
      const findings = [
        { name: "second", at: "line 2", message: "times is a number" },
        { name: "first", at: "line 1", message: "seen later" }
      ]
      const { peakMiB, ...told } = result
      assert.isTrue(peakMiB === undefined || peakMiB > 0)
      assert.deepStrictEqual(told, {
        atlas: "result/1",
        task: "a:write",
        errors: [],
        findings,
        values: { size: "10" },
        summary: "10 characters"
      })
      assert.strictEqual(readFileSync(join(at, "out-made"), "utf8"), "+abc\n+abc\n")
      assert.deepStrictEqual(events, [
        { event: "finding", finding: findings[0] as (typeof findings)[0] },
        { event: "log", level: "warning", message: "hello undefined undefined" },
        { event: "finding", finding: findings[1] as (typeof findings)[0] },
        { event: "progress", label: "writing", done: 10, total: 10, unit: "bytes" }
      ])
    })
  )

  law(
    "a check on its subject's outputs, with a scratch folder",
    Effect.gen(function* () {
      const at = yield* folder
      const subject = wrote(at, "four\nlonger\n").map((need) => ({ ...need, name: "subject" }))
      const { result, document } = yield* execute("a:write:look", { needs: subject })
      assert.deepStrictEqual(result.findings, [{ name: "long", at: "longer", message: "6 of 4, of 12" }])
      assert.deepStrictEqual(result.errors, [])
      assert.isTrue(existsSync(join(document.scratch, "notes")))
    })
  )

  law(
    "the same document twice to the same result",
    Effect.gen(function* () {
      const host = yield* Host
      const at = yield* folder
      const document = taskDocument((yield* host.evaluate).project, "a:write", at)
      const once = yield* host.execute(document, () => {})
      const bytes = readFileSync(join(at, "out-made"))
      assert.deepStrictEqual(yield* host.execute(document, () => {}), once)
      assert.deepStrictEqual(readFileSync(join(at, "out-made")), bytes)
    })
  )

  law(
    "several failures to several errors with code, place and hint, the class's hint where the failure has none",
    Effect.gen(function* () {
      const { result } = yield* execute("a:refuse")
      assert.deepStrictEqual(result.errors, [
        {
          code: "BAD_LINE",
          message: "line 3 is bad",
          where: { path: "a.txt", line: 3, column: 7, byte: 40 },
          hint: "mend the line",
          details: { text: "x" }
        },
        {
          code: "BAD_LINE",
          message: "line 5 is worse",
          where: { path: "a.txt", line: 5 },
          hint: "drop the line",
          details: { text: "y" }
        }
      ])
    })
  )

  law(
    "an undeclared failure to a fault that names the class and keeps the failure",
    Effect.gen(function* () {
      const { result } = yield* execute("a:hide")
      assert.strictEqual(result.errors.length, 1)
      const error = result.errors[0] as ErrorDocument
      assert.strictEqual(error.code, "TASK_UNDECLARED")
      assert.strictEqual(error.message, "hide fails with Hidden: add it to errors (not in the list)")
      assert.deepStrictEqual(error.where, { path: "b.txt", line: 1 })
      assert.strictEqual((error.details["failure"] as { code?: string }).code, "HIDDEN")
    })
  )

  for (const [task, message, marker] of [
    ["a:throw", "throw broke: thrown at once", "throw stands here"],
    ["a:throw-later", "throw-later broke: Cannot read properties of undefined (reading 'name')", "later stands here"],
    ["a:reject", "reject broke: a promise broken", "a promise broken"],
    ["a:invent", "invent broke: invent reports finding toString, which it does not declare", '"toString" as "known"']
  ] as const)
    law(
      `${task.slice(2)}: what breaks is a defect of the plugin, with its own innermost line`,
      Effect.gen(function* () {
        const { result } = yield* execute(task)
        assert.strictEqual(result.errors.length, 1)
        const [error] = result.errors
        assert.deepStrictEqual([error?.code, error?.message], ["TASK_DEFECT", message])
        assert.deepStrictEqual([error?.where?.path, error?.where?.line], [config, lineOf(marker)])
      })
    )

  law(
    "a rejection with a bare text to a defect with that text",
    Effect.gen(function* () {
      const { result } = yield* execute("a:reject-text")
      assert.deepStrictEqual(
        result.errors.map(({ code, message }) => [code, message]),
        [["TASK_DEFECT", "reject-text broke: only a text"]]
      )
    })
  )

  law(
    "what was found before it broke is still told",
    Effect.gen(function* () {
      const { result } = yield* execute("a:invent")
      assert.deepStrictEqual(result.findings, [{ name: "known", at: "x", message: "" }])
    })
  )

  law(
    "an output made in the scratch folder moves to where it belongs",
    Effect.gen(function* () {
      const { result, at } = yield* execute("a:elsewhere")
      assert.deepStrictEqual(result.errors, [])
      assert.strictEqual(readFileSync(join(at, "out-made"), "utf8"), "made in the scratch folder")
      assert.isFalse(existsSync(join(at, "scratch/draft")))
    })
  )

  for (const place of ["../source.txt", "/etc/hostname", "never-made", ""])
    law(
      `an output given as ${JSON.stringify(place)} is refused and nothing is moved`,
      Effect.gen(function* () {
        const { result, at } = yield* execute("a:elsewhere", { subject: { place } })
        assert.deepStrictEqual(
          result.errors.map(({ code, details }) => [code, details["output"]]),
          [["TASK_OUTPUT_MISSING", "made"]]
        )
        assert.isFalse(existsSync(join(at, "out-made")))
        assert.isTrue(existsSync(join(at, "source.txt")))
      })
    )

  law(
    "a value that was not given is named",
    Effect.gen(function* () {
      const { result } = yield* execute("a:forget")
      assert.deepStrictEqual(
        result.errors.map(({ code, details }) => [code, details["output"]]),
        [["TASK_OUTPUT_MISSING", "told"]]
      )
    })
  )

  law(
    "progress is let through at most ten times a second, and its end always",
    Effect.gen(function* () {
      const began = performance.now()
      const { events } = yield* execute("a:chatter")
      const seconds = (performance.now() - began) / 1000
      assert.isAtMost(events.length, 2 + Math.ceil(seconds * 10))
      assert.deepStrictEqual(events.at(-1), { event: "progress", label: "", done: 20_000, total: 20_000, unit: "records" })
    })
  )

  law(
    "an interrupted task has cleaned up when the interruption returns, and the host goes on",
    Effect.gen(function* () {
      const host = yield* Host
      const at = yield* folder
      const { project } = yield* host.evaluate
      const waiting = yield* Deferred.make<void>()
      const task = taskDocument(project, "a:wait", at)
      const running = yield* Effect.forkChild(
        host.execute(task, (event) => {
          if (event.event === "log") Deferred.doneUnsafe(waiting, Effect.void)
        }),
        { startImmediately: true }
      )
      yield* Deferred.await(waiting)
      yield* Fiber.interrupt(running)
      assert.strictEqual(readFileSync(join(at, "out-note"), "utf8"), "cleaned up")
      const { result } = yield* execute("a:write")
      assert.deepStrictEqual(result.errors, [])
    })
  )

  law(
    "a definition that it does not know is a lost task, not a crash",
    Effect.gen(function* () {
      const { result } = yield* execute("a:write", { definition: "wriet" })
      assert.deepStrictEqual(
        result.errors.map(({ code, message }) => [code, message]),
        [["TASK_LOST", "the host does not know definition wriet"]]
      )
    })
  )

  law(
    "options that do not decode are a defect, not a crash",
    Effect.gen(function* () {
      const { result } = yield* execute("a:write", { options: { times: "many", mark: "+" } })
      assert.deepStrictEqual(
        result.errors.map(({ code }) => code),
        ["TASK_DEFECT"]
      )
    })
  )

  law(
    "the owner of a cell sees what is desired and what was there, and need not return its value",
    Effect.gen(function* () {
      const { result, at } = yield* execute("a:share", { cell: { desired: "size 3", live: { state: "absent" } } })
      assert.deepStrictEqual(result.errors, [])
      assert.strictEqual(readFileSync(join(at, "store/cell.json"), "utf8"), '{"state":"present","value":"size 3 after absent"}')
    })
  )
}
