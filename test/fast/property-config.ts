/** The sources of a small project that has one of everything that a task may rest on; what edits change are parameters. */

export interface TargetWish {
  readonly id: string
  /** Input of `count`, and of `side`. */
  readonly text: string
  readonly side: string
  readonly mark: string
  readonly severity: "error" | "warning"
  /** Checks of which all that they see is waived, until a day; null: nothing is. */
  readonly waived: ReadonlyArray<"look" | "peek">
  readonly until: string | null
  /** Takes what `count` made of another target. */
  readonly previous?: string
}

const waivers = ({ until, waived }: TargetWish) =>
  until === null ? [] : waived.map((check) => ({ check, finding: "odd", at: "*", because: "known", until }))

const targetOf = (wish: TargetWish): string =>
  `target({ text: "${wish.text}", side: "${wish.side}" }, ${JSON.stringify({
    id: wish.id,
    labels: { name: wish.id },
    options: { shape: { mark: wish.mark } },
    severity: { look: { odd: wish.severity } },
    waive: waivers(wish),
    ...(wish.previous === undefined ? {} : { across: { previous: wish.previous } })
  })})`

export const configText = (wishes: ReadonlyArray<TargetWish>, remark: string): string => `
// ${remark}
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { project } from "atlas-run"
import { word } from "./plugins/beside.ts"
import { Count, Side } from "./plugins/programs.ts"
import { Shape } from "./plugins/shape.ts"
import { Share } from "./plugins/share.ts"
import { Look, Peek } from "./plugins/checks.ts"
import { Gather } from "./plugins/gather.ts"
const at = (path: string) => join(import.meta.dirname, path)
void [word, process.env.LAB_ASKED, readFileSync(at("words.txt"), "utf8"), existsSync(at("absent.txt")), readdirSync(at("listed"))]
export default project({
  name: "property",
  stages: [Count, Side, Shape, Share, Gather],
  checks: [Look, Peek],
  targets: (target) => [
    ${wishes.map(targetOf).join(",\n    ")}
  ]
})
`

/** `count` runs a program of our own and tells a variable; `side` has nothing to do with the rest of its target. */
export const programs = `
import { Schema } from "effect"
import { Command } from "atlas-run/command"
export class Count extends Command("count")({
  target: Schema.Struct({ text: Schema.String }),
  inputs: ({ text }) => ({ text }),
  outputs: { count: "file" },
  environment: ["LAB_DECLARED"],
  stdout: "count",
  words: ({ inputs }) => ["measure", inputs.text]
}) {}
export class Side extends Command("side")({
  target: Schema.Struct({ side: Schema.String }),
  inputs: ({ side }) => ({ side }),
  outputs: { folder: "folder" },
  tools: ["sort"],
  shell: ({ inputs, outputs }) => \`mkdir -p \${outputs.folder}/below; sort \${inputs.side} > \${outputs.folder}/below/sorted\`
}) {}
`

/** Takes what fits a glob, what may be absent, what it finds told in its input, and of one input only the first line. */
export const gather = (remark: string): string => `
import { readFileSync, writeFileSync } from "node:fs"
import { Effect, Schema } from "effect"
import { Content, glob, input, optional, Stage } from "atlas-run/plugin"
// ${remark}
class First extends Content("first")({
  digest: ({ path }) => Effect.sync(() => readFileSync(path, "utf8").split("\\n")[0])
}) {}
export class Gather extends Stage("gather")({
  target: Schema.Struct({ side: Schema.String }),
  needs: [],
  options: Schema.Struct({}),
  inputs: ({ side }) => ({
    patches: glob(["patches/**/*.tab", "!patches/old/*"]),
    maybe: optional("maybe.tab"),
    first: input("first.tab", { content: First }),
    list: "list.txt"
  }),
  outputs: { gathered: "file" },
  findings: {},
  errors: [],
  run: ({ inputs, outputs, read }) =>
    Effect.gen(function* () {
      const found = inputs.patches.map((path) => readFileSync(path, "utf8"))
      if (inputs.maybe !== undefined) found.push(readFileSync(inputs.maybe, "utf8"))
      found.push(readFileSync(inputs.first, "utf8").split("\\n")[0])
      for (const name of readFileSync(inputs.list, "utf8").trim().split("\\n"))
        found.push(new TextDecoder().decode(yield* read(name)))
      writeFileSync(outputs.gathered, found.join("|"))
    })
}) {}
`

export const shape = (factor: number, remark: string): string => `
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
import { kit } from "kit"
import { Count } from "./programs.ts"
// ${remark}
export class Shape extends Stage("shape")({
  target: Schema.Struct({}),
  needs: [Count],
  across: { previous: Count },
  options: Schema.Struct({ mark: Schema.String }),
  inputs: () => ({}),
  outputs: { shaped: "folder" },
  findings: {},
  errors: [],
  run: ({ needs, across, options, outputs }) =>
    Effect.gen(function* () {
      const { lazy } = yield* Effect.promise(() => import("./lazy.ts"))
      mkdirSync(join(outputs.shaped, "empty"), { recursive: true })
      const before = across.previous === null ? "" : readFileSync(across.previous.count, "utf8")
      const counted = readFileSync(needs.count.count, "utf8")
      writeFileSync(join(outputs.shaped, "words"), [counted, before, kit, lazy, options.mark, ${factor}].join("\\n"))
    })
}) {}
`

/** Owns \`store/TARGET.json\`, and tells what proves it. */
export const share = `
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
import { Shape } from "./shape.ts"
const fileOf = (root: string, target: string) => join(root, target + ".json")
export class Share extends Stage("share")({
  target: Schema.Struct({ text: Schema.String }),
  needs: [Shape],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { value: "value" },
  roots: { store: "store" },
  findings: {},
  errors: [],
  cell: {
    id: ({ roots, labels }) => fileOf(roots.store, labels.name),
    immutable: false,
    desired: ({ needs }) => Effect.sync(() => readFileSync(join(needs.shape.shaped, "words"), "utf8")),
    observe: ({ roots, labels }) =>
      Effect.sync(() => {
        const path = fileOf(roots.store, labels.name)
        const seen = existsSync(path) ? { state: "present", value: JSON.parse(readFileSync(path, "utf8")).value } : { state: "absent" }
        return { ...seen, witnesses: [path] }
      })
  },
  run: ({ cell, roots, labels }) =>
    Effect.sync(() => {
      mkdirSync(roots.store, { recursive: true })
      writeFileSync(fileOf(roots.store, labels.name), JSON.stringify({ value: cell.desired }))
      return { value: cell.desired }
    })
}) {}
`

/** Each sees every word that begins with \`odd\`: \`look\` where the text was counted, \`peek\` in what was sorted apart from it. */
export const checks = (remark: string): string => `
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { Check } from "atlas-run/plugin"
import { Shape } from "./shape.ts"
import { Side } from "./programs.ts"
// ${remark}
const findings = { odd: { severity: "warning", hint: "look at it" } }
const seen = (path, report) =>
  Effect.gen(function* () {
    for (const word of readFileSync(path, "utf8").split(/\\s+/))
      if (word.startsWith("odd")) yield* report("odd", { at: word, message: word + " was met" })
  })
export class Look extends Check("look")({
  on: Shape,
  options: Schema.Struct({}),
  findings,
  errors: [],
  run: ({ subject, report }) => seen(join(subject.shaped, "words"), report)
}) {}
export class Peek extends Check("peek")({
  on: Side,
  options: Schema.Struct({}),
  findings,
  errors: [],
  run: ({ subject, report }) => seen(join(subject.folder, "below", "sorted"), report)
}) {}
`

/** Tells of a text how long it is and which words begin with \`odd\`. */
export const measure = (version: number): string => `#!/bin/sh
# version ${version}
wc -c < "$1" || exit 1
tr ' ' '\\n' < "$1" | grep '^odd' || true
echo "\${LAB_DECLARED:-none}"
`

export const kit = (version: number) => ({
  "package.json": JSON.stringify({ name: "kit", version: `1.0.${version}`, type: "module", exports: "./index.js" }),
  "index.js": `export const kit = "kit ${version}"\n`
})
