import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Layer, Option, Schema } from "effect"
import type { RunReport } from "../../src/domain/RunReport.ts"
import { Trace } from "../../src/domain/Trace.ts"
import { seal } from "../../src/ports/SealedJson.ts"
import { StateStore, type StateStoreShape } from "../../src/ports/StateStore.ts"
import { traceName } from "../../src/ports/TraceName.ts"
import { isTrace } from "../../src/ports/TraceShape.ts"
import { canMount, readOnly, smallDisk, snapshot, workplace } from "./workplace.ts"

const traceOf = (task: string, note = "n"): Trace => ({
  atlas: "trace/1",
  task,
  run: "r-1",
  at: "2027-01-01T00:00:00.000Z",
  ms: 12.5,
  rows: [{ kind: "input", subject: "source", value: "ab".repeat(32), note }],
  outputs: [
    {
      name: "result",
      kind: "folder",
      path: "build/x",
      value: null,
      digest: "cd".repeat(32),
      files: [
        { path: "", type: "folder", bytes: 0, sha256: "" },
        { path: "ä\u2028\u{1F9EC}", type: "file", bytes: 3, sha256: "ef".repeat(32) }
      ]
    },
    { name: "count", kind: "value", path: "", value: "7", digest: "01".repeat(32), files: [] }
  ],
  findings: [{ name: "odd", at: "1", message: 'quote " and \\ and \n' }],
  summary: null,
  applied: null
})

const copy = (): unknown => structuredClone(traceOf("a:one"))

const report: RunReport = {
  atlas: "run-report/1",
  run: "r-1",
  at: "2027-01-01T00:00:00.000Z",
  outcome: "failed",
  tasks: [
    { task: "a:one", outcome: "executed", verdict: "passed" },
    { task: "a:two", outcome: "failed", verdict: null }
  ]
}

const ids = [
  "110/x_y/Z38:ingest",
  "110/x_y/Z38:ingest:some-check",
  "*/S/A:alias",
  "..",
  ".",
  "",
  "~",
  "+",
  "%",
  "%2e",
  "ä:ö",
  "a b",
  "a\nb",
  `${"long/".repeat(80)}:one`,
  `${"long/".repeat(80)}:two`
]

const layers: ReadonlyArray<readonly [string, (state: string) => Layer.Layer<StateStore>]> = [
  ["layer", StateStore.layer],
  ["layerMemory", () => StateStore.layerMemory]
]

for (const [name, layerOf] of layers) {
  const law = (sentence: string, body: (store: StateStoreShape) => Effect.Effect<void, unknown>) =>
    it.effect(sentence, () =>
      Effect.gen(function* () {
        const home = yield* workplace
        yield* StateStore.use(body).pipe(Effect.provide(layerOf(path.join(home, ".atlas"))))
      })
    )

  describe(`laws of StateStore.${name}`, () => {
    law("gives back what was put last, for every kind of id, and nothing after it was removed", (store) =>
      Effect.gen(function* () {
        for (const id of ids) assert.strictEqual(store.get(id), null)
        for (const id of ids) yield* store.put(traceOf(id))
        yield* store.put(traceOf("..", "again"))
        for (const id of ids) assert.deepStrictEqual(store.get(id), traceOf(id, id === ".." ? "again" : "n"))
        assert.deepStrictEqual([...store.all().keys()].sort(), [...ids].sort())
        yield* store.flush()
        yield* store.remove("..")
        yield* store.remove("never there")
        assert.strictEqual(store.get(".."), null)
        assert.strictEqual(store.all().size, ids.length - 1)
        assert.deepStrictEqual(store.warnings(), [])
      })
    )

    law("gives the last report, whole", (store) =>
      Effect.gen(function* () {
        assert.strictEqual(store.lastReport(), null)
        yield* store.putReport(report)
        yield* store.putReport({ ...report, run: "r-2" })
        assert.deepStrictEqual(store.lastReport(), { ...report, run: "r-2" })
      })
    )

    law("what a caller does to a value afterwards changes nothing", (store) =>
      Effect.gen(function* () {
        const trace = structuredClone(traceOf("a:one")) as { summary: string | null } & Trace
        yield* store.put(trace)
        trace.summary = "changed"
        const got = store.get("a:one") as { summary: string | null } & Trace
        got.summary = "changed too"
        assert.strictEqual(store.get("a:one")?.summary, null)
      })
    )
  })
}

const withStore = <A, E>(state: string, body: (store: StateStoreShape) => Effect.Effect<A, E>) =>
  StateStore.use(body).pipe(Effect.provide(StateStore.layer(state), { local: true }))

const fileOf = (state: string, task: string) => path.join(state, "traces", `${traceName(task)}.json`)

describe("the files of StateStore", () => {
  it.effect("another process reads what one wrote; the folder says what it is and hides itself from git", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const state = path.join(home, ".atlas")
      yield* withStore(state, (store) =>
        store.put(traceOf("a:one")).pipe(Effect.andThen(store.putReport(report)), Effect.andThen(store.flush()))
      )
      yield* withStore(state, (store) =>
        Effect.sync(() => {
          assert.deepStrictEqual(store.get("a:one"), traceOf("a:one"))
          assert.deepStrictEqual(store.lastReport(), report)
        })
      )
      assert.strictEqual(fs.readFileSync(path.join(state, ".gitignore"), "utf8"), "*\n")
      assert.strictEqual(fs.readFileSync(path.join(state, "version"), "utf8"), "atlas-state/1\n")
      assert.deepStrictEqual(fs.readdirSync(path.join(state, "traces")), ["a+one.json"])
    })
  )

  it.effect("reading makes nothing, not even the folder", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      yield* withStore(path.join(home, "deep", ".atlas"), (store) =>
        Effect.gen(function* () {
          assert.strictEqual(store.get("a:one"), null)
          assert.strictEqual(store.all().size, 0)
          assert.strictEqual(store.lastReport(), null)
          yield* store.remove("a:one")
          yield* store.flush()
          assert.deepStrictEqual(store.warnings(), [])
        })
      )
      assert.deepStrictEqual(fs.readdirSync(home), [])
    })
  )

  it.effect("a file that cannot be believed is null, told once, and healed by the next put", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const state = path.join(home, ".atlas")
      const file = fileOf(state, "a:one")
      yield* withStore(state, (store) => store.put(traceOf("a:one")))
      const good = fs.readFileSync(file)
      const kinds: ReadonlyArray<readonly [string, () => void]> = [
        ["truncated", () => fs.writeFileSync(file, "")],
        ["truncated", () => fs.writeFileSync(file, good.subarray(0, good.length - 1))],
        ["truncated", () => fs.writeFileSync(file, good.subarray(0, 40))],
        ["truncated", () => fs.writeFileSync(file, Buffer.alloc(4096))],
        ["truncated", () => fs.writeFileSync(file, Buffer.concat([good, good.subarray(0, 10)]))],
        ["corrupt", () => fs.writeFileSync(file, Buffer.concat([good, good]))],
        ["corrupt", () => fs.writeFileSync(file, seal({ ...traceOf("a:one"), ms: "1" } as never))],
        ["corrupt", () => fs.writeFileSync(file, seal({ ...traceOf("a:one"), more: 1 } as never))],
        ["foreign", () => fs.writeFileSync(file, seal({ atlas: "run-report/1" }))],
        ["foreign", () => fs.writeFileSync(file, seal({ ...traceOf("a:one"), atlas: "trace/0" } as never))],
        ["foreign", () => fs.writeFileSync(file, seal(traceOf("a:two")))],
        ["newer", () => fs.writeFileSync(file, seal({ atlas: "trace/2" }))],
        ["newer", () => fs.writeFileSync(file, '{"atlas":"trace/9","in another":"form"}')],
        ["unreadable", () => fs.mkdirSync(file)],
        ["unreadable", () => (fs.mkdirSync(file), fs.writeFileSync(path.join(file, "x"), ""))],
        ["unreadable", () => fs.symlinkSync("/etc/passwd", file)],
        ["unreadable", () => fs.symlinkSync(path.basename(file), file)],
        ["unreadable", () => execFileSync("mkfifo", [file])],
        ["too-large", () => (fs.writeFileSync(file, good), fs.truncateSync(file, 300 * 1024 * 1024))]
      ]
      for (const [problem, spoil] of kinds) {
        fs.rmSync(file, { recursive: true, force: true })
        spoil()
        yield* withStore(state, (store) =>
          Effect.gen(function* () {
            assert.strictEqual(store.get("a:one"), null)
            assert.strictEqual(store.get("a:one"), null)
            assert.strictEqual(store.all().size, 0)
            assert.deepStrictEqual(
              store.warnings().map((warning) => [warning.problem, warning.path]),
              [[problem, file]]
            )
            yield* store.put(traceOf("a:one"))
            assert.deepStrictEqual(store.get("a:one"), traceOf("a:one"))
            assert.deepStrictEqual(store.warnings(), [])
          })
        )
      }
    })
  )

  it.effect("89: each single flipped byte of a trace is noticed", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const state = path.join(home, ".atlas")
      const file = fileOf(state, "a:one")
      yield* withStore(state, (store) =>
        Effect.gen(function* () {
          yield* store.put(traceOf("a:one"))
          const good = fs.readFileSync(file)
          for (let at = 0; at < good.length; at++) {
            const bad = Buffer.from(good)
            bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8))
            fs.writeFileSync(file, bad)
            assert.strictEqual(store.get("a:one"), null, `byte ${at}`)
          }
        })
      )
    })
  )

  it.effect("a report that cannot be believed is null and told", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const state = path.join(home, ".atlas")
      const last = path.join(state, "runs", "last.json")
      yield* withStore(state, (store) => store.putReport(report))
      for (const bad of [
        "",
        "{}",
        seal({ ...report, outcome: "fine" } as never),
        seal({ ...report, more: 1 } as never),
        seal({ ...report, atlas: "run-report/2" } as never)
      ]) {
        fs.writeFileSync(last, bad)
        yield* withStore(state, (store) =>
          Effect.sync(() => {
            assert.strictEqual(store.lastReport(), null)
            assert.strictEqual(store.warnings()[0]?.path, last)
          })
        )
      }
    })
  )

  it.effect("89: a folder of another version is told, and taken over by the first write", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const state = path.join(home, ".atlas")
      fs.mkdirSync(state)
      fs.writeFileSync(path.join(state, "version"), "atlas-state/7\n")
      yield* withStore(state, (store) =>
        Effect.gen(function* () {
          store.get("a:one")
          assert.strictEqual(store.warnings()[0]?.problem, "newer")
          yield* store.put(traceOf("a:one"))
        })
      )
      assert.strictEqual(fs.readFileSync(path.join(state, "version"), "utf8"), "atlas-state/1\n")
    })
  )

  it.effect("half-written files of a killed run are never read, and gone after the next write", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const state = path.join(home, ".atlas")
      yield* withStore(state, (store) => store.put(traceOf("a:one")))
      fs.writeFileSync(path.join(state, "traces", ".tmp-0123456789abcdef"), "half")
      yield* withStore(state, (store) =>
        Effect.gen(function* () {
          assert.strictEqual(store.all().size, 1)
          assert.deepStrictEqual(store.warnings(), [])
          yield* store.put(traceOf("a:two"))
        })
      )
      assert.deepStrictEqual(fs.readdirSync(path.join(state, "traces")).sort(), ["a+one.json", "a+two.json"])
    })
  )

  it.effect("a folder removed while we run is made again", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const state = path.join(home, ".atlas")
      yield* withStore(state, (store) =>
        Effect.gen(function* () {
          yield* store.put(traceOf("a:one"))
          fs.rmSync(state, { recursive: true })
          yield* store.put(traceOf("a:two"))
          yield* store.flush()
          assert.deepStrictEqual([...store.all().keys()], ["a:two"])
        })
      )
    })
  )

  it.live(
    "killed at any instant, a writer leaves traces whole: old or new",
    () =>
      Effect.gen(function* () {
        const home = yield* workplace
        const state = path.join(home, ".atlas")
        for (let round = 0; round < 3; round++) {
          const writer = yield* Effect.acquireRelease(
            Effect.sync(() =>
              spawn(process.execPath, [path.resolve("test/ports/fixtures/write-traces.ts"), state], {
                stdio: ["ignore", "pipe", "inherit"]
              })
            ),
            (writer) => Effect.sync(() => writer.kill("SIGKILL"))
          )
          yield* Effect.promise(() => once(writer.stdout, "data"))
          writer.kill("SIGKILL")
          yield* Effect.promise(() => once(writer, "exit"))
          yield* withStore(state, (store) =>
            Effect.sync(() => {
              const all = store.all()
              assert.deepStrictEqual([...all.keys()].sort(), ["t:0", "t:1", "t:2"])
              assert.deepStrictEqual(store.warnings(), [])
              for (const trace of all.values()) assert.strictEqual(trace.rows.length, 2_000)
            })
          )
        }
      }),
    30_000
  )

  it.live.skipIf(!canMount)("52: a full disk is DiskFull, keeps the old trace and leaves nothing half-written", () =>
    Effect.gen(function* () {
      const disk = yield* smallDisk(128)
      const state = path.join(disk, ".atlas")
      yield* withStore(state, (store) =>
        Effect.gen(function* () {
          yield* store.put(traceOf("a:one"))
          const error = yield* Effect.flip(store.put({ ...traceOf("a:one"), summary: "x".repeat(1_000_000) }))
          assert.deepStrictEqual([error._tag, error.errno], ["DiskFull", "ENOSPC"])
          assert.deepStrictEqual(store.get("a:one"), traceOf("a:one"))
          assert.deepStrictEqual(fs.readdirSync(path.join(state, "traces")), ["a+one.json"])
        })
      )
    })
  )

  it.live.skipIf(!canMount)("144: on a read-only file system reading works and leaves nothing, writing is StateWriteFailed", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const state = path.join(home, ".atlas")
      yield* withStore(state, (store) => store.put(traceOf("a:one")).pipe(Effect.andThen(store.putReport(report))))
      const before = snapshot(home)
      yield* readOnly(home)
      yield* withStore(state, (store) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(store.get("a:one"), traceOf("a:one"))
          assert.deepStrictEqual(store.lastReport(), report)
          for (const write of [store.put(traceOf("a:two")), store.putReport(report), store.remove("a:one")]) {
            const error = yield* Effect.flip(write)
            assert.deepStrictEqual([error._tag, error.errno], ["StateWriteFailed", "EROFS"])
          }
        })
      )
      assert.deepStrictEqual(snapshot(home), before)
    })
  )
})

describe("names of trace files", () => {
  it("are readable where they can be", () => {
    assert.strictEqual(traceName("110/x_y/Z38:ingest:some-check"), "110~x_y~Z38+ingest+some-check")
    assert.strictEqual(traceName("*/S/A:alias"), "%2a~S~A+alias")
  })

  it.prop("tell any two ids apart, and are short and safe", { a: Schema.String, b: Schema.String }, ({ a, b }) => {
    const [one, other] = [traceName(a), traceName(b)]
    assert.strictEqual(one === other, a === b)
    assert.match(one, /^[A-Za-z0-9_~+%-][A-Za-z0-9_~+%.!-]*$/)
    assert.isAtMost(one.length, 150)
  })

  it("tell apart what looks like another's encoding", () => {
    const tricky = [
      ...ids,
      "~x",
      "/x",
      "%7ex",
      "+",
      ":",
      "%3a",
      "\uD800",
      "\uDFFF",
      "\uFFFD",
      '"\\ud800"',
      "a".repeat(150),
      "a".repeat(151),
      `${"a".repeat(80)}%.${"0".repeat(64)}`
    ]
    assert.strictEqual(new Set(tricky.map(traceName)).size, new Set(tricky).size)
  })
})

describe("the hand-written check of a trace", () => {
  const decode = Schema.decodeUnknownOption(Trace)
  const agrees = (value: unknown) =>
    assert.strictEqual(isTrace(value), Option.isSome(decode(value, { onExcessProperty: "error" })), JSON.stringify(value))

  it.prop("accepts what the Schema makes", { trace: Trace }, ({ trace }) => {
    const value: unknown = JSON.parse(JSON.stringify(trace))
    agrees(value)
  })

  it("agrees with the Schema on every value with one place missing, added or of another type", () => {
    const others: ReadonlyArray<unknown> = [null, true, 0, 1.5, "x", "", [], {}, [null], [{}]]
    let disagreeable = 0
    const mutate = (copy: () => any, at: ReadonlyArray<string | number>) => {
      const node = at.reduce((value, key) => value[key], copy())
      if (typeof node !== "object" || node === null) return
      for (const key of Object.keys(node)) {
        const place = [...at, Array.isArray(node) ? Number(key) : key]
        for (const other of others) {
          const value = copy()
          at.reduce((inner, part) => inner[part], value)[key] = other
          agrees(value)
          if (!isTrace(value)) disagreeable++
        }
        if (!Array.isArray(node)) {
          const value = copy()
          delete at.reduce((inner, part) => inner[part], value)[key]
          agrees(value)
        }
        mutate(copy, place)
      }
      if (!Array.isArray(node)) {
        const value = copy()
        at.reduce((inner, part) => inner[part], value)["extra"] = 1
        agrees(value)
      }
    }
    assert.isTrue(isTrace(copy()))
    mutate(copy, [])
    assert.isAbove(disagreeable, 200)
    for (const other of others) agrees(other)
  })
})
