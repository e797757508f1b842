import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { CacheRecord, restoredTrace } from "../../src/domain/CacheDocuments.ts"
import { Trace } from "../../src/domain/Trace.ts"
import { Cache, cacheKey, type CacheShape } from "../../src/ports/Cache.ts"
import { definition, execution, portrait, rowsOf } from "./cache-sample.ts"
import { workplace } from "./workplace.ts"

const big = "0123456789abcdef".repeat(160 * 1024)

const folderWithEverything = (folder: string): void => {
  fs.mkdirSync(path.join(folder, "deep", "empty"), { recursive: true })
  fs.writeFileSync(path.join(folder, "deep", "ä\u2028\u{1F9EC}"), "abc")
  fs.writeFileSync(path.join(folder, "big"), big)
  fs.writeFileSync(path.join(folder, "empty"), "")
  fs.writeFileSync(path.join(folder, "program"), "#!/bin/sh\n", { mode: 0o755 })
  fs.writeFileSync(path.join(folder, "deep", "sealed"), "abc", { mode: 0o444 })
  fs.writeFileSync(path.join(folder, "private"), "abc", { mode: 0o600 })
  fs.symlinkSync("deep/sealed", path.join(folder, "link"))
  fs.symlinkSync("nowhere/at/all", path.join(folder, "dangling"))
  fs.symlinkSync("deep", path.join(folder, "link to a folder"))
  fs.chmodSync(path.join(folder, "deep", "empty"), 0o500)
}

const layers: ReadonlyArray<readonly [string, (state: string) => Layer.Layer<Cache>]> = [
  ["layer", (state) => Cache.layer(state)],
  ["layerMemory", () => Cache.layerMemory]
]

for (const [name, layerOf] of layers) {
  const law = (sentence: string, body: (cache: CacheShape, home: string) => Effect.Effect<void, unknown>) =>
    it.live(sentence, () =>
      Effect.gen(function* () {
        const home = yield* workplace
        yield* Cache.use((cache) => body(cache, home)).pipe(Effect.provide(layerOf(path.join(home, ".atlas"))))
      })
    )

  describe(`Cache.${name}`, () => {
    law("gives back all that was put: bytes, links, empty folders and permissions, findings and values", (cache, home) =>
      Effect.gen(function* () {
        const done = yield* execution(home, "1", { tree: { write: folderWithEverything }, file: { text: "abc\n" } })
        const value = { name: "count", kind: "value", path: "", value: "7", files: [] } as const
        const digest = "sha256:7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451"
        const trace = { ...done.trace, outputs: [...done.trace.outputs, { ...value, digest }] }
        assert.strictEqual(yield* cache.put({ ...done, trace }), "stored")
        const record = yield* cache.get(cacheKey(definition, trace.rows))
        if (record === null) return assert.fail("a miss")
        Schema.decodeUnknownSync(CacheRecord)(record, { onExcessProperty: "error" })
        const places = new Map(["tree", "file"].map((output) => [output, path.join(home, "again", output)]))
        assert.isTrue(yield* cache.restore(record, places))
        for (const [output, place] of places) assert.deepStrictEqual(portrait(place), portrait(done.places.get(output) ?? ""))
        const again = restoredTrace(record, "b:count", trace.rows, (output) => `elsewhere/${output}`)
        Schema.decodeUnknownSync(Trace)(again, { onExcessProperty: "error" })
        assert.deepStrictEqual(again, {
          ...trace,
          task: "b:count",
          outputs: trace.outputs.map((output) => (output.kind === "value" ? output : { ...output, path: `elsewhere/${output.name}` }))
        })
      })
    )

    law("misses what was never put", (cache, home) =>
      Effect.gen(function* () {
        yield* cache.put(yield* execution(home, "1", { out: { text: "a" } }))
        assert.isNull(yield* cache.get(cacheKey(definition, rowsOf("2"))))
        assert.isNull(yield* cache.get(cacheKey("another", rowsOf("1"))))
        assert.isNotNull(yield* cache.get(cacheKey(definition, rowsOf("1"))))
      })
    )

    law("keeps results without outputs: findings alone", (cache, home) =>
      Effect.gen(function* () {
        const done = yield* execution(home, "1", {})
        assert.strictEqual(yield* cache.put(done), "stored")
        const record = yield* cache.get(cacheKey(definition, done.trace.rows))
        assert.deepStrictEqual(record?.findings, done.trace.findings)
        assert.isTrue(record !== null && (yield* cache.restore(record, new Map())))
      })
    )

    law("126: knows what it has, and takes the newer of two results under one key", (cache, home) =>
      Effect.gen(function* () {
        const first = yield* execution(home, "1", { out: { text: "first" } })
        assert.deepStrictEqual([yield* cache.put(first), yield* cache.put(first)], ["stored", "known"])
        const second = yield* execution(home, "1", { out: { text: "second" } })
        assert.strictEqual(yield* cache.put(second), "stored")
        const record = yield* cache.get(cacheKey(definition, first.trace.rows))
        assert.deepStrictEqual(record?.outputs[0]?.digest, second.trace.outputs[0]?.digest)
      })
    )

    law("is not changed by who edits what was put or what was restored", (cache, home) =>
      Effect.gen(function* () {
        const done = yield* execution(home, "1", { out: { text: "true" } })
        yield* cache.put(done)
        fs.writeFileSync(done.places.get("out") ?? "", "edited")
        const record = yield* cache.get(cacheKey(definition, done.trace.rows))
        if (record === null) return assert.fail("a miss")
        for (const turn of ["one", "two"]) {
          const place = path.join(home, "again", turn)
          assert.isTrue(yield* cache.restore(record, new Map([["out", place]])))
          assert.strictEqual(fs.readFileSync(place, "utf8"), "true")
          assert.strictEqual(fs.statSync(place).nlink, 1)
          fs.appendFileSync(place, "edited")
        }
      })
    )

    law("keeps nothing of an output that is no longer what was traced", (cache, home) =>
      Effect.gen(function* () {
        const edits: ReadonlyArray<(at: string) => void> = [
          (at) => fs.writeFileSync(path.join(at, "f"), "abd"),
          (at) => fs.appendFileSync(path.join(at, "f"), "d"),
          (at) => fs.rmSync(path.join(at, "f")),
          (at) => fs.rmSync(at, { recursive: true }),
          (at) => {
            fs.rmSync(path.join(at, "f"))
            fs.mkdirSync(path.join(at, "f"))
          },
          (at) => {
            fs.renameSync(path.join(at, "f"), path.join(at, "g"))
            fs.symlinkSync("g", path.join(at, "f"))
          }
        ]
        for (const edit of edits) {
          const done = yield* execution(home, "1", { out: { write: (at) => fs.writeFileSync(path.join(at, "f"), "abc") } })
          edit(done.places.get("out") ?? "")
          assert.strictEqual(yield* cache.put(done), "changed")
          assert.isNull(yield* cache.get(cacheKey(definition, done.trace.rows)))
        }
      })
    )

    law("refuses a cell's result, and one that was adopted", (cache, home) =>
      Effect.gen(function* () {
        const adopted = { at: "", by: "", host: "", because: "", desired: null, live: null }
        for (const own of [{ applied: "sha256:1" }, { adopted }])
          assert.strictEqual(yield* cache.put(yield* execution(home, "1", {}, own)), "refused")
        assert.isNull(yield* cache.get(cacheKey(definition, rowsOf("1"))))
      })
    )

    law("where a place is taken or not named nothing is restored, and what was begun is gone", (cache, home) =>
      Effect.gen(function* () {
        const done = yield* execution(home, "1", { a: { text: "a" }, b: { text: "b" } })
        yield* cache.put(done)
        const record = yield* cache.get(cacheKey(definition, done.trace.rows))
        if (record === null) return assert.fail("a miss")
        const [a, b] = [path.join(home, "again", "a"), path.join(home, "again", "b")]
        fs.mkdirSync(b, { recursive: true })
        assert.isFalse(
          yield* cache.restore(
            record,
            new Map([
              ["a", a],
              ["b", b]
            ])
          )
        )
        assert.isFalse(yield* cache.restore(record, new Map([["a", a]])))
        assert.deepStrictEqual(fs.readdirSync(path.dirname(a)), ["b"])
        fs.rmdirSync(b)
        assert.isTrue(
          yield* cache.restore(
            record,
            new Map([
              ["a", a],
              ["b", b]
            ])
          )
        )
      })
    )

    law("counts what it holds, equal bytes once", (cache, home) =>
      Effect.gen(function* () {
        for (const input of ["1", "2"]) yield* cache.put(yield* execution(home, input, { a: { text: "same" }, b: { text: "same" } }))
        const stats = yield* cache.stats()
        assert.deepStrictEqual([stats.state, stats.entries, stats.objects], ["ready", 2, 1])
      })
    )
  })
}

describe("Cache.layerOff", () => {
  it.live("keeps nothing and gives nothing", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const done = yield* execution(home, "1", { out: { text: "a" } })
      yield* Cache.use((cache) =>
        Effect.gen(function* () {
          assert.strictEqual(yield* cache.put(done), "refused")
          assert.isNull(yield* cache.get(cacheKey(definition, done.trace.rows)))
          assert.strictEqual((yield* cache.stats()).state, "off")
        })
      ).pipe(Effect.provide(Cache.layerOff))
    })
  )
})

describe("a key", () => {
  const row = (kind: string, subject: string, value: string, note: string | null = null) => ({ kind, subject, value, note })

  it("is one for one set of rows, whatever their order, their notes and the name of the target", () => {
    const a = row("input", "a", "1", "3 bytes")
    const b = row("option", "b", "2")
    assert.strictEqual(cacheKey("d", [a, b]), cacheKey("d", [b, { ...a, note: null }, b]))
  })

  it("is another where a delimiter moved, a row is gone, or the definition is another", () => {
    const keys = [
      cacheKey("d", []),
      cacheKey("dd", []),
      cacheKey("d", [row("a", "b", "c")]),
      cacheKey("d", [row("ab", "", "c")]),
      cacheKey("d", [row("a", "bc", "")]),
      cacheKey("d", [row("", "ab", "c")]),
      cacheKey("d", [row("a", "b1:c", "")]),
      cacheKey("da", [row("b", "c", "")]),
      cacheKey("d", [row("a", "b", "c"), row("a", "b", "d")])
    ]
    assert.strictEqual(new Set(keys).size, keys.length)
  })
})
