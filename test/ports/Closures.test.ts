/** Closures are kept for telling: written once, believed only if whole. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { CodeClosure } from "../../src/domain/CodeClosure.ts"
import { openClosures } from "../../src/ports/Closures.ts"

const closure = (digit: string): CodeClosure => ({
  atlas: "code-closure/1",
  definition: "one",
  digest: digit.repeat(64),
  opaque: [],
  entries: [{ kind: "module", subject: "a.ts", value: "sha256:1", via: null, through: [], parts: [{ name: "a", digest: "1" }] }]
})

const withState = <A, E>(use: (state: string) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    const folder = mkdtempSync(join(tmpdir(), "atlas closures "))
    return Effect.ensuring(
      use(join(folder, ".atlas")),
      Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
    )
  })

describe("kept closures", () => {
  it.effect("are written once and read as they were", () =>
    withState((state) =>
      Effect.gen(function* () {
        const closures = openClosures(state)
        assert.isNull(closures.get(closure("a").digest))
        assert.isFalse(existsSync(state))
        assert.strictEqual(yield* closures.keep([closure("a"), closure("b")]), 2)
        const file = join(state, "closures", `${closure("a").digest}.json`)
        const { ino, mtimeMs } = statSync(file)
        assert.strictEqual(yield* closures.keep([closure("a")]), 0)
        assert.deepStrictEqual([statSync(file).ino, statSync(file).mtimeMs], [ino, mtimeMs])
        assert.deepStrictEqual(openClosures(state).get(closure("a").digest), closure("a"))
      })
    )
  )

  it.effect("are not believed when damaged or under another name, and written anew", () =>
    withState((state) =>
      Effect.gen(function* () {
        const closures = openClosures(state)
        yield* closures.keep([closure("a")])
        const file = (digit: string) => join(state, "closures", `${closure(digit).digest}.json`)
        const good = readFileSync(file("a"), "utf8")
        writeFileSync(file("b"), good)
        assert.isNull(closures.get(closure("b").digest))
        writeFileSync(file("a"), good.replace("a.ts", "b.ts"))
        assert.isNull(closures.get(closure("a").digest))
        assert.strictEqual(yield* closures.keep([closure("a")]), 1)
        assert.deepStrictEqual(closures.get(closure("a").digest), closure("a"))
        assert.isNull(closures.get("../../secret"))
      })
    )
  )

  it.effect("are forgotten but for those in use", () =>
    withState((state) =>
      Effect.gen(function* () {
        const closures = openClosures(state)
        assert.strictEqual(yield* closures.forget(new Set()), 0)
        yield* closures.keep([closure("a"), closure("b")])
        writeFileSync(join(state, "closures", ".tmp-1"), "")
        assert.strictEqual(yield* closures.forget(new Set([closure("a").digest])), 2)
        assert.deepStrictEqual(readdirSync(join(state, "closures")), [`${closure("a").digest}.json`])
      })
    )
  )
})
