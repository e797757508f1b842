/**
 * Random projects, random edits, crashes and company, through the program that users run: what it does is what a naive model says that
 * rebuilds everything. One history has a fixed seed, one another each time. ATLAS_SEED replays one, ATLAS_PROPERTY_RUNS takes as many
 * more, ATLAS_PROPERTY_STEPS makes them longer; a twentieth of them has 200 tasks.
 */
import { randomInt } from "node:crypto"
import { assert, describe, it } from "vitest"
import { seeds } from "../core/simulation/Random.ts"
import { History } from "./history.ts"

const Steps = Number(process.env["ATLAS_PROPERTY_STEPS"] ?? "4")
const runs = Number(process.env["ATLAS_PROPERTY_RUNS"] ?? "0")
/** Histories whose seed ends so are large. */
const isLarge = (seed: number): boolean => seed % 20 === 7

describe("a random project to which anything happens", () => {
  const chosen =
    process.env["ATLAS_SEED"] === undefined
      ? [...seeds(1), randomInt(1_000_000) * 20 + 2, ...seeds(runs, randomInt(1_000_000_000))]
      : seeds(1)
  for (const seed of chosen)
    it(
      `is brought to what a rebuild gives, by the tasks that have to run and no others (ATLAS_SEED=${seed})`,
      { timeout: 3_600_000 },
      async () => {
        console.log(`ATLAS_SEED=${seed} ATLAS_PROPERTY_STEPS=${Steps}`)
        assert.strictEqual(await new History(seed, isLarge(seed)).play(Steps), Steps)
      }
    )
})
