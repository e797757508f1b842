import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type CatalogEntry, catalogJson, entryOf, entryValue, readCatalog } from "../../../../../plugins/atlas/format/catalog/catalog.ts"
import { declaredDigest } from "../../../../../plugins/atlas/format/catalog/declared-digest.ts"
import { promote } from "../../../../../plugins/atlas/format/catalog/promote.ts"
import { publishCatalog } from "../../../../../plugins/atlas/format/catalog/publish-catalog.ts"
import { retire } from "../../../../../plugins/atlas/format/catalog/retire.ts"
import { rollback } from "../../../../../plugins/atlas/format/catalog/rollback.ts"
import { setAlias } from "../../../../../plugins/atlas/format/catalog/set-alias.ts"
import { BeforeChange, type Change } from "../../../../../plugins/atlas/format/durable.ts"
import { readHistory } from "../../../../../plugins/atlas/format/store/history.ts"
import { retiredOf } from "../../../../../plugins/atlas/format/store/last-events.ts"
import { publishedFolder, type ServingStore } from "../../../../../plugins/atlas/format/store/serving-store.ts"
import { whoChanged } from "../../../../../plugins/atlas/format/store/who-changed.ts"
import { filesOf, hasGolden, memoryFolder, servedFiles, temporaryFolder } from "../store/golden-root.ts"
import { releaseOf, servedIn, storeWith } from "./releases.ts"
import { atEachKill } from "./snapshots.ts"

const entriesOf = (...releases: ReadonlyArray<string>) => releases.map((release) => entryOf(releaseOf(release)))

const fileWith = (content: ReadonlyArray<CatalogEntry> | string): string => {
  const path = join(temporaryFolder(), "new.json")
  fs.writeFileSync(path, typeof content === "string" ? content : catalogJson(content))
  return path
}

const digestOf = (store: ServingStore) => Effect.map(readCatalog(store), ({ sha256 }) => sha256)

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("publishing a whole catalog", () => {
  it.effect("puts its form and order right, and changes nothing the second time", () =>
    Effect.gen(function* () {
      const store = yield* storeWith([], ["9", "10"])
      const file = fileWith(JSON.stringify({ datasets: entriesOf("9", "10") }, null, 2))
      const first = yield* publishCatalog(store, file, { actor: "ann" })
      assert.deepInclude(first, { changed: true, datasets: 2, previous: null, removed: [] })
      assert.deepStrictEqual(
        first.added.map(({ release }) => release),
        ["10", "9"]
      )
      assert.strictEqual(fs.readFileSync(join(store.path, "catalog.json"), "utf8"), catalogJson(entriesOf("9", "10")))
      assert.strictEqual(first.sha256, yield* digestOf(store))
      const files = filesOf(store.path)
      assert.isFalse((yield* publishCatalog(store, file)).changed)
      assert.deepStrictEqual(filesOf(store.path), files)
      for (const release of ["9", "10"])
        assert.strictEqual(
          (yield* whoChanged(store, { cell: "entry", dataset: releaseOf(release) }, entryValue(releaseOf(release)), [])).by,
          "ann"
        )
    })
  )

  it.effect("may leave out entries only of the catalog that it names, which are then held", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9", "10"])
      const file = fileWith(entriesOf("10"))
      const shrinks = yield* Effect.flip(publishCatalog(store, file))
      assert.strictEqual(shrinks._tag, "CatalogShrinks")
      const wrong = yield* Effect.flip(publishCatalog(store, file, { expectedCatalog: "0".repeat(64) }))
      assert.strictEqual(wrong._tag, "CatalogChanged")
      assert.strictEqual((yield* Effect.flip(publishCatalog(store, file, { expectedCatalog: null })))._tag, "CatalogChanged")
      assert.deepStrictEqual(yield* servedIn(store), ["10", "9"])
      const expectedCatalog = yield* digestOf(store)
      const done = yield* publishCatalog(store, file, { expectedCatalog, actor: "ann", because: "wrong genome" })
      assert.deepStrictEqual(
        done.removed.map(({ release }) => release),
        ["9"]
      )
      assert.deepStrictEqual(yield* servedIn(store), ["10"])
      const held = yield* retiredOf(store, { cell: "entry", dataset: releaseOf("9") })
      assert.deepStrictEqual([held?.by, held?.because], ["ann", "wrong genome"])
    })
  )

  it.effect("is refused while an alias points to what it leaves out", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9", "10"])
      yield* setAlias(store, "latest", releaseOf("9"))
      const expectedCatalog = yield* digestOf(store)
      const files = filesOf(store.path)
      const refused = yield* Effect.flip(publishCatalog(store, fileWith(entriesOf("10")), { expectedCatalog }))
      assert.strictEqual(refused._tag, "AliasInUse")
      assert.deepStrictEqual(filesOf(store.path), files)
    })
  )

  it.effect("tells all entries that the store does not back, and changes nothing", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9"], ["10"])
      fs.appendFileSync(join(publishedFolder(store, releaseOf("10")), "derived/gene_summary.sqlite"), "x")
      const [ten, eleven, twelve] = entriesOf("10", "11", "12")
      const elsewhere = { ...twelve!, sqlite_path: ten!.sqlite_path }
      const refused = yield* Effect.flip(publishCatalog(store, fileWith([...entriesOf("9"), ten!, eleven!, elsewhere])))
      assert.strictEqual(refused._tag, "CatalogRefused")
      if (refused._tag === "CatalogRefused")
        for (const words of [
          "10/synthetica_minima/SM1.0 is damaged in the store: derived/gene_summary.sqlite",
          "11/synthetica_minima/SM1.0 is not published",
          "sqlite_path of 12/synthetica_minima/SM1.0 must be"
        ])
          assert.include(refused.problems.join("\n"), words)
      assert.deepStrictEqual(yield* servedIn(store), ["9"])
      assert.strictEqual((yield* Effect.flip(publishCatalog(store, fileWith('{"datasets":[{}]}'))))._tag, "CatalogInvalid")
      assert.strictEqual((yield* Effect.flip(publishCatalog(store, "/no/such/file")))._tag, "ArtifactUnreadable")
    })
  )

  it.effect("tells beforehand what would change, and writes nothing", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9"], ["10"])
      const files = filesOf(store.path)
      const would = yield* publishCatalog(store, fileWith(entriesOf("9", "10")), { dryRun: true })
      assert.deepStrictEqual([would.changed, would.added.map(({ release }) => release)], [true, ["10"]])
      assert.deepStrictEqual(filesOf(store.path), files)
      assert.strictEqual((yield* publishCatalog(store, fileWith(entriesOf("9", "10")))).sha256, would.sha256)
    })
  )

  it.effect("loses no promotion that was made after it looked", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9"], ["10", "11"])
      let promoted = false
      // The first change of the file system is that of taking the lock: by then the datasets are hashed.
      const meddle = () =>
        Effect.suspend(() => {
          if (promoted) return Effect.void
          promoted = true
          return promote(store, releaseOf("11")).pipe(
            Effect.provideService(BeforeChange, () => Effect.void),
            Effect.ignore
          )
        })
      const refused = yield* Effect.flip(
        publishCatalog(store, fileWith(entriesOf("9", "10"))).pipe(Effect.provideService(BeforeChange, meddle))
      )
      assert.strictEqual(refused._tag, "CatalogChanged")
      assert.deepStrictEqual(yield* servedIn(store), ["11", "9"])
    })
  )

  it.effect(
    "leaves the old or the new catalog wherever it is killed, and heals",
    () =>
      Effect.gen(function* () {
        const store = yield* storeWith(["8", "9"], ["10", "11"], memoryFolder())
        fs.writeFileSync(join(store.path, "catalog.sha256"), `${declaredDigest(entriesOf("8", "9"))}\n`)
        const file = fileWith(entriesOf("10", "11", "9"))
        const expectedCatalog = yield* digestOf(store)
        const act = (at: ServingStore) => publishCatalog(at, file, { expectedCatalog, actor: "ann" })
        const [before, after] = [catalogJson(entriesOf("8", "9")), catalogJson(entriesOf("10", "11", "9"))]
        const states = new Set<string>()
        const expected = { files: new Map<string, string>() }
        const done = Effect.tap(act(store), () => Effect.sync(() => (expected.files = servedFiles(store.path))))
        yield* atEachKill(store, done, (killed) =>
          Effect.gen(function* () {
            const text = fs.readFileSync(join(killed.path, "catalog.json"), "utf8")
            assert.include([before, after], text)
            const digest = join(killed.path, "catalog.sha256")
            const said = fs.existsSync(digest) ? fs.readFileSync(digest, "utf8").trim() : "away"
            // A digest is never there beside another catalog.
            if (said !== "away") assert.strictEqual(said, declaredDigest((yield* readCatalog(killed)).entries))
            states.add(`${text === before ? "old" : "new"} ${said === "away" ? said : "there"}`)
            yield* act(killed)
            assert.deepStrictEqual(servedFiles(killed.path), expected.files)
            assert.deepStrictEqual((yield* readHistory(killed)).problems, [])
          })
        )
        assert.deepStrictEqual([...states].toSorted(), ["new away", "new there", "old away", "old there"])
      }),
    60_000
  )
})

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("catalog.sha256", () => {
  const path = (store: ServingStore) => join(store.path, "catalog.sha256")
  const kept = (store: ServingStore) =>
    Effect.gen(function* () {
      const { entries } = yield* readCatalog(store)
      // Written apart from the code under test, in the order in which the reference declares its fields.
      const declared = `{"model_version":"v1","datasets":[${entries
        .map(
          ({ dataset, manifest_path, sqlite_path }) =>
            `{"dataset":{"release":"${dataset.release}","species":"${dataset.species}","assembly":"${dataset.assembly}"},"manifest_path":"${manifest_path}","sqlite_path":"${sqlite_path}"}`
        )
        .join(",")}]}`
      assert.strictEqual(fs.readFileSync(path(store), "utf8"), `${createHash("sha256").update(declared).digest("hex")}\n`)
    })

  it.effect("is not made where nobody asked for it", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9", "10"])
      yield* rollback(store, releaseOf("9"))
      assert.isFalse(fs.existsSync(path(store)))
    })
  )

  it.effect("is kept by every change of the catalog once it is there, until it is removed", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9"], ["10", "11"])
      yield* publishCatalog(store, fileWith(entriesOf("9")), { digest: true })
      yield* kept(store)
      yield* promote(store, releaseOf("10"))
      yield* kept(store)
      yield* rollback(store, releaseOf("9"))
      yield* kept(store)
      yield* retire(store, releaseOf("10"))
      yield* kept(store)
      yield* publishCatalog(store, fileWith(entriesOf("11")))
      yield* kept(store)
      // What another program left is put right by the next command, also one that changes nothing.
      fs.writeFileSync(path(store), "stale\n")
      yield* promote(store, releaseOf("11"))
      yield* kept(store)
      fs.rmSync(path(store))
      yield* promote(store, releaseOf("9"))
      assert.isFalse(fs.existsSync(path(store)))
    })
  )

  it.effect(
    "is never beside another catalog, wherever promote, rollback and retire are killed",
    () =>
      Effect.gen(function* () {
        const acts = [
          (store: ServingStore) => Effect.asVoid(promote(store, releaseOf("10"))),
          (store: ServingStore) => Effect.asVoid(rollback(store, releaseOf("9"))),
          (store: ServingStore) => Effect.asVoid(retire(store, releaseOf("9")))
        ]
        for (const act of acts) {
          const store = yield* storeWith(["9"], ["10"], memoryFolder())
          yield* publishCatalog(store, fileWith(entriesOf("9")), { digest: true })
          const done: Effect.Effect<void, unknown> = act(store)
          yield* atEachKill(store, done, (killed) =>
            Effect.gen(function* () {
              yield* readCatalog(killed)
              if (fs.existsSync(path(killed))) yield* kept(killed)
              yield* act(killed)
              yield* kept(killed)
              assert.deepStrictEqual(servedFiles(killed.path), servedFiles(store.path))
            })
          )
        }
      }),
    60_000
  )
})

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("a change of the catalog that names the catalog it is for", () => {
  it.effect("is not made to another, and is told of both digests", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9"], ["10"])
      const seen = yield* digestOf(store)
      yield* promote(store, releaseOf("10"), { expectedCatalog: seen })
      const late = [rollback, retire].map((take) => take(store, releaseOf("9"), { expectedCatalog: seen }))
      const files = filesOf(store.path)
      for (const act of late) {
        const refused = yield* Effect.flip(act)
        assert.strictEqual(refused._tag, "CatalogChanged")
        if (refused._tag === "CatalogChanged") assert.deepStrictEqual([refused.expected, refused.actual], [seen, yield* digestOf(store)])
      }
      assert.deepStrictEqual(filesOf(store.path), files)
      assert.isTrue((yield* retire(store, releaseOf("9"), { expectedCatalog: yield* digestOf(store) })).changed)
    })
  )

  it.effect("and is made already is no conflict: it may be asked for again", () =>
    Effect.gen(function* () {
      const store = yield* storeWith([], ["9"])
      const act = promote(store, releaseOf("9"), { expectedCatalog: null })
      assert.isTrue((yield* act).changed)
      assert.isFalse((yield* act).changed)
    })
  )

  it.effect("keeps a change that another program makes while the history is written", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9"], ["10"])
      const foreign = '{"datasets":[],"model_version":"v1"}'
      const meddle = (change: Change, path: string) =>
        Effect.sync(() => {
          if (change === "link" && path.includes("history")) fs.writeFileSync(join(store.path, "catalog.json"), foreign)
        })
      const error = yield* Effect.flip(
        publishCatalog(store, fileWith(entriesOf("9", "10"))).pipe(Effect.provideService(BeforeChange, meddle))
      )
      assert.strictEqual(error._tag, "CatalogChanged")
      assert.strictEqual(fs.readFileSync(join(store.path, "catalog.json"), "utf8"), foreign)
    })
  )
})
