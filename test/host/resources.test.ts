import { assert, describe, it } from "@effect/vitest"
import { resourceProblems, taskResources } from "../../src/host/Resources.ts"

const problems = (value: Record<string, unknown>) => resourceProblems(value, "sort", ["TABLE_COLUMN"])

describe("what a definition says of resources", () => {
  it("is fine where it is of the form that the types ask for", () => {
    assert.deepStrictEqual(problems({}), [])
    const retry = { times: 3, on: ["TABLE_COLUMN", "TASK_TIMEOUT", "TASK_TAINTED"] }
    assert.deepStrictEqual(problems({ cpu: 4, memory: 64, mutex: ["a", "b"], retry, timeoutMs: 1 }), [])
    assert.deepStrictEqual(problems({ mutex: "a", retry: { times: 1 } }), [])
  })
  for (const [value, sentence] of [
    [{ cpu: 0 }, "cpu of sort must be a whole number of cores from 1 to 4096"],
    [{ cpu: 1.5 }, "cpu of sort must be a whole number of cores from 1 to 4096"],
    [{ cpu: "2" }, "cpu of sort must be a whole number of cores from 1 to 4096"],
    [{ memory: 63 }, "memory of sort must be a whole number of MiB from 64"],
    [{ memory: Infinity }, "memory of sort must be a whole number of MiB from 64"],
    [{ mutex: "" }, "mutex of sort must be a name or a list of names"],
    [{ mutex: ["a", 1] }, "mutex of sort must be a name or a list of names"],
    [{ timeoutMs: 0 }, "timeoutMs of sort must be a whole number of ms from 1"],
    [{ timeoutMs: 2 ** 40 }, "timeoutMs of sort must be a whole number of ms from 1"],
    [{ retry: 2 }, "retry of sort must be an object: { times: 2 }"],
    [{ retry: { times: 0 } }, "times in retry of sort must be a whole number from 1 to 100"],
    [{ retry: { times: 1, after: 5 } }, "unknown key after in retry of sort: it has times and on"],
    [{ retry: { times: 1, on: [] } }, "on in retry of sort must be a list of error codes"],
    [{ retry: { times: 1, on: "TASK_EXIT" } }, "on in retry of sort must be a list of error codes"],
    [
      { retry: { times: 1, on: ["TABEL_COLUMN"] } },
      "retry of sort names TABEL_COLUMN, which is no error of it; did you mean TABLE_COLUMN?"
    ],
    [{ retry: { times: 1, on: ["TASK_TIMEOT"] } }, "retry of sort names TASK_TIMEOT, which is no error of it; did you mean TASK_TIMEOUT?"]
  ] as const)
    it(`is refused as ${JSON.stringify(value)}`, () => assert.deepStrictEqual(problems(value), [sentence]))

  it("is told all at once", () => assert.lengthOf(problems({ cpu: 0, memory: 0, mutex: 0, retry: 0, timeoutMs: 0 }), 5))
})

describe("what a task takes", () => {
  it("is nothing that is worth telling where nothing is declared", () =>
    assert.deepStrictEqual(taskResources({ cpu: 1, mutex: [] }), { timeoutMs: 86_400_000, memoryMiB: 2048 }))
  it("is what its target says, before what its definition says", () =>
    assert.deepStrictEqual(
      taskResources({ cpu: 2, memory: 100, mutex: "a", retry: { times: 1 } }, { memory: 500, mutex: ["b", "b"], timeoutMs: 7 }),
      {
        timeoutMs: 7,
        memoryMiB: 500,
        resources: { cpu: 2, memoryMiB: 500, mutex: ["b"], retry: { times: 1 } }
      }
    ))
})
