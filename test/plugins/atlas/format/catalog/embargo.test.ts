import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { catalogJson, entryOf, readCatalog } from "../../../../../plugins/atlas/format/catalog/catalog.ts"
import { isDay } from "../../../../../plugins/atlas/format/catalog/day.ts"
import { recordedEmbargo, setEmbargo } from "../../../../../plugins/atlas/format/catalog/embargo.ts"
import { promote } from "../../../../../plugins/atlas/format/catalog/promote.ts"
import { publishCatalog } from "../../../../../plugins/atlas/format/catalog/publish-catalog.ts"
import { readHistory } from "../../../../../plugins/atlas/format/store/history.ts"
import { publish } from "../../../../../plugins/atlas/format/store/publish.ts"
import { openServingStore } from "../../../../../plugins/atlas/format/store/serving-store.ts"
import * as fs from "node:fs"
import { join } from "node:path"
import { filesOf, hasGolden, memoryFolder, temporaryFolder } from "../store/golden-root.ts"
import { releaseOf, rootOf, servedIn, storeWith } from "./releases.ts"
import { atEachKill } from "./snapshots.ts"

const nine = releaseOf("9")
const day = "2027-03-01"

describe("a day", () => {
  it("is one of the calendar, written in one way", () => {
    for (const text of ["2027-03-01", "2028-02-29", "0001-01-01"]) assert.isTrue(isDay(text), text)
    for (const text of ["2027-02-29", "2027-13-01", "2027-3-1", "27-03-01", "2027-03-01T00:00Z", " 2027-03-01", "", "tomorrow"])
      assert.isFalse(isDay(text), text)
  })
})

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("an embargo", () => {
  it.effect("lets nobody promote before its day, and anybody on it", () =>
    Effect.gen(function* () {
      const store = yield* storeWith([], ["9"])
      yield* setEmbargo(store, nine, day, { actor: "ann", because: "paper" })
      const before = filesOf(store.path)
      const refused = yield* Effect.flip(promote(store, nine, { now: "2027-02-28" }))
      assert.strictEqual(refused._tag, "Embargoed")
      if (refused._tag === "Embargoed")
        assert.deepStrictEqual([refused.until, refused.now, refused.by, refused.because], [day, "2027-02-28", "ann", "paper"])
      assert.deepStrictEqual(filesOf(store.path), before)
      assert.isTrue((yield* promote(store, nine, { now: day })).changed)
      assert.deepStrictEqual(yield* servedIn(store), ["9"])
    })
  )

  it.effect("is held against the clock where no day is given", () =>
    Effect.gen(function* () {
      const store = yield* storeWith([], ["9"])
      yield* setEmbargo(store, nine, day)
      yield* TestClock.setTime(Date.parse("2027-02-28T23:59:59.999Z"))
      assert.strictEqual((yield* Effect.flip(promote(store, nine)))._tag, "Embargoed")
      yield* TestClock.setTime(Date.parse("2027-03-01T00:00:00Z"))
      assert.isTrue((yield* promote(store, nine)).changed)
    })
  )

  it.effect("of the promotion itself holds beside the store's: the later of both", () =>
    Effect.gen(function* () {
      const store = yield* storeWith([], ["9"])
      const at = (now: string, embargoUntil?: string) => Effect.result(promote(store, nine, { now, embargoUntil }))
      assert.strictEqual((yield* at("2027-02-28", day))._tag, "Failure")
      yield* setEmbargo(store, nine, "2027-04-01")
      assert.strictEqual((yield* at("2027-03-15", day))._tag, "Failure")
      assert.strictEqual((yield* at("2027-04-15", "2027-05-01"))._tag, "Failure")
      assert.strictEqual((yield* at("2027-05-01", "2027-05-01"))._tag, "Success")
    })
  )

  it.effect("moves and is lifted, each once and told in the history", () =>
    Effect.gen(function* () {
      const store = yield* storeWith([], ["9"])
      assert.isNull(yield* recordedEmbargo(store, nine))
      assert.deepStrictEqual(yield* setEmbargo(store, nine, null), { before: null, changed: false })
      assert.deepStrictEqual(yield* setEmbargo(store, nine, day), { before: null, changed: true })
      assert.deepStrictEqual(yield* setEmbargo(store, nine, day), { before: day, changed: false })
      assert.deepStrictEqual(yield* setEmbargo(store, nine, null, { actor: "bob" }), { before: day, changed: true })
      assert.isNull(yield* recordedEmbargo(store, nine))
      const { events, problems } = yield* readHistory(store)
      assert.deepStrictEqual(problems, [])
      assert.deepStrictEqual(
        events.map(({ action, before, after }) => [action, action === "embargo" ? before : "", action === "embargo" ? after : ""]),
        [
          ["publish", "", ""],
          ["embargo", null, day],
          ["embargo", day, null]
        ]
      )
      assert.isTrue((yield* promote(store, nine)).changed)
    })
  )

  it.effect("keeps nothing back that is in the catalog already, and is told of", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9"])
      yield* setEmbargo(store, nine, day, { actor: "ann" })
      const again = yield* promote(store, nine, { now: "2027-01-01" })
      assert.deepStrictEqual([again.changed, again.embargo?.until, again.embargo?.by], [false, day, "ann"])
      assert.isNull((yield* promote(store, nine, { now: day })).embargo)
    })
  )

  it.effect("holds for whole catalogs too", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9"], ["10"])
      yield* setEmbargo(store, releaseOf("10"), day)
      const file = join(temporaryFolder(), "new.json")
      fs.writeFileSync(file, catalogJson([entryOf(nine), entryOf(releaseOf("10"))]))
      assert.strictEqual((yield* Effect.flip(publishCatalog(store, file, { now: "2027-01-01" })))._tag, "Embargoed")
      assert.deepStrictEqual(yield* servedIn(store), ["9"])
      yield* publishCatalog(store, file, { now: day })
      assert.deepStrictEqual(yield* servedIn(store), ["10", "9"])
    })
  )

  it.effect(
    "that comes with the publication is there before the dataset, wherever that is killed",
    () =>
      Effect.gen(function* () {
        const store = yield* openServingStore(memoryFolder())
        const root = yield* rootOf("9")
        const kills = yield* atEachKill(store, publish(store, root, { embargoUntil: day, actor: "ann" }), (killed) =>
          Effect.gen(function* () {
            const promoted = yield* Effect.flip(promote(killed, nine, { now: "2027-01-01" }))
            const embargo = yield* recordedEmbargo(killed, nine)
            assert.strictEqual(promoted._tag, embargo === null ? "NotPublished" : "Embargoed")
            yield* publish(killed, root, { embargoUntil: day })
            assert.strictEqual((yield* recordedEmbargo(killed, nine))?.until, day)
            assert.deepStrictEqual((yield* readHistory(killed)).problems, [])
          })
        )
        assert.isAbove(kills, 20)
        yield* publish(store, root, { embargoUntil: "2027-06-01" })
        assert.strictEqual((yield* recordedEmbargo(store, nine))?.until, "2027-06-01")
        assert.strictEqual((yield* readCatalog(store)).sha256, null)
      }),
    60_000
  )

  it.effect("that somebody wrote by hand without a day never ends by itself", () =>
    Effect.gen(function* () {
      const store = yield* storeWith([], ["9"])
      yield* setEmbargo(store, nine, day)
      const path = join(store.path, ".atlas/history/2.json")
      fs.writeFileSync(path, fs.readFileSync(path, "utf8").replace(`"${day}"`, '"soon"'))
      const fresh = yield* openServingStore(store.path)
      assert.strictEqual((yield* Effect.flip(promote(fresh, nine, { now: "2999-01-01" })))._tag, "Embargoed")
      yield* setEmbargo(fresh, nine, null)
      assert.isTrue((yield* promote(fresh, nine)).changed)
    })
  )
})
