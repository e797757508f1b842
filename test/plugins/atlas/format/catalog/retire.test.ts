/** What becomes of aliases when what they point to is retired. */
import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { latestAliasUpdate } from "../../../../../plugins/atlas/format/catalog/latest-alias.ts"
import { retire } from "../../../../../plugins/atlas/format/catalog/retire.ts"
import { removeAlias, setAlias } from "../../../../../plugins/atlas/format/catalog/set-alias.ts"
import { readHistory } from "../../../../../plugins/atlas/format/store/history.ts"
import { retiredOf } from "../../../../../plugins/atlas/format/store/last-events.ts"
import { publishedFolder, type ServingStore } from "../../../../../plugins/atlas/format/store/serving-store.ts"
import { filesOf, hasGolden, memoryFolder, servedFiles } from "../store/golden-root.ts"
import { latestCell, latestIn, releaseOf, servedIn, storeWith } from "./releases.ts"
import { atEachKill } from "./snapshots.ts"

const [nine, ten] = [releaseOf("9"), releaseOf("10")]

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("retiring what aliases point to", () => {
  it.effect("is refused with their names, and changes nothing", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9", "10"])
      for (const alias of ["latest", "stable"]) yield* setAlias(store, alias, ten)
      yield* latestAliasUpdate(store, ten)
      const files = filesOf(store.path)
      const refused = yield* Effect.flip(retire(store, ten, { because: "old" }))
      assert.strictEqual(refused._tag, "AliasInUse")
      if (refused._tag === "AliasInUse") assert.deepStrictEqual(refused.aliases, ["latest", "stable", "latest.alias.json"])
      assert.deepStrictEqual(filesOf(store.path), files)
    })
  )

  it.effect("moves them, or takes them away, as it is told, and gives its reason to each", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9", "10"])
      for (const alias of ["latest", "stable"]) yield* setAlias(store, alias, ten)
      yield* retire(store, ten, { because: "old", actor: "ann", aliases: { moveTo: "9" } })
      assert.strictEqual(yield* latestIn(store), "9")
      yield* retire(store, nine, { because: "older", actor: "bob", aliases: "remove" })
      assert.strictEqual(yield* latestIn(store), "absent")
      assert.deepStrictEqual(yield* servedIn(store), [])
      const held = yield* retiredOf(store, { cell: "alias", ...latestCell })
      assert.deepStrictEqual([held?.by, held?.because], ["bob", "older"])
      const { events } = yield* readHistory(store)
      assert.deepStrictEqual(
        events.slice(-6).map(({ action, actor, because }) => [action, actor, because]),
        [
          ["alias", "ann", "old"],
          ["alias", "ann", "old"],
          ["retire", "ann", "old"],
          ["alias", "bob", "older"],
          ["alias", "bob", "older"],
          ["retire", "bob", "older"]
        ]
      )
    })
  )

  it.effect("leaves nothing that an alias may point to", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9", "10"])
      yield* retire(store, nine)
      assert.isTrue(fs.existsSync(publishedFolder(store, nine)))
      assert.strictEqual((yield* Effect.flip(setAlias(store, "latest", nine)))._tag, "AliasNotPromoted")
      yield* setAlias(store, "latest", ten)
      assert.strictEqual((yield* Effect.flip(retire(store, ten, { aliases: { moveTo: "9" } })))._tag, "AliasNotPromoted")
    })
  )

  it.effect(
    "never leaves an alias to what is not served, wherever it is killed, and heals",
    () =>
      Effect.gen(function* () {
        const store = yield* storeWith(["9", "10"], [], memoryFolder())
        yield* setAlias(store, "latest", ten)
        const act = (at: ServingStore) => retire(at, ten, { because: "old", actor: "ann", aliases: { moveTo: "9" } })
        yield* atEachKill(store, act(store), (killed) =>
          Effect.gen(function* () {
            assert.include(yield* servedIn(killed), yield* latestIn(killed))
            yield* act(killed)
            assert.deepStrictEqual(servedFiles(killed.path), servedFiles(store.path))
            assert.strictEqual((yield* retiredOf(killed, { cell: "dataset", dataset: ten }))?.because, "old")
            assert.deepStrictEqual((yield* readHistory(killed)).problems, [])
          })
        )
      }),
    60_000
  )
})

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("removing an alias", () => {
  it.effect("is told in the history, is done once, and by compare-and-swap", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9"])
      const { value } = yield* setAlias(store, "latest", nine)
      assert.strictEqual((yield* Effect.flip(removeAlias(store, latestCell, { expected: "other" })))._tag, "AliasChanged")
      assert.deepStrictEqual(yield* removeAlias(store, latestCell, { expected: value, actor: "ann" }), { before: value, changed: true })
      assert.deepStrictEqual(yield* removeAlias(store, latestCell), { before: null, changed: false })
      assert.strictEqual((yield* retiredOf(store, { cell: "alias", ...latestCell }))?.by, "ann")
    })
  )

  it.effect("takes away also what is no alias", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9"])
      yield* setAlias(store, "latest", nine)
      fs.writeFileSync(`${store.path}/aliases/latest/species=synthetica_minima/assembly=SM1.0.json`, "no alias")
      assert.isTrue((yield* removeAlias(store, latestCell, { actor: "ann" })).changed)
      assert.strictEqual((yield* retiredOf(store, { cell: "alias", ...latestCell }))?.by, "ann")
      assert.deepStrictEqual((yield* readHistory(store)).problems, [])
    })
  )
})
