/** News of the real file system. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Watch, type WatchOptions } from "../../src/ports/Watch.ts"

const opened = (options: WatchOptions) =>
  Effect.gen(function* () {
    const root = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "atlas-news-"))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
    )
    const watching = yield* Effect.provide(
      Effect.flatMap(Watch, ({ open }) => open),
      Watch.layerWith(options)
    )
    return { root, watching }
  })

describe("news of the file system", () => {
  it.live("come for a name that counts", () =>
    Effect.gen(function* () {
      const { root, watching } = yield* opened({})
      assert.isNull(yield* watching.set(new Map([[root, new Set(["input"])]])))
      writeFileSync(join(root, "input"), "one")
      yield* watching.next
    })
  )

  it.live("148: come after so many others that some that count may have been pushed out", () =>
    Effect.gen(function* () {
      const { root, watching } = yield* opened({ many: 50 })
      yield* watching.set(new Map([[root, new Set(["input"])]]))
      for (let at = 0; at < 100; at++) writeFileSync(join(root, `other ${at}`), "")
      yield* watching.next
    })
  )

  it.live("come from a folder that was made again, once it is set again", () =>
    Effect.gen(function* () {
      const { root, watching } = yield* opened({})
      const folder = join(root, "folder")
      mkdirSync(folder)
      const folders = new Map([[folder, new Set(["input"])]])
      yield* watching.set(folders)
      rmSync(folder, { recursive: true })
      yield* watching.next
      mkdirSync(folder)
      yield* watching.set(folders)
      writeFileSync(join(folder, "input"), "one")
      yield* watching.next
    })
  )

  it.live("do not come from a folder that is not there, and that is no trouble", () =>
    Effect.gen(function* () {
      const { root, watching } = yield* opened({})
      assert.isNull(yield* watching.set(new Map([[join(root, "nowhere"), null]])))
    })
  )
})
