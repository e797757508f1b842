/** The files behind the cache: damage, strangers, limits, other processes. What every cache does is in CacheLaws. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { Cache, cacheKey, type CacheOptions, type CacheShape, type PutRequest } from "../../src/ports/Cache.ts"
import { seal } from "../../src/ports/SealedJson.ts"
import { aged, definition, execution, filesIn, portrait, rowsOf } from "./cache-sample.ts"
import { canMount, readOnly, smallDisk, snapshot, workplace } from "./workplace.ts"

interface Place {
  readonly home: string
  readonly state: string
  readonly root: string
}

/** Each call opens the cache anew, as another command would. */
const opened = <A>(state: string, body: (cache: CacheShape) => Effect.Effect<A, unknown>, options: CacheOptions = {}) =>
  Cache.use(body).pipe(Effect.provide(Cache.layer(state, options)))

const law = (sentence: string, body: (place: Place) => Effect.Effect<void, unknown>, timeout?: number) =>
  it.live(
    sentence,
    () =>
      Effect.gen(function* () {
        const home = yield* workplace
        const state = path.join(home, ".atlas")
        yield* body({ home, state, root: path.join(state, "cache") })
      }),
    timeout
  )

const key = (input: string): string => cacheKey(definition, rowsOf(input))
const recordFile = (root: string, input: string): string => path.join(root, "ac", key(input).slice(0, 2), `${key(input)}.json`)
const objectFiles = (root: string) => filesIn(path.join(root, "cas"))

/** What comes back of one result, as text; null for a miss. */
const brought = (cache: CacheShape, home: string, input: string) =>
  Effect.gen(function* () {
    const record = yield* cache.get(key(input))
    if (record === null) return null
    const places = new Map(record.outputs.map(({ name }) => [name, path.join(home, "again", name)]))
    if (!(yield* cache.restore(record, places))) {
      for (const place of places.values()) assert.isFalse(fs.existsSync(place))
      return null
    }
    const got = Object.fromEntries([...places].map(([name, place]) => [name, portrait(place)[""]]))
    fs.rmSync(path.join(home, "again"), { recursive: true, force: true })
    return got
  })

describe("a damaged cache", () => {
  law("119: each byte of an object flipped: quarantined, a miss, and good again once rebuilt", ({ home, state, root }) =>
    Effect.gen(function* () {
      const done = yield* execution(home, "1", { out: { text: "a small object" } })
      yield* opened(state, (cache) => cache.put(done))
      const [object = ""] = objectFiles(root)
      const bytes = fs.readFileSync(object)
      for (let at = 0; at < bytes.length; at++) {
        const flipped = Buffer.from(bytes)
        flipped.writeUInt8((bytes[at] ?? 0) ^ (1 << (at % 8)), at)
        fs.chmodSync(object, 0o644)
        fs.writeFileSync(object, flipped)
        yield* opened(state, (cache) =>
          Effect.gen(function* () {
            assert.isNull(yield* brought(cache, home, "1"))
            assert.match(cache.warnings().join(), /was damaged and is in quarantine/)
            assert.deepStrictEqual([fs.existsSync(object), fs.existsSync(recordFile(root, "1"))], [false, false])
            assert.deepStrictEqual(
              filesIn(path.join(root, "quarantine")).map((file) => fs.readFileSync(file, "hex")),
              [flipped.toString("hex")]
            )
            fs.rmSync(path.join(root, "quarantine"), { recursive: true })
            assert.strictEqual(yield* cache.put(done), "stored")
            assert.deepStrictEqual(yield* brought(cache, home, "1"), { out: "644 a small object" })
          })
        )
      }
    })
  )

  law("120: an object that is longer, shorter, empty, gone, a link, a folder or a FIFO is a miss that heals", ({ home, state, root }) =>
    Effect.gen(function* () {
      const done = yield* execution(home, "1", { out: { text: "a small object" } })
      const { execFileSync } = yield* Effect.promise(() => import("node:child_process"))
      const damages: ReadonlyArray<(object: string) => void> = [
        (object) => fs.appendFileSync(object, "x"),
        (object) => fs.truncateSync(object, 3),
        (object) => fs.truncateSync(object, 0),
        (object) => fs.rmSync(object),
        (object) => {
          fs.renameSync(object, path.join(home, "elsewhere"))
          fs.symlinkSync(path.join(home, "elsewhere"), object)
        },
        (object) => {
          fs.rmSync(object)
          fs.mkdirSync(object)
        },
        (object) => {
          fs.rmSync(object)
          execFileSync("mkfifo", [object])
        }
      ]
      for (const damage of damages)
        yield* opened(state, (cache) =>
          Effect.gen(function* () {
            yield* cache.put(done)
            const shard = path.dirname(objectFiles(root)[0] ?? "")
            const object = path.join(shard, fs.readdirSync(shard)[0] ?? "")
            fs.chmodSync(object, 0o644)
            damage(object)
            assert.isNull(yield* brought(cache, home, "1"))
            assert.isFalse(fs.existsSync(recordFile(root, "1")))
            assert.strictEqual(yield* cache.put(done), "stored")
            assert.deepStrictEqual(yield* brought(cache, home, "1"), { out: "644 a small object" })
          })
        )
    })
  )

  law("each byte of a record flipped, and each cut of it, is a miss that says so once", ({ home, state, root }) =>
    Effect.gen(function* () {
      const done = yield* execution(home, "1", { out: { text: "a" } })
      yield* opened(state, (cache) => cache.put(done))
      const file = recordFile(root, "1")
      const good = fs.readFileSync(file)
      for (let at = 0; at < good.length; at += 3) {
        const flipped = Buffer.from(good)
        flipped.writeUInt8((good[at] ?? 0) ^ 4, at)
        for (const bad of [flipped, good.subarray(0, at)]) {
          fs.writeFileSync(file, bad)
          yield* opened(state, (cache) =>
            Effect.gen(function* () {
              assert.isNull(yield* cache.get(key("1")))
              assert.isNull(yield* cache.get(key("1")))
              assert.strictEqual(cache.warnings().length, 1, `${at} ${cache.warnings().join()}`)
            })
          )
        }
      }
      yield* opened(state, (cache) => cache.put(done))
      assert.deepStrictEqual(yield* opened(state, (cache) => brought(cache, home, "1")), { out: "644 a" })
    })
  )

  law("a record that is sealed but not to be believed is a miss", ({ home, state, root }) =>
    Effect.gen(function* () {
      const done = yield* execution(home, "1", { out: { write: (folder) => fs.writeFileSync(path.join(folder, "f"), "a") } })
      const other = yield* execution(home, "2", { out: { text: "b" } })
      yield* opened(state, (cache) => Effect.andThen(cache.put(done), cache.put(other)))
      const file = recordFile(root, "1")
      const { sha256: _, ...good } = JSON.parse(fs.readFileSync(file, "utf8"))
      const [output] = good.outputs
      const withFiles = (files: ReadonlyArray<unknown>) => ({ ...good, outputs: [{ ...output, files }] })
      const lies: ReadonlyArray<unknown> = [
        { ...good, store: "00000000-0000-4000-8000-000000000000" },
        { ...good, atlas: "cache-record/2" },
        { ...good, atlas: "trace/1" },
        { ...good, definition: "another" },
        { ...good, rows: rowsOf("2") },
        { ...good, extra: true },
        { ...good, outputs: [{ ...output, digest: "0".repeat(64) }] },
        withFiles([...output.files, { path: "../../escaped", type: "file", bytes: 1, sha256: output.files[1].sha256, mode: 0o644 }]),
        withFiles([...output.files, { path: "/tmp/escaped", type: "file", bytes: 1, sha256: output.files[1].sha256, mode: 0o644 }]),
        withFiles([output.files[0], { ...output.files[1], mode: 0o4755 }]),
        JSON.parse(fs.readFileSync(recordFile(root, "2"), "utf8"))
      ]
      for (const lie of lies) {
        const { sha256: _, ...document } = lie as { readonly atlas: string; readonly sha256?: string }
        fs.writeFileSync(file, seal(document))
        yield* opened(state, (cache) =>
          Effect.gen(function* () {
            assert.isNull(yield* cache.get(key("1")), JSON.stringify(document).slice(0, 120))
            assert.strictEqual(cache.warnings().length, 1)
          })
        )
      }
      fs.writeFileSync(file, seal(good))
      assert.isNotNull(yield* opened(state, (cache) => cache.get(key("1"))))
    })
  )

  law("a listing that leads through a link is not believed, whatever digest it has", ({ home, state, root }) =>
    Effect.gen(function* () {
      const { digestListing } = yield* Effect.promise(() => import("../../src/ports/FileTree.ts"))
      const done = yield* execution(home, "1", {
        out: {
          write: (folder) => {
            fs.writeFileSync(path.join(folder, "f"), "a")
            fs.symlinkSync(home, path.join(folder, "link"))
          }
        }
      })
      yield* opened(state, (cache) => cache.put(done))
      const file = recordFile(root, "1")
      const { sha256: _, ...good } = JSON.parse(fs.readFileSync(file, "utf8"))
      const [output] = good.outputs
      const { mode, sha256, bytes } = output.files[1]
      for (const stray of ["link/escaped", "../escaped", "a/../../escaped", "f/escaped"]) {
        const files = [...output.files, { path: stray, type: "file", bytes, sha256, mode }]
        fs.writeFileSync(file, seal({ ...good, outputs: [{ ...output, files, digest: digestListing(files) }] }))
        assert.isNull(yield* opened(state, (cache) => cache.get(key("1"))), stray)
      }
    })
  )
})

const markOf = (atlas: string) => {
  const mark = { atlas, store: "x" }
  return mark
}

describe("a cache that cannot be used", () => {
  const marks: ReadonlyArray<readonly [string, (mark: string) => void, RegExp]> = [
    ["of a newer build", (mark) => fs.writeFileSync(mark, seal(markOf("cache/2"))), /newer atlas-run.*left alone/],
    ["of something else", (mark) => fs.writeFileSync(mark, seal(markOf("state/1"))), /not what its name says.*left alone/],
    [
      "whose mark is a folder",
      (mark) => {
        fs.rmSync(mark)
        fs.mkdirSync(mark)
      },
      /cannot be read.*left alone/
    ]
  ]
  for (const [which, spoil, words] of marks)
    law(`one ${which} is left as it is, and said so once`, ({ home, state, root }) =>
      Effect.gen(function* () {
        const done = yield* execution(home, "1", { out: { text: "a" } })
        yield* opened(state, (cache) => cache.put(done))
        spoil(path.join(root, "cache.json"))
        const before = snapshot(root)
        yield* opened(state, (cache) =>
          Effect.gen(function* () {
            assert.isNull(yield* cache.get(key("1")))
            assert.strictEqual(yield* cache.put(done), "refused")
            assert.deepStrictEqual((yield* cache.collect({ dryRun: false })).entries, { files: 0, bytes: 0 })
            assert.strictEqual((yield* cache.stats()).state, "off")
            yield* cache.note("r")
            assert.strictEqual(cache.warnings().length, 1)
            assert.match(cache.warnings()[0] ?? "", words)
          })
        )
        assert.deepStrictEqual(snapshot(root), before)
      })
    )

  law("one whose mark is damaged starts anew: nothing old is believed", ({ home, state, root }) =>
    Effect.gen(function* () {
      const done = yield* execution(home, "1", { out: { text: "a" } })
      const other = yield* execution(home, "2", { out: { text: "b" } })
      yield* opened(state, (cache) => Effect.andThen(cache.put(done), cache.put(other)))
      fs.truncateSync(path.join(root, "cache.json"), 20)
      yield* opened(state, (cache) =>
        Effect.gen(function* () {
          assert.isNull(yield* cache.get(key("1")))
          assert.strictEqual(yield* cache.put(other), "stored")
          assert.isNull(yield* cache.get(key("1")))
          assert.match(cache.warnings()[0] ?? "", /is cut off: the cache starts anew/)
          assert.deepStrictEqual(yield* brought(cache, home, "2"), { out: "644 b" })
        })
      )
      yield* opened(state, (cache) => cache.put(done))
      assert.deepStrictEqual(yield* opened(state, (cache) => brought(cache, home, "1")), { out: "644 a" })
    })
  )

  it.live.skipIf(!canMount)("a read-only one gives what it has, keeps nothing, and says so once", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const state = path.join(home, "disk", ".atlas")
      fs.mkdirSync(path.dirname(state))
      const done = yield* execution(home, "1", { out: { text: "a" } })
      yield* opened(state, (cache) => cache.put(done))
      const [object = ""] = objectFiles(path.join(state, "cache"))
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* readOnly(path.dirname(state))
          yield* opened(state, (cache) =>
            Effect.gen(function* () {
              assert.deepStrictEqual(yield* brought(cache, home, "1"), { out: "644 a" })
              for (const input of ["2", "3"])
                assert.strictEqual(yield* cache.put(yield* execution(home, input, { out: { text: input } })), "refused")
              yield* cache.note("r")
              assert.deepStrictEqual(cache.warnings(), [
                `nothing is kept in the cache ${path.join(state, "cache")}: read-only file system (EROFS)`
              ])
            })
          )
        })
      )
      fs.chmodSync(object, 0o644)
      fs.writeFileSync(object, "b")
      yield* readOnly(path.dirname(state))
      yield* opened(state, (cache) => Effect.map(brought(cache, home, "1"), assert.isNull))
      assert.isTrue(fs.existsSync(object))
    })
  )

  it.live.skipIf(!canMount)("52: on a full disk nothing is kept, nothing fails, and nothing half-made is left", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const disk = yield* smallDisk(1024)
      const state = path.join(disk, ".atlas")
      const done = yield* execution(home, "1", { out: { text: "x".repeat(2_000_000) } })
      const plenty = () => ({ bytes: 1e12, free: 1e12 })
      for (const [options, words] of [
        [{ cap: 1e12 }, /disk is nearly full/],
        [{ disk: plenty }, /no space left on the device/]
      ] as const)
        yield* opened(
          state,
          (cache) =>
            Effect.gen(function* () {
              assert.strictEqual(yield* cache.put(done), "refused")
              assert.match(cache.warnings().join(), words)
              assert.deepStrictEqual([objectFiles(path.join(state, "cache")), filesIn(path.join(state, "cache", "tmp"))], [[], []])
            }),
          options
        )
    })
  )
})

describe("the cap of a cache", () => {
  const sized = (home: string, input: string) => execution(home, input, { out: { text: input.repeat(10_000) } })
  const inputs = ["1", "2", "3", "4"]

  const filled = (place: Place) =>
    Effect.gen(function* () {
      for (const [turn, input] of inputs.entries()) {
        yield* opened(place.state, (cache) => Effect.flatMap(sized(place.home, input), cache.put))
        const objects = objectFiles(place.root).filter((file) => fs.statSync(file).mtimeMs > Date.now() - 3_600_000)
        aged([recordFile(place.root, input), ...objects], 10 - turn)
      }
    })
  const held = (root: string) => inputs.filter((input) => fs.existsSync(recordFile(root, input)))

  law("128: drops the least recently used results first, with their objects, and no more than it must", (place) =>
    Effect.gen(function* () {
      yield* filled(place)
      // Used just now: the oldest becomes the youngest.
      yield* opened(place.state, (cache) => brought(cache, place.home, "1"))
      yield* opened(place.state, (cache) => cache.collect({ dryRun: true }), { cap: 35_000 })
      assert.deepStrictEqual(held(place.root), inputs)
      const done = yield* opened(place.state, (cache) => cache.collect({ dryRun: false }), { cap: 35_000 })
      assert.deepStrictEqual([held(place.root), done.entries.files, done.objects.files], [["1", "3", "4"], 1, 1])
      assert.isAtMost(done.bytes, 35_000)
      assert.strictEqual(objectFiles(place.root).length, 3)
      for (const input of ["1", "3", "4"]) assert.isNotNull(yield* opened(place.state, (cache) => brought(cache, place.home, input)), input)
    })
  )

  law("127: makes room for a new result by itself, but never by what is pinned or was made within the hour", (place) =>
    Effect.gen(function* () {
      yield* filled(place)
      const cap = 46_000
      yield* opened(
        place.state,
        (cache) =>
          Effect.gen(function* () {
            cache.pin(() => [key("1")])
            assert.strictEqual(yield* cache.put(yield* sized(place.home, "5")), "stored")
            assert.deepStrictEqual(held(place.root), ["1", "3", "4"])
          }),
        { cap }
      )
      aged([recordFile(place.root, "5")], 0)
      yield* opened(
        place.state,
        (cache) =>
          Effect.gen(function* () {
            cache.pin(() => ["1", "3", "4"].map(key))
            assert.strictEqual(yield* cache.put(yield* sized(place.home, "6")), "refused")
            assert.match(cache.warnings().join(), /full of what is in use/)
            assert.strictEqual(yield* cache.put(yield* execution(place.home, "7", { out: { text: "x".repeat(cap) } })), "refused")
          }),
        { cap }
      )
      assert.deepStrictEqual(held(place.root), ["1", "3", "4"])
    })
  )

  law("an object that two results share stays as long as one of them does", ({ home, state, root }) =>
    Effect.gen(function* () {
      const shared = "s".repeat(10_000)
      for (const input of ["1", "2"])
        yield* opened(state, (cache) => Effect.flatMap(execution(home, input, { a: { text: shared }, b: { text: input } }), cache.put))
      aged(objectFiles(root), 5)
      aged([recordFile(root, "1")], 5)
      aged([recordFile(root, "2")], 4)
      yield* opened(state, (cache) => cache.collect({ dryRun: false }), { cap: 11_700 })
      assert.deepStrictEqual(held(root), ["2"])
      assert.deepStrictEqual(yield* opened(state, (cache) => brought(cache, home, "2")), { a: `644 ${shared}`, b: "644 2" })
      assert.strictEqual(objectFiles(root).length, 2)
    })
  )

  law("121: collecting drops what nothing refers to and half-made files, but for what is young", ({ home, state, root }) =>
    Effect.gen(function* () {
      yield* opened(state, (cache) => Effect.flatMap(execution(home, "1", { out: { text: "a" } }), cache.put))
      const stray = (young: boolean) => {
        const sha = (young ? "a" : "b").repeat(64)
        const files = [path.join(root, "cas", "sha256", sha.slice(0, 2), sha), path.join(root, "tmp", sha.slice(0, 8))]
        files.push(path.join(root, "ac", "00", `.tmp-${sha.slice(0, 16)}`), path.join(root, "quarantine", sha))
        for (const file of files) {
          fs.mkdirSync(path.dirname(file), { recursive: true })
          fs.writeFileSync(file, "stray")
        }
        aged(files, young ? 0.5 : 200)
        return files
      }
      const young = stray(true)
      const old = stray(false)
      const dry = yield* opened(state, (cache) => cache.collect({ dryRun: true }))
      assert.isTrue([...young, ...old].every((file) => fs.existsSync(file)))
      const done = yield* opened(state, (cache) => cache.collect({ dryRun: false }))
      assert.deepStrictEqual(done, dry)
      assert.deepStrictEqual([done.objects.files, done.temporaries.files, done.quarantine.files, done.entries.files], [1, 2, 1, 0])
      assert.isTrue(young.every((file) => fs.existsSync(file)))
      assert.isFalse(old.some((file) => fs.existsSync(file)))
      assert.deepStrictEqual(yield* opened(state, (cache) => brought(cache, home, "1")), { out: "644 a" })
    })
  )

  law("is ATLAS_CACHE_CAP, else a tenth of the disk, at most 20 GiB", ({ state }) =>
    Effect.gen(function* () {
      const capWith = (bytes: number) =>
        Effect.map(
          opened(state, (cache) => cache.stats(), { disk: () => ({ bytes, free: bytes }) }),
          ({ cap }) => cap
        )
      const before = process.env["ATLAS_CACHE_CAP"]
      delete process.env["ATLAS_CACHE_CAP"]
      assert.deepStrictEqual([yield* capWith(1e9), yield* capWith(1e15)], [1e8, 20 * 1024 ** 3])
      process.env["ATLAS_CACHE_CAP"] = "12345"
      assert.strictEqual(yield* capWith(1e9), 12_345)
      if (before === undefined) delete process.env["ATLAS_CACHE_CAP"]
      else process.env["ATLAS_CACHE_CAP"] = before
    })
  )
})

describe("looking at a cache", () => {
  law("writes nothing where there is none", ({ home, state }) =>
    Effect.gen(function* () {
      yield* opened(state, (cache) =>
        Effect.gen(function* () {
          assert.isNull(yield* cache.get(key("1")))
          assert.strictEqual((yield* cache.stats()).state, "absent")
          yield* cache.collect({ dryRun: false })
          yield* cache.note("r")
        })
      )
      assert.deepStrictEqual(fs.readdirSync(home), [])
    })
  )

  law("tells what the last runs got and gave, newest first, and nothing of runs that did neither", ({ home, state }) =>
    Effect.gen(function* () {
      const done = yield* execution(home, "1", { out: { text: "a" } })
      yield* opened(state, (cache) =>
        Effect.gen(function* () {
          yield* cache.get(key("1"))
          yield* cache.put(done)
          yield* cache.note("r-1")
        })
      )
      yield* opened(state, (cache) => Effect.andThen(brought(cache, home, "1"), cache.note("r-2")))
      yield* opened(state, (cache) => cache.note("r-3"))
      const { runs } = yield* opened(state, (cache) => cache.stats())
      assert.deepStrictEqual(
        runs.map(({ run, hits, misses, stored }) => [run, hits, misses, stored]),
        [
          ["r-2", 1, 0, 0],
          ["r-1", 0, 1, 1]
        ]
      )
    })
  )
})

describe("copying", () => {
  for (const errno of ["ENOTSUP", "EXDEV", "EIO"])
    law(`goes on without shared blocks where the file system says ${errno}`, ({ home, state }) =>
      Effect.gen(function* () {
        const { openCopy } = yield* Effect.promise(() => import("../../src/ports/CopyHashed.ts"))
        let asked = 0
        const copy = openCopy(async (_, to) => {
          asked++
          fs.writeFileSync(String(to), "half")
          throw Object.assign(new Error(errno), { code: errno })
        })
        const done = yield* execution(home, "1", { a: { text: "small" }, b: { text: "large".repeat(500_000) } })
        yield* opened(
          state,
          (cache) =>
            Effect.gen(function* () {
              assert.strictEqual(yield* cache.put(done), "stored")
              assert.deepStrictEqual(yield* brought(cache, home, "1"), { a: "644 small", b: `644 ${"large".repeat(500_000)}` })
            }),
          { copy }
        )
        assert.isAtLeast(asked, 1)
      })
    )

  law("believes no shared blocks either: what arrived is hashed", ({ home, state }) =>
    Effect.gen(function* () {
      const { openCopy } = yield* Effect.promise(() => import("../../src/ports/CopyHashed.ts"))
      let lie = false
      const copy = openCopy(async (from, to) => {
        const content = fs.readFileSync(String(from))
        if (lie) content.writeUInt8((content[0] ?? 0) ^ 1, 0)
        fs.writeFileSync(String(to), content, { flag: "wx" })
      })
      const done = yield* execution(home, "1", { out: { text: "true" } })
      yield* opened(
        state,
        (cache) =>
          Effect.gen(function* () {
            lie = true
            assert.strictEqual(yield* cache.put(done), "changed")
            lie = false
            assert.strictEqual(yield* cache.put(done), "stored")
            assert.deepStrictEqual(yield* brought(cache, home, "1"), { out: "644 true" })
            lie = true
            assert.isNull(yield* brought(cache, home, "1"))
          }),
        { copy }
      )
    })
  )
})

const fixture = path.join(import.meta.dirname, "fixtures", "put-results.ts")

const requestsIn = (home: string, requests: ReadonlyArray<PutRequest>): string => {
  const file = path.join(home, "requests.json")
  fs.writeFileSync(file, JSON.stringify(requests.map((request) => ({ ...request, places: [...request.places] }))))
  return file
}

const putting = (state: string, requests: string, times?: number) =>
  spawn(process.execPath, [fixture, state, requests, ...(times === undefined ? [] : [String(times)])], {
    stdio: ["ignore", "pipe", "inherit"]
  })

describe("interrupting", () => {
  law("a restore or a put leaves nothing half-made", ({ home, state, root }) =>
    Effect.gen(function* () {
      const done = yield* execution(home, "1", { out: { text: "large".repeat(2_000_000) } })
      yield* opened(state, (cache) =>
        Effect.gen(function* () {
          const putting = yield* Effect.forkChild(cache.put(done), { startImmediately: true })
          while (filesIn(path.join(root, "tmp")).length === 0) yield* Effect.promise(() => new Promise(setImmediate))
          yield* Fiber.interrupt(putting)
          assert.deepStrictEqual([filesIn(path.join(root, "tmp")), filesIn(path.join(root, "ac"))], [[], []])
          assert.strictEqual(yield* cache.put(done), "stored")
          const record = yield* cache.get(key("1"))
          if (record === null) return assert.fail("a miss")
          const place = path.join(home, "again", "out")
          const restoring = yield* Effect.forkChild(cache.restore(record, new Map([["out", place]])), { startImmediately: true })
          while (!fs.existsSync(place)) yield* Effect.promise(() => new Promise(setImmediate))
          yield* Fiber.interrupt(restoring)
          assert.isFalse(fs.existsSync(place))
          assert.isTrue(yield* cache.restore(record, new Map([["out", place]])))
        })
      )
    })
  )
})

describe("other processes", () => {
  const many = (home: string) =>
    Effect.forEach(["1", "2", "3", "4", "5", "6"], (input) =>
      execution(home, input, { [`out-${input}`]: { text: input.repeat(300_000) }, [`small-${input}`]: { text: input } })
    )

  law(
    "kill -9 at any moment of a put leaves only whole results, and what is half-made goes with the next collection",
    ({ home, state, root }) =>
      Effect.gen(function* () {
        const requests = requestsIn(home, yield* many(home))
        let seen = 0
        for (let round = 0; round < 8; round++) {
          fs.rmSync(root, { recursive: true, force: true })
          const child = putting(state, requests)
          const ended = once(child, "exit")
          // After its first words, so that it is killed at work and not at start.
          let told = 0
          child.stdout.on("data", (chunk) => {
            told += String(chunk).split("\n").length - 1
            if (told <= round % 4 || child.killed) return
            for (let spin = 0; spin < round * 40_000; spin++) Math.sqrt(spin)
            child.kill("SIGKILL")
          })
          assert.deepStrictEqual(yield* Effect.promise(() => ended), [null, "SIGKILL"])
          for (const input of ["1", "2", "3", "4", "5", "6"]) {
            if (!fs.existsSync(recordFile(root, input))) continue
            seen++
            assert.deepStrictEqual(
              yield* opened(state, (cache) => brought(cache, home, input)),
              { [`out-${input}`]: `644 ${input.repeat(300_000)}`, [`small-${input}`]: `644 ${input}` },
              `round ${round}, ${input}`
            )
          }
          aged([...objectFiles(root), ...filesIn(path.join(root, "tmp")), ...fs.globSync(path.join(root, "tmp", "*"))], 2)
          yield* opened(state, (cache) => cache.collect({ dryRun: false }))
          const needed = new Set(
            filesIn(path.join(root, "ac")).flatMap((file) =>
              JSON.parse(fs.readFileSync(file, "utf8")).outputs.map((output: any) => output.files[0].sha256)
            )
          )
          assert.deepStrictEqual(new Set(objectFiles(root).map((file) => path.basename(file))), needed)
          assert.deepStrictEqual(fs.globSync(path.join(root, "tmp", "*")), [])
        }
        assert.isAbove(seen, 6)
      }),
    60_000
  )

  law(
    "126: several that put the same keys at once agree, and none of them complains",
    ({ home, state, root }) =>
      Effect.gen(function* () {
        const requests = requestsIn(home, yield* many(home))
        const children = [0, 1, 2].map(() => putting(state, requests, 12))
        const told = yield* Effect.promise(() =>
          Promise.all(
            children.map(async (child) => {
              let out = ""
              for await (const chunk of child.stdout) out += String(chunk)
              return out.trim().split("\n")
            })
          )
        )
        assert.deepStrictEqual(new Set(told.flat()), new Set(["stored", "known"]))
        assert.deepStrictEqual([filesIn(path.join(root, "ac")).length, objectFiles(root).length], [6, 12])
        assert.deepStrictEqual(filesIn(path.join(root, "tmp")), [])
        for (const input of ["1", "6"]) assert.isNotNull(yield* opened(state, (cache) => brought(cache, home, input)))
      }),
    60_000
  )
})
