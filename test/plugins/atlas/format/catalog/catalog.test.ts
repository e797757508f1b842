import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { openBuildRoot } from "../../../../../plugins/atlas/format/build-root.ts"
import {
  catalogJson,
  entryValue,
  observeEntry,
  parseCatalog,
  readCatalog,
  validateCatalog
} from "../../../../../plugins/atlas/format/catalog/catalog.ts"
import { aliasValue, observeAlias } from "../../../../../plugins/atlas/format/catalog/alias.ts"
import { latestAliasUpdate } from "../../../../../plugins/atlas/format/catalog/latest-alias.ts"
import { promote } from "../../../../../plugins/atlas/format/catalog/promote.ts"
import { setAlias } from "../../../../../plugins/atlas/format/catalog/set-alias.ts"
import type { DatasetId } from "../../../../../plugins/atlas/format/dataset-id.ts"
import { BeforeChange, type Change } from "../../../../../plugins/atlas/format/durable.ts"
import { readHistory } from "../../../../../plugins/atlas/format/store/history.ts"
import { publish } from "../../../../../plugins/atlas/format/store/publish.ts"
import { openServingStore, type ServingStore } from "../../../../../plugins/atlas/format/store/serving-store.ts"
import {
  filesOf,
  goldenFile,
  hasGolden,
  memoryFolder,
  miniFolder,
  miniId,
  openMiniRoot,
  servedFiles,
  temporaryFolder
} from "../store/golden-root.ts"
import { writeReleaseRoot } from "../store/many-releases.ts"
import { child } from "../store/processes.ts"

// Recorded from the reference's own store.
const goldenCatalog = `{"datasets":[{"dataset":{"assembly":"SM1.0","release":"110","species":"synthetica_minima"},"manifest_path":"${miniFolder}/derived/manifest.json","sqlite_path":"${miniFolder}/derived/gene_summary.sqlite"}],"model_version":"v1"}`

const idOf = (release: string) => ({ ...miniId, release }) as DatasetId

const withMini = Effect.gen(function* () {
  const store = yield* openServingStore(temporaryFolder())
  yield* publish(store, yield* openMiniRoot)
  return store
})

const withReleases = (releases: ReadonlyArray<string>, folder = temporaryFolder()) =>
  Effect.gen(function* () {
    const store = yield* openServingStore(folder)
    for (const release of releases) yield* publish(store, yield* openBuildRoot(writeReleaseRoot(temporaryFolder(), release)))
    return store
  })

const catalogText = (store: ServingStore) => fs.readFileSync(join(store.path, "catalog.json"), "utf8")

const entry = (release: string, rest: object = {}) => ({
  dataset: { release, species: "s", assembly: "A" },
  manifest_path: "m",
  sqlite_path: "q",
  ...rest
})

const problemsOf = (document: unknown) =>
  Effect.map(
    Effect.flip(parseCatalog(Buffer.from(typeof document === "string" ? document : JSON.stringify(document)), "catalog.json")),
    (e) => e.problems
  )

describe("a catalog", () => {
  it.effect("reads the reference's bytes and writes the same", () =>
    Effect.gen(function* () {
      const entries = yield* parseCatalog(Buffer.from(goldenCatalog), "catalog.json")
      assert.strictEqual(catalogJson(entries), goldenCatalog)
    })
  )

  it.effect("sorts releases as texts, so that 99 follows 110", () =>
    Effect.gen(function* () {
      const text = catalogJson([entry("99"), entry("110"), entry("9")])
      assert.deepStrictEqual(
        (yield* parseCatalog(Buffer.from(text), "c")).map(({ dataset }) => dataset.release),
        ["110", "9", "99"]
      )
    })
  )

  it.effect("keeps artifacts of diffs and drops an empty list of them", () =>
    Effect.gen(function* () {
      const text = catalogJson([entry("1", { diff_artifacts: [{ path: "d" }] }), entry("2", { diff_artifacts: [] })])
      assert.include(text, '"diff_artifacts":[{"path":"d"}]')
      assert.strictEqual(catalogJson(yield* parseCatalog(Buffer.from(text), "c")), text)
      assert.notInclude(text, "[]")
    })
  )

  it.effect("is told all its problems at once", () =>
    Effect.gen(function* () {
      const problems = yield* problemsOf({
        model_version: "v1",
        datasets: [
          entry("2", { manifest_path: "" }),
          entry("1", { sqlite_path: "../q" }),
          entry("1"),
          entry("x", { manifest_path: "/etc/m" })
        ]
      })
      const told = problems.join("\n")
      for (const words of [
        "datasets[0].manifest_path must not be empty",
        "datasets[1].sqlite_path must be a path inside the store",
        "datasets[1] must be sorted after datasets[0]",
        "datasets[2] is 1/s/A again",
        "datasets[3].dataset: release must be numeric",
        "datasets[3].manifest_path must be a path inside the store"
      ])
        assert.include(told, words)
    })
  )

  it.effect.each([
    ["an unknown field", '{"datasets":[],"extra":1}', "extra"],
    ["an unknown version", '{"datasets":[],"model_version":"v9"}', "v1"],
    ["no list", "{}", "datasets"],
    ["a key twice", '{"datasets":[],"datasets":[]}', "twice"],
    ["half a document", '{"datasets":[', "Expected"]
  ] as const)("with %s is refused", ([, text, words]) =>
    Effect.gen(function* () {
      assert.include((yield* problemsOf(text)).join(), words)
    })
  )

  it.effect("need not be canonical and may leave out its version", () =>
    Effect.gen(function* () {
      const path = join(temporaryFolder(), "catalog.json")
      fs.writeFileSync(path, '{ "datasets": [] }\n')
      assert.deepStrictEqual(yield* validateCatalog(path), [])
    })
  )
})

const life = (store: ServingStore) => Effect.andThen(promote(store, miniId), setAlias(store, "latest", miniId))

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("promote", () => {
  it.effect("writes the reference's catalog byte for byte, once", () =>
    Effect.gen(function* () {
      const store = yield* withMini
      assert.deepStrictEqual(yield* observeEntry(store, miniId), { state: "absent" })
      const promoted = yield* promote(store, miniId, { actor: "tester" })
      assert.isTrue(promoted.changed)
      assert.strictEqual(catalogText(store), goldenCatalog)
      assert.deepStrictEqual(yield* observeEntry(store, miniId), { state: "present", value: entryValue(miniId) })
      const { ino } = fs.statSync(join(store.path, "catalog.json"))
      assert.isFalse((yield* promote(store, miniId)).changed)
      assert.strictEqual(fs.statSync(join(store.path, "catalog.json")).ino, ino)
      const { events, problems } = yield* readHistory(store)
      assert.deepStrictEqual(problems, [])
      assert.deepStrictEqual(
        events.map(({ action, after }) => [action, after]),
        [
          ["publish", "a125c12342d147d25e3a3ae4114eb22292df0ed3b84a3c6afe068d2ff89a7da1"],
          ["promote", entryValue(miniId)]
        ]
      )
    })
  )

  it.effect("refuses what is not published, and what is damaged", () =>
    Effect.gen(function* () {
      const store = yield* withMini
      assert.strictEqual((yield* Effect.flip(promote(store, idOf("111"))))._tag, "NotPublished")
      fs.appendFileSync(join(store.path, miniFolder, "derived/qc.json"), " ")
      const error = yield* Effect.flip(promote(store, miniId))
      assert.strictEqual(error._tag, "PublishedDamaged")
      assert.include(error.message, "derived/qc.json")
      assert.isFalse(fs.existsSync(join(store.path, "catalog.json")))
    })
  )

  it.effect("refuses a dataset that was copied into the folder of another", () =>
    Effect.gen(function* () {
      const store = yield* withMini
      fs.cpSync(join(store.path, miniFolder), join(store.path, miniFolder.replace("110", "111")), { recursive: true })
      assert.strictEqual((yield* Effect.flip(promote(store, idOf("111"))))._tag, "PublishedDamaged")
    })
  )

  it.effect("keeps a change that another program made meanwhile, and says so", () =>
    Effect.gen(function* () {
      const store = yield* withReleases(["1", "2"])
      yield* promote(store, idOf("1"))
      const foreign = '{"datasets":[],"model_version":"v1"}'
      const meddle = (change: Change, path: string) =>
        Effect.sync(() => {
          if (change === "link" && path.includes("history")) fs.writeFileSync(join(store.path, "catalog.json"), foreign)
        })
      const error = yield* Effect.flip(promote(store, idOf("2")).pipe(Effect.provideService(BeforeChange, meddle)))
      assert.strictEqual(error._tag, "CatalogChanged")
      assert.strictEqual(catalogText(store), foreign)
      assert.isTrue((yield* promote(store, idOf("2"))).changed)
      assert.deepStrictEqual((yield* readHistory(store)).problems, [])
    })
  )

  it.effect("does not touch a catalog it cannot read", () =>
    Effect.gen(function* () {
      const store = yield* withMini
      fs.writeFileSync(join(store.path, "catalog.json"), "{")
      assert.strictEqual((yield* Effect.flip(promote(store, miniId)))._tag, "CatalogInvalid")
      assert.strictEqual(catalogText(store), "{")
    })
  )

  it.live(
    "loses nothing when many processes promote at once",
    () =>
      Effect.gen(function* () {
        const releases = Array.from({ length: 12 }, (_, i) => String(i + 1))
        const store = yield* withReleases(releases)
        const all = yield* Effect.promise(() =>
          Promise.all([0, 1, 2, 3].map((k) => child("promote", store.path, ...releases.filter((_, i) => i % 4 === k)).ended))
        )
        for (const { code, stderr } of all) assert.strictEqual(code, 0, stderr)
        const { entries } = yield* readCatalog(store)
        assert.deepStrictEqual(entries.map(({ dataset }) => dataset.release).toSorted(), releases.toSorted())
        const { events, problems } = yield* readHistory(store)
        assert.deepStrictEqual(problems, [])
        assert.deepStrictEqual(
          events.map(({ n }) => n),
          Array.from({ length: 24 }, (_, i) => i + 1)
        )
      }),
    60_000
  )

  it.effect(
    "and alias heal from a kill before any change of the file system",
    () =>
      Effect.gen(function* () {
        const store = yield* openServingStore(memoryFolder())
        yield* publish(store, yield* openMiniRoot)
        const snapshots = new Map<string, string>()
        const snapshot = () =>
          Effect.sync(() => {
            const state = JSON.stringify([...filesOf(store.path)])
            if (snapshots.has(state)) return
            const folder = memoryFolder()
            fs.cpSync(store.path, folder, { recursive: true, filter: (from) => !from.endsWith(".db") })
            snapshots.set(state, folder)
          })
        yield* life(store).pipe(Effect.provideService(BeforeChange, snapshot))
        const expected = servedFiles(store.path)
        assert.isAbove(snapshots.size, 10)
        for (const folder of snapshots.values()) {
          const copy = yield* openServingStore(folder)
          yield* readCatalog(copy)
          yield* life(copy)
          assert.deepStrictEqual(servedFiles(folder), expected)
          assert.deepStrictEqual((yield* readHistory(copy)).problems, [])
        }
        for (const folder of [store.path, ...snapshots.values()]) fs.rmSync(folder, { recursive: true })
      }),
    60_000
  )
})

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("an alias", () => {
  const cell = { name: "latest", species: miniId.species, assembly: miniId.assembly }

  it.effect("points to promoted datasets only", () =>
    Effect.gen(function* () {
      const store = yield* withMini
      assert.strictEqual((yield* Effect.flip(setAlias(store, "latest", miniId)))._tag, "AliasNotPromoted")
      assert.strictEqual((yield* Effect.flip(latestAliasUpdate(store, miniId)))._tag, "AliasNotPromoted")
      assert.deepStrictEqual(yield* observeAlias(store, cell), { state: "absent" })
    })
  )

  it.effect("moves by compare-and-swap", () =>
    Effect.gen(function* () {
      const store = yield* withReleases(["9", "10"])
      for (const release of ["9", "10"]) yield* promote(store, idOf(release))
      const first = yield* setAlias(store, "latest", idOf("9"), { expected: null })
      assert.isTrue(first.changed)
      assert.isFalse((yield* setAlias(store, "latest", idOf("9"))).changed)
      const refused = yield* Effect.flip(setAlias(store, "latest", idOf("10"), { expected: null }))
      assert.strictEqual(refused._tag, "AliasChanged")
      const second = yield* setAlias(store, "latest", idOf("10"), { expected: first.value })
      assert.strictEqual(second.before, first.value)
      const seen = yield* observeAlias(store, cell)
      assert.strictEqual(seen.state, "present")
      if (seen.state !== "present") return
      assert.strictEqual(seen.dataset?.release, "10")
      assert.strictEqual(seen.value, aliasValue("latest", idOf("10"), seen.manifest_sha256 ?? ""))
      assert.strictEqual(
        fs.readFileSync(join(store.path, "aliases/latest/species=synthetica_minima/assembly=SM1.0.json"), "utf8"),
        `{"alias":"latest","atlas":"alias/1","dataset":{"assembly":"SM1.0","release":"10","species":"synthetica_minima"},"manifest_sha256":"${seen.manifest_sha256}"}`
      )
    })
  )

  it.effect("of any other content has a value that nothing of ours has", () =>
    Effect.gen(function* () {
      const store = yield* withMini
      yield* promote(store, miniId)
      const { value } = yield* setAlias(store, "latest", miniId)
      fs.appendFileSync(join(store.path, "aliases/latest/species=synthetica_minima/assembly=SM1.0.json"), "?")
      const seen = yield* observeAlias(store, cell)
      assert.strictEqual(seen.state, "present")
      if (seen.state === "present") {
        assert.notStrictEqual(seen.value, value)
        assert.isNull(seen.dataset)
      }
    })
  )

  it.effect.each(["../latest", "", "Latest", "a/b", "x".repeat(65)])("cannot be called %j", (name) =>
    Effect.gen(function* () {
      const store = yield* openServingStore(temporaryFolder())
      assert.strictEqual((yield* Effect.flip(setAlias(store, name, miniId)))._tag, "AliasNameInvalid")
    })
  )

  it.effect("of the reference's single form has the reference's bytes but for time and writer", () =>
    Effect.gen(function* () {
      const store = yield* withMini
      yield* promote(store, miniId)
      const { path } = yield* latestAliasUpdate(store, miniId)
      const ours = JSON.parse(fs.readFileSync(path, "utf8")) as Record<string, unknown>
      const golden = goldenFile("mini/store/latest.alias.json")
      const catalogSha = "0de726166471b55116bd12d811a33e8f3360d209c4235996972b5d606552f216"
      assert.strictEqual(ours["catalog_sha256"], catalogSha)
      assert.match(String(ours["updated_at"]), /^\d+$/)
      if (golden !== undefined) {
        const theirs = JSON.parse(golden.toString("utf8")) as Record<string, unknown>
        assert.deepStrictEqual({ ...ours, updated_at: 0, updated_by: 0 }, { ...theirs, updated_at: 0, updated_by: 0 })
      }
      assert.isFalse((yield* latestAliasUpdate(store, miniId)).changed)
    })
  )
})
