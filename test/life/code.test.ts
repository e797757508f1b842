/** What edits of code bring about, through the program that users run, in a project that has the whole dataset plugin as its own. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { repository, Workplace } from "./workplace.ts"

const phix = "1/phix174/NC_001422.1"
const config = `
import { project } from "atlas-run"
import { atlas, dataset } from "./plugins/atlas/index.ts"
import { GeneDensity } from "./plugins/gene-density/index.ts"
import { Words } from "./plugins/words/index.ts"
export default project({
  name: "code",
  stages: atlas.life({ build: "build", store: "serving-store", packs: "packs" }).stages,
  checks: [GeneDensity.with({ min: 0 }), Words],
  targets: (target) => [target(dataset({ release: "1", species: "phix174", assembly: "NC_001422.1", gff3: "data/phix.gff3.gz", fasta: "data/phix.fa" }))]
})
`
/** A check with a package of its own, linked in. */
const words = `
import { Check } from "atlas-run/plugin"
import { Effect, Schema } from "effect"
import { word } from "words"
import { Ingest } from "../atlas/index.ts"
export class Words extends Check("words")({
  on: Ingest, options: Schema.Struct({}), errors: [], findings: { said: { severity: "warning", hint: "" } },
  run: ({ report }) => report("said", { at: "word", message: word }).pipe(Effect.asVoid)
}) {}
`

let lab: Workplace
const write = (path: string, content: string): void => {
  mkdirSync(dirname(join(lab.root, path)), { recursive: true })
  writeFileSync(join(lab.root, path), content)
}
const link = (path: string, to: string): void => {
  rmSync(join(lab.root, path), { recursive: true, force: true })
  symlinkSync(join(lab.root, to), join(lab.root, path))
}
const madeWord = (folder: string, word: string): void => {
  write(`${folder}/package.json`, '{"name":"words","version":"1.0.0","type":"module","exports":"./index.js"}')
  write(`${folder}/index.js`, `export const word = ${JSON.stringify(word)}\n`)
}

beforeAll(() => {
  lab = new Workplace()
  cpSync(join(repository, "plugins"), join(lab.root, "plugins"), { recursive: true })
  symlinkSync(join(repository, "node_modules", "tar"), join(lab.root, "node_modules", "tar"))
  madeWord("packages/one", "one")
  madeWord("packages/two", "two")
  link("node_modules/words", "packages/one")
  write("plugins/words/index.ts", words)
  write("atlas.config.ts", config)
  const { exit, output } = lab.run()
  assert.strictEqual(exit, 0, output.stdout + output.stderr)
})
afterAll(() => lab.remove())

/** Changes the text of a module of the plugin. */
const edit = (path: string, change: (text: string) => string): void => {
  const text = readFileSync(join(lab.root, path), "utf8")
  assert.notStrictEqual(change(text), text, `${path} has not the text that is edited`)
  write(path, change(text))
}
/** Into the first body of a function of Effect's. */
const inBody = (text: string): string => text.replace(/Effect\.(?:gen|fnUntraced|fn\([^)]*\))\(function\*\s?\([^)]*\)[^{]*\{/, "$& void 0;")

interface Planned {
  readonly task: string
  readonly decision: string
  readonly causes: ReadonlyArray<{ readonly kind: string; readonly subject: string }>
}

/** What is not fresh of its own, with why. */
const stale = (): ReadonlyArray<readonly [task: string, cause: string | undefined]> =>
  (lab.json("plan").tasks as ReadonlyArray<Planned>).flatMap(({ task, decision, causes }) =>
    decision === "fresh" || decision === "pending"
      ? []
      : [[task.replace(`${phix}:`, ""), [...new Set(causes.map(({ kind }) => kind))].join()] as const]
  )
const executed = (): ReadonlyArray<string> => {
  const { exit, tasks, output } = lab.run()
  assert.strictEqual(exit, 0, output.stdout + output.stderr)
  return [...tasks].flatMap(([task, { outcome }]) => (outcome === "fresh" ? [] : [`${task.replace(`${phix}:`, "")} ${outcome}`]))
}

describe("an edit of code", () => {
  it("of a function body in verify's module makes verify alone stale, and it alone runs", () => {
    edit("plugins/atlas/stages/verify.ts", inBody)
    assert.deepStrictEqual(stale(), [["verify", "code-changed"]])
    assert.deepStrictEqual(executed(), ["verify executed"])
  })

  it("of the reader of annotations makes ingest run, and all behind it is cut off", () => {
    edit("plugins/atlas/format/gff3/parser.ts", (text) => text.replace(/(\n {2,}const )/, "\n  void 0\n$1"))
    assert.deepStrictEqual(stale(), [["ingest", "code-changed"]])
    assert.deepStrictEqual(executed(), ["ingest executed"])
  })

  it("56: of a check makes that check run alone", () => {
    edit("plugins/gene-density/index.ts", inBody)
    assert.deepStrictEqual(executed(), ["ingest:gene-density executed"])
  })

  it("that nothing rests on runs nothing: a stage in the barrel, an export that nobody uses, a comment", () => {
    write(
      "plugins/atlas/stages/another.ts",
      `import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
export class Another extends Stage("another")({ target: Schema.Struct({}), needs: [], options: Schema.Struct({}), inputs: () => ({}), outputs: {}, findings: {}, errors: [], run: () => Effect.void }) {}
`
    )
    edit("plugins/atlas/index.ts", (text) => `${text}export { Another } from "./stages/another.ts"\n`)
    edit("plugins/atlas/format/verify.ts", (text) => `${text}\nexport const unused = () => 1\n`)
    edit("plugins/atlas/format/build-root.ts", (text) => `// a word\n${text}`)
    assert.deepStrictEqual(stale(), [])
    assert.deepStrictEqual(executed(), [])
  })
})

describe("a package that is another", () => {
  it("60: since its link was retargeted makes what uses it run, though no file that was read is another", () => {
    assert.strictEqual(lab.atlas().status, 0)
    link("node_modules/words", "packages/two")
    assert.deepStrictEqual(executed(), ["ingest:words executed"])
    link("node_modules/words", "packages/one")
    assert.deepStrictEqual(stale(), [["ingest:words", "code-changed"]])
    link("node_modules/words", "packages/two")
    assert.deepStrictEqual(executed(), [])
  })

  it("since a nearer one appeared makes what uses it run, and runs it again when that is gone", () => {
    assert.strictEqual(lab.atlas().status, 0)
    madeWord("plugins/node_modules/words", "nearer")
    const near = lab.run()
    assert.deepStrictEqual(
      near.tasks.get(`${phix}:ingest:words`)?.findings.map(({ message }) => message),
      ["nearer"]
    )
    assert.deepStrictEqual([near.exit, near.counts["executed"]], [0, 1])
    rmSync(join(lab.root, "plugins", "node_modules"), { recursive: true })
    const [back, ...more] = executed()
    assert.deepStrictEqual(more, [])
    assert.match(back ?? "", /^ingest:words (?:executed|restored)$/)
  })
})
