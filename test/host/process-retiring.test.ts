/** How long one host process serves, and how it was started. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import type { ResultDocument } from "../../src/domain/TaskDocument.ts"
import { layer } from "../../src/host/Process.ts"
import { Host } from "../../src/ports/Host.ts"
import { taskDocument } from "./documents.ts"
import { isGone, lab } from "./lab.ts"

const entry = join(import.meta.dirname, "../../src/host/main.ts")

/** Asks one host after the other, at most one at a time. */
const asking = <A, E>(
  body: (ask: (what: string, told?: () => void) => Effect.Effect<ResultDocument, unknown, Host>) => Effect.Effect<A, E, Host>
) =>
  Effect.gen(function* () {
    const { root, config } = yield* lab("retiring.config.ts")
    return yield* Effect.gen(function* () {
      const { project } = yield* (yield* Host).evaluate
      return yield* body((what, told) =>
        Effect.flatMap(Host, (host) =>
          host.execute(taskDocument(project, `${what}:leave`, root), (event) => {
            if (event.event === "log") told?.()
          })
        )
      )
    }).pipe(Effect.provide(layer({ config, entry, jobs: 1, graceMs: 100 })))
  })

const toldAt = ({ findings }: ResultDocument, at: string): string => findings.find((finding) => finding.at === at)?.message ?? ""
const codes = ({ errors }: ResultDocument) => errors.map(({ code }) => code)

const hard = spawnSync("sh", ["-c", "ulimit -H -c"], { encoding: "utf8" }).stdout.trim()
const mayDump = hard !== "0"
if (!mayDump) console.warn("SKIPPED: that hosts leave no core file, since nothing here may leave one")

describe("a host process", () => {
  it.live("serves one task after another, and is gone after one that left something behind", () =>
    asking((ask) =>
      Effect.gen(function* () {
        const first = yield* ask("nothing")
        const left = yield* ask("umask")
        const next = yield* ask("nothing")
        assert.deepStrictEqual([codes(first), codes(left), codes(next)], [[], ["PLUGIN_LEAK"], []])
        assert.strictEqual(toldAt(left, "pid"), toldAt(first, "pid"))
        assert.notStrictEqual(toldAt(next, "pid"), toldAt(left, "pid"))
        assert.isTrue(isGone(Number(toldAt(left, "pid"))))
      })
    )
  )

  it.live("has the memory of its task, and tells how it ended without its environment", () =>
    asking((ask) =>
      Effect.gen(function* () {
        const result = yield* ask("nothing")
        const flags = toldAt(result, "flags").split(" ")
        for (const flag of ["--max-old-space-size=128", "--report-on-fatalerror", "--report-exclude-env"]) assert.include(flags, flag)
      })
    )
  )

  it.live.skipIf(!mayDump)("leaves no core file, though whoever started the run may", () =>
    Effect.gen(function* () {
      const { config } = yield* lab("retiring.config.ts")
      const words = [process.execPath, join(import.meta.dirname, "fixtures/run-project.ts"), config, "nothing"]
      const { stdout, stderr } = spawnSync("sh", ["-c", 'ulimit -c "$(ulimit -H -c)"; exec "$@"', "sh", ...words], { encoding: "utf8" })
      const core = stdout
        .split("\n")
        .flatMap((line) =>
          line === "" ? [] : [JSON.parse(line) as { readonly event: string; readonly at?: string; readonly message?: string }]
        )
        .find(({ event, at }) => event === "finding" && at === "core")
      assert.strictEqual(core?.message, "0", stderr)
    })
  )

  it.live(
    "that does not stop when it is asked to is killed after the grace",
    () =>
      asking((ask) =>
        Effect.gen(function* () {
          const began = yield* Deferred.make<void>()
          const running = yield* Effect.forkChild(ask("spin", () => Deferred.doneUnsafe(began, Effect.void)))
          yield* Deferred.await(began)
          yield* Fiber.interrupt(running)
          assert.deepStrictEqual(codes(yield* ask("nothing")), [])
        })
      ),
    60_000
  )
})
