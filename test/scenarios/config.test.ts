/** What counts of the config, the code, the tools and the machine. */
import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { Effect } from "effect"
import { StateStore } from "../../src/ports/StateStore.ts"
import { program, repository } from "../life/workplace.ts"
import { Lab, worked } from "./lab.ts"
import { check, checkHelp } from "./sources.ts"

const both = (...names: ReadonlyArray<string>) => ["hs", "mm"].flatMap((id) => names.map((name) => `${id}:${name}`))
const checks = both("ingest:contigs")

describe("an edit", () => {
  let lab: Lab
  beforeAll(() => {
    lab = Lab.ready()
  })
  afterAll(() => lab.close())
  const executed = (): ReadonlyArray<unknown> => {
    const ran = lab.run()
    return [ran.exit, ...worked(ran)]
  }

  it("54: of the config's blanks, remarks and order runs nothing", () => {
    lab.write(
      "atlas.config.ts",
      `// other\n\n${lab.read("atlas.config.ts").replaceAll(/\{"table":("[^"]*"),"genome":("[^"]*")\}/g, "{ genome: $2,\n table: $1 }")}`
    )
    assert.include(lab.read("atlas.config.ts"), "{ genome:")
    assert.deepStrictEqual(executed(), [0])
  })

  it("55: of an option runs the stage that has it, and what depends on it", () => {
    lab.configure({ targets: lab.wish.targets.map((one) => (one.id === "hs" ? { ...one, level: 7 } : one)) })
    assert.deepStrictEqual(executed(), [0, "hs:pack", "hs:verify-pack"])
  })

  it("56, 57: of a check's code, or of a module that it imports, runs that check", () => {
    lab.write("plugins/c.ts", check().replace("is odd", "is very odd"))
    assert.deepStrictEqual(executed(), [0, ...checks])
    lab.write("plugins/h.ts", checkHelp("very odd"))
    assert.deepStrictEqual(executed(), [0, ...checks])
  })

  it("58: of a remark in a check runs nothing but perhaps that check", () => {
    lab.write("plugins/c.ts", check("another remark").replace("is odd", "is very odd"))
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, worked(ran).filter((task) => !checks.includes(task))], [0, []])
  })

  it("59: that adds a plugin which nothing uses runs nothing", () => {
    lab.write("plugins/more.ts", "export const more = 1\n")
    lab.configure({ more: 'import { more } from "./plugins/more.ts"\nvoid more' })
    assert.deepStrictEqual(executed(), [0])
  })

  it("63: of a declared variable runs what declares it; another variable counts for nothing and reaches no program", () => {
    lab.set("LAB_MODE", "thorough")
    assert.deepStrictEqual(executed(), [0, ...both("pack", "publish", "verify", "verify-pack").sort()])
    assert.match(lab.read("published/hs/verified"), /thorough/)
    lab.write("bin/measure", lab.read("bin/measure").replace("LAB_MODE", "LAB_OTHER"), 0o755)
    lab.set("LAB_OTHER", "seen")
    assert.deepStrictEqual(executed(), [0, ...both("pack", "publish", "verify", "verify-pack").sort()])
    assert.match(lab.read("published/hs/verified"), /none/)
    lab.set("LAB_OTHER", "other")
    assert.deepStrictEqual(executed(), [0])
  })

  it("69: of locale, time zone, home, folder and umask runs nothing, and the short cut stands or falls alike", () => {
    for (const [name, value] of [
      ["TZ", "Pacific/Kiritimati"],
      ["LANG", "tr_TR.UTF-8"],
      ["LC_ALL", "C"],
      ["HOME", lab.at("bin")]
    ] as const) {
      lab.set(name, value)
      assert.deepStrictEqual(executed(), [0])
    }
    const words = ["-c", 'umask 077; exec "$0" "$@"', process.execPath, program, "run", "--config", lab.at("atlas.config.ts")]
    const { status, stdout } = spawnSync("sh", words, { cwd: lab.at("in"), encoding: "utf8" })
    assert.strictEqual(status, 0)
    assert.match(stdout, /^14 tasks fresh/)
  })

  it("68: that breaks the config ends with 2, file and line, and touches nothing", () => {
    const good = lab.read("atlas.config.ts")
    const before = lab.rows(".atlas")
    const told = [
      [`${good}\nexport const = 1\n`, /atlas\.config\.ts:\d+/],
      [good.replace('name: "scenarios"', "name: 7"), /name/],
      [good.replace("stages: [Ingest", "stages: [Missing"), /Missing is not defined/],
      [good.replace('"level":7', '"level":"seven"'), /level/]
    ] as const
    for (const [text, words] of told) {
      lab.write("atlas.config.ts", text)
      const { status, stdout, stderr } = lab.say()
      assert.deepStrictEqual([status, stdout], [2, ""], stderr)
      assert.match(stderr, words)
      assert.notMatch(stderr, /\n +at .*\(node:/)
    }
    assert.deepStrictEqual(
      lab.rows(".atlas").filter((row) => !/^(compile-cache|\S*\.tmp)/.test(row)),
      before.filter((row) => !row.startsWith("compile-cache"))
    )
    lab.write("atlas.config.ts", good)
    assert.deepStrictEqual(executed(), [0])
  })

  it("ends with what a clean build gives", () => assert.deepStrictEqual(lab.made(), lab.clean()))
})

describe("a secret", () => {
  const config = `class Fetch extends Command("fetch")({
  outputs: { out: "file" },
  secrets: ["LAB_TOKEN", "LAB_UNSET"],
  shell: ({ outputs }) => \`echo "with $LAB_TOKEN"; case "$LAB_TOKEN" in *3) exit 1;; esac; echo fetched > \${outputs.out}\`
}) {}
export default project({ name: "lab", stages: [Fetch], targets: (target) => [target({}, { id: "a" })] })
`
  it("64: that is rotated executes nothing, and stands nowhere, be it printed or the reason of a failure", () => {
    const lab = Lab.of(config)
    const everything = (): string =>
      readdirSync(lab.at(".atlas"), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
        .join("\n")
    try {
      lab.set("LAB_TOKEN", "hush-hush-1")
      const first = lab.say()
      assert.strictEqual(first.status, 0, first.stdout + first.stderr)
      lab.set("LAB_TOKEN", "hush-hush-2")
      const second = lab.say()
      assert.match(second.stdout, /^1 task fresh/m)
      lab.set("LAB_TOKEN", "hush-hush-3")
      const third = lab.say("--force", "a")
      assert.strictEqual(third.status, 1)
      const told = [first, second, third].map(({ stdout, stderr }) => stdout + stderr).join("\n") + lab.say("logs", "a:fetch").stdout
      assert.include(told, "with ***")
      for (const text of [told, everything()]) assert.notMatch(text, /hush-hush/)
    } finally {
      lab.close()
    }
  })
})

describe("a config", () => {
  const broken = (config: string) => {
    const lab = Lab.of(config)
    try {
      const { status, stdout, stderr } = lab.say()
      return { told: [status, stdout, lab.has(".atlas/traces")], stderr }
    } finally {
      lab.close()
    }
  }
  const stage = (words: string, more = "") =>
    `class One extends Command("one")({ ${more} outputs: { out: "file" }, stdout: "out", words: () => ${words} }) {}\n`
  const ending = (options = "") =>
    `export default project({ name: "p", stages: [One], targets: (target) => [target({}, { id: "t"${options} })] })\n`

  it("66: whose code throws while a task is put together is an error, and nothing runs on a part of the evidence", () => {
    const { told, stderr } = broken(stage('{ throw new Error("cannot say") }') + ending())
    assert.deepStrictEqual(told, [2, "", false])
    assert.include(stderr, "cannot say")
    assert.match(stderr, /atlas\.config\.ts:\d+/)
  })

  it("67: with the clock, chance or what is no plain data in it is an error that names the place", () => {
    for (const [config, words] of [
      [stage('["echo", String(Date.now())]') + ending(), /CONFIG_IMPURE[^]*atlas\.config\.ts:\d+|atlas\.config\.ts:\d+[^]*CONFIG_IMPURE/],
      [stage('["echo", String(Math.random())]') + ending(), /CONFIG_IMPURE/],
      [stage('["echo"]', "options: Schema.Struct({ level: Schema.Int }),") + ending(", options: { one: { level: () => 1 } }"), /level/]
    ] as const) {
      const { told, stderr } = broken(config)
      assert.deepStrictEqual(told, [2, "", false], stderr)
      assert.match(stderr, words)
    }
  })
})

it("70: another checkout finds all that hosts made in a cache that was carried there", () => {
  const lab = Lab.of(`
import { readFileSync, writeFileSync } from "node:fs"
class Read extends Stage("read")({
  target: Schema.Struct({ text: Schema.String }), needs: [], options: Schema.Struct({}), inputs: ({ text }) => ({ text }), outputs: { out: "file" }, findings: {}, errors: [],
  run: ({ inputs, outputs }) => Effect.sync(() => writeFileSync(outputs.out, readFileSync(inputs.text)))
}) {}
class Use extends Stage("use")({
  target: Schema.Struct({}), needs: [Read], options: Schema.Struct({}), inputs: () => ({}), outputs: { out: "folder" }, paths: () => ({ out: "out" }), findings: {}, errors: [],
  run: ({ needs, outputs }) => Effect.sync(() => { mkdirSync(outputs.out); writeFileSync(outputs.out + "/used", readFileSync(needs.read.out)) })
}) {}
import { mkdirSync } from "node:fs"
export default project({ name: "p", stages: [Read, Use], targets: (target) => [target({ text: "text" }, { id: "t" })] })
`)
  const other = new Lab()
  try {
    lab.write("text", "one")
    assert.deepStrictEqual(worked(lab.run()), ["t:read", "t:use"])
    mkdirSync(other.at(".atlas"))
    execFileSync("cp", ["-a", lab.at(".atlas", "cache"), other.at(".atlas")])
    for (const name of ["text", "atlas.config.ts"]) other.write(name, lab.read(name))
    const ran = other.run()
    assert.deepStrictEqual([ran.exit, ran.counts["executed"], ran.counts["restored"]], [0, 0, 2], ran.output.stdout)
    assert.strictEqual(other.read(join("out", "used")), "one")
  } finally {
    lab.close()
    other.close()
  }
})

describe("the engine itself", () => {
  it("65: is no evidence by its version; by another meaning of its rows everything runs once, and why says so", async () => {
    const lab = Lab.ready()
    try {
      const state = lab.at(".atlas")
      const before = lab.made()
      /** As an engine would have recorded it whose rows meant something else. */
      const older = Effect.gen(function* () {
        const store = yield* StateStore
        for (const task of ["hs:validate", "hs:publish"]) {
          const trace = store.get(task)
          if (trace === null) throw new Error(`${task} has no trace`)
          yield* store.put({ ...trace, rows: trace.rows.map((row) => (row.kind === "engine" ? { ...row, value: "engine/0" } : row)) })
        }
        yield* store.flush()
      })
      await Effect.runPromise(Effect.provide(older, StateStore.layer(state)))
      lab.write("atlas.config.ts", `${lab.read("atlas.config.ts")}\n`)
      const why = lab.json("why", "hs:publish")
      const [cause] = why.chain.at(-1).causes
      assert.deepStrictEqual([cause.kind, cause.old, cause.new], ["engine-changed", "engine/0", "engine/1"])
      const ran = lab.run()
      assert.deepStrictEqual([ran.exit, worked(ran)], [0, ["hs:publish", "hs:validate"]])
      assert.deepStrictEqual([worked(lab.run()), lab.made()], [[], before])
      // the version of the package stands in no row
      assert.notInclude(
        lab.read(".atlas/traces/hs+publish.json"),
        JSON.parse(readFileSync(join(repository, "package.json"), "utf8")).version
      )
    } finally {
      lab.close()
    }
  })
})
