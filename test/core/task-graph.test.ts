import { assert, describe, it } from "@effect/vitest"
import { printCycle } from "../../src/core/Cycles.ts"
import { build, edgesOf, type GraphTask, type TaskGraph, withDependents, withUpstream } from "../../src/core/TaskGraph.ts"
import { Random, seeds } from "./simulation/Random.ts"

const task = (task: string, needs: ReadonlyArray<string> = [], gates: ReadonlyArray<string> = []): GraphTask => ({
  task,
  needs: needs.map((need) => ({ name: need.toUpperCase(), task: need })),
  gates
})
const graphOf = (tasks: ReadonlyArray<GraphTask>): TaskGraph => {
  const built = build(tasks)
  if ("problems" in built) throw new Error(JSON.stringify(built.problems))
  return built.ok
}
const problemsOf = (tasks: ReadonlyArray<GraphTask>) => {
  const built = build(tasks)
  return "problems" in built ? built.problems : []
}
const named = (graph: TaskGraph, indices: Iterable<number>): ReadonlyArray<string | undefined> => [...indices].map((i) => graph.tasks[i])

describe("the order of tasks", () => {
  it("is the declared one where that is possible", () => {
    const graph = graphOf([task("b"), task("a"), task("c", ["a"]), task("d", ["b"])])
    assert.deepStrictEqual(named(graph, graph.order), ["b", "a", "c", "d"])
  })
  it("moves only what has to wait", () => {
    const graph = graphOf([task("d", ["c"]), task("b"), task("c", [], ["a"]), task("a"), task("e")])
    assert.deepStrictEqual(named(graph, graph.order), ["b", "a", "c", "d", "e"])
  })
  it("puts everything after its needs and gates and picks the first declared among the possible", () => {
    for (const seed of seeds(200)) {
      const random = new Random(seed)
      const size = 1 + random.int(60)
      const tasks = random.shuffled(
        Array.from({ length: size }, (_, i) => {
          const lower = random.shuffled(Array.from({ length: i }, (_, j) => `t${j}`))
          return task(`t${i}`, lower.slice(0, random.int(4)), lower.slice(2, 2 + random.int(3)))
        })
      )
      const graph = graphOf(tasks)
      const placed = new Set<string>()
      for (const index of graph.order) {
        const first = tasks.find(
          (t) => !placed.has(t.task) && t.needs.every((n) => placed.has(n.task)) && t.gates.every((g) => placed.has(g))
        )
        assert.strictEqual(graph.tasks[index], first?.task, `replay with ATLAS_SEED=${seed}`)
        placed.add(first?.task ?? "")
      }
      assert.strictEqual(placed.size, size)
      for (const [at, index] of graph.order.entries()) assert.strictEqual(graph.rank[index], at)
    }
  })
})

describe("edges", () => {
  const graph = graphOf([task("a"), task("b", ["a", "a"], ["a"]), task("c", ["b", "a"]), task("d", [], ["c", "b"])])
  it("are listed as declared, and once upstream and as dependents", () => {
    assert.deepStrictEqual([...edgesOf(graph.needs, 1)], [0, 0])
    assert.deepStrictEqual([...edgesOf(graph.gates, 1)], [0])
    assert.deepStrictEqual([...edgesOf(graph.upstream, 1)], [0])
    assert.deepStrictEqual([...edgesOf(graph.upstream, 2)], [1, 0])
    assert.deepStrictEqual([...edgesOf(graph.dependents, 0)], [1, 2])
    assert.deepStrictEqual([...edgesOf(graph.dependents, 3)], [])
    assert.deepStrictEqual([...edgesOf(graph.gates, 3)], [2, 1])
  })
  it("are followed upwards and downwards", () => {
    assert.deepStrictEqual([...withUpstream(graph, Uint8Array.of(0, 0, 1, 0))], [1, 1, 1, 0])
    assert.deepStrictEqual([...withDependents(graph, Uint8Array.of(0, 1, 0, 0))], [0, 1, 1, 1])
  })
  it("may be none", () => assert.deepStrictEqual([...graphOf([]).order], []))
})

describe("what is wrong with tasks", () => {
  it("is told all at once", () => {
    assert.deepStrictEqual(problemsOf([task("ingest"), task("verify", ["ingset"], ["nowhere"]), task("ingest"), task("x", ["x"])]), [
      { problem: "duplicate-task", task: "ingest" },
      { problem: "unknown-need", task: "verify", name: "INGSET", via: "need", unknown: "ingset", nearest: ["ingest"] },
      { problem: "unknown-need", task: "verify", name: null, via: "gate", unknown: "nowhere", nearest: [] },
      { problem: "cycle", steps: [{ task: "x", via: "need", name: "X" }] }
    ])
  })
  it("shows a cycle as the whole path, through needs and gates", () => {
    const problems = problemsOf([task("before"), task("a", ["before", "b"]), task("b", [], ["c"]), task("c", ["a"]), task("after", ["c"])])
    assert.strictEqual(problems.length, 1)
    const [cycle] = problems
    assert.strictEqual(cycle?.problem, "cycle")
    if (cycle?.problem === "cycle") assert.strictEqual(printCycle(cycle), "a needs b (B), b is gated by c, c needs a (A)")
  })
  it("shows a shortest cycle of each knot", () => {
    const problems = problemsOf([
      task("a", ["b"]),
      task("b", ["c", "a"]),
      task("c", ["a"]),
      task("between", ["a"]),
      task("p", ["q", "between"]),
      task("q", ["p"])
    ])
    assert.deepStrictEqual(
      problems.map((p) => (p.problem === "cycle" ? p.steps.map((s) => s.task) : p.problem)),
      [
        ["a", "b"],
        ["p", "q"]
      ]
    )
  })
  it("finds cycles exactly where a walk over all paths finds one", () => {
    for (const seed of seeds(300)) {
      const random = new Random(seed)
      const size = 1 + random.int(8)
      const names = Array.from({ length: size }, (_, i) => `t${i}`)
      const tasks = names.map((name) =>
        task(name, random.shuffled(names).slice(0, random.int(3)), random.shuffled(names).slice(0, random.int(2)))
      )
      const reach = tasks.map((t) => names.map((name) => t.needs.some((n) => n.task === name) || t.gates.includes(name)))
      for (let k = 0; k < size; k++)
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++) if (reach[i]?.[k] === true && reach[k]?.[j] === true) (reach[i] as Array<boolean>)[j] = true
      const knots = new Set(
        names.flatMap((_, i) =>
          reach[i]?.[i] === true ? [names.findIndex((_, j) => reach[i]?.[j] === true && reach[j]?.[i] === true)] : []
        )
      )
      const problems = problemsOf(tasks)
      assert.strictEqual(problems.length, knots.size, `replay with ATLAS_SEED=${seed}`)
      for (const problem of problems) {
        if (problem.problem !== "cycle") throw new Error(problem.problem)
        for (const [i, { task, via }] of problem.steps.entries()) {
          const next = problem.steps[(i + 1) % problem.steps.length]?.task as string
          const from = tasks.find((t) => t.task === task)
          assert.isTrue(via === "need" ? from?.needs.some((n) => n.task === next) : from?.gates.includes(next))
        }
      }
    }
  })
})

describe("a large graph", () => {
  const stages = ["ingest", "validate", "verify", "publish", "promote", "alias"]
  const many = (targets: number): Array<GraphTask> =>
    Array.from({ length: targets * 6 }, (_, i) => {
      const id = (stage: number): string => `110/target_${Math.floor(i / 6)}/A:${stages[stage]}`
      return task(id(i % 6), i % 6 === 0 ? [] : [id((i % 6) - 1), id(0)], i % 6 === 3 ? [id(2)] : [])
    })
  it("of 60,000 tasks is built, also when declared backwards", () => {
    const tasks = many(10_000)
    for (const declared of [tasks, tasks.toReversed()]) assert.strictEqual(graphOf(declared).order.length, 60_000)
  })
  it("may be one chain or one cycle of 100,000 tasks", () => {
    const chain = Array.from({ length: 100_000 }, (_, i) => task(`t${i}`, i < 99_999 ? [`t${i + 1}`] : []))
    assert.strictEqual(graphOf(chain).order[0], 99_999)
    const [cycle] = problemsOf([...chain.slice(0, -1), task("t99999", ["t0"])])
    assert.isTrue(cycle?.problem === "cycle" && cycle.steps.length === 100_000)
  })
})
