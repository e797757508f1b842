import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Schema } from "effect"
import { GcDocument } from "../../src/domain/CacheDocuments.ts"
import type { ProjectDocument, ProjectTask } from "../../src/domain/ProjectDocument.ts"
import { collect, type GcOptions, pinnedKeys } from "../../src/engine/upkeep/Collector.ts"
import { Cache, cacheKey } from "../../src/ports/Cache.ts"
import { FileDigests } from "../../src/ports/FileDigests.ts"
import { Lease } from "../../src/ports/Lease.ts"
import { besideName } from "../../src/ports/OutputNames.ts"
import { Outputs } from "../../src/ports/Outputs.ts"
import { StateStore } from "../../src/ports/StateStore.ts"
import { aged, execution, rowsOf } from "../ports/cache-sample.ts"
import { snapshot, workplace } from "../ports/workplace.ts"

const task = (id: string, output: string | null, own: Partial<ProjectTask> = {}): ProjectTask =>
  ({
    task: id,
    target: id.split(":")[0] ?? "",
    stage: "count",
    check: null,
    definition: "count",
    inputs: [],
    outputs: output === null ? [] : [{ name: "out", kind: "file", path: output }],
    cell: null,
    ...own
  }) as ProjectTask

const projectAt = (root: string, tasks: ReadonlyArray<ProjectTask>): ProjectDocument => ({
  atlas: "project/1",
  contract: "plugin/1",
  name: "example",
  root,
  config: path.join(root, "atlas.config.ts"),
  definitions: [],
  targets: [],
  tasks
})

const layers = (state: string) =>
  Layer.mergeAll(FileDigests.layerForgetful, StateStore.layer(state), Lease.layer(state), Outputs.layer, Cache.layer(state))

interface Lab {
  readonly root: string
  readonly state: string
  /** Executes, puts and remembers; the output lies at `build/<input>/out`. */
  readonly did: (id: string, input: string, text: string) => Effect.Effect<void, unknown>
  readonly gc: (tasks: ReadonlyArray<ProjectTask>, options?: GcOptions) => Effect.Effect<GcDocument, unknown>
  readonly remembered: () => ReadonlyArray<string>
}

const law = (sentence: string, body: (lab: Lab) => Effect.Effect<void, unknown>) =>
  it.live(sentence, () =>
    Effect.gen(function* () {
      const root = yield* workplace
      const state = path.join(root, ".atlas")
      yield* body({
        root,
        state,
        did: (id, input, text) =>
          Effect.gen(function* () {
            const done = yield* execution(root, input, { out: { text } }, { task: id })
            yield* StateStore.use((store) => Effect.andThen(store.put(done.trace), store.flush()))
            yield* Cache.use((cache) => cache.put(done))
          }).pipe(Effect.provide(layers(state))),
        gc: (tasks, options = {}) =>
          Effect.scoped(collect(projectAt(root, tasks), { ...options, run: "r-gc", state })).pipe(
            Effect.tap((document) => Effect.sync(() => Schema.decodeUnknownSync(GcDocument)(document, { onExcessProperty: "error" }))),
            Effect.provide(layers(state))
          ),
        remembered: () => fs.readdirSync(path.join(state, "traces")).sort()
      })
    })
  )

const stands = (lab: Lab, ...parts: ReadonlyArray<string>): boolean => fs.existsSync(path.join(lab.root, ...parts))

describe("tasks that the project no longer has", () => {
  law("7: are told with what stands of them, and stay remembered until they are asked to go", (lab) =>
    Effect.gen(function* () {
      yield* lab.did("a:count", "1", "kept")
      yield* lab.did("b:count", "2", "orphan")
      const told = yield* lab.gc([task("a:count", "build/1/out")])
      assert.deepStrictEqual(told.orphans, [
        { task: "b:count", forgotten: false, outputs: [{ name: "out", path: "build/2/out", state: "present", bytes: 6 }] }
      ])
      assert.deepStrictEqual([lab.remembered(), stands(lab, "build/2/out")], [["a+count.json", "b+count.json"], true])
      const dry = yield* lab.gc([task("a:count", "build/1/out")], { orphans: true, dryRun: true })
      assert.deepStrictEqual([dry.orphans[0]?.outputs[0]?.state, dry.freed, stands(lab, "build/2/out")], ["removed", 6, true])
      const done = yield* lab.gc([task("a:count", "build/1/out")], { orphans: true })
      assert.deepStrictEqual({ ...done, dryRun: true }, dry)
      assert.deepStrictEqual([lab.remembered(), stands(lab, "build/2"), stands(lab, "build/1/out")], [["a+count.json"], false, true])
      assert.deepStrictEqual((yield* lab.gc([task("a:count", "build/1/out")])).orphans, [])
    })
  )

  law("lose no output that was changed since, that the project names, or that lies elsewhere", (lab) =>
    Effect.gen(function* () {
      const names = ["changed", "taken", "inside", "read", "linked", "gone"]
      for (const name of names) yield* lab.did(`${name}:count`, name, "orphan")
      fs.writeFileSync(path.join(lab.root, "build/changed/out"), "edited by hand")
      fs.renameSync(path.join(lab.root, "build/linked"), path.join(path.dirname(lab.root), `${path.basename(lab.root)} elsewhere`))
      const elsewhere = path.join(path.dirname(lab.root), `${path.basename(lab.root)} elsewhere`)
      fs.symlinkSync(elsewhere, path.join(lab.root, "build/linked"))
      fs.rmSync(path.join(lab.root, "build/gone"), { recursive: true })
      const tasks = [
        task("new:count", "build/taken/out"),
        task("new:inside", "build/inside/out/deeper"),
        task("new:read", null, { inputs: [{ kind: "file", name: "table", path: "build/read/out" }] })
      ]
      const { orphans } = yield* lab.gc(tasks, { orphans: true })
      assert.deepStrictEqual(
        orphans.map(({ task, forgotten, outputs }) => [task, forgotten, outputs[0]?.state]),
        [
          ["changed:count", true, "altered"],
          ["gone:count", true, "gone"],
          ["inside:count", true, "shared"],
          ["linked:count", true, "outside"],
          ["read:count", true, "shared"],
          ["taken:count", true, "shared"]
        ]
      )
      assert.isTrue(["changed", "taken", "inside", "read", "linked"].every((name) => stands(lab, "build", name, "out")))
      assert.deepStrictEqual(fs.readdirSync(elsewhere), ["out"])
      fs.rmSync(elsewhere, { recursive: true })
    })
  )

  law("are remembered as long as a shared place holds what they brought about, until they are asked to go", (lab) =>
    Effect.gen(function* () {
      const { trace } = yield* execution(lab.root, "1", {}, { task: "a:share", applied: "sha256:1" })
      const remember = StateStore.use((store) => Effect.andThen(store.put(trace), store.flush())).pipe(Effect.provide(layers(lab.state)))
      yield* remember
      assert.deepStrictEqual((yield* lab.gc([])).orphans, [{ task: "a:share", forgotten: false, outputs: [] }])
      assert.deepStrictEqual(lab.remembered(), ["a+share.json"])
      assert.deepStrictEqual((yield* lab.gc([], { orphans: true })).orphans, [{ task: "a:share", forgotten: true, outputs: [] }])
      assert.deepStrictEqual(lab.remembered(), [])
    })
  )

  law("that were killed while they were removed are whole again, and then removed", (lab) =>
    Effect.gen(function* () {
      yield* lab.did("b:count", "2", "orphan")
      const out = path.join(lab.root, "build/2/out")
      fs.renameSync(out, besideName(out, "old", "dead"))
      const { orphans } = yield* lab.gc([], { orphans: true })
      assert.deepStrictEqual([orphans[0]?.outputs[0]?.state, lab.remembered(), stands(lab, "build")], ["removed", [], false])
    })
  )
})

describe("what runs that died left behind", () => {
  const litter = ({ root, state }: Lab): ReadonlyArray<string> => {
    const out = path.join(root, "build/1/out")
    const staging = besideName(out, "staging", "dead")
    fs.mkdirSync(staging)
    const scratch = path.join(state, "scratch", "dead", "0")
    fs.mkdirSync(scratch, { recursive: true })
    for (const folder of [staging, scratch]) fs.writeFileSync(path.join(folder, "half"), "half")
    return [staging, path.dirname(scratch)]
  }

  law("is told by a dry run, which writes nothing, and then cleared", (lab) =>
    Effect.gen(function* () {
      yield* lab.did("a:count", "1", "kept")
      const left = litter(lab)
      const tasks = [task("a:count", "build/1/out")]
      const before = snapshot(lab.root)
      const dry = yield* lab.gc(tasks, { dryRun: true })
      assert.deepStrictEqual(snapshot(lab.root), before)
      assert.deepStrictEqual([[...dry.leftovers].sort(), dry.freed], [left.map((at) => path.relative(lab.root, at)).sort(), 8])
      const done = yield* lab.gc(tasks)
      assert.deepStrictEqual({ ...done, dryRun: true }, dry)
      assert.isFalse(left.some((at) => fs.existsSync(at)))
      assert.isTrue(stands(lab, "build/1/out"))
    })
  )

  law("is not touched, nor told, while a run is under way; then gc says who holds the project", (lab) =>
    Effect.gen(function* () {
      yield* lab.did("a:count", "1", "kept")
      const left = litter(lab)
      const fixture = path.join(import.meta.dirname, "..", "ports", "fixtures", "hold-lease.ts")
      const child = spawn(process.execPath, [fixture, lab.state], { stdio: ["pipe", "pipe", "inherit"] })
      yield* Effect.promise(() => once(child.stdout, "data"))
      const dry = yield* lab.gc([task("a:count", "build/1/out")], { dryRun: true })
      assert.deepStrictEqual(dry.leftovers, [])
      const waiting = yield* Effect.forkChild(lab.gc([task("a:count", "build/1/out")]), { startImmediately: true })
      yield* Effect.yieldNow
      assert.isTrue(left.every((at) => fs.existsSync(at)))
      child.stdin.end()
      yield* Effect.promise(() => once(child, "exit"))
      assert.strictEqual((yield* Fiber.join(waiting)).leftovers.length, 2)
    })
  )

  law("old records and logs of tasks that are gone are dropped; the last run's and those of the project stay", (lab) =>
    Effect.gen(function* () {
      yield* lab.did("a:count", "1", "kept")
      const runs = path.join(lab.state, "runs")
      const logs = path.join(lab.state, "logs")
      for (const folder of [runs, logs]) fs.mkdirSync(folder, { recursive: true })
      const report = (n: number) => `202701${String(n + 1).padStart(2, "0")}T100000-0a1b2c3d.json`
      for (let n = 0; n < 23; n++) fs.writeFileSync(path.join(runs, report(n)), "{}")
      for (const name of ["last.json", "notes.txt"]) fs.writeFileSync(path.join(runs, name), "{}")
      for (const name of ["a+count.log", "b+count.log", "b+count.log.live", "mine.txt"]) fs.writeFileSync(path.join(logs, name), "l")
      const { reports } = yield* lab.gc([task("a:count", "build/1/out")], { runs: 20 })
      assert.deepStrictEqual(reports, [
        ...[0, 1, 2].map((n) => `.atlas/runs/${report(n)}`),
        ".atlas/logs/b+count.log",
        ".atlas/logs/b+count.log.live"
      ])
      assert.deepStrictEqual([fs.readdirSync(runs).length, fs.readdirSync(logs)], [22, ["a+count.log", "mine.txt"]])
    })
  )
})

describe("what hosts compiled", () => {
  law("stays for the Node that runs, and goes for any other", (lab) =>
    Effect.gen(function* () {
      const cache = path.join(lab.state, "compile-cache")
      const [own, other] = [`${process.version}-${process.arch}-0a1b2c3d-0`, "v24.1.0-mips-0a1b2c3d-0"]
      for (const name of [own, other]) {
        fs.mkdirSync(path.join(cache, name), { recursive: true })
        fs.writeFileSync(path.join(cache, name, "00ff"), "code")
      }
      const dry = yield* lab.gc([], { dryRun: true })
      assert.deepStrictEqual([dry.reports, dry.freed], [[`.atlas/compile-cache/${other}`], 4])
      const done = yield* lab.gc([])
      assert.deepStrictEqual({ ...done, dryRun: true }, dry)
      assert.deepStrictEqual(fs.readdirSync(cache), [own])
    })
  )
})

describe("a task that is forgotten", () => {
  law("loses its log with it", (lab) =>
    Effect.gen(function* () {
      yield* lab.did("a:count", "1", "kept")
      yield* lab.did("b:count", "2", "orphan")
      const logs = path.join(lab.state, "logs")
      fs.mkdirSync(logs, { recursive: true })
      for (const name of ["a+count.log", "b+count.log", "b+count.log.live"]) fs.writeFileSync(path.join(logs, name), "l")
      const tasks = [task("a:count", "build/1/out")]
      assert.deepStrictEqual((yield* lab.gc(tasks)).reports, [])
      const { reports } = yield* lab.gc(tasks, { orphans: true })
      assert.deepStrictEqual(reports, [".atlas/logs/b+count.log", ".atlas/logs/b+count.log.live"])
      assert.deepStrictEqual(fs.readdirSync(logs), ["a+count.log"])
    })
  )
})

describe("the cache", () => {
  law("keeps what the project's tasks rest on now, and drops the rest beyond the cap", (lab) =>
    Effect.gen(function* () {
      for (const input of ["1", "2", "3"]) yield* lab.did("a:count", input, input.repeat(9000))
      const cache = path.join(lab.state, "cache")
      const files = fs.globSync(path.join(cache, "{ac,cas}", "**", "*")).filter((at) => fs.statSync(at).isFile())
      aged(files, 5)
      const before = process.env["ATLAS_CACHE_CAP"]
      process.env["ATLAS_CACHE_CAP"] = "1"
      const { cache: told } = yield* lab.gc([task("a:count", "build/3/out")])
      if (before === undefined) delete process.env["ATLAS_CACHE_CAP"]
      else process.env["ATLAS_CACHE_CAP"] = before
      assert.deepStrictEqual([told.entries.files, told.objects.files], [2, 2])
      const left = fs.globSync(path.join(cache, "ac", "*", "*"))
      assert.deepStrictEqual(
        left.map((at) => path.basename(at, ".json")),
        [cacheKey("count", rowsOf("3"))]
      )
    })
  )

  it("pins no cell and nothing that is not remembered", () => {
    const project = projectAt("/lab", [
      task("a:count", null),
      task("b:count", null),
      task("c:count", null, { cell: { cell: "c", immutable: true } })
    ])
    const trace = { rows: rowsOf("1") } as Parameters<typeof pinnedKeys>[1] extends (task: string) => infer T ? NonNullable<T> : never
    assert.deepStrictEqual(
      pinnedKeys(project, (id) => (id === "b:count" ? null : trace)),
      [cacheKey("count", rowsOf("1"))]
    )
  })
})
