/** What runs leave behind of themselves, and what `why` and `history` make of it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { WhyDocument } from "../../src/domain/RunDocuments.ts"
import { HistoryDocument, RunDiffDocument, RunRecord } from "../../src/domain/RunRecord.ts"
import { snapshot } from "../ports/workplace.ts"
import { type Workshop, workshop } from "./workshop.ts"

const records = (lab: Workshop): ReadonlyArray<string> => {
  const folder = lab.at(".atlas/runs")
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name !== "last.json")
        .sort()
    : []
}

const exact = { onExcessProperty: "error" } as const
const why = Effect.fnUntraced(function* (lab: Workshop, task: string, how: { readonly run?: string; readonly compare?: string } = {}) {
  const told = yield* (yield* lab.open()).why(task, how)
  return Schema.decodeUnknownSync(WhyDocument)(JSON.parse(JSON.stringify(told)), exact)
})
const history = Effect.fnUntraced(function* (lab: Workshop, ...select: ReadonlyArray<string>) {
  const told = yield* (yield* lab.open()).history({ select })
  return Schema.decodeUnknownSync(HistoryDocument)(JSON.parse(JSON.stringify(told)), exact)
})
const runOf = (ran: { readonly events: ReadonlyArray<{ readonly event: string }> }): string => {
  const first = ran.events[0]
  return first !== undefined && "run" in first ? String(first.run) : ""
}

describe("the record of a run", () => {
  it.live("tells who ran what when, and each task's outcome, reasons and rows", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      const ran = yield* lab.run()
      assert.deepStrictEqual(records(lab), [`${runOf(ran)}.json`])
      const record = yield* (yield* lab.open()).record("last")
      Schema.decodeUnknownSync(RunRecord)(JSON.parse(JSON.stringify(record)), exact)
      assert.deepStrictEqual(
        record.tasks.map(({ task, outcome, decision, causes }) => [task, outcome, decision, causes[0]?.kind]),
        ["read", "use", "share"].map((stage) => [`a:${stage}`, "executed", "stale", "never-run"])
      )
      const { run, project, outcome, exit, counts, select } = record.summary
      assert.deepStrictEqual([run, project, outcome, exit, counts.executed, select], [runOf(ran), "workshop", "succeeded", 0, 3, []])
      const [input] = record.tasks[0]?.rows?.filter(({ kind }) => kind === "input") ?? []
      // sha256 of "one", by sha256sum
      assert.strictEqual(input?.value, "sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed")
    })
  )

  it.live("is not written by a run in which nothing was stale, nor is anything else", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      yield* lab.rest()
      // but for the folder of state itself, whose clock is asked
      const standing = () => snapshot(lab.root).filter((line) => !line.startsWith(".atlas "))
      const before = standing()
      yield* lab.run()
      assert.deepStrictEqual(standing(), before)
      assert.strictEqual(records(lab).length, 1)
    })
  )

  it.live("lists only what was not fresh, and is left by a run that failed too", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("one\n")
      yield* lab.run()
      lab.write("text.txt", "one\nmore")
      yield* lab.run()
      const session = yield* lab.open()
      assert.deepStrictEqual(
        (yield* session.record("last")).tasks.map(({ task, outcome }) => [task, outcome]),
        [["a:read", "executed"]]
      )
      lab.write("text.txt", "refuse")
      yield* lab.run()
      const failed = yield* session.record("last")
      assert.deepStrictEqual(
        failed.tasks.map(({ task, outcome, errors }) => [task, outcome, errors[0]?.code]),
        [
          ["a:read", "failed", "REFUSED"],
          ["a:use", "blocked", undefined],
          ["a:share", "blocked", undefined]
        ]
      )
      assert.deepStrictEqual([failed.summary.outcome, failed.summary.exit], ["failed", 1])
    })
  )

  it.live("that is damaged is named and left out, and changes no decision", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      lab.write("text.txt", "two")
      yield* lab.run()
      const [first = "", second = ""] = records(lab)
      const file = lab.at(join(".atlas/runs", first))
      truncateSync(file, 100)
      const flipped = readFileSync(lab.at(join(".atlas/runs", second)))
      const at = flipped.indexOf("a:use")
      flipped[at] = (flipped[at] as number) ^ 1
      writeFileSync(lab.at(join(".atlas/runs", second)), flipped)
      mkdirSync(lab.at(".atlas/runs/20270101T000000-00000000.json"))
      const told = yield* history(lab)
      assert.deepStrictEqual([told.runs.length, told.warnings.length], [0, 3])
      assert.isTrue(told.warnings.some((warning) => warning.includes(first) && warning.includes("cut off")))
      assert.isTrue(told.warnings.some((warning) => warning.includes(second) && warning.includes("does not match its own digest")))
      assert.deepStrictEqual(yield* lab.plan(), ["read fresh", "use fresh", "share fresh"])
    })
  )
})

describe("history", () => {
  it.live("lists runs newest first, and of a task its executions with why each ran", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      const first = yield* lab.run()
      lab.write("text.txt", "two")
      const second = yield* lab.run()
      assert.deepStrictEqual(
        (yield* history(lab)).runs.map(({ run }) => run),
        [runOf(second), runOf(first)]
      )
      const { executions = [] } = yield* history(lab, "a:use")
      assert.deepStrictEqual(
        executions.map(({ run, task, outcome, causes }) => [run, task, outcome, causes[0]?.kind, causes[0]?.from]),
        [
          [runOf(second), "a:use", "executed", "need-changed", "a:read"],
          [runOf(first), "a:use", "executed", "never-run", null]
        ]
      )
    })
  )

  it.live("sets two runs beside each other by outcomes and rows", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      const first = yield* lab.run()
      lab.write("text.txt", "two")
      yield* lab.run()
      const diff = yield* (yield* lab.open()).runDiff(runOf(first), "last")
      Schema.decodeUnknownSync(RunDiffDocument)(JSON.parse(JSON.stringify(diff)), exact)
      assert.deepStrictEqual(
        diff.tasks.map(({ task, rows }) => [task, rows.map(({ kind }) => kind)]),
        [
          ["a:read", ["input"]],
          ["a:share", ["need"]],
          ["a:use", ["need"]]
        ]
      )
    })
  )

  it.live("knows a run by how its id begins, and tells the nearest of one that is not there", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      const ran = yield* lab.run()
      const session = yield* lab.open()
      assert.strictEqual((yield* session.record(runOf(ran).slice(0, 20))).summary.run, runOf(ran))
      const error = yield* Effect.flip(session.record(`${runOf(ran).slice(0, -1)}x`))
      assert.deepStrictEqual([error._tag, error.message.includes(runOf(ran))], ["SelectorUnknown", true])
    })
  )
})

describe("138: why of a task", () => {
  it.live("tells the smallest set of causes with the path of the file, and they are enough", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      lab.write("text.txt", "two")
      const told = yield* why(lab, "a:share")
      assert.deepStrictEqual(
        told.roots?.map(({ kind, tasks, path }) => [kind, tasks, path]),
        [["input-changed", ["a:read"], "text.txt"]]
      )
      lab.write("text.txt", "one")
      assert.deepStrictEqual([(yield* why(lab, "a:share")).decision, (yield* why(lab, "a:share")).roots], ["fresh", undefined])
    })
  )

  it.live("that is fresh tells the proof of each row: stat rows since the run, or hashed now", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      const ran = yield* lab.run()
      yield* lab.run()
      const proofs = (told: WhyDocument) => Object.fromEntries((told.evidence?.rows ?? []).map((row) => [row.kind, row]))
      const first = proofs(yield* why(lab, "a:read"))
      assert.deepStrictEqual([first["input"]?.by, first["input"]?.since?.run], ["stat", runOf(ran)])
      assert.deepStrictEqual([first["option"]?.by, first["environment"]?.by, first["runtime"]?.by], ["config", "environment", "runtime"])
      assert.strictEqual(proofs(yield* why(lab, "a:use"))["need"]?.by, "need")
      // the same bytes anew: no stat row vouches for them until the next run has read them
      lab.write("text.txt", "one")
      assert.strictEqual(proofs(yield* why(lab, "a:read"))["input"]?.by, "hash")
      yield* lab.run()
      const again = proofs(yield* why(lab, "a:read"))["input"]
      assert.deepStrictEqual([again?.by, again?.since?.run], ["stat", null])
    })
  )

  it.live("whose last run failed or was tainted tells what went wrong then", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("refuse")
      yield* lab.run()
      const failed = yield* why(lab, "a:read")
      assert.deepStrictEqual(
        [failed.decision, failed.lastRun?.outcome, failed.lastRun?.errors.map(({ code }) => code)],
        ["stale", "failed", ["REFUSED"]]
      )
      lab.write("text.txt", "one")
      yield* lab.run({}, {}, (task) => task === "a:read" && lab.write("text.txt", "moved"))
      const tainted = yield* why(lab, "a:read")
      assert.deepStrictEqual([tainted.lastRun?.outcome, tainted.lastRun?.errors.map(({ code }) => code)], ["tainted", ["TASK_TAINTED"]])
    })
  )

  it.live("that was restored tells the key in the cache, and the run that had made it", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      const first = yield* lab.run({}, { cache: true })
      lab.write("text.txt", "two")
      yield* lab.run({}, { cache: true })
      lab.write("text.txt", "one")
      const third = yield* lab.run({}, { cache: true })
      assert.include(third.outcomes, "read restored")
      const told = yield* why(lab, "a:read")
      assert.deepStrictEqual([told.decision, told.restored?.run, told.lastRun?.run], ["fresh", runOf(first), runOf(third)])
      assert.match(told.restored?.key ?? "", /^[0-9a-f]{64}$/)
    })
  )

  it.live("in a past run tells that run's reasons down to their root", () =>
    Effect.gen(function* () {
      const lab = yield* workshop()
      yield* lab.run()
      lab.write("text.txt", "two")
      const second = yield* lab.run()
      lab.write("text.txt", "three")
      yield* lab.run()
      const told = yield* why(lab, "a:share", { run: runOf(second) })
      assert.deepStrictEqual(
        [told.of?.run, told.of?.outcome, told.chain.map(({ task }) => task)],
        [runOf(second), "executed", ["a:read", "a:use", "a:share"]]
      )
      assert.deepStrictEqual(
        told.roots?.filter(({ kind }) => kind === "input-changed").map(({ tasks, new: now }) => [tasks, now?.slice(0, 15)]),
        // sha256 of "two"
        [[["a:read"], "sha256 3fc4ccfe"]]
      )
    })
  )

  it.live("beside a document of another checkout tells which rows are equal, different or absent", () =>
    Effect.gen(function* () {
      const [here, there] = [yield* workshop("one"), yield* workshop("two")]
      yield* here.run()
      yield* there.run({ mark: "!" })
      const apart = async (file: string) => {
        const told = await Effect.runPromise(why(here, "a:read", { compare: file }))
        return Object.fromEntries((told.compared?.rows ?? []).map((row) => [`${row.kind} ${row.subject}`, row.is]))
      }
      const expected = { "input text": "different", "option mark": "different", "engine engine": "equal" }
      const session = yield* there.open({ mark: "!" })
      there.write("why.json", JSON.stringify(yield* session.why("a:read", {})))
      there.write("show.json", JSON.stringify(yield* session.show("a:read", {})))
      const documents = [
        there.at("why.json"),
        there.at("show.json"),
        there.at(".atlas/traces/a+read.json"),
        ...records(there).map((name) => there.at(`.atlas/runs/${name}`))
      ]
      for (const file of documents) {
        const rows = yield* Effect.promise(() => apart(file))
        for (const [row, is] of Object.entries(expected)) assert.strictEqual(rows[row], is, `${file}: ${row}`)
      }
      here.write("other.json", "{}")
      for (const file of ["other.json", "not-there.json", "text.txt", "."]) {
        const error = yield* Effect.flip(Effect.flatMap(here.open(), (session) => session.why("a:read", { compare: here.at(file) })))
        assert.strictEqual(error._tag, "CommandLineInvalid", file)
      }
    })
  )

  it.live("that is blocked by a failed verdict tells the finding", () =>
    Effect.gen(function* () {
      const lab = yield* workshop("short")
      yield* lab.run({ gates: "use", severity: { short: "warning" } })
      const told = yield* (yield* lab.open({ gates: "use" })).why("a:use", {})
      assert.deepStrictEqual(
        [told.decision, told.roots?.map(({ kind, from, new: now }) => [kind, from, now])],
        ["blocked", [["gate-failed", "a:read:look", "short at short: short was met"]]]
      )
    })
  )
})
