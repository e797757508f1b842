/** What a failed verdict blocks. */
import { assert, it } from "vitest"
import { Lab, outcomes } from "./lab.ts"

it("106: a failed check blocks what it gates of its own target, also where another target takes its subject across, and nothing else", () => {
  const lab = Lab.of(`
import { readFileSync, writeFileSync } from "node:fs"
import { Check } from "atlas-run/plugin"
class Read extends Command("read")({ target: Schema.Struct({ text: Schema.String }), inputs: ({ text }) => ({ text }), outputs: { out: "file" }, stdout: "out", words: ({ inputs }) => ["cat", inputs.text] }) {}
class Use extends Stage("use")({
  target: Schema.Struct({}), needs: [Read], across: { previous: Read }, options: Schema.Struct({}), inputs: () => ({}), outputs: { out: "file" }, findings: {}, errors: [],
  run: ({ needs, across, outputs }) => Effect.sync(() => writeFileSync(outputs.out, readFileSync(needs.read.out, "utf8") + (across.previous === null ? "" : readFileSync(across.previous.out, "utf8"))))
}) {}
class Look extends Check("look")({
  on: Read, options: Schema.Struct({}), findings: { odd: { severity: "error", hint: "" } }, errors: [],
  run: ({ subject, report }) => Effect.gen(function* () { if (readFileSync(subject.out, "utf8").startsWith("odd")) yield* report("odd", { at: "1", message: "odd" }) })
}) {}
export default project({ name: "p", stages: [Read, Use], checks: [Look.with({}, { gates: [Use] })], targets: (target) => [
  target({ text: "a.txt" }, { id: "a" }),
  target({ text: "b.txt" }, { id: "b", across: { previous: "a" } })
] })
`)
  try {
    lab.write("a.txt", "odd\n")
    lab.write("b.txt", "even\n")
    const first = lab.run()
    assert.strictEqual(first.exit, 1)
    // b takes a's output, whose check says nothing of b's own
    assert.deepStrictEqual(outcomes(first), {
      "a:read": "executed",
      "a:read:look": "executed",
      "a:use": "blocked",
      "b:read": "executed",
      "b:read:look": "executed",
      "b:use": "executed"
    })
    lab.write("a.txt", "even\n")
    assert.deepStrictEqual([lab.run().exit, lab.read(".atlas/outputs/b/use/out")], [0, "even\neven\n"])
    lab.write("b.txt", "odd\n")
    const last = lab.run()
    assert.deepStrictEqual([last.exit, outcomes(last)["b:use"], outcomes(last)["a:use"]], [1, "blocked", "fresh"])
  } finally {
    lab.close()
  }
})
