import { assert, describe, it } from "@effect/vitest"
import { decide, type TaskView } from "../../src/core/Decide.ts"
import type { Row } from "../../src/core/Rows.ts"
import { type Machine, simulate, sound } from "./simulation/Machine.ts"
import { seeds } from "./simulation/Random.ts"

const Steps = 14

describe("doing what decide says", () => {
  it("gives what a rebuild of everything gives, runs nothing else, and leaves nothing to do", () => {
    for (const seed of seeds(250)) {
      const wrong = simulate(seed, sound, Steps)
      assert.isNull(wrong, `${wrong}\n  replay with ATLAS_SEED=${seed}`)
    }
  })
})

const withoutKind = (rows: ReadonlyArray<Row>, kind: string): ReadonlyArray<Row> => rows.filter((row) => row.kind !== kind)
const blind = (change: (view: TaskView) => TaskView): Machine => ({ ...sound, decide: (view) => decide(change(view)) })
const blindTo = (kind: string): Machine =>
  blind((view) => ({
    ...view,
    rows: withoutKind(view.rows, kind),
    trace: view.trace === null ? null : { ...view.trace, rows: withoutKind(view.trace.rows, kind) }
  }))

const bugs: Record<string, Machine> = {
  "options are ignored": blindTo("option"),
  "code is ignored": blindTo("code"),
  "inputs are ignored": blindTo("input"),
  "the environment is ignored": blindTo("environment"),
  "tool versions are ignored": blindTo("tool"),
  "needs' outputs are ignored": blind((view) => ({
    ...view,
    needs: view.needs.map((need) => ("known" in need.state ? { ...need, state: { known: [] } } : need)),
    trace: view.trace === null ? null : { ...view.trace, rows: withoutKind(view.trace.rows, "need") }
  })),
  "a need counts by its executions, not by its digests": {
    ...sound,
    needRows: (rows, times) => rows.map((row) => ({ ...row, value: `${times}` }))
  },
  "only the first output of a need counts": { ...sound, needRows: (rows) => rows.filter((row) => row.subject.endsWith("#0")) },
  "needs count without their names": {
    ...sound,
    needRows: (rows) => rows.map((row) => ({ ...row, subject: row.subject.replace(/^[^=]*=/, "=") }))
  },
  "gates are rows": {
    ...sound,
    ownRows: (rows, gates) => [
      ...rows,
      ...gates.map((times, i) => ({ kind: "option", subject: `gate${i}`, value: `${times}`, note: null }))
    ]
  },
  "an absent input is no row": { ...sound, ownRows: (rows) => rows.filter((row) => row.value !== "missing") },
  "only rows that were recorded are compared": blind((view) =>
    view.trace === null
      ? view
      : { ...view, rows: view.rows.filter((row) => view.trace?.rows.some((old) => old.kind === row.kind && old.subject === row.subject)) }
  ),
  "notes decide": { ...sound, ownRows: (rows) => rows.map((row) => ({ ...row, value: `${row.value}${row.note}` })) },
  "missing outputs are ignored": blind((view) => ({
    ...view,
    outputs: view.outputs.state === "damaged" ? { ...view.outputs, missing: [] } : view.outputs
  })),
  "altered outputs are ignored": blind((view) => ({
    ...view,
    outputs: view.outputs.state === "damaged" ? { ...view.outputs, altered: [] } : view.outputs
  })),
  "closed gates are ignored": blind((view) => ({
    ...view,
    gates: view.gates.map((gate) => (gate.state === "closed" ? { ...gate, state: "open" } : gate))
  })),
  "unknown gates are open": blind((view) => ({
    ...view,
    gates: view.gates.map((gate) => (gate.state === "unknown" ? { ...gate, state: "open" } : gate))
  })),
  "failed needs are ignored": blind((view) => ({
    ...view,
    needs: view.needs.map((need) => ("failed" in need.state ? { ...need, state: { known: [] } } : need))
  })),
  "an unknown need is stale": {
    ...sound,
    decide: (view) => {
      const decided = decide(view)
      return decided.decision === "pending" ? { ...decided, decision: "stale" } : decided
    }
  },
  "an unknown need is fresh": {
    ...sound,
    decide: (view) => {
      const decided = decide(view)
      return decided.decision === "pending" ? { ...decided, decision: "fresh" } : decided
    }
  },
  "missing tools are ignored": blind((view) => ({ ...view, missingTools: [] })),
  "force is ignored": blind((view) => ({ ...view, forced: false })),
  "never run is fresh": {
    ...sound,
    decide: (view) => {
      const decided = decide(view)
      return decided.causes.every(({ kind }) => kind === "never-run") ? { ...decided, decision: "fresh" } : decided
    }
  },
  "a cell that drifted is overwritten": {
    ...sound,
    decide: (view) => {
      const decided = decide(view)
      return decided.decision === "drifted" ? { ...decided, decision: "stale" } : decided
    }
  },
  "a retired cell is brought back": {
    ...sound,
    decide: (view) => {
      const decided = decide(view)
      return decided.decision === "held" ? { ...decided, decision: "stale" } : decided
    }
  },
  "what was adopted is undone": blind((view) =>
    view.trace === null ? view : { ...view, trace: { rows: view.trace.rows, applied: view.trace.applied } }
  ),
  "what was adopted stays good whatever is desired": blind((view) =>
    view.trace?.adopted === undefined
      ? view
      : { ...view, trace: { ...view.trace, adopted: { ...view.trace.adopted, desired: view.cell?.desired ?? null } } }
  ),
  "what was adopted stays good whatever is there": blind((view) => {
    if (view.trace?.adopted === undefined || view.cell?.live?.state !== "present") return view
    return { ...view, trace: { ...view.trace, adopted: { ...view.trace.adopted, live: view.cell.live.value } } }
  }),
  "the owner of a cell is judged by its rows": blind((view) => ({ ...view, cell: null })),
  "a cell is judged by what was applied": blind((view) =>
    view.cell === null || view.trace === null || view.trace.applied === null
      ? view
      : { ...view, cell: { ...view.cell, live: { state: "present", value: view.trace.applied } } }
  )
}

// Not replayed by ATLAS_SEED: each bug needs its own histories.
const histories = Array.from({ length: 400 }, (_, i) => i + 1)

describe("the property bites", () => {
  for (const [bug, machine] of Object.entries(bugs))
    it(`when ${bug}`, () => {
      const caught = histories.some((seed) => simulate(seed, machine, Steps) !== null)
      assert.isTrue(caught, "no history told this bug from the real thing")
    })
})
