/** `gc` and `cache stats`: what they ask, print and end with. */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { commandLine } from "../../src/cli/CommandLine.ts"
import { Projects } from "../../src/cli/Projects.ts"
import { CacheStatsDocument, GcDocument } from "../../src/domain/CacheDocuments.ts"
import { Terminal } from "../../src/report/Terminal.ts"
import { collected, type Script, scriptedSession } from "./session.ts"
import { scriptedTerminal } from "./terminal.ts"

const lab = mkdtempSync(join(tmpdir(), "atlas-run-"))
writeFileSync(join(lab, "atlas.config.ts"), "")

const cli = (argv: ReadonlyArray<string>, script: Script = {}) => {
  const asked: Array<unknown> = []
  const terminal = scriptedTerminal({ folder: lab })
  const open = () => Effect.sync(() => scriptedSession(script, asked))
  const layers = Layer.mergeAll(Layer.succeed(Terminal, terminal.shape), Layer.succeed(Projects, { open }))
  return Effect.map(commandLine(argv, "1.2.3").pipe(Effect.provide(layers)), (exit) => ({
    exit,
    out: terminal.out(),
    err: terminal.err(),
    asked
  }))
}

const busy: GcDocument = {
  ...collected,
  orphans: [
    {
      task: "a/x:read",
      forgotten: false,
      outputs: [
        { name: "table", path: "build/a/table", state: "present", bytes: 12_300_000 },
        { name: "notes", path: "build/a/notes\u001b[31m", state: "altered", bytes: 917 }
      ]
    },
    { task: "a/y:read", forgotten: true, outputs: [{ name: "table", path: "build/b/table", state: "gone", bytes: 0 }] }
  ],
  leftovers: [".atlas/scratch/dead"],
  reports: [".atlas/logs/x.log"],
  warnings: ["something is odd"]
}

describe("gc", () => {
  it.effect("asks for what its flags say", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* cli(["gc"])).asked, [{ gc: { dryRun: false, orphans: false } }])
      assert.deepStrictEqual((yield* cli(["gc", "--dry-run", "--orphans"])).asked, [{ gc: { dryRun: true, orphans: true } }])
      assert.strictEqual((yield* cli(["gc", "a/*"])).exit, 2)
    })
  )

  it.effect("tells what went, and what stays though the project no longer has its task", () =>
    Effect.gen(function* () {
      const { exit, out } = yield* cli(["gc"], { gc: busy })
      assert.strictEqual(exit, 0)
      assert.strictEqual(
        out,
        [
          "2 tasks that the project no longer has",
          "  a/x:read",
          "    build/a/table             kept                              12.3 MB",
          "    build/a/notes\\u{1b}[31m   kept: changed since it was made   917 B",
          "  a/y:read",
          "    build/b/table   gone",
          "  `atlas-run gc --orphans` removes the outputs that are kept here and unchanged",
          "cache: 1 entry, 2 objects dropped; 917 B of 5.0 kB in use",
          "left by runs that died: 1 place cleared",
          "1 old report, log or compiled code dropped",
          "⚠ something is odd",
          "example: freed 5.0 kB",
          ""
        ].join("\n")
      )
      assert.include(
        (yield* cli(["gc", "--dry-run"], { gc: { ...busy, dryRun: true } })).out,
        "example: would free 5.0 kB; nothing was touched\n"
      )
      assert.notInclude((yield* cli(["gc", "--quiet"], { gc: busy })).out, "a/y:read")
      assert.strictEqual((yield* cli(["gc", "--quiet"])).out, "")
    })
  )

  it.effect("gives one document to programs", () =>
    Effect.gen(function* () {
      const document: unknown = JSON.parse((yield* cli(["gc", "--json"], { gc: busy })).out)
      assert.deepStrictEqual(Schema.decodeUnknownSync(GcDocument)(document, { onExcessProperty: "error" }), busy)
    })
  )
})

describe("cache stats", () => {
  it.effect("tells how full it is and what runs got from it", () =>
    Effect.gen(function* () {
      const { exit, out, asked } = yield* cli(["cache", "stats"])
      assert.deepStrictEqual([exit, asked], [0, [{ cacheStats: true }]])
      assert.strictEqual(
        out,
        `cache /lab/.atlas/cache
  3 entries · 1,200 objects · 4.6 MB of 20.0 GB
  1 damaged object in quarantine, 917 B
  20270101T100000-0a1b2c3d   2027-01-01T10:00:00.000Z   2 hits   1 miss   1 stored
`
      )
    })
  )

  it.effect("gives one document to programs", () =>
    Effect.gen(function* () {
      const { out } = yield* cli(["cache", "stats", "--json"])
      Schema.decodeUnknownSync(CacheStatsDocument)(JSON.parse(out), { onExcessProperty: "error" })
      assert.match(out, /^\{"atlas":"cache-stats\/1",/)
    })
  )

  it.effect("is the only thing that cache knows", () =>
    Effect.gen(function* () {
      const other = yield* cli(["cache", "clear"])
      assert.deepStrictEqual([other.exit, other.asked], [2, []])
      assert.include(other.err, "cache knows stats, not clear")
      assert.strictEqual((yield* cli(["cache"])).exit, 2)
    })
  )
})
