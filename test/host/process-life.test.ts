/** When hosts begin and end, and what is left of them. */
import { spawn, spawnSync } from "node:child_process"
import { readdirSync, readFileSync, readlinkSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { assert, it } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { Atlas } from "../../src/engine/Atlas.ts"
import { isGone, lab, run } from "./lab.ts"

const fixture = (name: string): string => join(import.meta.dirname, "fixtures", name)

it.live("kill -9 of the engine leaves no process behind: not a spinning host, not its children, not a daemon", () =>
  Effect.gen(function* () {
    const { config } = yield* lab("spinning.config.ts")
    const engine = spawn(process.execPath, [fixture("run-project.ts"), config], { stdio: ["ignore", "pipe", "inherit"] })
    const pids = yield* Effect.promise(async () => {
      for await (const line of createInterface(engine.stdout)) {
        const event: { readonly event: string; readonly message?: string } = JSON.parse(line)
        if (event.event === "task-log") return JSON.parse(event.message ?? "[]") as ReadonlyArray<number>
      }
      return []
    })
    assert.strictEqual(pids.length, 3)
    assert.deepStrictEqual(pids.filter(isGone), [])
    engine.kill("SIGKILL")
    yield* Effect.repeat(
      Effect.sync(() => pids.every(isGone)),
      { until: (gone) => gone, schedule: Schedule.spaced(5) }
    ).pipe(Effect.timeout(10_000))
  })
)

it.live("the engine's process imports neither the config nor a plugin", () =>
  Effect.gen(function* () {
    const { root, config } = yield* lab("plain.config.ts")
    const loads = join(root, "loads")
    const { status, stderr } = spawnSync(process.execPath, ["--import", fixture("record-loads.mjs"), fixture("run-project.ts"), config], {
      encoding: "utf8",
      env: { ...process.env, LOADS: loads }
    })
    assert.strictEqual(status, 0, stderr)
    const loaded = readFileSync(loads, "utf8").split("\n")
    assert.isTrue(loaded.some((url) => url.endsWith("/src/engine/Session.ts")))
    assert.deepStrictEqual(
      loaded.filter((url) => url.includes(encodeURI(root)) || url.includes("/plugins/") || url.includes("/src/plugin")),
      []
    )
  })
)

it.live("hosts are kept warm: many tasks, no more hosts than jobs", () =>
  Effect.gen(function* () {
    const { config } = yield* lab("plain.config.ts")
    const { finished, tasks } = yield* run(config, { jobs: 2 })
    assert.strictEqual(finished.exit, 0)
    const hosts = tasks.flatMap(({ findings }) => findings.flatMap(({ at, message }) => [at, message]))
    assert.strictEqual(hosts.length, 16)
    assert.isAtMost(new Set(hosts).size, 2)
  })
)

const inFolder = (folder: string): ReadonlyArray<string> =>
  readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`) === folder
    } catch {
      return false
    }
  })

it.live("a project of programs only starts no host to execute, and no host outlives its command", () =>
  Effect.gen(function* () {
    const { root, config } = yield* lab("commands.config.ts")
    const { finished } = yield* run(config, { jobs: 2 })
    assert.strictEqual(finished.exit, 0)
    const siblings = readFileSync(join(root, ".atlas/outputs/a/list/names"), "utf8").trim().split("\n")
    assert.isTrue(siblings.some((words) => words.startsWith("sh -c for pid in")))
    assert.deepStrictEqual(
      siblings.filter((words) => words.includes("host/main.ts")),
      []
    )
    assert.deepStrictEqual(inFolder(root), [])
  })
)

it.live("what breaks after its task's end is that task's, and nothing that was recorded of it is believed", () =>
  Effect.gen(function* () {
    const { config } = yield* lab("leaking.config.ts")
    const { finished, stage } = yield* run(config, { jobs: 2 })
    assert.deepStrictEqual([stage("leaks")?.outcome, stage("waits")?.outcome], ["executed", "executed"])
    assert.strictEqual(finished.exit, 1)
    assert.deepStrictEqual(finished.warnings, ["PLUGIN_LEAK a:leaks: a:leaks left something behind that broke after its end: too late"])
    const { tasks } = yield* Effect.flatMap(Atlas.open(config), (session) => session.plan({}))
    assert.deepStrictEqual(
      tasks.map(({ task, decision }) => `${task} ${decision}`),
      ["a:waits fresh", "a:leaks stale"]
    )
  })
)
