import { assert, describe, it } from "@effect/vitest"
import type { CellObservation } from "../../src/core/Cell.ts"
import type { Cause } from "../../src/core/Cause.ts"
import { type Decided, decide, type TaskView } from "../../src/core/Decide.ts"
import { needRow, type Row } from "../../src/core/Rows.ts"
import { Random, seeds } from "./simulation/Random.ts"

const row = (kind: string, subject: string, value: string, note: string | null = null): Row => ({ kind, subject, value, note })
const ingest = { name: "ingest", task: "a:ingest" }
const other = { name: "other", task: "b:ingest" }
const own = [row("code", "closure", "c1"), row("option", "level", "1")]
const ingested = needRow(ingest, { name: "root", digest: "d1" })
const rowOf = (name: string, task: string, digest: string): Row => needRow({ name, task }, { name: "dataset", digest })
const present = (value: string): CellObservation => ({ state: "present", value })

/** A task that is fresh: one need with one output, one open gate, no cell. */
const good: TaskView = {
  task: "a:verify",
  rows: own,
  trace: { rows: [...own, ingested], applied: null },
  outputs: { state: "good" },
  forced: false,
  missingTools: [],
  needs: [{ ...ingest, state: { known: [ingested] } }],
  gates: [{ task: "a:ingest:lint", state: "open" }],
  cell: null
}
const unknownNeed: Partial<TaskView> = { needs: [{ ...ingest, state: { unknown: true } }] }
const failedNeed: Partial<TaskView> = { needs: [{ ...ingest, state: { failed: true } }] }
const gate = (state: "open" | "closed" | "unknown"): Partial<TaskView> => ({ gates: [{ task: "a:ingest:lint", state }] })
const edited: Partial<TaskView> = { rows: [row("code", "closure", "c2"), row("option", "level", "1")] }

/** `kind subject old→new <from`, what is null left out. */
const told = ({ kind, subject, old, new: now, from }: Cause): string =>
  [kind, subject, old === null && now === null ? "" : `${old ?? ""}→${now ?? ""}`, from === null ? "" : `<${from}`]
    .filter((s) => s !== "")
    .join(" ")
const answer = ({ decision, causes }: Decided): ReadonlyArray<string> => [decision, ...causes.map(told)]

const table = (rules: ReadonlyArray<readonly [rule: string, view: TaskView, answer: ReadonlyArray<string>]>): void => {
  for (const [rule, view, expected] of rules) it(`${rule}`, () => assert.deepStrictEqual(answer(decide(view)), expected))
}

describe("a task without a cell", () => {
  table([
    ["is fresh if all rows are equal and outputs are there", good, ["fresh"]],
    [
      "is stale if it never ran, which is reason enough",
      { ...good, trace: null, outputs: { state: "missing", subjects: ["x"] } },
      ["stale", "never-run a:verify"]
    ],
    ["is stale if it never ran, also while a need is not known", { ...good, ...unknownNeed, trace: null }, ["stale", "never-run a:verify"]],
    ["is stale if its code changed", { ...good, ...edited }, ["stale", "code-changed closure c1→c2"]],
    ["is stale if it is forced", { ...good, forced: true }, ["stale", "forced a:verify"]],
    [
      "is stale for an output that is missing",
      { ...good, outputs: { state: "missing", subjects: ["b", "a"] } },
      ["stale", "output-missing a", "output-missing b"]
    ],
    ["is stale for an output that is altered", { ...good, outputs: { state: "altered", subjects: ["a"] } }, ["stale", "output-altered a"]],
    [
      "tells all that makes it stale, in one order",
      { ...good, ...edited, forced: true, outputs: { state: "damaged", missing: ["m"], altered: ["a"] } },
      ["stale", "code-changed closure c1→c2", "output-missing m", "output-altered a", "forced a:verify"]
    ],
    [
      "is stale if a need's output differs, and tells from where",
      { ...good, needs: [{ ...ingest, state: { known: [needRow(ingest, { name: "root", digest: "d2" })] } }] },
      ["stale", "need-changed ingest.root d1→d2 <a:ingest"]
    ],
    ["is stale if a need is gone", { ...good, needs: [] }, ["stale", "need-changed ingest.root d1→ <a:ingest"]],
    [
      "is stale if a need is gone, also while another is not known",
      { ...good, needs: [{ ...other, state: { unknown: true } }] },
      ["stale", "need-changed ingest.root d1→ <a:ingest"]
    ],
    [
      "is stale if a need came",
      { ...good, needs: [...good.needs, { ...other, state: { known: [needRow(other, { name: "root", digest: "d3" })] } }] },
      ["stale", "need-changed other.root →d3 <b:ingest"]
    ],
    ["is fresh beside a new need without outputs", { ...good, needs: [...good.needs, { ...other, state: { known: [] } }] }, ["fresh"]],
    [
      "is pending while a need is not known, also if a record of needs cannot be read",
      { ...good, ...unknownNeed, trace: { rows: [...own, row("need", "of another build", "d1")], applied: null } },
      ["pending", "need-unknown ingest <a:ingest"]
    ],
    [
      "is stale once all needs are known, if a record of needs cannot be read",
      { ...good, trace: { rows: [...own, ingested, row("need", "of another build", "d1")], applied: null } },
      ["stale", "need-changed of another build d1→"]
    ],
    ["is pending while a need is not known", { ...good, ...unknownNeed }, ["pending", "need-unknown ingest <a:ingest"]],
    ["is stale, not pending, if a row of its own differs", { ...good, ...unknownNeed, ...edited }, ["stale", "code-changed closure c1→c2"]],
    ["is pending while a gate is not known", { ...good, ...gate("unknown") }, ["pending", "gate-unknown a:ingest:lint <a:ingest:lint"]],
    ["stays stale while a gate is not known", { ...good, ...edited, ...gate("unknown") }, ["stale", "code-changed closure c1→c2"]],
    ["is blocked by a failed need", { ...good, ...failedNeed }, ["blocked", "need-failed ingest <a:ingest"]],
    [
      "is blocked by a closed gate although all is fresh",
      { ...good, ...gate("closed") },
      ["blocked", "gate-failed a:ingest:lint <a:ingest:lint"]
    ],
    ["is blocked by a missing tool", { ...good, missingTools: ["bgzip"] }, ["blocked", "tool-missing bgzip"]],
    [
      "is blocked although forced, with all blockers and nothing else",
      { ...good, ...failedNeed, ...gate("closed"), ...edited, missingTools: ["bgzip"], forced: true },
      ["blocked", "need-failed ingest <a:ingest", "tool-missing bgzip", "gate-failed a:ingest:lint <a:ingest:lint"]
    ],
    ["does not count gates that came or went", { ...good, gates: [] }, ["fresh"]],
    ["takes no need rows among its own", { ...good, rows: [...own, ingested] }, ["fresh"]]
  ])

  it("tells two needs of one name and two names of one need apart", () => {
    const roles = [
      { name: "previous", task: "x:publish" },
      { name: "base", task: "y:publish" }
    ] as const
    const trace = { rows: [...own, rowOf("previous", "x:publish", "dx"), rowOf("base", "y:publish", "dy")], applied: null }
    const view = (needs: TaskView["needs"]): TaskView => ({ ...good, trace, needs })
    const asRecorded = roles.map((need) => ({
      ...need,
      state: { known: [rowOf(need.name, need.task, need.task === "x:publish" ? "dx" : "dy")] }
    }))
    assert.strictEqual(decide(view(asRecorded)).decision, "fresh")
    const swapped = [
      { name: "previous", task: "y:publish", state: { known: [rowOf("previous", "y:publish", "dy")] } },
      { name: "base", task: "x:publish", state: { known: [rowOf("base", "x:publish", "dx")] } }
    ]
    assert.strictEqual(decide(view(swapped)).decision, "stale")
  })
})

describe("the owner of a cell", () => {
  const retired: CellObservation = { state: "retired", by: "ann", at: "2026-05-01" }
  const damaged: CellObservation = {
    state: "damaged",
    value: "v2",
    problems: [
      { path: "b/data", message: "digest differs" },
      { path: "a/index", message: "not there" }
    ]
  }
  const view = (
    immutable: boolean,
    applied: string | null,
    desired: string | null,
    live: CellObservation | null,
    more: Partial<TaskView> = {}
  ): TaskView => ({
    ...good,
    trace: applied === null ? null : { rows: [...own, ingested], applied },
    cell: { cell: "latest", immutable, desired, live },
    ...(desired === null ? unknownNeed : {}),
    ...more
  })
  /** The value `live` was adopted while `v2` was desired. */
  const adopted = (live: string, desired: string, now: CellObservation, more: Partial<TaskView> = {}): TaskView =>
    view(false, null, desired, now, { trace: { rows: [...own, ingested], applied: live, adopted: { desired: "v2", live } }, ...more })
  table([
    ["is fresh if live is desired", view(false, "v1", "v1", present("v1")), ["fresh"]],
    ["is fresh if live is desired, without a trace", view(false, null, "v1", present("v1")), ["fresh"]],
    ["is fresh if live is desired, whatever was applied", view(true, "v0", "v1", present("v1")), ["fresh"]],
    ["is fresh if live is desired, whatever its rows say", view(true, "v1", "v1", present("v1"), edited), ["fresh"]],
    [
      "is stale if live is desired but it is forced",
      view(false, "v1", "v1", present("v1"), { forced: true }),
      ["stale", "forced a:verify"]
    ],
    [
      "is blocked by a gate although live is desired",
      view(true, "v1", "v1", present("v1"), gate("closed")),
      ["blocked", "gate-failed a:ingest:lint <a:ingest:lint"]
    ],
    [
      "is pending while a gate is not known",
      view(true, "v1", "v1", present("v1"), gate("unknown")),
      ["pending", "gate-unknown a:ingest:lint <a:ingest:lint"]
    ],
    [
      "is stale for lost outputs of its own",
      view(true, "v1", "v1", present("v1"), { outputs: { state: "missing", subjects: ["receipt"] } }),
      ["stale", "output-missing receipt"]
    ],
    ["is stale if nothing is there and it never ran", view(true, null, "v1", { state: "absent" }), ["stale", "never-run a:verify"]],
    ["is stale if nothing is there any more", view(false, "v1", "v1", { state: "absent" }), ["stale", "output-missing latest v1→"]],
    [
      "is stale if nothing is there, also while a need is not known",
      view(true, null, null, { state: "absent" }),
      ["stale", "never-run a:verify"]
    ],
    [
      "is stale if live is what we applied and another value is desired",
      view(false, "v1", "v2", present("v1")),
      ["stale", "need-changed latest v1→v2"]
    ],
    [
      "tells the rows behind a move too",
      view(false, "v1", "v2", present("v1"), edited),
      ["stale", "code-changed closure c1→c2", "need-changed latest v1→v2"]
    ],
    ["is drifted if live is neither", view(false, "v1", "v2", present("v9")), ["drifted", "drifted latest v1→v9"]],
    ["is drifted if it never ran and another value is there", view(false, null, "v2", present("v9")), ["drifted", "drifted latest →v9"]],
    ["is drifted although the desired value did not change", view(false, "v1", "v1", present("v9")), ["drifted", "drifted latest v1→v9"]],
    [
      "is stale if it drifted and is forced, and tells what goes",
      view(false, "v1", "v2", present("v9"), { forced: true }),
      ["stale", "forced a:verify", "drifted latest v1→v9"]
    ],
    [
      "tells who drifted it and when, if that is known",
      view(false, "v1", "v2", { state: "present", value: "v9", changed: { by: "ann", host: "node1", at: "2026-05-01T10:00:00.000Z" } }),
      ["drifted", "drifted latest v1→v9 (2026-05-01T10:00:00.000Z by ann on node1)"]
    ],
    [
      "tells that it is not known who damaged it",
      view(true, "v2", "v2", {
        state: "damaged",
        value: null,
        problems: [{ path: "a", message: "gone" }],
        changed: { by: "unknown", host: "unknown", at: "2026-05-01T10:00:00.000Z" }
      }),
      ["drifted", "drifted a →gone (2026-05-01T10:00:00.000Z by unknown)"]
    ],
    ["is fresh if live was adopted while this is desired", adopted("v9", "v2", present("v9")), ["fresh"]],
    [
      "is stale once another value is desired than when live was adopted",
      adopted("v9", "v3", present("v9")),
      ["stale", "need-changed latest v9→v3"]
    ],
    ["is drifted again if what was adopted is changed", adopted("v9", "v2", present("v8")), ["drifted", "drifted latest v9→v8"]],
    ["is fresh if what was adopted becomes what is desired", adopted("v9", "v2", present("v2")), ["fresh"]],
    ["is stale if what was adopted is gone", adopted("v9", "v2", { state: "absent" }), ["stale", "output-missing latest v9→"]],
    ["is stale if it was adopted and is forced", adopted("v9", "v2", present("v9"), { forced: true }), ["stale", "forced a:verify"]],
    [
      "is stale by conflict if it is immutable, whatever was adopted",
      { ...adopted("v9", "v2", present("v9")), cell: { cell: "latest", immutable: true, desired: "v2", live: present("v9") } },
      ["stale", "conflict latest v9→v2"]
    ],
    [
      "tells why it was retired",
      view(true, "v1", "v1", { ...retired, because: "wrong" }),
      ["held", "held latest v1→retired by ann at 2026-05-01: wrong"]
    ],
    [
      "is stale by conflict if it is immutable and holds another value",
      view(true, null, "v2", present("v1")),
      ["stale", "conflict latest v1→v2"]
    ],
    ["is stale by conflict also over what we applied", view(true, "v1", "v2", present("v1")), ["stale", "conflict latest v1→v2"]],
    [
      "is drifted if damaged, naming each place",
      view(true, "v2", "v2", damaged),
      ["drifted", "drifted a/index →not there", "drifted b/data →digest differs"]
    ],
    [
      "is drifted if damaged, also while a need is not known",
      view(true, "v2", null, damaged),
      ["drifted", "drifted a/index →not there", "drifted b/data →digest differs"]
    ],
    [
      "is drifted if damaged without details",
      view(true, "v2", "v2", { ...damaged, problems: [] }),
      ["drifted", "drifted latest v2→damaged"]
    ],
    [
      "is stale if damaged and forced",
      view(true, "v2", "v2", damaged, { forced: true }),
      ["stale", "forced a:verify", "drifted a/index →not there", "drifted b/data →digest differs"]
    ],
    ["is held if it was retired", view(true, "v1", "v1", retired), ["held", "held latest v1→retired by ann at 2026-05-01"]],
    [
      "is held if it was retired, although rows and outputs differ",
      view(true, "v1", "v2", retired, { ...edited, outputs: { state: "missing", subjects: ["x"] } }),
      ["held", "held latest v1→retired by ann at 2026-05-01"]
    ],
    [
      "is stale if it was retired and is forced",
      view(true, "v1", "v1", retired, { forced: true }),
      ["stale", "forced a:verify", "held latest v1→retired by ann at 2026-05-01"]
    ],
    [
      "is pending while it is not known what is desired",
      view(false, "v1", null, present("v1")),
      ["pending", "need-unknown ingest <a:ingest"]
    ],
    [
      "is pending while it is not known what is desired, also if retired",
      view(false, "v1", null, retired),
      ["pending", "need-unknown ingest <a:ingest"]
    ],
    [
      "is pending while it is not known what is desired, whatever its rows say",
      view(false, "v1", null, present("v9"), edited),
      ["pending", "need-unknown ingest <a:ingest"]
    ],
    [
      "is pending while it is not known what is desired, although outputs are lost: it may be held or drifted then",
      view(false, "v1", null, retired, { outputs: { state: "missing", subjects: ["receipt"] } }),
      ["pending", "need-unknown ingest <a:ingest"]
    ],
    [
      "is pending, with a reason, if nothing but the desired value is not known",
      view(false, "v1", null, present("v1"), { needs: good.needs }),
      ["pending", "need-unknown latest v1→desired value not known"]
    ],
    ["is pending if it could not be observed", view(false, "v1", "v1", null), ["pending", "need-unknown latest v1→not observed"]],
    [
      "is blocked before it is drifted",
      view(false, "v1", "v2", present("v9"), gate("closed")),
      ["blocked", "gate-failed a:ingest:lint <a:ingest:lint"]
    ]
  ])
})

describe("any view", () => {
  it("has the same answer in whatever order its lists come", () => {
    for (const seed of seeds(200)) {
      const random = new Random(seed)
      const some = <A>(make: (i: number) => A): Array<A> => Array.from({ length: random.int(5) }, (_, i) => make(i))
      const rows = some((i) => row(random.pick(["code", "option", "input", "tool"]), `s${i}`, `${random.int(2)}`))
      const needs = some((i) => ({ name: `n${i}`, task: `t${i}` })).map((need) => ({
        ...need,
        state: random.pick([
          { unknown: true as const },
          { known: some((k) => needRow(need, { name: `${k}`, digest: `${random.int(2)}` })) }
        ])
      }))
      const view: TaskView = {
        ...good,
        rows,
        needs,
        trace: {
          rows: [...rows.filter(() => random.chance(0.8)), ...needs.flatMap(({ state }) => ("known" in state ? state.known : []))],
          applied: null
        },
        outputs: { state: "missing", subjects: some((i) => `o${i}`) },
        gates: some((i) => ({ task: `g${i}`, state: random.pick(["open", "unknown"]) }))
      }
      const shuffled: TaskView = {
        ...view,
        rows: random.shuffled(view.rows),
        needs: random.shuffled(view.needs),
        gates: random.shuffled(view.gates),
        trace: { rows: random.shuffled(view.trace?.rows ?? []), applied: null }
      }
      assert.deepStrictEqual(decide(shuffled), decide(view), `replay with ATLAS_SEED=${seed}`)
    }
  })
})
