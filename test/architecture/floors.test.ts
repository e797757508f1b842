/** The house's arrows and words (docs/explanation/architecture.md), held by reading every module. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { builtinModules } from "node:module"
import { dirname, join, relative, resolve } from "node:path"
import { parseSync } from "oxc-parser"
import { assert, describe, it } from "vitest"

const root = join(import.meta.dirname, "..", "..")

const modules = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `${folder}/${path}`)
    .sort()

interface Import {
  readonly from: string
  readonly line: number
  readonly specifier: string
  /** Relative to the root, null for packages and node's own. */
  readonly path: string | null
  readonly typeOnly: boolean
}

const importsOf = (from: string): ReadonlyArray<Import> => {
  const text = readFileSync(join(root, from), "utf8")
  const { module } = parseSync(from, text)
  const at = (start: number) => text.slice(0, start).split("\n").length
  const found: Array<Import> = []
  const add = (specifier: string, start: number, typeOnly: boolean) =>
    found.push({
      from,
      line: at(start),
      specifier,
      path: specifier.startsWith(".") ? relative(root, resolve(root, dirname(from), specifier)) : null,
      typeOnly
    })
  for (const one of module.staticImports)
    add(one.moduleRequest.value, one.start, one.entries.length > 0 && one.entries.every((entry) => entry.isType))
  for (const one of module.staticExports)
    for (const entry of one.entries) if (entry.moduleRequest) add(entry.moduleRequest.value, one.start, entry.isType)
  return found
}

const told = ({ from, line, specifier }: Import, why: string) => `${from}:${line} imports ${specifier}: ${why}`

/** Each room's floor; a room may import its own floor and lower ones. */
const floors: Readonly<Record<string, number>> = { fast: 0, core: 0, domain: 1, plugin: 1, ports: 2, engine: 3, host: 3, report: 4, cli: 4 }
const floorOf = (path: string): number => {
  const [, room] = /^src\/([a-z]+)\//.exec(path) ?? []
  return room === undefined ? 5 : (floors[room] ?? Number.NaN)
}

const all = [...modules("src"), ...modules("plugins")]
const imports = all.flatMap(importsOf)
const isNode = (specifier: string) => specifier.startsWith("node:") || builtinModules.includes(specifier)

describe("imports", () => {
  it("never lead to a higher floor", () => {
    const wrong = imports
      .filter(({ from, path }) => from.startsWith("src/") && path?.startsWith("src/") === true)
      .filter(({ from, path, typeOnly }) => floorOf(path ?? "") > floorOf(from) && !(typeOnly && from.startsWith("src/domain/")))
      .map((one) => told(one, "that is a higher floor"))
    assert.deepStrictEqual(wrong, [])
  })

  it("stay between known rooms", () => {
    assert.deepStrictEqual(
      modules("src").filter((path) => Number.isNaN(floorOf(path))),
      []
    )
  })

  it("of the engine never lead to plugins", () => {
    const wrong = imports
      .filter(({ from, path }) => from.startsWith("src/") && path?.startsWith("plugins/") === true)
      .map((one) => told(one, "only configs import plugins"))
    assert.deepStrictEqual(wrong, [])
  })

  it("of core and fast know neither effect nor Node's files", () => {
    const wrong = imports
      .filter(({ from }) => from.startsWith("src/core/"))
      .filter(({ path }) => path === null)
      .map((one) => told(one, "core is plain functions"))
    assert.deepStrictEqual(wrong, [])
  })

  it("of plugins lead to the contract, effect, node, their own folder, libraries of their field, or another plugin's index", () => {
    const allowed = new Set(["effect", "tar", "atlas-run/plugin", "@effect/platform-node"])
    const wrong = imports
      .filter(({ from }) => from.startsWith("plugins/"))
      .filter(({ from, path, specifier }) => {
        const own = from.split("/").slice(0, 2).join("/")
        if (path === null) return !isNode(specifier) && !allowed.has(specifier)
        return !path.startsWith(`${own}/`) && !/^plugins\/[a-z0-9-]+\/index\.ts$/.test(path)
      })
      .map((one) => told(one, "plugins see the contract only"))
    assert.deepStrictEqual(wrong, [])
  })

  it("of the dataset format know no engine but its way to tell errors", () => {
    const wrong = imports
      .filter(({ from }) => from.startsWith("plugins/atlas/format/"))
      .filter(({ path, specifier }) =>
        path === null
          ? !isNode(specifier) && !["effect", "tar", "atlas-run/plugin"].includes(specifier)
          : !path.startsWith("plugins/atlas/format/")
      )
      .map((one) => told(one, "a format is usable alone"))
    assert.deepStrictEqual(wrong, [])
  })

  it("of @effect/platform-node stand in the programs' roots only", () => {
    const roots = new Set(["src/main.ts", "src/bin.ts", "plugins/atlas/cli/main.ts"])
    assert.deepStrictEqual(
      imports
        .filter(({ from, specifier }) => specifier.startsWith("@effect/platform-node") && !roots.has(from))
        .map((one) => told(one, "only a program's root")),
      []
    )
  })
})

describe("words", () => {
  it("of the field stand in no module of the engine, comments counted", () => {
    const words = /genom|gff|fasta|\bfai\b|contig|species|assembl(?:y|ies)|\bgenes?\b|transcript|\bexons?\b|\bcds\b|chromosome/i
    const wrong = modules("src").flatMap((path) =>
      readFileSync(join(root, path), "utf8")
        .split("\n")
        .flatMap((line, at) => (words.test(line) ? [`${path}:${at + 1} ${line.trim()}`] : []))
    )
    assert.deepStrictEqual(wrong, [])
  })

  it("that say nothing name no file or folder", () => {
    const empty = /(^|\/)(utils?|helpers?|common|misc|types|constants)(\/|\.ts$)/
    assert.deepStrictEqual(
      all.filter((path) => empty.test(path)),
      []
    )
  })
})

describe("sizes", () => {
  it("stay below 400 lines a file, but for data", () => {
    const data = new Set(["plugins/atlas/format/ontology/so-terms.ts"])
    const long = all.filter((path) => !data.has(path)).filter((path) => readFileSync(join(root, path), "utf8").split("\n").length > 401)
    assert.deepStrictEqual(long, [])
  })

  it("of the first chunk stay small, and without effect in it", () => {
    const entry = join(root, "dist", "bin.mjs")
    assert.isBelow(statSync(entry).size, 20_000)
    assert.notMatch(readFileSync(entry, "utf8"), /from\s*["']effect|@effect\//)
  })
})

describe("the top level", () => {
  it("holds what the house names, configuration of tools and data", () => {
    const known = new Set([
      "package.json",
      "package-lock.json",
      "tsconfig.json",
      "src",
      "plugins",
      "atlas.config.ts",
      "test",
      "docs",
      "data",
      "README.md",
      "LICENSE",
      "vitest.config.ts",
      "rolldown.config.mjs",
      "node_modules",
      "dist",
      "build",
      "serving-store",
      "packs"
    ])
    assert.deepStrictEqual(
      readdirSync(root).filter((name) => !name.startsWith(".") && !known.has(name)),
      []
    )
  })
})
