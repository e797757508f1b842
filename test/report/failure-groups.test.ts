import { assert, describe, it } from "@effect/vitest"
import { failureBlocks } from "../../src/report/FailureGroups.ts"
import { cause, error, finding, finished, telling } from "./sample.ts"

const heads = (tasks: Parameters<typeof failureBlocks>[0], verbose = false): ReadonlyArray<string> =>
  failureBlocks(tasks, { ...telling, verbose }).map(([head = ""]) => head)

const broken = (n: number, code = "TABLE_COLUMN") => finished(`${n}/x:read`, "failed", { error: error({ code }) })
const many = Array.from({ length: 15 }, (_, n) => broken(n))

describe("failures at the end of a run", () => {
  it("of one cause are told together, the first in full and of the others who they are", () => {
    const blocks = failureBlocks(many, telling)
    assert.strictEqual(blocks.length, 2)
    assert.strictEqual(blocks[0]?.[0], "✗ 0/x:read")
    assert.include(blocks[0]?.join("\n"), "column 3 wants a number")
    assert.deepStrictEqual(blocks[1], [
      "✗ 14 tasks more of read   TABLE_COLUMN",
      "    1/x, 2/x, 3/x, 4/x, 5/x, 6/x, 7/x, 8/x, 9/x, 10/x and 4 others (--verbose tells each)"
    ])
  })
  it("are each told where there are few, or where all is to be told", () => {
    assert.deepStrictEqual(heads(many.slice(0, 3)), ["✗ 0/x:read", "✗ 1/x:read", "✗ 2/x:read"])
    assert.strictEqual(heads(many, true).length, 15)
  })
  it("are kept apart by stage, by code, by finding and by outcome, in the order of their first", () => {
    const sparse = many.map(({ target }) =>
      finished(`${target}:read:density`, "executed", { verdict: "failed", findings: [finding("sparse", "s")] })
    )
    const other = finished("99/x:read", "failed", { error: error({ code: "TABLE_NAME" }) })
    const tainted = finished("98/x:read", "tainted", { error: error() })
    assert.deepStrictEqual(heads([...many, ...sparse, other, tainted]), [
      "✗ 0/x:read",
      "✗ 14 tasks more of read   TABLE_COLUMN",
      "✗ 0/x:read:density   1 finding fails it",
      "✗ 14 tasks more of density   sparse",
      "✗ 99/x:read",
      "✗ 98/x:read   tainted"
    ])
  })
  it("without an error are told together where they have the same causes", () => {
    const blocked = (n: number, from: string) => finished(`${n}/x:use`, "blocked", { causes: [cause("need-failed", "read", { from })] })
    const tasks = [0, 1, 2, 3].map((n) => blocked(n, "a"))
    assert.strictEqual(heads(tasks).length, 2)
    assert.strictEqual(heads([...tasks.slice(0, 3), blocked(3, "b")]).length, 4)
  })
  it("tell the attempts before the last", () => {
    const attempts = [
      { code: "TASK_TIMEOUT", message: "still running after 300 ms", ms: 301 },
      { code: "COMMAND_FAILED", message: "sh ended with status 1", ms: 1500 }
    ]
    const [lines = []] = failureBlocks([finished("a/x:read", "failed", { error: error(), attempts })], telling)
    assert.deepStrictEqual(lines.slice(0, 3), [
      "✗ a/x:read",
      "    attempt 1  TASK_TIMEOUT  still running after 300 ms  0.30 s",
      "    attempt 2  COMMAND_FAILED  sh ended with status 1  1.5 s"
    ])
  })
})
