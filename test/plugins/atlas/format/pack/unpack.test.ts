import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as tar from "tar"
import { openBuildRoot } from "../../../../../plugins/atlas/format/build-root.ts"
import { BeforeChange, type Change } from "../../../../../plugins/atlas/format/durable.ts"
import { pack } from "../../../../../plugins/atlas/format/pack/pack.ts"
import { unpack } from "../../../../../plugins/atlas/format/pack/unpack.ts"
import { filesOf, temporaryFolder } from "../store/golden-root.ts"
import { failRename, golden, membersOf, sha256, written } from "./golden-pack.ts"

describe.skipIf(golden.length === 0)("unpack", () => {
  it.effect("puts the three members into a new or an empty folder", () =>
    Effect.gen(function* () {
      const out = join(temporaryFolder(), "a/out")
      const empty = temporaryFolder()
      const expected = new Map(membersOf(golden).map(({ name, body }) => [name as string, sha256(body)]))
      for (const folder of [out, empty]) {
        yield* unpack(written(golden), folder)
        assert.deepStrictEqual(filesOf(folder), new Map([...expected].toSorted()))
      }
      assert.deepStrictEqual(fs.readdirSync(join(out, "..")), ["out"])
    })
  )

  it.effect("refuses a folder that is not empty, and a file", () =>
    Effect.gen(function* () {
      const folder = temporaryFolder()
      fs.writeFileSync(join(folder, "mine"), "")
      for (const out of [folder, join(folder, "mine")])
        assert.strictEqual((yield* Effect.flip(unpack(written(golden), out)))._tag, "UnpackTarget")
      assert.deepStrictEqual(fs.readdirSync(folder), ["mine"])
    })
  )

  it.effect("puts nothing in place of a bad pack, nor when the disk fails", () =>
    Effect.gen(function* () {
      const folder = temporaryFolder()
      const out = join(folder, "out")
      assert.strictEqual((yield* Effect.flip(unpack(written(Buffer.concat([golden, golden])), out)))._tag, "PackTrailing")
      const error = yield* Effect.flip(unpack(written(golden), out).pipe(Effect.provideService(BeforeChange, failRename)))
      assert.strictEqual(error._tag, "IoDurability")
      assert.deepStrictEqual(fs.readdirSync(folder), [])
    })
  )

  it.effect("notices a pack that was exchanged after it was verified", () =>
    Effect.gen(function* () {
      const folder = temporaryFolder()
      const path = written(golden)
      const exchanged = Buffer.from(golden)
      exchanged[100_000]! ^= 1
      const exchange = (change: Change, at: string) =>
        Effect.sync(() => {
          if (change === "mkdir" && at.includes(".stage-")) fs.writeFileSync(path, exchanged)
        })
      const error = yield* Effect.flip(unpack(path, join(folder, "out")).pipe(Effect.provideService(BeforeChange, exchange)))
      assert.strictEqual(error._tag, "UnpackDiffers")
      assert.deepStrictEqual(fs.readdirSync(folder), [])
    })
  )

  it.effect("and then pack gives the same bytes again, as another reader sees them", () =>
    Effect.gen(function* () {
      const names: Array<string> = []
      yield* Effect.promise(() => tar.list({ file: written(golden), strict: true, onReadEntry: (entry) => void names.push(entry.path) }))
      assert.deepStrictEqual(names, ["manifest.json", "gene_summary.sqlite", "manifest.lock"])
      const root = temporaryFolder()
      fs.mkdirSync(join(root, "inputs"))
      yield* unpack(written(golden), join(root, "derived"))
      const out = join(temporaryFolder(), "again.tar")
      yield* pack(yield* openBuildRoot(root), out)
      assert.isTrue(fs.readFileSync(out).equals(golden))
    })
  )
})
