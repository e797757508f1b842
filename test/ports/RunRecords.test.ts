/** Records of runs: one law for both layers, and what may befall the files. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { RunHead } from "../../src/domain/RunRecord.ts"
import { openRunRecords, RunRecords, type RunRecordsShape } from "../../src/ports/RunRecords.ts"
import { seal } from "../../src/ports/SealedJson.ts"
import { recorded, summaryOf } from "../report/sample.ts"
import { canMount, readOnly, snapshot, workplace } from "./workplace.ts"

const idOf = (n: number): string => `20270101T00000${n}-00000000`

const headOf = (run: string): RunHead => {
  const { outcome: _outcome, exit: _exit, ms: _ms, counts: _counts, warnings: _warnings, ...head } = summaryOf({}, { run })
  return head
}
const end = summaryOf({ executed: 2 })

const write = (records: RunRecordsShape, run: string, ...tasks: ReadonlyArray<readonly [task: string, idle: boolean]>): string | null => {
  const writer = records.begin(headOf(run))
  for (const [task, idle] of tasks) writer.add(recorded(task, idle ? "fresh" : "executed"), idle)
  return writer.end(end)
}

const law = (sentence: string, body: (records: RunRecordsShape) => void) => {
  for (const [layer, made] of [
    ["files", Effect.map(workplace, (folder) => RunRecords.layer(path.join(folder, ".atlas")))],
    ["memory", Effect.succeed(Layer.fresh(RunRecords.layerMemory))]
  ] as const)
    it.live(`${sentence} (${layer})`, () =>
      Effect.flatMap(made, (layer) =>
        Effect.provide(
          RunRecords.use((records) => Effect.sync(() => body(records))),
          layer
        )
      )
    )
}

describe("records of runs", () => {
  law("are read as they were written, newest first", (records) => {
    assert.isNull(write(records, idOf(1), ["a:read", false], ["a:verify", true]))
    assert.isNull(write(records, idOf(2), ['b:"],"summary":{', false]))
    assert.deepStrictEqual(records.runs(), [idOf(2), idOf(1)])
    assert.deepStrictEqual(
      records.read(idOf(1))?.tasks.map(({ task }) => task),
      ["a:read", "a:verify"]
    )
    assert.deepStrictEqual(
      records.read(idOf(2))?.tasks.map(({ task }) => task),
      ['b:"],"summary":{']
    )
    for (const run of records.runs()) assert.deepStrictEqual(records.summary(run), { ...end, run })
    assert.deepStrictEqual([records.read(idOf(3)), records.read("../last"), records.warnings()], [null, null, []])
  })

  law("give the tasks that are asked for", (records) => {
    write(records, idOf(1), ["a:read", false], ["a:read:x", false], ["b:read", false])
    const tasks = (...names: ReadonlyArray<string>) => records.read(idOf(1), new Set(names))?.tasks.map(({ task }) => task)
    assert.deepStrictEqual(
      [tasks("a:read"), tasks("b:read", "a:read:x"), tasks("c:read"), tasks()],
      [["a:read"], ["a:read:x", "b:read"], [], []]
    )
  })

  law("are not left by a run in which everything was as before", (records) => {
    assert.isNull(write(records, idOf(1), ["a:read", true]))
    assert.deepStrictEqual([records.runs(), records.read(idOf(1))], [[], null])
  })
})

const inFiles = (sentence: string, body: (state: string, records: () => RunRecordsShape) => Effect.Effect<void, unknown, any>) =>
  it.live(sentence, () =>
    Effect.flatMap(workplace, (folder) => {
      const state = path.join(folder, ".atlas")
      return body(state, () => openRunRecords(state))
    })
  )

describe("the files of records", () => {
  inFiles("make nothing when they are read", (state, records) =>
    Effect.sync(() => {
      assert.deepStrictEqual([records().runs(), records().read(idOf(1))], [[], null])
      assert.isFalse(fs.existsSync(state))
    })
  )

  inFiles("are never there half-written: a run that died leaves a part that the next one clears away", (state, records) =>
    Effect.sync(() => {
      const dying = records().begin(headOf(idOf(1)))
      dying.add(recorded("a:read", "executed"), false)
      assert.deepStrictEqual([records().runs(), fs.readdirSync(path.join(state, "runs"))], [[], [`${idOf(1)}.json.part`]])
      write(records(), idOf(2), ["a:read", false])
      assert.deepStrictEqual(fs.readdirSync(path.join(state, "runs")), [`${idOf(2)}.json`])
    })
  )

  inFiles("are refused at each flipped byte, each cut, and where they are not what their name says", (state, records) =>
    Effect.sync(() => {
      write(records(), idOf(1), ["a:read", false])
      const file = path.join(state, "runs", `${idOf(1)}.json`)
      const whole = fs.readFileSync(file)
      for (let at = 0; at < whole.length; at += 7) {
        const flipped = Buffer.from(whole)
        flipped[at] = (flipped[at] as number) ^ 1
        fs.writeFileSync(file, flipped)
        assert.isNull(records().read(idOf(1)), `byte ${at}`)
        fs.writeFileSync(file, whole.subarray(0, at))
        const cut = records()
        assert.deepStrictEqual([cut.read(idOf(1)), cut.warnings().length], [null, 1], `cut at ${at}`)
      }
      const put = (text: string): ReadonlyArray<string> => {
        fs.writeFileSync(file, text)
        const read = records()
        assert.isNull(read.summary(idOf(1)))
        return read.warnings()
      }
      assert.include(put(seal({ atlas: "run-record/9" }))[0], "newer")
      assert.include(put(seal({ atlas: "trace/1" }))[0], "not what its name says")
      assert.include(put(seal({ atlas: "run-record/1" }))[0], "not well-formed")
      assert.include(put(whole.toString("utf8").replace(/,"sha256":.*/s, "}"))[0], "cut off")
      const other = JSON.parse(whole.toString("utf8"))
      delete other.sha256
      other.summary.run = idOf(2)
      assert.include(put(seal(other))[0], "not what its name says")
      fs.rmSync(file)
      execFileSync("mkfifo", [file])
      assert.isNull(records().read(idOf(1)))
    })
  )

  it.live.skipIf(!canMount)("that cannot be written are a sentence at the end of the run, and nothing else", () =>
    Effect.gen(function* () {
      const folder = yield* workplace
      yield* readOnly(folder)
      const before = snapshot(folder)
      const problem = write(openRunRecords(path.join(folder, ".atlas")), idOf(1), ["a:read", false])
      assert.include(problem, "could not be written")
      assert.deepStrictEqual(snapshot(folder), before)
    })
  )
})
