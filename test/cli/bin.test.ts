import { type ChildProcess, execFileSync, spawn, type StdioOptions } from "node:child_process"
import { closeSync, cpSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { build as bundled } from "rolldown"

const root = join(import.meta.dirname, "../..")
const lab = mkdtempSync(join(tmpdir(), "atlas-run "))
writeFileSync(join(lab, "atlas.config.ts"), "")
afterAll(() => rmSync(lab, { recursive: true }))

/** The real program with a scripted engine in it. */
const scripted = join(lab, "scripted")
beforeAll(() =>
  bundled({
    input: { bin: join(root, "src/bin.ts") },
    platform: "node",
    plugins: [
      {
        name: "scripted engine",
        resolveId: (id, importer) =>
          id.endsWith("/engine/Atlas.ts") && importer?.endsWith("/src/main.ts") === true
            ? join(import.meta.dirname, "scripted-atlas.ts")
            : null
      }
    ],
    output: { dir: scripted, format: "esm", entryFileNames: "[name].mjs" }
  })
)

const environment = { ...process.env, NO_COLOR: "", FORCE_COLOR: "", NODE_OPTIONS: "" }

const launch = (
  argv: ReadonlyArray<string>,
  script: string,
  stdio: StdioOptions = ["ignore", "pipe", "pipe"],
  more: Record<string, string> = {}
): ChildProcess =>
  spawn(process.execPath, [join(scripted, "bin.mjs"), ...argv], {
    cwd: lab,
    stdio,
    env: { ...environment, ATLAS_SCRIPT: script, ...more }
  })

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

/** `react` is called with all of stderr whenever there is more. */
const ended = (child: ChildProcess, react: (err: string) => void = () => {}): Promise<Ended> =>
  new Promise((resolve) => {
    let out = ""
    let err = ""
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text))
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      err += text
      react(err)
    })
    child.on("close", (code, signal) => resolve({ code, signal, out, err }))
  })

const once = (text: string, act: () => void): ((err: string) => void) => {
  let done = false
  return (err) => {
    if (done || !err.includes(text)) return
    done = true
    act()
  }
}

describe("the process", { timeout: 30_000 }, () => {
  it("ends with the code of its command, results on stdout and progress on stderr", async () => {
    const good = await ended(launch(["run"], "good"))
    assert.deepStrictEqual([good.code, good.out.split("\n").length, good.err.split("\n").length], [0, 5, 2])
    assert.strictEqual((await ended(launch(["run"], "fail"))).code, 1)
    assert.strictEqual((await ended(launch(["run", "--jbos"], "good"))).code, 2)
  })

  for (const [name, number] of [
    ["SIGHUP", 1],
    ["SIGINT", 2],
    ["SIGTERM", 15]
  ] as const)
    it(`ends with ${128 + number} on ${name}, after it has tidied up and told so`, async () => {
      const child = launch(["run", "--json"], "hang")
      const { code, signal, out, err } = await ended(
        child,
        once("ready", () => child.kill(name))
      )
      assert.deepStrictEqual([code, signal], [128 + number, null])
      assert.include(err, "tidied")
      const last = JSON.parse(out.trimEnd().split("\n").at(-1) ?? "")
      assert.deepStrictEqual([last.event, last.outcome, last.exit], ["run-finished", "interrupted", 128 + number])
    })

  it("97: ends at once on a second signal, although nothing can be interrupted", async () => {
    const child = launch(["run"], "stuck")
    let second = 0
    const { code } = await ended(
      child,
      once("ready", () => {
        child.kill("SIGTERM")
        second = Date.now()
        child.kill("SIGINT")
      })
    )
    // Two signals that wait together are delivered by number.
    assert.oneOf(code, [130, 143])
    assert.isBelow(Date.now() - second, 1000)
  })

  it("takes the same signal twice within a moment, as npm passes it on, as one", async () => {
    const child = launch(["run"], "hang")
    const { code, err } = await ended(
      child,
      once("ready", () => {
        child.kill("SIGINT")
        setImmediate(() => child.kill("SIGINT"))
      })
    )
    assert.strictEqual(code, 130)
    assert.include(err, "tidied")
  })

  it("ends on a signal also when nobody reads its results", async () => {
    const child = launch(["run", "--json"], "hang", ["ignore", "pipe", "pipe"], { ATLAS_EVENTS: "3000" })
    let killed = 0
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (!text.includes("ready")) return
      killed = Date.now()
      child.kill("SIGTERM")
    })
    const code = await new Promise((resolve) => child.on("exit", resolve))
    child.stdout?.destroy()
    assert.strictEqual(code, 143)
    // Long before the end that comes anyway.
    assert.isBelow(Date.now() - killed, 6000)
  })

  it("delivers all of a large result to a reader that is slow", async () => {
    const child = launch(["run", "--json"], "good", ["ignore", "pipe", "ignore"], { ATLAS_EVENTS: "3000" })
    let lines = 0
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      lines += text.split("\n").length - 1
      child.stdout?.pause()
      setImmediate(() => child.stdout?.resume())
    })
    const code = await new Promise((resolve) => child.on("close", resolve))
    assert.deepStrictEqual([code, lines], [0, 3002])
  })

  for (const argv of [["run"], ["run", "--json"], ["plan"], ["--help"], ["--version"]]) {
    it(`says that ${argv.join(" ")} did not reach a full disk, with exit 3`, async () => {
      const full = openSync("/dev/full", "w")
      const { code, err } = await ended(launch(argv, "good", ["ignore", full, "pipe"]))
      closeSync(full)
      assert.strictEqual(code, 3)
      assert.include(err, "stdout did not take all results: no space left on the device (ENOSPC)")
      assert.include(err, "IO_STDOUT")
    })

    it(`says that ${argv.join(" ")} did not reach a reader that is gone, with exit 3`, async () => {
      const child = launch(argv, "good")
      child.stdout?.destroy()
      const { code, err } = await ended(child)
      assert.strictEqual(code, 3)
      assert.include(err, "stdout did not take all results: the reader is gone (EPIPE)")
    })
  }

  it("notices in a shell's pipe that its reader has left", async () => {
    const node = [process.execPath, join(scripted, "bin.mjs"), "run", "--json"]
    const shell = spawn("bash", ["-c", 'set -o pipefail; "$@" | head -c0', "-", ...node], {
      cwd: lab,
      env: { ...environment, ATLAS_SCRIPT: "good", ATLAS_EVENTS: "3000" }
    })
    const { code, err } = await ended(shell)
    assert.strictEqual(code, 3)
    assert.include(err, "EPIPE")
  })

  it("ends with 3, never with 0, when something is thrown where nobody catches it, and tidies up", async () => {
    const thrown = await ended(launch(["run"], "throw"))
    assert.strictEqual(thrown.code, 3)
    assert.include(thrown.err, "atlas-run broke: Error: thrown in a timer")
    assert.include(thrown.err, "tidied")
    const rejected = await ended(launch(["run"], "reject"))
    assert.strictEqual(rejected.code, 3)
    assert.include(rejected.err, "rejected by nobody")
  })

  it("ends with 3 when it waits for what can never come, or cannot load itself", async () => {
    const drained = await ended(launch(["run"], "drain"))
    assert.strictEqual(drained.code, 3)
    assert.include(drained.err, "nothing is left to wait for")
    const unloaded = await ended(launch(["run"], "unloadable"))
    assert.strictEqual(unloaded.code, 3)
    assert.include(unloaded.err, "cannot be loaded")
  })

  it("does not mind losing stderr", async () => {
    const child = launch(["run", "--json"], "good")
    child.stderr?.destroy()
    assert.strictEqual((await ended(child)).code, 0)
  })
})

const oldNode = ["/usr/bin/node", "/usr/local/bin/node"].find((path) => {
  if (!existsSync(path)) return false
  const major = Number(/^v(\d+)/.exec(execFileSync(path, ["--version"], { encoding: "utf8" }))?.[1])
  return major >= 14 && major < 24
})
if (oldNode === undefined) console.warn("SKIPPED: no Node between 14 and 23 is installed, so that the version check is not tried")

const build = (folder: string): void =>
  void execFileSync(
    process.execPath,
    [join(root, "node_modules/rolldown/bin/cli.mjs"), "-c", join(root, "rolldown.config.mjs"), "-d", folder, "--logLevel", "warn"],
    { cwd: root }
  )

describe("the bundle", { timeout: 60_000 }, () => {
  const built = join(lab, "dist one")
  const bundle = (): string => {
    if (!existsSync(built)) build(built)
    return join(built, "bin.mjs")
  }

  it("begins with a small chunk that imports nothing before it has looked at Node", () => {
    const text = readFileSync(bundle(), "utf8")
    assert.isBelow(text.length, 4096)
    assert.isTrue(text.startsWith("#!/usr/bin/env node\n"))
    assert.notMatch(text, /^\s*(?:import\s+[^(]|export\s+.*from)/m)
    assert.notMatch(text, /\?\.|\?\?|#\w+\s*[=;(]|\bawait\b/)
    assert.isBelow(text.indexOf("process.exit(2)"), text.indexOf("import("))
  })

  it("is the same bytes each time", () => {
    const again = join(lab, "dist two")
    build(again)
    const files = readdirSync(built, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".mjs"))
    assert.isAbove(files.length, 1)
    for (const path of files) assert.isTrue(readFileSync(join(built, path)).equals(readFileSync(join(again, path))), path)
  })

  it("tells its version and its help without any other file of the project", async () => {
    const alone = join(lab, "alone")
    cpSync(built, alone, { recursive: true })
    const { code, out, err } = await ended(spawn(process.execPath, [join(alone, "bin.mjs"), "--version"], { cwd: lab }))
    assert.deepStrictEqual([code, err], [0, ""])
    assert.strictEqual(out, `atlas-run ${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version}\n`)
  })

  it.skipIf(oldNode === undefined)("refuses an old Node with a message and exit 2", async () => {
    for (const argv of [["run"], ["--version"], []]) {
      const { code, out, err } = await ended(spawn(oldNode as string, [bundle(), ...argv], { cwd: lab }))
      assert.deepStrictEqual([code, out], [2, ""])
      assert.match(err, /^atlas-run needs Node 24 or newer; this is v\d+\.\d+\.\d+\.\n {2}hint {2}/)
    }
  })
})
