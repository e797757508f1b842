/** What `new check NAME` writes: a check that keeps its laws, to be changed into the one that is wanted. */

export interface Names {
  /** `two-words` */
  readonly name: string
  /** `TwoWords` */
  readonly type: string
}

const code = ({ name, type }: Names): string => `import { readFileSync } from "node:fs"
import { Effect, Schema } from "effect"
import { Check } from "atlas-run/plugin"
import { Sample } from "./sample.ts"

export class ${type} extends Check("${name}")({
  summary: "No line is longer than it may be",
  on: Sample,
  options: Schema.Struct({ most: Schema.Int.annotate({ description: "characters that a line may have" }) }),
  findings: { "too-long": { severity: "error", hint: "Break the line." } },
  errors: [],
  run: ({ subject, options, report, summary }) =>
    Effect.gen(function* () {
      const lines = readFileSync(subject.text, "utf8").split("\\n")
      for (const [index, line] of lines.entries())
        if (line.length > options.most)
          yield* report("too-long", { at: \`line \${index + 1}\`, message: \`\${line.length} characters\` })
      yield* summary(\`\${lines.length} lines\`)
    })
}) {}
`

const sample = (): string => `/** Stands in for the stage whose outputs are looked at: import that one instead, and delete this file. */
import { copyFileSync } from "node:fs"
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"

export class Sample extends Stage("sample")({
  target: Schema.Struct({ text: Schema.String }),
  needs: [],
  options: Schema.Struct({}),
  inputs: ({ text }) => ({ text }),
  outputs: { text: "file" },
  findings: {},
  errors: [],
  run: ({ inputs, outputs }) => Effect.sync(() => copyFileSync(inputs.text, outputs.text))
}) {}
`

const readme = ({ name, type }: Names): string => `# ${name}

Looks at every line of a text: none may be longer than \`most\` characters.

\`\`\`json
{ "most": 80 }
\`\`\`

In the config: \`checks: [${type}.with({ most: 80 })]\`.

| finding | means | remedy |
|---|---|---|
| \`too-long\` | a line has more than \`most\` characters | break it, or waive it at \`line N\` |

Its test: \`node --test ${name}.test.ts\` in this folder, or any runner that knows \`node:test\`.
`

const test = ({ name, type }: Names): string => `/** The laws that every check keeps; each rejects with a sentence where it is broken. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { checkLaws } from "atlas-run/testing"
import { ${type} } from "./index.ts"

const folder = mkdtempSync(join(tmpdir(), "${name}-"))
after(() => rmSync(folder, { recursive: true }))

const text = (name: string, lines: string): string => {
  writeFileSync(join(folder, name), lines)
  return join(folder, name)
}

for (const law of checkLaws(${type}, {
  readme: join(import.meta.dirname, "README.md"),
  passes: { subject: { text: text("short", "one\\ntwo\\n") }, options: { most: 3 } },
  fails: [
    {
      subject: { text: text("long", "one\\nthree\\n") },
      options: { most: 3 },
      finds: [{ name: "too-long", at: "line 2" }]
    }
  ]
}))
  test(law.name, law.holds)
`

/** Text by file name. */
export const checkFiles = (names: Names): ReadonlyMap<string, string> =>
  new Map([
    ["index.ts", code(names)],
    ["sample.ts", sample()],
    ["README.md", readme(names)],
    [`${names.name}.test.ts`, test(names)]
  ])
