/** History, the diff of two runs, why beside another machine, and the page about a run: as text. */
import { assert, describe, it } from "@effect/vitest"
import type { WhyDocument } from "../../src/domain/RunDocuments.ts"
import { history, record, runDiff } from "../cli/session.ts"
import { chromeTrace } from "../../src/report/ChromeTrace.ts"
import { diffLines, historyLines } from "../../src/report/HistoryText.ts"
import { planLines } from "../../src/report/PlanText.ts"
import { reportPage } from "../../src/report/ReportPage.ts"
import { whyLines } from "../../src/report/WhyText.ts"
import { cause, error, finding, inputChanged, planned, recorded, summaryOf, telling, text } from "./sample.ts"

describe("history as text", () => {
  it("is one line a run, with what it did and who asked for it", () => {
    assert.strictEqual(
      text(historyLines({ ...history, more: 3, warnings: ["x is cut off"] }, telling)),
      `
✗ 20270101T100000-0a1b2c3d   2027-01-01T10:00:00.000Z   ann@lab   failed   1 executed, 1 failed   1.5 s   run
3 older runs: --limit tells more
⚠ x is cut off
`
    )
  })

  it("of a task is one line an execution, with why it ran and what went wrong", () => {
    const { run, at, by, host } = record.summary
    const executions = record.tasks.map(({ task, outcome, decision, verdict, ms, causes, errors }) => ({
      run,
      at,
      by,
      host,
      task,
      outcome,
      decision,
      verdict,
      ms,
      causes,
      errors: errors.map(({ code, message }) => ({ code, message }))
    }))
    assert.strictEqual(
      text(historyLines({ ...history, executions }, telling)),
      `
20270101T100000-0a1b2c3d   2027-01-01T10:00:00.000Z   a/x:read     executed   1.20 s   input table changed  1 → 2
20270101T100000-0a1b2c3d   2027-01-01T10:00:00.000Z   a/x:verify   failed     0.30 s   TABLE_COLUMN: column 3 wants a number
`
    )
  })

  it("sets two runs beside each other", () => {
    assert.include(
      text(diffLines(runDiff, telling)),
      `
  a/x:verify   executed → failed
    option   min   1 → 2
1 task differs, 1 came to the same
`
    )
  })
})

describe("why as text", () => {
  const why: WhyDocument = {
    atlas: "why/1",
    task: "a/x:publish",
    decision: "pending",
    verdict: null,
    sentence: "pending: its need verify may give other evidence",
    chain: [
      planned("a/x:read", "stale", [inputChanged]),
      planned("a/x:publish", "pending", [cause("need-unknown", "read", { from: "a/x:read" })])
    ],
    evidence: null,
    roots: [{ ...cause("input-changed", "table", { old: "1", new: "2" }), tasks: ["a/x:read", "b/y:read"], path: "data/a.tsv" }]
  }

  it("names the root cause below the chain, with all that met it", () => {
    assert.include(
      text(whyLines(why, telling)),
      `
  the root cause; without it, it is fresh
    read   input table changed  data/a.tsv  1 → 2   met by 2 tasks
`
    )
  })

  it("tells the error of the last run, if that failed", () => {
    const lastRun = { run: "r1", at: "2027-01-01", by: "ann", host: "lab", outcome: "failed", errors: [error()] } as const
    const told = text(whyLines({ ...why, lastRun }, telling))
    assert.include(told, "its last run r1 (2027-01-01) failed\n    column 3 wants a number")
    assert.notInclude(text(whyLines({ ...why, decision: "fresh", lastRun }, telling)), "column 3")
  })

  it("sets rows beside those of another machine, and counts what is equal", () => {
    const row = (kind: string, here: string | null, there: string | null, is: "equal" | "different" | "only-here" | "only-there") =>
      ({ kind, subject: "x", here, there, is }) as const
    const compared = {
      with: "theirs.json",
      task: "a/x:publish",
      run: "r9",
      rows: [
        row("code", "1", "1", "equal"),
        row("input", `sha256:${"ab".repeat(32)}`, null, "only-here"),
        row("option", "1", "2", "different")
      ]
    }
    assert.include(
      text(whyLines({ ...why, compared }, telling)),
      `
  beside theirs.json (a/x:publish, run r9): 1 row equal, 2 not
    only-here   input    x   here sha256 abababab   there none
    different   option   x   here 1                 there 2
`
    )
  })
})

describe("a plan as text", () => {
  it("tells the root cause of what lies further away than the next task", () => {
    const tasks = [
      planned("a/x:read", "stale", [inputChanged]),
      planned("a/x:verify", "pending", [cause("need-unknown", "read", { from: "a/x:read" })]),
      planned("a/x:publish", "pending", [cause("need-unknown", "verify", { from: "a/x:verify" })])
    ]
    const counts = { fresh: 0, stale: 1, pending: 2, blocked: 0, drifted: 0, held: 0 }
    const told = text(planLines({ atlas: "plan/1", project: "example", tasks, counts }, telling))
    assert.include(told, "verify    pending   need read: outputs not known yet\n")
    assert.include(told, "publish   pending   need verify: outputs not known yet ← read: input table changed\n")
  })
})

/** Elements that are opened and not closed, or the other way round. */
const unbalanced = (html: string): ReadonlyArray<string> => {
  const open: Array<string> = []
  const wrong: Array<string> = []
  for (const [, closing, name = "", rest = ""] of html.replace(/<style>.*?<\/style>/s, "").matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/g)) {
    if (closing === "/") {
      const last = open.pop()
      if (last !== name) wrong.push(`</${name}> closes <${last}>`)
    } else if (!(name === "meta" || rest.endsWith("/"))) open.push(name)
  }
  return [...wrong, ...open]
}

describe("the page about a run", () => {
  const hostile = `</script><script>alert("1")</script>`
  const page = reportPage({
    ...record,
    tasks: [
      ...record.tasks,
      recorded("b/y:read", "executed", { ms: 3, summary: hostile, causes: [cause("option-changed", hostile)] }),
      recorded("b/y:verify", "fresh", { verdict: "failed", findings: [finding("odd", hostile)], found: 3 })
    ],
    summary: summaryOf({ executed: 2, failed: 1, fresh: 4 }, { outcome: "failed", warnings: [hostile] })
  })

  it("has its elements closed, and every table a caption and heads with a scope", () => {
    assert.deepStrictEqual(unbalanced(page), [])
    assert.match(page, /^<!doctype html>\n<html lang="en">/)
    const tables = page.match(/<table>.*?<\/table>/gs) ?? []
    assert.isAbove(tables.length, 0)
    for (const table of tables) {
      assert.include(table, "<caption>")
      for (const [head] of table.matchAll(/<th\b[^>]*>/g)) assert.match(head, /scope="(?:row|col)"/)
    }
    assert.match(page, /<svg [^>]*role="img" aria-label="[^"]+"/)
    assert.strictEqual((page.match(/<h1>/g) ?? []).length, 1)
    assert.match(page, /<main id="main">/)
  })

  it("needs nothing but itself: no script, nothing from elsewhere, and what it is told is text", () => {
    assert.notMatch(page, /<script|<link|<img|<iframe|\ssrc=|url\(|@import|https?:\/\/|\son[a-z]+=/)
    assert.include(page, "&lt;script&gt;alert(&quot;1&quot;)")
    assert.include(page, "default-src 'none'")
  })

  it("tells what went wrong first, with code and hint, then every task with its outcome in words", () => {
    assert.isBelow(page.indexOf("What went wrong"), page.indexOf("What was done"))
    assert.include(page, "<code>TABLE_COLUMN</code>")
    assert.include(page, "and 2 more findings")
    assert.match(page, /<\/span> executed<\/td>/)
    assert.include(page, "prefers-color-scheme: dark")
  })

  it("of thousands of tasks has a timeline of the longest alone, and says so", () => {
    const many = Array.from({ length: 1000 }, (_, i) => recorded(`t${i}:read`, "executed", { beganMs: i, ms: i + 1 }))
    const large = reportPage({ ...record, tasks: many, summary: summaryOf({ executed: 1000 }) })
    assert.strictEqual((large.match(/<rect /g) ?? []).length, 400)
    assert.include(large, "The 400 longest of 1,000 tasks.")
  })
})

describe("the trace of a run", () => {
  it("puts what ran at once on different lanes, and what followed on the same", () => {
    const tasks = [
      recorded("a:one", "executed", { beganMs: 0, ms: 10 }),
      recorded("a:two", "executed", { beganMs: 5, ms: 10 }),
      recorded("a:three", "executed", { beganMs: 10, ms: 5 }),
      recorded("a:four", "blocked")
    ]
    const { traceEvents } = chromeTrace({ ...record, tasks }) as { readonly traceEvents: ReadonlyArray<Record<string, unknown>> }
    assert.deepStrictEqual(
      traceEvents.filter(({ ph }) => ph === "X").map(({ name, ts, dur, tid }) => [name, ts, dur, tid]),
      [
        ["a:one", 0, 10_000, 1],
        ["a:two", 5000, 10_000, 2],
        ["a:three", 10_000, 5000, 1]
      ]
    )
  })
})
