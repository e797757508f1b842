/** A project whose dataset may not be served before a day. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it, vi } from "vitest"
import { type Ran, Workplace } from "./workplace.ts"

// many runs of real processes each
vi.setConfig({ testTimeout: 300_000 })

const [promote, publish, alias] = ["1/phix174/NC_001422.1:promote", "1/phix174/NC_001422.1:publish", "*/phix174/NC_001422.1:alias"]
const ids = ["--release", "1", "--species", "phix174", "--assembly", "NC_001422.1"]

let lab: Workplace
beforeEach(() => {
  lab = new Workplace()
})
afterEach(() => lab.remove())

const configure = (options: string) =>
  writeFileSync(
    join(lab.root, "atlas.config.ts"),
    `import { project } from "atlas-run"
import { atlas, dataset } from "atlas-run/atlas"
export default project({ name: "lab", stages: atlas.life().stages, targets: (target) => [
  target(dataset({ release: "1", species: "phix174", assembly: "NC_001422.1", gff3: "data/phix.gff3.gz", fasta: "data/phix.fa" }), { options: ${options} })
] })
`
  )

const outcomes = (ran: Ran, ...tasks: ReadonlyArray<string>) => tasks.map((task) => ran.tasks.get(task)?.outcome)
const catalog = () => join(lab.root, "serving-store/catalog.json")

/** A run in which the embargo holds; executes nothing else from the second time on. */
const refused = (published: string) => {
  const ran = lab.run()
  assert.deepStrictEqual([ran.exit, outcomes(ran, publish, promote, alias)], [1, [published, "failed", "blocked"]], ran.output.stdout)
  const error = ran.tasks.get(promote)?.error
  assert.strictEqual(error?.code, "EMBARGOED")
  assert.isFalse(existsSync(catalog()))
  return error?.message ?? ""
}

describe("a dataset that is embargoed", () => {
  it("by its target is published, promoted by no run before the day, and by the first one after it", () => {
    configure('{ promote: { embargoUntil: "2999-01-01" } }')
    assert.include(refused("executed"), "it may be promoted from 2999-01-01 on")
    refused("fresh")
    configure('{ promote: { embargoUntil: "2020-01-01" } }')
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, outcomes(ran, publish, promote, alias)], [0, ["fresh", "executed", "executed"]], ran.output.stdout)
    assert.include(readFileSync(catalog(), "utf8"), "phix174")
    // what is served already is not taken out
    configure('{ promote: { embargoUntil: "2999-01-01" } }')
    assert.strictEqual(lab.run().exit, 0)
    assert.include(readFileSync(catalog(), "utf8"), "phix174")
  })

  it("by its store is promoted by no project until it is lifted", () => {
    configure("{}")
    assert.strictEqual(lab.run(":publish").exit, 0)
    const embargo = (...how: ReadonlyArray<string>) =>
      lab.dataset("catalog", "embargo", "--store-root", "serving-store", ...ids, ...how, "--because", "paper", "--actor", "ann")
    assert.strictEqual(embargo("--until", "2999-01-01").status, 0)
    refused("fresh")
    assert.strictEqual(embargo("--lift").status, 0)
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, outcomes(ran, promote, alias)], [0, ["executed", "executed"]], ran.output.stdout)
  })

  it("until what is no day is a mistake in the config", () => {
    configure('{ promote: { embargoUntil: "2027-02-30" } }')
    const { status, stdout, stderr } = lab.atlas("plan")
    assert.strictEqual(status, 2)
    assert.include(stdout + stderr, "must be a day of the calendar, YYYY-MM-DD")
  })
})
