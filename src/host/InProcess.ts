/** The in-process layer of `Host`: for embedding and fast tests. */
import { Effect, Layer } from "effect"
import { ConfigInvalid } from "../domain/EngineErrors.ts"
import { encodeFailure } from "../domain/Failure.ts"
import { TaskLost } from "../domain/Fault.ts"
import { Host, type HostModule } from "../ports/Host.ts"

const sentence = (problems: ConfigInvalid["problems"]): string =>
  problems.length === 1 ? (problems[0]?.message ?? "") : `the config has ${problems.length} problems`

/** A call across the border. Interruption aborts it and waits until it has ended, finalizers included. */
const call = <A>(ask: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, string> =>
  Effect.callback<A, string>((resume) => {
    const abort = new AbortController()
    const answer = Promise.resolve().then(() => ask(abort.signal))
    const ended = answer.then(
      (value) => resume(Effect.succeed(value)),
      (reason) => resume(Effect.fail(String(reason)))
    )
    return Effect.promise(() => {
      abort.abort()
      return ended
    })
  })

/** `open` yields the host when it is first needed. */
export const layer = (open: () => Promise<HostModule>): Layer.Layer<Host> =>
  Layer.sync(Host, () => {
    let opened: Promise<HostModule> | undefined
    const host = Effect.promise(() => (opened ??= open()))
    return Host.of({
      evaluate: Effect.gen(function* () {
        const module = yield* host
        const answer = yield* Effect.promise(() => module.evaluate())
        if ("project" in answer) return answer
        return yield* new ConfigInvalid({ message: sentence(answer.problems), problems: answer.problems })
      }),
      execute: (task, tell) =>
        Effect.flatMap(host, (module) =>
          call((signal) => module.execute(task, tell, signal)).pipe(
            Effect.catch((lost) =>
              Effect.succeed({
                atlas: "result/1" as const,
                task: task.task,
                errors: [encodeFailure(new TaskLost({ message: `the host of ${task.task} answered nothing: ${lost}` }))],
                findings: [],
                values: {},
                summary: null
              })
            )
          )
        ),
      leaks: Effect.succeed([]),
      digest: (question) =>
        Effect.flatMap(host, (module) =>
          call((signal) => module.digest(question, signal)).pipe(
            Effect.catch((lost) =>
              Effect.succeed({
                atlas: "content-digest/1" as const,
                task: question.task,
                errors: [encodeFailure(new TaskLost({ message: `the host of ${question.task} answered nothing: ${lost}` }))],
                digest: null,
                unreadable: null
              })
            )
          )
        ),
      observe: (question) =>
        Effect.flatMap(host, (module) =>
          call((signal) => module.observe(question, signal)).pipe(
            Effect.catch((lost) =>
              Effect.succeed({
                atlas: "observation/1" as const,
                task: question.task,
                errors: [encodeFailure(new TaskLost({ message: `the host of ${question.task} answered nothing: ${lost}` }))],
                desired: null,
                live: null,
                witnesses: []
              })
            )
          )
        )
    })
  })
