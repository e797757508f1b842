import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { it as plain } from "vitest"
import { Float } from "../../../../plugins/atlas/format/canonical-json.ts"
import { parseStrictJson } from "../../../../plugins/atlas/format/strict-json.ts"

const refusal = (input: string | Uint8Array, options: Parameters<typeof parseStrictJson>[2] = {}) => {
  const result = parseStrictJson(input, "x.json", options)
  if (Result.isSuccess(result)) return "taken"
  const { _tag, where } = result.failure
  return `${_tag} ${where?.line}:${where?.column}`
}

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth)

describe("strict JSON", () => {
  plain.each([
    "null",
    " [ ] ",
    "{}",
    '{"a":{"b":[1,-2.5,1e3,0,-0.0,"x\\u00e9\\n\\"",true,false,null]},"":[[],{}]}',
    '"\\ud83d\\ude00"',
    '\t\r\n{ "k" : [ 1 , 2 ] }\n'
  ])("reads %s as JSON.parse does", (text) => {
    assert.deepStrictEqual(Result.getOrThrow(parseStrictJson(text)), JSON.parse(text))
    assert.deepStrictEqual(Result.getOrThrow(parseStrictJson(Buffer.from(text))), JSON.parse(text))
  })

  it.prop("reads whatever JSON.stringify writes", [Schema.Json], ([value]) => {
    const text = JSON.stringify(value)
    const read = parseStrictJson(text, "x", { maxDepth: 1000 })
    return Result.isSuccess(read) ? JSON.stringify(read.success) === text : read.failure._tag === "JsonNumber" || text.includes("\\ud")
  })

  plain.each([
    ["nothing", "", "JsonSyntax 1:1"],
    ["something behind the end", "{} x", "JsonSyntax 1:4"],
    ["two documents", "1\n2", "JsonSyntax 2:1"],
    ["a trailing comma", "[1,]", "JsonSyntax 1:4"],
    ["a trailing comma of an object", '{"a":1,}', "JsonSyntax 1:8"],
    ["a comment", "[1] // x", "JsonSyntax 1:5"],
    ["single quotes", "{'a':1}", "JsonSyntax 1:2"],
    ["a missing colon", '{"a" 1}', "JsonSyntax 1:6"],
    ["a document cut off", '{"a":[1,', "JsonSyntax 1:9"],
    ["a string cut off", '"abc', "JsonSyntax 1:5"],
    ["a raw line feed in a string", '"a\nb"', "JsonSyntax 1:3"],
    ["an unknown escape", '"\\x41"', "JsonSyntax 1:3"],
    ["three hex digits", '"\\u12g4"', "JsonSyntax 1:6"],
    ["half a surrogate pair", '["\\ud800"]', "JsonSyntax 1:2"],
    ["a leading zero", "01", "JsonSyntax 1:2"],
    ["a plus", "+1", "JsonSyntax 1:1"],
    ["a bare dot", "1.", "JsonSyntax 1:3"],
    ["NaN", "[NaN]", "JsonSyntax 1:2"],
    ["a byte order mark", "\ufeff{}", "JsonSyntax 1:1"],
    ["a word cut off", "tru", "JsonSyntax 1:1"],
    ["a key twice", '{"é":1,\n "b":{"a":1},"a":2, "\\u0061":3}', "JsonDuplicateKey 2:21"],
    ["an integer beyond doubles", "[1, 9007199254740993]", "JsonNumber 1:5"],
    ["a number without end", "1e999", "JsonNumber 1:1"],
    ["columns in bytes", '["é", x]', "JsonSyntax 1:8"]
  ])("refuses %s, naming the place", (_, text, expected) => {
    assert.strictEqual(refusal(text), expected)
    assert.strictEqual(refusal(Buffer.from(text)), expected)
  })

  it("refuses bytes that are not UTF-8", () => {
    assert.strictEqual(refusal(Buffer.from([34, 97, 34, 10, 32, 0xc0, 0x80])), "InvalidUtf8 2:2")
  })

  it("takes depth and size at the limit and nothing beyond, without a stack overflow", () => {
    assert.strictEqual(refusal(nested(127)), "taken")
    assert.strictEqual(refusal(nested(128)), "taken")
    assert.strictEqual(refusal(nested(129)), "LimitExceeded 1:129")
    assert.strictEqual(refusal('{"a":'.repeat(2_000_000)), "LimitExceeded 1:641")
    assert.strictEqual(refusal(nested(100_000), { maxDepth: 100_000 }), "taken")
    assert.strictEqual(refusal('"aa"', { maxBytes: 4 }), "taken")
    assert.strictEqual(refusal('"aaé"', { maxBytes: 5 }), "LimitExceeded undefined:undefined")
  })

  it("makes keys like __proto__ plain properties", () => {
    const value = Result.getOrThrow(parseStrictJson('{"__proto__":{"x":1},"constructor":2}')) as Record<string, unknown>
    assert.deepStrictEqual(Object.keys(value), ["__proto__", "constructor"])
    assert.strictEqual(Object.getPrototypeOf(value), Object.prototype)
  })

  it("keeps floats apart from integers if asked", () => {
    assert.deepStrictEqual(Result.getOrThrow(parseStrictJson("[1,1.0,1e2]", "x", { keepFloats: true })), [1, new Float(1), new Float(100)])
    assert.deepStrictEqual(Result.getOrThrow(parseStrictJson("[1,1.0]")), [1, 1])
  })
})
