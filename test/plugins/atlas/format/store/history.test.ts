import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { appendEvent, readHistory } from "../../../../../plugins/atlas/format/store/history.ts"
import { openServingStore, withStoreLock } from "../../../../../plugins/atlas/format/store/serving-store.ts"
import { miniId, temporaryFolder } from "./golden-root.ts"

const storeWith = (events: number) =>
  Effect.gen(function* () {
    const store = yield* openServingStore(join(temporaryFolder(), "a/store"), { create: true })
    for (let n = 0; n < events; n++)
      yield* withStoreLock(store, appendEvent(store, { action: "promote", actor: "tester", dataset: miniId, before: null, after: "v" }))
    return { store, file: (n: number) => join(store.path, `.atlas/history/${n}.json`) }
  })

describe("a store's history", () => {
  it.effect("is empty where there is none", () =>
    Effect.gen(function* () {
      const { store } = yield* storeWith(0)
      assert.deepStrictEqual(yield* readHistory(store), { events: [], problems: [] })
    })
  )

  it.effect("counts on after the tenth event, and chains each to the one before", () =>
    Effect.gen(function* () {
      const { store } = yield* storeWith(11)
      const { events, problems } = yield* readHistory(store)
      assert.deepStrictEqual(problems, [])
      assert.deepStrictEqual(
        events.map(({ n }) => n),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
      )
      assert.isNull(events[0]?.previous)
      assert.match(events[10]?.previous ?? "", /^[0-9a-f]{64}$/)
    })
  )

  it.effect("names events that are missing, altered, misnamed or no events, and still gives the others", () =>
    Effect.gen(function* () {
      const { store, file } = yield* storeWith(7)
      fs.writeFileSync(file(2), fs.readFileSync(file(2), "utf8").replace("tester", "nobody"))
      fs.rmSync(file(4))
      fs.writeFileSync(file(6), "{")
      fs.copyFileSync(file(1), file(9))
      const { events, problems } = yield* readHistory(store)
      assert.deepStrictEqual(
        events.map(({ n }) => n),
        [1, 2, 3, 5, 7]
      )
      const told = problems.map(({ path, message }) => `${path.replace(/.*\//, "")} ${message}`)
      assert.include(told, "3.json event 2 was altered after it was written")
      assert.include(told, "5.json event 4 is missing before it")
      assert.include(told, "9.json it says that it is event 1")
      assert.isTrue(told.some((line) => line.startsWith("6.json ")))
    })
  )
})

describe("openServingStore", () => {
  it.effect("makes a folder only when asked, and takes no file", () =>
    Effect.gen(function* () {
      const top = temporaryFolder()
      assert.match((yield* Effect.flip(openServingStore(join(top, "absent")))).message, /no such folder/)
      fs.writeFileSync(join(top, "file"), "")
      assert.strictEqual((yield* Effect.flip(openServingStore(join(top, "file"))))._tag, "StoreUnusable")
      fs.symlinkSync(".", join(top, "link"))
      assert.strictEqual((yield* openServingStore(join(top, "link"))).path, (yield* openServingStore(top)).path)
      assert.deepStrictEqual(fs.readdirSync(top).toSorted(), ["file", "link"])
    })
  )
})
