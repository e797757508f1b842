/**
 * Documents, databases and packs that someone made by hand, through the commands that read them. What the parsers refuse by themselves is in
 * ../format/{strict-json,artifact/*,pack/*}.test.ts, tampered packs in ../cli/hostile-pack.test.ts.
 */
import * as fs from "node:fs"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { documentOf, file, runHere, scratch } from "../cli/program.ts"
import { decide, ids } from "./decision.ts"

let sound: string | undefined

/** A sound build root of its own, and its folder derived/. */
const copyOfRoot = Effect.gen(function* () {
  sound ??= (yield* decide({})).root
  const root = join(scratch(), "build")
  fs.cpSync(sound, root, { recursive: true })
  return { root, derived: join(root, "release=1/species=testus/assembly=T1/derived") }
})

/** What `validate` and `verify --deep` say of a root: `ok`, their error's code, or `findings`. */
const judged = (root: string) =>
  Effect.gen(function* () {
    const validated = documentOf("dataset-validate/1", yield* runHere(["validate", "--root", root, ...ids, "--json"]))
    const verified = documentOf("dataset-verify/1", yield* runHere(["verify", "--root", root, ...ids, "--deep", "--json"]))
    return [validated, verified].map((document) =>
      document.ok ? "ok" : (document.error?.code ?? (document.findings.length > 0 ? "findings" : "nothing"))
    )
  })

const deep = '{"a":'.repeat(100_000) + "1" + "}".repeat(100_000)

const texts: ReadonlyArray<readonly [what: string, change: (text: string) => string | Buffer]> = [
  ["a key that is there twice", (text) => text.replace("{", '{"db_hash":"x",')],
  ["a key that is there twice, once escaped", (text) => text.replace("{", '{"\\u0064b_hash":"x",')],
  ["a depth of 100,000", (text) => text.replace("{", `{"deep":${deep},`)],
  ["a number that no double holds", (text) => text.replace("{", '{"n":9007199254740993,')],
  ["NaN", (text) => text.replace("{", '{"n":NaN,')],
  ["a byte order mark", (text) => `\ufeff${text}`],
  ["something behind its end", (text) => `${text}{}`],
  ["half of a surrogate pair", (text) => text.replace("{", '{"n":"\\ud800",')],
  ["a byte that is not UTF-8", (text) => Buffer.concat([Buffer.from('{"\xff":1,', "latin1"), Buffer.from(text.slice(1))])],
  ["a NUL in a string", (text) => text.replace("{", '{"n":"a\0b",')],
  ["an end in the middle", (text) => text.slice(0, text.length / 2)],
  ["nothing in it", () => ""],
  ["a list for an object", (text) => `[${text}]`],
  ["a field that the format does not have", (text) => text.replace("{", '{"__proto__":{"x":1},')]
]

describe("a dataset is refused whose", () => {
  for (const name of ["manifest.json", "qc.json"])
    it.effect.each(texts)(`${name} has %s`, ([, change]) =>
      Effect.gen(function* () {
        const { root, derived } = yield* copyOfRoot
        const path = join(derived, name)
        fs.writeFileSync(path, change(fs.readFileSync(path, "utf8")))
        assert.deepStrictEqual(yield* judged(root), ["findings", "findings"])
      })
    )

  const edit = (sql: string) => (path: string) => {
    const database = new DatabaseSync(path)
    database.exec(sql)
    database.close()
  }
  const databases: ReadonlyArray<readonly [what: string, change: (path: string) => void]> = [
    ["is empty", (path) => fs.truncateSync(path, 0)],
    ["is cut off within its header", (path) => fs.truncateSync(path, 50)],
    ["is cut off within a page", (path) => fs.truncateSync(path, fs.statSync(path).size - 1000)],
    ["is a text", (path) => fs.writeFileSync(path, "SELECT 1")],
    [
      "is a header and then noise",
      (path) => fs.writeFileSync(path, Buffer.concat([fs.readFileSync(path).subarray(0, 100), Buffer.alloc(40_000, 0x5a)]))
    ],
    ["lacks a table", edit("DROP TABLE transcript_summary")],
    ["has a view for a table", edit("ALTER TABLE transcript_summary RENAME TO t; CREATE VIEW transcript_summary AS SELECT * FROM t")],
    ["has a trigger", edit("CREATE TRIGGER x AFTER INSERT ON gene_summary BEGIN DELETE FROM gene_summary; END")],
    ["has a text for a number", edit("UPDATE gene_summary SET start = 'x'")],
    ["has counts other than its rows", edit("UPDATE gene_summary SET transcript_count = 7")]
  ]
  it.effect.each(databases)("database %s", ([, change]) =>
    Effect.gen(function* () {
      const { root, derived } = yield* copyOfRoot
      change(join(derived, "gene_summary.sqlite"))
      assert.deepStrictEqual(yield* judged(root), ["findings", "findings"])
    })
  )
})

describe("catalog validate refuses a catalog that has", () => {
  it.effect.each(texts.filter(([what]) => !what.startsWith("a field")))("%s", ([, change]) =>
    Effect.gen(function* () {
      const path = file("catalog.json", change('{"model_version":"v1","datasets":[]}'))
      const ended = yield* runHere(["catalog", "validate", path, "--json"])
      const document = documentOf("dataset-catalog-validate/1", ended)
      assert.deepStrictEqual([ended.code, document.ok], [1, false])
      assert.notStrictEqual(document.ok ? "" : document.error?.code, "PROGRAM_DEFECT")
    })
  )
})

describe("a pack is refused that has", () => {
  it.effect.each([..."xgLKNSVMD7A\0"].map((type) => [type] as const))("a member of the type %j", ([type]) =>
    Effect.gen(function* () {
      const { root } = yield* copyOfRoot
      const pack = join(dirname(root), "p.tar")
      assert.strictEqual((yield* runHere(["pack", "--root", root, ...ids, "--out", pack])).code, 0)
      const bytes = fs.readFileSync(pack)
      bytes.write(type === "\0" ? "0" : type, 156, "latin1")
      bytes.fill(0x20, 148, 156)
      const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0)
      bytes.write(`${sum.toString(8).padStart(7, "0")}\0`, 148, "latin1")
      fs.writeFileSync(pack, bytes)
      const ended = yield* runHere(["verify-pack", "--pack", pack, "--json"])
      const document = documentOf("dataset-verify-pack/1", ended)
      assert.deepStrictEqual(
        [ended.code, document.ok ? "" : document.error?.code, document.ok ? 0 : document.error?.where?.path],
        [1, "PACK_HEADER", pack]
      )
    })
  )
})
