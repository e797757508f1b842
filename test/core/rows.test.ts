import { assert, describe, it } from "@effect/vitest"
import { compareCauses, sortCauses } from "../../src/core/Cause.ts"
import { excerpt } from "../../src/core/Excerpt.ts"
import { diffRows, needOfSubject, needRow, type Row, sameRows, sortRows } from "../../src/core/Rows.ts"
import { Random, seeds } from "./simulation/Random.ts"

const row = (kind: string, subject: string, value: string, note: string | null = null): Row => ({ kind, subject, value, note })
const key = (r: Row): string => JSON.stringify([r.kind, r.subject, r.value])
const cause = (kind: "forced" | "code-changed" | "input-changed", subject: string) => ({
  kind,
  subject,
  old: null,
  new: "1",
  from: null
})
const hex = (head: string): string => head.padEnd(64, "0")
const long = (middle: string): string => "x".repeat(5000) + middle + "y".repeat(5000)

describe("rows that differ", () => {
  const rules: ReadonlyArray<readonly [old: Row | null, now: Row | null, cause: string]> = [
    [row("input", "a", "1"), row("input", "a", "2"), "input-changed a 1→2"],
    [row("input", "a", "1"), row("input", "a", "missing"), "input-missing a 1→missing"],
    [null, row("input", "a", "missing"), "input-missing a →missing"],
    [row("input", "a", "missing"), row("input", "a", "1"), "input-appeared a missing→1"],
    [null, row("input", "a", "1"), "input-appeared a →1"],
    [row("input", "a", "1"), null, "input-changed a 1→"],
    [row("option", "a", "1"), row("option", "a", "2"), "option-changed a 1→2"],
    [row("code", "a", "1"), row("code", "a", "2"), "code-changed a 1→2"],
    [null, row("code", "a", "2"), "code-changed a →2"],
    [row("tool", "a", "1"), row("tool", "a", "2"), "tool-changed a 1→2"],
    [row("tool", "a", "1"), row("tool", "a", "missing"), "tool-missing a 1→missing"],
    [row("environment", "A", "1"), row("environment", "A", ""), 'environment-changed A 1→""'],
    [row("runtime", "a", "1"), row("runtime", "a", "2"), "runtime-changed a 1→2"],
    [row("engine", "a", "1"), row("engine", "a", "2"), "engine-changed a 1→2"],
    [row("target", "a", "1"), row("target", "a", "2"), "option-changed a 1→2"],
    [row("output", "a", "1"), row("output", "a", "2"), "option-changed a 1→2"],
    [row("of-the-future", "a", "1"), null, "engine-changed a 1→"],
    [row("need", "subject of another form", "1"), null, "need-changed subject of another form 1→"]
  ]
  for (const [old, now, expected] of rules)
    it(`are told as ${expected}`, () => {
      const causes = diffRows(old === null ? [] : [old], now === null ? [] : [now])
      assert.deepStrictEqual(
        causes.map((c) => `${c.kind} ${c.subject} ${c.old ?? ""}→${c.new ?? ""}`),
        [expected]
      )
    })

  it("tell a need by its name, output and task", () => {
    const need = { name: "verify", task: "x=1/y#2:verify" }
    const old = needRow(need, { name: "evidence", digest: "a".repeat(64) })
    const now = needRow(need, { name: "evidence", digest: "b".repeat(64), note: "12 bytes" })
    assert.deepStrictEqual(needOfSubject(old.subject), { ...need, output: "evidence" })
    assert.deepStrictEqual(diffRows([old], [now]), [
      { kind: "need-changed", subject: "verify.evidence", old: "sha256 aaaaaaaa", new: "sha256 bbbbbbbb (12 bytes)", from: need.task }
    ])
  })

  it("are found by set, whatever the order, the notes and repetitions", () => {
    for (const seed of seeds(300)) {
      const random = new Random(seed)
      const some = (): Array<Row> =>
        Array.from({ length: random.int(8) }, () =>
          row(random.pick(["code", "input"]), random.pick(["a", "b"]), `${random.int(2)}`, `${random.int(9)}`)
        )
      const a = some()
      const b = random.chance(0.4) ? [...random.shuffled(a), ...a.slice(0, 1)].map((r) => ({ ...r, note: null })) : some()
      const same = JSON.stringify([...new Set(a.map(key))].sort()) === JSON.stringify([...new Set(b.map(key))].sort())
      const replay = `replay with ATLAS_SEED=${seed}`
      assert.strictEqual(sameRows(a, b), same, replay)
      assert.strictEqual(diffRows(a, b).length === 0, same, replay)
      assert.deepStrictEqual(diffRows(random.shuffled(a), random.shuffled(b)), diffRows(a, b), replay)
      assert.deepStrictEqual(sortRows(random.shuffled(sortRows(a))), sortRows(a), replay)
    }
  })
})

describe("causes", () => {
  it("are sorted by kind as listed in the contract, then by text, each once", () => {
    const sorted = sortCauses([
      cause("forced", "a"),
      cause("input-changed", "b"),
      cause("code-changed", "a"),
      cause("input-changed", "a"),
      cause("forced", "a")
    ])
    assert.deepStrictEqual(
      sorted.map(({ kind, subject }) => `${kind} ${subject}`),
      ["input-changed a", "input-changed b", "code-changed a", "forced a"]
    )
    assert.isBelow(compareCauses({ ...cause("forced", "a"), from: null }, { ...cause("forced", "a"), from: "x" }), 0)
  })
})

describe("an excerpt", () => {
  const rules: ReadonlyArray<readonly [rule: string, value: string, note: string | null, other: string | null, expected: string]> = [
    ["shortens a digest", hex("3f2a91c0ff"), null, null, "sha256 3f2a91c0"],
    [
      "shortens a digest that says its algorithm",
      `sha256:${hex("3f2a91c0ff")}`,
      "12,301,114 bytes",
      null,
      "sha256 3f2a91c0 (12,301,114 bytes)"
    ],
    ["shows as much of a digest as differs", hex("3f2a91c0f"), null, hex("3f2a91c0e"), "sha256 3f2a91c0f"],
    ["shows short text as it is", '{"min":0.3}', null, '{"min":0.05}', '{"min":0.3}'],
    ["shows that a value is empty", "", null, "x", '""'],
    ["lets no control characters through", "a\u001b[31m\nb\u202e", null, null, "a\\u{1b}[31m\\nb\\u{202e}"],
    ["repairs what is not text", "a\ud800b", null, null, "a\ufffdb"]
  ]
  for (const [rule, value, note, other, expected] of rules) it(`${rule}`, () => assert.strictEqual(excerpt(value, note, other), expected))

  it("shows long texts around their first difference", () => {
    const shown = excerpt(long("OLD"), null, long("NEW"))
    assert.include(shown, "OLD")
    assert.isAtMost(shown.length, 66)
    assert.match(shown, /^….*…$/)
  })

  it("tells any two values apart and cuts no character in two", () => {
    for (const seed of seeds(500)) {
      const random = new Random(seed)
      const text = (): string => Array.from({ length: random.int(150) }, () => random.pick(["a", "😀", "é", "\n", "x"])).join("")
      const shared = text()
      const [a, b] = [shared + text(), shared + text()]
      if (a === b) continue
      const [shownA, shownB] = [excerpt(a, null, b), excerpt(b, null, a)]
      assert.notStrictEqual(shownA, shownB, `replay with ATLAS_SEED=${seed}`)
      assert.notInclude(shownA + shownB, "\ufffd", `replay with ATLAS_SEED=${seed}`)
    }
  })
})
