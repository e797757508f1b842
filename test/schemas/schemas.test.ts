/** JSON Schemas of machine output: made from the code, current in docs, and held against what the programs really print. */
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync, gzipSync } from "node:zlib"
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { commands as datasetCommands } from "../../plugins/atlas/cli/commands.ts"
import { commands } from "../../src/cli/Commands.ts"
import { RunEvent } from "../../src/domain/RunDocuments.ts"
import { repository, Workplace } from "../life/workplace.ts"
import { described, fileOf } from "./documents.ts"
import { generatedSchemas, jsonSchema } from "./generated.ts"

const folder = join(repository, "docs", "reference", "schemas")

/** As published, read from the files. */
const published = new Map<string, ValidateFunction>()
/** The same, but for keys that no Schema names. */
const strict = new Map<string, ValidateFunction>()

const compile = (schema: object) => new Ajv2020({ allErrors: true, strict: false, validateSchema: true }).compile(schema)

const holds = (name: string, document: unknown, from: string): void => {
  for (const validators of [published, strict]) {
    const validate = validators.get(name)
    if (validate === undefined) return assert.fail(`${from} gives ${name}, which has no schema`)
    assert.isTrue(validate(document), `${from}: ${name}: ${JSON.stringify(validate.errors?.slice(0, 5))}`)
  }
}

beforeAll(() => {
  for (const name of described.keys()) {
    published.set(name, compile(JSON.parse(readFileSync(join(folder, fileOf(name)), "utf8"))))
    strict.set(name, compile(jsonSchema(name, "error")))
  }
})

describe("the published schemas", () => {
  it("are up to date: npm run schemas makes them again", () => {
    const files = generatedSchemas()
    assert.deepStrictEqual(
      readdirSync(folder)
        .map((name) => `docs/reference/schemas/${name}`)
        .sort(),
      [...files.keys()].sort()
    )
    for (const [path, text] of files) assert.strictEqual(readFileSync(join(repository, path), "utf8"), text, path)
  })

  it("are there for every command of both programs and every event of a run", () => {
    const names = [...described.keys()]
    /** Commands whose documents are called otherwise than they are. */
    const renamed = new Map([
      ["cache", "cache-stats"],
      ["exec", "result"],
      ["report", "run-record"]
    ])
    for (const { name } of commands) assert.include(names, `${renamed.get(name) ?? name}/1`)
    for (const { name } of datasetCommands) assert.include(names, `dataset-${name.replaceAll(" ", "-")}/1`)
    const events = RunEvent.members.map((member) => member.fields.event.literal)
    assert.deepStrictEqual(names.filter((name) => name.startsWith("run/1 ")).sort(), events.map((event) => `run/1 ${event}`).sort())
  })

  it("are of different documents: what one prints is refused by all others", () => {
    const samples: ReadonlyArray<readonly [string, object]> = [
      ["version/1", { atlas: "version/1", version: "0.1.0" }],
      ["explain/1", { atlas: "explain/1", code: "X", explanations: [] }],
      ["run/1 task-log", { event: "task-log", task: "t", level: "info", message: "" }],
      ["graph/1", { atlas: "graph/1", project: "p", nodes: [], edges: [] }],
      ["logs/1", { atlas: "logs/1", project: "p", task: "t", executed: null, log: null }]
    ]
    for (const [of, sample] of samples)
      for (const [name, validate] of published)
        assert.strictEqual(validate(sample), name === of || (name === "run/1" && of.startsWith("run/1")), `${of} against ${name}`)
  })

  it("take keys that they do not name, and refuse those that are missing", () => {
    const version = published.get("version/1") as ValidateFunction
    assert.isTrue(version({ atlas: "version/1", version: "9", more: true }))
    assert.isFalse(version({ atlas: "version/1" }))
  })
})

describe("what atlas-run prints", () => {
  const density = join(repository, "plugins", "gene-density", "index.ts")
  const names = join(repository, "plugins", "contig-names", "index.ts")
  const parts = (min: number, treatment = "{}") => ({
    imports: `import { GeneDensity } from ${JSON.stringify(density)}\nimport { ContigNames } from ${JSON.stringify(names)}\nvoid ContigNames`,
    checks: `GeneDensity.with({ min: ${min} }, { gates: [Publish] })`,
    yeastTreatment: treatment
  })
  const yeast = "2007/saccharomyces_cerevisiae/SGD_chrI_II"
  const phix = "1/phix174/NC_001422.1"
  let lab: Workplace
  const seen = new Set<string>()
  const nameOf = (document: { readonly atlas?: string; readonly event?: string }): string =>
    document.event === undefined ? (document.atlas ?? "error") : `run/1 ${document.event}`

  /** Every line of stdout and stderr is a document that its schema takes. */
  const check = (...args: ReadonlyArray<string>): number | null => {
    const { status, stdout, stderr } = lab.atlas(...args, "--json")
    const from = `atlas-run ${args.join(" ")}`
    const lines = stdout.split("\n").filter((line) => line !== "")
    assert.isTrue(lines.length > 0 || stderr !== "", from)
    for (const line of lines) {
      const document = JSON.parse(line)
      seen.add(nameOf(document))
      holds(nameOf(document), document, from)
      if (document.event !== undefined) holds("run/1", document, from)
    }
    if (lines.length === 0)
      for (const line of stderr.split("\n").filter((line) => line !== "")) {
        seen.add("error")
        holds("error", JSON.parse(line), from)
      }
    return status
  }
  /** What is asked of a state; each word is a program started. */
  const looks = (...tasks: ReadonlyArray<string>) => {
    for (const command of ["plan", "status", "graph"]) check(command)
    for (const task of tasks) for (const command of ["why", "show"]) assert.strictEqual(check(command, task), 0)
  }

  beforeAll(() => {
    lab = new Workplace(parts(0.05))
  })
  afterAll(() => lab.remove())

  it("before and after a run of all that is good", () => {
    looks(`${phix}:ingest`)
    assert.strictEqual(check("run"), 0)
    looks(`${yeast}:ingest`)
    for (const args of [["verify"], ["run"], ["run", "--dry-run"]]) assert.strictEqual(check(...args), 0)
    for (const args of [["history"], ["history", ":ingest"], ["history", "--diff", "last", "last"], ["report"], ["completions", "bash"]])
      assert.strictEqual(check(...args), 0)
    assert.strictEqual(check("why", `${phix}:ingest`, "--run", "last"), 0)
  })

  it("of findings that fail, are warnings, or are waived", () => {
    lab.configure(parts(900))
    assert.strictEqual(check("run", phix), 1)
    looks(`${phix}:publish`)
    lab.configure(parts(900, `{ severity: { "gene-density": { "too-sparse": "warning" } } }`))
    check("status")
    lab.configure(
      parts(900, `{ waive: [{ check: "gene-density", finding: "too-sparse", at: "*", because: "a test", until: "2999-01-01" }] }`)
    )
    check("run", `${yeast}:ingest`)
    assert.strictEqual(check("show", `${yeast}:ingest:gene-density`), 0)
    assert.strictEqual(check("explain", "too-sparse"), 0)
  })

  it("of inputs that cannot be read, and of what is damaged", () => {
    lab.configure(parts(0.05))
    const gff3 = join(lab.root, "data", "phix.gff3.gz")
    const good = readFileSync(gff3)
    writeFileSync(gff3, gzipSync(gunzipSync(good).toString("utf8").replace("\t+\t", "\tplus\t")))
    assert.strictEqual(check("run", phix), 1)
    assert.strictEqual(check("why", `${phix}:ingest`), 0)
    rmSync(gff3)
    assert.strictEqual(check("run", phix), 1)
    writeFileSync(gff3, good)
    truncateSync(join(lab.root, "build/release=2007/species=saccharomyces_cerevisiae/assembly=SGD_chrI_II/derived/manifest.json"), 10)
    assert.strictEqual(check("verify"), 1)
  })

  it("of the cache, and of what it would drop", () => {
    assert.strictEqual(check("cache", "stats"), 0)
    assert.strictEqual(check("gc", "--dry-run"), 0)
    assert.strictEqual(check("gc"), 0)
  })

  it("of a program that fails and prints", () => {
    writeFileSync(
      join(lab.root, "atlas.config.ts"),
      `import { project } from "atlas-run"
import { Command } from "atlas-run/command"
class Say extends Command("say")({ outputs: { said: "file" }, shell: ({ outputs }) => \`echo hello; echo careful >&2; echo x > \${outputs.said}; exit 3\` }) {}
export default project({ name: "small", stages: [Say], targets: (target) => [target({}, { id: "t" })] })
`
    )
    assert.strictEqual(check("run"), 1)
    for (const args of [
      ["logs", "t:say"],
      ["show", "t:say"],
      ["graph", "--format", "json", ":say"]
    ])
      assert.strictEqual(check(...args), 0)
    assert.strictEqual(check("audit"), 1)
  })

  it("of commands that need no project, and of what it refuses", () => {
    assert.strictEqual(check("--version"), 0)
    assert.strictEqual(check("explain", "TASK_TAINTED"), 0)
    assert.strictEqual(check("new", "check", "sample"), 0)
    assert.oneOf(check("doctor"), [0, 1])
    for (const args of [
      ["plan", "--nonsense"],
      ["why", "nothing"],
      ["graph", ":nothing"],
      ["explain", "NOTHING"],
      ["plan", "--config", "no.ts"]
    ])
      assert.strictEqual(check(...args), 2)
    writeFileSync(join(lab.root, "atlas.config.ts"), "export default 7\n")
    assert.strictEqual(check("plan"), 2)
  })

  it("was looked at for every document, but for those that take more to happen", () => {
    const elsewhere = new Set(["run/1", "run/1 fanned-out", "watch/1", "adopt/1", "task/1", "result/1"])
    assert.deepStrictEqual(
      [...described.keys()].filter((name) => !name.startsWith("dataset") && !seen.has(name) && !elsewhere.has(name)),
      []
    )
  })
})

describe("what atlas-dataset prints", () => {
  // test/plugins/atlas/cli/documents.test.ts holds all its other documents against their schemas
  const program = join(repository, "dist", "atlas-dataset.mjs")
  for (const args of [["--version"], ["nonsense"], ["ingest"], ["inspect", join(repository, "package.json")]])
    it(`for ${args.join(" ")} is in its schema`, () => {
      const { stdout } = spawnSync(process.execPath, [program, ...args, "--json"], { encoding: "utf8" })
      const document = JSON.parse(stdout)
      holds(document.atlas, document, args.join(" "))
      assert.match(document.atlas, /\/1$/)
    })
})
