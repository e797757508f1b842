import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { besideName, stemIn } from "../../src/ports/OutputNames.ts"
import { Outputs, type OutputsShape } from "../../src/ports/Outputs.ts"
import { canMount, readOnly, smallDisk, snapshot, workplace } from "./workplace.ts"

const run = "r-1"

/** All below a folder as text: contents, link texts, empty folders. */
const contents = (root: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    fs
      .readdirSync(root, { recursive: true, encoding: "utf8" })
      .sort()
      .map((name) => {
        const stat = fs.lstatSync(path.join(root, name))
        return [
          name,
          stat.isSymbolicLink()
            ? `-> ${fs.readlinkSync(path.join(root, name))}`
            : stat.isDirectory()
              ? "/"
              : fs.readFileSync(path.join(root, name), "utf8")
        ]
      })
  )

type Kind = "absent" | "file" | "read-only file" | "folder" | "read-only folder" | "link to a file" | "link to a folder" | "dangling link"

const make: Readonly<Record<Kind, (at: string, text: string) => void>> = {
  absent: () => {},
  file: (at, text) => fs.writeFileSync(at, text),
  "read-only file": (at, text) => fs.writeFileSync(at, text, { mode: 0o444 }),
  folder: (at, text) => {
    fs.mkdirSync(path.join(at, "deep", "empty"), { recursive: true })
    fs.writeFileSync(path.join(at, "deep", "f"), text)
    fs.symlinkSync("f", path.join(at, "deep", "link"))
  },
  "read-only folder": (at, text) => {
    fs.mkdirSync(at)
    fs.writeFileSync(path.join(at, "f"), text)
    fs.chmodSync(at, 0o555)
  },
  "link to a file": (at) => fs.symlinkSync(path.join(path.dirname(at), "outside", "file"), at),
  "link to a folder": (at) => fs.symlinkSync(path.join(path.dirname(at), "outside", "folder"), at),
  "dangling link": (at) => fs.symlinkSync("nowhere", at)
}
const kinds = Object.keys(make) as ReadonlyArray<Kind>

const law = (sentence: string, body: (outputs: OutputsShape, home: string) => Effect.Effect<void, unknown>) =>
  it.live(sentence, () =>
    Effect.gen(function* () {
      const home = yield* workplace
      yield* Outputs.use((outputs) => body(outputs, home)).pipe(Effect.provide(Outputs.layer))
    })
  )

describe("staging an output", () => {
  law("gives a fresh name beside the final one and makes the folders above, nothing else", (outputs, home) =>
    Effect.gen(function* () {
      const final = path.join(home, "build", "deep", "out")
      const one = yield* outputs.stage(final, { run, within: home })
      const other = yield* outputs.stage(final, { run, within: null })
      assert.notStrictEqual(one, other)
      assert.strictEqual(path.dirname(one), path.dirname(final))
      assert.match(path.basename(one), /^\.out\.staging-r_1-[0-9a-f]{16}$/)
      assert.deepStrictEqual(contents(home), { build: "/", "build/deep": "/" })
    })
  )

  law("works with the longest names, and with names of any characters", (outputs, home) =>
    Effect.gen(function* () {
      for (const base of ["x".repeat(255), "ä".repeat(127), "a b", "line\nbreak", "-rf", "out.old-r-0123456789abcdef"]) {
        const final = path.join(home, base)
        for (const text of ["one", "two"]) {
          const staging = yield* outputs.stage(final, { run: "a run/with: odd characters", within: home })
          fs.mkdirSync(staging)
          fs.writeFileSync(path.join(staging, "f"), text)
          yield* outputs.commit([{ staging, final }], { run, durable: false })
          assert.strictEqual(fs.readFileSync(path.join(final, "f"), "utf8"), text)
        }
        fs.writeFileSync(besideName(final, "staging", run), "")
        assert.strictEqual((yield* outputs.recover([final])).length, 1)
        assert.deepStrictEqual(fs.readdirSync(home), [base])
        fs.rmSync(final, { recursive: true })
      }
    })
  )

  law("refuses to leave the project through a link, before it makes anything", (outputs, home) =>
    Effect.gen(function* () {
      const project = path.join(home, "project")
      fs.mkdirSync(path.join(project, "own"), { recursive: true })
      fs.mkdirSync(path.join(home, "elsewhere"))
      fs.symlinkSync("../elsewhere", path.join(project, "build"))
      fs.symlinkSync("own", path.join(project, "alias"))
      const error = yield* Effect.flip(outputs.stage(path.join(project, "build", "deep", "out"), { run, within: project }))
      assert.strictEqual(error._tag, "OutputEscapes")
      assert.strictEqual(error._tag === "OutputEscapes" ? error.real : "", path.join(home, "elsewhere", "deep", "out"))
      assert.strictEqual(
        (yield* Effect.flip(outputs.stage(path.join(project, "..", "out"), { run, within: project })))._tag,
        "OutputEscapes"
      )
      assert.deepStrictEqual(fs.readdirSync(path.join(home, "elsewhere")), [])
      yield* outputs.stage(path.join(project, "alias", "out"), { run, within: project })
      yield* outputs.stage(path.join(project, "build", "deep", "out"), { run, within: null })
      assert.deepStrictEqual(fs.readdirSync(path.join(home, "elsewhere")), ["deep"])
    })
  )

  law("refuses again at the commit, if a folder above has become a link since", (outputs, home) =>
    Effect.gen(function* () {
      const project = path.join(home, "project")
      fs.mkdirSync(path.join(home, "elsewhere"))
      const final = path.join(project, "build", "out")
      fs.mkdirSync(project)
      const staging = yield* outputs.stage(final, { run, within: project })
      fs.rmdirSync(path.join(project, "build"))
      fs.symlinkSync("../elsewhere", path.join(project, "build"))
      fs.writeFileSync(staging, "new")
      assert.strictEqual((yield* Effect.flip(outputs.commit([{ staging, final }], { run, durable: false })))._tag, "OutputEscapes")
      assert.isFalse(fs.existsSync(path.join(home, "elsewhere", "out")))
    })
  )
})

describe("committing an output", () => {
  for (const durable of [false, true]) {
    law(`44, 51: puts any kind in the place of any kind, durable ${durable}, and never writes through a link`, (outputs, home) =>
      Effect.gen(function* () {
        for (const present of kinds) {
          for (const staged of kinds.filter((kind) => kind !== "absent")) {
            const folder = path.join(home, `${present} ${staged}`)
            for (const at of [folder, path.join(home, `${present} ${staged} wanted`)]) {
              fs.mkdirSync(path.join(at, "outside", "folder"), { recursive: true })
              fs.writeFileSync(path.join(at, "outside", "file"), "untouched")
              fs.writeFileSync(path.join(at, "outside", "folder", "f"), "untouched")
            }
            const final = path.join(folder, "out")
            make[present](final, "old")
            const staging = yield* outputs.stage(final, { run, within: home })
            make[staged](staging, "new")
            const wanted = contents(folder)
            yield* outputs.commit([{ staging, final }], { run, durable })
            const renamed = Object.entries(wanted)
              .filter(([name]) => name !== "out" && !name.startsWith("out/"))
              .map(([name, text]) => [name.replace(path.basename(staging), "out"), text] as const)
            assert.deepStrictEqual(
              contents(folder),
              Object.fromEntries(renamed.sort(([a], [b]) => (a < b ? -1 : 1))),
              `${staged} over ${present}`
            )
          }
        }
      })
    )
  }

  law(
    "moves all in order; a missing one is told by its final name, what came before it stands, what comes after is as it was",
    (outputs, home) =>
      Effect.gen(function* () {
        const finals = ["a", "b", "c"].map((name) => path.join(home, name))
        const moves = []
        for (const final of finals) {
          fs.writeFileSync(final, "old")
          const staging = yield* outputs.stage(final, { run, within: home })
          if (!final.endsWith("b")) fs.writeFileSync(staging, "new")
          moves.push({ staging, final })
        }
        const error = yield* Effect.flip(outputs.commit(moves, { run, durable: true }))
        assert.deepStrictEqual([error._tag, error.message], ["TaskOutputMissing", `nothing was written for the output ${finals[1]}`])
        assert.deepStrictEqual(
          finals.map((final) => fs.readFileSync(final, "utf8")),
          ["new", "old", "old"]
        )
        yield* outputs.discard(moves.map(({ staging }) => staging))
        assert.deepStrictEqual(fs.readdirSync(home).sort(), ["a", "b", "c"])
      })
  )

  law("a FIFO as output is refused, at the top; the old output stays", (outputs, home) =>
    Effect.gen(function* () {
      const final = path.join(home, "out")
      fs.writeFileSync(final, "old")
      const staging = yield* outputs.stage(final, { run, within: home })
      execFileSync("mkfifo", [staging])
      assert.strictEqual((yield* Effect.flip(outputs.commit([{ staging, final }], { run, durable: true })))._tag, "SpecialFile")
      assert.strictEqual(fs.readFileSync(final, "utf8"), "old")
    })
  )

  it.live.skipIf(!canMount)("53: an output that is a mount point cannot be replaced: typed, and as it was", () =>
    Effect.gen(function* () {
      const disk = yield* smallDisk(64)
      fs.writeFileSync(path.join(disk, "f"), "old")
      yield* Outputs.use((outputs) =>
        Effect.gen(function* () {
          const staging = yield* outputs.stage(disk, { run, within: null })
          fs.mkdirSync(staging)
          const error = yield* Effect.flip(outputs.commit([{ staging, final: disk }], { run, durable: false }))
          assert.deepStrictEqual([error._tag, error._tag === "IoFailed" ? error.errno : ""], ["IoFailed", "EBUSY"])
          assert.strictEqual(fs.readFileSync(path.join(disk, "f"), "utf8"), "old")
          yield* outputs.discard([staging])
        })
      ).pipe(Effect.provide(Outputs.layer))
    })
  )

  it.live.skipIf(!canMount)("on a read-only file system staging is a typed error and leaves nothing", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const before = snapshot(home)
      yield* readOnly(home)
      yield* Outputs.use((outputs) =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(outputs.stage(path.join(home, "deep", "out"), { run, within: home }))
          assert.deepStrictEqual([error._tag, error._tag === "IoFailed" ? error.errno : ""], ["IoFailed", "EROFS"])
        })
      ).pipe(Effect.provide(Outputs.layer))
      assert.deepStrictEqual(snapshot(home), before)
    })
  )
})

describe("recovering after a run that died", () => {
  law("puts the old output back if the new one never came, whatever its kind", (outputs, home) =>
    Effect.gen(function* () {
      for (const kind of ["file", "folder", "dangling link", "read-only folder"] as const) {
        const folder = path.join(home, kind)
        fs.mkdirSync(folder)
        const final = path.join(folder, "out")
        make[kind](final, "old")
        const before = contents(folder)
        fs.renameSync(final, besideName(final, "old", "dead"))
        make.folder(besideName(final, "staging", "dead"), "half")
        const done = yield* outputs.recover([final])
        assert.deepStrictEqual(done.map(({ action }) => action).sort(), ["removed", "restored"])
        assert.deepStrictEqual(contents(folder), before)
      }
    })
  )

  law("keeps the new output if it came, and removes the old one and half-made ones", (outputs, home) =>
    Effect.gen(function* () {
      const final = path.join(home, "out")
      make.folder(final, "new")
      const before = contents(home)
      make.folder(besideName(final, "old", "dead"), "old")
      make["read-only folder"](besideName(final, "old", "deader"), "older")
      make.file(besideName(final, "staging", "dead"), "half")
      const done = yield* outputs.recover([final])
      assert.deepStrictEqual(
        done.map(({ action }) => action),
        ["removed", "removed", "removed"]
      )
      assert.deepStrictEqual(contents(home), before)
      assert.deepStrictEqual(yield* outputs.recover([final]), [])
    })
  )

  law("touches nothing that stands beside another output, or only looks alike", (outputs, home) =>
    Effect.gen(function* () {
      const mine = path.join(home, "a")
      const names = [
        path.basename(besideName(path.join(home, "b"), "old", "dead")),
        path.basename(besideName(path.join(home, "a.x"), "staging", "dead")),
        path.basename(besideName(path.join(home, ".a"), "staging", "dead")),
        ".a.staging",
        ".a.old-r",
        ".a.old-r-0123",
        "a.old-r-0123456789abcdef",
        ".a.old-r-0123456789abcdef.txt",
        ".a.backup-r-0123456789abcdef"
      ]
      for (const name of names) fs.writeFileSync(path.join(home, name), "")
      assert.deepStrictEqual(yield* outputs.recover([mine, path.join(home, "not", "there", "out")]), [])
      assert.deepStrictEqual(fs.readdirSync(home).sort(), names.sort())
    })
  )

  law("of several old ones the one that was moved aside last comes back", (outputs, home) =>
    Effect.gen(function* () {
      const final = path.join(home, "out")
      for (const text of ["older", "newer"]) {
        fs.writeFileSync(final, text)
        fs.renameSync(final, besideName(final, "old", text))
      }
      yield* outputs.recover([final])
      assert.strictEqual(fs.readFileSync(final, "utf8"), "newer")
      assert.deepStrictEqual(fs.readdirSync(home), ["out"])
    })
  )

  law("87: heals a commit that was killed before any of its steps", (outputs, home) =>
    Effect.gen(function* () {
      // The steps of replacing a folder, as `strace` shows them, each left undone from some point on.
      for (let steps = 0; steps <= 3; steps++) {
        const folder = path.join(home, String(steps))
        fs.mkdirSync(folder)
        const final = path.join(folder, "out")
        make.folder(final, "old")
        const staging = yield* outputs.stage(final, { run, within: null })
        make.folder(staging, "new")
        const old = besideName(final, "old", run)
        if (steps > 0) fs.renameSync(final, old)
        if (steps > 1) fs.renameSync(staging, final)
        if (steps > 2) fs.rmSync(path.join(old, "deep", "f"))
        yield* outputs.recover([final])
        assert.deepStrictEqual(fs.readdirSync(folder), ["out"])
        assert.strictEqual(fs.readFileSync(path.join(final, "deep", "f"), "utf8"), steps > 1 ? "new" : "old")
      }
    })
  )
})

describe("names beside an output", () => {
  it("are told apart from the output they stand beside, also when that has such a name itself", () => {
    const inner = besideName("/x/out", "staging", "r")
    assert.deepStrictEqual(stemIn(path.basename(inner)), { stem: "out", beside: "staging" })
    assert.deepStrictEqual(stemIn(path.basename(besideName(inner, "old", "r"))), { stem: path.basename(inner), beside: "old" })
  })
})
