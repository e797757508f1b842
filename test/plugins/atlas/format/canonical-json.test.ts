import * as fs from "node:fs"
import * as path from "node:path"
import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import {
  canonicalChunks,
  canonicalJson,
  CanonicalJsonInvalid,
  compareCodePoints,
  Float,
  floatText
} from "../../../../plugins/atlas/format/canonical-json.ts"
import { parseStrictJson } from "../../../../plugins/atlas/format/strict-json.ts"

const goldens = path.resolve(import.meta.dirname, "../../../../../shared/reference/golden")
const absent = !fs.existsSync(goldens)
if (absent)
  console.warn("SKIPPED: no ../shared/reference/golden beside the project, so canonical JSON is not compared with the reference's files")

function* rows() {
  for (let i = 0; i < 5000; i++) yield { id: `g${i}`, start: i }
}

const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth))

describe("canonical JSON", () => {
  it("sorts keys at every depth and writes nothing that is not needed", () => {
    assert.strictEqual(canonicalJson({ b: [1, { z: null, a: true }], a: "x", "": [] }), '{"":[],"a":"x","b":[1,{"a":true,"z":null}]}')
    assert.strictEqual(canonicalJson(new Map([["k", new Set([3, 1])]])), '{"k":[3,1]}')
  })

  it("sorts keys by code points, as their UTF-8 bytes are", () => {
    const keys = ["\u{10000}", "\uffff", "\ue000", "z", "é", "Z", "", "a\u{1f600}", "a\uff5e", "10", "9"]
    const byBytes = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    assert.deepStrictEqual(keys.toSorted(compareCodePoints), byBytes)
    assert.strictEqual(
      canonicalJson(Object.fromEntries(keys.map((key) => [key, 0]))),
      `{${byBytes.map((key) => `${JSON.stringify(key)}:0`).join()}}`
    )
  })

  it("escapes as little as JSON allows", () => {
    assert.strictEqual(canonicalJson('"\\/\b\t\n\f\r\u0001\u001f\u007f\u2028é'), '"\\"\\\\/\\b\\t\\n\\f\\r\\u0001\\u001f\u007f\u2028é"')
  })

  it.each([
    [0, "0"],
    [-0, "0"],
    [1, "1.0"],
    [-1, "-1.0"],
    [0.5, "0.5"],
    [1 / 7, "0.14285714285714285"],
    [0.00001, "0.00001"],
    [0.000001, "1e-6"],
    [0.00000625, "6.25e-6"],
    [123456.789, "123456.789"],
    [100, "100.0"],
    [999999999999999.9, "999999999999999.9"],
    [1e15, "1000000000000000.0"],
    [1e16, "1e16"],
    [1.5e300, "1.5e300"],
    [5e-324, "5e-324"],
    [-2.5e-7, "-2.5e-7"]
  ])("prints the float %d as Rust does: %s", (value, expected) => {
    assert.strictEqual(floatText(value), expected)
    assert.strictEqual(canonicalJson({ r: new Float(value) }), `{"r":${expected}}`)
    assert.strictEqual(Number(expected), value)
  })

  it("prints integers plainly, also those beyond doubles", () => {
    assert.strictEqual(
      canonicalJson([1, -7, Number.MAX_SAFE_INTEGER, 18446744073709551615n, -0]),
      "[1,-7,9007199254740991,18446744073709551615,0]"
    )
  })

  it.each<readonly [string, unknown, string]>([
    ["undefined", { a: [1, undefined] }, "$.a[1]"],
    ["NaN", { a: new Float(Number.NaN) }, "$.a"],
    ["a bare fraction", [0.5], "$[0]"],
    ["an unsafe integer", 2 ** 53, "$"],
    ["half a surrogate pair", { a: { b: "\ud800" } }, "$.a.b"],
    ["half a surrogate pair as key", { "\udc00": 1 }, "$.\udc00"],
    ["a function", [[() => 1]], "$[0][0]"],
    ["a date", { at: new Date(0) }, "$.at"]
  ])("refuses %s, naming the way to it", (_, value, at) => {
    try {
      canonicalJson(value)
      assert.fail("nothing was thrown")
    } catch (error) {
      assert.instanceOf(error, CanonicalJsonInvalid)
      assert.strictEqual(error.at, at)
    }
  })

  it("refuses what is nested deeper than the limit, cycles too", () => {
    const cycle: Array<unknown> = []
    cycle.push(cycle)
    assert.throws(() => canonicalJson(cycle), CanonicalJsonInvalid)
    assert.strictEqual(canonicalJson(nested(128)).length, 256)
    assert.throws(() => canonicalJson(nested(129)), CanonicalJsonInvalid)
  })

  it("writes in pieces what it writes at once, from values that are made on the way", () => {
    const pieces = [...canonicalChunks({ rows: rows(), a: 1 }, 1000)]
    assert.isAbove(pieces.length, 50)
    assert.strictEqual(pieces.join(""), canonicalJson({ rows: [...rows()], a: 1 }))
  })

  it.skipIf(absent)("gives back every canonical file of the reference byte for byte", () => {
    let compared = 0
    for (const file of fs.globSync("**/derived/*.json{,.gz}", { cwd: goldens })) {
      const bytes = fs.readFileSync(path.join(goldens, file))
      const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")
      const parsed = parseStrictJson(text, file, { keepFloats: true })
      // Lifecycle and lock files are structs in declaration order (contract §1.5).
      if (/lifecycle|immutable|manifest\.lock/.test(file)) continue
      assert.strictEqual(canonicalJson(Result.getOrThrow(parsed)), text, file)
      compared++
    }
    assert.isAbove(compared, 50)
  })
})
