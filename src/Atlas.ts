/** `Atlas` for programs: runs typed by the config they are given (experience.md §6). */
import { Effect, Schema } from "effect"
import { type ErrorDocument, codeOfTag } from "./domain/Failure.ts"
import { TaskFault } from "./domain/Fault.ts"
import type { RunEvent, TaskFinished } from "./domain/RunDocuments.ts"
import type { EngineError, RunOptions, Session } from "./engine/Commands.ts"
import type { ConfigInvalid } from "./domain/EngineErrors.ts"
import type { ErrorsOf, Project } from "./plugin/Project.ts"

export interface TypedRunReport<E> {
  readonly exit: number
  readonly tasks: ReadonlyArray<TaskFinished>
  readonly failed: ReadonlyArray<Omit<TaskFinished, "error"> & { readonly error: E | TaskFault }>
}

interface Coded {
  readonly stages: ReadonlyArray<{ readonly def: { readonly errors: ReadonlyArray<unknown> } }>
  readonly checks: ReadonlyArray<{ readonly def: { readonly errors: ReadonlyArray<unknown> } }>
}

const classesOf = (project: Coded): ReadonlyMap<string, Schema.Codec<unknown, unknown>> => {
  const classes = new Map<string, Schema.Codec<unknown, unknown>>()
  for (const { def } of [...project.stages, ...project.checks])
    for (const error of def.errors)
      classes.set(codeOfTag((error as { readonly identifier: string }).identifier), error as Schema.Codec<unknown, unknown>)
  return classes
}

/** Gives encoded errors their classes back; what the config does not declare is a `TaskFault`. */
export const decodeErrors = <P extends Project<any, any>>(project: P): ((error: ErrorDocument) => ErrorsOf<P> | TaskFault) => {
  const classes = classesOf(project)
  return (error) => {
    const known = classes.get(error.code)
    const fields = {
      message: error.message,
      ...(error.where === undefined ? {} : { where: error.where }),
      hint: error.hint,
      ...error.details
    }
    const decoded =
      known === undefined
        ? undefined
        : Schema.decodeUnknownOption(known)({ _tag: (known as unknown as { readonly identifier: string }).identifier, ...fields })
    return decoded?._tag === "Some" ? (decoded.value as ErrorsOf<P>) : new TaskFault({ fault: error })
  }
}

/** A config imports this module too: the engine is only loaded by who runs it. */
const engine = Effect.promise(() => import("./engine/Atlas.ts"))

export const Atlas = {
  /** Opens a config file: errors come encoded, `decodeErrors` types them. */
  open: (config: string): Effect.Effect<Session, ConfigInvalid> => Effect.flatMap(engine, (loaded) => loaded.Atlas.open(config)),

  /** Runs a project in this process. Relative paths start at `root`, the working folder unless given. */
  run: <P extends Project<any, any>>(
    project: P,
    options: RunOptions & { readonly root?: string } = {},
    tell: (event: RunEvent) => void = () => {}
  ): Effect.Effect<TypedRunReport<ErrorsOf<P>>, EngineError> =>
    Effect.gen(function* () {
      const decode = decodeErrors(project)
      const session = yield* (yield* engine).Atlas.openProject(project, options.root ?? process.cwd())
      const { finished, tasks } = yield* session.run(options, tell)
      return {
        exit: finished.exit,
        tasks,
        failed: tasks.flatMap((task) => (task.error === undefined ? [] : [{ ...task, error: decode(task.error) }]))
      }
    })
}
