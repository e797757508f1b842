import { assert, describe, it } from "@effect/vitest"
import { components } from "../../src/core/Components.ts"
import { build, type GraphTask } from "../../src/core/TaskGraph.ts"
import { Random, seeds } from "./simulation/Random.ts"

const task = (name: string, needs: ReadonlyArray<string> = [], gates: ReadonlyArray<string> = []): GraphTask => ({
  task: name,
  needs: needs.map((need) => ({ name: need, task: need })),
  gates
})

const of = (tasks: ReadonlyArray<GraphTask>) => {
  const built = build(tasks)
  if ("problems" in built) throw new Error(JSON.stringify(built.problems))
  const found = components(built.ok)
  return { of: [...found.of], count: found.count }
}

/** Floods from each task that has no number yet, over edges in both directions. */
const flooded = (tasks: ReadonlyArray<GraphTask>) => {
  const linked = new Map(tasks.map((one) => [one.task, new Set<string>()]))
  for (const { task: from, needs, gates } of tasks)
    for (const to of [...needs.map((need) => need.task), ...gates]) {
      linked.get(from)?.add(to)
      linked.get(to)?.add(from)
    }
  const numbers = new Map<string, number>()
  let count = 0
  for (const { task: start } of tasks) {
    if (numbers.has(start)) continue
    const reached = new Set([start])
    for (const at of reached) for (const next of linked.get(at) ?? []) reached.add(next)
    for (const at of reached) numbers.set(at, count)
    count++
  }
  return { of: tasks.map((one) => numbers.get(one.task)), count }
}

describe("the components of a graph", () => {
  it("are none of no tasks, and one each of tasks that nothing connects", () => {
    assert.deepStrictEqual(of([]), { of: [], count: 0 })
    assert.deepStrictEqual(of([task("a"), task("b")]), { of: [0, 1], count: 2 })
  })

  it("are connected by needs and by gates, against their direction too, and numbered by their first task", () => {
    const tasks = [task("a"), task("b"), task("c"), task("below", ["a"], ["c"]), task("e", ["b"])]
    assert.deepStrictEqual(of(tasks), { of: [0, 1, 0, 0, 1], count: 2 })
  })

  it("are of a long chain one, whichever end is declared first", () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => task(`t${i}`, i === 0 ? [] : [`t${i - 1}`]))
    assert.strictEqual(of(chain).count, 1)
    assert.strictEqual(of(chain.toReversed()).count, 1)
  })

  it("are those that flooding from each task finds", () => {
    for (const seed of seeds(300)) {
      const random = new Random(seed)
      const size = 1 + random.int(40)
      const tasks = random.shuffled(
        Array.from({ length: size }, (_, i) => {
          const lower = random.shuffled(Array.from({ length: i }, (_, j) => `t${j}`))
          return random.chance(0.4) ? task(`t${i}`) : task(`t${i}`, lower.slice(0, random.int(3)), lower.slice(2, 2 + random.int(2)))
        })
      )
      assert.deepStrictEqual(of(tasks), flooded(tasks), `replay with ATLAS_SEED=${seed}`)
    }
  })
})
