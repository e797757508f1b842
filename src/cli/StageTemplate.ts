/** What `new stage NAME` writes: a stage that keeps its laws, to be changed into the one that is wanted. */
import type { Names } from "./CheckTemplate.ts"

const code = ({ name, type }: Names): string => `import { readFileSync, writeFileSync } from "node:fs"
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"

export class ${type} extends Stage("${name}")({
  summary: "Sorts the lines of a text",
  target: Schema.Struct({ text: Schema.String.annotate({ description: "path of the text" }) }),
  needs: [],
  options: Schema.Struct({
    reverse: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))).annotate({ description: "last line first" })
  }),
  inputs: ({ text }) => ({ text }),
  outputs: { sorted: "file" },
  findings: {},
  errors: [],
  run: ({ inputs, options, outputs, summary }) =>
    Effect.gen(function* () {
      const lines = readFileSync(inputs.text, "utf8").trimEnd().split("\\n").sort()
      if (options.reverse) lines.reverse()
      writeFileSync(outputs.sorted, lines.map((line) => \`\${line}\\n\`).join(""))
      yield* summary(\`\${lines.length} lines\`)
    })
}) {}
`

const readme = ({ name, type }: Names): string => `# ${name}

Sorts the lines of a text.

\`\`\`json
{ "reverse": true }
\`\`\`

In the config: \`stages: [${type}]\`, and a target with its input: \`target({ text: "data/words.txt" }, { id: "words" })\`.

| | |
|---|---|
| input \`text\` | the text |
| output \`sorted\` | its lines in order |
| option \`reverse\` | last line first |

Its test: \`node --test ${name}.test.ts\` in this folder, or any runner that knows \`node:test\`.
`

const test = ({
  name,
  type
}: Names): string => `/** Executed once for what it is given, not again while that stands, and with the same bytes when it is executed anew. */
import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { Effect } from "effect"
import { Atlas, project } from "atlas-run"
import { ${type} } from "./index.ts"

const folder = mkdtempSync(join(tmpdir(), "${name}-"))
after(() => rmSync(folder, { recursive: true }))
const text = join(folder, "text")
writeFileSync(text, "pear\\napple\\n")

const config = project({ name: "sample", stages: [${type}], targets: (target) => [target({ text }, { id: "sample" })] })

/** What became of the stage. */
const run = async (force: ReadonlyArray<string> = []) => {
  const report = await Effect.runPromise(Atlas.run(config, { root: folder, force, cache: false }))
  return report.tasks.map(({ outcome }) => outcome)
}

const sorted = (): string => {
  const path = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((name) => name.endsWith("sorted"))
  return readFileSync(join(folder, path ?? ""), "utf8")
}

test("gives what it should", async () => {
  assert.deepEqual(await run(), ["executed"])
  assert.equal(sorted(), "apple\\npear\\n")
})

test("is not executed again while its input stands", async () => {
  assert.deepEqual(await run(), ["fresh"])
})

test("gives the same bytes when it is executed anew", async () => {
  const before = sorted()
  assert.deepEqual(await run([":${name}"]), ["executed"])
  assert.equal(sorted(), before)
})

test("is executed again when its input changes", async () => {
  writeFileSync(text, "pear\\napple\\nfig\\n")
  assert.deepEqual(await run(), ["executed"])
  assert.equal(sorted(), "apple\\nfig\\npear\\n")
})
`

/** Text by file name. */
export const stageFiles = (names: Names): ReadonlyMap<string, string> =>
  new Map([
    ["index.ts", code(names)],
    ["README.md", readme(names)],
    [`${names.name}.test.ts`, test(names)]
  ])
