/** Stands in for the engine in a real process: `ATLAS_SCRIPT` says what a run does. */
import { Effect } from "effect"
import { finished, runFinished, started } from "../report/sample.ts"
import { plan, scriptedSession } from "./session.ts"

/** Keeps the process alive as a child process would. */
const alive = Effect.acquireRelease(
  Effect.sync(() => setInterval(() => {}, 1000)),
  (timer) => Effect.sync(() => clearInterval(timer))
)

const tell = (text: string) => Effect.sync(() => void process.stderr.write(`${text}\n`))

const ready = tell("ready")

const scripts: Record<string, Effect.Effect<never>> = {
  hang: Effect.scoped(Effect.andThen(alive, Effect.andThen(ready, Effect.never))).pipe(
    Effect.onInterrupt(() => Effect.andThen(Effect.sleep("150 millis"), tell("tidied")))
  ),
  stuck: Effect.uninterruptible(Effect.scoped(Effect.andThen(alive, Effect.andThen(ready, Effect.never)))),
  drain: Effect.never,
  throw: Effect.scoped(
    Effect.gen(function* () {
      yield* alive
      setTimeout(() => {
        throw new Error("thrown in a timer")
      }, 1)
      return yield* Effect.never
    })
  ).pipe(Effect.onInterrupt(() => tell("tidied"))),
  reject: Effect.scoped(
    Effect.gen(function* () {
      yield* alive
      void Promise.reject(new Error("rejected by nobody"))
      return yield* Effect.never
    })
  )
}

const script = process.env["ATLAS_SCRIPT"] ?? ""
if (script === "unloadable") throw new Error("the engine cannot be loaded")
const many = Number(process.env["ATLAS_EVENTS"] ?? "1")
const begin = [
  started(many, 1),
  ...Array.from({ length: many }, (_, i) => finished(`a/x:read-${i}`, "executed", { summary: "s".repeat(1000) }))
]
const ending = scripts[script]

const session = {
  ...scriptedSession({
    plan: Effect.succeed(plan),
    events: [...begin, ...(ending === undefined ? [runFinished({ executed: many }, { exit: script === "fail" ? 1 : 0 })] : [])],
    ...(ending === undefined ? {} : { ending })
  })
}

export const Atlas = {
  open: () =>
    Effect.succeed({
      ...session,
      run: (options: Parameters<typeof session.run>[0], told: Parameters<typeof session.run>[1]) =>
        session
          .run(options, told)
          .pipe(Effect.onInterrupt(() => Effect.sync(() => told(runFinished({ cancelled: 1 }, { outcome: "interrupted", exit: 130 })))))
    })
}
