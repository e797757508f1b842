import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { groupLives } from "../../src/ports/ProcessGroup.ts"
import { type Program, Programs, type ProgramsShape } from "../../src/ports/Programs.ts"
import { Lines, Tail } from "../../src/ports/Tail.ts"
import { canMount, memoryGroup, smallDisk, workplace } from "./workplace.ts"

const PATH = "/usr/bin:/bin"
const patience = 30_000

const law = (sentence: string, body: (programs: ProgramsShape, cwd: string) => Effect.Effect<void, unknown>) =>
  it.live(
    sentence,
    () =>
      Effect.gen(function* () {
        const home = yield* workplace
        yield* Programs.use((programs) => body(programs, home)).pipe(Effect.provide(Programs.layer))
      }),
    patience
  )

const shell = (cwd: string, script: string, more: Partial<Program> = {}): Program => ({
  argv: ["sh", "-c", script],
  cwd,
  env: { PATH },
  ...more
})

/** Runs a program and gives its first line, which is the id of a process, as soon as it is there. */
const started = Effect.fnUntraced(function* (programs: ProgramsShape, program: Program) {
  const line = yield* Deferred.make<string>()
  const fiber = yield* Effect.forkChild(programs.run({ ...program, onLine: (_, text) => Deferred.doneUnsafe(line, Effect.succeed(text)) }))
  return { fiber, pid: Number(yield* Deferred.await(line)) }
})

/** Dead, or dead and waiting to be fetched. */
const isDead = (pid: number): boolean => {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return true
  }
}

describe("running a program", () => {
  law("gives its status, its signal and what it printed", (programs, cwd) =>
    Effect.gen(function* () {
      const good = yield* programs.run(shell(cwd, "printf out; printf err >&2"))
      assert.deepStrictEqual(
        { ...good, ms: 0, peakBytes: null },
        {
          exit: 0,
          signal: null,
          stdoutTail: "out",
          stderrTail: "err",
          stdoutBytes: 3,
          stderrBytes: 3,
          ms: 0,
          timedOut: false,
          leftovers: false,
          peakBytes: null,
          starved: false
        }
      )
      assert.strictEqual((yield* programs.run(shell(cwd, "exit 7"))).exit, 7)
      const killed = yield* programs.run(shell(cwd, "kill -KILL $$"))
      assert.deepStrictEqual([killed.exit, killed.signal, killed.timedOut], [null, "SIGKILL", false])
    })
  )

  law("passes exactly the arguments, folder and environment that it is given, and an empty stdin", (programs, cwd) =>
    Effect.gen(function* () {
      const odd = ["a b", "", "$HOME", "*", "'\"\\", "line\nbreak", "ä", "-n"]
      const result = yield* programs.run({
        argv: ["sh", "-c", 'pwd; cat; for a; do printf "%s|" "$a"; done', "sh", ...odd],
        cwd,
        env: { PATH }
      })
      assert.strictEqual(result.stdoutTail, `${cwd}\n${odd.join("|")}|`)
      const environment = yield* programs.run({ argv: ["/usr/bin/env"], cwd, env: { ONLY: "this one" } })
      assert.strictEqual(environment.stdoutTail, "ONLY=this one\n")
      assert.strictEqual((yield* programs.run({ argv: ["/usr/bin/env"], cwd, env: {} })).stdoutTail, "")
    })
  )

  law("writes stdout to a file if told so, anew each time, and never through a link", (programs, cwd) =>
    Effect.gen(function* () {
      const stdout = path.join(cwd, "out")
      for (const text of ["longer", "new"]) {
        const result = yield* programs.run(shell(cwd, `printf ${text}`, { stdout }))
        assert.deepStrictEqual([result.stdoutTail, result.stdoutBytes, fs.readFileSync(stdout, "utf8")], ["", 0, text])
      }
      fs.symlinkSync("out", path.join(cwd, "link"))
      for (const bad of ["link", "no/such/folder"]) {
        const error = yield* Effect.flip(programs.run(shell(cwd, "printf x", { stdout: path.join(cwd, bad) })))
        assert.strictEqual(error._tag, "IoFailed")
      }
      assert.strictEqual(fs.readFileSync(stdout, "utf8"), "new")
    })
  )

  law("what cannot be started is told with its reason", (programs, cwd) =>
    Effect.gen(function* () {
      fs.writeFileSync(path.join(cwd, "no-bit"), "#!/bin/sh\n", { mode: 0o644 })
      fs.writeFileSync(path.join(cwd, "no-interpreter"), "#!/no/such/thing\n", { mode: 0o755 })
      fs.mkdirSync(path.join(cwd, "folder"))
      const bad: ReadonlyArray<readonly [Program, RegExp]> = [
        [{ argv: ["no-such-program"], cwd, env: { PATH } }, /^cannot start no-such-program: not found on PATH \(\/usr\/bin:\/bin\)$/],
        [{ argv: ["sh"], cwd, env: {} }, /PATH is not set/],
        [{ argv: ["./no-bit"], cwd, env: { PATH } }, /^cannot start \.\/no-bit: no executable file$/],
        [{ argv: ["./folder"], cwd, env: { PATH } }, /no executable file/],
        [{ argv: ["./no-interpreter"], cwd, env: { PATH } }, /ENOENT/],
        [{ argv: [], cwd, env: { PATH } }, /without a name/],
        [{ argv: [""], cwd, env: { PATH } }, /without a name/],
        [{ argv: ["sh", "a\0b"], cwd, env: { PATH } }, /null byte/],
        [{ argv: ["true", "x".repeat(3_000_000)], cwd, env: { PATH } }, /E2BIG/],
        [shell(path.join(cwd, "gone"), "true"), /working folder .*gone is not there/]
      ]
      for (const [program, message] of bad) {
        const error = yield* Effect.flip(programs.run(program))
        assert.strictEqual(error._tag, "ProgramNotStarted")
        assert.match(error.message, message)
      }
    })
  )

  law("tells lines as they come, of both streams, also a last one without an end", (programs, cwd) =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      yield* programs.run(
        shell(cwd, "printf 'one\\ntwo\\r\\n\\n'; printf 'err\\nrest' >&2", {
          onLine: (stream, line) => void lines.push(`${stream}: ${line}`)
        })
      )
      assert.deepStrictEqual(
        lines.filter((line) => line.startsWith("stdout")),
        ["stdout: one", "stdout: two", "stdout: "]
      )
      assert.deepStrictEqual(
        lines.filter((line) => line.startsWith("stderr")),
        ["stderr: err", "stderr: rest"]
      )
    })
  )

  law("300 MB of output never stand in memory", (programs, cwd) =>
    Effect.gen(function* () {
      const before = process.memoryUsage().rss
      let most = 0
      const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20)
      const result = yield* programs.run(
        shell(cwd, "yes 0123456789 | head -c 300000000; yes | head -c 20000000 >&2; echo; echo last", { tailBytes: 1000 })
      )
      clearInterval(watch)
      assert.strictEqual(result.stdoutBytes, 300_000_006)
      assert.strictEqual(result.stderrBytes, 20_000_000)
      assert.strictEqual(result.stdoutTail.length, 1000)
      assert.isTrue(result.stdoutTail.endsWith("\nlast\n"))
      assert.isBelow(most - before, 150_000_000)
    })
  )

  law("many at once do not disturb each other", (programs, cwd) =>
    Effect.gen(function* () {
      const results = yield* Effect.forEach(
        Array.from({ length: 60 }, (_, n) => n),
        (n) => programs.run(shell(cwd, `echo ${n}; exit ${n}`)),
        { concurrency: 8 }
      )
      assert.deepStrictEqual(
        results.map(({ exit, stdoutTail }) => [exit, stdoutTail]),
        Array.from({ length: 60 }, (_, n) => [n, `${n}\n`])
      )
    })
  )

  it.live.skipIf(!canMount)("a full disk under stdout is the program's own failure, and ours if the file cannot even be made", () =>
    Effect.gen(function* () {
      const disk = yield* smallDisk(64)
      yield* Programs.use((programs) =>
        Effect.gen(function* () {
          const result = yield* programs.run(shell(disk, "head -c 1000000 /dev/zero", { stdout: path.join(disk, "out") }))
          assert.notStrictEqual(result.exit, 0)
          assert.match(result.stderrTail, /No space left/)
        })
      ).pipe(Effect.provide(Programs.layer))
    })
  )
})

describe("ending a program", () => {
  law("interruption ends the whole group with SIGTERM, and waits until it is gone", (programs, cwd) =>
    Effect.gen(function* () {
      const { fiber, pid } = yield* started(programs, shell(cwd, "sleep 1000 & echo $!; wait", { graceMs: 20_000 }))
      const began = performance.now()
      yield* Fiber.interrupt(fiber)
      assert.isTrue(isDead(pid))
      assert.isBelow(performance.now() - began, 10_000, "SIGTERM was enough")
    })
  )

  law("96: what ignores SIGTERM is killed after the grace, with its children", (programs, cwd) =>
    Effect.gen(function* () {
      const { fiber, pid } = yield* started(
        programs,
        shell(cwd, "trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo $!; wait; wait", { graceMs: 100 })
      )
      yield* Fiber.interrupt(fiber)
      assert.isTrue(isDead(pid))
    })
  )

  law("96: children get the grace too when their parent goes first", (programs, cwd) =>
    Effect.gen(function* () {
      const script = "(trap 'echo tidy > tidied; exit 0' TERM; echo $$; while :; do sleep 0.01; done) & wait"
      const { fiber } = yield* started(programs, shell(cwd, script, { graceMs: 20_000 }))
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(fs.readFileSync(path.join(cwd, "tidied"), "utf8"), "tidy\n")
    })
  )

  law("103: a program that takes too long is ended in the same way and says so", (programs, cwd) =>
    Effect.gen(function* () {
      const result = yield* programs.run(shell(cwd, "echo begun; sleep 1000", { timeoutMs: 100, graceMs: 5_000 }))
      assert.deepStrictEqual([result.timedOut, result.signal, result.stdoutTail], [true, "SIGTERM", "begun\n"])
      const quick = yield* programs.run(shell(cwd, "true", { timeoutMs: 20_000 }))
      assert.isFalse(quick.timedOut)
    })
  )

  law("tells the most that it held with all that it started, whatever it holds at its end", (programs, cwd) =>
    Effect.gen(function* () {
      const mb = 200
      const script = `(head -c ${mb}000000 /dev/zero; sleep 1) | tail -c ${mb}000000 | wc -c`
      const result = yield* programs.run(shell(cwd, script))
      assert.strictEqual(result.exit, 0)
      assert.isAtLeast(result.peakBytes ?? 0, mb * 1_000_000)
      assert.isBelow(result.peakBytes ?? 0, 2 * mb * 1_000_000)
    })
  )

  law("is told apart from other kills where the system ended it, or what it ran, for want of memory", (programs, cwd) =>
    Effect.scoped(
      Effect.gen(function* () {
        const group = yield* memoryGroup(64)
        if (group === null) return console.warn("SKIPPED: no control group may be made here, so nobody runs out of memory")
        const greedy = `echo $$ > ${group}/cgroup.procs; awk 'BEGIN { s = "x"; while (1) s = s s }'`
        const below = yield* programs.run(shell(cwd, `${greedy}; exit $?`))
        assert.deepStrictEqual([below.exit, below.starved], [137, true])
        const itself = yield* programs.run(shell(cwd, greedy.replace("awk", "exec awk")))
        assert.deepStrictEqual([itself.signal, itself.starved], ["SIGKILL", true])
      })
    )
  )

  law("what a program leaves behind in its group is killed and reported, though it holds the pipes", (programs, cwd) =>
    Effect.gen(function* () {
      const result = yield* programs.run(shell(cwd, "sleep 1000 & echo $!"))
      assert.deepStrictEqual([result.exit, result.leftovers], [0, true])
      assert.isTrue(isDead(Number(result.stdoutTail)))
    })
  )

  law("who ends soon after the program is waited for, and is none that was left behind", (programs, cwd) =>
    Effect.gen(function* () {
      const result = yield* programs.run(shell(cwd, "(while kill -0 $$ 2>/dev/null; do :; done; echo last > said) & exit 0"))
      assert.deepStrictEqual([result.exit, result.leftovers, fs.readFileSync(path.join(cwd, "said"), "utf8")], [0, false, "last\n"])
    })
  )

  law("who left the group but holds the pipes does not keep us", (programs, cwd) =>
    Effect.gen(function* () {
      const script = "setsid sh -c 'echo $$ > left; exec sleep 1000' & while [ ! -s left ]; do :; done; cat left"
      const result = yield* programs.run(shell(cwd, script))
      const escaped = Number(result.stdoutTail)
      assert.deepStrictEqual([result.exit, result.leftovers, isDead(escaped)], [0, false, false])
      process.kill(escaped, "SIGKILL")
    })
  )

  law("a program that ends during the interruption is no harm, nor is one interrupted at once", (programs, cwd) =>
    Effect.gen(function* () {
      for (let round = 0; round < 20; round++) {
        const fiber = yield* Effect.forkChild(programs.run(shell(cwd, "exit 0")), { startImmediately: true })
        for (let turn = 0; turn < round; turn++) yield* Effect.sleep(0)
        yield* Fiber.interrupt(fiber)
      }
    })
  )

  it.live(
    "kill -9 of the engine takes the groups of its programs with it",
    () =>
      Effect.gen(function* () {
        const engine = yield* Effect.acquireRelease(
          Effect.sync(() =>
            spawn(process.execPath, [path.resolve("test/ports/fixtures/run-program.ts")], { stdio: ["ignore", "pipe", "inherit"] })
          ),
          (engine) => Effect.sync(() => engine.kill("SIGKILL"))
        )
        const [chunk] = yield* Effect.promise(() => once(engine.stdout, "data") as Promise<[Buffer]>)
        const [group = 0, child = 0] = chunk.toString().trim().split(" ").map(Number)
        assert.isTrue(groupLives(group))
        assert.isFalse(isDead(child))
        engine.kill("SIGKILL")
        yield* Effect.promise(() => once(engine, "exit"))
        while (groupLives(group)) yield* Effect.sleep(5)
        assert.isTrue(isDead(child))
      }),
    patience
  )
})

const find = (name: string, searchPath: string, cwd: string) =>
  Programs.useSync((programs) => programs.resolveTool(name, searchPath, cwd)).pipe(Effect.provide(Programs.layer))

describe("finding a tool", () => {
  it.effect("gives where it was found and what it really is, the first executable one on PATH", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      for (const folder of ["a", "b", "c"]) fs.mkdirSync(path.join(home, folder))
      fs.writeFileSync(path.join(home, "a", "tool"), "", { mode: 0o644 })
      fs.mkdirSync(path.join(home, "b", "tool"))
      fs.writeFileSync(path.join(home, "real"), "#!/bin/sh\n", { mode: 0o755 })
      fs.symlinkSync("../real", path.join(home, "c", "tool"))
      const searchPath = ["a", "b", "gone", "c"].map((folder) => path.join(home, folder)).join(":")
      const found = { path: path.join(home, "c", "tool"), real: path.join(home, "real") }
      assert.deepStrictEqual(yield* find("tool", searchPath, "/"), found)
      assert.deepStrictEqual(yield* find("c/tool", "", home), found)
      assert.deepStrictEqual(yield* find(path.join(home, "c/tool"), "", "/"), found)
      for (const [name, at] of [
        ["tool", `${home}/a:${home}/b`],
        ["tool", ""],
        ["tool", "c:./c::"],
        ["", searchPath],
        ["..", searchPath],
        ["a\0b", searchPath],
        ["./tool", searchPath]
      ] as const) {
        assert.strictEqual(yield* find(name, at, home), null)
      }
      assert.strictEqual(
        (yield* find("sh", PATH, "/"))?.path,
        execFileSync("sh", ["-c", "command -v sh"], { encoding: "utf8", env: { PATH } }).trim()
      )
    })
  )
})

describe("tails and lines", () => {
  it("a tail is the end of all that came, for every size of tail and chunk", () => {
    const all = Buffer.from(Array.from({ length: 30_000 }, (_, n) => 97 + ((n * 7 + (n >> 8)) % 26)))
    for (const limit of [1, 7, 4096, 4097, 20_000, 40_000]) {
      for (const size of [1, 3, 4095, 4096, 9_999, 30_000]) {
        const tail = new Tail(limit)
        for (let at = 0; at < all.length; at += size) tail.push(all.subarray(at, at + size))
        assert.strictEqual(tail.text(), all.toString("latin1", Math.max(0, all.length - limit)), `${limit} ${size}`)
        assert.strictEqual(tail.total, all.length)
      }
    }
  })

  it("a tail never begins with half a character", () => {
    const tail = new Tail(10)
    tail.push(Buffer.from("äöü\u{1F9EC}äöü"))
    assert.strictEqual(tail.text(), "\u{1F9EC}äöü")
    tail.push(Buffer.from("x"))
    assert.strictEqual(tail.text(), "äöüx")
  })

  it("lines are the same however the bytes are cut", () => {
    const text = Buffer.from("one\nzwölf\n\nthree \u{1F9EC}\r\nlast")
    for (let size = 1; size <= text.length; size++) {
      const lines: Array<string> = []
      const cutter = new Lines((line) => void lines.push(line))
      for (let at = 0; at < text.length; at += size) cutter.push(text.subarray(at, at + size))
      cutter.end()
      assert.deepStrictEqual(lines, ["one", "zwölf", "", "three \u{1F9EC}", "last"])
    }
  })

  it("a line without end comes in pieces, whole when put together", () => {
    const lines: Array<string> = []
    const cutter = new Lines((line) => void lines.push(line))
    for (let n = 0; n < 30; n++) cutter.push(Buffer.alloc(10_000, 97 + (n % 26)))
    cutter.push(Buffer.concat([Buffer.alloc(200_000, "z"), Buffer.from("\nend")]))
    cutter.end()
    assert.isTrue(lines.every((line) => line.length <= 65_536))
    assert.strictEqual(lines.join("").length, 500_003)
    assert.strictEqual(lines.at(-1), "end")
  })
})
