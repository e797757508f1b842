import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { commandLine } from "../../src/cli/CommandLine.ts"
import { commands } from "../../src/cli/Commands.ts"
import { cliReference } from "../../src/cli/Help.ts"
import { engineCodes } from "../../src/cli/Codes.ts"
import { Projects } from "../../src/cli/Projects.ts"
import { ConfigInvalid, SelectorUnknown } from "../../src/domain/EngineErrors.ts"
import { LockBusy } from "../../src/domain/StateErrors.ts"
import type { EngineError } from "../../src/engine/Atlas.ts"
import { Terminal } from "../../src/report/Terminal.ts"
import { error, finished, runFinished, started } from "../report/sample.ts"
import { events, plan, type Script, scriptedSession, status, verified, why } from "./session.ts"
import { scriptedTerminal } from "./terminal.ts"

const folderWithConfig = (...names: ReadonlyArray<string>): string => {
  const folder = mkdtempSync(join(tmpdir(), "atlas-run-"))
  for (const name of names) writeFileSync(join(folder, name), "")
  return folder
}

const lab = folderWithConfig("atlas.config.ts")
const empty = folderWithConfig()

interface Setting extends Script {
  readonly folder?: string
  readonly open?: EngineError
  readonly refuses?: string
  readonly tty?: boolean
}

const program = (argv: ReadonlyArray<string>, setting: Setting = {}) => {
  const asked: Array<unknown> = []
  const terminal = scriptedTerminal({
    folder: setting.folder ?? lab,
    ...(setting.refuses === undefined ? {} : { refuses: setting.refuses }),
    ...(setting.tty === undefined ? {} : { tty: setting.tty })
  })
  const open = (config: string) =>
    Effect.suspend(() => {
      asked.push({ open: config })
      return setting.open === undefined ? Effect.succeed(scriptedSession(setting, asked)) : Effect.fail(setting.open)
    })
  const layers = Layer.mergeAll(Layer.succeed(Terminal, terminal.shape), Layer.succeed(Projects, { open }))
  return { effect: commandLine(argv, "1.2.3").pipe(Effect.provide(layers)), terminal, asked }
}

const cli = (argv: ReadonlyArray<string>, setting: Setting = {}) => {
  const { effect, terminal, asked } = program(argv, setting)
  return Effect.map(effect, (exit) => ({ exit, out: terminal.out(), err: terminal.err(), asked }))
}

const config = join(lab, "atlas.config.ts")

describe("the words of a command line", () => {
  const calls: ReadonlyArray<readonly [ReadonlyArray<string>, unknown]> = [
    [[], { run: { select: [], force: [], paranoid: false, failFast: false } }],
    [["run"], { run: { select: [], force: [], paranoid: false, failFast: false } }],
    [["a/*", ":read+"], { run: { select: ["a/*", ":read+"], force: [], paranoid: false, failFast: false } }],
    [["run", "plan"], { run: { select: ["plan"], force: [], paranoid: false, failFast: false } }],
    [["--", "plan"], { run: { select: ["plan"], force: [], paranoid: false, failFast: false } }],
    [
      ["run", "-a/*", "-:read", "-check-x"],
      { run: { select: ["-a/*", "-:read", "-check-x"], force: [], paranoid: false, failFast: false } }
    ],
    [["-a/*", "run"], { run: { select: ["-a/*", "run"], force: [], paranoid: false, failFast: false } }],
    [
      ["run", "--jobs", "3", "--fail-fast", "--force", "a", "--force=-b/*", "--paranoid", "--now", "2027-02-28", "x"],
      { run: { select: ["x"], force: ["a", "-b/*"], paranoid: true, failFast: true, jobs: 3, now: "2027-02-28" } }
    ],
    [["--jobs=4", "run", "--json"], { run: { select: [], force: [], paranoid: false, failFast: false, jobs: 4 } }],
    [["run", "--dry-run", "--force", "x", "y"], { plan: { select: ["y"], force: ["x"], paranoid: false } }],
    [["plan", "x", "--now=2028-02-29"], { plan: { select: ["x"], force: [], paranoid: false, now: "2028-02-29" } }],
    [["--color", "never", "plan", "--paranoid"], { plan: { select: [], force: [], paranoid: true } }],
    [["why", "a/x:read"], { why: "a/x:read" }],
    [["status", "species=y", "--check"], { status: { select: ["species=y"] } }],
    [["verify", ":publish"], { verify: { select: [":publish"] } }]
  ]
  for (const [argv, call] of calls)
    it.effect(`${JSON.stringify(argv)} asks for ${JSON.stringify(call)}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual((yield* cli(argv)).asked, [{ open: config }, call])
      })
    )

  const wrong: ReadonlyArray<readonly [ReadonlyArray<string>, ReadonlyArray<string>]> = [
    [["--jbos", "3"], ["unknown flag --jbos; did you mean --jobs?"]],
    [["-j4"], ["unknown flag -j; did you mean --jobs or --json?"]],
    [["plan", "--jobs", "3"], ["--jobs is no flag of plan, but of run and watch"]],
    [["run", "--jobs"], ["--jobs wants a value: --jobs=N"]],
    [["run", "--jobs", "--json"], ["--jobs wants a value: --jobs=N"]],
    [["run", "--jobs", "0"], ['--jobs wants a whole number from 1 to 4096, not "0"']],
    [["run", "--jobs", "2.5"], ['--jobs wants a whole number from 1 to 4096, not "2.5"']],
    [["run", "--jobs="], ['--jobs wants a whole number from 1 to 4096, not ""']],
    [["run", "--now", "2027-02-29"], ['--now wants a day as YYYY-MM-DD, not "2027-02-29"']],
    [["run", "--now", "tomorrow"], ['--now wants a day as YYYY-MM-DD, not "tomorrow"']],
    [["run", "--json=yes"], ["--json takes no value"]],
    [["run", "--color", "blue"], ['--color wants auto, always or never, not "blue"']],
    [["run", "--force="], ["--force wants a value that is not empty"]],
    [["why"], ["why wants TASK"]],
    [["why", "a", "b"], ["why takes one TASK, and was given 2: a b"]],
    [["plan", ""], ["plan was given an empty word"]],
    [
      ["plan", "--cheque", "--now", "x"],
      ['--now wants a day as YYYY-MM-DD, not "x"', "unknown flag --cheque"]
    ],
    [
      ["run", "--__proto__", "--constructor=x"],
      ["unknown flag --__proto__", "unknown flag --constructor"]
    ]
  ]
  for (const [argv, messages] of wrong)
    it.effect(`${JSON.stringify(argv)} is refused with exit 2, nothing on stdout and nothing opened`, () =>
      Effect.gen(function* () {
        const { exit, out, err, asked } = yield* cli(argv)
        assert.deepStrictEqual([exit, out, asked], [2, "", []])
        for (const message of messages) assert.include(err, `✗ ${message}\n`)
        assert.strictEqual(err.split("COMMAND_LINE_INVALID (").length - 1, messages.length)
        assert.include(err, "--help`.")
      })
    )

  it.effect("errors are one JSON line each with --json, also those of the command line itself", () =>
    Effect.gen(function* () {
      const { exit, out, err } = yield* cli(["plan", "--json", "--x1", "--x2"])
      assert.deepStrictEqual([exit, out], [2, ""])
      const errors = err
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
      assert.deepStrictEqual(errors, [
        { code: "COMMAND_LINE_INVALID", message: "unknown flag --x1", hint: "See `atlas-run plan --help`.", details: {} },
        { code: "COMMAND_LINE_INVALID", message: "unknown flag --x2", hint: "See `atlas-run plan --help`.", details: {} }
      ])
    })
  )

  it.effect("a word that is neither command nor selector names the command that was meant", () =>
    Effect.gen(function* () {
      const unknown = new SelectorUnknown({ message: "no target is called pln", selector: "pln", nearest: [] })
      const { exit, err } = yield* cli(["pln"], { ending: Effect.fail(unknown), events: [] })
      assert.strictEqual(exit, 2)
      assert.include(err, "✗ unknown command pln; did you mean plan?")
      assert.include(err, "no target is called pln")
      const elsewhere = yield* cli(["stauts"], { folder: empty })
      assert.include(elsewhere.err, "unknown command stauts; did you mean status?")
      const other = yield* cli(["plan", "pln"], { plan: Effect.fail(unknown) })
      assert.include(other.err, "✗ no target is called pln\n")
      assert.include(other.err, "SELECTOR_UNKNOWN")
    })
  )
})

describe("the config", () => {
  it.effect("is the one in this folder, by kind of file", () =>
    Effect.gen(function* () {
      const folder = folderWithConfig("atlas.config.mjs", "atlas.config.mts")
      mkdirSync(join(folder, "atlas.config.ts"))
      assert.deepStrictEqual((yield* cli(["plan"], { folder })).asked[0], { open: join(folder, "atlas.config.mts") })
    })
  )

  it.effect("may be named, relative to this folder", () =>
    Effect.gen(function* () {
      const folder = folderWithConfig("other.ts")
      assert.deepStrictEqual((yield* cli(["plan", "--config", "./other.ts"], { folder })).asked[0], { open: join(folder, "other.ts") })
    })
  )

  it.effect("that is missing is said to be, with the one that is nearest above", () =>
    Effect.gen(function* () {
      const none = yield* cli(["plan"], { folder: empty })
      assert.deepStrictEqual([none.exit, none.out, none.asked], [2, "", []])
      assert.include(none.err, `there is no atlas.config.ts in ${empty}`)
      const folder = folderWithConfig("atlas.config.ts")
      mkdirSync(join(folder, "a", "b"), { recursive: true })
      assert.include((yield* cli(["plan"], { folder: join(folder, "a", "b") })).err, "--config ../../atlas.config.ts")
      assert.include((yield* cli(["plan", "--config", "no.ts"])).err, "--config no.ts is not a file")
      assert.strictEqual((yield* cli(["plan", "--config", "."])).exit, 2)
    })
  )

  it.effect("that means nothing tells each of its problems", () =>
    Effect.gen(function* () {
      const invalid = new ConfigInvalid({
        message: "2 problems",
        problems: [error(), error({ code: "CONFIG_SHAPE", message: "unknown key stags", details: {} })]
      })
      const { exit, out, err } = yield* cli(["run"], { open: invalid })
      assert.deepStrictEqual([exit, out], [2, ""])
      assert.include(err, "✗ column 3 wants a number\n    at     /lab/data/a.tsv:12:5 (byte 301)\n")
      assert.include(err, "✗ unknown key stags\n")
      const json = yield* cli(["run", "--json"], { open: invalid })
      const [line] = json.err.split("\n")
      assert.strictEqual(JSON.parse(line ?? "").code, "CONFIG_INVALID")
      assert.strictEqual(JSON.parse(line ?? "").details.problems.length, 2)
    })
  )
})

const runEnding = (end: { readonly exit: number }): Script => ({
  events: [started(1, 1), finished("a/x:read", "failed"), runFinished({ failed: 1 }, { ...end, outcome: "failed" })]
})

describe("exit codes", () => {
  const counts = status.counts
  const states = (state: (typeof status.targets)[number]["state"], more: Partial<typeof counts> = {}): Script => ({
    status: { ...status, targets: status.targets.map((target) => ({ ...target, state })), counts: { ...counts, ...more } }
  })
  const busy = new LockBusy({ message: "locked", path: ".atlas/lock", holder: null, waitedMs: 1 })
  const table: ReadonlyArray<readonly [string, ReadonlyArray<string>, Setting, number]> = [
    ["run tells what the engine judged", ["run"], runEnding({ exit: 1 }), 1],
    ["run of all that is good", ["run"], {}, 0],
    ["run --dry-run of what is stale", ["run", "--dry-run"], {}, 0],
    ["plan of what is stale", ["plan"], {}, 0],
    ["why", ["why", "a/x:read"], {}, 0],
    ["status of what is fresh with --check", ["status", "--check"], {}, 0],
    ["status of what is stale", ["status"], states("stale", { stale: 1 }), 0],
    ["status of what is stale with --check", ["status", "--check"], states("stale", { stale: 1 }), 4],
    ["status of what is pending with --check", ["status", "--check"], states("stale", { pending: 1 }), 4],
    ["status of what is blocked with --check", ["status", "--check"], states("stale", { blocked: 1 }), 4],
    ["status of what is failed and stale with --check", ["status", "--check"], states("failed", { stale: 1 }), 1],
    ["status of what drifted with --check", ["status", "--check"], states("drifted"), 1],
    ["status of what is waived with --check", ["status", "--check"], states("waived"), 0],
    ["status of what failed", ["status"], states("failed"), 0],
    ["verify of what is good", ["verify"], {}, 0],
    [
      "verify of damage",
      ["verify"],
      { verified: { ...verified, ok: false, damage: [{ task: "a/x:read", path: "x", message: "gone" }] } },
      1
    ],
    ["trouble with the state", ["plan"], { open: busy }, 3],
    ["trouble with the state in a run", ["run"], { ending: Effect.fail(busy) }, 3],
    ["an error that knows no code", ["plan"], { open: { _tag: "Unheard", message: "of" } }, 3],
    ["a failed run whose results were not delivered", ["run"], { ...runEnding({ exit: 1 }), refuses: "EPIPE" }, 3],
    ["a good plan that was not delivered", ["plan"], { refuses: "ENOSPC" }, 3],
    ["a wrong command line, and nothing delivered", ["plan", "--bad"], { refuses: "EPIPE" }, 3],
    ["help", ["--help"], {}, 0],
    ["version", ["--version"], {}, 0]
  ]
  for (const [what, argv, setting, expected] of table)
    it.effect(`${what}: ${expected}`, () =>
      Effect.gen(function* () {
        const { exit, err } = yield* cli(argv, setting)
        assert.strictEqual(exit, expected)
        if (setting.refuses !== undefined) assert.include(err, "IO_STDOUT")
      })
    )

  it.effect("a defect is 3, told on stderr, its stack with --verbose", () =>
    Effect.gen(function* () {
      const broken = { plan: Effect.die(new Error("boom")) }
      const short = yield* cli(["plan"], broken)
      assert.deepStrictEqual([short.exit, short.out], [3, ""])
      assert.include(short.err, "✗ atlas-run broke: boom\n")
      assert.notInclude(short.err, "session.ts")
      assert.include((yield* cli(["plan", "--verbose"], broken)).err, "command-line.test.ts")
    })
  )
})

describe("results", () => {
  it.effect("of run --json are its events, one a line, and nothing else", () =>
    Effect.gen(function* () {
      const { out } = yield* cli(["--json"])
      assert.deepStrictEqual(
        out
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line)),
        [...events]
      )
    })
  )

  const documents: ReadonlyArray<readonly [ReadonlyArray<string>, unknown]> = [
    [["plan", "--json"], plan],
    [["run", "--dry-run", "--json"], plan],
    [["why", "a/x:read", "--json"], why],
    [["status", "--json"], status],
    [["verify", "--json"], verified]
  ]
  for (const [argv, document] of documents)
    it.effect(`of ${argv.join(" ")} are one document`, () =>
      Effect.gen(function* () {
        const { out } = yield* cli(argv)
        assert.strictEqual(out.indexOf("\n"), out.length - 1)
        assert.deepStrictEqual(JSON.parse(out), document)
      })
    )

  it.effect("go to stdout, progress to stderr", () =>
    Effect.gen(function* () {
      const { out, err } = yield* cli(["run"])
      assert.strictEqual(err, "✓ a/x:read  0.01 s\n")
      assert.match(out, /^example · 1 target · 1 task +jobs 2\n {2}a\/x\n {4}✓ read {3}0\.01 s\n1 executed · 0 fresh · 0 failed +4\.1 s\n$/)
      const quiet = yield* cli(["run", "--quiet"])
      assert.deepStrictEqual([quiet.out, quiet.err], ["", ""])
    })
  )

  it.effect("are painted when that is asked for", () =>
    Effect.gen(function* () {
      assert.include((yield* cli(["run", "--color", "always"])).out, "\u001b[32m✓\u001b[39m read")
      assert.include((yield* cli(["run"], { tty: true })).out, "\u001b[32m✓\u001b[39m read")
      assert.notInclude((yield* cli(["run", "--color=never"], { tty: true })).out, "\u001b[3")
    })
  )

  it.effect("of an interrupted run are printed as far as it came, and the live region is gone", () =>
    Effect.gen(function* () {
      const begun = { event: "task-started", task: "a/x:read", target: "a/x", stage: "read", check: null, causes: [] } as const
      const { effect, terminal } = program(["run"], {
        tty: true,
        events: [...events.slice(0, 2), { ...begun, task: "a/x:other" }],
        ending: Effect.never
      })
      const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
      while (!terminal.out().includes("read")) yield* Effect.yieldNow
      yield* Fiber.interrupt(fiber)
      assert.include(terminal.out(), "read")
      assert.strictEqual(terminal.exits.length, 0)
      assert.isTrue(terminal.err() === "" || terminal.err().endsWith("\u001b[J"))
    })
  )
})

describe("explain", () => {
  it.effect("knows the engine's codes without a config, in any case", () =>
    Effect.gen(function* () {
      const { exit, out, asked } = yield* cli(["explain", "config-invalid"], { folder: empty })
      assert.deepStrictEqual([exit, asked], [0, []])
      assert.strictEqual(
        out,
        "CONFIG_INVALID  error of atlas-run\n  The config cannot be used.\n  example  atlas.config.ts:12:5: two stages are called ingest\n  remedy   Each problem names its file and line; nothing was touched.\n"
      )
    })
  )

  it.effect("knows the project's codes and findings", () =>
    Effect.gen(function* () {
      assert.include((yield* cli(["explain", "TABLE_COLUMN"])).out, "TABLE_COLUMN  error of read\n  A column is wrong.\n")
      const { out } = yield* cli(["explain", "odd-name", "--json"])
      assert.deepStrictEqual(JSON.parse(out), {
        atlas: "explain/1",
        code: "odd-name",
        explanations: [
          { code: "odd-name", kind: "finding", of: "read", summary: "A column is wrong.", hint: "Write digits.", example: null }
        ]
      })
    })
  )

  it.effect("of an unknown code names the nearest", () =>
    Effect.gen(function* () {
      const known = yield* cli(["explain", "TABLE_COLUM"])
      assert.deepStrictEqual([known.exit, known.out], [2, ""])
      assert.include(known.err, "no error or finding is called TABLE_COLUM; did you mean TABLE_COLUMN?")
      const alone = yield* cli(["explain", "TASK_TAINTD"], { folder: empty })
      assert.strictEqual(alone.exit, 2)
      assert.include(alone.err, "did you mean TASK_TAINTED?")
      assert.include(alone.err, "Without a config")
    })
  )

  it("documents every code of the engine", () => {
    for (const [code, { summary, hint, example }] of engineCodes) {
      assert.match(code, /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/)
      assert.isTrue(
        [summary, hint, example].every((text) => text !== null && text.length > 3),
        code
      )
    }
    assert.isTrue(
      ["CONFIG_INVALID", "IO_STDOUT", "ENGINE_DEFECT", "TASK_TIMEOUT", "LOCK_BUSY", "DISK_FULL"].every((code) => engineCodes.has(code))
    )
  })
})

describe("help", () => {
  it.effect("of the program lists every command, and of a command every flag, on stdout", () =>
    Effect.gen(function* () {
      const { out } = yield* cli(["--help"], { folder: empty })
      for (const { name, summary } of commands) assert.match(out, new RegExp(`^  ${name}( \\(default\\))? +${summary.slice(0, 20)}`, "m"))
      const help = yield* cli(["plan", "-h", "--nonsense"])
      assert.deepStrictEqual([help.exit, help.err, help.asked], [0, "", []])
      assert.strictEqual(
        help.out,
        `atlas-run plan [SELECTOR…] [FLAGS]

  what run would do, and why, without doing it and without writing anything
  Ends with 0 also when something is stale: only run, verify and status --check judge.

  [SELECTOR…]   what to look at; without any, the whole project

flags
  --force SELECTOR …   take what matches as stale; may be given several times
  --paranoid           hash every file anew instead of trusting size and times
  --now DATE           the day by which waivers are judged, YYYY-MM-DD in UTC; today if absent

everywhere
  --json                      one JSON document on stdout, or NDJSON for run; errors are one JSON line each on stderr
  --quiet                     print only what failed
  --verbose                   print all causes, logs and places
  --color auto|always|never   colours; auto looks at the terminal, NO_COLOR, FORCE_COLOR and TERM
  --config FILE               the config; without it atlas.config.ts, .mts, .js or .mjs in this folder
  --help                      what this command does, with examples
  --version                   the version of atlas-run

examples
  atlas-run plan                       the whole project
  atlas-run plan :verify+              the stage verify of every target, and all that depends on it
  atlas-run plan --json | jq .counts   how many tasks are stale
`
      )
    })
  )

  it("is the reference too, with every command and flag", () => {
    const reference = cliReference()
    for (const { name, flags } of commands) {
      assert.include(reference, `\n## ${name}\n`)
      for (const flag of Object.keys(flags)) assert.include(reference, `| \`--${flag}`)
    }
    assert.include(reference, "--color auto\\|always\\|never")
    assert.notInclude(reference, "undefined")
  })

  it.effect("tells the version, for programs too", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* cli(["--version"])).out, "atlas-run 1.2.3\n")
      assert.strictEqual((yield* cli(["--version", "--json"])).out, '{"atlas":"version/1","version":"1.2.3"}\n')
    })
  )
})
