/** A made-up project and its surroundings, what can happen to them, and what is true of them if everything is rebuilt. */
import type { CellObservation } from "../../../src/core/Cell.ts"
import { hash, Random } from "./Random.ts"

export interface SimTask {
  readonly id: string
  /** Edges lead to lower positions only. */
  readonly position: number
  needs: Array<{ name: string; task: string }>
  gates: Array<string>
  inputs: Array<string>
  environment: Array<string>
  tools: Array<string>
  option: number
  code: number
  /** Each output takes this many values: few values, many cut-offs. */
  readonly outputs: ReadonlyArray<number>
  readonly isCheck: boolean
  severity: "error" | "warning"
  readonly cell: { readonly cell: string; readonly immutable: boolean } | null
}

export interface World {
  tasks: Array<SimTask>
  /** Null is absent. */
  readonly files: Map<string, string | null>
  readonly environment: Map<string, string>
  readonly tools: Map<string, string | null>
  /** What lives in the shared places. */
  readonly store: Map<string, CellObservation>
  /** Outputs as they lie on disk, `task#k`. */
  readonly disk: Map<string, string>
  forced: Set<string>
  /** Tasks whose live cell a person accepts, if it drifted, before the next run. */
  adopting: Set<string>
}

const names = (prefix: string, count: number): ReadonlyArray<string> => Array.from({ length: count }, (_, i) => `${prefix}${i}`)
const some = <A>(random: Random, items: ReadonlyArray<A>, most: number): Array<A> =>
  random.shuffled(items).slice(0, random.int(Math.min(most, items.length) + 1))

const makeTask = (random: Random, position: number, lower: ReadonlyArray<SimTask>, world: World): SimTask => {
  const kind = random.next()
  const isCheck = kind < 0.2 && lower.some((t) => t.outputs.length > 0)
  const isCell = !isCheck && kind > 0.82
  const near = random.chance(0.7) ? lower.slice(-6) : lower
  const producers = near.filter((t) => t.outputs.length > 0)
  const needs = some(random, producers, isCheck ? 1 : 3).map(({ id }, i) => ({ name: random.chance(0.2) ? "all" : `n${i}`, task: id }))
  return {
    id: `t${position}`,
    position,
    needs,
    gates: some(
      random,
      near.filter((t) => t.isCheck),
      2
    ).map(({ id }) => id),
    inputs: some(random, [...world.files.keys()], 2),
    environment: some(random, [...world.environment.keys()], 1),
    tools: random.chance(0.15) ? some(random, [...world.tools.keys()], 1) : [],
    option: random.int(3),
    code: 0,
    outputs: isCheck ? [] : isCell ? [1000] : Array.from({ length: 1 + random.int(2) }, () => random.pick([1, 2, 3, 1000, 1_000_000])),
    isCheck,
    severity: random.chance(0.3) ? "error" : "warning",
    cell: isCell ? { cell: `cell${position}`, immutable: random.chance(0.4) } : null
  }
}

export const makeWorld = (random: Random): World => {
  const world: World = {
    tasks: [],
    files: new Map(names("file", 6).map((f) => [f, random.chance(0.15) ? null : `${random.int(4)}`])),
    environment: new Map(names("VAR", 3).map((v) => [v, `${random.int(3)}`])),
    tools: new Map(names("tool", 3).map((t) => [t, random.chance(0.05) ? null : "1"])),
    store: new Map(),
    disk: new Map(),
    forced: new Set(),
    adopting: new Set()
  }
  const size = random.chance(0.05) ? 200 : 3 + random.int(28)
  const tasks: Array<SimTask> = []
  for (let i = 0; i < size; i++) tasks.push(makeTask(random, i, tasks, world))
  world.tasks = random.shuffled(tasks)
  return world
}

/** All that a task's function may depend on, as text. Order of declaration does not matter to it. */
export const recipe = (world: World, task: SimTask, needOutputs: (task: string) => ReadonlyArray<string>): string =>
  JSON.stringify([
    task.id,
    task.code,
    task.option,
    task.inputs.map((f) => [f, world.files.get(f) ?? null]).sort(),
    task.environment.map((v) => [v, world.environment.get(v)]).sort(),
    task.tools.map((t) => [t, world.tools.get(t) ?? null]).sort(),
    task.needs.map((n) => [n.name, n.task, needOutputs(n.task)]).sort()
  ])

/** What a cell is to hold: from the needs' outputs alone. */
export const desiredOf = (task: SimTask, needOutputs: (task: string) => ReadonlyArray<string>): string =>
  `v${hash(JSON.stringify(task.needs.map((n) => [n.name, n.task, needOutputs(n.task)]).sort())) % (task.outputs[0] as number)}`

/** The task's function. Null is a failure. */
export const perform = (task: SimTask, from: string): { readonly outputs: ReadonlyArray<string>; readonly odd: boolean } | null =>
  hash(`fail ${from}`) % 23 === 0
    ? null
    : { outputs: task.outputs.map((values, k) => `${hash(`${k} ${from}`) % values}`), odd: task.isCheck && hash(`odd ${from}`) % 3 === 0 }

export type Truth =
  | {
      readonly is: "done"
      readonly recipe: string
      readonly outputs: ReadonlyArray<string>
      readonly runs: boolean
      readonly failed: boolean
      /** Another value than the desired one that its cell keeps. */
      readonly keeps?: string
    }
  | { readonly is: "failed" | "blocked" | "drifted"; readonly recipe: string | null }
  | { readonly is: "held"; readonly outputs: ReadonlyArray<string> }

/** What was remembered of successes, kept apart from the program under test. */
export interface Memory {
  readonly recipes: Map<string, string>
  readonly applied: Map<string, string>
  /** What was accepted, and what was wanted then; forgotten when the cell is written. */
  readonly adopted: Map<string, { readonly desired: string; readonly live: string }>
}

/** What a rebuild of everything gives for each task; `runs` says whether that task really had to run. */
export const rebuild = (world: World, memory: Memory): ReadonlyMap<string, Truth> => {
  const truths = new Map<string, Truth>()
  const outputsOf = (id: string): ReadonlyArray<string> => {
    const truth = truths.get(id)
    return truth !== undefined && (truth.is === "done" || truth.is === "held") ? truth.outputs : []
  }
  const isGood = (id: string): boolean => {
    const truth = truths.get(id)
    return truth !== undefined && (truth.is === "done" || truth.is === "held")
  }
  const verdictFailed = (id: string): boolean => {
    const truth = truths.get(id)
    return truth !== undefined && truth.is === "done" && truth.failed
  }
  const truthOf = (task: SimTask): Truth => {
    if (task.needs.some((n) => !isGood(n.task)) || task.gates.some((g) => !isGood(g) || verdictFailed(g)))
      return { is: "blocked", recipe: null }
    if (task.tools.some((t) => world.tools.get(t) === null)) return { is: "blocked", recipe: null }
    const forced = world.forced.has(task.id)
    if (task.cell !== null) {
      const { cell, immutable } = task.cell
      const desired = desiredOf(task, outputsOf)
      const live = world.store.get(cell) ?? { state: "absent" }
      const done = (runs: boolean): Truth => ({ is: "done", recipe: "", outputs: [desired], runs, failed: false })
      if (live.state === "absent") return done(true)
      if (live.state === "damaged") return forced ? done(true) : { is: "drifted", recipe: null }
      if (live.state === "retired") return forced ? done(true) : { is: "held", outputs: [desired] }
      if (live.value === desired) return done(forced)
      if (immutable) return { is: "failed", recipe: null }
      const adopted = memory.adopted.get(task.id)
      if (!forced && adopted?.live === live.value && adopted.desired === desired)
        return { is: "done", recipe: "", outputs: [desired], runs: false, failed: false, keeps: live.value }
      return forced || memory.applied.get(task.id) === live.value ? done(true) : { is: "drifted", recipe: null }
    }
    const from = recipe(world, task, outputsOf)
    const result = perform(task, from)
    if (result === null) return { is: "failed", recipe: from }
    const intact =
      memory.recipes.has(task.id) && task.outputs.every((_, k) => world.disk.get(`${task.id}#${k}`) === lastOutputs(task, memory)[k])
    const runs = forced || !intact || memory.recipes.get(task.id) !== from
    return { is: "done", recipe: from, outputs: result.outputs, runs, failed: result.odd && task.severity === "error" }
  }
  for (const task of world.tasks.toSorted((a, b) => a.position - b.position)) truths.set(task.id, truthOf(task))
  return truths
}

const lastOutputs = (task: SimTask, memory: Memory): ReadonlyArray<string> =>
  perform(task, memory.recipes.get(task.id) as string)?.outputs ?? []

/** Something happens. Returns what, for the report of a failed property. */
export const edit = (random: Random, world: World): string => {
  const task = random.pick(world.tasks)
  const lower = world.tasks.filter((t) => t.position < task.position)
  const cells = world.tasks.flatMap((t) => (t.cell === null ? [] : [t.cell.cell]))
  const outputs = [...world.disk.keys()].sort()
  const file = random.pick([...world.files.keys()])
  const cell = cells.length > 0 ? random.pick(cells) : null
  const output = outputs.length > 0 ? random.pick(outputs) : null
  const edits: ReadonlyArray<() => string> = [
    () => `${file} = ${(world.files.set(file, `${random.int(4)}`), world.files.get(file))}`,
    () => (world.files.set(file, null), `${file} removed`),
    () => ((task.option = random.int(3)), `option of ${task.id} = ${task.option}`),
    () => ((task.option = random.int(3)), `option of ${task.id} = ${task.option}`),
    () => (task.code++, `code of ${task.id}`),
    () => {
      const name = random.pick([...world.environment.keys()])
      world.environment.set(name, `${random.int(3)}`)
      return `${name} = ${world.environment.get(name)}`
    },
    () => {
      const name = random.pick([...world.tools.keys()])
      world.tools.set(name, random.chance(0.3) ? null : `${random.int(3)}`)
      return `${name} = ${world.tools.get(name)}`
    },
    () => (output === null ? "nothing" : (world.disk.delete(output), `${output} deleted`)),
    () => (output === null ? "nothing" : (world.disk.set(output, "altered"), `${output} altered`)),
    () => (world.forced.add(task.id), `${task.id} forced`),
    ...[1, 2].map(() => () => {
      const owner = world.tasks.find((t) => t.cell?.cell === cell)
      return owner === undefined ? "nothing" : (world.adopting.add(owner.id), `${owner.id} adopted`)
    }),
    () => ((task.severity = random.pick(["error", "warning"])), `severity of ${task.id} = ${task.severity}`),
    () => {
      const producers = lower.filter((t) => t.outputs.length > 0)
      if (producers.length === 0) return "nothing"
      const need = { name: random.pick(["n0", "n1", "all"]), task: random.pick(producers).id }
      task.needs = [...task.needs.filter((n) => n.name !== need.name || n.task !== need.task), need]
      return `${task.id} needs ${need.task} as ${need.name}`
    },
    () => {
      const gone = task.needs.pop()
      return gone === undefined ? "nothing" : `${task.id} no longer needs ${gone.task}`
    },
    () => {
      const checks = lower.filter((t) => t.isCheck)
      if (checks.length === 0) return "nothing"
      task.gates = [random.pick(checks).id]
      return `${task.id} gated by ${task.gates[0]}`
    },
    () => ((task.gates = []), `${task.id} without gates`),
    () => ((task.inputs = some(random, [...world.files.keys()], 2)), `inputs of ${task.id} = ${task.inputs.join()}`),
    () => ((world.tasks = random.shuffled(world.tasks)), "declared in another order"),
    ...["absent", "present", "damaged", "retired"].map((state) => () => {
      if (cell === null) return "nothing"
      world.store.set(
        cell,
        state === "present"
          ? { state: "present", value: random.pick(["foreign", "v1"]) }
          : state === "damaged"
            ? { state: "damaged", value: null, problems: [{ path: `${cell}/x`, message: "size differs" }] }
            : state === "retired"
              ? { state: "retired", by: "operator", at: "2026-01-01" }
              : { state: "absent" }
      )
      return `${cell} ${state}`
    }),
    () => "nothing"
  ]
  return random.pick(edits)()
}
