/** What an evaluation looked at, and that every change of it is noticed. */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync, realpathSync, symlinkSync, unlinkSync, utimesSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { ConfigEvidence } from "../../../src/domain/ConfigEvidence.ts"
import { complete } from "../../../src/engine/closure/Unwatched.ts"
import { type Evaluating, evaluatingNow, expectedRows, stillCurrent } from "../../../src/engine/project/ConfigCurrent.ts"
import { FileDigests } from "../../../src/ports/FileDigests.ts"
import { answersOf, config, evaluate, installed, Lab, repository, start, type Started } from "./lab.ts"

const sha = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex")

const files: Readonly<Record<string, string>> = {
  "package.json": '{"name":"lab","type":"module"}',
  "atlas.config.ts": config(
    `import { existsSync, globSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { hostname } from "node:os"
import { join } from "node:path"
import settings from "./settings.json" with { type: "json" }
import { word } from "./plugins/word.ts"
import { shared } from "./linked/shared.ts"
import { low } from "low"
import { made } from "made"
const here = import.meta.dirname
const unset = process.env.LAB_UNSET ?? "none"
const { LAB_SECRET = "" } = process.env
const read = readFileSync(join(here, "words.txt"), "utf8")
const later = await readFile(new URL("./later.txt", import.meta.url), "utf8")
const there = [existsSync(join(here, "there.txt")), existsSync(join(here, "absent.txt"))]
const size = statSync(join(here, "sized.txt")).size
const names = readdirSync(join(here, "listed"))
const globbed = globSync("globbed/**/*.txt", { cwd: here })
const link = readlinkSync(join(here, "pointer")) + realpathSync(join(here, "pointer")) + lstatSync(join(here, "pointer")).isSymbolicLink()
let optional = "none"
try { optional = (await import("./optional.ts")).optional } catch {}
try { optional = (await import("optional-package")).optional } catch {}
const host = hostname() + process.cwd()
const sum = [settings.a, word, shared, low, made, unset, LAB_SECRET, read, later, there, size, names, globbed, link, optional, host].join()`,
    "sum"
  ),
  "settings.json": '{"a":1}',
  "plugins/word.ts": 'export const word = "word"\n',
  "plugins/unused.ts": "export const unused = 1\n",
  "real/shared.ts": 'export { deep as shared } from "./deep.ts"\n',
  "real/deep.ts": 'export const deep = "shared"\n',
  "other/shared.ts": 'export const shared = "shared"\n',
  "node_modules/low/package.json": '{"name":"low","version":"1.0.0","main":"index.js"}',
  "node_modules/low/index.js": 'exports.low = require("./part")\n',
  "node_modules/low/part.js": 'module.exports = "low"\n',
  "packages/made-1/package.json": '{"name":"made","version":"1.0.0","type":"module","exports":{".":"./index.js","./b":"./b.js"}}',
  "packages/made-1/index.js": 'export const made = "made"\n',
  "packages/made-1/b.js": 'export const made = "b"\n',
  "packages/made-2/package.json": '{"name":"made","version":"1.0.0","type":"module","exports":{".":"./index.js"}}',
  "packages/made-2/index.js": 'export const made = "made"\n',
  "words.txt": "words",
  "later.txt": "later",
  "there.txt": "there",
  "sized.txt": "1234",
  "listed/a": "",
  "globbed/a/x.txt": "",
  "unread.txt": ""
}

const open = (): Lab => {
  const lab = new Lab(files)
  lab.link("linked", lab.at("real"))
  lab.link("node_modules/made", lab.at("packages/made-1"))
  lab.link("pointer", "words.txt")
  return lab
}

const environment = { LAB_SECRET: "hunter2-hunter2", HOME: "/nowhere" }
const decode = Schema.decodeUnknownSync(ConfigEvidence)

const evidenceOf = (lab: Lab, how: Started = "confined"): ConfigEvidence => {
  const [answer] = evaluate([lab.at("atlas.config.ts")], how, { environment })
  assert.deepStrictEqual(answer?.problems ?? [], [])
  return complete(decode(answer?.evidence, { onExcessProperty: "error" }))
}

const now = (lab: Lab): Evaluating => ({
  ...evaluatingNow(lab.at("atlas.config.ts"), join(installed, "src")),
  environment: { ...environment, PATH: process.env["PATH"] },
  folder: realpathSync(tmpdir())
})

const changes = (evidence: ConfigEvidence, asked: Evaluating): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const answer = yield* stillCurrent(evidence, yield* FileDigests, asked)
    return answer.current ? [] : answer.causes.map(({ message }) => message)
  }).pipe(Effect.provide(FileDigests.layerForgetful))

describe("the evidence of an evaluation", () => {
  const lab = open()
  const evidence = evidenceOf(lab)
  afterAll(() => lab.remove())

  it("holds every module by its real path, with the digest of what ran, effect's and the host's among them", () => {
    const modules = new Map(evidence.modules.map(({ path, sha256 }) => [path, sha256]))
    for (const path of [
      "atlas.config.ts",
      "settings.json",
      "plugins/word.ts",
      "real/deep.ts",
      "node_modules/low/part.js",
      "packages/made-1/index.js"
    ])
      assert.strictEqual(modules.get(lab.at(path)), sha(lab.at(path)), path)
    for (const path of ["src/host/Evaluate.ts", "src/host/index.ts", "src/plugin/Stage.ts"])
      assert.strictEqual(modules.get(join(installed, path)), sha(join(installed, path)), path)
    const schema = realpathSync(join(repository, "node_modules/effect/dist/Schema.js"))
    assert.strictEqual(modules.get(schema), sha(schema))
    assert.isFalse(modules.has(lab.at("plugins/unused.ts")))
    assert.isFalse(modules.has(lab.at("linked/shared.ts")))
  })

  it("holds which module imported what", () => {
    const edge = (from: string, specifier: string) =>
      evidence.edges.find((one) => one.from === lab.at(from) && one.specifier === specifier)?.to
    assert.strictEqual(edge("atlas.config.ts", "./linked/shared.ts"), lab.at("real/shared.ts"))
    assert.strictEqual(edge("atlas.config.ts", "made"), lab.at("packages/made-1/index.js"))
    assert.strictEqual(edge("atlas.config.ts", "node:fs"), "node:fs")
    assert.strictEqual(edge("node_modules/low/index.js", "./part"), lab.at("node_modules/low/part.js"))
    assert.isNull(edge("atlas.config.ts", "./optional.ts"))
  })

  it("64: holds what variables were read, absent ones too, and no value in clear", () => {
    assert.deepStrictEqual(
      evidence.environment.map(({ name, value }) => [name, value === null]),
      [
        ["LAB_SECRET", false],
        ["LAB_UNSET", true]
      ]
    )
    assert.notInclude(JSON.stringify(evidence), environment.LAB_SECRET)
    assert.notInclude(JSON.stringify(evidence), createHash("sha256").update(environment.LAB_SECRET).digest("hex"))
    assert.isNull(evidence.environmentNames)
  })

  it("holds what was asked of files and folders, each as deep as it was asked", () => {
    const seen = (path: string) => evidence.paths.filter((one) => one.path === lab.at(path)).map(({ is }) => is)
    assert.deepStrictEqual(seen("words.txt"), [`sha256:${sha(lab.at("words.txt"))}`])
    assert.deepStrictEqual(seen("later.txt"), [`sha256:${sha(lab.at("later.txt"))}`])
    assert.deepStrictEqual(seen("there.txt"), ["file"])
    assert.deepStrictEqual(seen("absent.txt"), ["absent"])
    assert.deepStrictEqual(seen("optional.ts"), ["absent"])
    assert.deepStrictEqual(seen("sized.txt"), ["file of 4 bytes"])
    assert.deepStrictEqual(seen("pointer"), ["link:words.txt", `real:${lab.at("words.txt")}`])
    assert.deepStrictEqual(seen("linked/shared.ts"), [`real:${lab.at("real/shared.ts")}`])
    assert.isTrue(seen("listed")[0]?.startsWith("names:"))
    assert.isTrue(seen("globbed/a").some((is) => is.startsWith("names:")))
    assert.deepStrictEqual(seen("unread.txt"), [])
    assert.deepStrictEqual(
      evidence.machine.map(({ name }) => name),
      ["cwd", "hostname"]
    )
  })

  it("is the same however the process was started, once what nobody watched is read from its text", () => {
    const plain = evidenceOf(lab, "plain")
    assert.deepStrictEqual(plain.unwatched, [])
    const paths = (one: ConfigEvidence) => one.modules.map(({ path }) => path).filter((path) => !path.includes("/src/"))
    const missing = paths(evidence).filter((path) => !paths(plain).includes(path))
    assert.deepStrictEqual(missing, [])
  })

  it("is taken back where a file moved while it was read", async () => {
    const moving = new Lab({
      "words.txt": "a",
      "atlas.config.ts": config(
        `import { readFileSync } from "node:fs"
const path = new URL("./words.txt", import.meta.url)
const word = readFileSync(path, "utf8")
process.stderr.write("it was read")
while (readFileSync(path, "utf8") === word) await new Promise((again) => setImmediate(again))`,
        "word"
      )
    })
    const evaluating = start([moving.at("atlas.config.ts")])
    evaluating.stderr.once("data", () => moving.write("words.txt", "b"))
    const [answer] = answersOf(await text(evaluating.stdout))
    assert.strictEqual(answer?.project?.tasks.length, 1)
    assert.isNull(answer?.evidence)
    moving.remove()
  })
})

describe("the evidence stands", () => {
  const unmoved: ReadonlyArray<readonly [string, (lab: Lab) => void]> = [
    ["while nothing is touched", () => {}],
    ["when a file that nobody read changes", (lab) => lab.write("unread.txt", "more")],
    ["when a module that nobody imports changes", (lab) => lab.write("plugins/unused.ts", "export const unused = 2\n")],
    ["when a file that was only looked for changes", (lab) => lab.write("there.txt", "more of it")],
    ["when a file that was only measured changes without growing", (lab) => lab.write("sized.txt", "4321")],
    ["when a module is only touched", (lab) => utimesSync(lab.at("plugins/word.ts"), 1e9, 1e9)],
    ["when a module is written again as it was", (lab) => lab.write("plugins/word.ts", files["plugins/word.ts"] ?? "")],
    ["when a file appears in a folder that nobody listed", (lab) => lab.write("plugins/more.ts", "")]
  ]
  const lab = open()
  const evidence = evidenceOf(lab)
  afterAll(() => lab.remove())
  for (const [name, edit] of unmoved)
    it.effect(name, () =>
      Effect.gen(function* () {
        edit(lab)
        assert.deepStrictEqual(yield* changes(evidence, now(lab)), [])
      })
    )
})

describe("the evidence falls", () => {
  const lab = open()
  const evidence = evidenceOf(lab)
  const asked = now(lab)
  afterAll(() => lab.remove())

  /** Name, edit, how to take it back, and what is told. */
  const edits: ReadonlyArray<readonly [name: string, edit: () => void, undo: () => void, told: string]> = [
    [
      "when a module changes",
      () => lab.write("plugins/word.ts", "export const word = 1"),
      () => lab.write("plugins/word.ts", files["plugins/word.ts"] ?? ""),
      "word.ts changed"
    ],
    [
      "when data that is imported changes",
      () => lab.write("settings.json", '{"a":2}'),
      () => lab.write("settings.json", files["settings.json"] ?? ""),
      "settings.json changed"
    ],
    [
      "when a module below a package changes",
      () => lab.write("node_modules/low/part.js", "module.exports = 1"),
      () => lab.write("node_modules/low/part.js", files["node_modules/low/part.js"] ?? ""),
      "part.js changed"
    ],
    [
      "when a module is deleted",
      () => lab.remove("real/deep.ts"),
      () => lab.write("real/deep.ts", files["real/deep.ts"] ?? ""),
      "deep.ts is gone"
    ],
    [
      "when a linked package is retargeted to the same content",
      () => lab.link("node_modules/made", lab.at("packages/made-2")),
      () => lab.link("node_modules/made", lab.at("packages/made-1")),
      "made-2"
    ],
    ["when a linked folder is retargeted", () => lab.link("linked", lab.at("other")), () => lab.link("linked", lab.at("real")), "leads to"],
    [
      "when a package's exports change",
      () => lab.write("packages/made-1/package.json", '{"name":"made","version":"1.0.0","type":"module","exports":"./b.js"}'),
      () => lab.write("packages/made-1/package.json", files["packages/made-1/package.json"] ?? ""),
      "package.json changed"
    ],
    [
      "when a nearer package.json appears",
      () => lab.write("plugins/package.json", "{}"),
      () => lab.remove("plugins/package.json"),
      "plugins/package.json appeared"
    ],
    [
      "when a package that was looked for in vain appears",
      () => lab.write("node_modules/optional-package/package.json", "{}"),
      () => lab.remove("node_modules/optional-package"),
      "a nearer optional-package appeared"
    ],
    [
      "when a file that was looked for in vain appears",
      () => lab.write("absent.txt", ""),
      () => lab.remove("absent.txt"),
      "absent.txt appeared"
    ],
    [
      "when a module that was looked for in vain appears",
      () => lab.write("optional.ts", ""),
      () => lab.remove("optional.ts"),
      "optional.ts appeared"
    ],
    [
      "when a file that was read changes",
      () => lab.write("words.txt", "other"),
      () => lab.write("words.txt", "words"),
      "words.txt changed"
    ],
    [
      "when a file that was read by a promise changes",
      () => lab.write("later.txt", "other"),
      () => lab.write("later.txt", "later"),
      "later.txt changed"
    ],
    ["when a file that was there is gone", () => lab.remove("there.txt"), () => lab.write("there.txt", "there"), "there.txt is gone"],
    [
      "when a file that was measured grows",
      () => lab.write("sized.txt", "12345"),
      () => lab.write("sized.txt", "1234"),
      "sized.txt changed"
    ],
    ["when a name appears in a folder that was listed", () => lab.write("listed/b", ""), () => lab.remove("listed/b"), "listed changed"],
    [
      "when a name appears where a pattern looked",
      () => lab.write("globbed/a/y.txt", ""),
      () => lab.remove("globbed/a/y.txt"),
      "globbed/a changed"
    ],
    [
      "when a link that was read points elsewhere",
      () => (unlinkSync(lab.at("pointer")), symlinkSync("later.txt", lab.at("pointer"))),
      () => lab.link("pointer", "words.txt"),
      "pointer"
    ]
  ]
  for (const [name, edit, undo, told] of edits)
    it.effect(name, () =>
      Effect.gen(function* () {
        edit()
        const messages = yield* changes(evidence, asked)
        undo()
        assert.isAbove(messages.length, 0)
        assert.isTrue(
          messages.some((message) => message.includes(told)),
          messages.join("\n")
        )
        assert.deepStrictEqual(yield* changes(evidence, asked), [])
      })
    )

  it.effect("when a nearer node_modules with a package of the same name appears", () =>
    Effect.gen(function* () {
      const below = new Lab({
        "project/atlas.config.ts": config('import { low } from "low"', "low"),
        "node_modules/low/package.json": files["node_modules/low/package.json"] ?? "",
        "node_modules/low/index.js": 'exports.low = "low"\n'
      })
      const path = below.at("project/atlas.config.ts")
      const [answer] = evaluate([path])
      const seen = complete(decode(answer?.evidence))
      const at = { ...evaluatingNow(path, join(installed, "src")), environment: {} }
      assert.deepStrictEqual(yield* changes(seen, at), [])
      below.write("project/node_modules/low/index.js", 'exports.low = "low"\n')
      assert.deepStrictEqual(yield* changes(seen, at), [`a nearer low appeared: ${below.at("project/node_modules/low")}`])
      below.remove()
    })
  )

  it.effect("when a variable that was read is set, changes or goes", () =>
    Effect.gen(function* () {
      const told = (change: Record<string, string | undefined>) =>
        changes(evidence, { ...asked, environment: { ...asked.environment, ...change } })
      assert.deepStrictEqual(yield* told({ LAB_UNSET: "1" }), ["LAB_UNSET is set now"])
      assert.deepStrictEqual(yield* told({ LAB_SECRET: "hunter3" }), ["LAB_SECRET has another value"])
      assert.deepStrictEqual(yield* told({ LAB_SECRET: undefined }), ["LAB_SECRET is not set any more"])
      assert.deepStrictEqual(yield* told({ LAB_OTHER: "1" }), [])
    })
  )

  it.effect("when Node, the platform, the engine, the contract or the config asked for is another", () =>
    Effect.gen(function* () {
      const build = { node: "99.0.0", platform: "plan9", arch: "vax", engine: "atlas-run@9.9.9", contract: "plugin/9" }
      const messages = yield* changes(evidence, { ...asked, build, config: "/other.ts" })
      assert.deepStrictEqual(
        messages.map((message) => message.split(" was ")[0]),
        ["Node", "the platform", "the architecture", "the engine", "the plugin contract", "the config"]
      )
    })
  )

  it.effect("when a fact of the machine that was asked for is another", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* changes(evidence, asked), [])
      assert.deepStrictEqual(yield* changes(evidence, { ...asked, folder: "/elsewhere" }), ["cwd has another value"])
    })
  )

  it.effect("into rows that one stat each can tell", () =>
    Effect.gen(function* () {
      const digests = yield* FileDigests
      const rows = expectedRows(evidence, digests)
      const of = (path: string) => rows.filter((row) => row.path === lab.at(path))
      assert.deepStrictEqual(of("absent.txt"), [{ path: lab.at("absent.txt"), is: "absent" }])
      assert.deepStrictEqual(of("node_modules/made"), [{ path: lab.at("node_modules/made"), is: "same", real: lab.at("packages/made-1") }])
      assert.deepStrictEqual(
        of("listed").map(({ is }) => is),
        ["folder"]
      )
      // nothing has been looked up yet, so nothing is proven
      assert.deepStrictEqual(of("words.txt"), [{ path: lab.at("words.txt"), is: "file", row: null }])
      const old = new Date(Date.now() - 60_000)
      assert.isAbove(readdirSync(lab.root).length, 0)
      utimesSync(lab.at("words.txt"), old, old)
      yield* digests.file(join(repository, "node_modules", "effect", "dist", "Schema.js"))
      const schema = expectedRows(evidence, digests).find(({ path }) => path.endsWith("/effect/dist/Schema.js"))
      assert.strictEqual(schema?.is === "file" ? typeof schema.row : "", "string")
    }).pipe(Effect.provide(FileDigests.layerForgetful))
  )
})
