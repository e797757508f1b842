/** What a run makes of little: nothing changed, state is gone, targets and stages come and go. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { all, Lab, worked } from "./lab.ts"
import { stages } from "./sources.ts"

let lab: Lab
beforeAll(() => {
  lab = Lab.ready()
})
afterAll(() => lab.close())

const [hs, mm] = [
  { id: "hs", table: "in/hs.table", genome: "in/hs.genome" },
  { id: "mm", table: "in/mm.table", genome: "in/mm.genome" }
]

describe("state that is gone", () => {
  it("2: without traces nothing is believed because it is there, and the same is made of the same", () => {
    const before = lab.made()
    for (const name of readdirSync(lab.at(".atlas"))) if (name !== "cache" && name !== "outputs") lab.remove(`.atlas/${name}`)
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, worked(ran)], [0, [...all("hs"), ...all("mm")]])
    assert.strictEqual(ran.tasks.get("hs:ingest:contigs")?.outcome, "restored", "what a host made comes from the cache")
    assert.deepStrictEqual(lab.made(), before)
  })

  it("3: without traces and cache everything is executed", () => {
    const before = lab.made()
    lab.remove(".atlas")
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, ran.counts["executed"]], [0, 14])
    assert.deepStrictEqual(lab.made(), before)
  })
})

it("4: what is forced is executed, and nothing behind it where it gives the same", () => {
  const ran = lab.run("--force", "hs:verify")
  assert.deepStrictEqual([ran.exit, worked(ran)], [0, ["hs:verify"]])
  assert.strictEqual(ran.tasks.get("hs:verify")?.outcome, "executed")
})

describe("targets", () => {
  it("5: a run of one does nothing for another that is stale, and writes nothing of it", () => {
    lab.write("in/hs.table", "c 5\n")
    const before = [lab.rows("published/hs"), lab.rows(".atlas/outputs/hs"), readFileSync(lab.at(".atlas/traces/hs+ingest.json"))]
    const ran = lab.run("mm")
    assert.deepStrictEqual([ran.exit, worked(ran), [...ran.tasks.keys()].every((task) => task.startsWith("mm:"))], [0, [], true])
    assert.deepStrictEqual(
      [lab.rows("published/hs"), lab.rows(".atlas/outputs/hs"), readFileSync(lab.at(".atlas/traces/hs+ingest.json"))],
      before
    )
    assert.deepStrictEqual(worked(lab.run()), all("hs"))
  })

  it("6, 9: one that is added is executed alone, and has the outputs of another with equal inputs", () => {
    lab.configure({ targets: [hs, mm, { ...hs, id: "rn" }] })
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, worked(ran)], [0, all("rn")])
    for (const name of ["table", "validated", "verified"])
      assert.strictEqual(lab.read(`published/rn/${name}`), lab.read(`published/hs/${name}`))
    assert.strictEqual(lab.read("packs/rn"), lab.read("packs/hs"))
  })

  it("7: the outputs of one that is removed stay, and gc tells them as orphans until it is asked to remove them", () => {
    lab.configure({ targets: [hs, mm] })
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, worked(ran), lab.has("packs/rn")], [0, [], true])
    const orphansOf = (...words: ReadonlyArray<string>) =>
      lab.json("gc", ...words).orphans.map(({ task }: { readonly task: string }) => task)
    assert.deepStrictEqual(orphansOf("--dry-run").sort(), all("rn"))
    assert.isTrue(lab.has("packs/rn"))
    orphansOf("--orphans")
    assert.deepStrictEqual([lab.has("packs/rn"), lab.has("packs/hs"), orphansOf("--dry-run")], [false, true, []])
  })

  it("8: a stage under another name makes the same in the same place, and the old tasks are told as orphans", () => {
    const before = lab.made()
    lab.write("plugins/stages.ts", stages("bundle"))
    lab.configure({ pack: "bundle" })
    const ran = lab.run()
    assert.strictEqual(ran.exit, 0, ran.output.stdout)
    assert.deepStrictEqual(
      worked(ran).filter((task) => task.endsWith(":bundle")),
      ["hs:bundle", "mm:bundle"]
    )
    assert.deepStrictEqual(
      worked(ran).filter((task) => !/:(bundle|verify-pack)$/.test(task)),
      []
    )
    assert.deepStrictEqual(lab.made(), before)
    const { orphans } = lab.json("gc", "--dry-run")
    assert.deepStrictEqual(orphans.map(({ task }: { readonly task: string }) => task).sort(), ["hs:pack", "mm:pack"])
    assert.deepStrictEqual(worked(lab.run()), [])
  })
})

it("1: nothing changed: nothing is executed and nothing is written, with and without the short cut", () => {
  // rows as young as the last build prove nothing yet: until a run leaves all as it is
  for (let last = "", tries = 0; last !== lab.rows().join("\n"); tries++) {
    assert.isBelow(tries, 20, "each run writes something")
    last = lab.rows().join("\n")
    assert.strictEqual(lab.say().status, 0)
  }
  const before = lab.rows()
  const { mtimeNs } = statSync(lab.at(".atlas"), { bigint: true })
  assert.match(lab.say().stdout, /^14 tasks fresh/)
  assert.strictEqual(statSync(lab.at(".atlas"), { bigint: true }).mtimeNs, mtimeNs)
  assert.deepStrictEqual(worked(lab.run()), [])
  assert.match(lab.say("run", "--no-fast-path").stdout, /^14 tasks fresh/)
  assert.deepStrictEqual(lab.rows(), before)
})

it("7: what a removed target left below the state folder, where outputs have no other place, goes when gc is asked to", () => {
  const config = (
    ids: string
  ) => `class Make extends Command("make")({ outputs: { out: "file" }, stdout: "out", words: () => ["echo", "made"] }) {}
export default project({ name: "lab", stages: [Make], targets: (target) => [${ids}].map((id) => target({}, { id })) })
`
  const own = Lab.of(config('"a", "b"'))
  try {
    assert.strictEqual(own.say().status, 0)
    const header = own.read("atlas.config.ts").split("class Make")[0] as string
    own.write("atlas.config.ts", `${header}${config('"a"')}`)
    assert.strictEqual(own.say().status, 0)
    const [orphan] = own.json("gc", "--dry-run").orphans
    assert.deepStrictEqual([orphan.task, orphan.outputs[0].state], ["b:make", "present"])
    assert.isTrue(own.has(orphan.outputs[0].path))
    assert.strictEqual(own.say("gc", "--orphans").status, 0)
    assert.isFalse(own.has(orphan.outputs[0].path))
    assert.match(own.say().stdout, /^1 task fresh/m)
  } finally {
    own.close()
  }
})
