/** What was made is evidence only while it is what was made. */
import { appendFileSync, chmodSync, existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, afterEach, assert, beforeAll, describe, it } from "vitest"
import { codes, Lab, outcomes, worked } from "./lab.ts"

describe("an output that is another than was recorded", () => {
  let lab: Lab
  let before: ReadonlyMap<string, string>
  beforeAll(() => {
    lab = Lab.ready()
    before = lab.made()
  })
  afterAll(() => lab.close())
  /** Whether verify fails and names the place; the exit code of a run and what it executed; whether all is as it was. */
  const healing = (place: string): ReadonlyArray<unknown> => {
    const verified = lab.say("verify")
    const ran = lab.run()
    const same = JSON.stringify([...lab.made()]) === JSON.stringify([...before])
    return [verified.status === 1 && verified.stdout.includes(place), ran.exit, ...worked(ran), same]
  }

  it("40, 41: since it is deleted is there again, final or between, and nothing behind it is executed", () => {
    lab.remove("packs/hs")
    assert.deepStrictEqual(healing("packs/hs"), [true, 0, "hs:pack", true])
    lab.remove(".atlas/outputs/hs/ingest")
    assert.deepStrictEqual(healing("hs/ingest"), [true, 0, "hs:ingest", true])
  })

  it("42: by bytes at its end is noticed and healed", () => {
    appendFileSync(lab.at("published/hs/table"), "more\n")
    assert.deepStrictEqual(healing("published/hs/table"), [true, 0, "hs:publish", true])
  })

  it("43: under the same size and mtime is noticed and healed, before anything is made of it", () => {
    lab.flip("published/hs/table")
    assert.deepStrictEqual(healing("published/hs/table"), [true, 0, "hs:publish", true])
    lab.flip(".atlas/outputs/hs/ingest/root/table")
    const ran = lab.run("--force", "hs:publish")
    assert.deepStrictEqual([ran.exit, worked(ran)], [0, ["hs:ingest", "hs:publish"]])
    assert.deepStrictEqual(lab.made(), before)
  })

  it("44: by being a link is healed, and what the link leads to is not written", () => {
    lab.write("elsewhere", "mine")
    rmSync(lab.at("packs/hs"))
    symlinkSync("../elsewhere", lab.at("packs/hs"))
    assert.deepStrictEqual(healing("packs/hs"), [true, 0, "hs:pack", true])
    assert.deepStrictEqual([lab.read("elsewhere"), lstatSync(lab.at("packs/hs")).isFile()], ["mine", true])
  })

  it("45: by another file in its folder is noticed, and no pack has that file", () => {
    lab.write("published/hs/more", "more")
    const [planned] = lab.json("plan", "hs:publish").tasks.filter(({ task }: { readonly task: string }) => task === "hs:publish")
    assert.deepStrictEqual([planned.decision, planned.causes[0].kind], ["stale", "output-altered"])
    const ran = lab.run("--force", "hs:pack")
    assert.deepStrictEqual([ran.exit, worked(ran), lab.has("published/hs/more")], [0, ["hs:pack", "hs:publish"], false])
    assert.deepStrictEqual(lab.made(), before)
  })

  it("51: that is read-only is replaced", () => {
    chmodSync(lab.at("packs/hs"), 0o444)
    chmodSync(lab.at("published/hs/table"), 0o444)
    lab.write("in/hs.table", "c 1\n")
    assert.strictEqual(lab.run().exit, 0)
    assert.strictEqual(lab.read("published/hs/table"), "c 1\n")
    assert.include(lab.read("packs/hs"), "c 1")
    assert.deepStrictEqual(lab.made(), lab.clean())
  })
})

describe("a stage", () => {
  let lab: Lab
  afterEach(() => lab.close())

  it("46: that does not make what it declares fails with a typed error, and nothing is recorded", () => {
    lab = Lab.of(`
class Forgets extends Command("forgets")({ outputs: { one: "file", two: "file" }, shell: ({ outputs }) => \`echo 1 > \${outputs.one}; : \${outputs.two}\` }) {}
export default project({ name: "p", stages: [Forgets], targets: (target) => [target({}, { id: "t" })] })
`)
    for (let time = 0; time < 2; time++) {
      const ran = lab.run()
      assert.deepStrictEqual([ran.exit, outcomes(ran), codes(ran)], [1, { "t:forgets": "failed" }, ["TASK_OUTPUT_MISSING"]])
      assert.deepStrictEqual([lab.has(".atlas/traces/t+forgets.json"), lab.has(".atlas/outputs/t/forgets/one")], [false, false])
    }
  })

  it("48: that changes its own input is told so, and nothing of it is recorded", () => {
    lab = Lab.of(`
class Edits extends Command("edits")({
  target: Schema.Struct({ text: Schema.String }),
  inputs: ({ text }) => ({ text }),
  outputs: { out: "file" },
  shell: ({ inputs, outputs }) => \`cp \${inputs.text} \${outputs.out}; echo more >> \${inputs.text}\`
}) {}
export default project({ name: "p", stages: [Edits], targets: (target) => [target({ text: "text" }, { id: "t" })] })
`)
    lab.write("text", "one\n")
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, outcomes(ran), codes(ran)], [1, { "t:edits": "tainted" }, ["TASK_TAINTED"]])
    assert.deepStrictEqual([lab.has(".atlas/traces/t+edits.json"), lab.has(".atlas/outputs/t/edits/out")], [false, false])
  })

  /** Of two stages with outputs there: how the config ends, and which words are not told. */
  const clash = (first: string, second: string): ReadonlyArray<unknown> => {
    lab = Lab.of(`
class First extends Command("first")({ outputs: { out: "folder" }, paths: () => ({ out: "${first}" }), shell: ({ outputs }) => \`mkdir \${outputs.out}\` }) {}
class Second extends Command("second")({ outputs: { out: "folder" }, paths: () => ({ out: "${second}" }), shell: ({ outputs }) => \`mkdir \${outputs.out}\` }) {}
export default project({ name: "p", stages: [First, Second], targets: (target) => [target({}, { id: "t" })] })
`)
    const { status, stdout, stderr } = lab.say()
    const untold = ["CONFIG_CONFLICT", "t:first", "t:second", "atlas.config.ts:"].filter((word) => !stderr.includes(word))
    return [status, stdout, lab.has("out"), lab.has(".atlas/traces"), untold]
  }
  const refused = [2, "", false, false, []]

  it("49: that declares the output of another is an error of the config that names both", () =>
    assert.deepStrictEqual(clash("out/same", "out/same"), refused))
  it("50: whose output lies inside another's is an error of the config that names both", () =>
    assert.deepStrictEqual(clash("out", "out/below"), refused))
})

describe("an output on another file system", () => {
  const other = "/dev/shm"
  const possible = existsSync(other) && lstatSync(other).dev !== lstatSync(".").dev
  if (!possible) console.warn("SKIPPED: no /dev/shm, so no output lies on another file system")

  it.skipIf(!possible)("53: is made, replaced and found damaged as any other", () => {
    const folder = mkdtempSync(join(other, "atlas-scenarios-"))
    const lab = Lab.of(`
class Copy extends Command("copy")({
  target: Schema.Struct({ text: Schema.String }),
  inputs: ({ text }) => ({ text }),
  outputs: { out: "file" },
  roots: { far: ${JSON.stringify(folder)} },
  paths: ({ roots }) => ({ out: roots.far + "/out" }),
  stdout: "out",
  words: ({ inputs }) => ["cat", inputs.text]
}) {}
export default project({ name: "p", stages: [Copy], targets: (target) => [target({ text: "text" }, { id: "t" })] })
`)
    try {
      for (const text of ["one", "two"]) {
        writeFileSync(lab.at("text"), text)
        const ran = lab.run()
        assert.deepStrictEqual([ran.exit, worked(ran), readFileSync(join(folder, "out"), "utf8")], [0, ["t:copy"], text], ran.output.stderr)
      }
      appendFileSync(join(folder, "out"), "more")
      assert.deepStrictEqual(worked(lab.run()), ["t:copy"])
      assert.deepStrictEqual(worked(lab.run()), [])
    } finally {
      lab.close()
      rmSync(folder, { recursive: true })
    }
  })
})
