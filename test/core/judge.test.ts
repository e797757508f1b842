import { assert, describe, it } from "@effect/vitest"
import { globOf, literalGlob, matches } from "../../src/core/Glob.ts"
import { type Evidence, type Finding, judge, type Waiver } from "../../src/core/Judge.ts"
import { Random, seeds } from "./simulation/Random.ts"

const finding = (name: string, at = "chrI"): Finding => ({ name, at, message: `${name} at ${at}` })
const waiver = (finding: string, at = "*", until: string | null = null): Waiver => ({ finding, at, because: "known", until })
const evidence: Evidence = {
  findings: [],
  declared: { sparse: { severity: "error", hint: "partial?" }, odd: { severity: "warning", hint: "look at it" } },
  severity: {},
  waivers: [],
  now: "2026-06-30"
}

describe("a verdict", () => {
  const rules: ReadonlyArray<readonly [rule: string, change: Partial<Evidence>, verdict: string]> = [
    ["is passed if nothing was found", {}, "passed"],
    ["is failed for an error", { findings: [finding("sparse")] }, "failed"],
    ["is warned for a warning", { findings: [finding("odd")] }, "warned"],
    ["is waived for a waived error", { findings: [finding("sparse")], waivers: [waiver("sparse")] }, "waived"],
    ["is waived for a waived warning", { findings: [finding("odd")], waivers: [waiver("odd")] }, "waived"],
    [
      "is warned for a warning beside a waived error",
      { findings: [finding("sparse"), finding("odd")], waivers: [waiver("sparse")] },
      "warned"
    ],
    [
      "is failed for an error beside a waived warning",
      { findings: [finding("sparse"), finding("odd")], waivers: [waiver("odd")] },
      "failed"
    ],
    [
      "is failed for an error in another place",
      { findings: [finding("sparse"), finding("sparse", "chrII")], waivers: [waiver("sparse", "chrI")] },
      "failed"
    ],
    ["is warned if the target makes the error a warning", { findings: [finding("sparse")], severity: { sparse: "warning" } }, "warned"],
    ["is failed if the target makes the warning an error", { findings: [finding("odd")], severity: { odd: "error" } }, "failed"],
    ["is failed for what is not declared", { findings: [finding("constructor")] }, "failed"],
    ["is waived on the last day", { findings: [finding("sparse")], waivers: [waiver("sparse", "*", "2026-06-30")] }, "waived"],
    ["is failed on the day after", { findings: [finding("sparse")], waivers: [waiver("sparse", "*", "2026-06-29")] }, "failed"],
    [
      "is failed if the waiver's day cannot be read",
      { findings: [finding("sparse")], waivers: [waiver("sparse", "*", "2027-6-1")] },
      "failed"
    ],
    [
      "is failed under a dated waiver if today cannot be read",
      { findings: [finding("sparse")], waivers: [waiver("sparse", "*", "2027-06-01")], now: "" },
      "failed"
    ]
  ]
  for (const [rule, change, verdict] of rules) it(`${rule}`, () => assert.strictEqual(judge({ ...evidence, ...change }).verdict, verdict))

  it("comes with each finding's severity, hint and the first waiver that fits", () => {
    const [first, second] = [waiver("sparse", "chr*"), waiver("sparse", "chrI")]
    const judged = judge({
      ...evidence,
      findings: [finding("sparse"), finding("odd", "x")],
      waivers: [first, second],
      severity: { odd: "error" }
    })
    assert.deepStrictEqual(judged.findings, [
      { ...finding("sparse"), severity: "error", hint: "partial?", waived: first },
      { ...finding("odd", "x"), severity: "error", hint: "look at it", waived: null }
    ])
    assert.deepStrictEqual(judged.unusedWaivers, [])
  })

  it("comes with waivers that fit nothing or ran out, and the next day that matters", () => {
    const used = waiver("sparse", "chrI", "2026-12-31")
    const unused = waiver("sparse", "chrX", "2026-07-15")
    const other = waiver("odd")
    const expired = waiver("sparse", "chrI", "2026-06-01")
    const judged = judge({ ...evidence, findings: [finding("sparse")], waivers: [expired, used, unused, other] })
    assert.deepStrictEqual(judged.unusedWaivers, [unused, other])
    assert.deepStrictEqual(judged.expiredWaivers, [expired])
    assert.strictEqual(judged.nextExpiry, "2026-07-15")
    assert.isNull(judge({ ...evidence, waivers: [other, expired] }).nextExpiry)
  })

  it("stands unchanged until the next expiry, and finds the waiver that a look at each would find", () => {
    for (const seed of seeds(300)) {
      const random = new Random(seed)
      const replay = `replay with ATLAS_SEED=${seed}`
      const name = (): string => random.pick(["sparse", "odd"])
      const findings = Array.from({ length: random.int(6) }, () => finding(name(), random.pick(["a", "ab", "b"])))
      const waivers = Array.from({ length: random.int(6) }, () =>
        waiver(name(), random.pick(["a", "a*", "?", "*", "b"]), random.pick([null, "2026-06-29", "2026-06-30", "2026-07-02"]))
      )
      const judged = judge({ ...evidence, findings, waivers })
      for (const [i, { name, at }] of findings.entries()) {
        const fits = waivers.find(
          (w) =>
            w.finding === name && (w.until ?? "9") >= evidence.now && new RegExp(`^${w.at.replace("*", ".*").replace("?", ".")}$`).test(at)
        )
        assert.strictEqual(judged.findings[i]?.waived, fits ?? null, replay)
      }
      const later = judge({ ...evidence, findings, waivers, now: judged.nextExpiry ?? "2099-01-01" })
      assert.strictEqual(later.verdict, judged.verdict, replay)
    }
  })

  it("judges many findings and waivers", () => {
    const findings = Array.from({ length: 50_000 }, (_, i) => finding("sparse", `scaffold_${i}`))
    const waivers = Array.from({ length: 5_000 }, (_, i) => waiver("sparse", `scaffold_${i}`))
    const judged = judge({ ...evidence, findings, waivers })
    assert.strictEqual(judged.findings.filter((f) => f.waived !== null).length, 5_000)
  })
})

describe("a glob", () => {
  const rules: ReadonlyArray<readonly [pattern: string, text: string, fits: boolean]> = [
    ["*", "", true],
    ["*", "a/b", true],
    ["", "", true],
    ["", "a", false],
    ["?", "", false],
    ["?", "😀", true],
    ["??", "😀", false],
    ["*?", "😀", true],
    ["a*c", "abbc", true],
    ["a*c", "abbcd", false],
    ["*/S/A", "110/S/A", true],
    ["*/S/A", "*/S/A", true],
    ["*/S/A", "S/A", false],
    ["a.c", "abc", false],
    ["[ab]", "a", false],
    ["[ab]", "[ab]", true],
    ["a*b*c", "a-b-b-c", true]
  ]
  for (const [pattern, text, fits] of rules)
    it(`${JSON.stringify(pattern)} ${fits ? "fits" : "does not fit"} ${JSON.stringify(text)}`, () =>
      assert.strictEqual(matches(globOf(pattern), text), fits))

  it("takes escapes only where they are asked for", () => {
    assert.isTrue(matches(globOf("\\*/S", true), "*/S"))
    assert.isFalse(matches(globOf("\\*/S", true), "1/S"))
    assert.isTrue(matches(globOf("\\*", false), "\\x"))
    assert.isTrue(matches(globOf("a\\", true), "a\\"))
    assert.isFalse(matches(literalGlob("*"), "x"))
  })

  it("agrees with a regular expression and stays quick on what is made to be slow", () => {
    for (const seed of seeds(1000)) {
      const random = new Random(seed)
      const text = (letters: ReadonlyArray<string>): string => Array.from({ length: random.int(10) }, () => random.pick(letters)).join("")
      const [pattern, subject] = [text(["a", "b", "*", "?"]), text(["a", "b"])]
      const expected = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(subject)
      assert.strictEqual(matches(globOf(pattern), subject), expected, `${pattern} ${subject}, replay with ATLAS_SEED=${seed}`)
    }
    assert.isFalse(matches(globOf(`${"*a".repeat(50)}b`), "a".repeat(20_000)))
  })
})
