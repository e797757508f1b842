/** What runs across the border. Plain functions of plain data, so that callers may hold another copy of `effect`. */
import { dirname } from "node:path"
import { Effect } from "effect"
import { encodeFailure, type ErrorDocument } from "../domain/Failure.ts"
import { TaskLost } from "../domain/Fault.ts"
import type { HostModule } from "../ports/Host.ts"
import { readDefinitions } from "./Definitions.ts"
import { evaluate } from "./Evaluate.ts"
import { digest } from "./Digest.ts"
import { type Definitions, execute } from "./Execute.ts"
import { load, problemOf } from "./Load.ts"
import { observe } from "./Observe.ts"
import { evaluateTraced } from "./trace/Evaluation.ts"

type Answer = Awaited<ReturnType<typeof evaluateTraced>>

/** What user code throws while its functions are asked (labels, paths, cells) is a problem of the config like any other. */
const evaluated = (project: unknown, at: { readonly root: string; readonly config: string | null }): ReturnType<typeof evaluate> => {
  try {
    return evaluate(project, at)
  } catch (error) {
    return { problems: [problemOf(error, at.config ?? at.root)] }
  }
}

/** The stages and checks of a project by name, without its targets: all that running a task takes. */
const definitionsOf = (project: unknown): Definitions => {
  const { stages, checks } = (typeof project === "object" && project !== null ? project : {}) as {
    readonly stages?: unknown
    readonly checks?: unknown
  }
  // its problems were told when it was evaluated
  const read = readDefinitions(stages, checks, undefined, [])
  return new Map([...read.stages, ...read.checks].map((definition) => [definition.name, definition]))
}

/** Variables of `environment` while `work` runs; what it sets itself stays. */
const within = async <A>(environment: Readonly<Record<string, string>>, work: () => Promise<A>): Promise<A> => {
  const lent = Object.entries(environment).filter(([name]) => process.env[name] === undefined)
  for (const [name, value] of lent) process.env[name] = value
  try {
    return await work()
  } finally {
    for (const [name, value] of lent) if (process.env[name] === value) delete process.env[name]
  }
}

/**
 * A host for a project value or for the config at an absolute path, each evaluated once, when first needed. A config is imported
 * with the variables of `environment`; its tasks see none of them.
 */
export const openHost = (
  source:
    | { readonly config: string; readonly environment?: Readonly<Record<string, string>> }
    | { readonly project: unknown; readonly root: string }
): HostModule => {
  let importing: ReturnType<typeof load> | undefined
  let evaluating: ReturnType<typeof begin> | undefined
  let defining: Promise<Definitions | { readonly problem: ErrorDocument }> | undefined
  const once = () => (evaluating ??= begin())
  const begin = async (): Promise<Answer> => {
    if (!("config" in source)) {
      const answer = evaluated(source.project, { root: source.root, config: null })
      return "definitions" in answer ? { ...answer, evidence: null } : answer
    }
    const { config, environment = {} } = source
    return within(environment, () =>
      evaluateTraced(config, async () => {
        const loaded = await (importing ??= load(config))
        if ("problem" in loaded) return { problems: [loaded.problem] }
        return evaluated(loaded.exports["default"], { root: dirname(config), config })
      })
    )
  }
  const define = async (): Promise<Definitions | { readonly problem: ErrorDocument }> => {
    if (evaluating !== undefined || !("config" in source)) {
      const evaluated = await once()
      return "definitions" in evaluated ? evaluated.definitions : new Map()
    }
    const { config, environment = {} } = source
    return within(environment, async () => {
      const loaded = await (importing ??= load(config))
      return "problem" in loaded ? loaded : definitionsOf(loaded.exports["default"])
    })
  }
  const definitions = () => (defining ??= define())
  const unloaded = (task: string, { problem }: { readonly problem: ErrorDocument }): ReadonlyArray<ErrorDocument> => [
    encodeFailure(
      new TaskLost({
        message: `the host of ${task} could not import the config: ${problem.message}`,
        ...(problem.where === undefined ? {} : { where: problem.where })
      })
    )
  ]
  return {
    ready: async () => void (await definitions()),
    evaluate: async () => {
      const evaluated = await once()
      return "definitions" in evaluated ? { project: evaluated.project, evidence: evaluated.evidence } : { problems: evaluated.problems }
    },
    execute: async (task, tell, signal) => {
      const known = await definitions()
      if ("problem" in known)
        return { atlas: "result/1", task: task.task, errors: unloaded(task.task, known), findings: [], values: {}, summary: null }
      return Effect.runPromise(execute(known, task, tell), { signal })
    },
    digest: async (question, signal) => {
      const known = await definitions()
      if ("problem" in known)
        return {
          atlas: "content-digest/1",
          task: question.task,
          errors: unloaded(question.task, known),
          digest: null,
          unreadable: null
        }
      return Effect.runPromise(digest(known, question), { signal })
    },
    observe: async (question, signal) => {
      const known = await definitions()
      if ("problem" in known)
        return {
          atlas: "observation/1",
          task: question.task,
          errors: unloaded(question.task, known),
          desired: null,
          live: null,
          witnesses: []
        }
      return Effect.runPromise(observe(known, question), { signal })
    }
  }
}
