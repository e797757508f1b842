/** What is kept of cells, and what it is believed for. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { absent, rowOf, statOf } from "../../src/ports/FileStat.ts"
import { Observations, type Seen } from "../../src/ports/Observations.ts"
import { seal } from "../../src/ports/SealedJson.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "atlas observations "))),
  (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
)
const observations = (state: string) => Effect.provide(Observations, Observations.layer(state))

/** A file that is there and one that is not. */
const seenIn = (root: string): Seen => {
  const [there, gone] = [join(root, "there"), join(root, "below", "gone")]
  writeFileSync(there, "one")
  const stat = statOf(there, false)
  return {
    value: "as desired",
    witnesses: [
      { path: there, row: stat === null ? absent : rowOf(stat) },
      { path: gone, row: absent }
    ]
  }
}

const kept = Effect.gen(function* () {
  const root = yield* folder
  const state = join(root, ".atlas")
  const seen = seenIn(root)
  const open = yield* observations(state)
  open.put("a:share", "question", seen)
  assert.isTrue(yield* open.save())
  return { root, state, seen, file: join(state, "observations.json") }
})

describe("what was seen of a cell", () => {
  it.live("is told to a later run, with its witnesses", () =>
    Effect.gen(function* () {
      const { state, seen } = yield* kept
      const open = yield* observations(state)
      assert.deepStrictEqual(open.get("a:share", "question"), seen)
      assert.isFalse(yield* open.save(), "nothing new is nothing to write")
    })
  )

  it.live("is not told to another question, nor of another task", () =>
    Effect.gen(function* () {
      const { state } = yield* kept
      const open = yield* observations(state)
      assert.deepStrictEqual([open.get("a:share", "another"), open.get("b:share", "question")], [null, null])
    })
  )

  it.live("is not told where a witness was written, or appeared", () =>
    Effect.gen(function* () {
      const { root, state } = yield* kept
      writeFileSync(join(root, "there"), "two")
      assert.isNull((yield* observations(state)).get("a:share", "question"))
      const other = yield* kept
      rmSync(join(other.root, "there"))
      assert.isNull((yield* observations(other.state)).get("a:share", "question"))
      const third = yield* kept
      writeFileSync(join(third.root, "below"), "no folder")
      assert.deepStrictEqual((yield* observations(third.state)).get("a:share", "question"), third.seen)
      rmSync(join(third.root, "below"))
      mkdirSync(join(third.root, "below", "gone"), { recursive: true })
      assert.isNull((yield* observations(third.state)).get("a:share", "question"))
    })
  )

  it.live("is not kept without witnesses", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const open = yield* observations(join(root, ".atlas"))
      open.put("a:share", "question", { value: "as desired", witnesses: [] })
      assert.isFalse(yield* open.save())
      assert.deepStrictEqual(readdirSync(root), [])
    })
  )

  it.live("is forgotten where its file was damaged at any byte, or is of another boot", () =>
    Effect.gen(function* () {
      const { state, file } = yield* kept
      const good = readFileSync(file)
      for (let at = 0; at < good.length; at++) {
        const bad = Buffer.from(good)
        bad.writeUInt8(bad.readUInt8(at) ^ 1, at)
        writeFileSync(file, bad)
        assert.isNull((yield* observations(state)).get("a:share", "question"), `byte ${at}`)
      }
      for (const end of [0, 1, good.length - 1]) {
        writeFileSync(file, good.subarray(0, end))
        assert.isNull((yield* observations(state)).get("a:share", "question"), `${end} bytes`)
      }
      const { sha256: _, ...document } = JSON.parse(good.toString("utf8")) as { readonly atlas: string; readonly sha256: string }
      writeFileSync(file, seal({ ...document, boot: "another" } as { readonly atlas: string }))
      assert.isNull((yield* observations(state)).get("a:share", "question"))
      writeFileSync(file, seal(document))
      assert.isNotNull((yield* observations(state)).get("a:share", "question"))
    })
  )

  it.live("is written by nobody who only reads", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const open = yield* Effect.provide(Observations, Observations.layerReadOnly(join(root, ".atlas")))
      open.put("a:share", "question", seenIn(root))
      assert.isFalse(yield* open.save())
      assert.deepStrictEqual(readdirSync(root), ["there"])
    })
  )
})
