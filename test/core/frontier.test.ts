import { assert, describe, it } from "@effect/vitest"
import { Frontier, start } from "../../src/core/Frontier.ts"
import { IntHeap } from "../../src/core/IntHeap.ts"
import { build, edgesOf, type TaskGraph } from "../../src/core/TaskGraph.ts"
import { Random, seeds } from "./simulation/Random.ts"

const graphOf = (edges: Record<string, ReadonlyArray<string>>): TaskGraph => {
  const built = build(
    Object.entries(edges).map(([task, needs]) => ({ task, needs: needs.map((need) => ({ name: need, task: need })), gates: [] }))
  )
  if ("problems" in built) throw new Error(JSON.stringify(built.problems))
  return built.ok
}
const diamond = graphOf({ a: [], b: ["a"], c: ["a"], d: ["b", "c"], e: [] })

describe("the frontier", () => {
  it("hands out tasks in the graph's order as they become ready", () => {
    const frontier = start<string>(diamond, diamond.order)
    assert.strictEqual(frontier.remaining, 5)
    assert.deepStrictEqual([frontier.takeReady(), frontier.takeReady(), frontier.takeReady()], [0, 4, -1])
    assert.deepStrictEqual(frontier.settle(0, "executed"), [1, 2])
    assert.deepStrictEqual([frontier.takeReady(), frontier.takeReady()], [1, 2])
    assert.deepStrictEqual(frontier.settle(2, "fresh"), [])
    assert.deepStrictEqual(frontier.settle(1, "fresh"), [3])
    assert.strictEqual(frontier.takeReady(), 3)
    assert.strictEqual(frontier.running, 2)
    frontier.settle(3, "executed")
    frontier.settle(4, "executed")
    assert.isTrue(frontier.isDone)
  })
  it("makes dependents of a failed task ready, to be decided", () => {
    const frontier = start<string>(diamond, diamond.order)
    assert.strictEqual(frontier.takeReady(), 0)
    assert.deepStrictEqual(frontier.settle(0, "failed"), [1, 2])
    assert.strictEqual(frontier.outcomeOf(0), "failed")
    assert.strictEqual(frontier.outcomeOf(1), undefined)
  })
  it("does not wait for what is outside of the selection", () => {
    const frontier = start<string>(diamond, [3, 2])
    assert.deepStrictEqual(frontier.takeReady(), 2)
    assert.strictEqual(frontier.stateOf(0), "outside")
    assert.strictEqual(frontier.stateOf(3), "waiting")
    assert.deepStrictEqual(frontier.settle(2, "executed"), [3])
    assert.strictEqual(frontier.remaining, 1)
  })
  it("settles a ready task that needs no running, which is then not handed out", () => {
    const frontier = start<string>(diamond, diamond.order)
    assert.deepStrictEqual(frontier.settle(0, "fresh"), [1, 2])
    assert.strictEqual(frontier.takeReady(), 1)
  })
  it("refuses to settle what is waiting, settled or outside, and changes nothing", () => {
    const frontier = start<string>(diamond, [0, 1])
    assert.isNull(frontier.settle(1, "executed"))
    assert.isNull(frontier.settle(4, "executed"))
    assert.isNull(frontier.settle(-1, "executed"))
    assert.isNull(frontier.settle(99, "executed"))
    frontier.settle(0, "executed")
    assert.isNull(frontier.settle(0, "failed"))
    assert.strictEqual(frontier.outcomeOf(0), "executed")
    assert.strictEqual(frontier.remaining, 1)
  })
  it("takes back a task that could not go on, and hands it out again", () => {
    const frontier = start<string>(diamond, diamond.order)
    assert.isFalse(frontier.putBack(0))
    assert.strictEqual(frontier.takeReady(), 0)
    assert.isTrue(frontier.putBack(0))
    assert.strictEqual(frontier.stateOf(0), "ready")
    assert.strictEqual(frontier.takeReady(), 0)
  })
  it("cancels all that has not begun and lets running tasks end", () => {
    const frontier = start<string>(diamond, diamond.order)
    assert.strictEqual(frontier.takeReady(), 0)
    assert.deepStrictEqual(frontier.cancelRest("cancelled"), [1, 2, 3, 4])
    assert.strictEqual(frontier.takeReady(), -1)
    assert.isFalse(frontier.isDone)
    assert.deepStrictEqual(frontier.settle(0, "executed"), [])
    assert.isTrue(frontier.isDone)
    assert.strictEqual(frontier.outcomeOf(3), "cancelled")
  })
  it("is done at once without tasks", () => assert.isTrue(new Frontier<string>(diamond, []).isDone))

  it("hands out each task of a random selection once, after all of its upstream, and is then done", () => {
    for (const seed of seeds(200)) {
      const random = new Random(seed)
      const replay = `replay with ATLAS_SEED=${seed}`
      const size = 1 + random.int(80)
      const graph = graphOf(
        Object.fromEntries(
          Array.from({ length: size }, (_, i) => [`t${i}`, Array.from({ length: Math.min(i, random.int(4)) }, () => `t${random.int(i)}`)])
        )
      )
      const selection = [...graph.order].filter(() => random.chance(0.8))
      const selected = new Set(selection)
      const frontier = start<string>(graph, random.shuffled(selection))
      const settled = new Set<number>()
      const running: Array<number> = []
      let taken = 0
      while (!frontier.isDone) {
        for (let next = frontier.takeReady(); next >= 0; next = running.length < 3 ? frontier.takeReady() : -1) {
          assert.isTrue(
            [...edgesOf(graph.upstream, next)].every((up) => !selected.has(up) || settled.has(up)),
            replay
          )
          running.push(next)
          taken++
        }
        const [ended] = running.splice(random.int(running.length), 1)
        assert.isNotNull(frontier.settle(ended as number, "executed"), replay)
        settled.add(ended as number)
      }
      assert.strictEqual(taken, selected.size, replay)
      assert.strictEqual(settled.size, selected.size, replay)
    }
  })
})

describe("the heap", () => {
  it("gives back what it was given, least first", () => {
    for (const seed of seeds(100)) {
      const random = new Random(seed)
      const heap = new IntHeap(1)
      const kept: Array<number> = []
      for (let i = 0; i < 200; i++) {
        if (random.chance(0.6)) {
          const value = random.int(50)
          heap.push(value)
          kept.push(value)
        } else {
          kept.sort((a, b) => a - b)
          assert.strictEqual(heap.pop(), kept.shift() ?? -1, `replay with ATLAS_SEED=${seed}`)
        }
        assert.strictEqual(heap.size, kept.length)
      }
    }
  })
})
