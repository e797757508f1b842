/** A task that ran again and gave the same stops what would follow from it. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { all, Lab, outcomes, worked } from "./lab.ts"
import { check } from "./sources.ts"

describe("a stage that reads canonically", () => {
  let lab: Lab
  beforeAll(() => {
    lab = Lab.ready()
  })
  afterAll(() => lab.close())
  const executed = (): ReadonlyArray<unknown> => {
    const ran = lab.run()
    return [ran.exit, ...worked(ran)]
  }

  it("31: is executed alone when a comment changes", () => {
    lab.write("in/hs.table", "# another comment\nb0 2\na0 1\n")
    assert.deepStrictEqual(executed(), [0, "hs:ingest"])
  })

  it("32: is executed alone when the width of lines changes", () => {
    lab.write("in/hs.genome", "ACG\nTAC\n")
    assert.deepStrictEqual(executed(), [0, "hs:ingest"])
  })

  it("34: is executed alone when rows are permuted, since it sorts them", () => {
    lab.write("in/hs.table", "# another comment\na0 1\nb0 2\n")
    assert.deepStrictEqual(executed(), [0, "hs:ingest"])
  })

  it("35: is cut off on another day too: nothing that it makes holds a clock", () => {
    assert.deepStrictEqual(worked(lab.run("--force", "hs:ingest", "--force", "hs:verify", "--now", "2031-05-05")), [
      "hs:ingest",
      "hs:ingest:contigs",
      "hs:verify"
    ])
  })

  it("39: a check without outputs passes its verdict on: other data is looked at again, another severity closes its gate", () => {
    lab.write("in/hs.table", "odd 1\n")
    assert.deepStrictEqual([lab.run().exit, lab.read("published/hs/table")], [0, "odd 1\n"])
    lab.write("plugins/c.ts", check("", "error"))
    lab.write("in/hs.genome", "A\n")
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, ran.tasks.get("hs:ingest:contigs")?.verdict], [1, "failed"])
    assert.deepStrictEqual(
      [outcomes(ran)["hs:publish"], outcomes(ran)["hs:verify"], outcomes(ran)["mm:publish"]],
      ["blocked", "executed", "fresh"]
    )
    lab.write("in/hs.table", "even 1\n")
    const healed = lab.run()
    assert.deepStrictEqual([healed.exit, worked(healed)], [0, all("hs")])
  })
})

describe("a diamond", () => {
  let lab: Lab
  beforeAll(() => {
    // each parent makes a part of the text; `plain` passes all of it on
    lab = Lab.of(`
const Text = Schema.Struct({ text: Schema.String })
const from = ({ text }) => ({ text })
class Head extends Command("head")({ target: Text, inputs: from, outputs: { out: "file" }, stdout: "out", words: ({ inputs }) => ["head", "-n", "1", inputs.text] }) {}
class Tail extends Command("tail")({ target: Text, inputs: from, outputs: { out: "file" }, stdout: "out", words: ({ inputs }) => ["tail", "-n", "1", inputs.text] }) {}
class Child extends Command("child")({ needs: [Head, Tail], outputs: { out: "file" }, shell: ({ needs, outputs }) => \`cat \${needs.head.out} \${needs.tail.out} > \${outputs.out}\` }) {}
class Plain extends Command("plain")({ target: Text, inputs: from, outputs: { out: "file" }, stdout: "out", words: ({ inputs }) => ["cat", inputs.text] }) {}
class After extends Command("after")({ needs: [Plain], outputs: { out: "file" }, stdout: "out", words: ({ needs }) => ["cat", needs.plain.out] }) {}
export default project({ name: "diamond", stages: [Head, Tail, Child, Plain, After], targets: (target) => [target({ text: "text" }, { id: "t" })] })
`)
    lab.write("text", "1\n2\n3\n4\n")
    assert.strictEqual(lab.run().exit, 0)
  })
  afterAll(() => lab.close())

  it("36: whose parents both ran again and gave the same leaves its child alone", () => {
    lab.write("text", "1\n5\n3\n4\n")
    assert.deepStrictEqual(worked(lab.run()), ["t:after", "t:head", "t:plain", "t:tail"])
  })

  it("37: one of whose parents is cut off and the other not executes its child once", () => {
    lab.write("text", "1\n5\n3\n6\n")
    const ran = lab.run()
    assert.deepStrictEqual(worked(ran), ["t:after", "t:child", "t:head", "t:plain", "t:tail"])
    const finished = ran.output.stdout.split("\n").filter((line) => line.includes('"task-finished"') && line.includes('"t:child"'))
    assert.strictEqual(finished.length, 1)
  })

  it("34: where order is passed on, a permutation goes all the way", () => {
    lab.write("text", "1\n3\n5\n6\n")
    assert.deepStrictEqual(worked(lab.run()), ["t:after", "t:head", "t:plain", "t:tail"])
  })

  it("38: that writes the same bytes with new times stops there", () => {
    const before = lab.rows(".atlas/outputs/t/head")
    const ran = lab.run("--force", "t:head")
    assert.deepStrictEqual(worked(ran), ["t:head"])
    assert.notDeepEqual(lab.rows(".atlas/outputs/t/head"), before)
  })
})
