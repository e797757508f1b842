import { createHash } from "node:crypto"
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, type Layer, type Scope } from "effect"
import { makeDigestReader } from "../../src/ports/DigestReader.ts"
import { systemClock } from "../../src/ports/FileClock.ts"
import { FileDigests, type FileDigestsShape, absent, digestListing, same } from "../../src/ports/FileDigests.ts"
import { bootId } from "../../src/ports/Machine.ts"
import { seal } from "../../src/ports/SealedJson.ts"
import { makeStatCache } from "../../src/ports/StatCache.ts"
import { canMount, canMountCoarse, coarseDisk, readOnly, smallDisk, snapshot, workplace } from "./workplace.ts"

const sha = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex")
const isDigest = <A>(value: A | "absent" | null): A => {
  if (value === absent || value === null) throw new Error(`expected a digest, got ${value}`)
  return value as A
}
const field = (text: string): string => `${Buffer.byteLength(text)}:${text}`
/** Times long past: what is at rest. */
const settle = (...files: ReadonlyArray<string>) => {
  for (const file of files) fs.utimesSync(file, 1_000_000, 1_000_000)
}
const cacheFile = (state: string) => path.join(state, "stat-cache.json")

const layers: ReadonlyArray<readonly [string, (state: string) => Layer.Layer<FileDigests>]> = [
  ["layer", FileDigests.layer],
  ["layerReadOnly", FileDigests.layerReadOnly],
  ["layerForgetful", () => FileDigests.layerForgetful]
]

for (const [name, layerOf] of layers) {
  const law = (
    sentence: string,
    body: (digests: FileDigestsShape, home: string) => Generator<Effect.Effect<any, any, Scope.Scope>, void, any>
  ) =>
    it.live(sentence, () =>
      Effect.gen(function* () {
        const home = yield* workplace
        yield* FileDigests.use((digests) => Effect.gen(() => body(digests, home))).pipe(Effect.provide(layerOf(path.join(home, ".atlas"))))
      })
    )

  describe(`laws of FileDigests.${name}`, () => {
    law("a file's digest is what sha256sum says, at every size around the chunk", function* (digests, home) {
      for (const bytes of [0, 1, 65_536, 1_048_575, 1_048_576, 1_048_577, 2_097_152, 3_500_001]) {
        const file = path.join(home, `f${bytes}`)
        fs.writeFileSync(file, Buffer.alloc(bytes, "atlas"))
        const digest = isDigest(yield* digests.file(file)) as { sha256: string; bytes: number; stat: string }
        assert.strictEqual(digest.sha256, execFileSync("sha256sum", ["--", file], { encoding: "utf8" }).slice(0, 64))
        assert.strictEqual(digest.bytes, bytes)
        assert.isTrue(same(digest.stat, digests.stat(file)))
      }
    })

    law("what is absent is a value, also below a file", function* (digests, home) {
      fs.writeFileSync(path.join(home, "file"), "x")
      for (const gone of ["gone", "gone/deeper", "file/below"]) {
        const at = path.join(home, gone)
        assert.strictEqual(digests.known(at), absent)
        assert.strictEqual(digests.knownTree(at), absent)
        assert.strictEqual(yield* digests.file(at), absent)
        assert.strictEqual(yield* digests.tree(at), absent)
        assert.strictEqual(digests.stat(at), absent)
        assert.strictEqual(digests.statTree(at), absent)
      }
    })

    law("16, 17: an input that is a link is read through; an output that is a link is its text", function* (digests, home) {
      fs.writeFileSync(path.join(home, "target"), "one")
      fs.symlinkSync("target", path.join(home, "link"))
      assert.strictEqual((isDigest(yield* digests.file(path.join(home, "link"))) as any).sha256, sha("one"))
      const before = digests.stat(path.join(home, "link"))
      const tree = isDigest(yield* digests.tree(path.join(home, "link"))) as any
      assert.deepStrictEqual(tree.files, [{ path: "", type: "link", bytes: 6, sha256: sha("target") }])
      fs.writeFileSync(path.join(home, "target"), "two")
      assert.strictEqual((isDigest(yield* digests.file(path.join(home, "link"))) as any).sha256, sha("two"))
      assert.isFalse(same(before, digests.stat(path.join(home, "link"))))
      assert.strictEqual((isDigest(yield* digests.tree(path.join(home, "link"))) as any).digest, tree.digest)
    })

    law("28: a FIFO, a folder or a socket's place is a typed error at once, not a hang", function* (digests, home) {
      execFileSync("mkfifo", [path.join(home, "pipe")])
      fs.mkdirSync(path.join(home, "folder"))
      for (const [at, kind] of [
        ["pipe", "FIFO"],
        ["folder", "folder"]
      ] as const) {
        const error = yield* Effect.flip(digests.file(path.join(home, at))) as any
        assert.deepStrictEqual([error._tag, error.kind], ["SpecialFile", kind])
      }
      const error = yield* Effect.flip(digests.tree(home)) as any
      assert.deepStrictEqual([error._tag, error.path], ["SpecialFile", path.join(home, "pipe")])
    })

    law("a tree lists all below it, sorted by bytes whatever the names", function* (digests, home) {
      const root = path.join(home, "out")
      fs.mkdirSync(path.join(root, "a", "empty"), { recursive: true })
      fs.mkdirSync(path.join(root, "a-b"))
      for (const name of ["a/x", "a-b/y", "ä", "\u{1F9EC}", "\uFF21", "with space", "line\nbreak", ".hidden"])
        fs.writeFileSync(path.join(root, name), name)
      fs.symlinkSync("/nowhere", path.join(root, "link"))
      const tree = isDigest(yield* digests.tree(root)) as any
      const listed: ReadonlyArray<string> = tree.files.map((file: { path: string }) => file.path)
      const found = execFileSync("sh", ["-c", 'cd "$0" && find . -mindepth 1 -print0', root], { encoding: "utf8" })
        .split("\0")
        .filter((line) => line !== "")
        .map((line) => line.slice(2))
      assert.deepStrictEqual(
        [...listed],
        ["", ...found].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      )
      assert.strictEqual(
        tree.bytes,
        ["a/x", "a-b/y", "ä", "\u{1F9EC}", "\uFF21", "with space", "line\nbreak", ".hidden"].reduce(
          (sum, text) => sum + Buffer.byteLength(text),
          0
        )
      )
      // The encoding, spelled out a second time.
      const encoded = tree.files
        .map((file: any) => field(file.path) + field(file.type) + field(String(file.bytes)) + field(file.sha256))
        .join("")
      assert.strictEqual(tree.digest, sha(`tree/1\n${encoded}`))
    })

    law("24: a tree's digest sees names, contents, kinds and empty folders, but not times or permissions", function* (digests, home) {
      const root = path.join(home, "out")
      fs.mkdirSync(root)
      fs.writeFileSync(path.join(root, "a"), "bc")
      const digest = function* () {
        return (isDigest(yield* digests.tree(root)) as any).digest as string
      }
      const seen = [(yield* digest() as any) as string]
      const edits: ReadonlyArray<() => void> = [
        () => fs.renameSync(path.join(root, "a"), path.join(root, "ab")),
        () => fs.writeFileSync(path.join(root, "ab"), "c"),
        () => fs.mkdirSync(path.join(root, "empty")),
        () => {
          fs.rmdirSync(path.join(root, "empty"))
          fs.writeFileSync(path.join(root, "empty"), "")
        },
        () => {
          fs.rmSync(path.join(root, "empty"))
          fs.symlinkSync("gone", path.join(root, "empty"))
        }
      ]
      for (const edit of edits) {
        edit()
        seen.push(yield* digest() as any)
      }
      assert.strictEqual(new Set(seen).size, seen.length)
      fs.chmodSync(path.join(root, "ab"), 0o755)
      settle(path.join(root, "ab"))
      assert.strictEqual(yield* digest() as any, seen.at(-1))
    })

    law("known gives what file gave once the file is at rest, and null as soon as it is touched in any way", function* (digests, home) {
      const file = path.join(home, "f")
      fs.writeFileSync(file, "aaaa")
      assert.strictEqual(digests.known(file), null)
      yield* digests.file(file)
      const known = digests.known(file)
      if (known !== null) assert.strictEqual((isDigest(known) as any).sha256, sha("aaaa"))
      const touches: ReadonlyArray<() => void> = [
        () => fs.writeFileSync(file, "bbbb"),
        () => settle(file),
        () => fs.chmodSync(file, 0o600),
        () => (fs.copyFileSync(file, `${file}2`), settle(`${file}2`), fs.renameSync(`${file}2`, file)),
        () => fs.appendFileSync(file, "x")
      ]
      for (const touch of touches) {
        const before = digests.stat(file)
        touch()
        assert.isFalse(same(before, digests.stat(file)))
        assert.strictEqual(digests.known(file), null)
        assert.strictEqual((isDigest(yield* digests.file(file)) as any).sha256, sha(fs.readFileSync(file)))
      }
    })

    law("14: a file whose times lie in the future is never trusted", function* (digests, home) {
      const file = path.join(home, "f")
      fs.writeFileSync(file, "x")
      fs.utimesSync(file, 4_000_000_000, 4_000_000_000)
      assert.strictEqual((isDigest(yield* digests.file(file)) as any).sha256, sha("x"))
      assert.strictEqual(digests.known(file), null)
    })

    law("statTree sees everything that moves below, and nothing else", function* (digests, home) {
      const root = path.join(home, "in")
      fs.mkdirSync(path.join(root, "deep"), { recursive: true })
      fs.writeFileSync(path.join(root, "deep", "f"), "x")
      const row = (isDigest(yield* digests.tree(root)) as any).stat as string
      assert.isTrue(same(row, digests.statTree(root)))
      fs.writeFileSync(path.join(home, "beside"), "x")
      assert.isTrue(same(row, digests.statTree(root)))
      fs.writeFileSync(path.join(root, "deep", "g"), "x")
      fs.rmSync(path.join(root, "deep", "g"))
      assert.isFalse(same(row, digests.statTree(root)), "there and back again is a move")
    })

    const edits: ReadonlyArray<readonly [string, (descriptor: number) => void]> = [
      ["grows", (descriptor) => void fs.writeSync(descriptor, "x", fs.fstatSync(descriptor).size)],
      ["is overwritten in place", (descriptor) => void fs.writeSync(descriptor, "x", 0)],
      ["shrinks", (descriptor) => fs.ftruncateSync(descriptor, fs.fstatSync(descriptor).size - 1)]
    ]
    for (const [what, edit] of edits) {
      law(`a file that ${what} while it is read ends in FileMoved, not in a digest of no moment`, function* (digests, home) {
        const file = path.join(home, "restless")
        fs.writeFileSync(file, Buffer.alloc(24 * 1024 * 1024))
        const descriptor = fs.openSync(file, "r+")
        const reading = yield* Effect.forkChild(Effect.flip(digests.fresh.file(file)), { startImmediately: true })
        let stop = false
        const write = () => {
          if (stop) return fs.closeSync(descriptor)
          edit(descriptor)
          setImmediate(write)
        }
        write()
        const error = (yield* Fiber.join(reading)) as any
        stop = true
        assert.strictEqual(error._tag, "FileMoved")
      })
    }

    law("reading a large file can be interrupted", function* (digests, home) {
      const file = path.join(home, "sparse")
      fs.writeFileSync(file, "")
      fs.truncateSync(file, 8 * 1024 * 1024 * 1024)
      const reading = yield* Effect.forkChild(digests.file(file), { startImmediately: true })
      const began = performance.now()
      yield* Fiber.interrupt(reading)
      assert.isBelow(performance.now() - began, 1_000)
    })

    law("a name that is not UTF-8 is a typed error", function* (digests, home) {
      const root = path.join(home, "out")
      fs.mkdirSync(root)
      fs.writeFileSync(path.join(root, "fine \uFFFD"), "")
      assert.strictEqual((isDigest(yield* digests.tree(root)) as any).files.length, 2)
      fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([0xff])]), "")
      const error = yield* Effect.flip(digests.tree(root)) as any
      assert.strictEqual(error._tag, "NameNotText")
      assert.include(error.message, "a\\xff")
    })
  })
}

const within = <A, E>(layer: Layer.Layer<FileDigests>, body: (digests: FileDigestsShape) => Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    return yield* body(yield* FileDigests)
  }).pipe(Effect.provide(layer, { local: true }))

describe("what FileDigests remembers", () => {
  /** Two files at rest, hashed and saved. */
  const remembered = Effect.gen(function* () {
    const home = yield* workplace
    const state = path.join(home, ".atlas")
    const files = [path.join(home, "one"), path.join(home, "two")] as const
    fs.writeFileSync(files[0], "1")
    fs.writeFileSync(files[1], "22")
    settle(...files)
    yield* within(FileDigests.layer(state), (digests) =>
      Effect.gen(function* () {
        // A clock that measures coarse would call files so young racy: then they are looked at until they are not.
        for (let tries = 0; tries < 500 && files.some((file) => digests.known(file) === null); tries++) {
          for (const file of files) yield* digests.fresh.file(file)
          yield* Effect.sleep(5)
        }
        assert.isTrue(yield* digests.save())
        assert.isFalse(yield* digests.save(), "nothing new, nothing written")
      })
    )
    return { home, state, files }
  })

  it.live("another process trusts it, and a run that learns nothing writes nothing", () =>
    Effect.gen(function* () {
      const { state, files, home } = yield* remembered
      const before = snapshot(home)
      for (const layer of [FileDigests.layer(state), FileDigests.layerReadOnly(state)]) {
        yield* within(layer, (digests) =>
          Effect.gen(function* () {
            assert.strictEqual(isDigest(digests.known(files[0])).sha256, sha("1"))
            assert.deepStrictEqual(digests.known(files[1]), { sha256: sha("22"), bytes: 2, stat: digests.stat(files[1]) })
            assert.strictEqual(isDigest(digests.knownTree(files[1])).files[0]?.sha256, sha("22"))
            yield* digests.fresh.file(files[0])
            yield* digests.tree(files[1])
            assert.isFalse(yield* digests.save())
          })
        )
      }
      assert.deepStrictEqual(snapshot(home), before)
    })
  )

  it.live("fresh reads content even where the stat row vouches for it", () =>
    Effect.gen(function* () {
      const { state, files } = yield* remembered
      const [file] = files
      const lying = fs.readFileSync(cacheFile(state), "utf8").replaceAll(sha("1"), sha("lie"))
      const { sha256: _, ...document } = JSON.parse(lying)
      fs.writeFileSync(cacheFile(state), seal(document))
      yield* within(FileDigests.layer(state), (digests) =>
        Effect.gen(function* () {
          assert.strictEqual(isDigest(digests.known(file)).sha256, sha("lie"), "the test's lie is believed at first")
          assert.strictEqual(isDigest(yield* digests.fresh.file(file)).sha256, sha("1"))
          assert.strictEqual(isDigest(yield* digests.fresh.tree(file)).files[0]?.sha256, sha("1"))
          assert.strictEqual(isDigest(digests.known(file)).sha256, sha("1"))
        })
      )
    })
  )

  it.live("89, 95: a damaged, foreign, newer or other boot's cache is as good as none, and is replaced", () =>
    Effect.gen(function* () {
      const { state, files } = yield* remembered
      const good = fs.readFileSync(cacheFile(state))
      const { sha256: _, ...document } = JSON.parse(good.toString())
      const flipped = Buffer.from(good)
      flipped[good.length >> 1] = (flipped[good.length >> 1] ?? 0) ^ 1
      const bad: ReadonlyArray<readonly [string, string | Buffer]> = [
        ["empty", ""],
        ["cut", good.subarray(0, good.length - 20)],
        ["flipped", flipped],
        ["garbage", Buffer.alloc(4096, 0xa5)],
        ["not JSON of ours", "[]\n"],
        ["newer", seal({ ...document, atlas: "stat-cache/2" })],
        ["foreign", seal({ ...document, atlas: "other/1" })],
        ["another boot", seal({ ...document, boot: "0" })],
        ["rows of another form", seal({ ...document, entries: [[files[0], "1:2:3", sha("1")]] })],
        ["no rows", seal({ ...document, entries: 7 })]
      ]
      for (const [what, content] of bad) {
        fs.writeFileSync(cacheFile(state), content)
        yield* within(FileDigests.layer(state), (digests) =>
          Effect.gen(function* () {
            assert.strictEqual(digests.known(files[0]), null, what)
            assert.strictEqual(isDigest(yield* digests.file(files[0])).sha256, sha("1"))
            assert.isTrue(yield* digests.save(), what)
          })
        )
        assert.strictEqual(JSON.parse(fs.readFileSync(cacheFile(state), "utf8")).boot, bootId())
      }
    })
  )

  it.live("files that are gone are forgotten with the next write, others are kept", () =>
    Effect.gen(function* () {
      const { state, files, home } = yield* remembered
      fs.rmSync(files[0])
      const third = path.join(home, "three")
      fs.writeFileSync(third, "333")
      settle(third)
      yield* within(FileDigests.layer(state), (digests) =>
        Effect.gen(function* () {
          for (let tries = 0; tries < 500 && digests.known(third) === null; tries++) {
            yield* digests.fresh.file(third)
            yield* Effect.sleep(5)
          }
          assert.isTrue(yield* digests.save())
        })
      )
      const paths = JSON.parse(fs.readFileSync(cacheFile(state), "utf8")).entries.map(([at]: [string]) => at)
      assert.deepStrictEqual(paths.sort(), [third, files[1]].sort())
    })
  )

  it.effect("30: a row that the clock does not vouch for is not remembered", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const file = path.join(home, "f")
      fs.writeFileSync(file, "x")
      let vouch = false
      const digests = makeDigestReader(makeStatCache(null), { ...systemClock, settled: () => vouch }, () => Effect.succeed(false))
      yield* digests.file(file)
      assert.strictEqual(digests.known(file), null)
      vouch = true
      yield* digests.file(file)
      assert.strictEqual(isDigest(digests.known(file)).sha256, sha("x"))
    })
  )

  it.effect("with only the system's clock a file younger than two seconds is not trusted, an older one is", () =>
    Effect.gen(function* () {
      const home = yield* workplace
      const file = path.join(home, "f")
      fs.writeFileSync(file, "x")
      const stat = fs.statSync(file, { bigint: true })
      assert.isFalse(systemClock.settled(stat))
      const past = Object.assign(Object.create(Object.getPrototypeOf(stat)), stat, { mtimeNs: 0n, ctimeNs: stat.ctimeNs - 3_000_000_000n })
      assert.isTrue(systemClock.settled(past))
    })
  )

  it.live.skipIf(!canMountCoarse)("30: on a file system with ticks of a second, no same-size edit in place is ever missed", () =>
    Effect.gen(function* () {
      const disk = yield* coarseDisk
      const file = path.join(disk, "f")
      let alike = 0
      yield* within(FileDigests.layer(path.join(disk, ".atlas")), (digests) =>
        Effect.gen(function* () {
          for (let edit = 0; edit < 300; edit++) {
            const content = String(edit).padStart(4, "0")
            const before = digests.stat(file)
            const descriptor = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT)
            fs.writeSync(descriptor, content)
            fs.closeSync(descriptor)
            if (same(before, digests.stat(file))) alike++
            const known = digests.known(file)
            if (known !== null) assert.strictEqual(isDigest(known).sha256, sha(content))
            assert.strictEqual(isDigest(yield* digests.file(file)).sha256, sha(content))
          }
        })
      )
      assert.isAbove(alike, 200, "the disk does make edits look alike, else this proves nothing")
    })
  )

  it.live.skipIf(!canMount)("on a read-only file system all is answered; only saving fails, typed", () =>
    Effect.gen(function* () {
      const { state, files, home } = yield* remembered
      const late = path.join(home, "late")
      fs.writeFileSync(late, "late")
      const before = snapshot(home)
      yield* readOnly(home)
      yield* within(FileDigests.layerReadOnly(state), (digests) =>
        Effect.gen(function* () {
          assert.strictEqual(isDigest(digests.known(files[0])).sha256, sha("1"))
          assert.strictEqual(isDigest(yield* digests.file(late)).sha256, sha("late"))
          assert.isFalse(yield* digests.save())
        })
      )
      yield* within(FileDigests.layer(state), (digests) =>
        Effect.gen(function* () {
          yield* digests.fresh.file(files[0])
          assert.isFalse(yield* digests.save(), "nothing learnt, nothing to write")
          // Old enough for the system's clock, which is all there is where no file can be touched.
          yield* digests.file(path.resolve("node_modules/effect/package.json"))
          const error = yield* Effect.flip(digests.save())
          assert.deepStrictEqual([error._tag, error.errno], ["StateWriteFailed", "EROFS"])
        })
      )
      assert.deepStrictEqual(snapshot(home), before)
    })
  )

  it.live.skipIf(!canMount)("a full disk leaves the old cache whole", () =>
    Effect.gen(function* () {
      const disk = yield* smallDisk(64)
      const state = path.join(disk, ".atlas")
      const home = yield* workplace
      const cache = makeStatCache(cacheFile(state))
      const put = (n: number) =>
        cache.put(path.join(home, String(n)), { sha256: sha(String(n)), bytes: 1, stat: `1:${n}:1:100644:1:1` }, true)
      put(0)
      assert.isTrue(cache.save())
      const before = fs.readFileSync(cacheFile(state), "utf8")
      for (let n = 0; n < 2_000; n++) put(n)
      const digests = makeDigestReader(cache, systemClock, () => Effect.succeed(false))
      assert.strictEqual(digests.known(path.join(home, "0")), absent)
      assert.throws(() => cache.save(), /ENOSPC/)
      assert.strictEqual(fs.readFileSync(cacheFile(state), "utf8"), before)
      assert.deepStrictEqual(fs.readdirSync(state).sort(), [".gitignore", "stat-cache.json", "version"])
    })
  )
})

describe("digests of listings", () => {
  it("26: bytes that move from a name to a content, or from one file to the next, give another digest", () => {
    const file = (at: string, content: string) => ({ path: at, type: "file" as const, bytes: content.length, sha256: sha(content) })
    const listings = [
      [file("a", "bc")],
      [file("ab", "c")],
      [file("a", ""), file("b", "")],
      [file("a", "b")],
      [{ path: "a", type: "link" as const, bytes: 2, sha256: sha("bc") }],
      []
    ]
    assert.strictEqual(new Set(listings.map(digestListing)).size, listings.length)
  })

  it("is the same whether encoded at once or in pieces", () => {
    const many = Array.from({ length: 3_000 }, (_, n) => ({
      path: `f${String(n).padStart(5, "0")}`,
      type: "file" as const,
      bytes: n,
      sha256: sha(String(n))
    }))
    assert.strictEqual(
      digestListing(many),
      sha(`tree/1\n${many.map((f) => field(f.path) + field(f.type) + field(String(f.bytes)) + field(f.sha256)).join("")}`)
    )
  })
})
