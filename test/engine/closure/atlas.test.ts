/** What edits of the real plugin touch, in whatever folder it lies: the whole package is copied, edited and evaluated by real processes. */
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import type { CodeClosure } from "../../../src/domain/CodeClosure.ts"
import { causesOf, describeChange } from "../../../src/engine/closure/Change.ts"

const repository = join(import.meta.dirname, "..", "..", "..")
const program = join(import.meta.dirname, "fixtures", "closures.ts")

const copied = (name: string): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `atlas ${name} `)))
  for (const part of ["package.json", "src", "plugins"]) cpSync(join(repository, part), join(folder, part), { recursive: true })
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"))
  writeFileSync(join(folder, "atlas.config.ts"), config)
  return folder
}

const config = `import { atlas, dataset, Ingest } from "./plugins/atlas/index.ts"
import { GeneDensity } from "./plugins/gene-density/index.ts"
import { ContigNames } from "./plugins/contig-names/index.ts"
import { project } from "./src/index.ts"

void Ingest
export default project({
  name: "copy",
  stages: atlas.life().stages,
  checks: [GeneDensity.with({ min: 0.1 }), ContigNames.with({ style: "ucsc" })],
  targets: (target) => [
    target(dataset({ release: "1", species: "phix174", assembly: "NC_001422.1", gff3: "a.gff3", fasta: "a.fa" }))
  ]
})
`

const folder = copied("plugin")

const closures = (at = folder): ReadonlyMap<string, CodeClosure> => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, join(at, "src"), join(at, "atlas.config.ts")], {
    encoding: "utf8",
    maxBuffer: 1 << 28
  })
  if (status !== 0) throw new Error(stderr)
  return new Map((JSON.parse(stdout) as ReadonlyArray<CodeClosure>).map((closure) => [closure.definition, closure]))
}

const before = closures()

const apart = (after: ReadonlyMap<string, CodeClosure>): ReadonlyArray<string> =>
  [...before.keys()].filter((name) => before.get(name)?.digest !== after.get(name)?.digest)

/** Closures after an edit, which is taken back. */
const edited = (path: string, edit: (text: string) => string): ReadonlyMap<string, CodeClosure> => {
  const file = join(folder, path)
  const text = readFileSync(file, "utf8")
  const changed = edit(text)
  assert.notStrictEqual(changed, text, `${path} has not the text that is edited`)
  writeFileSync(file, changed)
  try {
    return closures()
  } finally {
    writeFileSync(file, text)
  }
}

const replacing = (from: string, to: string) => (text: string) => text.replace(from, to)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("code of the dataset life", () => {
  it("is stale for verify alone when a function body in its module is edited", () => {
    const after = edited("plugins/atlas/stages/verify.ts", replacing("const root = yield*", "const root = /* now */ yield*"))
    assert.deepStrictEqual(apart(after), ["verify"])
    const [old, now] = [before.get("verify"), after.get("verify")]
    assert.deepStrictEqual(
      causesOf(describeChange(old ?? null, now as CodeClosure)).map(({ subject }) => subject),
      ["Verify in plugins/atlas/stages/verify.ts"]
    )
  })

  it("is stale for ingest alone when the GFF3 reader is edited", () => {
    const after = edited("plugins/atlas/format/gff3/parser.ts", (text) => text.replace(/(\n {2,}const )/, "\n  // now$1"))
    assert.deepStrictEqual(apart(after), ["ingest"])
    const [change] = describeChange(before.get("ingest") ?? null, after.get("ingest") as CodeClosure)
    assert.strictEqual(change?.subject, "plugins/atlas/format/gff3/parser.ts")
    assert.strictEqual(change?.reached[0], "plugins/atlas/stages/ingest.ts")
    assert.strictEqual(change?.reached.at(-1), "plugins/atlas/format/gff3/parser.ts")
  })

  it("is stale for a check alone when that check is edited, and for no other when a module of its own is", () => {
    assert.deepStrictEqual(apart(edited("plugins/gene-density/index.ts", replacing("genes / length", "genes / (length + 0)"))), [
      "gene-density"
    ])
    assert.deepStrictEqual(apart(edited("plugins/contig-names/wildcard.ts", (text) => text.replace(/=> \{\n/, "=> {\n  // now\n"))), [
      "contig-names"
    ])
  })

  it("is stale for those that use it when a shared module is edited, and for them only by what they use", () => {
    const after = edited("plugins/atlas/format/build-root.ts", replacing("export const openBuildRoot", "export const openBuildRoot "))
    const stale = apart(after)
    for (const name of ["validate", "verify", "publish", "gene-density", "contig-names"]) assert.include(stale, name)
    for (const name of ["ingest", "verify-pack"]) assert.notInclude(stale, name)
  })

  it("stays when a stage is added to the barrel, an export that nobody uses, a comment in between, a target and an option", () => {
    const stage = `import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
export class Another extends Stage("another")({ target: Schema.Struct({}), needs: [], options: Schema.Struct({}), inputs: () => ({}), outputs: {}, findings: {}, errors: [], run: () => Effect.void }) {}
`
    const another = copied("beside")
    const edit = (path: string, change: (text: string) => string): void => {
      const text = readFileSync(join(another, path), "utf8")
      assert.notStrictEqual(change(text), text, path)
      writeFileSync(join(another, path), change(text))
    }
    writeFileSync(join(another, "plugins", "atlas", "stages", "another.ts"), stage)
    edit("plugins/atlas/index.ts", (text) => `${text}export { Another } from "./stages/another.ts"\n`)
    edit("plugins/atlas/format/verify.ts", (text) => `${text}\nexport const unused = () => 1\n`)
    edit("plugins/atlas/format/ontology/generate.ts", (text) => `// a word\n${text}`)
    edit("plugins/atlas/format/build-root.ts", (text) => `// a word\n${text}`)
    edit("atlas.config.ts", replacing("min: 0.1", "min: 0.2"))
    edit(
      "atlas.config.ts",
      replacing(
        "targets: (target) => [",
        'targets: (target) => [\n target(dataset({ release: "2", species: "x", assembly: "y", gff3: "b", fasta: "c" })),'
      )
    )
    assert.deepStrictEqual(apart(closures(another)), [])
    rmSync(another, { recursive: true, force: true })
  })

  it("holds effect as one row", () => {
    for (const [name, { entries }] of before) {
      assert.strictEqual(entries.filter(({ subject }) => subject === "effect").length, 1, name)
      assert.isFalse(
        entries.some(({ subject }) => subject.startsWith("effect/")),
        name
      )
    }
  })

  it("does not hold the world: a check does not hold ingest, a stage not what it needs", () => {
    for (const [name, closure] of before) {
      if (name !== "ingest")
        assert.deepStrictEqual(
          closure.entries
            .filter(({ subject }) => subject.includes("/format/gff3/") || subject.endsWith("stages/ingest.ts"))
            .map(({ subject }) => subject),
          [],
          name
        )
      // two rulesets with all their readers are ingest's own
      assert.isBelow(closure.entries.length, name === "ingest" ? 160 : 130, name)
      assert.deepStrictEqual(closure.opaque, [])
    }
    assert.deepStrictEqual(
      before.get("gene-density")?.entries.flatMap(({ kind, subject }) => (kind === "need" ? [subject] : [])),
      ["ingest"]
    )
  })
})

describe("a package", () => {
  const lab = (): { readonly root: string; readonly package: (path: string, content: string) => void } => {
    const root = copied("package")
    rmSync(join(root, "node_modules"))
    for (const name of ["effect", "oxc-parser", "@oxc-parser", "@oxc-project", "tar"])
      try {
        const from = realpathSync(join(repository, "node_modules", name))
        cpSync(join(repository, "package.json"), join(root, "package.json"))
        const to = join(root, "node_modules", name)
        mkdirSync(dirname(to), { recursive: true })
        symlinkSync(from, to)
      } catch {
        // not installed here
      }
    const write = (path: string, content: string): void => {
      const file = join(root, "node_modules", "words", path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
    }
    write("package.json", '{"name":"words","version":"1.0.0","type":"module","exports":{".":"./index.js","./other":"./other.js"}}')
    write("index.js", 'import { deep } from "./deep.js"\nexport const word = deep\n')
    write("deep.js", "export const deep = 1\n")
    write("other.js", "export const other = 1\n")
    const check = join(root, "plugins", "gene-density", "index.ts")
    writeFileSync(
      check,
      `import { word } from "words"\n${readFileSync(check, "utf8").replace("genes / length", "genes / length + word * 0")}`
    )
    return { root, package: write }
  }
  const { root, package: write } = lab()
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  const first = closures(root)
  const stale = (): ReadonlyArray<string> => {
    const after = closures(root)
    return [...first.keys()].filter((name) => first.get(name)?.digest !== after.get(name)?.digest)
  }

  it("60: counts by name, version and what is loaded of it, for those that use it", () => {
    assert.match(first.get("gene-density")?.entries.find(({ subject }) => subject === "words")?.value ?? "", /^words@1\.0\.0 sha256:/)
    write("deep.js", "export const deep = 2\n")
    assert.deepStrictEqual(stale(), ["gene-density"])
    write("deep.js", "export const deep = 1\n")
    write("other.js", "export const other = 2\n")
    assert.deepStrictEqual(stale(), [])
    write("package.json", '{"name":"words","version":"1.0.1","type":"module","exports":"./index.js"}')
    assert.deepStrictEqual(stale(), ["gene-density"])
  })

  it("is the same wherever it is installed", () => {
    const beside = `${root} beside`
    renameSync(root, beside)
    const moved = closures(beside)
    renameSync(beside, root)
    assert.strictEqual(moved.get("gene-density")?.digest, closures(root).get("gene-density")?.digest)
  })

  it("is followed to where its exports lead", () => {
    write("package.json", '{"name":"words","version":"1.0.0","type":"module","exports":{".":"./word.js"}}')
    write("word.js", "export const word = 1\n")
    assert.deepStrictEqual(stale(), ["gene-density"])
  })
})
