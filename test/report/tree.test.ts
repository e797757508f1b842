import { assert, describe, it } from "@effect/vitest"
import type { RunEvent } from "../../src/domain/RunDocuments.ts"
import { colourStyle } from "../../src/core/Style.ts"
import { Tree, type TreeOptions } from "../../src/report/Tree.ts"
import { cause, error, finding, finished, inputChanged, runFinished, started, telling, text } from "./sample.ts"

const tasks = ["a/x:read", "a/x:read:density", "a/x:verify", "b/y:read", "b/y:verify", "b/y:publish"].map((task) => ({
  task,
  target: task.slice(0, 3)
}))

const treeOf = (rest: Partial<TreeOptions> = {}): Tree => new Tree({ ...telling, tasks, order: "project", width: 80, ...rest })

const printed = (events: ReadonlyArray<RunEvent>, rest: Partial<TreeOptions> = {}): string => {
  const tree = treeOf(rest)
  return text([...events.flatMap((event) => tree.tell(event)), ...tree.close()])
}

const lineCount = (tree: Tree, events: ReadonlyArray<RunEvent>): number => events.flatMap((event) => tree.tell(event)).length

const waived = { finding: "odd", at: "seq1", because: "a plasmid", until: "2027-06-30" }

const good = [
  finished("a/x:read", "executed", { ms: 1312, summary: "6,381 records · 16 parts", causes: [cause("never-run", "a/x:read")] }),
  finished("a/x:read:density", "executed", { ms: 20, verdict: "passed" }),
  finished("a/x:verify", "executed", { ms: 420, verdict: "waived", findings: [finding("odd", "seq1", { severity: "warning", waived })] }),
  finished("b/y:read", "executed", { ms: 80, causes: [inputChanged] }),
  finished("b/y:verify", "restored", { ms: 4 }),
  finished("b/y:publish", "held", { causes: [cause("held", "store/b/y", { new: "retired by ops at 2027-01-01" })] })
]

describe("the tree of a run", () => {
  it("shows targets in the project's order whatever the order in which their tasks ended", () => {
    const expected = `
example · 2 targets · 6 tasks                                             jobs 2
  a/x
    ✓ read      1.31 s   6,381 records · 16 parts
    ✓ density   0.02 s
    ⚠ verify    0.42 s   1 warning: odd (waived until 2027-06-30: seq1 a plasmid)
  b/y
    ✓ read      0.08 s   ← input table changed
    ✓ verify    0.00 s   restored
    ∙ publish     held   store/b/y was retired on purpose  retired by ops at 2027-01-01
4 executed · 0 fresh · 0 failed · 1 restored · 1 held                      4.1 s
`
    const end = runFinished({ executed: 4, restored: 1, held: 1 })
    assert.strictEqual(printed([started(6, 2), ...good, end]), expected)
    assert.strictEqual(printed([started(6, 2), ...good.toReversed(), end]), expected)
  })

  it("prints a target as soon as it and those before it are complete, and on a terminal without waiting for those before it", () => {
    const inOrder = treeOf()
    const asTheyEnd = treeOf({ order: "completion" })
    for (const tree of [inOrder, asTheyEnd]) tree.tell(started(6, 2))
    assert.deepStrictEqual([lineCount(inOrder, good.slice(3)), lineCount(asTheyEnd, good.slice(3))], [0, 5])
    assert.deepStrictEqual([lineCount(inOrder, good.slice(0, 2)), lineCount(asTheyEnd, good.slice(0, 2))], [0, 0])
    assert.deepStrictEqual([lineCount(inOrder, good.slice(2, 3)), lineCount(asTheyEnd, good.slice(2, 3))], [9, 4])
  })

  it("is one line when all is fresh", () => {
    const fresh = tasks.map(({ task }) => finished(task, "fresh", { verdict: "passed" }))
    assert.strictEqual(
      printed([started(6, 2), ...fresh, runFinished({ fresh: 6 }, { ms: 51 })]),
      "\n6 tasks fresh, evidence checked                                           0.05 s\n"
    )
  })

  it("shows a warning again when its task is fresh, and nothing else of that target", () => {
    const fresh = tasks.map(({ task }) =>
      finished(
        task,
        "fresh",
        task === "a/x:verify" ? { verdict: "warned", findings: [finding("odd", "seq2", { severity: "warning" })] } : {}
      )
    )
    assert.strictEqual(
      printed([started(6, 2), ...fresh, runFinished({ fresh: 6 }, { ms: 51 })]),
      `
example · 2 targets · 6 tasks                                             jobs 2
  a/x
    ⚠ verify   fresh   1 warning: odd
6 tasks fresh, evidence checked                                           0.05 s
`
    )
  })

  it("tells each failure once, at the end, with its place, its facts, its hint and its code", () => {
    const second = error({
      code: "TABLE_NAME",
      message: "name q is not known",
      where: { path: "/data/far.tsv", line: 3 },
      details: { nearest: ["p", "r"] }
    })
    const events = [
      started(6, 2),
      finished("b/y:read", "failed", { ms: 83, error: error(), errors: [error(), second] }),
      finished("b/y:verify", "blocked", { causes: [cause("need-failed", "read", { from: "b/y:read" })] }),
      finished("b/y:publish", "blocked", { causes: [cause("gate-failed", "b/y:verify", { from: "b/y:verify" })] }),
      finished("a/x:read", "fresh"),
      finished("a/x:read:density", "executed", { ms: 20, verdict: "failed", findings: [finding("sparse", "s1"), finding("sparse", "s2")] }),
      finished("a/x:verify", "fresh"),
      runFinished(
        { executed: 1, fresh: 2, failed: 1, blocked: 2 },
        { outcome: "failed", exit: 1, warnings: ["the waiver of odd at seq1 matches nothing"] }
      )
    ]
    assert.strictEqual(
      printed(events),
      `
example · 2 targets · 6 tasks                                             jobs 2
  a/x
    ∙ read       fresh
    ✗ density   0.02 s   2 errors: sparse ×2
    ∙ verify     fresh
  b/y
    ✗ read       0.08 s   TABLE_COLUMN
    ∙ verify    blocked   need read failed
    ∙ publish   blocked   gate b/y:verify is closed

✗ a/x:read:density   2 findings fail it
    sparse ×2
      s1   seen at s1
      s2   seen at s2
      hint  look at the table
      code  sparse (atlas-run explain sparse)

✗ b/y:read   2 errors
    column 3 wants a number
      at     data/a.tsv:12:5 (byte 301)
      value  x1
      hint   write digits only
      code   TABLE_COLUMN (atlas-run explain TABLE_COLUMN)
    name q is not known
      at       /data/far.tsv:3
      nearest  p, r
      hint     write digits only
      code     TABLE_NAME (atlas-run explain TABLE_NAME)

⚠ the waiver of odd at seq1 matches nothing

1 executed · 2 fresh · 1 failed · 2 blocked · 1 verdict failed             4.1 s
`
    )
  })

  it("with quiet prints failures only, and nothing if there are none", () => {
    assert.strictEqual(printed([started(6, 2), ...good, runFinished({ executed: 6 })], { quiet: true }), "\n\n")
    const failed = [
      started(6, 2),
      ...good.slice(1),
      finished("a/x:read", "failed", { errors: [error({ details: {} })] }),
      runFinished({ failed: 1 }, { outcome: "failed" })
    ]
    assert.strictEqual(
      printed(failed, { quiet: true }),
      `
✗ a/x:read
    column 3 wants a number
      at    data/a.tsv:12:5 (byte 301)
      hint  write digits only
      code  TABLE_COLUMN (atlas-run explain TABLE_COLUMN)
`
    )
  })

  it("with verbose tells causes, and what is fresh", () => {
    const events = [
      started(6, 2),
      ...good.slice(0, 2),
      finished("a/x:verify", "fresh"),
      ...tasks.slice(3).map(({ task }) => finished(task, "fresh")),
      runFinished({ executed: 2, fresh: 4 })
    ]
    assert.strictEqual(
      printed(events, { verbose: true }),
      `
example · 2 targets · 6 tasks                                             jobs 2
  a/x
    ✓ read      1.31 s   6,381 records · 16 parts
        never run
    ✓ density   0.02 s
    ∙ verify     fresh
  b/y
    ∙ read      fresh
    ∙ verify    fresh
    ∙ publish   fresh
2 executed · 4 fresh · 0 failed                                            4.1 s
`
    )
  })

  it("tells what is blocked by something that nobody reports as failed", () => {
    const blocked = finished("b/y:read", "blocked", { causes: [cause("tool-missing", "sort")] })
    const next = finished("b/y:verify", "blocked", { causes: [cause("need-failed", "read", { from: "b/y:read" })] })
    assert.strictEqual(
      printed([started(2, 1), next, blocked, runFinished({ blocked: 2 }, { outcome: "failed", exit: 1 })], { quiet: true }),
      "\n✗ b/y:read   blocked\n    tool sort is missing\n"
    )
  })

  it("lets nothing through that a terminal would obey", () => {
    const evil = "\u001b]0;owned\u0007\u009b2J\u202e"
    const events = [
      started(1, 1),
      finished(`a/x:read`, "failed", {
        summary: evil,
        error: error({
          message: `line one${evil}\nline two`,
          where: { path: evil },
          hint: evil,
          details: { [evil]: evil, list: [evil], deep: { evil } }
        }),
        findings: [
          finding(evil, evil, { message: evil, hint: evil, waived: { ...waived, because: evil } }),
          finding(evil, evil, { message: evil, hint: evil })
        ]
      }),
      runFinished({ failed: 1 }, { outcome: "failed", warnings: [evil] })
    ]
    const all = printed(events).replaceAll("\n", "")
    assert.include(all, "\\u{1b}]0;owned\\u{7}\\u{9b}2J\\u{202e}")
    assert.notMatch(all, /[\p{Cc}\u202e]/u)
  })

  it("says what ended when a run was interrupted, also without a last event", () => {
    const tree = treeOf()
    tree.tell(started(6, 2))
    tree.tell(good[0] as RunEvent)
    assert.strictEqual(
      text(tree.tell(runFinished({ executed: 1, cancelled: 5 }, { outcome: "interrupted", exit: 130 }))),
      `
example · 2 targets · 6 tasks                                             jobs 2
  a/x
    ✓ read   1.31 s   6,381 records · 16 parts
interrupted · 1 executed · 0 fresh · 0 failed · 5 cancelled                4.1 s
`
    )
    assert.deepStrictEqual(tree.close(), [])
    const cut = treeOf()
    cut.tell(started(6, 2))
    cut.tell(good[0] as RunEvent)
    assert.strictEqual(cut.close().length, 3)
  })

  it("tells tasks of one check on several stages apart", () => {
    const twice = ["a/x:read:same", "a/x:verify:same"].map((task) => ({ task, target: "a/x" }))
    assert.include(
      printed([started(2, 1), ...twice.map(({ task }) => finished(task, "executed")), runFinished({ executed: 2 })], { tasks: twice }),
      "✓ read:same     0.00 s\n    ✓ verify:same   0.00 s"
    )
  })

  it("paints marks and the last line when colours are wanted", () => {
    const lines = printed([started(6, 2), ...good, runFinished({ executed: 6 })], { style: colourStyle })
    assert.include(lines, "\u001b[32m✓\u001b[39m read")
    assert.include(lines, "\u001b[33m⚠\u001b[39m verify")
  })
})
