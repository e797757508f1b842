import { assert, describe, it } from "@effect/vitest"
import { type Outcome, plannedGate, plannedNeed, settledGate, settledNeed } from "../../src/core/Upstream.ts"

const stateOf = (need: object): string => Object.keys(need)[0] as string

describe("what a task means for those that hang on it", () => {
  const planned = [
    ["fresh", "known", "open"],
    ["held", "known", "open"],
    ["stale", "unknown", "unknown"],
    ["pending", "unknown", "unknown"],
    ["blocked", "failed", "closed"],
    ["drifted", "failed", "closed"]
  ] as const
  for (const [decision, need, gate] of planned)
    it(`planned ${decision}: the need is ${need}, the gate ${gate}`, () => {
      assert.strictEqual(stateOf(plannedNeed(decision, [])), need)
      assert.strictEqual(plannedGate(decision, "passed"), gate)
      assert.strictEqual(plannedGate(decision, "failed"), gate === "open" ? "closed" : gate)
    })
  const settled: Record<Outcome, boolean> = {
    executed: true,
    fresh: true,
    restored: true,
    reused: true,
    held: true,
    failed: false,
    blocked: false,
    drifted: false,
    tainted: false,
    cancelled: false
  }
  for (const [outcome, good] of Object.entries(settled) as ReadonlyArray<[Outcome, boolean]>)
    it(`settled ${outcome}: it ${good ? "hands on its outputs" : "blocks"}`, () => {
      assert.strictEqual(stateOf(settledNeed(outcome, [])), good ? "known" : "failed")
      assert.strictEqual(settledGate(outcome, null), good ? "open" : "closed")
      assert.strictEqual(settledGate(outcome, "failed"), "closed")
      for (const verdict of ["passed", "warned", "waived"] as const)
        assert.strictEqual(settledGate(outcome, verdict), good ? "open" : "closed")
    })
})
