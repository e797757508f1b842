import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { entryOf, readCatalog } from "../../../../../plugins/atlas/format/catalog/catalog.ts"
import { setEmbargo } from "../../../../../plugins/atlas/format/catalog/embargo.ts"
import { latestAliasUpdate } from "../../../../../plugins/atlas/format/catalog/latest-alias.ts"
import { promote } from "../../../../../plugins/atlas/format/catalog/promote.ts"
import { retire } from "../../../../../plugins/atlas/format/catalog/retire.ts"
import { setAlias } from "../../../../../plugins/atlas/format/catalog/set-alias.ts"
import { highestRelease, stringOrderFindings, surveyCatalog } from "../../../../../plugins/atlas/format/catalog/survey.ts"
import type { DatasetId } from "../../../../../plugins/atlas/format/dataset-id.ts"
import { publishedFolder, type ServingStore } from "../../../../../plugins/atlas/format/store/serving-store.ts"
import { filesOf, hasGolden } from "../store/golden-root.ts"
import { releaseOf, storeWith } from "./releases.ts"

const foundIn = (store: ServingStore, now = "2027-01-01") =>
  Effect.gen(function* () {
    const { entries } = yield* readCatalog(store)
    const files = filesOf(store.path)
    const found = yield* surveyCatalog(store, entries, { now })
    assert.deepStrictEqual(filesOf(store.path), files, "a look writes nothing")
    return found.map(({ name, at, message }) => `${name} ${at}: ${message}`)
  })

const name = (release: string) => `${release}/synthetica_minima/SM1.0`
const aliases = "aliases/latest/species=synthetica_minima/assembly=SM1.0.json"

describe("the order of releases", () => {
  const entries = (releases: ReadonlyArray<string>, assembly = "A") =>
    releases.map((release) => entryOf({ release, species: "s", assembly } as DatasetId))

  it("is told where texts and numbers differ on the highest, for each species and assembly", () => {
    assert.deepStrictEqual(
      stringOrderFindings([...entries(["110", "99"]), ...entries(["110", "99", "999"], "B"), ...entries(["9"], "C")]).map(
        ({ name, at, message }) => [name, at, message]
      ),
      [["string-order-latest", "s/A", "the highest release is 110; the reference's server, which compares texts, takes 99 for the latest"]]
    )
  })

  it("is that of numbers, whatever their size and zeros", () => {
    const highest = (...releases: ReadonlyArray<string>) => highestRelease(entries(releases), { species: "s", assembly: "A" })?.release
    assert.strictEqual(highest("99", "110", "9"), "110")
    assert.strictEqual(highest("9999999999999998", "9999999999999999", "0099"), "9999999999999999")
    assert.strictEqual(highest("010", "9"), "010")
    assert.isUndefined(highestRelease(entries(["1"]), { species: "s", assembly: "B" }))
  })
})

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("a catalog held against its store", () => {
  it.effect("has nothing to tell of where all is there", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["1", "2"], ["3"])
      yield* setAlias(store, "latest", releaseOf("2"))
      yield* latestAliasUpdate(store, releaseOf("2"))
      assert.deepStrictEqual(yield* foundIn(store), [])
    })
  )

  it.effect("names datasets that are missing or damaged, and entries that lead nowhere", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["1", "2", "3"])
      fs.rmSync(publishedFolder(store, releaseOf("1")), { recursive: true })
      fs.appendFileSync(join(publishedFolder(store, releaseOf("2")), "derived/qc.json"), " ")
      const catalog = join(store.path, "catalog.json")
      const entry = entryOf(releaseOf("3"))
      fs.writeFileSync(catalog, fs.readFileSync(catalog, "utf8").replace(entry.sqlite_path, "release=3/gone.sqlite"))
      const found = yield* foundIn(store)
      assert.deepStrictEqual(
        found.map((line) => line.slice(0, line.indexOf(":"))),
        [`missing-dataset ${name("1")}`, `damaged-dataset ${name("2")}`, `dangling-entry ${name("3")}`]
      )
      assert.include(found[1], "derived/qc.json has ")
      assert.include(found[2], "release=3/gone.sqlite")
    })
  )

  it.effect("names aliases that point to what is not served, to another manifest, or nowhere", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["1", "2"])
      for (const alias of ["latest", "stable", "old", "broken"]) yield* setAlias(store, alias, releaseOf("1"))
      yield* latestAliasUpdate(store, releaseOf("1"))
      const file = (alias: string) => join(store.path, aliases.replace("latest", alias))
      const edit = (path: string, from: string | RegExp, to: string) =>
        fs.writeFileSync(path, fs.readFileSync(path, "utf8").replace(from, to))
      edit(file("latest"), '"release":"1"', '"release":"7"')
      edit(file("stable"), /"manifest_sha256":"[^"]*"/, `"manifest_sha256":"${"0".repeat(64)}"`)
      edit(file("old"), '"assembly":"SM1.0"', '"assembly":"SM2"')
      fs.writeFileSync(file("broken"), "{")
      fs.writeFileSync(join(store.path, "aliases/notes.txt"), "hello")
      edit(join(store.path, "latest.alias.json"), '"release":"1"', '"release":"8"')
      assert.deepStrictEqual(
        (yield* foundIn(store)).map((line) => line.slice(0, line.indexOf(":"))),
        [
          "dangling-alias latest.alias.json",
          `not-an-alias ${aliases.replace("latest", "broken")}`,
          `dangling-alias ${aliases}`,
          "not-an-alias aliases/notes.txt",
          `dangling-alias ${aliases.replace("latest", "old")}`,
          `alias-of-another-manifest ${aliases.replace("latest", "stable")}`
        ]
      )
    })
  )

  it.effect("names what is served though it is embargoed or retired", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["1", "2"])
      yield* setEmbargo(store, releaseOf("1"), "2027-03-01")
      const served = fs.readFileSync(join(store.path, "catalog.json"))
      yield* retire(store, releaseOf("2"), { actor: "ann" })
      fs.writeFileSync(join(store.path, "catalog.json"), served)
      const found = yield* foundIn(store)
      assert.deepStrictEqual(
        found.map((line) => line.slice(0, line.indexOf(":"))),
        [`embargoed-entry ${name("1")}`, `retired-entry ${name("2")}`]
      )
      assert.include(found[1], "ann")
      assert.lengthOf(yield* foundIn(store, "2027-03-01"), 1)
    })
  )

  it.effect("names a catalog.sha256 of another catalog, and a history that was altered", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["1"])
      fs.writeFileSync(join(store.path, "catalog.sha256"), "abc\n")
      fs.appendFileSync(join(store.path, ".atlas/history/1.json"), " ")
      const found = yield* foundIn(store)
      assert.deepStrictEqual(
        found.map((line) => line.slice(0, line.indexOf(":"))),
        ["digest-differs catalog.sha256", "history-damaged .atlas/history/2.json"]
      )
      yield* promote(store, releaseOf("1"))
      assert.lengthOf(yield* foundIn(store), 1)
    })
  )
})
