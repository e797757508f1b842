/** kill -9 at moments spread over the whole run; the next run heals, and the bytes are those of an undisturbed one. */
import { afterAll, assert, it } from "vitest"
import { Workplace } from "./workplace.ts"

/** More are tried by hand: ATLAS_KILLS=100. */
const kills = Number(process.env["ATLAS_KILLS"] ?? 8)
const labs: Array<Workplace> = []
afterAll(() => {
  for (const lab of labs) lab.remove()
})
const open = () => {
  const lab = new Workplace()
  labs.push(lab)
  return lab
}

it(`87, 88: heals after each of ${kills} kills`, async () => {
  const clean = open()
  const began = process.hrtime.bigint()
  assert.strictEqual(clean.run().exit, 0)
  const wholeMs = Number(process.hrtime.bigint() - began) / 1e6
  const expected = clean.digests("build", "serving-store", "packs")
  let lab = open()
  for (let kill = 0; kill < kills; kill++) {
    // evenly over the time a run takes, with a jitter so that no two suites try the same instants
    await lab.killedRun(((kill + Math.random()) / kills) * wholeMs)
    const healed = lab.run()
    assert.strictEqual(healed.exit, 0, `kill ${kill}: ${healed.output.stdout}${healed.output.stderr}`)
    assert.deepStrictEqual(lab.digests("build", "serving-store", "packs"), expected, `kill ${kill}`)
    lab.remove()
    lab = open()
  }
}, 600_000)
