/** The life of a catalog by the command line: who may change it, when, and what is told. */
import * as fs from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { catalogJson, entryOf, readCatalog } from "../../../../plugins/atlas/format/catalog/catalog.ts"
import { readHistory } from "../../../../plugins/atlas/format/store/history.ts"
import type { ServingStore } from "../../../../plugins/atlas/format/store/serving-store.ts"
import { latestIn, releaseOf, servedIn, storeWith } from "../format/catalog/releases.ts"
import { filesOf, hasGolden, memoryFolder, servedFiles, temporaryFolder } from "../format/store/golden-root.ts"
import { documentOf, goodDocumentOf, idFlags, run, runHere, startNode } from "./program.ts"

const of = (release: string) => idFlags(release, "synthetica_minima", "SM1.0")
const kind = ["--species", "synthetica_minima", "--assembly", "SM1.0"]
const at = (store: ServingStore) => ["--store-root", store.path]

const catalogWith = (...releases: ReadonlyArray<string>): string => {
  const path = join(temporaryFolder(), "new.json")
  fs.writeFileSync(path, catalogJson(releases.map((release) => entryOf(releaseOf(release)))))
  return path
}

const codeOf = (document: { readonly ok: boolean; readonly error?: { readonly code: string } | undefined }) => document.error?.code

const expectFlag = (store: ServingStore) => Effect.map(readCatalog(store), ({ sha256 }) => (sha256 === null ? "none" : `sha256:${sha256}`))

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("a catalog's commands", () => {
  it.effect("keep an embargo, and tell who set it and until when", () =>
    Effect.gen(function* () {
      const store = yield* storeWith([], ["9"])
      const embargo = ["catalog", "embargo", ...at(store), ...of("9"), "--json"]
      const reason = ["--because", "paper", "--actor", "ann"]
      const set = goodDocumentOf("dataset-catalog-embargo/1", yield* runHere([...embargo, "--until", "2999-01-01", ...reason]))
      assert.deepInclude(set, { changed: true, until: "2999-01-01", before: null })
      const promote = (...more: ReadonlyArray<string>) => runHere(["catalog", "promote", ...at(store), ...of("9"), ...more, "--json"])
      const refused = yield* promote()
      assert.strictEqual(refused.code, 1)
      const document = documentOf("dataset-catalog-promote/1", refused)
      assert.strictEqual(codeOf(document), "EMBARGOED")
      if (!document.ok) assert.deepInclude(document.error?.details, { until: "2999-01-01", by: "ann", because: "paper" })
      const text = yield* runHere(["catalog", "promote", ...at(store), ...of("9")])
      assert.include(text.stderr, "9/synthetica_minima/SM1.0 is embargoed: it may be promoted from 2999-01-01 on")
      assert.strictEqual((yield* promote("--now", "2999-01-01", "--embargo-until", "2999-02-01")).code, 1)
      const done = goodDocumentOf("dataset-catalog-promote/1", yield* promote("--now", "2999-01-01"))
      assert.deepStrictEqual([done.changed, done.findings], [true, []])
      const again = goodDocumentOf("dataset-catalog-promote/1", yield* promote())
      assert.deepStrictEqual([again.changed, again.findings.map(({ name }) => name)], [false, ["embargoed-entry"]])
      const lifted = goodDocumentOf("dataset-catalog-embargo/1", yield* runHere([...embargo, "--lift", ...reason]))
      assert.deepInclude(lifted, { changed: true, until: null, before: "2999-01-01" })
      assert.deepStrictEqual(goodDocumentOf("dataset-catalog-promote/1", yield* promote()).findings, [])
    })
  )

  it.effect("refuse what is no day, and what contradicts itself, before anything is touched", () =>
    Effect.gen(function* () {
      const store = yield* storeWith([], ["9"])
      const files = filesOf(store.path)
      const lines: ReadonlyArray<ReadonlyArray<string>> = [
        ["catalog", "promote", ...of("9"), "--now", "2027-02-30"],
        ["catalog", "promote", ...of("9"), "--embargo-until", "soon"],
        ["catalog", "promote", ...of("9"), "--expect", "abc"],
        ["catalog", "embargo", ...of("9"), "--because", "b"],
        ["catalog", "embargo", ...of("9"), "--because", "b", "--until", "2027-01-01", "--lift"],
        ["catalog", "embargo", ...of("9"), "--until", "2027-01-01"],
        ["catalog", "alias", ...kind, "--release", "9", "--remove"],
        ["catalog", "history", "--release", "9"],
        ["diff", ...kind, "--from-release", "9", "--to-release", "9", "--root", "x"],
        ["diff", ...kind, "--from-release", "9", "--to-release", "9", "--from-root", "x", "--to-root", "y"],
        ["diff", ...kind, "--from-release", "9", "--to-release", "9", "--max-inline-items", "-1"]
      ]
      for (const line of lines) assert.strictEqual((yield* runHere([...line, ...at(store)])).code, 2, line.join(" "))
      assert.strictEqual((yield* runHere(["diff", ...kind, "--from-release", "9", "--to-release", "9"])).code, 2)
      assert.deepStrictEqual(filesOf(store.path), files)
    })
  )

  it.effect("publish a whole catalog in place of the one that is named", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["8", "9"], ["10"])
      const publish = (...more: ReadonlyArray<string>) =>
        runHere(["catalog", "publish", ...at(store), "--catalog", catalogWith("9", "10"), ...more, "--json"])
      assert.strictEqual(codeOf(documentOf("dataset-catalog-publish/1", yield* publish())), "CATALOG_SHRINKS")
      assert.strictEqual(codeOf(documentOf("dataset-catalog-publish/1", yield* publish("--expect", "none"))), "CATALOG_CHANGED")
      const validated = goodDocumentOf("dataset-catalog-validate/1", yield* runHere(["catalog", "validate", ...at(store), "--json"]))
      const expect = ["--expect", `sha256:${validated.catalogSha256}`]
      const dry = goodDocumentOf("dataset-catalog-publish/1", yield* publish(...expect, "--dry-run"))
      assert.deepStrictEqual(yield* servedIn(store), ["8", "9"])
      const done = goodDocumentOf("dataset-catalog-publish/1", yield* publish(...expect, "--because", "superseded"))
      assert.deepStrictEqual({ ...done, dryRun: true }, dry)
      assert.deepStrictEqual([done.added.map(({ release }) => release), done.removed.map(({ release }) => release)], [["10"], ["8"]])
      assert.deepStrictEqual(yield* servedIn(store), ["10", "9"])
    })
  )

  it.effect("point aliases to the highest release by number, and tell that the reference's server takes another", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9", "10"])
      const alias = (...more: ReadonlyArray<string>) => runHere(["catalog", "alias", ...at(store), ...kind, ...more, "--json"])
      const first = goodDocumentOf("dataset-catalog-alias/1", yield* alias())
      assert.deepInclude(first, {
        alias: "latest",
        changed: true,
        dataset: { release: "10", species: "synthetica_minima", assembly: "SM1.0" }
      })
      assert.deepStrictEqual(
        first.findings.map(({ name, severity, at }) => [name, severity, at]),
        [["string-order-latest", "warning", "synthetica_minima/SM1.0"]]
      )
      const late = documentOf("dataset-catalog-alias/1", yield* alias("--release", "9", "--expect-release", "8"))
      assert.strictEqual(codeOf(late), "ALIAS_CHANGED")
      assert.strictEqual(yield* latestIn(store), "10")
      assert.isTrue(goodDocumentOf("dataset-catalog-alias/1", yield* alias("--release", "9", "--expect-release", "10")).changed)
      assert.strictEqual(yield* latestIn(store), "9")
      assert.deepInclude(goodDocumentOf("dataset-catalog-alias/1", yield* alias("--remove")), { changed: true, dataset: null })
      assert.deepInclude(goodDocumentOf("dataset-catalog-alias/1", yield* alias("--remove")), { changed: false, dataset: null })
      const none = yield* runHere(["catalog", "alias", ...at(store), "--species", "homo_sapiens", "--assembly", "A", "--json"])
      assert.strictEqual(codeOf(documentOf("dataset-catalog-alias/1", none)), "ALIAS_NOT_PROMOTED")
    })
  )

  it.effect("tell all that is wrong with a store at once, as findings", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9", "10"])
      fs.rmSync(join(store.path, "release=9"), { recursive: true })
      const validate = ["catalog", "validate", ...at(store)]
      const rejected = yield* runHere([...validate, "--json"])
      assert.strictEqual(rejected.code, 1)
      const document = documentOf("dataset-catalog-validate/1", rejected)
      assert.deepStrictEqual(
        document.findings.map(({ name, severity }) => [name, severity]),
        [
          ["missing-dataset", "error"],
          ["string-order-latest", "warning"]
        ]
      )
      const text = yield* runHere(validate)
      assert.include(text.stdout, "✗ rejected catalog")
      assert.strictEqual((yield* runHere(["catalog", "validate", join(store.path, "catalog.json")])).code, 0)
    })
  )

  it.effect("tell who did what, when and where", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["9", "10"])
      const take = ["--because", "wrong genome", "--actor", "ann"]
      yield* runHere(["catalog", "retire", ...at(store), ...of("9"), ...take])
      const history = ["catalog", "history", ...at(store)]
      const { events } = goodDocumentOf("dataset-catalog-history/1", yield* runHere([...history, ...of("9"), "--json"]))
      assert.deepStrictEqual(
        events.map(({ action }) => action),
        ["publish", "promote", "retire"]
      )
      assert.deepInclude(events.at(-1), { actor: "ann", host: hostname(), because: "wrong genome", after: null })
      const { stdout } = yield* runHere(history)
      assert.match(stdout, new RegExp(`5 {2}\\S+Z {2}ann@${hostname()} +retire {2}9/synthetica_minima/SM1.0 +wrong genome\n`))
    })
  )
})

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("two processes that change one catalog", () => {
  it.live("have one winner, and the other is told, when both name the catalog they have seen", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["8"], ["9", "10"])
      const expect = ["--expect", yield* expectFlag(store)]
      const both = yield* Effect.all(
        [
          run("catalog", "promote", ...at(store), ...of("9"), ...expect, "--json"),
          run("catalog", "publish", ...at(store), "--catalog", catalogWith("10", "8"), ...expect, "--json")
        ],
        { concurrency: 2 }
      )
      assert.deepStrictEqual(both.map(({ code }) => code).toSorted(), [0, 1], both.map(({ stdout }) => stdout).join())
      const loser = both.find(({ code }) => code === 1)
      assert.strictEqual((JSON.parse(loser?.stdout ?? "{}") as { error?: { code?: string } }).error?.code, "CATALOG_CHANGED")
      assert.deepStrictEqual(yield* servedIn(store), both[0].code === 0 ? ["8", "9"] : ["10", "8"])
      assert.deepStrictEqual((yield* readHistory(store)).problems, [])
    })
  )

  it.live("lose nothing of each other when they only add", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(["8"], ["9", "10"])
      yield* Effect.all(
        ["9", "10"].map((release) => run("catalog", "promote", ...at(store), ...of(release))),
        { concurrency: 2 }
      )
      assert.deepStrictEqual(yield* servedIn(store), ["10", "8", "9"])
    })
  )
})

const stepwise = fileURLToPath(new URL("stepwise.ts", import.meta.url))

describe.skipIf(!hasGolden("mini/in/genes.gff3"))("a catalog's command that is killed", () => {
  it.live(
    "before any change of the file system leaves a catalog that is valid, old or new, and does its work the next time",
    () =>
      Effect.gen(function* () {
        const file = catalogWith("9", "10")
        const original = yield* storeWith(["8", "9"], ["10"], memoryFolder())
        const expect = ["--expect", yield* expectFlag(original)]
        const line = (store: string) => ["catalog", "publish", "--store-root", store, "--catalog", file, ...expect, "--digest"]
        const copy = () => {
          const folder = memoryFolder()
          fs.cpSync(original.path, folder, { recursive: true })
          return folder
        }
        const whole = copy()
        const unkilled = yield* Effect.promise(() => startNode([stepwise, "-1", ...line(whole)]).ended)
        assert.strictEqual(unkilled.code, 0, unkilled.stderr)
        const steps = Number(/changes (\d+)/.exec(unkilled.stderr)?.[1])
        assert.isAbove(steps, 15)
        for (let step = 0; step < steps; step++) {
          const folder = copy()
          const killed = yield* Effect.promise(() => startNode([stepwise, String(step), ...line(folder)]).ended)
          assert.strictEqual(killed.signal, "SIGKILL")
          assert.strictEqual((yield* runHere(["catalog", "validate", "--store-root", folder])).code, 0, `step ${step}`)
          assert.strictEqual((yield* runHere(line(folder))).code, 0, `step ${step}`)
          assert.deepStrictEqual(servedFiles(folder), servedFiles(whole), `step ${step}`)
          fs.rmSync(folder, { recursive: true })
        }
      }),
    240_000
  )
})
