import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as tar from "tar"
import type { DatasetId } from "../../../../../plugins/atlas/format/dataset-id.ts"
import { BeforeChange } from "../../../../../plugins/atlas/format/durable.ts"
import { packHeader, type PackMemberName, paddingOf } from "../../../../../plugins/atlas/format/pack/header.ts"
import { pack } from "../../../../../plugins/atlas/format/pack/pack.ts"
import { verifyPack } from "../../../../../plugins/atlas/format/pack/verify.ts"
import { publish } from "../../../../../plugins/atlas/format/store/publish.ts"
import { openServingStore } from "../../../../../plugins/atlas/format/store/serving-store.ts"
import { goldenFile, hasGolden, miniId, openMiniRoot, temporaryFolder } from "../store/golden-root.ts"
import { aroundDatabase, ended, failRename, forged, golden, memberBytes, membersOf, sha256, written } from "./golden-pack.ts"

const refusal = (bytes: Buffer) =>
  Effect.gen(function* () {
    const path = written(bytes)
    const error = yield* Effect.flip(verifyPack(path))
    fs.rmSync(path)
    return error
  })

const temporaries = () => fs.readdirSync(tmpdir()).filter((name) => name.startsWith("atlas-pack-"))

describe("the header of a pack's member", () => {
  for (const name of ["mini", "warn", "published-mini", "sars_cov_2", "sgd_chrI-II", "published-sgd_chrI-II"]) {
    const bytes = goldenFile(`${name}/pack.tar`)
    it.skipIf(bytes === undefined)(`is the reference's, byte by byte, in its pack of ${name}`, () => {
      const members = membersOf(bytes!)
      assert.strictEqual(members.length, 3)
      for (const { name, header, body } of members) assert.deepStrictEqual(packHeader(name, body.length), header)
      assert.deepStrictEqual(ended(...members.map(({ name, body }) => memberBytes(name, body))), bytes)
    })
  }
})

describe.skipIf(golden.length === 0 || !hasGolden("mini/in/genes.gff3"))("pack", () => {
  it.effect("gives the reference's bytes for the same dataset, of a build root and of a store, anywhere", () =>
    Effect.gen(function* () {
      const root = yield* openMiniRoot
      const store = yield* openServingStore(temporaryFolder())
      yield* publish(store, root)
      for (const content of [root, { store, dataset: miniId }]) {
        const out = join(temporaryFolder(), "mini.tar")
        const packed = yield* pack(content, out)
        assert.isTrue(fs.readFileSync(out).equals(golden))
        assert.strictEqual(packed.sha256, sha256(golden))
        assert.strictEqual(packed.bytes, golden.length)
        assert.deepStrictEqual(
          packed.members.map(({ name, bytes }) => [name, bytes]),
          [
            ["manifest.json", 4303],
            ["gene_summary.sqlite", 188_416],
            ["manifest.lock", 169]
          ]
        )
      }
    })
  )

  it.effect("replaces what was there, and leaves it whole when it fails", () =>
    Effect.gen(function* () {
      const root = yield* openMiniRoot
      const out = join(temporaryFolder(), "mini.tar")
      fs.writeFileSync(out, "old")
      const error = yield* Effect.flip(pack(root, out).pipe(Effect.provideService(BeforeChange, failRename)))
      assert.strictEqual(error._tag, "IoDurability")
      assert.strictEqual(fs.readFileSync(out, "utf8"), "old")
      assert.deepStrictEqual(fs.readdirSync(join(out, "..")), ["mini.tar"])
      yield* pack(root, out)
      assert.isTrue(fs.readFileSync(out).equals(golden))
    })
  )

  it.effect("refuses a dataset whose manifest, lock and database do not belong together", () =>
    Effect.gen(function* () {
      for (const path of ["derived/manifest.lock", "derived/gene_summary.sqlite", "derived/manifest.json"]) {
        const root = yield* openMiniRoot
        fs.appendFileSync(join(root.path, path), " ")
        const out = join(temporaryFolder(), "mini.tar")
        assert.strictEqual((yield* Effect.flip(pack(root, out)))._tag, "PackSource", path)
        assert.isFalse(fs.existsSync(out))
      }
    })
  )

  it.effect("refuses a database that is too large for the format before it is read", () =>
    Effect.gen(function* () {
      const root = yield* openMiniRoot
      fs.truncateSync(join(root.path, "derived/gene_summary.sqlite"), 8 ** 11)
      const error = yield* Effect.flip(pack(root, join(temporaryFolder(), "mini.tar")))
      assert.strictEqual(error._tag, "PackTooLarge")
      if (error._tag === "PackTooLarge") assert.strictEqual(error.limit, 8_589_934_591)
    })
  )
})

describe.skipIf(golden.length === 0)("verify-pack", () => {
  it.effect("accepts the reference's pack and tells what is in it", () =>
    Effect.gen(function* () {
      const verified = yield* verifyPack(written(golden))
      assert.strictEqual(verified.level, "intact")
      assert.deepStrictEqual({ ...verified.dataset }, { ...miniId })
      assert.strictEqual(verified.sha256, sha256(golden))
      assert.deepStrictEqual(
        verified.members.map(({ name, sha256 }) => [name, sha256]),
        membersOf(golden).map(({ name, body }) => [name, sha256(body)])
      )
    })
  )

  it.effect(
    "refuses one flipped bit at every offset of every header",
    () =>
      Effect.gen(function* () {
        let at = 0
        for (const { name, body } of membersOf(golden)) {
          for (let offset = 0; offset < 512; offset++) {
            const bytes = Buffer.from(golden)
            bytes[at + offset]! ^= 1 << (offset % 8)
            const error = yield* refusal(bytes)
            assert.include(["PackHeader", "PackTooLarge", "PackTruncated", "PackCompressed"], error._tag, `${name} ${offset}`)
            if (error._tag === "PackHeader") assert.strictEqual(error.where?.byte, at + error.offset)
          }
          at += 512 + body.length + paddingOf(body.length)
        }
        assert.strictEqual(at, golden.length - 1024)
      }),
    120_000
  )

  it.effect(
    "refuses one flipped bit at 200 places of the bodies, of the padding and of the end",
    () =>
      Effect.gen(function* () {
        let seed = 20_261_122
        const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648)
        const headers: Array<number> = []
        let at = 0
        for (const { body } of membersOf(golden)) {
          headers.push(at)
          at += 512 + body.length + paddingOf(body.length)
        }
        const tags = new Map<string, number>()
        const flip = (offset: number) =>
          Effect.gen(function* () {
            const bytes = Buffer.from(golden)
            bytes[offset]! ^= 1 << (offset % 8)
            const { _tag } = yield* refusal(bytes)
            tags.set(_tag, (tags.get(_tag) ?? 0) + 1)
          })
        let done = 0
        while (done < 200) {
          const offset = random() % golden.length
          if (headers.some((header) => offset >= header && offset < header + 512)) continue
          yield* flip(offset)
          done++
        }
        const [manifest] = membersOf(golden)
        yield* flip(512 + manifest!.body.length)
        for (const offset of [golden.length - 1024, golden.length - 1]) yield* flip(offset)
        for (let offset = golden.length - 1024 - 512; offset < golden.length - 1024 - 512 + 169; offset++) yield* flip(offset)
        assert.deepStrictEqual([...tags.keys()].toSorted(), ["PackChecksum", "PackLock", "PackPadding", "PackTrailing"])
      }),
    60_000
  )

  it.effect("names a member that is extra, renamed, missing, repeated or out of order", () =>
    Effect.gen(function* () {
      const [manifest, sqlite, lock] = membersOf(golden).map(({ name, body }) => memberBytes(name, body))
      const m = membersOf(golden)[0]!.body
      const other = (name: string) => memberBytes(name, m, packHeader(name as PackMemberName, m.length))
      const cases: ReadonlyArray<readonly [string, Buffer, string, string]> = [
        [
          "extra at the end",
          ended(manifest!, sqlite!, lock!, other("notes.txt")),
          "PackMember",
          "`notes.txt` stands where the pack must end"
        ],
        ["extra first", ended(other("../up"), manifest!, sqlite!, lock!), "PackMember", "`../up` stands where manifest.json must"],
        ["renamed", ended(other("./manifest.json"), sqlite!, lock!), "PackMember", "`./manifest.json` stands"],
        ["missing", ended(manifest!, lock!), "PackOrder", "`manifest.lock` stands where gene_summary.sqlite must"],
        ["missing at the end", ended(manifest!, sqlite!), "PackMember", "the end of the pack stands where manifest.lock must"],
        ["repeated", ended(manifest!, manifest!, sqlite!, lock!), "PackOrder", "`manifest.json` stands where gene_summary.sqlite must"],
        ["repeated at the end", ended(manifest!, sqlite!, lock!, lock!), "PackOrder", "`manifest.lock` stands where the pack must end"],
        ["out of order", ended(sqlite!, manifest!, lock!), "PackOrder", "`gene_summary.sqlite` stands where manifest.json must"],
        ["none", Buffer.alloc(1024), "PackMember", "the end of the pack stands where manifest.json must"]
      ]
      for (const [name, bytes, tag, words] of cases) {
        const error = yield* refusal(bytes)
        assert.strictEqual(error._tag, tag, name)
        assert.include(error.message, words, name)
      }
    })
  )

  it.effect("refuses every wrong end", () =>
    Effect.gen(function* () {
      const cases: ReadonlyArray<readonly [string, Buffer, string]> = [
        ["a trailing byte", Buffer.concat([golden, Buffer.from("x")]), "PackTrailing"],
        ["a trailing zero", Buffer.concat([golden, Buffer.alloc(1)]), "PackTrailing"],
        ["blocking to 10 KiB", Buffer.concat([golden, Buffer.alloc(10_240 - (golden.length % 10_240))]), "PackTrailing"],
        ["a second archive", Buffer.concat([golden, golden]), "PackTrailing"],
        ["one block of zeros", golden.subarray(0, golden.length - 512), "PackTruncated"],
        ["no blocks of zeros", golden.subarray(0, golden.length - 1024), "PackTruncated"],
        ["half of it", golden.subarray(0, golden.length >> 1), "PackTruncated"],
        ["less than a header", golden.subarray(0, 100), "PackTruncated"],
        ["nothing", Buffer.alloc(0), "PackTruncated"]
      ]
      for (const [name, bytes, tag] of cases) assert.strictEqual((yield* refusal(bytes))._tag, tag, name)
    })
  )

  it.effect("refuses what other writers make of the same members", () =>
    Effect.gen(function* () {
      const folder = temporaryFolder()
      const names = membersOf(golden).map(({ name, body }) => {
        fs.writeFileSync(join(folder, name), body)
        return name
      })
      const gnu = (format: string) =>
        execFileSync("tar", [`--format=${format}`, "--mtime=@0", "--owner=0", "--group=0", "--mode=644", "-cf", "-", ...names], {
          cwd: folder,
          maxBuffer: 1 << 24
        })
      for (const format of ["gnu", "ustar", "pax", "posix", "v7"]) {
        const error = yield* refusal(gnu(format))
        assert.include(["PackHeader", "PackMember"], error._tag, format)
      }
      const path = join(temporaryFolder(), "node.tar")
      yield* Effect.promise(() => tar.create({ file: path, cwd: folder, portable: true, mtime: new Date(0) }, names))
      assert.strictEqual((yield* refusal(fs.readFileSync(path)))._tag, "PackHeader")
      assert.strictEqual((yield* refusal(gzipSync(golden)))._tag, "PackCompressed")
    })
  )

  it.effect("refuses links, folders and devices in a member's place", () =>
    Effect.gen(function* () {
      const [first, ...rest] = membersOf(golden)
      for (const type of ["0", "1", "2", "3", "4", "5", "6", "7", "L", "S", "g", "x"]) {
        const header = Buffer.from(first!.header)
        header.write(type, 156, "latin1")
        header.fill(0x20, 148, 156)
        const sum = header.reduce((total, byte) => total + byte, 0)
        header.write(`${sum.toString(8).padStart(7, "0")}\0`, 148, "latin1")
        const error = yield* refusal(
          ended(memberBytes(first!.name, first!.body, header), ...rest.map(({ name, body }) => memberBytes(name, body)))
        )
        assert.strictEqual(error._tag, "PackHeader", type)
        if (error._tag === "PackHeader") assert.include([148, 149, 150, 151, 152, 153, 154, 156], error.offset)
      }
    })
  )

  it.effect("refuses a lock that is not of its exact bytes, and digests that are not those of the members", () =>
    Effect.gen(function* () {
      const cases: ReadonlyArray<readonly [string, Buffer, string]> = [
        ["a space", forged({ lock: (lock) => lock.replace(":", ": ") }), "PackLock"],
        ["a newline", forged({ lock: (lock) => `${lock}\n` }), "PackLock"],
        ["a field more", forged({ lock: (lock) => lock.replace("}", ',"x":1}') }), "PackLock"],
        ["a key twice", forged({ lock: (lock) => lock.replace("{", '{"sqlite_sha256":"","') }), "PackLock"],
        ["no JSON", forged({ lock: () => "nothing" }), "PackLock"],
        ["upper case", forged({ lock: (lock) => lock.replace(/[0-9a-f]{64}/, (hex) => hex.toUpperCase()) }), "PackLock"],
        ["zeros", forged({ lock: (lock) => lock.replace(/[0-9a-f]{64}/, "0".repeat(64)) }), "PackChecksum"],
        ["zeros twice", forged({ lock: (lock) => lock.replaceAll(/[0-9a-f]{64}/g, "0".repeat(64)) }), "Several"]
      ]
      for (const [name, bytes, tag] of cases) assert.strictEqual((yield* refusal(bytes))._tag, tag, name)
    })
  )

  it.effect("refuses a manifest that is not valid or not of the database, though the lock fits", () =>
    Effect.gen(function* () {
      const manifest = membersOf(golden)[0]!.body.toString("utf8")
      const cases: ReadonlyArray<readonly [string, string, string]> = [
        ["a key twice", manifest.replace("{", '{"db_hash":"",'), "PackManifest"],
        ["an unknown field", manifest.replace("{", '{"zz":1,'), "PackManifest"],
        ["another dataset", manifest.replace('"release":"110"', '"release":"111"'), "PackManifest"],
        ["no genes", manifest.replace(/"gene_count":\d+/, '"gene_count":0'), "PackManifest"],
        ["more genes than there are", manifest.replace(/"gene_count":\d+/, '"gene_count":99'), "PackDatabase"]
      ]
      for (const [name, text, tag] of cases) {
        assert.notStrictEqual(text, manifest, name)
        assert.strictEqual((yield* refusal(forged({ manifest: Buffer.from(text) })))._tag, tag, name)
      }
      const sqlite = Buffer.from(membersOf(golden)[1]!.body)
      sqlite.fill(0xff, 0, 100)
      assert.strictEqual((yield* refusal(forged({ sqlite })))._tag, "PackManifest")
    })
  )

  it.effect("opens no database but that of a sound pack, and says what it cannot read", () =>
    Effect.gen(function* () {
      const sqlite = Buffer.from("SQLite format 3\0 and nothing that follows")
      assert.strictEqual((yield* refusal(aroundDatabase(sqlite)))._tag, "PackDatabase")
    })
  )

  it.effect("asks nothing of a database that would answer for ever", () =>
    Effect.gen(function* () {
      const path = written(membersOf(golden)[1]!.body)
      const database = new DatabaseSync(path)
      database.exec(
        "DROP TABLE gene_summary; CREATE VIEW gene_summary AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
      )
      database.close()
      const error = yield* refusal(aroundDatabase(fs.readFileSync(path)))
      assert.strictEqual(error._tag, "PackDatabase")
      assert.include(error.message, 'it has a view, "gene_summary"')
    })
  )

  it.effect("says which level it proved, and refuses less than was asked", () =>
    Effect.gen(function* () {
      const path = written(golden)
      const expect = `sha256:${sha256(golden)}`
      assert.strictEqual((yield* verifyPack(path, { expect })).level, "identified")
      assert.strictEqual((yield* verifyPack(path, { id: miniId, level: "identified" })).level, "identified")
      const tags = (options: Parameters<typeof verifyPack>[1]) => Effect.map(Effect.flip(verifyPack(path, options)), (error) => error._tag)
      assert.strictEqual(yield* tags({ expect: `sha256:${"0".repeat(64)}` }), "PackDigest")
      assert.strictEqual(yield* tags({ expect: sha256(golden) }), "PackDigest")
      assert.strictEqual(yield* tags({ id: { ...miniId, release: "111" } as DatasetId }), "PackIdentity")
      assert.strictEqual(yield* tags({ level: "identified" }), "PackLevel")
      assert.strictEqual(yield* tags({ level: "authentic", expect }), "PackLevel")
    })
  )

  it.effect("follows no link, blocks on no pipe, and names what is no file", () =>
    Effect.gen(function* () {
      const folder = temporaryFolder()
      fs.writeFileSync(join(folder, "real.tar"), golden)
      fs.symlinkSync("real.tar", join(folder, "link.tar"))
      execFileSync("mkfifo", [join(folder, "pipe.tar")])
      for (const name of ["link.tar", "pipe.tar", ".", "absent.tar"]) {
        const error = yield* Effect.flip(verifyPack(join(folder, name)))
        assert.strictEqual(error._tag, "ArtifactUnreadable", name)
      }
      assert.deepStrictEqual(fs.readdirSync(folder).toSorted(), ["link.tar", "pipe.tar", "real.tar"])
    })
  )

  it.effect("leaves nothing behind, in the pack's folder or in the temporary one", () =>
    Effect.gen(function* () {
      const folder = temporaryFolder()
      const path = join(folder, "p.tar")
      fs.writeFileSync(path, golden)
      const before = temporaries()
      yield* verifyPack(path)
      yield* Effect.flip(verifyPack(written(golden.subarray(0, 100_000))))
      assert.deepStrictEqual(temporaries(), before)
      assert.deepStrictEqual(fs.readdirSync(folder), ["p.tar"])
    })
  )
})
