import { assert, describe, it } from "@effect/vitest"
import type { PlanDocument, StatusDocument, VerifyDocument, WhyDocument } from "../../src/domain/RunDocuments.ts"
import { explainLines } from "../../src/report/ExplainText.ts"
import { planLines } from "../../src/report/PlanText.ts"
import { statusLines } from "../../src/report/StatusText.ts"
import { plainStyle } from "../../src/core/Style.ts"
import { verifyLines } from "../../src/report/VerifyText.ts"
import { whyLines } from "../../src/report/WhyText.ts"
import { cause, inputChanged, planned, telling, text } from "./sample.ts"

const plan: PlanDocument = {
  atlas: "plan/1",
  project: "example",
  tasks: [
    planned("a/x:read", "stale", [inputChanged, cause("option-changed", "min", { old: "0.05", new: "0.3" })]),
    planned("a/x:read:density", "pending", [cause("need-unknown", "read", { from: "a/x:read" })]),
    planned("a/x:verify", "fresh", [], "failed"),
    planned("a/x:publish", "blocked", [cause("gate-failed", "a/x:verify", { from: "a/x:verify" })]),
    planned("b/y:read", "fresh"),
    planned("b/y:verify", "fresh", [], "passed")
  ],
  counts: { fresh: 3, stale: 1, pending: 1, blocked: 1, drifted: 0, held: 0 }
}

describe("a plan as text", () => {
  it("shows each decision with its cause, and folds targets that are fresh", () => {
    assert.strictEqual(
      text(planLines(plan, telling)),
      `
example · 2 targets · 6 tasks
  a/x
    read      stale     input table changed  data/a.tsv  sha256 3f2a91c0 → 91bc77aa (12,301,114 → 12,301,201 bytes); and 1 more
    density   pending   need read: outputs not known yet
    verify    fresh     verdict failed
    publish   blocked   gate a/x:verify is closed
  b/y   2 tasks fresh
1 stale · 1 pending · 1 blocked · 3 fresh · 1 verdict failed
`
    )
  })

  it("with verbose tells all causes and unfolds", () => {
    assert.strictEqual(
      text(
        planLines(
          {
            ...plan,
            tasks: [...plan.tasks.slice(0, 1), ...plan.tasks.slice(4)],
            counts: { ...plan.counts, fresh: 2, pending: 0, blocked: 0 }
          },
          { ...telling, verbose: true }
        )
      ),
      `
example · 2 targets · 3 tasks
  a/x
    read   stale   input table changed  data/a.tsv  sha256 3f2a91c0 → 91bc77aa (12,301,114 → 12,301,201 bytes)
                   option min changed  0.05 → 0.3
  b/y
    read     fresh
    verify   fresh
1 stale · 2 fresh
`
    )
  })

  it("with quiet shows only what cannot go well", () => {
    assert.strictEqual(
      text(planLines(plan, { ...telling, quiet: true })),
      "\n  a/x\n    verify    fresh     verdict failed\n    publish   blocked   gate a/x:verify is closed\n"
    )
  })

  it("says so when nothing is to do", () => {
    const fresh = { ...plan, tasks: plan.tasks.slice(4), counts: { ...plan.counts, fresh: 2, stale: 0, pending: 0, blocked: 0 } }
    assert.strictEqual(
      text(planLines(fresh, telling)),
      "\nexample · 1 target · 2 tasks\n  b/y   2 tasks fresh\nnothing to do: 2 tasks fresh\n"
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
      planned("c/z:read", "stale", [inputChanged]),
      planned("a/x:verify", "pending", [cause("need-unknown", "previous", { from: "c/z:read" })]),
      planned("a/x:publish", "pending", [cause("need-unknown", "verify", { from: "a/x:verify" })])
    ],
    evidence: null
  }

  it("shows the chain from the root cause to the task, tasks of other targets by their whole name", () => {
    assert.strictEqual(
      text(whyLines(why, telling)),
      `
pending: its need verify may give other evidence
  c/z:read   stale     input table changed  data/a.tsv  sha256 3f2a91c0 → 91bc77aa (12,301,114 → 12,301,201 bytes)
  verify     pending   need previous: outputs not known yet
  publish    pending   need verify: outputs not known yet; if they stay the same, publish stays fresh
`
    )
  })

  it("shows the evidence of a fresh task", () => {
    const fresh: WhyDocument = {
      ...why,
      decision: "fresh",
      sentence: "nothing that it depends on has changed",
      chain: [planned("a/x:publish", "fresh")],
      evidence: {
        run: "r7",
        at: "2027-01-01T10:00:00Z",
        rows: [
          { kind: "input", subject: "table data/a.tsv", value: `sha256:${"3f2a91c0".repeat(8)}` },
          { kind: "option", subject: "min", value: "0.3" }
        ],
        outputs: [{ name: "result", path: "build/x", digest: "91bc77aa".repeat(8) }]
      }
    }
    assert.strictEqual(
      text(whyLines(fresh, telling)),
      `
fresh: nothing that it depends on has changed
  publish   fresh
  recorded 2027-01-01T10:00:00Z by run r7
  2 rows as then
    input    table data/a.tsv   sha256 3f2a91c0
    option   min                0.3
  1 output as recorded
    result   build/x   sha256 91bc77aa
`
    )
  })
})

describe("status as text", () => {
  const counts = { fresh: 0, stale: 0, pending: 0, blocked: 0, drifted: 0, held: 0 }
  const status: StatusDocument = {
    atlas: "status/1",
    project: "example",
    targets: [
      {
        target: "a/x",
        state: "fresh",
        tasks: { ...counts, fresh: 8 },
        verdict: "passed",
        lastRun: { run: "r1", at: "2027-01-01T10:00:00Z", outcome: "succeeded" }
      },
      { target: "bb/yy", state: "stale", tasks: { ...counts, fresh: 1, stale: 1, pending: 6 }, verdict: null, lastRun: null },
      {
        target: "c/z",
        state: "failed",
        tasks: { ...counts, fresh: 7, blocked: 1 },
        verdict: "failed",
        lastRun: { run: "r1", at: "2027-01-01T10:00:00Z", outcome: "failed" }
      }
    ],
    counts: { ...counts, fresh: 16, stale: 1, pending: 6, blocked: 1 }
  }

  it("is one line a target", () => {
    assert.strictEqual(
      text(statusLines(status, telling)),
      `
example · 3 targets
  ✓ a/x     fresh    8 fresh                         last run 2027-01-01T10:00:00Z succeeded
  ∙ bb/yy   stale    1 stale · 6 pending · 1 fresh   never run
  ✗ c/z     failed   1 blocked · 7 fresh             last run 2027-01-01T10:00:00Z failed
1 stale · 6 pending · 1 blocked · 16 fresh
`
    )
  })

  it("with quiet shows only what failed or drifted", () => {
    assert.strictEqual(
      text(statusLines(status, { ...telling, quiet: true })),
      "\n  ✗ c/z   failed   1 blocked · 7 fresh   last run 2027-01-01T10:00:00Z failed\n"
    )
  })
})

describe("verify as text", () => {
  const verified: VerifyDocument = {
    atlas: "verify/1",
    project: "example",
    ok: true,
    checked: { tasks: 24, files: 310, bytes: 1_234_567, cells: 6 },
    damage: []
  }

  it("says what was looked at", () => {
    assert.strictEqual(
      text(verifyLines(verified, telling)),
      "\nexample: 24 tasks · 310 files · 1.2 MB · 6 cells verified, all as recorded\n"
    )
  })

  it("names every damaged place and its task", () => {
    const damaged = {
      ...verified,
      ok: false,
      damage: [{ task: "a/x:publish", path: "/lab/store/a/x/table", message: "sha256 differs: 3f2a91c0 is recorded, 91bc77aa is there" }]
    }
    assert.strictEqual(
      text(verifyLines(damaged, telling)),
      `
✗ store/a/x/table
    sha256 differs: 3f2a91c0 is recorded, 91bc77aa is there
    task  a/x:publish
example: 24 tasks · 310 files · 1.2 MB · 6 cells verified, 1 place damaged
`
    )
    assert.strictEqual(verifyLines(damaged, { ...telling, quiet: true }).length, 3)
  })
})

describe("an explanation as text", () => {
  it("has the meaning, an example and the remedy, where there are any", () => {
    assert.strictEqual(
      text(
        explainLines(
          [
            {
              code: "TABLE_COLUMN",
              kind: "error",
              of: "read",
              summary: "A column is wrong.",
              hint: "Write digits.",
              example: "column 3 wants a number"
            },
            { code: "odd", kind: "finding", of: "density", summary: "Something is odd.", hint: "", example: null }
          ],
          plainStyle
        )
      ),
      `
TABLE_COLUMN  error of read
  A column is wrong.
  example  column 3 wants a number
  remedy   Write digits.

odd  finding of density
  Something is odd.
`
    )
  })
})
