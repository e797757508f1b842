/** What the local cache gives back, and what it does not: through the program that users run, on a whole dataset life. */
import { createHash } from "node:crypto"
import { chmodSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Ran, Workplace } from "./workplace.ts"

const phix = "1/phix174/NC_001422.1"
const config = `
import { project } from "atlas-run"
import { atlas, dataset } from "atlas-run/atlas"
const life = atlas.life({ build: "build", store: "serving-store", packs: "packs" })
export default project({
  name: "cached",
  stages: life.stages,
  targets: (target) => [target(dataset({ release: "1", species: "phix174", assembly: "NC_001422.1", gff3: "data/phix.gff3.gz", fasta: "data/phix.fa" }))]
})
`

let lab: Workplace
beforeAll(() => {
  lab = new Workplace()
  writeFileSync(join(lab.root, "atlas.config.ts"), config)
  assert.strictEqual(lab.run().exit, 0)
})
afterAll(() => lab.remove())

const apart = ({ tasks }: Ran): ReadonlyArray<readonly [string, string]> =>
  [...tasks].flatMap(([task, { outcome }]) => (outcome === "fresh" ? [] : [[task, outcome] as const]))

const files = (pattern: string): ReadonlyArray<string> =>
  globSync(pattern, { cwd: lab.root }).filter((path) => statSync(join(lab.root, path)).isFile())

/** The cache's object with the bytes of a file of the project. */
const objectOf = (path: string): string => {
  const sha256 = createHash("sha256")
    .update(readFileSync(join(lab.root, path)))
    .digest("hex")
  return join(lab.root, ".atlas", "cache", "cas", "sha256", sha256.slice(0, 2), sha256)
}

describe("an output that is deleted", () => {
  it("40: is restored byte for byte, and nothing is executed: not its task, not what hangs on it", () => {
    const before = lab.digests("build", "packs")
    const [pack = ""] = files("packs/**/*").filter((path) => statSync(join(lab.root, path)).size > 1024)
    rmSync(join(lab.root, pack))
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, ran.counts["executed"], apart(ran)], [0, 0, [[`${phix}:pack`, "restored"]]])
    assert.deepStrictEqual(lab.digests("build", "packs"), before)
  })

  it("41, 119: and whose object in the cache has another byte is made anew, and the object is put aside", () => {
    const before = lab.digests("build", "packs")
    const [manifest = ""] = files("build/release=1/**/manifest.json")
    const object = objectOf(manifest)
    const bytes = readFileSync(object)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    chmodSync(object, 0o644)
    writeFileSync(object, bytes)
    rmSync(join(lab.root, "build", "release=1"), { recursive: true })
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, apart(ran)], [0, [[`${phix}:ingest`, "executed"]]])
    assert.deepStrictEqual(lab.digests("build", "packs"), before)
    const [aside = "", ...more] = files(".atlas/cache/quarantine/**/*")
    assert.deepStrictEqual(more, [])
    assert.deepStrictEqual(readFileSync(join(lab.root, aside)), bytes)
    // what was made anew is in the cache again, whole
    rmSync(join(lab.root, "build", "release=1"), { recursive: true })
    assert.deepStrictEqual(apart(lab.run()), [[`${phix}:ingest`, "restored"]])
    assert.deepStrictEqual(lab.digests("build", "packs"), before)
  })
})
