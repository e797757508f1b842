/** One bit flipped in every file of a build root, of a store and of a pack, in turn: found by the command that proves it, and named. */
import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { filesBelow, idFlags, runHere, sample, scratch } from "./program.ts"

const ids = idFlags("1", "phix174", "NC_001422.1")

const good = (argv: ReadonlyArray<string>) =>
  Effect.map(runHere(argv), ({ code, stdout, stderr }) => assert.strictEqual(code, 0, `${argv.join(" ")}: ${stdout}${stderr}`))

const made = Effect.gen(function* () {
  const top = scratch()
  const [build, store, pack] = [join(top, "build"), join(top, "store"), join(top, "dataset.tar")]
  const inputs = ["--gff3", sample("phix174/NC_001422.1.gff3.gz"), "--fasta", sample("phix174/NC_001422.1.fa")]
  const at = ["--store-root", store]
  yield* good(["ingest", ...inputs, ...ids, "--output-root", build])
  yield* good(["publish", "--source-root", build, ...at, ...ids])
  yield* good(["catalog", "promote", ...at, ...ids])
  yield* good(["catalog", "alias", ...at, ...ids])
  yield* good(["catalog", "latest-alias-update", ...at, ...ids])
  yield* good(["pack", ...at, "--out", pack, ...ids])
  return { build, store, pack }
})

/** Runs `look` with a bit flipped at the start, in the middle and at the end of each file, and puts the file back. */
const flipping = (folder: string, look: (path: string, at: number) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    for (const path of filesBelow(folder).keys()) {
      // Locks hold nothing: whom they keep out is the kernel's knowledge.
      if (path.startsWith(".atlas/lock")) continue
      const bytes = fs.readFileSync(join(folder, path))
      for (const at of new Set([0, bytes.length >> 1, bytes.length - 1])) {
        if (at < 0) continue
        const bad = Buffer.from(bytes)
        bad[at] = (bad[at] ?? 0) ^ 1
        fs.writeFileSync(join(folder, path), bad)
        yield* look(path, at)
      }
      fs.writeFileSync(join(folder, path), bytes)
    }
  })

const named = (argv: ReadonlyArray<string>, path: string, at: number, names: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { code, stdout, stderr } = yield* runHere([...argv, "--json"])
    // What the history tells of who did what is no part of what is served: its damage is told as a warning.
    if (!path.startsWith(".atlas/history/")) assert.notStrictEqual(code, 0, `${path} byte ${at}: ${stdout}`)
    assert.isTrue(
      names.some((name) => `${stdout}${stderr}`.includes(name)),
      `${path} byte ${at}: ${stdout}${stderr}`
    )
  })

describe("a flipped bit", () => {
  it.effect("in any file of a build root is found by validate and by verify --deep, which name the file", () =>
    Effect.gen(function* () {
      const { build } = yield* made
      for (const command of [["validate"], ["verify", "--deep"]])
        yield* flipping(build, (path, at) => named([...command, "--root", build, ...ids], path, at, [path.split("/").slice(3).join("/")]))
    })
  )

  it.effect("in any file of a store is found by catalog validate, which names the file", () =>
    Effect.gen(function* () {
      const { store } = yield* made
      yield* good(["catalog", "validate", "--store-root", store])
      yield* flipping(store, (path, at) =>
        named(["catalog", "validate", "--store-root", store], path, at, [path, path.split("/").slice(3).join("/")])
      )
    })
  )

  it.effect("in any block of a pack is found by verify-pack", () =>
    Effect.gen(function* () {
      const { pack } = yield* made
      const bytes = fs.readFileSync(pack)
      for (let at = 0; at < bytes.length; at += 509) {
        const bad = Buffer.from(bytes)
        bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8))
        fs.writeFileSync(pack, bad)
        yield* named(["verify-pack", "--pack", pack], "dataset.tar", at, ["dataset.tar", "manifest", "gene_summary"])
      }
    })
  )
})
