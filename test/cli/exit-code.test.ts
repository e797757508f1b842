import { assert, describe, it } from "vitest"
import { worst } from "../../src/cli/ExitCode.ts"

const order = [3, 2, 1, 4, 0]

describe("exit codes", () => {
  it("of several the first of 3, 2, 1, 4 and 0 is told, in whatever order they come", () => {
    for (const [rank, code] of order.entries())
      for (const other of order.slice(rank)) {
        assert.strictEqual(worst([code, other]), code)
        assert.strictEqual(worst([other, code]), code)
      }
    assert.strictEqual(worst([0, 4, 1, 2, 3]), 3)
  })

  it("that nobody knows are trouble of the engine itself", () => {
    assert.strictEqual(worst([]), 3)
  })
})
