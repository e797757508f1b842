import { assert, describe, it } from "@effect/vitest"
import type { KeptLog, LogsDocument, ShowDocument } from "../../src/domain/ViewDocuments.ts"
import { plainStyle } from "../../src/core/Style.ts"
import { logLines } from "../../src/report/LogText.ts"
import { showLines } from "../../src/report/ShowText.ts"
import { cause, finding, inputChanged, telling, text } from "./sample.ts"

const hex = (digit: string) => digit.repeat(64)

const log: KeptLog = {
  run: "r2",
  at: "2027-01-01T10:00:00.000Z",
  complete: true,
  lines: [
    { level: "info", message: "reading" },
    { level: "warning", message: "odd \u001b[31mred" },
    { level: "error", message: "gave up" }
  ],
  head: 1,
  leftOut: 12_345
}

const show: ShowDocument = {
  atlas: "show/1",
  project: "example",
  task: "a/x:read",
  target: "a/x",
  stage: "read",
  check: null,
  summary: "Reads a table",
  decision: "stale",
  verdict: null,
  causes: [inputChanged],
  result: {
    run: "r1",
    at: "2026-12-31T10:00:00.000Z",
    ms: 1312,
    summary: "12 rows",
    verdict: "waived",
    findings: [
      finding("odd-name", "seq1", {
        severity: "warning",
        waived: { finding: "odd-name", at: "seq1", because: "known", until: "2027-06-30" }
      }),
      finding("too-sparse", "seq2")
    ],
    inputs: [
      { name: "table", path: "data/a.tsv", digest: `sha256:${hex("3")}`, note: "1,234 bytes" },
      { name: "extra", path: null, digest: null, note: null }
    ],
    needs: [
      {
        name: "make",
        task: "a/x:make",
        outputs: [{ name: "file", digest: `sha256:${hex("4")}` }],
        executed: { run: "r0", at: "then" },
        same: false
      }
    ],
    outputs: [
      { name: "folder", kind: "folder", path: "build/x", value: null, digest: `sha256:${hex("5")}`, bytes: 214_300, files: 19 },
      { name: "id", kind: "value", path: "", value: "v1", digest: `sha256:${hex("6")}`, bytes: 0, files: 0 }
    ],
    rows: [{ kind: "option", subject: "min", value: "0.3", note: null }],
    applied: null,
    adopted: null,
    adoptedBefore: [{ at: "2026-11-01", by: "eva", host: "node1", because: "restored by hand", desired: null, live: null }]
  },
  lastRun: { run: "r2", at: "2027-01-01T10:00:00.000Z", outcome: "failed", verdict: null },
  log
}

describe("a task's last result as text", () => {
  it("tells how it stands, what made it, what it made, and the end of its log", () => {
    assert.strictEqual(
      text(showLines(show, telling)),
      `
a/x:read   stale
  Reads a table
  input table changed  data/a.tsv  sha256 3f2a91c0 → 91bc77aa (12,301,114 → 12,301,201 bytes)
  executed 2026-12-31T10:00:00.000Z by run r1 in 1.31 s
  12 rows
  verdict waived
  adopted before 2026-11-01 by eva on node1: restored by hand
  2 findings
    waived   odd-name     seq1   seen at seq1 (until 2027-06-30: known)
    error    too-sparse   seq2   seen at seq2
  inputs
    table   data/a.tsv                      sha256 33333333   1,234 bytes
    extra   (not in the project any more)   missing
  needs
    make   a/x:make   file sha256 44444444   run r0, other outputs now
  outputs
    folder   build/x   sha256 55555555   214.3 kB in 19 files
    id       v1        sha256 66666666   value
  last run r2 at 2027-01-01T10:00:00.000Z: failed
  log  run r2
    reading
    … 12,345 bytes left out
    warning odd \\u{1b}[31mred
    error gave up
`
    )
  })

  it("with verbose tells whole digests and all rows", () => {
    const lines = showLines(show, { ...telling, verbose: true })
    assert.isTrue(lines.some((line) => line.includes(`sha256 ${hex("3")}`)))
    assert.isTrue(lines.includes("    option   min   0.3"))
  })

  it("with quiet tells only how it stands and what is wrong", () => {
    assert.strictEqual(
      text(showLines({ ...show, causes: [] }, { ...telling, quiet: true })),
      "\na/x:read   stale\n  1 finding\n    error   too-sparse   seq2   seen at seq2\n"
    )
  })

  it("of a task that never ran says so", () => {
    const never = { ...show, causes: [cause("never-run", "a/x:read")], result: null, lastRun: null, log: null }
    assert.strictEqual(
      text(showLines(never, telling)),
      "\na/x:read   stale\n  Reads a table\n  never executed with success: nothing is remembered of it\n"
    )
  })
})

describe("a log as text", () => {
  const logs: LogsDocument = { atlas: "logs/1", project: "example", task: "a/x:read", executed: null, log }
  const of = (document: LogsDocument, quiet: boolean) => text(logLines(document, { style: plainStyle, quiet }))

  it("tells its run, its lines and where some are missing", () => {
    assert.strictEqual(
      of(logs, false),
      `
a/x:read · run r2 · 2027-01-01T10:00:00.000Z · 3 lines
reading
… 12,345 bytes left out
warning odd \\u{1b}[31mred
error gave up
`
    )
  })

  it("with quiet is its lines", () => {
    assert.strictEqual(of({ ...logs, log: { ...log, leftOut: 0 } }, true), "\nreading\nwarning odd \\u{1b}[31mred\nerror gave up\n")
  })

  it("that did not end, or is not there, says so", () => {
    assert.include(of({ ...logs, log: { ...log, complete: false } }, false), "3 lines · not ended: it is running, or its run was killed\n")
    assert.strictEqual(of({ ...logs, log: null }, false), "\nno log of a/x:read: it was never run, or failed without logging anything\n")
    assert.strictEqual(
      of({ ...logs, log: null, executed: { run: "r1", at: "then" } }, false),
      "\nno log of a/x:read, executed by run r1: it logged nothing then, or was restored from the cache since\n"
    )
  })
})
