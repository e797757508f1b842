/** The kept project document: what comes back is what was kept, or nothing. */
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ConfigEvidence } from "../../src/domain/ConfigEvidence.ts"
import type { ProjectTask } from "../../src/domain/ProjectDocument.ts"
import { type KeptGroup, type KeptHead, type KeptProject, readKeptProject, writeKeptProject } from "../../src/ports/KeptProject.ts"
import { seal } from "../../src/ports/SealedJson.ts"
import { snapshot, workplace } from "./workplace.ts"

const evidence: ConfigEvidence = {
  atlas: "config-evidence/1",
  config: "/r/atlas.config.ts",
  build: { node: "v24", platform: "linux", arch: "x64", engine: "e@1", contract: "plugin/1" },
  salt: "salt",
  modules: [{ path: "/r/atlas.config.ts", sha256: "00" }],
  edges: [],
  unwatched: [],
  packages: [],
  lookups: [],
  paths: [{ path: "/r/päth 😀", is: "absent" }],
  environment: [{ name: "A", value: null }],
  environmentNames: null,
  machine: []
}

const task = (target: string): ProjectTask => ({
  task: `${target}:read`,
  target,
  stage: "read",
  check: null,
  definition: "read",
  labels: {},
  needs: [],
  gates: [],
  inputs: [{ kind: "file", name: "text", path: `${target} – ü.txt` }],
  options: { mark: "\u2028" },
  subject: {},
  outputs: [],
  roots: {},
  cell: null,
  environment: [],
  tools: [],
  runtime: [],
  timeoutMs: 1,
  memoryMiB: 1,
  severity: {},
  waivers: [],
  command: null,
  declaredAt: null
})

const head: KeptHead = {
  document: { atlas: "project/1", contract: "plugin/1", name: "kept", root: "/r", config: "/r/atlas.config.ts", definitions: [] },
  bare: [[1, { target: "bare", labels: {} }]],
  closures: [["read", "ff"]],
  build: "build"
}
const groups: ReadonlyArray<KeptGroup> = [
  {
    tasks: [
      [0, task("a")],
      [2, task("c")]
    ],
    targets: [[0, { target: "a", labels: { x: "1" } }]]
  },
  { tasks: [[1, task("b")]], targets: [] }
]

const groupsOf = (kept: KeptProject): ReadonlyArray<KeptGroup | null> => Array.from({ length: kept.groups }, (_, n) => kept.group(n))

/** All of it, piece by piece. */
const whole = (kept: KeptProject | null) =>
  kept === null ? null : { seal: kept.seal, head: kept.head, evidence: kept.evidence(), groups: groupsOf(kept) }

const lab = Effect.map(workplace, (folder) => {
  const state = join(folder, ".atlas")
  const file = join(state, "project")
  const sealed = writeKeptProject(state, head, evidence, groups)
  return { folder, state, file, sealed, bytes: readFileSync(file) }
})

// each third byte and each fifth length: places of every kind, and a quick test
describe("a kept project", () => {
  it.effect("comes back as it was kept, whole and by group, under the same name", () =>
    Effect.gen(function* () {
      const { state, sealed } = yield* lab
      assert.deepStrictEqual(whole(readKeptProject(state)), { seal: sealed, head, evidence, groups })
      assert.isNull(readKeptProject(state)?.group(2))
      assert.isNull(readKeptProject(state)?.group(-1))
      assert.strictEqual(writeKeptProject(state, head, evidence, groups), sealed)
      assert.notStrictEqual(writeKeptProject(state, head, evidence, groups.toReversed()), sealed)
    })
  )

  it.effect("is a project without tasks too", () =>
    Effect.gen(function* () {
      const { state } = yield* lab
      const sealed = writeKeptProject(state, head, evidence, [])
      assert.deepStrictEqual(whole(readKeptProject(state)), { seal: sealed, head, evidence, groups: [] })
    })
  )

  it.effect("is read whatever the length of its index", () =>
    Effect.gen(function* () {
      const { state } = yield* lab
      const closures = Array.from({ length: 14_000 }, (_, n) => [`definition ${n}`, "0".repeat(64)] as const)
      writeKeptProject(state, { ...head, closures }, evidence, groups)
      assert.deepStrictEqual(whole(readKeptProject(state))?.head.closures, closures)
      assert.deepStrictEqual(whole(readKeptProject(state))?.groups, groups)
    })
  )

  it.effect("is never another one than was kept, whichever byte is flipped", () =>
    Effect.gen(function* () {
      const { state, file, sealed, bytes } = yield* lab
      for (let at = 0; at < bytes.length; at += 3) {
        const flipped = Buffer.from(bytes)
        flipped[at] = (flipped[at] as number) ^ (1 << (at % 8))
        writeFileSync(file, flipped)
        const now = whole(readKeptProject(state))
        if (now === null) continue
        assert.deepStrictEqual([now.seal, now.head], [sealed, head], `byte ${at}`)
        const pieces: ReadonlyArray<unknown> = [now.evidence, ...now.groups]
        assert.strictEqual(pieces.filter((piece) => piece === null).length, 1, `byte ${at}: one piece is gone`)
        for (const [n, piece] of pieces.entries()) if (piece !== null) assert.deepStrictEqual(piece, [evidence, ...groups][n], `byte ${at}`)
      }
    })
  )

  it.effect("90: is never another one, wherever it is cut", () =>
    Effect.gen(function* () {
      const { state, file, bytes } = yield* lab
      for (let length = 0; length < bytes.length; length += 5) {
        writeFileSync(file, bytes.subarray(0, length))
        const now = whole(readKeptProject(state))
        const pieces = [now?.evidence ?? null, ...(now?.groups ?? [])]
        assert.isNull(pieces.at(-1) ?? null, `${length} bytes`)
        for (const [n, piece] of pieces.entries())
          if (piece !== null) assert.deepStrictEqual(piece, [evidence, ...groups][n], `${length} bytes`)
      }
    })
  )

  it.effect("is not believed of a newer version, another kind, or behind a link, and a folder in its place is none", () =>
    Effect.gen(function* () {
      const { folder, state, file, bytes } = yield* lab
      for (const atlas of ["kept-project/2", "other/1"]) {
        writeFileSync(file, `${seal({ ...head, evidence: [0, 0, ""], groups: [], atlas } as { readonly atlas: string })}`)
        assert.isNull(readKeptProject(state), atlas)
      }
      writeFileSync(file, bytes)
      renameSync(file, join(folder, "elsewhere"))
      symlinkSync(join(folder, "elsewhere"), file)
      assert.isNull(readKeptProject(state), "a link")
      rmSync(file)
      mkdirSync(file)
      assert.isNull(readKeptProject(state), "a folder")
    })
  )

  it.effect("of a piece that is gone after it was opened says so", () =>
    Effect.gen(function* () {
      const { state, file } = yield* lab
      const kept = readKeptProject(state)
      rmSync(file)
      assert.deepStrictEqual([kept?.evidence(), kept?.group(0)], [null, null])
    })
  )

  it.effect("is read without writing, also where there is none", () =>
    Effect.gen(function* () {
      const { folder, state } = yield* lab
      const before = snapshot(folder)
      whole(readKeptProject(state))
      assert.isNull(readKeptProject(join(folder, "none")))
      assert.deepStrictEqual(snapshot(folder), before)
    })
  )
})
