import * as fs from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { openBuildRoot } from "../../../../../plugins/atlas/format/build-root.ts"
import { aliasesTo, aliasText, observeAlias } from "../../../../../plugins/atlas/format/catalog/alias.ts"
import { entryValue, observeEntry, readCatalog } from "../../../../../plugins/atlas/format/catalog/catalog.ts"
import { latestAliasUpdate } from "../../../../../plugins/atlas/format/catalog/latest-alias.ts"
import { promote } from "../../../../../plugins/atlas/format/catalog/promote.ts"
import { retire } from "../../../../../plugins/atlas/format/catalog/retire.ts"
import { rollback } from "../../../../../plugins/atlas/format/catalog/rollback.ts"
import { setAlias } from "../../../../../plugins/atlas/format/catalog/set-alias.ts"
import type { DatasetId } from "../../../../../plugins/atlas/format/dataset-id.ts"
import { BeforeChange, type Change } from "../../../../../plugins/atlas/format/durable.ts"
import { readHistory } from "../../../../../plugins/atlas/format/store/history.ts"
import { lastEvent, retiredOf } from "../../../../../plugins/atlas/format/store/last-events.ts"
import { publish } from "../../../../../plugins/atlas/format/store/publish.ts"
import { openServingStore, publishedFolder, type ServingStore } from "../../../../../plugins/atlas/format/store/serving-store.ts"
import { whoChanged } from "../../../../../plugins/atlas/format/store/who-changed.ts"
import { filesOf, hasGolden, memoryFolder, miniId, servedFiles, temporaryFolder } from "../store/golden-root.ts"
import { writeReleaseRoot } from "../store/many-releases.ts"

const idOf = (release: string) => ({ ...miniId, release }) as DatasetId
const [nine, ten] = [idOf("9"), idOf("10")]
const latest = { name: "latest", species: miniId.species, assembly: miniId.assembly }
const aliasFile = (store: ServingStore) => join(store.path, "aliases/latest/species=synthetica_minima/assembly=SM1.0.json")

/** Releases 9 and 10, published and promoted; the aliases point to 10. */
const twoReleases = (folder = temporaryFolder()) =>
  Effect.gen(function* () {
    const store = yield* openServingStore(folder)
    for (const id of [nine, ten]) {
      yield* publish(store, yield* openBuildRoot(writeReleaseRoot(temporaryFolder(), id.release)))
      yield* promote(store, id)
    }
    yield* setAlias(store, "latest", ten)
    return store
  })

const releasesOf = (store: ServingStore) => Effect.map(readCatalog(store), ({ entries }) => entries.map(({ dataset }) => dataset.release))

const pointsTo = (store: ServingStore) =>
  Effect.map(observeAlias(store, latest), (live) => (live.state === "present" ? (live.dataset?.release ?? "?") : live.state))

const actionsOf = (store: ServingStore) =>
  Effect.map(readHistory(store), ({ events, problems }) => {
    assert.deepStrictEqual(problems, [])
    return events.map(({ action, dataset, after }) => `${action} ${dataset?.release}${after === null ? " gone" : ""}`)
  })

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("rollback", () => {
  it.effect("takes the entry alone, tells it first, and once", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      const done = yield* rollback(store, nine, { actor: "ann", because: "wrong genome" })
      assert.deepStrictEqual([done.changed, done.aliases], [true, []])
      assert.deepStrictEqual(yield* releasesOf(store), ["10"])
      assert.isTrue(fs.existsSync(publishedFolder(store, nine)))
      const { events } = yield* readHistory(store)
      const { actor, host, action, before, after, because, dataset } = events.at(-1)!
      assert.deepStrictEqual(
        { actor, host, action, before, after, because, dataset },
        {
          actor: "ann",
          host: hostname(),
          action: "rollback",
          before: entryValue(nine),
          after: null,
          because: "wrong genome",
          dataset: { ...nine }
        }
      )
      assert.isFalse((yield* rollback(store, nine)).changed)
      assert.lengthOf((yield* readHistory(store)).events, events.length)
    })
  )

  it.effect("makes the entry held, until it is promoted by hand", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      const cell = { cell: "entry", dataset: nine } as const
      assert.isNull(yield* retiredOf(store, cell))
      yield* rollback(store, nine, { actor: "ann", because: "wrong genome" })
      const held = yield* retiredOf(store, cell)
      assert.deepStrictEqual([held?.by, held?.because], ["ann", "wrong genome"])
      assert.isNull(yield* retiredOf(store, { cell: "entry", dataset: ten }))
      assert.isNull(yield* retiredOf(store, { cell: "dataset", dataset: nine }))
      assert.isTrue((yield* promote(store, nine)).changed)
      assert.isNull(yield* retiredOf(store, cell))
    })
  )

  it.effect("marks as held what another program took out of the catalog", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      fs.writeFileSync(join(store.path, "catalog.json"), '{"datasets":[],"model_version":"v1"}')
      assert.isNull(yield* retiredOf(store, { cell: "entry", dataset: nine }))
      assert.isTrue((yield* rollback(store, nine, { actor: "ann" })).changed)
      assert.strictEqual((yield* retiredOf(store, { cell: "entry", dataset: nine }))?.by, "ann")
    })
  )

  it.effect("refuses what was never promoted", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      assert.strictEqual((yield* Effect.flip(rollback(store, idOf("11"))))._tag, "NotPromoted")
    })
  )

  it.effect("refuses while aliases point to it, and changes nothing", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      yield* latestAliasUpdate(store, ten)
      const before = filesOf(store.path)
      const refused = yield* Effect.flip(rollback(store, ten))
      assert.strictEqual(refused._tag, "AliasInUse")
      if (refused._tag === "AliasInUse") assert.deepStrictEqual(refused.aliases, ["latest", "latest.alias.json"])
      assert.deepStrictEqual(
        (yield* aliasesTo(store, ten)).map(({ name }) => name),
        ["latest"]
      )
      for (const moveTo of ["10", "11"])
        assert.strictEqual((yield* Effect.flip(rollback(store, ten, { aliases: { moveTo } })))._tag, "AliasNotPromoted")
      assert.strictEqual((yield* Effect.flip(rollback(store, ten, { aliases: { moveTo: "x" } })))._tag, "DatasetIdInvalid")
      assert.deepStrictEqual(filesOf(store.path), before)
    })
  )

  it.effect("moves aliases to the release that is named, before the entry goes", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      yield* latestAliasUpdate(store, ten)
      const done = yield* rollback(store, ten, { aliases: { moveTo: "9" }, actor: "ann" })
      assert.deepStrictEqual(done.aliases, ["latest", "latest.alias.json"])
      assert.strictEqual(yield* pointsTo(store), "9")
      const one = JSON.parse(fs.readFileSync(join(store.path, "latest.alias.json"), "utf8"))
      assert.deepStrictEqual([one.dataset.release, one.catalog_sha256], ["9", done.catalog_sha256])
      assert.deepStrictEqual((yield* actionsOf(store)).slice(-3), ["alias 9", "latest-alias 9", "rollback 10 gone"])
      assert.isFalse((yield* rollback(store, ten, { aliases: { moveTo: "9" } })).changed)
    })
  )

  it.effect("removes aliases if told, which are then held", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      yield* latestAliasUpdate(store, ten)
      yield* rollback(store, ten, { aliases: "remove", actor: "ann" })
      assert.strictEqual(yield* pointsTo(store), "absent")
      assert.isFalse(fs.existsSync(join(store.path, "latest.alias.json")))
      assert.strictEqual((yield* retiredOf(store, { cell: "alias", ...latest }))?.by, "ann")
      yield* setAlias(store, "latest", nine)
      assert.isNull(yield* retiredOf(store, { cell: "alias", ...latest }))
    })
  )

  it.effect("keeps a change that another program made meanwhile, and says so", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      const foreign = '{"datasets":[],"model_version":"v1"}'
      const meddle = (change: Change, path: string) =>
        Effect.sync(() => {
          if (change === "link" && path.includes("history")) fs.writeFileSync(join(store.path, "catalog.json"), foreign)
        })
      const error = yield* Effect.flip(rollback(store, nine).pipe(Effect.provideService(BeforeChange, meddle)))
      assert.strictEqual(error._tag, "CatalogChanged")
      assert.strictEqual(fs.readFileSync(join(store.path, "catalog.json"), "utf8"), foreign)
    })
  )

  it.effect(
    "heals from a kill before any change of the file system, and no alias ever points to what is not in the catalog",
    () =>
      Effect.gen(function* () {
        const store = yield* twoReleases(memoryFolder())
        const snapshots = new Map<string, string>()
        const snapshot = () =>
          Effect.sync(() => {
            const state = JSON.stringify([...filesOf(store.path)])
            if (snapshots.has(state)) return
            const folder = memoryFolder()
            fs.cpSync(store.path, folder, { recursive: true, filter: (from) => !from.endsWith(".db") })
            snapshots.set(state, folder)
          })
        const take = (at: ServingStore) => rollback(at, ten, { aliases: { moveTo: "9" }, actor: "ann" })
        yield* take(store).pipe(Effect.provideService(BeforeChange, snapshot))
        const expected = servedFiles(store.path)
        assert.isAbove(snapshots.size, 4)
        for (const folder of snapshots.values()) {
          const copy = yield* openServingStore(folder)
          assert.include(yield* releasesOf(copy), yield* pointsTo(copy))
          yield* take(copy)
          assert.deepStrictEqual(servedFiles(folder), expected)
          assert.strictEqual((yield* retiredOf(copy, { cell: "entry", dataset: ten }))?.by, "ann")
          assert.deepStrictEqual((yield* readHistory(copy)).problems, [])
        }
        for (const folder of [store.path, ...snapshots.values()]) fs.rmSync(folder, { recursive: true })
      }),
    60_000
  )
})

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("retire", () => {
  it.effect("rolls back and marks the dataset, whose folder stays as it is", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      const folder = filesOf(publishedFolder(store, nine))
      assert.isTrue((yield* retire(store, nine, { actor: "ann", because: "old" })).changed)
      assert.deepStrictEqual(yield* releasesOf(store), ["10"])
      assert.deepStrictEqual(filesOf(publishedFolder(store, nine)), folder)
      for (const cell of ["entry", "dataset"] as const)
        assert.deepStrictEqual((yield* retiredOf(store, { cell, dataset: nine }))?.because, "old")
      assert.isFalse((yield* retire(store, nine, { actor: "bob" })).changed)
      assert.isFalse((yield* publish(store, yield* openBuildRoot(writeReleaseRoot(temporaryFolder(), "9")))).changed)
      yield* promote(store, nine)
      for (const cell of ["entry", "dataset"] as const) assert.isNull(yield* retiredOf(store, { cell, dataset: nine }))
    })
  )

  it.effect("is more than a rollback, and possible without an entry", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      yield* rollback(store, nine, { actor: "ann" })
      assert.isTrue((yield* retire(store, nine, { actor: "bob" })).changed)
      assert.strictEqual((yield* retiredOf(store, { cell: "dataset", dataset: nine }))?.by, "bob")
      yield* publish(store, yield* openBuildRoot(writeReleaseRoot(temporaryFolder(), "11")))
      assert.isTrue((yield* retire(store, idOf("11"))).changed)
      assert.strictEqual((yield* Effect.flip(retire(store, idOf("12"))))._tag, "NotPublished")
    })
  )
})

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("who changed a cell", () => {
  const entry = { cell: "entry", dataset: nine } as const

  it.effect("is told by the history where that tells of what is there", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      const { value } = yield* setAlias(store, "latest", nine, { actor: "ann" })
      const told = yield* whoChanged(store, { cell: "alias", ...latest }, value, [aliasFile(store)])
      assert.deepStrictEqual([told.by, told.host, told.action], ["ann", hostname(), "alias"])
      assert.strictEqual(told.at, (yield* readHistory(store)).events.at(-1)?.at)
      assert.strictEqual((yield* whoChanged(store, entry, entryValue(nine), [])).action, "promote")
      yield* rollback(store, nine, { actor: "bob", aliases: { moveTo: "10" } })
      const gone = yield* whoChanged(store, entry, null, [])
      assert.deepStrictEqual([gone.by, gone.action], ["bob", "rollback"])
      assert.strictEqual((yield* whoChanged(store, { cell: "alias", ...latest }, undefined, [])).by, "unknown")
    })
  )

  it.effect("is unknown, by the time of the file, where no command of ours did it", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      const when = new Date("2026-05-01T10:00:00.000Z")
      fs.writeFileSync(aliasFile(store), fs.readFileSync(aliasFile(store), "utf8").replace('"10"', '"9"'))
      fs.utimesSync(aliasFile(store), when, when)
      const seen = yield* observeAlias(store, latest)
      const value = seen.state === "present" ? seen.value : null
      const told = yield* whoChanged(store, { cell: "alias", ...latest }, value, [aliasFile(store)])
      assert.deepStrictEqual(told, { by: "unknown", host: "unknown", at: when.toISOString(), action: null })
    })
  )

  it.effect("is noticed after more events, and in a history that was put in its place", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      assert.strictEqual((yield* lastEvent(store, entry))?.n, 2)
      yield* rollback(store, nine, { actor: "ann" })
      assert.strictEqual((yield* lastEvent(store, entry))?.actor, "ann")
      fs.rmSync(join(store.path, ".atlas/history"), { recursive: true })
      assert.isUndefined(yield* lastEvent(store, entry))
      yield* promote(store, nine, { actor: "bob" })
      assert.strictEqual((yield* lastEvent(store, entry))?.actor, "bob")
    })
  )
})

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("an alias that is to be moved", () => {
  it.effect("is compared by what it says or by its bytes", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      const seen = yield* observeAlias(store, latest)
      if (seen.state !== "present") return assert.fail("it is there")
      fs.appendFileSync(aliasFile(store), "\n")
      assert.strictEqual((yield* Effect.flip(setAlias(store, "latest", nine, { expected: seen.value })))._tag, "AliasChanged")
      assert.isTrue((yield* setAlias(store, "latest", nine, { expected: aliasText(seen) })).changed)
      fs.writeFileSync(aliasFile(store), "no alias")
      const broken = yield* observeAlias(store, latest)
      if (broken.state !== "present") return assert.fail("it is there")
      assert.strictEqual(aliasText(broken), `sha256:${broken.value}`)
      assert.isTrue((yield* setAlias(store, "latest", nine, { expected: aliasText(broken) })).changed)
      assert.strictEqual(yield* pointsTo(store), "9")
    })
  )

  it.effect("is left as it is if it is moved while the history is written", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      const meddle = (change: Change, path: string) =>
        Effect.sync(() => {
          if (change === "link" && path.includes("history")) fs.writeFileSync(aliasFile(store), "foreign")
        })
      const error = yield* Effect.flip(setAlias(store, "latest", nine).pipe(Effect.provideService(BeforeChange, meddle)))
      assert.strictEqual(error._tag, "AliasChanged")
      assert.strictEqual(fs.readFileSync(aliasFile(store), "utf8"), "foreign")
    })
  )

  it.effect("named latest is moved with the store's one, and only if it is there", () =>
    Effect.gen(function* () {
      const store = yield* twoReleases()
      assert.isTrue((yield* latestAliasUpdate(store, nine, { actor: "ann" })).changed)
      assert.strictEqual(yield* pointsTo(store), "9")
      assert.strictEqual((yield* lastEvent(store, { cell: "alias", ...latest }))?.actor, "ann")
      fs.rmSync(join(store.path, "aliases"), { recursive: true })
      yield* latestAliasUpdate(store, ten)
      assert.strictEqual(yield* pointsTo(store), "absent")
      assert.strictEqual((yield* observeEntry(store, ten)).state, "present")
    })
  )
})
