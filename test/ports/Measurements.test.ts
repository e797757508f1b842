import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { openMeasurements } from "../../src/ports/Measurements.ts"
import { workplace } from "./workplace.ts"

const of = (task: string) => ({ task, definition: task.slice(task.indexOf(":") + 1) })

const law = (sentence: string, body: (state: string, file: string) => void) =>
  it.live(sentence, () =>
    Effect.map(workplace, (home) => {
      const state = path.join(home, ".atlas")
      body(state, path.join(state, "measured"))
    })
  )

describe("what tasks took", () => {
  law("is known again after it was saved, and a task that never ran is taken for the largest of its definition", (state) => {
    const first = openMeasurements(state)
    assert.isTrue(first.isEmpty)
    first.note(of("a:sort"), { ms: 90_000, peakMiB: 4000 })
    first.note(of("b:sort"), { ms: 3000, peakMiB: 20 })
    first.note(of("c:sort"), { ms: 12, peakMiB: 30 })
    first.save()
    const again = openMeasurements(state)
    assert.isFalse(again.isEmpty)
    assert.deepStrictEqual(again.of(of("a:sort"), true), { ms: 90_000, peakMiB: 4000 })
    assert.deepStrictEqual(again.of(of("b:sort"), true), { ms: 3000, peakMiB: 20 })
    assert.deepStrictEqual(again.of(of("c:sort"), true), { ms: 0, peakMiB: 30 }, "small: by its definition")
    assert.deepStrictEqual(again.of(of("new:sort"), false), { ms: 90_000, peakMiB: 4000 })
    assert.deepStrictEqual(again.of(of("a:other"), false), { ms: 0, peakMiB: null })
  })
  law("is not written where nothing moved by a tenth, nor for what is quick and of unknown size", (state, file) => {
    const none = openMeasurements(state)
    none.note(of("a:list"), { ms: 5, peakMiB: null })
    none.save()
    assert.isFalse(fs.existsSync(state))
    const first = openMeasurements(state)
    first.note(of("a:sort"), { ms: 90_000, peakMiB: 4000 })
    first.note(of("b:list"), { ms: 5, peakMiB: 100 })
    first.save()
    const row = (): ReadonlyArray<bigint> => {
      const { ino, ctimeNs, mtimeNs } = fs.statSync(file, { bigint: true })
      return [ino, ctimeNs, mtimeNs]
    }
    const before = row()
    const second = openMeasurements(state)
    second.note(of("a:sort"), { ms: 91_000, peakMiB: 4001 })
    second.note(of("c:list"), { ms: 5, peakMiB: 104 })
    second.note(of("d:list"), { ms: 5, peakMiB: 8 })
    second.save()
    assert.deepStrictEqual(row(), before)
  })
  law("takes a higher peak at once, also of a failure, and a lower one little by little", (state) => {
    const kept = openMeasurements(state)
    kept.note(of("a:sort"), { ms: 5000, peakMiB: 1000 })
    kept.note(of("a:sort"), { ms: null, peakMiB: 3000 })
    assert.deepStrictEqual(kept.of(of("a:sort"), true), { ms: 5000, peakMiB: 3000 })
    kept.note(of("a:sort"), { ms: null, peakMiB: 10 })
    assert.deepStrictEqual(kept.of(of("a:sort"), true), { ms: 5000, peakMiB: 3000 })
    kept.note(of("a:sort"), { ms: 5000, peakMiB: 1000 })
    assert.deepStrictEqual(kept.of(of("a:sort"), true), { ms: 5000, peakMiB: 2000 })
    kept.note(of("a:sort"), { ms: 5000, peakMiB: null })
    assert.deepStrictEqual(kept.of(of("a:sort"), true), { ms: 5000, peakMiB: 2000 }, "an unknown one says nothing")
  })
  law("is forgotten where a byte of it is another, and the next run begins anew", (state, file) => {
    const kept = openMeasurements(state)
    kept.note(of("a:sort"), { ms: 90_000, peakMiB: 4000 })
    kept.save()
    const good = fs.readFileSync(file)
    for (let at = 0; at < good.length; at++) {
      const bytes = Buffer.from(good)
      bytes[at] = (bytes[at] as number) ^ 1
      fs.writeFileSync(file, bytes)
      assert.isTrue(openMeasurements(state).isEmpty, `byte ${at}`)
    }
    fs.writeFileSync(file, good.subarray(0, 40))
    const anew = openMeasurements(state)
    anew.note(of("a:sort"), { ms: 1000, peakMiB: 1 })
    anew.save()
    assert.deepStrictEqual(openMeasurements(state).of(of("a:sort"), true), { ms: 1000, peakMiB: 1 })
  })
})
