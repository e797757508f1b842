/** The no-op's short cut says "fresh" only where the engine would: whatever is edited, it steps aside. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { columnsOf, decode, encode, expectedOf, type Header, holds, unreachable } from "../../src/fast/Columns.ts"
import { standingAnswer, standingPlan } from "../../src/fast/Answer.ts"
import { Workplace } from "../life/workplace.ts"

const header: Header = {
  atlas: "fast/2",
  root: "/r",
  config: "atlas.config.ts",
  machine: ["v24"],
  environment: [["A", null]],
  salt: "s",
  from: "2026-01-01",
  until: null,
  project: null,
  tasks: 1,
  targets: 1,
  unproven: [],
  told: [],
  answer: { head: null, body: { plain: "", colour: "" }, last: "1 task fresh" },
  plan: null
}

describe("the columns", () => {
  it("come back as they were written, and hold only for the same stat rows", () => {
    const row = statSync(import.meta.filename, { bigint: true })
    const expected = [
      { path: "/here", follow: true, row: columnsOf(row), groups: [] },
      { path: "/gone", follow: false, row: columnsOf(null), groups: [4] },
      { path: "/both", follow: false, row: columnsOf(unreachable), groups: [0, 7] }
    ]
    const columns = decode(encode(header, expected.toReversed()) as Buffer)
    assert.isNotNull(columns)
    assert.deepStrictEqual(
      expectedOf(columns).toSorted((a, b) => (a.path < b.path ? 1 : -1)),
      expected
    )
    assert.deepStrictEqual(columns.header, header)
    assert.deepStrictEqual([columns.paths, columns.followed], [["/here", "/both", "/gone"], 1])
    const { rows } = columns
    assert.isTrue(holds(rows, 0, row) && holds(rows, 1, unreachable) && holds(rows, 2, undefined))
    assert.isFalse(holds(rows, 0, undefined) || holds(rows, 0, unreachable))
    assert.isFalse(holds(rows, 1, row) || holds(rows, 1, undefined) || holds(rows, 2, row) || holds(rows, 2, unreachable))
    for (const field of ["dev", "ino", "size", "mode", "mtimeNs", "ctimeNs"] as const)
      assert.isFalse(holds(rows, 0, Object.assign(Object.create(Object.getPrototypeOf(row)), row, { [field]: row[field] + 1n })), field)
  })

  it("90: are not read from a file with any bit flipped, cut or grown", () => {
    const bytes = encode(header, [{ path: "/gone", follow: false, row: columnsOf(null), groups: [1] }]) as Buffer
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] as number) ^ 1
      assert.isNull(decode(flipped), `byte ${at}`)
    }
    assert.isNull(decode(bytes.subarray(0, -1)))
    assert.isNull(decode(Buffer.concat([bytes, Buffer.from("x")])))
  })

  it("are not written for a path that does not fit on a line", () => {
    assert.isNull(encode(header, [{ path: "/a\nb", follow: false, row: columnsOf(null), groups: [] }]))
  })
})

describe("a project in which all is fresh", () => {
  let lab: Workplace
  beforeAll(() => {
    lab = new Workplace()
  })
  afterAll(() => lab.remove())

  /** Runs until the answer is kept: rows as young as the last build prove nothing yet. */
  const settle = (): void => {
    for (let tries = 0; standingAnswer(lab.root) === null; tries++) {
      assert.isBelow(tries, 60, "nothing is kept")
      const { status, stdout, stderr } = lab.atlas("run")
      assert.strictEqual(status, 0, stdout + stderr)
    }
  }
  const at = (path: string) => join(lab.root, path)
  const published = "serving-store/release=1/species=phix174/assembly=NC_001422.1/derived/qc.json"
  const built = "build/release=1/species=phix174/assembly=NC_001422.1"

  it("answers by itself, prints what the engine prints and writes nothing", () => {
    settle()
    const before = statSync(at(".atlas")).mtimeMs
    const short = lab.atlas("run")
    assert.strictEqual(statSync(at(".atlas")).mtimeMs, before)
    const long = lab.atlas("run", "--no-fast-path")
    const timeless = (text: string) => text.replace(/ +[\d.]+ s\n$/, "")
    assert.strictEqual(timeless(short.stdout), timeless(long.stdout))
    assert.strictEqual(short.stderr, "")
  })

  it("is planned by the same look, as the engine plans it", () => {
    settle()
    const plan = standingPlan(lab.root)
    assert.isNotNull(plan)
    assert.strictEqual(lab.atlas("plan").stdout, plan?.plain)
    assert.strictEqual(lab.atlas("plan", "--color", "never").stdout, plan?.plain)
    assert.strictEqual(lab.atlas("plan", "--color", "always").stdout, plan?.colour)
    const kept = readFileSync(at(".atlas/plan"))
    writeFileSync(at(".atlas/plan"), kept.toString().replace("fresh", "stale"))
    assert.isNull(standingPlan(lab.root), "a plan that is not the one that was kept")
    writeFileSync(at(".atlas/plan"), kept)
    const sequence = readFileSync(at("data/phix.fa"))
    appendFileSync(at("data/phix.fa"), "A\n")
    assert.isNull(standingPlan(lab.root), "something is stale")
    assert.match(lab.atlas("plan").stdout, /stale/)
    writeFileSync(at("data/phix.fa"), sequence)
  })

  const edits: ReadonlyArray<readonly [string, () => () => void]> = [
    ["an input touched", () => (utimesSync(at("data/phix.fa"), 1, 1), () => {})],
    ["a built file altered", () => (appendFileSync(at(`${built}/derived/qc.json`), " "), () => {})],
    [
      "a strange file in an output folder",
      () => (writeFileSync(at(`${built}/derived/strange`), ""), () => unlinkSync(at(`${built}/derived/strange`)))
    ],
    ["a pack gone", () => (unlinkSync(at("packs/1.phix174.NC_001422.1.tar")), () => {})],
    [
      "a published file altered",
      () => {
        const good = readFileSync(at(published))
        appendFileSync(at(published), "x")
        return () => writeFileSync(at(published), good)
      }
    ],
    ["the config edited", () => (appendFileSync(at("atlas.config.ts"), "\n// a remark\n"), () => {})],
    [
      "a linked package retargeted",
      () => {
        const link = at("node_modules/atlas-run")
        const elsewhere = at("elsewhere")
        mkdirSync(elsewhere)
        renameSync(link, at("kept"))
        symlinkSync(elsewhere, link)
        return () => {
          unlinkSync(link)
          renameSync(at("kept"), link)
          rmSync(elsewhere, { recursive: true })
        }
      }
    ],
    ["a trace gone", () => (rmSync(at(".atlas/traces"), { recursive: true }), () => {})]
  ]
  for (const [name, edit] of edits)
    it(`steps aside for ${name}`, () => {
      settle()
      const undo = edit()
      assert.isNull(standingAnswer(lab.root), name)
      undo()
    })

  it("steps aside for another machine's record, and when there is none", () => {
    settle()
    const bytes = readFileSync(at(".atlas/fast"))
    const columns = decode(bytes)
    assert.isNotNull(columns)
    rmSync(at(".atlas/fast"))
    assert.isNull(standingAnswer(lab.root))
    assert.isTrue(existsSync(at(".atlas/traces")))
  })
})
