import { assert, describe, it } from "@effect/vitest"
import { Admission, type Demand } from "../../src/core/Admission.ts"
import { criticalPathFirst } from "../../src/core/CriticalPath.ts"
import { start } from "../../src/core/Frontier.ts"
import { build, edgesOf, type TaskGraph } from "../../src/core/TaskGraph.ts"
import { Random, seeds } from "./simulation/Random.ts"

const wants = (cpu: number, memoryMiB = 0, ...mutex: ReadonlyArray<string>): Demand => ({ cpu, memoryMiB, mutex })

/** Asks for tasks 0, 1, … in this order, which is their rank; those that started at once. */
const ask = (admission: Admission, ...demands: ReadonlyArray<Demand>): ReadonlyArray<number> =>
  demands.flatMap((demand, task) => (admission.admits(task, task, demand) ? [task] : []))

const all = (admission: Admission): ReadonlyArray<number> => {
  const started: Array<number> = []
  for (let task = admission.next(); task >= 0; task = admission.next()) started.push(task)
  return started
}

describe("admission", () => {
  it("114: starts no more than fit into the memory, and the next when one has ended", () => {
    const admission = new Admission({ cpu: 8, memoryMiB: 8192 })
    assert.deepStrictEqual(ask(admission, wants(1, 4096), wants(1, 4096), wants(1, 4096)), [0, 1])
    assert.deepStrictEqual(all(admission), [])
    assert.strictEqual(admission.memoryMiB, 8192)
    admission.release(1)
    assert.deepStrictEqual(all(admission), [2])
  })
  it("never uses more cores than there are, and runs what wants more alone", () => {
    const admission = new Admission({ cpu: 4, memoryMiB: 100 })
    assert.deepStrictEqual(ask(admission, wants(3), wants(16), wants(1)), [0])
    assert.deepStrictEqual(all(admission), [], "room for the last would be taken from the one that waits longer")
    admission.release(0)
    assert.deepStrictEqual(all(admission), [1])
    assert.strictEqual(admission.cpu, 4)
    admission.release(1)
    assert.deepStrictEqual(all(admission), [2])
  })
  it("116: keeps tasks with a mutex in common apart, and lets others pass meanwhile", () => {
    const admission = new Admission({ cpu: 4, memoryMiB: 100 })
    const demands = [wants(1, 0, "db"), wants(1, 0, "db", "net"), wants(1, 0, "net"), wants(1), wants(1, 0, "disk")]
    assert.deepStrictEqual(ask(admission, ...demands), [0, 3, 4])
    admission.release(0)
    assert.deepStrictEqual(all(admission), [1], "and not the one that would take its second mutex away")
    admission.release(1)
    assert.deepStrictEqual(all(admission), [2])
  })
  it("reserves for the first that does not fit, and fills the room beside it", () => {
    const admission = new Admission({ cpu: 8, memoryMiB: 10 })
    assert.deepStrictEqual(ask(admission, wants(1, 6), wants(1, 7), wants(1, 4), wants(1, 3), wants(1, 1)), [0, 3])
    assert.deepStrictEqual(all(admission), [], "beside 7 there is room for 3")
    admission.release(0)
    assert.deepStrictEqual(all(admission), [1])
    admission.release(3)
    assert.deepStrictEqual(all(admission), [4])
    admission.release(1)
    assert.deepStrictEqual(all(admission), [2])
  })
  it("fills the room beside a reservation again when what passed has ended", () => {
    const admission = new Admission({ cpu: 8, memoryMiB: 10 })
    assert.deepStrictEqual(ask(admission, wants(1, 6), wants(1, 7), wants(1, 3), wants(1, 3)), [0, 2])
    assert.deepStrictEqual(all(admission), [])
    admission.release(2)
    assert.deepStrictEqual(all(admission), [3])
    admission.release(0)
    assert.deepStrictEqual(all(admission), [1])
  })
  it("reserves no cores for one that only waits for a mutex", () => {
    const admission = new Admission({ cpu: 3, memoryMiB: 10 })
    assert.deepStrictEqual(ask(admission, wants(1, 0, "db"), wants(3, 0, "db"), wants(1), wants(1)), [0, 2, 3])
  })
  it("gives back nothing twice, and nothing of one that did not run", () => {
    const admission = new Admission({ cpu: 2, memoryMiB: 10 })
    ask(admission, wants(1, 5), wants(1, 5), wants(1, 5))
    admission.release(2)
    admission.release(0)
    admission.release(0)
    assert.deepStrictEqual([admission.cpu, admission.memoryMiB], [1, 5])
    assert.deepStrictEqual(admission.clear(), [2])
    assert.strictEqual(admission.waiting, 0)
  })

  it("ends for any graph and demands, is never over the budget, keeps mutexes, and lets nobody wait for ever", () => {
    for (const seed of seeds(300)) {
      const random = new Random(seed)
      const replay = `replay with ATLAS_SEED=${seed}`
      const size = 1 + random.int(60)
      const graph = randomGraph(random, size)
      const budget = { cpu: 1 + random.int(6), memoryMiB: random.int(20) }
      const names = ["a", "b", "c"]
      const demands = Array.from({ length: size }, () =>
        wants(1 + random.int(8), random.chance(0.5) ? random.int(30) : 0, ...names.filter(() => random.chance(0.2)))
      )
      const order = criticalPathFirst(graph, graph.order, (task) => (random.chance(2) ? task % 7 : 0)) ?? graph
      const frontier = start<string>(graph, graph.order, order)
      const admission = new Admission(budget)
      const running = new Set<number>()
      const settled = new Set<number>()
      /** How often each was passed since it was first in the queue by rank. */
      let firstFor = 0
      const began = (task: number): void => {
        running.add(task)
        const used = [...running].map((one) => demands[one] as Demand)
        const sum = (of: (demand: Demand) => number): number => used.reduce((total, demand) => total + of(demand), 0)
        assert.isAtMost(
          sum(({ cpu }) => Math.min(cpu, budget.cpu)),
          budget.cpu,
          replay
        )
        assert.isAtMost(
          sum(({ memoryMiB }) => Math.min(memoryMiB, budget.memoryMiB)),
          budget.memoryMiB,
          replay
        )
        const held = used.flatMap(({ mutex }) => mutex)
        assert.strictEqual(new Set(held).size, held.length, replay)
        assert.isTrue(
          [...edgesOf(graph.upstream, task)].every((up) => settled.has(up)),
          replay
        )
      }
      const asked = new Set<number>()
      let waiting: number | null = null
      while (!frontier.isDone) {
        for (let task = admission.next(); task >= 0; task = admission.next()) {
          asked.delete(task)
          began(task)
        }
        for (let task = frontier.takeReady(); task >= 0; task = random.chance(0.7) ? frontier.takeReady() : -1) {
          if (admission.admits(task, order.rank[task] as number, demands[task] as Demand)) began(task)
          else asked.add(task)
        }
        const first = [...asked].sort((a, b) => (order.rank[a] as number) - (order.rank[b] as number))[0] ?? null
        firstFor = first === waiting ? firstFor + 1 : 0
        waiting = first
        // while it is first, those ahead of it end, and at most once each share is what passed it
        assert.isAtMost(firstFor, 2 * size, replay)
        if (running.size === 0) {
          assert.strictEqual(asked.size === 0 || frontier.ready > 0, true, `stuck; ${replay}`)
          continue
        }
        const ended = [...running][random.int(running.size)] as number
        running.delete(ended)
        admission.release(ended)
        frontier.settle(ended, "executed")
        settled.add(ended)
      }
      assert.strictEqual(settled.size, size, replay)
      assert.deepStrictEqual([admission.cpu, admission.memoryMiB, admission.waiting], [0, 0, 0], replay)
    }
  })

  it("starts the first in the queue once those that ran when it became first have ended, however many come after", () => {
    for (const seed of seeds(200)) {
      const random = new Random(seed)
      const replay = `replay with ATLAS_SEED=${seed}`
      const budget = { cpu: 2 + random.int(6), memoryMiB: 10 + random.int(10) }
      const admission = new Admission(budget)
      const running = new Set<number>()
      let next = 1000
      const small = () => wants(1, random.int(4))
      for (let i = 0; i < 20; i++) if (admission.admits(++next, next, small())) running.add(next)
      const before = new Set(running)
      if (admission.admits(0, 0, wants(1 + random.int(budget.cpu), 1 + random.int(budget.memoryMiB)))) continue
      for (let steps = 0; ; steps++) {
        assert.isAtMost(steps, 500, replay)
        if (admission.admits(++next, next, small())) running.add(next)
        const startedNow = all(admission)
        for (const task of startedNow) running.add(task)
        if (startedNow.includes(0)) break
        assert.isTrue(
          [...before].some((task) => running.has(task)),
          `it still waits though all that ran before it have ended; ${replay}`
        )
        const ended = [...running][random.int(running.size)] as number
        running.delete(ended)
        admission.release(ended)
      }
    }
  })
})

const randomGraph = (random: Random, size: number): TaskGraph => {
  const built = build(
    Array.from({ length: size }, (_, i) => ({
      task: `t${i}`,
      needs: Array.from({ length: Math.min(i, random.int(3)) }, () => `t${random.int(i)}`).map((task) => ({ name: task, task })),
      gates: []
    }))
  )
  if ("problems" in built) throw new Error(JSON.stringify(built.problems))
  return built.ok
}

describe("the critical path", () => {
  const graphOf = (edges: Record<string, ReadonlyArray<string>>): TaskGraph => {
    const built = build(
      Object.entries(edges).map(([task, needs]) => ({ task, needs: needs.map((need) => ({ name: need, task: need })), gates: [] }))
    )
    if ("problems" in built) throw new Error(JSON.stringify(built.problems))
    return built.ok
  }
  const graph = graphOf({ quick: [], root: [], long: ["root"], short: ["quick"], alone: [] })
  const times: Record<string, number> = { quick: 1, root: 1, long: 60, short: 2, alone: 30 }
  const first = (selection: Iterable<number>) => {
    const order = criticalPathFirst(graph, selection, (task) => times[graph.tasks[task] ?? ""] ?? 0)
    const frontier = start<string>(graph, selection, order ?? graph)
    const names: Array<string> = []
    for (let task = frontier.takeReady(); task >= 0; task = frontier.takeReady()) {
      names.push(graph.tasks[task] as string)
      frontier.settle(task, "executed")
    }
    return names
  }

  it("goes first, whatever the declared order", () => {
    assert.deepStrictEqual(first(graph.order), ["root", "long", "alone", "quick", "short"])
  })
  it("counts only what is selected", () => {
    const selected = ["quick", "root", "short", "alone"].map((task) => graph.indexOf.get(task) as number)
    assert.deepStrictEqual(first(selected), ["alone", "quick", "short", "root"])
  })
  it("leaves the declared order to tasks that take no time worth telling", () => {
    assert.isNull(criticalPathFirst(graph, graph.order, () => 0))
  })
  it("puts every task after all of its upstream", () => {
    for (const seed of seeds(100)) {
      const random = new Random(seed)
      const random60 = randomGraph(random, 60)
      const took = Array.from({ length: 60 }, () => random.int(3))
      const order = criticalPathFirst(random60, random60.order, (task) => took[task] as number) ?? random60
      for (let task = 0; task < 60; task++)
        for (const up of edgesOf(random60.upstream, task))
          assert.isBelow(order.rank[up] as number, order.rank[task] as number, `replay with ATLAS_SEED=${seed}`)
    }
  })
})
