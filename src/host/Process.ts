/** The process layer of `Host`: user code in processes of its own, kept warm, ended for whatever they do wrong (engine.md §6). */
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync } from "node:fs"
import { availableParallelism } from "node:os"
import { dirname, join } from "node:path"
import { Effect, Layer, Schema } from "effect"
import { ConfigEvidence } from "../domain/ConfigEvidence.ts"
import { ConfigThrew } from "../domain/ConfigErrors.ts"
import { ConfigInvalid } from "../domain/EngineErrors.ts"
import { encodeFailure, ErrorDocument } from "../domain/Failure.ts"
import { DocumentVersion, TaskLeftovers, TaskLost } from "../domain/Fault.ts"
import { ProjectDocument } from "../domain/ProjectDocument.ts"
import { ContentDigestDocument, type HostEvent, ObservationDocument, ResultDocument, type TaskDocument } from "../domain/TaskDocument.ts"
import { Confinement } from "../ports/Confinement.ts"
import { type EvaluatedProject, Host } from "../ports/Host.ts"
import { makeWatchdog } from "../ports/ProcessGroup.ts"
import { fateOf, otherVersion } from "./Fate.ts"
import { type Answer, type HostProcess, type Question, type Start, startHost } from "./ProcessHost.ts"
import { compileCacheOf } from "./Launch.ts"
import { ended, makePool } from "./ProcessPool.ts"
import { lentVariables } from "./Environment.ts"
import { hostMark, versionOf } from "./Wire.ts"

export interface ProcessHostOptions {
  /** The config, absolute. */
  readonly config: string
  /** The module that a host runs, absolute: src/host/main.ts of this package. */
  readonly entry: string
  /** Most hosts at one time; as many as there are cores if absent. */
  readonly jobs?: number
  /** From the interruption of a task to the end of its host, ms. */
  readonly graceMs?: number
  /** Names of variables that the config was seen to read: to execute it is imported with no others. Null or absent: with all. */
  readonly reads?: ReadonlyArray<string> | null
  /** What evaluates the config, if that is another module or runs with more flags. */
  readonly evaluator?: { readonly entry: string; readonly flags: ReadonlyArray<string> }
  /** Hosts wait for a debugger. */
  readonly inspect?: boolean
  /** Told of each line that the config prints while it is evaluated. */
  readonly printed?: (line: string) => void
}

const defaultGraceMs = 10_000
/** For questions that are no task's. */
const defaultMemoryMiB = 2048

const Evaluation = Schema.Union([
  Schema.Struct({ project: ProjectDocument, evidence: Schema.NullOr(ConfigEvidence) }),
  Schema.Struct({ problems: Schema.Array(ErrorDocument) })
])

/** A question to one host. Interruption asks the task to stop, and returns when it has or its host is gone. */
const put = (host: HostProcess, question: Omit<Question, "done">, graceMs: number): Effect.Effect<Answer> =>
  Effect.callback<Answer>((resume) => {
    const waiting: Array<() => void> = []
    let done = false
    host.ask({
      ...question,
      done: (answer) => {
        done = true
        resume(Effect.succeed(answer))
        for (const call of waiting) call()
      }
    })
    return Effect.callback<void>((stopped) => {
      if (done) return stopped(Effect.void)
      waiting.push(() => stopped(Effect.void))
      host.interrupt(graceMs)
    })
  })

/** A document as it should be, or why it is not. */
const read = <A>(
  schema: Schema.Codec<A, unknown>,
  version: string,
  task: string,
  document: unknown
): { readonly ok: A } | { readonly error: ErrorDocument } => {
  const found = versionOf(document)
  if (found !== version) {
    const message = `the host of ${task} answers with ${found}, this engine reads ${version}`
    return { error: encodeFailure(new DocumentVersion({ message, found, known: version })) }
  }
  const exit = Schema.decodeUnknownExit(schema)(document, { onExcessProperty: "error" })
  if (exit._tag === "Success") return { ok: exit.value }
  const [reason] = exit.cause.reasons
  const why = reason?._tag === "Fail" ? reason.error.message : "it cannot be decoded"
  return { error: encodeFailure(new TaskLost({ message: `the host of ${task} answered with no ${version}: ${why}` })) }
}

/** What the host knows of itself, or what was seen of it with the programs that it started. */
const peakOf = ({ peakMiB = 0 }: ResultDocument, seen: number | null): Pick<ResultDocument, "peakMiB"> => {
  const most = Math.max(peakMiB, Math.ceil((seen ?? 0) / 1024 ** 2))
  return most === 0 ? {} : { peakMiB: most }
}

const invalid = (problems: ConfigInvalid["problems"]): ConfigInvalid =>
  new ConfigInvalid({
    message: problems.length === 1 ? (problems[0]?.message ?? "") : `the config has ${problems.length} problems`,
    problems
  })

export const layer = (options: ProcessHostOptions): Layer.Layer<Host> =>
  Layer.effect(
    Host,
    Effect.gen(function* () {
      const { config, entry, graceMs = defaultGraceMs, jobs = availableParallelism() } = options
      const engine = randomBytes(6).toString("hex")
      const leaks: Array<ErrorDocument> = []
      let number = 0
      const watchdog = yield* Effect.acquireRelease(
        Effect.sync(() => makeWatchdog(`${hostMark}=${engine}.`)),
        (dog) => Effect.sync(dog.close)
      )
      const start = (how: Pick<Start, "entry" | "memoryMiB" | "flags" | "before">, reads: ReadonlyArray<string> | null): HostProcess =>
        startHost({
          ...how,
          folder: dirname(config),
          config,
          mark: `${engine}.${++number}`,
          inspect: options.inspect === true,
          environment: lentVariables(reads),
          watchdog,
          leaked: (error) => leaks.push(error)
        })
      const pool = yield* makePool(jobs, (memoryMiB) => start({ entry, memoryMiB, flags: [] }, options.reads ?? null))

      /** A warm one, or one that is started for this task alone where it is confined. */
      const hostOf =
        (task: TaskDocument) =>
        <A, E>(use: (host: HostProcess) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
          Effect.flatMap(Confinement, (confinement) => {
            const { memoryMiB } = task
            if (confinement === null) return pool.withHost(memoryMiB, use)
            const alone = Effect.sync(() => start({ entry, memoryMiB, ...confinement.host(task) }, options.reads ?? null))
            return Effect.acquireUseRelease(alone, use, ended)
          })

      /** Where runs have been; whoever only looks writes nothing. */
      const compileCache = yield* Effect.cached(
        Effect.ignore(
          // without the folder hosts only start slower
          Effect.try(() => {
            if (existsSync(join(dirname(config), ".atlas"))) mkdirSync(compileCacheOf(dirname(config)), { recursive: true })
          })
        )
      )

      const evaluate = Effect.gen(function* () {
        const print = options.printed ?? ((line: string) => void process.stderr.write(`${line}\n`))
        const tell = (event: HostEvent) => (event.event === "log" ? print(event.message) : undefined)
        const answer = yield* Effect.acquireUseRelease(
          Effect.sync(() => start({ entry, flags: [], memoryMiB: null, ...options.evaluator }, null)),
          (host) => put(host, { ask: "evaluate", tell }, 0),
          ended
        )
        return yield* evaluated(answer, config)
      })

      return Host.of({
        evaluate,
        execute: (task, tell) =>
          Effect.andThen(
            compileCache,
            hostOf(task)((host) =>
              Effect.map(put(host, { ask: "execute", document: task, tell }, graceMs), (answer): ResultDocument => {
                const result = (errors: ReadonlyArray<ErrorDocument>, findings: ResultDocument["findings"] = []): ResultDocument => ({
                  atlas: "result/1",
                  task: task.task,
                  errors,
                  findings,
                  values: {},
                  summary: null
                })
                if (answer.kind === "fault") return result([answer.error], answer.findings)
                if (answer.kind === "gone") return result([fateOf(task.task, answer.gone, task)], answer.findings)
                if (answer.kind === "version") return result([otherVersion(answer.speaks)])
                const reading = read(ResultDocument, "result/1", task.task, answer.document)
                if ("error" in reading) return result([reading.error])
                const measured = { ...reading.ok, ...peakOf(reading.ok, answer.peak) }
                if (answer.left.length === 0 || reading.ok.errors.length > 0) return measured
                const message = `${task.task} ended and left ${answer.left.length === 1 ? "a process" : `${answer.left.length} processes`} behind, which ${answer.left.length === 1 ? "was" : "were"} ended too`
                return { ...measured, errors: [encodeFailure(new TaskLeftovers({ message }))] }
              })
            )
          ),
        observe: (question) =>
          pool.withHost(defaultMemoryMiB, (host) =>
            Effect.map(put(host, { ask: "observe", document: question, tell: () => {} }, graceMs), (answer): ObservationDocument => {
              const nothing = (error: ErrorDocument): ObservationDocument => ({
                atlas: "observation/1",
                task: question.task,
                errors: [error],
                desired: null,
                live: null,
                witnesses: []
              })
              if (answer.kind === "fault") return nothing(answer.error)
              if (answer.kind === "gone") return nothing(fateOf(question.task, answer.gone, { memoryMiB: defaultMemoryMiB, scratch: null }))
              if (answer.kind === "version") return nothing(otherVersion(answer.speaks))
              const reading = read(ObservationDocument, "observation/1", question.task, answer.document)
              return "error" in reading ? nothing(reading.error) : reading.ok
            })
          ),
        digest: (question) =>
          pool.withHost(defaultMemoryMiB, (host) =>
            Effect.map(put(host, { ask: "digest", document: question, tell: () => {} }, graceMs), (answer): ContentDigestDocument => {
              const { task } = question
              const nothing = (error: ErrorDocument): ContentDigestDocument => ({
                atlas: "content-digest/1",
                task,
                errors: [error],
                digest: null,
                unreadable: null
              })
              if (answer.kind === "fault") return nothing(answer.error)
              if (answer.kind === "gone") return nothing(fateOf(task, answer.gone, { memoryMiB: defaultMemoryMiB, scratch: null }))
              if (answer.kind === "version") return nothing(otherVersion(answer.speaks))
              const reading = read(ContentDigestDocument, "content-digest/1", task, answer.document)
              return "error" in reading ? nothing(reading.error) : reading.ok
            })
          ),
        leaks: Effect.sync(() => leaks.splice(0))
      })
    })
  )

const evaluated = (answer: Answer, config: string): Effect.Effect<EvaluatedProject, ConfigInvalid> => {
  if (answer.kind === "fault") return Effect.fail(invalid([answer.error]))
  if (answer.kind === "version") return Effect.fail(invalid([otherVersion(answer.speaks)]))
  if (answer.kind === "gone") {
    const { message } = fateOf("the config", answer.gone, { memoryMiB: defaultMemoryMiB, scratch: null })
    return Effect.fail(invalid([encodeFailure(new ConfigThrew({ message, where: { path: config } }))]))
  }
  const exit = Schema.decodeUnknownExit(Evaluation)(answer.document, { onExcessProperty: "error" })
  if (exit._tag === "Failure") {
    const [reason] = exit.cause.reasons
    const message = `the host answered with no project/1: ${reason?._tag === "Fail" ? reason.error.message : "it cannot be decoded"}`
    return Effect.fail(invalid([encodeFailure(new TaskLost({ message }))]))
  }
  return "project" in exit.value ? Effect.succeed(exit.value) : Effect.fail(invalid(exit.value.problems))
}

/** The module that hosts run, in the `src` of this package. */
export const hostEntry = (engine: string): string => join(engine, "host", "main.ts")
