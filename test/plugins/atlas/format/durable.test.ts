import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  BeforeChange,
  type Change,
  durableCreate,
  durableReplace,
  durableReplaceWith,
  ioDurability,
  makeDirectory,
  removeTemporaries,
  syncTree,
  writeNew
} from "../../../../plugins/atlas/format/durable.ts"
import { copyHashed } from "../../../../plugins/atlas/format/store/copy.ts"
import { temporaryFolder } from "./store/golden-root.ts"

const folder = temporaryFolder

/** sha256 of "new", by coreutils. */
const newSha = "11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437"

const recorded = () => {
  const steps: Array<string> = []
  return { steps, before: (change: Change, path: string) => Effect.sync(() => void steps.push(`${change} ${path.replace(/.*\//, "")}`)) }
}

describe("durableReplace", () => {
  it.effect("writes, fsyncs and closes the file before the rename, and fsyncs the folder after it", () =>
    Effect.gen(function* () {
      const top = folder()
      const path = join(top, "x")
      fs.writeFileSync(path, "old")
      const { steps, before } = recorded()
      const written = yield* durableReplace(path, "new").pipe(Effect.provideService(BeforeChange, before))
      assert.deepStrictEqual(
        steps.map((step) => step.split(" ")[0]),
        ["create", "write", "chmod", "sync", "close", "rename", "sync"]
      )
      assert.strictEqual(steps.at(-1), `sync ${top.replace(/.*\//, "")}`)
      assert.deepStrictEqual(written, { bytes: 3, sha256: newSha })
      assert.strictEqual(fs.readFileSync(path, "utf8"), "new")
      assert.strictEqual(fs.statSync(path).mode & 0o777, 0o644)
    })
  )

  it.effect("keeps the old file and leaves no temporary when any step or the writer fails", () =>
    Effect.gen(function* () {
      for (let failing = 0; failing < 6; failing++) {
        const top = folder()
        fs.writeFileSync(join(top, "x"), "old")
        let step = 0
        const fail = (change: Change, path: string) =>
          Effect.suspend(() => (step++ === failing ? Effect.fail(ioDurability(change, path, { code: "EIO" })) : Effect.void))
        const error = yield* Effect.flip(durableReplace(join(top, "x"), "new").pipe(Effect.provideService(BeforeChange, fail)))
        assert.strictEqual(error.errno, "EIO")
        assert.deepStrictEqual(fs.readdirSync(top), ["x"])
        assert.strictEqual(fs.readFileSync(join(top, "x"), "utf8"), "old")
      }
      const top = folder()
      const error = yield* Effect.flip(
        durableReplaceWith(join(top, "x"), (sink) => Effect.andThen(sink.write(Buffer.from("half")), Effect.fail("no more")))
      )
      assert.strictEqual(error, "no more")
      assert.deepStrictEqual(fs.readdirSync(top), [])
    })
  )

  it.effect("names path, errno and what to do", () =>
    Effect.gen(function* () {
      const path = join(folder(), "absent/x")
      const error = yield* Effect.flip(durableReplace(path, "new"))
      assert.strictEqual(error.errno, "ENOENT")
      assert.include(error.path, "absent/")
      assert.match(error.hint ?? "", /create it/)
    })
  )

  it("sees a write that the system cut short, where fs.write alone would report success", () => {
    const top = folder()
    const module = fileURLToPath(new URL("../../../../plugins/atlas/format/durable.ts", import.meta.url))
    const script = join(top, "short.ts")
    fs.writeFileSync(
      script,
      `import { Effect } from ${JSON.stringify(import.meta.resolve("effect"))}
      import { durableReplace } from ${JSON.stringify(module)}
      const error = await Effect.runPromise(Effect.flip(durableReplace(${JSON.stringify(join(top, "big"))}, Buffer.alloc(1000000))))
      console.log(error.errno)`
    )
    // The limit is 200 blocks of 512 or 1,024 bytes: the first write is cut there, the next one fails.
    const out = execFileSync("sh", ["-c", 'trap "" XFSZ; ulimit -f 200; exec "$0" "$1"', process.execPath, script]).toString()
    assert.strictEqual(out.trim(), "EFBIG")
    assert.deepStrictEqual(fs.readdirSync(top), ["short.ts"])
  })
})

describe("durableCreate", () => {
  it.effect("creates once, takes the same bytes as done, and never replaces other ones", () =>
    Effect.gen(function* () {
      const top = folder()
      const path = join(top, "x")
      assert.isTrue((yield* durableCreate(path, "new")).created)
      assert.isFalse((yield* durableCreate(path, "new")).created)
      assert.strictEqual((yield* Effect.flip(durableCreate(path, "other")))._tag, "FileTaken")
      assert.strictEqual(fs.readFileSync(path, "utf8"), "new")
      assert.deepStrictEqual(fs.readdirSync(top), ["x"])
    })
  )
})

describe("folders", () => {
  it.effect("are made with what is missing above them, each fsynced into its parent, again where they were there", () =>
    Effect.gen(function* () {
      const top = folder()
      for (let time = 0; time < 2; time++) {
        const { steps, before } = recorded()
        yield* makeDirectory(join(top, "a/b/c"), top).pipe(Effect.provideService(BeforeChange, before))
        const name = top.replace(/.*\//, "")
        assert.deepStrictEqual(steps, ["mkdir a", `sync ${name}`, "mkdir b", "sync a", "mkdir c", "sync b"])
      }
    })
  )

  it.effect("are not made through a symbolic link or a file", () =>
    Effect.gen(function* () {
      const top = folder()
      fs.symlinkSync(tmpdir(), join(top, "link"))
      fs.writeFileSync(join(top, "file"), "")
      assert.strictEqual((yield* Effect.flip(makeDirectory(join(top, "link/x"), top))).errno, "ELOOP")
      assert.strictEqual((yield* Effect.flip(makeDirectory(join(top, "file/x"), top))).errno, "ENOTDIR")
    })
  )

  it.effect("are fsynced as trees, children first", () =>
    Effect.gen(function* () {
      const top = folder()
      fs.mkdirSync(join(top, "a/b"), { recursive: true })
      fs.writeFileSync(join(top, "a/b/x"), "")
      const { steps, before } = recorded()
      yield* syncTree(top).pipe(Effect.provideService(BeforeChange, before))
      assert.deepStrictEqual(steps.slice(1), ["sync x", "sync b", "sync a", `sync ${top.replace(/.*\//, "")}`])
    })
  )

  it.effect("lose the temporaries of killed runs and nothing else", () =>
    Effect.gen(function* () {
      const top = folder()
      for (const name of [".tmp-0123", "x.tmp", "catalog.json"]) fs.writeFileSync(join(top, name), "")
      yield* removeTemporaries(top)
      assert.deepStrictEqual(fs.readdirSync(top).toSorted(), ["catalog.json", "x.tmp"])
    })
  )
})

/** Lets nothing be shared, and exchanges a file as it is closed. */
const spoil = (change: Change, path: string) =>
  Effect.suspend(() => {
    if (change === "close") fs.writeFileSync(path, "bad")
    return change === "copy" ? Effect.fail(ioDurability(change, path, { code: "ENOTSUP" })) : Effect.void
  })

describe("copyHashed", () => {
  it.effect("gives the digest of what it copied", () =>
    Effect.gen(function* () {
      const top = folder()
      fs.writeFileSync(join(top, "x"), "new")
      assert.deepStrictEqual(yield* copyHashed(join(top, "x"), join(top, "y")), { bytes: 3, sha256: newSha })
      assert.strictEqual(fs.readFileSync(join(top, "y"), "utf8"), "new")
      assert.notStrictEqual(fs.statSync(join(top, "x")).ino, fs.statSync(join(top, "y")).ino)
    })
  )

  it.effect("replaces nothing", () =>
    Effect.gen(function* () {
      const top = folder()
      for (const name of ["x", "y"]) fs.writeFileSync(join(top, name), name)
      const error = yield* Effect.flip(copyHashed(join(top, "x"), join(top, "y")))
      assert.strictEqual(error._tag, "IoDurability")
      assert.strictEqual(fs.readFileSync(join(top, "y"), "utf8"), "y")
    })
  )

  it.effect("notices a file that reads back otherwise than it was written", () =>
    Effect.gen(function* () {
      const top = folder()
      fs.writeFileSync(join(top, "x"), "new")
      const error = yield* Effect.flip(copyHashed(join(top, "x"), join(top, "y")).pipe(Effect.provideService(BeforeChange, spoil)))
      assert.strictEqual(error._tag, "IoDurability")
      assert.match(error.message, /read back/)
    })
  )
})

describe("writeNew", () => {
  it.effect("refuses a name that is taken, and follows no link", () =>
    Effect.gen(function* () {
      const top = folder()
      fs.symlinkSync("elsewhere", join(top, "x"))
      const error = yield* Effect.flip(writeNew(join(top, "x"), (sink) => sink.write(Buffer.from("new"))))
      assert.strictEqual(error.errno, "EEXIST")
      assert.deepStrictEqual(fs.readdirSync(top), ["x"])
    })
  )
})
