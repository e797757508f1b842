/** What counts of a folder that one stage hands to another. */
import { afterAll, assert, beforeAll, it } from "vitest"
import { Lab, worked } from "./lab.ts"

let lab: Lab
beforeAll(() => {
  // `tree` runs the script that is its input, in its output folder
  lab = Lab.of(`
class Tree extends Command("tree")({
  target: Schema.Struct({ script: Schema.String }),
  inputs: ({ script }) => ({ script }),
  outputs: { folder: "folder" },
  shell: ({ inputs, outputs }) => \`mkdir \${outputs.folder}; script=$(realpath \${inputs.script}); cd \${outputs.folder}; . "$script"\`
}) {}
class List extends Command("list")({
  needs: [Tree],
  outputs: { list: "file" },
  tools: ["find"],
  shell: ({ needs, outputs }) => \`cd \${needs.tree.folder}; find . -type f -exec grep -H "" {} + | sort > \${outputs.list}; find . -type d | sort >> \${outputs.list}\`
}) {}
export default project({ name: "trees", stages: [Tree, List], targets: (target) => [target({ script: "script" }, { id: "t" })] })
`)
  lab.write("script", "mkdir a b; echo x > a/f")
  assert.strictEqual(lab.run().exit, 0)
})
afterAll(() => lab.close())

const both = ["t:list", "t:tree"]
const after = (script: string) => {
  lab.write("script", script)
  return worked(lab.run())
}

it("24: an empty folder that appears in it counts", () => {
  assert.deepStrictEqual(after("mkdir a b c; echo x > a/f"), both)
  assert.deepStrictEqual(after("mkdir a b c; echo x > a/f # the same"), ["t:tree"])
})

it("25: a file that moves from one folder below it to another counts", () => {
  assert.deepStrictEqual(after("mkdir a b c; echo x > b/f"), both)
})

it("26: bytes that move from a name to a content, or from file to file, count", () => {
  assert.deepStrictEqual(after("mkdir a b c; printf bc > a/a"), both)
  assert.deepStrictEqual(after("mkdir a b c; printf c > a/ab"), both)
  assert.deepStrictEqual(after("mkdir a b c; printf c > a/ab; printf xy > a/c; printf z > a/d"), both)
  assert.deepStrictEqual(after("mkdir a b c; printf c > a/ab; printf x > a/c; printf yz > a/d"), both)
})
