import { assert, describe, it } from "@effect/vitest"
import type { RunEvent } from "../../src/domain/RunDocuments.ts"
import { LiveRegion } from "../../src/report/LiveRegion.ts"
import { Progress } from "../../src/report/Progress.ts"
import { finished, started, text } from "./sample.ts"

const begins = (task: string): RunEvent => {
  const { event: _, outcome: __, verdict: ___, ms: ____, findings: _____, summary: ______, ...named } = finished(task, "executed")
  return { event: "task-started", ...named }
}

const progress = (task: string, done: number, total: number | null = 28_600_000, label = "", unit = "bytes"): RunEvent => ({
  event: "task-progress",
  task,
  label,
  done,
  total,
  unit
})

const after = (events: ReadonlyArray<readonly [number, RunEvent]>): Progress => {
  const state = new Progress()
  for (const [at, event] of events) state.tell(event, at)
  return state
}

describe("the live region's lines", () => {
  it("show a bar, what is done, the rate and the time left", () => {
    const state = after([
      [0, started(24, 3)],
      [0, begins("a/x:read")],
      [0, begins("b/yy:read")],
      [0, progress("a/x:read", 0)],
      [2000, progress("a/x:read", 14_300_000)],
      [2000, finished("c/z:read", "fresh")]
    ])
    assert.strictEqual(
      text(state.lines(2000, 120, 24)),
      `
  a/x:read   ━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌  50%  14.3 MB of 28.6 MB  7.2 MB/s  2 s left
  b/yy:read  2 s
  1 of 24 tasks  2 running  2 s
`
    )
  })

  it("tell no rate before a second has passed, and no bar without a total", () => {
    const early = after([
      [0, started(1, 1)],
      [0, begins("a/x:read")],
      [0, progress("a/x:read", 100)],
      [500, progress("a/x:read", 200)]
    ])
    assert.strictEqual(early.lines(500, 120, 24)[0], "  a/x:read  ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌   0%  200 B of 28.6 MB")
    const endless = after([
      [0, started(1, 1)],
      [0, begins("a/x:read")],
      [0, progress("a/x:read", 0, null, "rows", "rows")],
      [3000, progress("a/x:read", 4500, null, "rows", "rows")]
    ])
    assert.strictEqual(endless.lines(3000, 120, 24)[0], "  a/x:read  rows  4,500 rows  1,500 rows/s  3 s")
  })

  it("take the rate over the last seconds only", () => {
    const state = after([
      [0, started(1, 1)],
      [0, begins("a/x:read")],
      [0, progress("a/x:read", 0)],
      [1000, progress("a/x:read", 20_000_000)],
      [6000, progress("a/x:read", 20_500_000)],
      [11_000, progress("a/x:read", 21_000_000)]
    ])
    assert.include(state.lines(11_000, 120, 24)[0] ?? "", "100.0 kB/s  1 min 16 s left")
  })

  it("tell a falling rate when a task stops reporting", () => {
    const state = after([
      [0, started(1, 1)],
      [0, begins("a/x:read")],
      [0, progress("a/x:read", 0)],
      [1000, progress("a/x:read", 10_000_000)]
    ])
    assert.include(state.lines(10_000, 120, 24)[0] ?? "", "1.0 MB/s")
  })

  it("start again with another label, and never leave the bar", () => {
    const state = after([
      [0, started(1, 1)],
      [0, begins("a/x:read")],
      [0, progress("a/x:read", 0)],
      [2000, progress("a/x:read", 20, 10, "hashing", "files")],
      [3000, progress("a/x:read", 30, 10, "hashing", "files")]
    ])
    assert.strictEqual(
      state.lines(3000, 120, 24)[0],
      "  a/x:read  ━━━━━━━━━━━━━━━━━━━━ 100%  hashing  30 files of 10 files  10 files/s  0 s left"
    )
  })

  it("fit into the terminal, in both directions", () => {
    const many = Array.from({ length: 30 }, (_, i): readonly [number, RunEvent] => [0, begins(`a-target-with-a-long-name/${i}:read`)])
    const state = after([[0, started(30, 30)], ...many, [0, progress("a-target-with-a-long-name/0:read", 1)]])
    const lines = state.lines(1000, 40, 10)
    assert.strictEqual(lines.length, 8)
    assert.isTrue(lines.every((line) => [...line].length <= 40))
    assert.strictEqual(state.lines(1000, 120, 10).at(-1), "  0 of 30 tasks  30 running (23 not shown)  1 s")
  })

  it("are gone when nothing runs", () => {
    assert.deepStrictEqual(
      after([
        [0, started(1, 1)],
        [0, begins("a/x:read")],
        [5, finished("a/x:read", "executed")]
      ]).lines(9, 80, 24),
      []
    )
  })
})

describe("the live region", () => {
  it("draws over itself and leaves nothing behind", () => {
    const written: Array<string> = []
    const region = new LiveRegion((text) => written.push(text))
    region.draw(["one", "two"])
    region.draw(["one", "two"])
    region.draw(["three"])
    region.clear()
    region.clear()
    assert.deepStrictEqual(written, ["one\ntwo\n", "\r\u001b[2A\u001b[Jthree\n", "\r\u001b[1A\u001b[J"])
  })
})
