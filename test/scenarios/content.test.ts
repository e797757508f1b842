/** What counts of an input is its content, whatever its stat row says. */
import { spawnSync } from "node:child_process"
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { program } from "../life/workplace.ts"
import { all, codes, Lab, outcomes, worked } from "./lab.ts"
import { measure } from "./sources.ts"

let lab: Lab
let table: string
let genome: string
beforeAll(() => {
  lab = Lab.ready()
  table = lab.at("in/hs.table")
  genome = lab.at("in/hs.genome")
})
afterAll(() => lab.close())

/** The exit code of a run, and what it executed. */
const executed = (): ReadonlyArray<unknown> => {
  const ran = lab.run()
  return [ran.exit, ...worked(ran)]
}
const nothing = [0]
/** Where the table of `hs` has another row. */
const everything = [0, ...all("hs")]
let edits = 0
/** A row that was never there. */
const row = (): string => `n${edits++}`.padEnd(4)

describe("a stat row that moves", () => {
  it("10, 15: touched, an hour back or at the beginning of time, runs nothing", () => {
    const { mtimeMs } = statSync(table)
    for (const time of [Date.now(), mtimeMs - 3_600_000, 0]) {
      utimesSync(table, time / 1000, time / 1000)
      assert.deepStrictEqual(executed(), nothing)
    }
  })

  it("11: another mode of an input runs nothing, and a tool that may not be executed is none", () => {
    chmodSync(table, 0o600)
    assert.deepStrictEqual(executed(), nothing)
    chmodSync(lab.at("bin/measure"), 0o644)
    const ran = lab.run()
    assert.deepStrictEqual(
      [ran.exit, outcomes(ran)["hs:verify"], outcomes(ran)["hs:publish"], outcomes(ran)["hs:validate"]],
      [1, "blocked", "blocked", "fresh"]
    )
    chmodSync(lab.at("bin/measure"), 0o755)
    assert.deepStrictEqual(executed(), nothing)
  })

  it("14: into the future runs nothing, and an edit is seen although the time stays there", () => {
    const future = new Date("2199-01-01T00:00:00Z")
    utimesSync(table, future, future)
    assert.deepStrictEqual(executed(), nothing)
    assert.deepStrictEqual(executed(), nothing)
    writeFileSync(table, row())
    utimesSync(table, future, future)
    assert.deepStrictEqual(executed(), everything)
    assert.deepStrictEqual(executed(), nothing)
  })
})

describe("other bytes", () => {
  it("12: of the same number under the same mtime are seen", () => {
    writeFileSync(table, row())
    assert.deepStrictEqual(executed(), everything)
    const { size, mtimeMs } = statSync(table)
    lab.flip("in/hs.table")
    assert.deepStrictEqual([statSync(table).size, statSync(table).mtimeMs], [size, mtimeMs])
    assert.deepStrictEqual(executed(), everything)
  })

  it("13: under an older mtime are seen", () => {
    writeFileSync(table, row())
    utimesSync(table, 1, 1)
    assert.deepStrictEqual(executed(), everything)
  })

  it("30: written right behind a run, of the same number, are seen time after time", () => {
    for (let time = 0; time < 3; time++) {
      writeFileSync(table, row())
      assert.deepStrictEqual(executed(), everything)
    }
  })
})

describe("another file in the same place", () => {
  it("16, 17: a link to the same content runs nothing; to other content, or to what changes, it counts", () => {
    copyFileSync(table, lab.at("copy"))
    rmSync(table)
    symlinkSync("../copy", table)
    assert.deepStrictEqual(executed(), nothing)
    writeFileSync(lab.at("copy"), row())
    assert.deepStrictEqual(executed(), everything)
    writeFileSync(lab.at("other"), row())
    rmSync(table)
    symlinkSync("../other", table)
    assert.deepStrictEqual(executed(), everything)
    rmSync(table)
    copyFileSync(lab.at("other"), table)
    assert.deepStrictEqual(executed(), nothing)
  })

  it("18: another inode with the same bytes runs nothing", () => {
    const { ino } = statSync(table)
    copyFileSync(table, `${table}.new`)
    renameSync(`${table}.new`, table)
    assert.notStrictEqual(statSync(table).ino, ino)
    assert.deepStrictEqual(executed(), nothing)
  })

  it("23: an empty one is another thing than none: the one is data, the other a typed error", () => {
    writeFileSync(table, "")
    assert.deepStrictEqual(executed(), everything)
    rmSync(table)
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, outcomes(ran)["hs:ingest"], codes(ran)], [1, "failed", ["TASK_INPUT_MISSING"]])
    assert.strictEqual(outcomes(ran)["mm:pack"], "fresh")
    writeFileSync(table, "")
    assert.deepStrictEqual(executed(), nothing)
  })

  it("28: a FIFO or a folder is a typed error, not a hang", () => {
    const kept = readFileSync(genome)
    const told = ["mkfifo", "mkdir"].map((make) => {
      rmSync(genome, { recursive: true })
      spawnSync(make, [genome])
      const ran = lab.run("hs")
      return [ran.exit, ...codes(ran)]
    })
    rmSync(genome, { recursive: true })
    writeFileSync(genome, kept)
    // a folder has a digest as well: the program that cannot read it says so
    assert.deepStrictEqual(told, [
      [1, "SPECIAL_FILE"],
      [1, "COMMAND_FAILED"]
    ])
    assert.deepStrictEqual(executed(), nothing)
  })
})

describe("names of inputs", () => {
  const named = (path: string): void =>
    lab.configure({ targets: lab.wish.targets.map((one) => (one.id === "hs" ? { ...one, table: path } : one)) })
  const moved = (to: string): void => {
    const [{ table: from = "" } = {}] = lab.wish.targets
    renameSync(lab.at(from), lab.at(to))
    named(to)
  }

  it("19, 20: one that is renamed, in the config too, runs nothing, be it in case only", () => {
    for (const name of ["in/renamed.table", "in/Renamed.table"]) {
      moved(name)
      assert.deepStrictEqual(executed(), nothing)
    }
  })

  it("21: two that differ by normalization alone are two", () => {
    const [composed, apart] = ["in/\u00e9.table", "in/e\u0301.table"]
    moved(composed)
    writeFileSync(lab.at(apart), row())
    // a file system that takes them for one has no second file
    if (readFileSync(lab.at(composed), "utf8") === readFileSync(lab.at(apart), "utf8")) return
    assert.deepStrictEqual(executed(), nothing)
    named(apart)
    assert.deepStrictEqual(executed(), everything)
    writeFileSync(lab.at(composed), row())
    assert.deepStrictEqual(executed(), nothing)
  })

  it("22: blanks, quotes, line ends and what shells obey mean nothing", () => {
    for (const name of [`in/it's "q"  b.table`, "in/$(touch x);`y`&⟦input:x⟧.table", "in/-n line\nend.table"]) {
      moved(name)
      assert.deepStrictEqual(executed(), nothing)
      writeFileSync(lab.at(name), row())
      assert.deepStrictEqual(executed(), everything)
    }
    assert.isFalse(existsSync(lab.at("x")))
    moved("in/hs.table")
    assert.deepStrictEqual(executed(), nothing)
  })
})

describe("an input that may not be read", () => {
  const words = ["--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-dac_override,-dac_read_search"]
  const isRoot = process.getuid?.() === 0
  const possible = !isRoot || spawnSync("setpriv", [...words, "true"]).status === 0
  if (!possible) console.warn("SKIPPED: root without setpriv reads everything, so nobody sees a file that may not be read")

  it.skipIf(!possible)("27: is a typed error, and nothing that was remembered is touched", () => {
    chmodSync(table, 0)
    utimesSync(table, 5, 5)
    const before = lab.rows(".atlas/traces")
    const [command = "", ...args] = [...(isRoot ? ["setpriv", ...words] : []), process.execPath, program, "run", "--json"]
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: lab.root, encoding: "utf8" })
    assert.include([1, 3], status)
    assert.match(stdout + stderr, /"code":"IO_FAILED"/)
    assert.notMatch(stdout + stderr, /\n +at /)
    assert.deepStrictEqual(lab.rows(".atlas/traces"), before)
    chmodSync(table, 0o644)
    assert.deepStrictEqual(executed(), nothing)
  })
})

it("61: a tool that is another under the same path runs the stages that declare it, and what follows from them", () => {
  lab.write("bin/measure", measure(2), 0o755)
  const ran = lab.run()
  // it gives the same: cut off behind it
  assert.deepStrictEqual([ran.exit, worked(ran)], [0, ["hs:verify", "mm:verify"]])
})

it("ends with what a clean build gives", () => assert.deepStrictEqual(lab.made(), lab.clean()))
