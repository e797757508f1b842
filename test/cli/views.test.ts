/** graph, show and logs on the command line: what they ask for, what they print, how they end. */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { commandLine } from "../../src/cli/CommandLine.ts"
import { Projects } from "../../src/cli/Projects.ts"
import { Terminal } from "../../src/report/Terminal.ts"
import { graph, history, logs, record, scriptedSession, show } from "./session.ts"
import { scriptedTerminal } from "./terminal.ts"

const lab = mkdtempSync(join(tmpdir(), "atlas-run-"))
writeFileSync(join(lab, "atlas.config.ts"), "")

const cli = (...argv: ReadonlyArray<string>) => {
  const asked: Array<unknown> = []
  const terminal = scriptedTerminal({ folder: lab })
  const layers = Layer.mergeAll(
    Layer.succeed(Terminal, terminal.shape),
    Layer.succeed(Projects, { open: () => Effect.sync(() => scriptedSession({}, asked)) })
  )
  return commandLine(argv, "1.2.3").pipe(
    Effect.provide(layers),
    Effect.map((exit) => ({ exit, out: terminal.out(), err: terminal.err(), asked }))
  )
}

describe("the words of", () => {
  const calls: ReadonlyArray<readonly [ReadonlyArray<string>, unknown]> = [
    [["graph"], { graph: { select: [] } }],
    [["graph", "a/*", ":read", "--now", "2027-01-01"], { graph: { select: ["a/*", ":read"], now: "2027-01-01" } }],
    [["show", "a/x:read", "--now=2027-01-01"], { show: "a/x:read", now: "2027-01-01" }],
    [["logs", "a/x:read"], { logs: "a/x:read" }],
    [["history", "a/x:read", "--limit", "3"], { history: { select: ["a/x:read"], limit: 3 } }],
    [["history", "--diff", "r1", "last"], { runDiff: ["r1", "last"] }],
    [["report"], { record: "last" }],
    [["report", "r1"], { record: "r1" }],
    [["why", "a/x:read", "--run", "r1"], { why: "a/x:read", run: "r1" }],
    [["why", "a/x:read", "--compare", "/their/why.json"], { why: "a/x:read", compare: "/their/why.json" }]
  ]
  for (const [argv, call] of calls)
    it.effect(`${argv.join(" ")} reach the engine`, () =>
      Effect.gen(function* () {
        const { exit, asked } = yield* cli(...argv)
        assert.deepStrictEqual([exit, asked], [0, [call]])
      })
    )

  const wrong: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
    [["show"], "show wants TASK"],
    [["logs", "a", "b"], "logs takes one TASK, and was given 2: a b"],
    [["history", "--diff", "r1"], "history --diff wants two runs, and was given 1"],
    [["why", "a", "--run", "r1", "--compare", "f"], "--run and --compare ask for different things"],
    [["completions", "tcsh"], "completions knows bash, zsh, fish, not tcsh"],
    [["graph", "--format", "png"], '--format wants text, mermaid, dot or json, not "png"'],
    [["graph", "--format", "dot", "--json"], "--json and --format dot ask for different things"]
  ]
  for (const [argv, message] of wrong)
    it.effect(`${argv.join(" ")} are refused with exit 2, and nothing is opened`, () =>
      Effect.gen(function* () {
        const { exit, out, err, asked } = yield* cli(...argv)
        assert.deepStrictEqual([exit, out, asked], [2, "", []])
        assert.include(err, message)
      })
    )
})

describe("the document of", () => {
  const documents: ReadonlyArray<readonly [ReadonlyArray<string>, unknown]> = [
    [["graph", "--json"], graph],
    [["graph", "--format", "json"], graph],
    [["graph", "--format=json", "--json"], graph],
    [["show", "a/x:read", "--json"], show],
    [["logs", "a/x:read", "--json"], logs],
    [["history", "--json"], history],
    [["report", "--json"], record]
  ]
  for (const [argv, document] of documents)
    it.effect(`${argv.join(" ")} is one line of JSON`, () =>
      Effect.gen(function* () {
        const { out, exit } = yield* cli(...argv)
        assert.strictEqual(out.indexOf("\n"), out.length - 1)
        assert.deepStrictEqual([exit, JSON.parse(out)], [0, document])
      })
    )
})

describe("the text of", () => {
  const texts: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
    [["graph"], "example · 1 target · 1 task\n  a/x\n    ∙ read   stale\n1 stale\n"],
    [["show", "a/x:read"], "a/x:read   stale\n  reads\n  never executed with success: nothing is remembered of it\n"],
    [["logs", "a/x:read"], "no log of a/x:read: it was never run, or failed without logging anything\n"],
    [["logs", "a/x:read", "--quiet"], ""]
  ]
  for (const [argv, expected] of texts)
    it.effect(`${argv.join(" ")} goes to stdout`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual({ ...(yield* cli(...argv)), asked: [] }, { exit: 0, out: expected, err: "", asked: [] })
      })
    )

  it.effect("graph has the formats it names", () =>
    Effect.gen(function* () {
      assert.match((yield* cli("graph", "--format", "mermaid")).out, /^flowchart LR\n/)
      assert.match((yield* cli("graph", "--format=dot")).out, /^digraph "example" \{\n/)
    })
  )
})

describe("adopt", () => {
  it.effect("tells what came of each task as soon as that is known, where all is to be told", () =>
    Effect.gen(function* () {
      const { err } = yield* cli("adopt", "a/*", "--because", "it is good", "--verbose")
      assert.strictEqual(err, "adopted a/x:read\nrefused a/y:read\n")
      assert.strictEqual((yield* cli("adopt", "a/*", "--because", "it is good")).err, "")
    })
  )
})
