/** Ends that nobody asked for: of the engine, of its state, of the power. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterEach, assert, describe, it } from "vitest"
import { program } from "../life/workplace.ts"
import { Lab, worked } from "./lab.ts"

let lab: Lab
afterEach(() => lab.close())

it("86, 92: kill -9 in the middle of a stage leaves nothing partial, and the next run heals with nothing to unlock", async () => {
  lab = Lab.of(`
const here = import.meta.dirname
class Slow extends Command("slow")({
  outputs: { file: "file", folder: "folder" },
  paths: () => ({ file: "out/file", folder: "out/folder" }),
  shell: ({ outputs }) => \`echo part > \${outputs.file}; mkdir \${outputs.folder}; echo part > \${outputs.folder}/part; if [ -e '\${here}/hold' ]; then echo > '\${here}/met'; cat '\${here}/go'; fi; echo whole > \${outputs.file}\`
}) {}
export default project({ name: "p", stages: [Slow], targets: (target) => [target({}, { id: "t" })] })
`)
  lab.fifo("met", "go")
  lab.write("hold", "")
  const run = lab.start()
  await lab.met("met")
  run.child.kill("SIGKILL")
  assert.strictEqual((await run.end()).exit, "SIGKILL")
  assert.deepStrictEqual([lab.has("out/file"), lab.has("out/folder"), lab.has(".atlas/traces/t+slow.json")], [false, false, false])
  lab.remove("hold")
  const ran = lab.run()
  assert.deepStrictEqual(
    [ran.exit, worked(ran), readdirSync(lab.at("out")).sort(), lab.read("out/file")],
    [0, ["t:slow"], ["file", "folder"], "whole\n"]
  )
})

describe("files of the state", () => {
  const files = () =>
    readdirSync(lab.at(".atlas"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("compile-cache"))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.includes("/outputs/"))
      .sort()
  const damages: Readonly<Record<string, (path: string) => void>> = {
    "truncated to nothing": (path) => truncateSync(path, 0),
    "cut in half": (path) => truncateSync(path, readFileSync(path).length >> 1),
    garbage: (path) => writeFileSync(path, Buffer.from(Array.from({ length: 333 }, (_, i) => (i * 37) % 256))),
    "of an unknown version": (path) =>
      writeFileSync(path, readFileSync(path, "latin1").replaceAll(/"([a-z-]+)\/\d+"/g, '"$1/99"'), "latin1"),
    "with another byte in its middle": (path) => {
      const bytes = readFileSync(path)
      if (bytes.length > 0) bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
      writeFileSync(path, bytes)
    },
    gone: (path) => rmSync(path)
  }

  it("89, 90: that are damaged, all at once, cost work, or end in a plain error with a hint; nothing wrong is called fresh", () => {
    lab = Lab.ready()
    const before = lab.made()
    for (const [name, damage] of Object.entries(damages)) {
      for (const path of files()) damage(path)
      // what was made is wrong as well: whoever believes the damaged record would not see it
      lab.write("published/hs/table", "wrong\n")
      const ran = lab.run()
      assert.notMatch(ran.output.stderr + ran.output.stdout, /\n +at |TypeError|SyntaxError/, name)
      if (ran.exit !== 0) {
        assert.strictEqual(ran.exit, 3, `${name}: ${ran.output.stderr}`)
        assert.match(ran.output.stderr, /hint/, name)
        lab.remove(".atlas")
        assert.strictEqual(lab.run().exit, 0)
      }
      assert.deepStrictEqual(lab.made(), before, name)
      assert.deepStrictEqual(worked(lab.run()), [], name)
    }
  })

  it("89: that are damaged one at a time give the same result", () => {
    lab = Lab.ready()
    const before = lab.made()
    const kinds = Object.keys(damages)
    // of each folder the first three: the others are of the same kind
    const seen = new Map<string, number>()
    const some = files().filter((path) => {
      const count = (seen.get(dirname(path)) ?? 0) + 1
      seen.set(dirname(path), count)
      return count <= 3
    })
    for (const [at, path] of some.entries()) {
      if (!existsSync(path)) continue
      const name = `${path.slice(lab.root.length)} ${kinds[at % kinds.length]}`
      damages[kinds[at % kinds.length] as string]?.(path)
      // plainly, so that the short cut has its chance to be fooled
      const { status, stdout, stderr } = lab.say()
      assert.notMatch(stderr + stdout, /\n +at |TypeError|SyntaxError/, name)
      assert.include([0, 3], status, name + stderr)
      if (status === 3) {
        lab.remove(".atlas")
        assert.strictEqual(lab.run().exit, 0, name)
      }
      assert.deepStrictEqual(lab.made(), before, name)
    }
  })

  it("89: that are disposable and cannot be written, since something else is in their place, cost nothing but time", () => {
    lab = Lab.ready()
    for (const [name, replace] of Object.entries({
      fast: (path: string) => mkdirSync(path),
      plan: (path: string) => mkdirSync(path),
      "compile-cache": (path: string) => writeFileSync(path, "no folder"),
      "stat-cache.json": (path: string) => symlinkSync("/nowhere/at/all", path)
    })) {
      lab.remove(`.atlas/${name}`)
      replace(lab.at(".atlas", name))
      lab.write("in/hs.table", `b ${name.length}\n`)
      const { exit, output } = lab.run()
      assert.strictEqual(exit, 0, name + output.stderr + output.stdout)
      assert.deepStrictEqual(worked(lab.run()), [], name)
    }
  })

  it("28, 89: in whose place there is a FIFO keep nobody waiting", () => {
    lab = Lab.ready()
    lab.say("plan")
    for (const name of ["fast", "plan", "version", "project", "stat-cache.json"]) {
      lab.remove(`.atlas/${name}`)
      lab.fifo(`.atlas/${name}`)
      for (const command of ["plan", "run"]) assert.strictEqual(lab.say(command).status, 0, `${name}: ${command}`)
    }
  })
})

const strace = spawnSync("strace", ["-f", "-o", "/dev/null", "true"]).status === 0
if (!strace) console.warn("SKIPPED: no strace that may trace here, so nobody looks at what would outlive a loss of power")

describe.skipIf(!strace)("a loss of power", () => {
  it("91: leaves no trace of bytes that were lost: each output is on the disk before its trace has its name", () => {
    lab = new Lab()
    const calls = lab.at("calls")
    const words = [
      "-f",
      "-qq",
      "-y",
      "-e",
      "trace=fsync,fdatasync,rename,renameat,renameat2",
      "-o",
      calls,
      process.execPath,
      program,
      "run"
    ]
    assert.strictEqual(spawnSync("strace", words, { cwd: lab.root }).status, 0)
    const seen = readFileSync(calls, "utf8").split("\n")
    /** Where a call that ended well has this in it; a call that was cut in two by another thread counts where it began. */
    const at = (call: RegExp, path: string) => seen.flatMap((line, index) => (call.test(line) && line.includes(path) ? [index] : []))
    const root = JSON.stringify(lab.root).slice(1, -1)
    for (const trace of readdirSync(lab.at(".atlas/traces"))) {
      const { task, outputs } = JSON.parse(lab.read(`.atlas/traces/${trace}`)) as {
        readonly task: string
        readonly outputs: ReadonlyArray<{ readonly path: string; readonly kind: string; readonly files?: ReadonlyArray<unknown> }>
      }
      const [recorded = -1] = at(/\brename/, `${root}/.atlas/traces/${trace}"`).slice(-1)
      assert.isAbove(recorded, -1, task)
      for (const { path, kind } of outputs) {
        if (kind === "value") continue
        const places = kind === "file" ? [path] : readdirSync(lab.at(path)).map((name) => join(path, name))
        const moved = at(/\brename/, `${root}/${path}"`)
        assert.isAbove(moved.length, 0, path)
        for (const place of [...places, join(path, "..")]) {
          const synced = at(/\bf(?:data)?sync\(/, `<${root}/${place}>`)
          assert.isTrue(
            synced.some((index) => index < recorded),
            `${place} of ${task}`
          )
        }
      }
    }
  })
})
