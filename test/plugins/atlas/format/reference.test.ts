/** What the reference wrote is read here: accepted with its known ways told, and what is damaged in it found and named. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { layout } from "../../../../plugins/atlas/format/artifact/layout.ts"
import { openBuildRoot, openDatasetFiles } from "../../../../plugins/atlas/format/build-root.ts"
import { promote } from "../../../../plugins/atlas/format/catalog/promote.ts"
import type { DatasetId } from "../../../../plugins/atlas/format/dataset-id.ts"
import { inspect } from "../../../../plugins/atlas/format/inspect.ts"
import { pack } from "../../../../plugins/atlas/format/pack/pack.ts"
import { verifyPack } from "../../../../plugins/atlas/format/pack/verify.ts"
import { observePublished } from "../../../../plugins/atlas/format/store/observe.ts"
import { publish } from "../../../../plugins/atlas/format/store/publish.ts"
import { openServingStore } from "../../../../plugins/atlas/format/store/serving-store.ts"
import { validate } from "../../../../plugins/atlas/format/validate.ts"
import { remake } from "../../../../plugins/atlas/format/proof/remake.ts"
import { verify, verifyFindings } from "../../../../plugins/atlas/format/verify.ts"
import { mini, miniShards, packOf, publishedMini, recorded, type Recorded, writeRoot, writeStore } from "../../../interop/golden.ts"

const scratch = mkdtempSync(join(tmpdir(), "atlas reference-"))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const folder = () => mkdtempSync(join(scratch, "x-"))

const idOf = ({ id }: Recorded) => id as DatasetId

type Told = ReadonlyArray<{ readonly name: string; readonly at: string; readonly message: string }>

const isError = ({ name }: { readonly name: string }) => verifyFindings[name as keyof typeof verifyFindings].severity === "error"

const names = (problems: Told) => [...new Set(problems.map(({ name }) => name))].sort()

const told = (problems: Told) => problems.map(({ name, at, message }) => `${name} ${at} ${message}`).join("\n")

const rootOf = (run: Recorded) => Effect.suspend(() => openBuildRoot(writeRoot(run, folder())))

const filesBelow = (top: string): ReadonlyArray<string> =>
  readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(top.length + 1))
    .sort()

/** Flips a bit at each place in turn, and puts the file back. */
const flipping = <E, R>(path: string, places: ReadonlyArray<number>, look: (at: number) => Effect.Effect<void, E, R>) =>
  Effect.gen(function* () {
    const good = readFileSync(path)
    for (const at of places) {
      const bad = Buffer.from(good)
      bad[at] = (bad[at] ?? 0) ^ 1
      writeFileSync(path, bad)
      yield* look(at)
    }
    writeFileSync(path, good)
  })

const ends = (path: string): ReadonlyArray<number> => {
  const { length } = readFileSync(path)
  return [0, length >> 1, length - 1]
}

describe("a build root of the reference", () => {
  it.effect.each(recorded.map((run) => [run.name, run] as const))(
    "%s is accepted as far as its content allows, and its ways are told",
    ([, run]) =>
      Effect.gen(function* () {
        const root = yield* rootOf(run)
        const report = yield* verify(root, idOf(run), { deep: true, remake })
        const errors = report.problems.filter(isError)
        // What its own validate and publish refuse: thresholds and gates, not damage.
        assert.deepStrictEqual(
          errors.filter(({ name }) => name !== "qc-threshold" && !name.startsWith("gate-")),
          [],
          told(errors)
        )
        assert.strictEqual(errors.length === 0, run.publishable, told(errors))
        assert.deepStrictEqual([report.provenance?.writer, report.provenance?.dialect], ["bijux-atlas", run.dialect])
        const ways = names(report.problems).filter((name) => name.startsWith("reference-"))
        assert.includeMembers(ways, ["reference-writer", "reference-lock", "reference-journal"])
        // Every table of it, from its inputs, by the ruleset that it has.
        assert.strictEqual(report.proven.find((p) => p.what === "tables")?.count, 11)
        assert.isTrue(report.proven.every((p) => p.ms >= 0) && report.ms >= 0)
        assert.notInclude(ways, "not-remade")
        assert.include(
          report.unproven.map(({ at }) => at),
          layout.lock
        )
      })
  )

  it.effect("has its signature told, which its own deep verification refuses, where there are transcripts", () =>
    Effect.gen(function* () {
      for (const run of recorded) {
        const root = yield* rootOf(run)
        const { rows, problems } = yield* validate(root, idOf(run))
        assert.strictEqual(names(problems).includes("reference-signature"), (rows?.transcripts ?? 0) > 0, run.name)
      }
    })
  )

  it.effect.each([mini, publishedMini, miniShards].map((run) => [run.name, run] as const))(
    "%s shows one flipped bit in any of its files by name",
    ([, run]) =>
      Effect.gen(function* () {
        const top = folder()
        const root = yield* openBuildRoot(writeRoot(run, top))
        // Time and paths in it are told twice nowhere; a frame of zstd has bits that mean nothing.
        const uncovered = new Set(["_ingest_inputs/inputs.lock.json", `${run.dataset}/derived/normalized_features.jsonl.zst`])
        for (const path of filesBelow(top)) {
          if (uncovered.has(path)) continue
          const inside = path.startsWith(run.dataset) ? path.slice(run.dataset.length + 1) : path
          yield* flipping(join(top, path), ends(join(top, path)), (at) =>
            Effect.gen(function* () {
              const errors = (yield* verify(root, idOf(run), { deep: true })).problems.filter(isError)
              assert.include(told(errors), inside, `${path} byte ${at}: ${told(errors)}`)
            })
          )
        }
      }),
    240_000
  )

  it.effect.each([mini, publishedMini].map((run) => [run.name, run] as const))(
    "%s shows a changed value of any field of its manifest, though nothing locks it",
    ([, run]) =>
      Effect.gen(function* () {
        const root = yield* rootOf(run)
        const path = root.file("manifest")
        const text = readFileSync(path, "latin1")
        // The last character of every value, and the released form's two fields that nothing names.
        const places = [...text.matchAll(/[0-9A-Za-z.)](?="?[,}])/g)].map((match) => match.index)
        const silent = new Set<string>()
        yield* flipping(path, places, (at) =>
          Effect.gen(function* () {
            const { problems } = yield* verify(root, idOf(run), { deep: true })
            const field = [...text.slice(0, at).matchAll(/"([a-z_0-9]+)":(?:"[^"]*)?$/g)].at(-1)?.[1] ?? `${at}`
            if (!problems.some(isError)) silent.add(field)
          })
        )
        assert.isAbove(places.length, 25)
        assert.deepStrictEqual([...silent].sort(), run.dialect === "main" ? [] : ["ingest_build_hash", "ingest_toolchain"])
      }),
    240_000
  )

  it.effect("that lacks a file which its ingest writes is refused", () =>
    Effect.gen(function* () {
      for (const run of [mini, publishedMini]) {
        const root = yield* rootOf(run)
        for (const role of ["gff3", "qc", "anomalyReport", "geneIndex", "sqlite"] as const) {
          const good = readFileSync(root.file(role))
          rmSync(root.file(role))
          const { problems } = yield* validate(root, idOf(run))
          assert.isTrue(
            problems.some(({ name, at }) => name === "file-missing" && at === layout[role]),
            `${run.name} ${role}`
          )
          writeFileSync(root.file(role), good)
        }
      }
    })
  )

  it.effect("that calls itself ours is held to our rules", () =>
    Effect.gen(function* () {
      const root = yield* rootOf(mini)
      const manifest = readFileSync(root.file("manifest"), "utf8")
      writeFileSync(root.file("manifest"), manifest.replace(/"software_version":"[^"]*"/, '"software_version":"atlas-run 0.1.0"'))
      const { problems } = yield* validate(root, idOf(mini))
      assert.isTrue(problems.some(({ name, at }) => name === "file-missing" && at === layout.lock))
    })
  )

  it.effect("in shards has each shard's rows held against the database", () =>
    Effect.gen(function* () {
      const root = yield* rootOf(miniShards)
      const report = yield* verify(root, idOf(miniShards), { deep: true })
      assert.deepStrictEqual(report.problems.filter(isError), [])
      assert.deepInclude(
        report.proven.find((p) => p.what === "shards"),
        { count: 2, rows: 32 }
      )
      assert.strictEqual(report.proven.find((p) => p.what === "records")?.count, 24)
      cpSync(root.file("sqlite"), join(root.path, "derived/gene_summary.chrOld.sqlite"))
      const shard = new DatabaseSync(join(root.path, "derived/gene_summary.p001.sqlite"))
      shard.exec("UPDATE gene_summary SET biotype = 'x' WHERE id = 1")
      shard.close()
      const damaged = (yield* verify(root, idOf(miniShards), { deep: true })).problems
      assert.isTrue(
        damaged.some(({ name, at }) => name === "shard-mismatch" && at === "derived/gene_summary.p001.sqlite"),
        told(damaged)
      )
      assert.isTrue(
        damaged.some(({ name, at }) => name === "reference-shards" && at === "derived/gene_summary.chrOld.sqlite"),
        told(damaged)
      )
    })
  )

  it.effect("is published and promoted here, with the lock that its ingest does not write", () =>
    Effect.gen(function* () {
      for (const run of [mini, publishedMini]) {
        const root = yield* rootOf(run)
        const store = yield* openServingStore(join(folder(), "store"), { create: true })
        const { files, value } = yield* publish(store, root)
        assert.includeMembers(
          files.map(({ path }) => path),
          [layout.lock, layout.fasta, layout.fai, layout.geneIndex, "derived/store_inventory.json"]
        )
        // What its publish would have locked: the same bytes.
        assert.strictEqual(
          readFileSync(join(store.path, run.dataset, layout.lock), "utf8"),
          readFileSync(join(run.at, "store", run.dataset, layout.lock), "utf8")
        )
        assert.deepInclude(yield* observePublished(store, idOf(run)), { state: "present", value, quirks: [] })
        assert.isTrue((yield* promote(store, idOf(run))).changed)
        assert.isFalse((yield* publish(store, root)).changed)
        const published = yield* openDatasetFiles(join(store.path, run.dataset))
        const report = yield* verify(published, idOf(run), { deep: true, remake })
        assert.deepStrictEqual(report.problems.filter(isError), [], told(report.problems))
      }
    })
  )
})

describe("a store of the reference", () => {
  it.effect.each([mini, publishedMini, miniShards].map((run) => [run.name, run] as const))(
    "%s is taken as it is, and its ways are told",
    ([, run]) =>
      Effect.gen(function* () {
        const top = folder()
        const published = yield* openDatasetFiles(writeStore(run, top))
        const report = yield* verify(published, idOf(run), { deep: true, remake })
        assert.deepStrictEqual(report.problems.filter(isError), [], told(report.problems))
        assert.includeMembers(names(report.problems), ["reference-writer", "reference-inventory", "reference-companions"])
        assert.strictEqual(names(report.problems).includes("reference-lifecycle"), run.dialect === "main")
        assert.includeMembers(
          report.unproven.map(({ at }) => at),
          [layout.gff3, layout.fasta]
        )
        const store = yield* openServingStore(top)
        const live = yield* observePublished(store, idOf(run))
        assert.strictEqual(live.state, "present")
        assert.isFalse((yield* promote(store, idOf(run))).changed)
        const { inspected, problems, quirks = [] } = yield* inspect(top)
        assert.deepStrictEqual([inspected.kind, problems], ["serving-store", []])
        assert.sameMembers(
          quirks.map(({ name }) => name),
          ["reference-writer", "reference-latest-alias"]
        )
      })
  )

  it.effect.each([mini, publishedMini].map((run) => [run.name, run] as const))(
    "%s shows one flipped bit in any file of a dataset by name",
    ([, run]) =>
      Effect.gen(function* () {
        const top = folder()
        const at = writeStore(run, top)
        const store = yield* openServingStore(top)
        for (const path of filesBelow(at))
          yield* flipping(join(at, path), ends(join(at, path)), (byte) =>
            Effect.gen(function* () {
              const live = yield* observePublished(store, idOf(run))
              const problems = live.state === "damaged" ? live.problems : []
              assert.include(problems.map((p) => `${p.path} ${p.message}`).join("\n"), path, `${path} byte ${byte}`)
              assert.strictEqual((yield* Effect.flip(promote(store, idOf(run))))._tag, "PublishedDamaged")
            })
          )
      }),
    120_000
  )

  it.effect("shows a file that is missing, one that was added, and what a killed publish left", () =>
    Effect.gen(function* () {
      const top = folder()
      const at = writeStore(mini, top)
      const store = yield* openServingStore(top)
      writeFileSync(join(at, "derived/.publish.lock"), "")
      const live = yield* observePublished(store, idOf(mini))
      assert.isTrue(live.state === "present" && live.quirks.some(({ name }) => name === "reference-leftover"))
      writeFileSync(join(at, "derived/notes.txt"), "")
      rmSync(join(at, layout.lock))
      const damaged = yield* observePublished(store, idOf(mini))
      assert.deepStrictEqual(damaged.state === "damaged" ? damaged.problems.map(({ path }) => path).sort() : [], [
        layout.lock,
        "derived/notes.txt"
      ])
    })
  )

  it.effect("takes the companions that its publish forgets, if they are those of the manifest", () =>
    Effect.gen(function* () {
      const top = folder()
      const at = writeStore(mini, top)
      const store = yield* openServingStore(top)
      mkdirSync(join(at, "inputs"))
      cpSync(mini.inputs.fasta, join(at, layout.fasta))
      cpSync(mini.inputs.fai, join(at, layout.fai))
      cpSync(join(mini.at, "root", mini.dataset, layout.geneIndex), join(at, layout.geneIndex))
      const live = yield* observePublished(store, idOf(mini))
      assert.isTrue(live.state === "present" && !live.quirks.some(({ name }) => name === "reference-companions"))
      cpSync(mini.inputs.fai, join(at, layout.fasta))
      const damaged = yield* observePublished(store, idOf(mini))
      assert.deepStrictEqual(damaged.state === "damaged" ? damaged.problems.map(({ path }) => path) : [], [layout.fasta])
    })
  )
})

describe("a pack of the reference", () => {
  it.effect.each(recorded.filter((run) => packOf(run) !== undefined).map((run) => [run.name, run] as const))(
    "%s is the bytes that pack writes here, and who wrote its dataset is told",
    ([, run]) =>
      Effect.gen(function* () {
        const bytes = packOf(run)!
        const path = join(folder(), "theirs.tar")
        writeFileSync(path, bytes)
        const { writtenBy, dataset } = yield* verifyPack(path)
        assert.deepStrictEqual([writtenBy.writer, writtenBy.dialect], ["bijux-atlas", run.dialect])
        assert.deepStrictEqual({ ...dataset }, { ...run.id })
        const out = join(folder(), "ours.tar")
        yield* pack(yield* rootOf(run), out)
        assert.isTrue(readFileSync(out).equals(bytes), "pack of the same root")
      })
  )

  it.effect("of the released form shows one flipped bit in every header and member", () =>
    Effect.gen(function* () {
      const path = join(folder(), "p.tar")
      const bytes = packOf(publishedMini)!
      writeFileSync(path, bytes)
      const places = Array.from({ length: 200 }, (_, i) => Math.floor((i * bytes.length) / 200))
      yield* flipping(path, [...places, bytes.length - 1], (at) =>
        Effect.map(Effect.result(verifyPack(path)), (result) => assert.strictEqual(result._tag, "Failure", `byte ${at}`))
      )
    })
  )
})
