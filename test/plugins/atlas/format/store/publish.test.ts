import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Option } from "effect"
import { type BuildRoot, openBuildRoot } from "../../../../../plugins/atlas/format/build-root.ts"
import { BeforeChange, type Change, ioDurability } from "../../../../../plugins/atlas/format/durable.ts"
import { readHistory } from "../../../../../plugins/atlas/format/store/history.ts"
import { observePublished } from "../../../../../plugins/atlas/format/store/observe.ts"
import { publish } from "../../../../../plugins/atlas/format/store/publish.ts"
import { openServingStore, type ServingStore } from "../../../../../plugins/atlas/format/store/serving-store.ts"
import {
  filesOf,
  hasGolden,
  memoryFolder,
  miniFolder,
  miniId,
  openMiniRoot,
  servedFiles,
  temporaryFolder,
  writeMiniRoot
} from "./golden-root.ts"

const newStore = Effect.suspend(() => openServingStore(temporaryFolder()))

const published = Effect.gen(function* () {
  const [store, root] = [yield* newStore, yield* openMiniRoot]
  const outcome = yield* publish(store, root, { actor: "tester" })
  return { store, root, outcome, folder: join(store.path, miniFolder) }
})

/** A manifest of another content whose lock fits: what a later ingest of changed inputs leaves. */
const changedRoot = Effect.suspend(() => {
  const folder = writeMiniRoot(temporaryFolder())
  const path = join(folder, "derived/manifest.json")
  fs.writeFileSync(path, fs.readFileSync(path, "utf8").replace('"created_at":""', '"created_at":"2026-01-01T00:00:00Z"'))
  return openBuildRoot(folder)
})

/** Never run: the compiler judges it. */
const wrongKinds = (store: ServingStore, root: BuildRoot) => [
  // @ts-expect-error a build root is not a serving store
  publish(root, root),
  // @ts-expect-error a serving store is not a build root
  publish(store, store),
  // @ts-expect-error what has a path is not a serving store
  publish({ path: "/store" }, root)
]

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("publish", () => {
  it("takes no build root for a store and no store for a build root", () => {
    assert.isFunction(wrongKinds)
  })

  it.effect("copies every byte of the root and adds only its marker and inventory", () =>
    Effect.gen(function* () {
      const { store, root, outcome, folder } = yield* published
      assert.isTrue(outcome.changed)
      assert.strictEqual(outcome.value, "a125c12342d147d25e3a3ae4114eb22292df0ed3b84a3c6afe068d2ff89a7da1")
      const files = servedFiles(store.path)
      const ours = ["derived/immutable.release.json", "derived/store_inventory.json"]
      for (const path of files.keys()) {
        const within = path.slice(miniFolder.length + 1)
        if (ours.includes(within)) continue
        assert.deepStrictEqual(fs.readFileSync(join(store.path, path)), fs.readFileSync(join(root.path, within)))
      }
      assert.strictEqual(files.size, 20)
      assert.deepStrictEqual(
        outcome.files.map(({ path, sha256 }) => [`${miniFolder}/${path}`, sha256]),
        [...files]
      )
      // Recorded from the reference's own store.
      assert.strictEqual(
        fs.readFileSync(join(folder, ours[0]!), "utf8"),
        '{"dataset":{"assembly":"SM1.0","release":"110","species":"synthetica_minima"},"immutability":"published","manifest_sha256":"a125c12342d147d25e3a3ae4114eb22292df0ed3b84a3c6afe068d2ff89a7da1","schema_version":1,"sqlite_sha256":"1632b16f5ef0a381d3f104d3b217b18ab5babe8e0a35feca070f90aa037e7cb6"}'
      )
    })
  )

  it.effect("says of what it published that it is present", () =>
    Effect.gen(function* () {
      const { store, outcome } = yield* published
      const seen = yield* observePublished(store, miniId)
      assert.strictEqual(seen.state, "present")
      if (seen.state === "present") assert.strictEqual(seen.value, outcome.value)
      assert.deepStrictEqual(yield* observePublished(yield* newStore, miniId), { state: "absent" })
    })
  )

  it.effect("rewrites nothing when the same bytes are published again", () =>
    Effect.gen(function* () {
      const { store, root } = yield* published
      const stats = () =>
        fs.readdirSync(store.path, { recursive: true }).map((path) => [path, fs.statSync(join(store.path, String(path))).ctimeMs])
      const before = stats().filter(([path]) => !String(path).startsWith(".atlas/locks") && path !== ".atlas")
      const again = yield* publish(store, root)
      assert.isFalse(again.changed)
      const after = stats().filter(([path]) => !String(path).startsWith(".atlas/locks") && path !== ".atlas")
      assert.deepStrictEqual(after, before)
    })
  )

  it.effect("gives the same bytes in every store", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* published, yield* published]
      assert.deepStrictEqual(servedFiles(one.store.path), servedFiles(two.store.path))
    })
  )

  it.effect("refuses other content under a published id, and leaves it as it is", () =>
    Effect.gen(function* () {
      const { store, outcome } = yield* published
      const before = servedFiles(store.path)
      const error = yield* Effect.flip(publish(store, yield* changedRoot))
      assert.strictEqual(error._tag, "PublishConflict")
      if (error._tag === "PublishConflict") {
        assert.strictEqual(error.live, outcome.value)
        assert.notStrictEqual(error.desired, outcome.value)
      }
      assert.deepStrictEqual(servedFiles(store.path), before)
    })
  )

  it.effect.each([
    ["derived/manifest.lock", "derived/manifest.lock"],
    ["derived/gene_summary.sqlite", "derived/gene_summary.sqlite"],
    ["inputs/genome.fa.bgz", "inputs/genome.fa.bgz"],
    ["inputs/genome.fa.bgz.fai", "inputs/genome.fa.bgz.fai"],
    ["derived/qc.json", "derived/qc.json"],
    ["derived/qc_report.json", "derived/qc_report.json"],
    ["derived/release_gene_index.json", "derived/release_gene_index.json"],
    ["derived/canonical_features.json", "derived/canonical_features.json"],
    ["derived/canonical_summary.json", "derived/canonical_summary.json"],
    ["derived/source_facts.json", "derived/source_facts.json"],
    ["derived/artifact_inventory.json", "derived/artifact_inventory.json"],
    ["derived/evidence_bundle.lock.json", "derived/evidence_bundle.lock.json"]
  ] as const)("refuses a root with a byte appended to %s, names it and publishes nothing", ([path, named]) =>
    Effect.gen(function* () {
      const [store, root] = [yield* newStore, yield* openMiniRoot]
      fs.appendFileSync(join(root.path, path), " ")
      const error = yield* Effect.flip(publish(store, root))
      assert.strictEqual(error._tag, "PublishRefused")
      if (error._tag === "PublishRefused") assert.include(error.problems.map((problem) => problem.path).join(), named)
      assert.strictEqual(servedFiles(store.path).size, 0)
    })
  )

  it.effect("tells all missing files of a root at once", () =>
    Effect.gen(function* () {
      const [store, root] = [yield* newStore, yield* openMiniRoot]
      for (const path of ["derived/qc.json", "inputs/genome.fa.bgz"]) fs.rmSync(join(root.path, path))
      const error = yield* Effect.flip(publish(store, root))
      assert.strictEqual(error._tag, "PublishRefused")
      if (error._tag === "PublishRefused")
        assert.deepStrictEqual(error.problems.map((problem) => problem.path).toSorted(), ["derived/qc.json", "inputs/genome.fa.bgz"])
    })
  )

  it.effect("follows no symbolic link out of the root", () =>
    Effect.gen(function* () {
      const [store, root] = [yield* newStore, yield* openMiniRoot]
      const path = join(root.path, "derived/qc.json")
      fs.renameSync(path, join(root.path, "../qc.json"))
      fs.symlinkSync("../../qc.json", path)
      const error = yield* Effect.flip(publish(store, root))
      assert.match(error.message, /qc\.json could not be read: it is a symbolic link/)
    })
  )

  it.effect("names every damaged, missing and added file of a published dataset", () =>
    Effect.gen(function* () {
      const { store, root, folder, outcome } = yield* published
      fs.appendFileSync(join(folder, "derived/gene_summary.sqlite"), "x")
      fs.rmSync(join(folder, "inputs/genome.fa.bgz.fai"))
      fs.writeFileSync(join(folder, "derived/notes.txt"), "x")
      fs.rmSync(join(folder, "derived/qc.json"))
      fs.symlinkSync("qc_report.json", join(folder, "derived/qc.json"))
      const seen = yield* observePublished(store, miniId)
      assert.strictEqual(seen.state, "damaged")
      if (seen.state !== "damaged") return
      assert.strictEqual(seen.value, outcome.value)
      assert.deepStrictEqual(seen.problems.map((problem) => problem.path).toSorted(), [
        "derived/gene_summary.sqlite",
        "derived/notes.txt",
        "derived/qc.json",
        "inputs/genome.fa.bgz.fai"
      ])
      const error = yield* Effect.flip(publish(store, root))
      assert.strictEqual(error._tag, "PublishedDamaged")
    })
  )

  it.effect("sees one changed byte in any file of a published dataset, also where the inventory was made to fit", () =>
    Effect.gen(function* () {
      const { store, folder, outcome } = yield* published
      for (const { path } of outcome.files) {
        const bytes = fs.readFileSync(join(folder, path))
        const flipped = Buffer.from(bytes)
        flipped[bytes.length >> 1]! ^= 1
        fs.writeFileSync(join(folder, path), flipped)
        assert.strictEqual((yield* observePublished(store, miniId)).state, "damaged", path)
        fs.writeFileSync(join(folder, path), bytes)
      }
      const forged = (path: string, from: string, to: string) =>
        fs.writeFileSync(join(folder, path), fs.readFileSync(join(folder, path), "utf8").replace(from, to))
      fs.appendFileSync(join(folder, "derived/qc.json"), " ")
      const { createHash } = yield* Effect.promise(() => import("node:crypto"))
      const bytes = fs.readFileSync(join(folder, "derived/qc.json"))
      const old = outcome.files.find((file) => file.path === "derived/qc.json")!
      forged(
        "derived/store_inventory.json",
        `{"bytes":${old.bytes},"path":"derived/qc.json","sha256":"${old.sha256}"}`,
        `{"bytes":${bytes.length},"path":"derived/qc.json","sha256":"${createHash("sha256").update(bytes).digest("hex")}"}`
      )
      const seen = yield* observePublished(store, miniId)
      assert.strictEqual(seen.state, "damaged")
      if (seen.state === "damaged")
        assert.deepStrictEqual(
          seen.problems.map((problem) => problem.path),
          ["derived/qc.json"]
        )
    })
  )

  it.effect("asks the caller's digest function instead of reading", () =>
    Effect.gen(function* () {
      const { store } = yield* published
      const asked: Array<string> = []
      const seen = yield* observePublished(store, miniId, {
        hash: (path) =>
          Effect.sync(() => {
            asked.push(path)
            return "0".repeat(64)
          })
      })
      assert.strictEqual(seen.state, "damaged")
      assert.strictEqual(asked.length, 20)
    })
  )

  it.effect(
    "heals from a kill before any change of the file system, to the bytes of an undisturbed run",
    () =>
      Effect.gen(function* () {
        const expected = servedFiles((yield* published).store.path)
        const [store, root] = [yield* openServingStore(memoryFolder()), yield* openMiniRoot]
        const snapshots = new Map<string, string>()
        let steps = 0
        const snapshot = (change: Change, path: string) =>
          Effect.sync(() => {
            steps++
            const state = JSON.stringify([...filesOf(store.path)])
            if (snapshots.has(state)) return
            const folder = memoryFolder()
            fs.cpSync(store.path, folder, { recursive: true, filter: (from) => !from.endsWith(".db") })
            snapshots.set(state, folder)
            assert.isAbove(change.length + path.length, 0)
          })
        yield* publish(store, root).pipe(Effect.provideService(BeforeChange, snapshot))
        assert.isAbove(steps, 100)
        assert.isAbove(snapshots.size, 40)
        for (const folder of snapshots.values()) {
          const copy = yield* openServingStore(folder)
          const seen = yield* observePublished(copy, miniId)
          assert.include(["absent", "present"], seen.state)
          yield* publish(copy, root)
          assert.deepStrictEqual(servedFiles(folder), expected)
          assert.deepStrictEqual((yield* readHistory(copy)).problems, [])
        }
        for (const folder of [store.path, ...snapshots.values()]) fs.rmSync(folder, { recursive: true })
      }),
    60_000
  )

  it.effect(
    "leaves nothing half made when any change of the file system fails, and says which with its errno",
    () =>
      Effect.gen(function* () {
        const expected = servedFiles((yield* published).store.path)
        const root = yield* openMiniRoot
        for (let failing = 0, steps = Infinity; failing < steps; failing++) {
          const store = yield* openServingStore(memoryFolder())
          let step = 0
          let failed: string | undefined
          const fail = (change: Change, path: string) =>
            Effect.suspend(() => {
              if (step++ !== failing) return Effect.void
              failed = change
              return Effect.fail(ioDurability(change, path, { code: "ENOSPC" }))
            })
          const exit = yield* Effect.exit(publish(store, root).pipe(Effect.provideService(BeforeChange, fail)))
          if (failed === undefined) steps = step
          const seen = yield* observePublished(store, miniId)
          const error = Exit.findErrorOption(exit)
          if (Option.isSome(error)) {
            assert.strictEqual(error.value._tag, "IoDurability")
            if (error.value._tag === "IoDurability") {
              assert.strictEqual(error.value.errno, "ENOSPC")
              assert.match(error.value.hint ?? "", /free space/)
            }
            // A rename that is done stays done if the fsync after it fails: the next run makes it durable.
            if (seen.state === "absent") assert.deepStrictEqual([...servedFiles(store.path).keys()], [])
            else assert.strictEqual(failed, "sync")
          } else assert.strictEqual(seen.state, "present")
          if (seen.state === "present") assert.deepStrictEqual(servedFiles(store.path), expected)
          fs.rmSync(store.path, { recursive: true })
        }
      }),
    60_000
  )

  it.effect("88: removes stages of killed runs, also beside it, but no folder it does not know", () =>
    Effect.gen(function* () {
      const [store, root] = [yield* newStore, yield* openMiniRoot]
      const folder = join(store.path, "release=110/species=synthetica_minima")
      const stages = [".assembly=SM1.0.stage-0123456789abcdef", ".assembly=Other.stage-0123456789abcdef"]
      for (const name of [...stages, "assembly=Other", ".keep"]) fs.mkdirSync(join(folder, name), { recursive: true })
      yield* publish(store, root)
      assert.deepStrictEqual(fs.readdirSync(folder).toSorted(), [".keep", "assembly=Other", "assembly=SM1.0"])
    })
  )

  it.effect("tells each publish in the history before it is made", () =>
    Effect.gen(function* () {
      const { store, outcome } = yield* published
      const { events, problems } = yield* readHistory(store)
      assert.deepStrictEqual(problems, [])
      assert.strictEqual(events.length, 1)
      const { at, host, ...event } = events[0]!
      assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assert.isAbove(host.length, 0)
      assert.deepStrictEqual(event, {
        atlas: "store-event/1",
        n: 1,
        actor: "tester",
        action: "publish",
        dataset: { ...miniId },
        before: null,
        after: outcome.value,
        previous: null
      })
    })
  )
})
