/** Each rule of the code closure, on small projects that nobody evaluated. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, assert, describe, it } from "@effect/vitest"
import type { CodeClosure } from "../../../src/domain/CodeClosure.ts"
import type { Definition, ProjectDocument, ProjectTask } from "../../../src/domain/ProjectDocument.ts"
import { causesOf, describeChange } from "../../../src/engine/closure/Change.ts"
import { codeClosures } from "../../../src/engine/closure/CodeClosure.ts"

type Files = Readonly<Record<string, string>>

const root = realpathSync(mkdtempSync(join(tmpdir(), "atlas closure ")))

const write = (files: Files): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

/** Where `word` stands in a file. */
const at = (files: Files, path: string, word: string) => {
  const lines = (files[path] ?? "").split("\n")
  const line = lines.findIndex((text) => text.includes(word))
  return { path: join(root, path), line: line + 1, column: (lines[line] ?? "").indexOf(word) + 1 }
}

const definition = (name: string, definedAt: Definition["definedAt"], modules?: ReadonlyArray<string>): Definition => ({
  name,
  kind: "stage",
  summary: "",
  errors: [],
  findings: {},
  options: null,
  definedAt,
  modules: modules?.map((path) => join(root, path)) ?? [definedAt?.path ?? ""]
})

/** A stage `a` is made where a file says `stage("a"`, and so on; `outputs` of each are one file. */
const closures = (
  files: Files,
  modules: Readonly<Record<string, ReadonlyArray<string>>> = {},
  tasks: ProjectDocument["tasks"] = []
): ReadonlyMap<string, CodeClosure> => {
  rmSync(root, { recursive: true, force: true })
  write(files)
  const definitions: Array<Definition> = []
  for (const name of ["a", "b", "c"])
    for (const path of Object.keys(files))
      if (files[path]?.includes(`stage("${name}"`) === true)
        definitions.push(definition(name, at(files, path, `stage("${name}"`), modules[name]))
  const project: ProjectDocument = {
    atlas: "project/1",
    contract: "plugin/1",
    name: "lab",
    root,
    config: join(root, "atlas.config.ts"),
    definitions,
    targets: [],
    tasks
  }
  return codeClosures(project, { engine: join(root, "engine"), evidence: null })
}

const digests = (files: Files): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from(closures(files), ([name, { digest }]) => [name, digest]))

/** Names of definitions whose closure an edit changes. */
const touched = (files: Files, edit: Files): ReadonlyArray<string> => {
  const before = digests(files)
  const after = digests({ ...files, ...edit })
  return Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name])
}

const of = (files: Files, name = "a", modules = {}): CodeClosure => {
  const found = closures(files, modules).get(name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

const subjects = (files: Files, name = "a", modules = {}): ReadonlyArray<string> =>
  of(files, name, modules).entries.map(({ subject }) => subject)

afterEach(() => rmSync(root, { recursive: true, force: true }))

const stage = 'import { stage } from "node:test"\n'

describe("a closure follows", () => {
  const files: Files = {
    "a.ts": `${stage}import { used } from "./barrel.ts"\nexport const A = stage("a", () => used())\n`,
    "barrel.ts": 'export * from "./one.ts"\nexport { two } from "./two.ts"\n',
    "one.ts": 'import { deep } from "./deep.ts"\nexport const used = () => deep()\nexport const unused = () => 1\n',
    "two.ts": "export const two = () => 2\n",
    "deep.ts": "export const deep = () => 1\n"
  }

  it("a binding to the module that declares it; one that only re-exports is transparent", () => {
    assert.deepStrictEqual(subjects(files), ["a.ts", "deep.ts", "one.ts"])
    const one = of(files).entries.find(({ subject }) => subject === "one.ts")
    assert.deepStrictEqual([one?.via, one?.through], ["a.ts", ["barrel.ts"]])
  })

  it("what is used and nothing beside it", () => {
    assert.deepStrictEqual(touched(files, { "deep.ts": "export const deep = () => 2\n" }), ["a"])
    assert.deepStrictEqual(touched(files, { "one.ts": files["one.ts"]?.replace("=> 1", "=> 3") ?? "" }), [])
    assert.deepStrictEqual(touched(files, { "two.ts": "export const two = () => 3\n" }), [])
    assert.deepStrictEqual(touched(files, { "one.ts": `${files["one.ts"]}export const more = () => 1\n` }), [])
    assert.deepStrictEqual(
      touched(files, { "barrel.ts": `${files["barrel.ts"]}export { x } from "./x.ts"\n`, "x.ts": "export const x = 1\n" }),
      []
    )
    assert.deepStrictEqual(touched(files, { "deep.ts": `// a word on it\n${files["deep.ts"]}` }), [])
  })

  it("a default, renamed and passed-on import to what it means", () => {
    const renamed: Files = {
      "a.ts": `${stage}import first, { second as other } from "./barrel.ts"\nexport default stage("a", () => [first, other])\n`,
      "barrel.ts": 'import { x } from "./x.ts"\nexport { default } from "./one.ts"\nexport { x as second }\n',
      "one.ts": "const value = () => 1\nexport default value\nexport const beside = 1\n",
      "x.ts": "export const x = () => 1\nexport const y = () => 1\n"
    }
    assert.deepStrictEqual(touched(renamed, { "one.ts": renamed["one.ts"]?.replace("1", "2") ?? "" }), ["a"])
    assert.deepStrictEqual(touched(renamed, { "x.ts": renamed["x.ts"]?.replace("x = () => 1", "x = () => 2") ?? "" }), ["a"])
    assert.deepStrictEqual(touched(renamed, { "x.ts": renamed["x.ts"]?.replace("y = () => 1", "y = () => 2") ?? "" }), [])
  })

  it("no types, however they are imported", () => {
    const typed: Files = {
      "a.ts": `${stage}import type { T } from "./t.ts"\nimport { type U, v } from "./v.ts"\nexport type { W } from "./w.ts"\nexport const A = stage("a", (u: U) => v satisfies U as T)\n`,
      "t.ts": "export type T = 1\n",
      "v.ts": "export type U = 1\nexport const v = 1\n",
      "w.ts": "export type W = 1\n"
    }
    assert.deepStrictEqual(subjects(typed), ["a.ts", "v.ts"])
    assert.deepStrictEqual(touched(typed, { "v.ts": "export type U = 2\nexport const v = 1\n" }), [])
  })

  it("no types, also where a value has the name of one", () => {
    const named: Files = {
      "a.ts": `${stage}import type { t } from "./t.ts"\nimport { type u } from "./u.ts"\nexport const A = stage("a", (t: unknown, u: unknown) => [t, u])\n`,
      "t.ts": "export const t = 1\n",
      "u.ts": "export const u = 1\n"
    }
    assert.deepStrictEqual(subjects(named), ["a.ts"])
    const passed: Files = {
      "a.ts": `${stage}import { v } from "./barrel.ts"\nexport const A = stage("a", () => v)\n`,
      "barrel.ts": 'export type * from "./types.ts"\nexport type { v } from "./types.ts"\nexport * from "./values.ts"\n',
      "types.ts": "export const v = 1\n",
      "values.ts": "export const v = 1\n"
    }
    assert.deepStrictEqual(subjects(passed), ["a.ts", "values.ts"])
  })

  it("nothing of the engine, which counts by its version", () => {
    const own: Files = {
      "a.ts": `${stage}import { part } from "./engine/part.ts"\nexport const A = stage("a", () => part())\n`,
      "engine/part.ts": "export const part = () => 1\n"
    }
    assert.deepStrictEqual(subjects(own), ["a.ts"])
  })

  it("a module on the way that does something when it is loaded, though its names come from elsewhere", () => {
    const barrel = 'import "./effects.ts"\nexport { one } from "./one.ts"\n'
    const passing: Files = {
      "a.ts": `${stage}import { one } from "./barrel.ts"\nexport const A = stage("a", () => one())\n`,
      "barrel.ts": barrel,
      "one.ts": "export const one = () => 1\n",
      "effects.ts": "globalThis.x = 1\n"
    }
    assert.deepStrictEqual(touched(passing, { "effects.ts": "globalThis.x = 2\n" }), ["a"])
    assert.deepStrictEqual(touched(passing, { "barrel.ts": `${barrel}globalThis.y = 1\n` }), ["a"])
  })

  it("a wrapper that made the definition, though nothing in the definition's module leads there", () => {
    const files: Files = {
      "a.ts": `${stage}export const A = stage("a", () => 1)\n`,
      "wrapper.ts": "export const wrap = () => 1\n"
    }
    assert.deepStrictEqual(subjects(files), ["a.ts"])
    assert.deepStrictEqual(subjects(files, "a", { a: ["a.ts", "wrapper.ts", "atlas.config.ts"] }), ["a.ts", "wrapper.ts"])
  })

  it("a namespace, a side effect and a literal import() into the whole module, and data by its bytes", () => {
    const whole: Files = {
      "a.ts": `${stage}import * as ns from "./ns.ts"\nimport "./effects.ts"\nimport data from "./data.json" with { type: "json" }\nexport const A = stage("a", async () => [ns, data, await import("./late.ts"), new URL("./table.txt", import.meta.url)])\n`,
      "ns.ts": 'export const one = () => 1\nexport { two } from "./two.ts"\n',
      "two.ts": "export const two = () => 1\n",
      "effects.ts": "globalThis.x = 1\n",
      "late.ts": "export const late = () => 1\n",
      "data.json": "{}",
      "table.txt": "1"
    }
    assert.deepStrictEqual(subjects(whole), ["a.ts", "data.json", "effects.ts", "late.ts", "ns.ts", "table.txt", "two.ts"])
    for (const path of ["ns.ts", "two.ts", "effects.ts", "late.ts", "data.json", "table.txt"])
      assert.deepStrictEqual(touched(whole, { [path]: (whole[path] ?? "").replace(/1|\{\}/, "[2]") }), ["a"], path)
  })

  it("what a module does when it is loaded, and who changes a variable that is used", () => {
    const runs: Files = {
      "a.ts": `${stage}import { get } from "./state.ts"\nexport const A = stage("a", () => get())\n`,
      "state.ts":
        'import { start } from "./start.ts"\nlet state = 0\nexport const get = () => state\nexport const set = (n: number) => { state = n }\nstart()\nexport const made = start()\n',
      "start.ts": "export const start = () => 1\n"
    }
    assert.deepStrictEqual(touched(runs, { "start.ts": "export const start = () => 2\n" }), ["a"])
    assert.deepStrictEqual(touched(runs, { "state.ts": runs["state.ts"]?.replace("state = n }", "state = n + 1 }") ?? "" }), ["a"])
  })

  it("a definition no further: it is a need, by what it gives", () => {
    const needs: Files = {
      "a.ts": `${stage}import { B } from "./b.ts"\nexport const A = stage("a", [B], () => 1)\n`,
      "b.ts": `${stage}import { work } from "./work.ts"\nexport class B extends stage("b", () => work()) {}\nexport const helper = () => work()\n`,
      "work.ts": "export const work = () => 1\n",
      "c.ts": `${stage}import { helper } from "./b.ts"\nexport const C = stage("c", () => helper())\n`
    }
    assert.deepStrictEqual(
      of(needs).entries.map(({ kind, subject }) => [kind, subject]),
      [
        ["module", "a.ts"],
        ["need", "b"]
      ]
    )
    assert.deepStrictEqual(touched(needs, { "work.ts": "export const work = () => 2\n" }), ["b", "c"])
    assert.deepStrictEqual(touched(needs, { "b.ts": needs["b.ts"]?.replace('"b", () => work()', '"b", () => work() + 1') ?? "" }), ["b"])
  })

  it("a definition no further, also in its own module", () => {
    const both: Files = {
      "a.ts": `${stage}const B = stage("b", () => 1)\nexport const A =\n  stage("a", [B], () => 1)\n`
    }
    assert.deepStrictEqual(touched(both, { "a.ts": both["a.ts"]?.replace('"b", () => 1', '"b", () => 2') ?? "" }), ["b"])
  })

  it("a need by the names and kinds of what it gives", () => {
    const needs: Files = {
      "a.ts": `${stage}import { B } from "./b.ts"\nexport const A = stage("a", [B], () => 1)\n`,
      "b.ts": `${stage}export class B extends stage("b", () => 1) {}\n`
    }
    const giving = (...outputs: ReadonlyArray<{ readonly name: string; readonly kind: "file" | "folder" }>) => {
      const task: Partial<ProjectTask> = { task: "x:b", definition: "b", outputs: outputs.map((one) => ({ ...one, path: "p" })) }
      return closures(needs, {}, [task as ProjectTask]).get("a")?.digest
    }
    const before = giving({ name: "one", kind: "file" })
    assert.strictEqual(giving({ name: "one", kind: "file" }), before)
    const others = [giving({ name: "one", kind: "folder" }), giving({ name: "two", kind: "file" }), giving()]
    for (const other of others) assert.notStrictEqual(other, before)
  })

  it("what cannot be told to all modules, and says where", () => {
    const opaque: Files = {
      "a.ts": `${stage}export const A = stage("a",\n  (name: string) => import(name))\n`,
      "b.ts": `${stage}import { far } from "./far.ts"\nexport const B = stage("b", () => far())\n`,
      "far.ts": "export const far = () => 1\n"
    }
    assert.deepStrictEqual(of(opaque).opaque, ["a.ts:3"])
    assert.deepStrictEqual(touched(opaque, { "b.ts": opaque["b.ts"]?.replace("far()", "far() + 1") ?? "" }), ["a", "b"])
    const changes = describeChange(of(opaque), of({ ...opaque, "b.ts": opaque["b.ts"]?.replace("far()", "far() + 1") ?? "" }))
    assert.deepStrictEqual(
      causesOf(changes).map(({ subject }) => subject),
      ["B in b.ts (a.ts → import() at line 3 → b.ts)"]
    )
  })

  it("modules that are not there, so that their coming is a change", () => {
    const files: Files = { "a.ts": `${stage}export const A = stage("a", () => import("./later.ts"))\n` }
    assert.deepStrictEqual(
      of(files).entries.map(({ subject, value }) => [subject, value.slice(0, 7)]),
      [
        ["a.ts", "sha256:"],
        ["later.ts", "missing"]
      ]
    )
    assert.deepStrictEqual(touched(files, { "later.ts": "" }), ["a"])
  })

  it("two that import each other, and itself, once", () => {
    const circle: Files = {
      "a.ts": `${stage}import { one } from "./one.ts"\nexport const A = stage("a", () => one())\n`,
      "one.ts": 'import { two } from "./two.ts"\nexport const one = () => two()\n',
      "two.ts": 'import { one } from "./one.ts"\nimport { A } from "./a.ts"\nexport const two = () => [one, A]\n'
    }
    assert.deepStrictEqual(subjects(circle), ["a.ts", "one.ts", "two.ts"])
  })
})

describe("a config", () => {
  const plugin =
    'import { stage } from "node:test"\nexport const make = (least: number) => stage("x", () => least)\nexport const other = () => 1\n'
  const config = (more: string, targets = "1"): string =>
    `import { make } from "./make.ts"\nimport { stage } from "node:test"\nconst limit = 3\nconst far = 4\n${more}\nexport default { targets: [${targets}, far] }\n`

  it("counts by the expression that makes the definition and what that uses", () => {
    const inline = config('class A extends stage("a")({ run: () => limit }) {}')
    assert.deepStrictEqual(touched({ "atlas.config.ts": inline }, { "atlas.config.ts": inline.replace("=> limit", "=> limit + 1") }), ["a"])
    assert.deepStrictEqual(touched({ "atlas.config.ts": inline }, { "atlas.config.ts": inline.replace("limit = 3", "limit = 5") }), ["a"])
    assert.deepStrictEqual(touched({ "atlas.config.ts": inline }, { "atlas.config.ts": inline.replace("far = 4", "far = 5") }), [])
    assert.deepStrictEqual(touched({ "atlas.config.ts": inline }, { "atlas.config.ts": inline.replace("[1", "[1, 2") }), [])
    const busy = { "atlas.config.ts": config('class A extends stage("a")({ run: () => limit }) {}\nmake(9)'), "make.ts": plugin }
    assert.deepStrictEqual(touched(busy, { "atlas.config.ts": busy["atlas.config.ts"].replace("make(9)", "make(8)") }), [])
  })

  it("counts by what it gives a wrapper, whose module counts too", () => {
    // the call of stage stands in the wrapper, the outermost place in the config
    const wrapped = { "atlas.config.ts": config('const a = make(7) /* stage("a" */'), "make.ts": plugin }
    const made = (files: Files): CodeClosure => {
      rmSync(root, { recursive: true, force: true })
      write(files)
      const found = codeClosures(
        {
          atlas: "project/1",
          contract: "plugin/1",
          name: "lab",
          root,
          config: join(root, "atlas.config.ts"),
          definitions: [definition("a", at(files, "atlas.config.ts", "make("), ["make.ts", "atlas.config.ts"])],
          targets: [],
          tasks: []
        },
        { engine: "/engine/src", evidence: null }
      )
      return found.get("a") as CodeClosure
    }
    const digest = made(wrapped).digest
    const edited = (path: "atlas.config.ts" | "make.ts", from: string, to: string): boolean =>
      made({ ...wrapped, [path]: wrapped[path].replace(from, to) }).digest !== digest
    assert.isTrue(edited("atlas.config.ts", "make(7)", "make(8)"))
    assert.isTrue(edited("make.ts", "() => least", "() => least + 1"))
    assert.isFalse(edited("make.ts", "other = () => 1", "other = () => 2"))
    assert.isFalse(edited("atlas.config.ts", "[1", "[1, 2"))
  })

  it("counts by one expression of a list, with what is called on it", () => {
    const list = config("", 'stage("a")({ run: () => 1 }).with({ min: 2 }), stage("b")({ run: () => 1 })')
    const files = { "atlas.config.ts": list }
    assert.deepStrictEqual(touched(files, { "atlas.config.ts": list.replace('stage("b")({ run: () => 1', 'stage("b")({ run: () => 2') }), [
      "b"
    ])
    assert.deepStrictEqual(touched(files, { "atlas.config.ts": list.replace("min: 2", "min: 3") }), ["a"])
  })
})

describe("a change", () => {
  it("is told by declaration, module and the way to it", () => {
    const files: Files = {
      "a.ts": `${stage}import { used } from "./barrel.ts"\nexport const A = stage("a", () => used())\n`,
      "barrel.ts": 'export { used } from "./one.ts"\n',
      "one.ts": 'import { deep } from "./deep.ts"\nexport const used = () => deep()\n',
      "deep.ts": "export const deep = () => 1\nexport const beside = () => 1\n"
    }
    const before = of(files)
    const after = of({ ...files, "deep.ts": "export const deep = () => 2\nexport const beside = () => 2\n" })
    const changes = describeChange(before, after)
    assert.deepStrictEqual(
      changes.map(({ change, subject, parts, reached }) => ({ change, subject, parts, reached })),
      [{ change: "changed", subject: "deep.ts", parts: ["deep"], reached: ["a.ts", "barrel.ts (re-export)", "one.ts", "deep.ts"] }]
    )
    const [cause] = causesOf(changes)
    assert.strictEqual(cause?.kind, "code-changed")
    assert.strictEqual(cause?.subject, "deep in deep.ts (a.ts → barrel.ts (re-export) → one.ts → deep.ts)")
  })

  it("is told as come and gone, and not at all where nothing changed or nothing is remembered", () => {
    const before = of({
      "a.ts": `${stage}import { x } from "./x.ts"\nexport const A = stage("a", () => x)\n`,
      "x.ts": "export const x = 1\n"
    })
    const after = of({
      "a.ts": `${stage}import { y } from "./y.ts"\nexport const A = stage("a", () => y)\n`,
      "y.ts": "export const y = 1\n"
    })
    assert.deepStrictEqual(
      describeChange(before, after).map(({ change, subject }) => [change, subject]),
      [
        ["changed", "a.ts"],
        ["gone", "x.ts"],
        ["appeared", "y.ts"]
      ]
    )
    assert.deepStrictEqual(describeChange(before, before), [])
    assert.deepStrictEqual(describeChange(null, after), [])
  })
})
