import { assert, describe, it } from "@effect/vitest"
import { CauseKind, type Cause } from "../../src/domain/RunDocuments.ts"
import { causeText, change, firstCause } from "../../src/report/CauseText.ts"
import { inputPaths } from "../../src/report/InputPath.ts"
import { cause, inputChanged } from "./sample.ts"

const values = { old: "1", new: "2" }

const told: ReadonlyArray<readonly [Cause, string]> = [
  [cause("never-run", "a/x:read"), "never run"],
  [inputChanged, "input table changed  data/a.tsv  sha256 3f2a91c0 → 91bc77aa (12,301,114 → 12,301,201 bytes)"],
  [cause("input-missing", "table data/a.tsv"), "input table is missing  data/a.tsv"],
  [
    cause("input-appeared", "table data/a.tsv", { new: "sha256 91bc77aa (7 bytes)" }),
    "input table appeared  data/a.tsv  sha256 91bc77aa (7 bytes)"
  ],
  [cause("option-changed", "min", values), "option min changed  1 → 2"],
  [cause("option-changed", "min", { new: "2" }), "option min changed  2"],
  [cause("option-changed", "min", { old: "1" }), "option min changed  1 → none"],
  [cause("code-changed", "plugins/x.ts", values), "code changed: plugins/x.ts  1 → 2"],
  [cause("need-changed", "read.table", values), "need read.table changed  1 → 2"],
  [cause("need-unknown", "read"), "need read: outputs not known yet"],
  [cause("need-failed", "read"), "need read failed"],
  [cause("tool-changed", "sort", values), "tool sort changed  1 → 2"],
  [cause("tool-missing", "sort"), "tool sort is missing"],
  [cause("environment-changed", "LANG", values), "environment LANG changed  1 → 2"],
  [cause("runtime-changed", "icu", values), "runtime icu changed  1 → 2"],
  [cause("engine-changed", "key", values), "engine changed: key  1 → 2"],
  [cause("output-missing", "build/x"), "output build/x is missing"],
  [cause("output-altered", "build/x", values), "output build/x was altered  1 → 2"],
  [cause("forced", "a/x:read"), "forced"],
  [cause("gate-failed", "a/x:verify"), "gate a/x:verify is closed"],
  [cause("gate-unknown", "a/x:verify"), "gate a/x:verify: verdict not known yet"],
  [cause("conflict", "store/a/x", values), "conflict: store/a/x holds another value for ever  1 → 2"],
  [cause("drifted", "store/a/x", values), "store/a/x was changed by someone else  1 → 2"],
  [cause("held", "store/a/x", { new: "retired by ops" }), "store/a/x was retired on purpose  retired by ops"]
]

describe("a cause in words", () => {
  for (const [given, words] of told)
    it(`of kind ${given.kind} reads: ${words}`, () => {
      assert.strictEqual(causeText(given), words)
    })

  it("exists for every kind", () => {
    assert.deepStrictEqual(new Set(told.map(([{ kind }]) => kind)), new Set(CauseKind.literals))
  })

  it("keeps notes that are not sizes, and tells equal notes once", () => {
    assert.strictEqual(change("a (plugins/x)", "b (plugins/x)"), "a → b (plugins/x)")
    assert.strictEqual(change("a (old note)", "b"), "a → b (old note → none)")
    assert.strictEqual(change("sha256 3f2a91c0", "missing"), "sha256 3f2a91c0 → missing")
  })

  it("names the path of an input, where the project knows it", () => {
    const named = inputPaths([{ task: "a/x:read", inputs: [{ kind: "file", name: "table", path: "data/a.tsv" }] }])
    const causes = [cause("input-missing", "table"), cause("input-missing", "other"), cause("option-changed", "table")]
    assert.deepStrictEqual(named({ task: "a/x:read", causes }).causes.map(causeText), [
      "input table is missing  data/a.tsv",
      "input other is missing",
      "option table changed"
    ])
    assert.deepStrictEqual(named({ task: "b/y:read", causes }).causes, causes)
  })

  it("is the first of several, with their number", () => {
    assert.strictEqual(firstCause([cause("forced", "x"), inputChanged, inputChanged]), "forced; and 2 more")
    assert.strictEqual(firstCause([]), "")
  })
})
