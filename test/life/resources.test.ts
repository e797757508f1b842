/** What runs may take, how tasks fail and are tried again, as the program is used. */
import { spawn, spawnSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { memoryGroup } from "../ports/workplace.ts"
import { program, Workplace } from "./workplace.ts"

let lab: Workplace
beforeEach(() => {
  lab = new Workplace()
})
afterEach(() => lab.remove())

const at = (path: string): string => join(lab.root, path)
const read = (path: string): string => readFileSync(at(path), "utf8")

/** `work` runs a text of sh in which `$n` is the target and `$out` its output; `use` needs it; `fill` holds 400 MiB in a host. */
const configure = (how: {
  readonly script: string
  readonly more?: string
  readonly targets: ReadonlyArray<string>
  readonly use?: boolean
  readonly fill?: boolean
}) =>
  writeFileSync(
    at("atlas.config.ts"),
    `
import { writeFileSync } from "node:fs"
import { Effect, Schema } from "effect"
import { project } from "atlas-run"
import { Command } from "atlas-run/command"
import { Stage } from "atlas-run/plugin"
class Work extends Command("work")({
  target: Schema.Struct({ n: Schema.String }),
  outputs: { out: "file" },
  shell: ({ target, outputs }) => \`n=\${target.n}; out=\${outputs.out}; ${how.script.replaceAll("\\", "\\\\").replaceAll("$", "\\$")}\`,
  ${how.more ?? ""}
}) {}
class Use extends Command("use")({ needs: [Work], outputs: { used: "file" }, stdout: "used", words: ({ needs }) => ["cat", needs.work.out] }) {}
class Fill extends Stage("fill")({
  target: Schema.Struct({}), needs: [], options: Schema.Struct({}), inputs: () => ({}), outputs: { sum: "file" }, findings: {}, errors: [],
  run: ({ outputs }) => Effect.sync(() => writeFileSync(outputs.sum, String(Buffer.alloc(400 * 1024 * 1024, 1).length)))
}) {}
export default project({
  name: "lab",
  stages: [Work${how.fill === true ? ", Fill" : ""}${how.use === true ? ", Use" : ""}],
  targets: (target) => ${JSON.stringify(how.targets)}.map((n) => target({ n }, { id: n }))
})
`
  )

const outcomes = (ran: ReturnType<Workplace["run"]>) => [...ran.tasks.values()].map(({ task, outcome }) => `${task} ${outcome}`).sort()
const numbers = (count: number): ReadonlyArray<string> => Array.from({ length: count }, (_, i) => String(i))

const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; !holds(); tries++) {
    assert.isBelow(tries, 6000, "never came")
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** A run that goes on while the test does. */
const start = (...words: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [program, ...words], { cwd: lab.root, stdio: ["ignore", "pipe", "pipe"], detached: true })
  const seen = { stdout: "", stderr: "" }
  for (const stream of ["stdout", "stderr"] as const) child[stream].setEncoding("utf8").on("data", (text: string) => (seen[stream] += text))
  const ended = new Promise<{ readonly exit: number | null; readonly signal: string | null }>((resolve) =>
    child.once("close", (exit, signal) => resolve({ exit, signal }))
  )
  return { pid: child.pid as number, child, seen, ended }
}

const isDead = (pid: number): boolean => {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return true
  }
}

describe("a failing task", () => {
  it("100: blocks what needs it and nothing else, and is told once as the root; 101: mended, only what is its runs", () => {
    const script = 'echo "$n" > $out; [ "$n" != a ] || [ -e mended ]'
    configure({ script, targets: ["a", "b"], use: true })
    const failed = lab.run()
    assert.strictEqual(failed.exit, 1)
    assert.deepStrictEqual(outcomes(failed), ["a:use blocked", "a:work failed", "b:use executed", "b:work executed"])
    const told = [...failed.tasks.values()].filter(({ error }) => error !== undefined)
    assert.deepStrictEqual(
      told.map(({ task, error }) => [task, error?.code]),
      [["a:work", "COMMAND_FAILED"]]
    )
    writeFileSync(at("mended"), "")
    const mended = lab.run()
    assert.strictEqual(mended.exit, 0)
    assert.deepStrictEqual(outcomes(mended), ["a:use executed", "a:work executed", "b:use fresh", "b:work fresh"])
  })

  it("102: is tried again, tells its attempts, and only success is recorded", () => {
    const script = 'echo x >> tries; [ "$(wc -l < tries)" -ge 3 ]; echo done > $out'
    configure({ script, more: "retry: { times: 2 },", targets: ["a"] })
    const { stdout, status } = lab.atlas("run")
    assert.strictEqual(status, 0, stdout)
    assert.match(stdout, /✓ work .*after 2 failed attempts \(COMMAND_FAILED\)/)
    assert.deepStrictEqual([read("tries"), read(".atlas/outputs/a/work/out")], ["x\nx\nx\n", "done\n"])
    assert.include(lab.atlas("logs", "a:work").stdout, "attempt 2 of 3 failed: COMMAND_FAILED")
    assert.deepStrictEqual(outcomes(lab.run()), ["a:work fresh"])
  })

  it("103: that takes too long is told as that, at each attempt, and its whole tree is gone", () => {
    const script = "sleep 1000 & echo $! >> pids; wait"
    configure({ script, more: "timeoutMs: 300, retry: { times: 1 },", targets: ["a"] })
    const { exit, tasks, counts } = lab.run()
    assert.deepStrictEqual([exit, counts["failed"], tasks.get("a:work")?.error?.code], [1, 1, "TASK_TIMEOUT"])
    const { attempts } = tasks.get("a:work") as unknown as { readonly attempts: ReadonlyArray<{ readonly code: string }> }
    assert.deepStrictEqual(
      attempts.map(({ code }) => code),
      ["TASK_TIMEOUT"]
    )
    const pids = read("pids").trim().split("\n").map(Number)
    assert.deepStrictEqual(pids.map(isDead), [true, true])
  })

  it("104: that the system ended for want of memory is told as that, with what to do", async () => {
    const scope = Effect.runSync(Scope.make())
    const group = await Effect.runPromise(Scope.provide(memoryGroup(64), scope))
    if (group === null) return console.warn("SKIPPED: no control group may be made here, so nobody runs out of memory")
    configure({ script: `echo $$ > ${group}/cgroup.procs; awk 'BEGIN { s = "x"; while (1) s = s s }'; : > $out`, targets: ["a"] })
    const { exit, tasks } = lab.run()
    await Effect.runPromise(Scope.close(scope, Exit.void))
    const error = tasks.get("a:work")?.error as { readonly code: string; readonly hint: string; readonly message: string }
    assert.deepStrictEqual([exit, error.code], [1, "TASK_MEMORY"])
    assert.include(error.hint, "`memory`")
  })

  it("110: many with one cause are told together, each where all is to be told", () => {
    configure({ script: '[ "$n" -lt 20 ]; echo "$n" > $out', targets: numbers(40) })
    const many = lab.atlas("run", "--jobs", "8", "--quiet")
    assert.strictEqual(many.status, 1)
    assert.deepStrictEqual(many.stdout.match(/^✗ .*$/gm), ["✗ 20:work", "✗ 19 tasks more of work   COMMAND_FAILED"])
    assert.include(many.stdout, "21, 22, 23, 24, 25, 26, 27, 28, 29, 30 and 9 others (--verbose tells each)")
    const each = lab.atlas("run", "@failed", "--quiet", "--verbose").stdout.match(/^✗ .*$/gm)
    assert.strictEqual(each?.length, 20)
  })
})

describe("what there is for tasks", () => {
  it("115: is less than a stage declares: exit 2 with both figures and the flag, and the flag settles it", () => {
    configure({ script: "echo > $out", more: "memory: 900_000_000,", targets: ["a"] })
    const { status, stderr } = lab.atlas("run")
    assert.strictEqual(status, 2)
    assert.match(stderr, /work declares 900,000,000 MiB for a:work, and there are [\d,]+ MiB for tasks \(--memory\)/)
    assert.match(stderr, /atlas\.config\.ts:\d+/)
    // the first look at what was just written cannot be trusted for long
    for (let time = 0; time < 3; time++) assert.strictEqual(lab.atlas("run", "--memory", "900000000").status, 0)
    assert.strictEqual(lab.atlas("run").status, 2, "the short cut says the same")
    assert.strictEqual(lab.atlas("run", "--memory", "x").status, 2)
  })

  it("117: is enough with 256 open files, however many jobs are asked for", () => {
    configure({ script: 'echo "$n" > $out; sleep 0.1', targets: numbers(300) })
    const words = ["-c", 'ulimit -n 256; exec "$@"', "sh", process.execPath, program, "run", "--jobs", "300", "--json"]
    const { status, stdout, stderr } = spawnSync("sh", words, { cwd: lab.root, encoding: "utf8", maxBuffer: 1 << 28 })
    assert.strictEqual(status, 0, stderr)
    const last = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")
    assert.strictEqual(last.counts.executed, 300)
  })

  it("is measured of stages that run in hosts, and of programs", () => {
    configure({ script: "(head -c 300000000 /dev/zero; sleep 1) | tail -c 300000000 > $out", targets: ["a"], fill: true })
    const { exit, tasks, output } = lab.run()
    assert.strictEqual(exit, 0, output.stderr)
    const peaks = [...tasks.values()].map((task) => (task as unknown as { readonly peakMiB?: number }).peakMiB ?? 0)
    assert.lengthOf(peaks, 2)
    const [host = 0, program = 0] = peaks.toSorted((a, b) => b - a)
    assert.isAtLeast(program, 286)
    assert.isBelow(program, 400)
    assert.isAtLeast(host, 400)
    assert.isBelow(host, 1200)
    assert.isTrue(existsSync(at(".atlas/measured")))
  })
})

describe("two runs at once of the same targets", () => {
  it("111: execute each task once, both end with 0, and the second tells for whom it waited", async () => {
    configure({ script: ': > began; until [ -e go ]; do sleep 0.02; done; echo "$n" > $out', targets: ["a", "b"] })
    const first = start("run", "--json")
    await until(() => existsSync(at("began")))
    const second = start("run", "--json")
    await until(() => second.seen.stderr.includes("waiting for pid"))
    assert.include(second.seen.stderr, `waiting for pid ${first.pid}`)
    writeFileSync(at("go"), "")
    assert.deepStrictEqual([(await first.ended).exit, (await second.ended).exit], [0, 0])
    assert.include(second.seen.stderr, `waited for pid ${first.pid}`)
    const executed = (text: string): number => text.split('"outcome":"executed"').length - 1
    assert.deepStrictEqual([executed(first.seen.stdout), executed(second.seen.stdout)], [2, 0])
  })
})

describe("a signal to a run", () => {
  for (const [scenario, signal, exit] of [
    ["96", "SIGINT", 130],
    ["97", "SIGTERM", 143],
    ["98", "SIGHUP", 129]
  ] as const)
    it(`${scenario}: ${signal} ends it with ${exit}, its programs and what these have started, also when it alone is told`, async () => {
      const script = "(trap '' INT HUP; sleep 1000 & echo $! >> pids; wait) & echo $! >> pids; : > began; wait"
      configure({ script, targets: ["a"], more: "retry: { times: 5 }," })
      const run = start("run", "--json")
      await until(() => existsSync(at("began")) && existsSync(at("pids")) && read("pids").trim().split("\n").length === 2)
      process.kill(run.pid, signal)
      assert.deepStrictEqual(await run.ended, { exit, signal: null })
      const last = JSON.parse(run.seen.stdout.trimEnd().split("\n").at(-1) ?? "")
      assert.deepStrictEqual([last.outcome, last.counts.cancelled], ["interrupted", 1])
      assert.deepStrictEqual(read("pids").trim().split("\n").map(Number).map(isDead), [true, true])
    })
})
