/** Replacing a build root: whatever fails and whenever, the old one or the new one is there, and nothing beside it. */
import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { placeBuildRoot } from "../../../../plugins/atlas/cli/staged-root.ts"
import type { DatasetId } from "../../../../plugins/atlas/format/dataset-id.ts"
import { BeforeChange, type Change, ioDurability } from "../../../../plugins/atlas/format/durable.ts"
import { filesBelow, scratch } from "./program.ts"

const id = { release: "1", species: "testus", assembly: "T1" } as DatasetId
const place = "release=1/species=testus/assembly=T1"

const building = (text: string) => (folder: string) =>
  Effect.sync(() => {
    fs.mkdirSync(folder)
    fs.writeFileSync(join(folder, "a"), text)
    return text
  })

const content = (root: string): Record<string, string> => (fs.existsSync(root) ? Object.fromEntries(filesBelow(root)) : {})

describe("a build root is put in its place", () => {
  it.effect("and replaces the one that was there", () =>
    Effect.gen(function* () {
      const root = join(scratch(), "new/build")
      const first = yield* placeBuildRoot(root, id, building("one"))
      assert.deepStrictEqual(first, { built: "one", place: join(root, place), replaced: false })
      const second = yield* placeBuildRoot(root, id, building("two"))
      assert.isTrue(second.replaced)
      assert.deepStrictEqual(content(root), { [`${place}/a`]: "two" })
      assert.deepStrictEqual(fs.readdirSync(join(root, "release=1/species=testus")), ["assembly=T1"])
    })
  )

  it.effect("not at all if the building fails: folders made for it are gone, those that were there stay", () =>
    Effect.gen(function* () {
      const top = scratch()
      const failing = (folder: string) => Effect.andThen(building("half")(folder), Effect.fail("no" as const))
      assert.strictEqual(yield* Effect.flip(placeBuildRoot(join(top, "x/build"), id, failing)), "no")
      assert.deepStrictEqual(fs.readdirSync(top), [])
      fs.mkdirSync(join(top, "build"))
      yield* Effect.flip(placeBuildRoot(join(top, "build"), id, failing))
      assert.deepStrictEqual(fs.readdirSync(top), ["build"])
      assert.deepStrictEqual(fs.readdirSync(join(top, "build")), [])
    })
  )

  it.effect("not at all if it is interrupted", () =>
    Effect.gen(function* () {
      const root = join(scratch(), "build")
      yield* placeBuildRoot(root, id, building("old"))
      const begun = yield* Deferred.make<void>()
      const fiber = yield* Effect.forkChild(
        placeBuildRoot(root, id, (folder) =>
          building("half")(folder).pipe(Effect.andThen(Deferred.succeed(begun, undefined)), Effect.andThen(Effect.never))
        )
      )
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(content(root), { [`${place}/a`]: "old" })
      assert.deepStrictEqual(fs.readdirSync(join(root, "release=1/species=testus")), ["assembly=T1"])
    })
  )

  it.effect("or the old one stays, whichever change of the file system fails", () =>
    Effect.gen(function* () {
      const changes: Array<Change> = []
      const counting = (change: Change) => Effect.sync(() => void changes.push(change))
      const clean = join(scratch(), "build")
      yield* placeBuildRoot(clean, id, building("old"))
      yield* placeBuildRoot(clean, id, building("new")).pipe(Effect.provideService(BeforeChange, counting))
      assert.isAtLeast(changes.length, 6)
      const seen = new Set<string>()
      for (let at = 0; at < changes.length; at++) {
        const root = join(scratch(), "build")
        yield* placeBuildRoot(root, id, building("old"))
        let left = at
        // Removing fails for one moment only, so that the end may still clear up.
        const failing = (change: Change, path: string) =>
          left-- === 0 ? Effect.fail(ioDurability(change, path, { code: "ENOSPC" })) : Effect.void
        const exit = yield* Effect.exit(placeBuildRoot(root, id, building("new")).pipe(Effect.provideService(BeforeChange, failing)))
        const there = content(root)[`${place}/a`]
        seen.add(`${Exit.isSuccess(exit) ? "succeeds" : "fails"} ${there}`)
        assert.include(["old", "new"], there, `change ${at}, ${changes[at]}`)
        if (Exit.isSuccess(exit)) assert.strictEqual(there, "new")
        // What a failed removal left is cleared by the next run.
        yield* placeBuildRoot(root, id, building("next"))
        assert.deepStrictEqual(content(root), { [`${place}/a`]: "next" })
      }
      assert.isTrue(seen.has("fails old"))
    })
  )

  it.effect("by the next run, if one was killed between the two renames", () =>
    Effect.gen(function* () {
      const root = join(scratch(), "build")
      yield* placeBuildRoot(root, id, building("old"))
      const species = join(root, "release=1/species=testus")
      const work = join(species, ".assembly=T1.ingest-0123456789abcdef")
      fs.mkdirSync(join(work, "new"), { recursive: true })
      fs.renameSync(join(species, "assembly=T1"), join(work, "old"))
      fs.mkdirSync(join(species, ".assembly=T1.ingest-fedcba9876543210.new"))
      const failing = () => Effect.fail("no" as const)
      yield* Effect.flip(placeBuildRoot(root, id, failing))
      assert.deepStrictEqual(content(root), { [`${place}/a`]: "old" })
      assert.deepStrictEqual(fs.readdirSync(species), ["assembly=T1"])
    })
  )

  it.effect("beside the work of another run that is alive, which is left alone", () =>
    Effect.gen(function* () {
      const root = join(scratch(), "build")
      const begun = yield* Deferred.make<void>()
      const go = yield* Deferred.make<void>()
      const slow = yield* Effect.forkChild(
        placeBuildRoot(root, id, (folder) =>
          building("slow")(folder).pipe(Effect.tap(Deferred.succeed(begun, undefined)), Effect.tap(Deferred.await(go)))
        )
      )
      yield* Deferred.await(begun)
      yield* placeBuildRoot(root, id, building("quick"))
      assert.deepStrictEqual(content(join(root, place)), { a: "quick" })
      yield* Deferred.succeed(go, undefined)
      assert.isTrue((yield* Fiber.join(slow)).replaced)
      assert.deepStrictEqual(content(root), { [`${place}/a`]: "slow" })
      assert.deepStrictEqual(fs.readdirSync(join(root, "release=1/species=testus")), ["assembly=T1"])
    })
  )

  it.effect("many times at once, and one of them stays", () =>
    Effect.gen(function* () {
      const root = join(scratch(), "build")
      const texts = Array.from({ length: 12 }, (_, i) => `run ${i}`)
      yield* Effect.forEach(texts, (text) => placeBuildRoot(root, id, building(text)), { concurrency: "unbounded" })
      const [only, ...others] = Object.entries(content(root))
      assert.deepStrictEqual(others, [])
      assert.strictEqual(only?.[0], `${place}/a`)
      assert.include(texts, only?.[1])
    })
  )
})
