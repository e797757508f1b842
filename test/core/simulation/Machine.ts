/** Runs a made-up world exactly as `decide` says, through the graph and the frontier, and compares with a rebuild of everything. */
import { type Decided, type Decision, decide, type TaskView } from "../../../src/core/Decide.ts"
import { start } from "../../../src/core/Frontier.ts"
import { judge, type Verdict } from "../../../src/core/Judge.ts"
import { Missing, needRow, type Row } from "../../../src/core/Rows.ts"
import { build } from "../../../src/core/TaskGraph.ts"
import { type Outcome, plannedGate, plannedNeed, settledGate, settledNeed } from "../../../src/core/Upstream.ts"
import { Random } from "./Random.ts"
import { desiredOf, edit, makeWorld, type Memory, perform, rebuild, recipe, type SimTask, type World } from "./World.ts"

interface Remembered {
  readonly rows: ReadonlyArray<Row>
  readonly outputs: ReadonlyArray<string>
  readonly odd: boolean
  readonly applied: string | null
  readonly adopted?: { readonly desired: string; readonly live: string }
  /** Number of executions so far. */
  readonly times: number
}

/** What is under test; bugs are planted by replacing parts. */
export interface Machine {
  readonly decide: (view: TaskView) => Decided
  readonly ownRows: (rows: ReadonlyArray<Row>, gates: ReadonlyArray<number>) => ReadonlyArray<Row>
  readonly needRows: (rows: ReadonlyArray<Row>, times: number) => ReadonlyArray<Row>
}

export const sound: Machine = { decide, ownRows: (rows) => rows, needRows: (rows) => rows }

/** Notes change all the time and decide nothing. */
const row = (random: Random, kind: string, subject: string, value: string): Row => ({
  kind,
  subject,
  value,
  note: `${random.int(1000)} bytes`
})

class Simulation {
  readonly random: Random
  readonly machine: Machine
  readonly world: World
  readonly traces = new Map<string, Remembered>()
  readonly memory: Memory = { recipes: new Map(), applied: new Map(), adopted: new Map() }

  constructor(seed: number, machine: Machine) {
    this.random = new Random(seed)
    this.machine = machine
    this.world = makeWorld(this.random)
  }

  ownRows(task: SimTask): ReadonlyArray<Row> {
    const { world, random } = this
    const rows = [
      row(random, "code", "closure", `${task.code}`),
      row(random, "option", "level", `${task.option}`),
      ...task.inputs.map((f) => row(random, "input", f, world.files.get(f) ?? Missing)),
      ...task.environment.map((v) => row(random, "environment", v, world.environment.get(v) ?? "")),
      ...task.tools.map((t) => row(random, "tool", t, world.tools.get(t) ?? Missing))
    ]
    const gates = task.gates.map((g) => this.traces.get(g)?.times ?? 0)
    return this.machine.ownRows(random.shuffled(rows), gates)
  }

  /** Digests of outputs as recorded; a cell hands on what it is to hold. */
  outputsOf = (id: string): ReadonlyArray<string> => {
    const task = this.world.tasks.find((t) => t.id === id) as SimTask
    return task.cell === null ? (this.traces.get(id)?.outputs ?? []) : [desiredOf(task, this.outputsOf)]
  }

  rowsOf(need: { readonly name: string; readonly task: string }): ReadonlyArray<Row> {
    const rows = this.outputsOf(need.task).map((digest, k) => needRow(need, { name: `${k}`, digest, note: `${this.random.int(9)}` }))
    return this.machine.needRows(this.random.shuffled(rows), this.traces.get(need.task)?.times ?? 0)
  }

  verdictOf(task: SimTask): Verdict | null {
    if (!task.isCheck) return null
    const odd = this.traces.get(task.id)?.odd === true
    return judge({
      findings: odd ? [{ name: "odd", at: "x", message: "is odd" }] : [],
      declared: { odd: { severity: "warning", hint: "" } },
      severity: { odd: task.severity },
      waivers: [],
      now: "2026-01-01"
    }).verdict
  }

  view(task: SimTask, needs: TaskView["needs"], gates: TaskView["gates"]): TaskView {
    const { world } = this
    const trace = this.traces.get(task.id) ?? null
    const lost = { missing: [] as Array<string>, altered: [] as Array<string> }
    if (task.cell === null)
      for (const [k, output] of (trace?.outputs ?? []).entries()) {
        const now = world.disk.get(`${task.id}#${k}`)
        if (now !== output) lost[now === undefined ? "missing" : "altered"].push(`${k}`)
      }
    const damaged = lost.missing.length + lost.altered.length > 0
    return {
      task: task.id,
      rows: this.ownRows(task),
      trace,
      outputs: damaged ? { state: "damaged", ...lost } : { state: task.outputs.length > 0 ? "good" : "none" },
      forced: world.forced.has(task.id),
      missingTools: task.tools.filter((t) => world.tools.get(t) === null),
      needs,
      gates,
      cell:
        task.cell === null
          ? null
          : {
              ...task.cell,
              desired: needs.every((n) => "known" in n.state) ? desiredOf(task, this.outputsOf) : null,
              live: world.store.get(task.cell.cell) ?? { state: "absent" }
            }
    }
  }

  /** Executes on what really lies on disk. */
  execute(task: SimTask): Outcome {
    const { world } = this
    const times = (this.traces.get(task.id)?.times ?? 0) + 1
    const rows = [...this.ownRows(task), ...task.needs.flatMap((n) => this.rowsOf(n))]
    const read = (id: string): ReadonlyArray<string> => {
      const need = world.tasks.find((t) => t.id === id) as SimTask
      return need.cell === null
        ? need.outputs.map((_, k) => world.disk.get(`${id}#${k}`) ?? "nothing there")
        : [desiredOf(need, this.outputsOf)]
    }
    if (task.cell !== null) {
      const desired = desiredOf(task, read)
      const live = world.store.get(task.cell.cell)
      if (task.cell.immutable && live?.state === "present" && live.value !== desired) return "failed"
      world.store.set(task.cell.cell, { state: "present", value: desired })
      this.traces.set(task.id, { rows, outputs: [desired], odd: false, applied: desired, times })
      return "executed"
    }
    const result = perform(task, recipe(world, task, read))
    if (result === null) return "failed"
    for (const [k, output] of result.outputs.entries()) world.disk.set(`${task.id}#${k}`, output)
    this.traces.set(task.id, { rows, ...result, applied: null, times })
    return "executed"
  }

  /** What `adopt` records, for cells that drifted to a value. */
  adopt(): void {
    for (const id of this.world.adopting) {
      const task = this.find(id)
      const live = task.cell === null ? undefined : this.world.store.get(task.cell.cell)
      if (live?.state !== "present" || this.plan().get(id) !== "drifted") continue
      const desired = desiredOf(task, this.outputsOf)
      const rows = [...this.ownRows(task), ...task.needs.flatMap((n) => this.rowsOf(n))]
      const adopted = { desired, live: live.value }
      const times = this.traces.get(id)?.times ?? 0
      this.traces.set(id, { rows, outputs: [desired], odd: false, applied: live.value, adopted, times })
      this.memory.adopted.set(id, adopted)
      this.memory.applied.set(id, live.value)
    }
    this.world.adopting.clear()
  }

  graph() {
    const built = build(this.world.tasks.map(({ id, needs, gates }) => ({ task: id, needs, gates })))
    if ("problems" in built) throw new Error(JSON.stringify(built.problems))
    return built.ok
  }

  plan(): ReadonlyMap<string, Decision> {
    const graph = this.graph()
    const decisions = new Map<string, Decision>()
    for (const index of graph.order) {
      const task = this.world.tasks[index] as SimTask
      const of = (id: string): Decision => decisions.get(id) as Decision
      const needs = task.needs.map((n) => ({ ...n, state: plannedNeed(of(n.task), this.rowsOf(n)) }))
      const gates = task.gates.map((g) => ({ task: g, state: plannedGate(of(g), this.verdictOf(this.find(g))) }))
      decisions.set(task.id, this.machine.decide(this.view(task, needs, gates)).decision)
    }
    return decisions
  }

  find(id: string): SimTask {
    return this.world.tasks.find((t) => t.id === id) as SimTask
  }

  /** Up to four tasks at once, ended in any order. */
  run(): ReadonlyMap<string, Outcome> {
    const graph = this.graph()
    const frontier = start<Outcome>(graph, graph.order)
    const outcomes = new Map<string, Outcome>()
    const running: Array<number> = []
    while (!frontier.isDone) {
      while (running.length < 4 && frontier.ready > 0) running.push(frontier.takeReady())
      const [index] = running.splice(this.random.int(running.length), 1)
      const task = this.world.tasks[index as number] as SimTask
      const of = (id: string): Outcome => outcomes.get(id) as Outcome
      const needs = task.needs.map((n) => ({ ...n, state: settledNeed(of(n.task), this.rowsOf(n)) }))
      const gates = task.gates.map((g) => ({ task: g, state: settledGate(of(g), this.verdictOf(this.find(g))) }))
      const { decision } = this.machine.decide(this.view(task, needs, gates))
      const outcome = decision === "stale" ? this.execute(task) : decision === "pending" ? "cancelled" : decision
      outcomes.set(task.id, outcome)
      frontier.settle(index as number, outcome)
    }
    return outcomes
  }
}

/** Which outcomes a planned decision may have. A task whose upstream may still fail may end blocked. */
const mayEnd: Record<Decision, ReadonlyArray<Outcome>> = {
  fresh: ["fresh"],
  stale: ["executed", "failed", "blocked"],
  pending: ["executed", "fresh", "failed", "blocked", "drifted", "held"],
  blocked: ["blocked"],
  drifted: ["drifted", "blocked"],
  held: ["held"]
}

/** One history: a full run, then edits, each followed by a plan, a run, and a second run. Null, or what is wrong. */
export const simulate = (seed: number, machine: Machine, steps: number): string | null => {
  const s = new Simulation(seed, machine)
  const edits: Array<string> = []
  for (let step = 0; step < steps; step++) {
    if (step > 0) for (let i = s.random.int(3); i >= 0; i--) edits.push(edit(s.random, s.world))
    const wrong = (what: string): string => `seed ${seed}, step ${step}: ${what}\n  after ${edits.slice(-6).join("; ")}`
    s.adopt()
    const truths = rebuild(s.world, s.memory)
    const planned = s.plan()
    const outcomes = s.run()
    for (const task of s.world.tasks) {
      const truth = truths.get(task.id)
      const outcome = outcomes.get(task.id)
      const decision = planned.get(task.id) as Decision
      if (truth === undefined || outcome === undefined) return wrong(`${task.id} was lost`)
      const expected = truth.is === "done" ? (truth.runs ? "executed" : "fresh") : truth.is
      if (outcome !== expected) return wrong(`${task.id} is ${outcome}, should be ${expected}`)
      if (!mayEnd[decision].includes(outcome)) return wrong(`${task.id} was planned ${decision} but is ${outcome}`)
      if (truth.is !== "done") continue
      if (task.cell === null) {
        for (const [k, output] of truth.outputs.entries())
          if (s.world.disk.get(`${task.id}#${k}`) !== output) return wrong(`output ${k} of ${task.id} is not what a rebuild gives`)
        if ((s.verdictOf(task) === "failed") !== truth.failed) return wrong(`verdict of ${task.id}`)
        s.memory.recipes.set(task.id, truth.recipe)
      } else {
        const live = s.world.store.get(task.cell.cell)
        if (live?.state !== "present" || live.value !== (truth.keeps ?? truth.outputs[0]))
          return wrong(`${task.cell.cell} is not what a rebuild gives`)
        if (truth.runs) {
          s.memory.applied.set(task.id, live.value)
          s.memory.adopted.delete(task.id)
        }
      }
    }
    s.world.forced = new Set()
    const again = s.run()
    for (const [id, outcome] of again) {
      const before = outcomes.get(id)
      const expected = before === "executed" ? "fresh" : before
      if (outcome !== expected) return wrong(`in a second run ${id} is ${outcome}, should be ${expected}`)
    }
  }
  return null
}
