/** The exchange with the reference: with its program where ATLAS_REFERENCE names it, else with its recorded runs. */
import { existsSync } from "node:fs"
import { assert, describe, it } from "vitest"
import { exchange } from "./exchange.ts"

const binary = process.env["ATLAS_REFERENCE"]
const present = binary !== undefined && existsSync(binary)
if (!present) console.warn("SKIPPED: ATLAS_REFERENCE names no program of the reference, so nothing of ours goes through it")

const failed = async (program: string | undefined) => {
  const { outcomes } = await exchange(program, () => undefined)
  return { count: outcomes.length, failed: outcomes.filter(({ good }) => !good).map(({ name, note }) => `${name}: ${note}`) }
}

describe("the exchange with the reference", () => {
  it("takes all that its recorded runs wrote, by every command that takes it", async () => {
    const { count, failed: bad } = await failed(undefined)
    assert.isAbove(count, 60)
    assert.deepStrictEqual(bad, [])
  }, 600_000)

  it.skipIf(!present)(
    "goes both ways through its own program",
    async () => {
      const { count, failed: bad } = await failed(binary)
      assert.isAbove(count, 60)
      assert.deepStrictEqual(bad, [])
    },
    600_000
  )
})
