/** What runs across the border. Plain functions of plain data, so that callers may hold another copy of `effect`. */
import { dirname } from "node:path"
import { Effect } from "effect"
import type { HostModule } from "../ports/Host.ts"
import { evaluate, type Evaluated } from "./Evaluate.ts"
import { type Definitions, execute } from "./Execute.ts"
import { load, problemOf } from "./Load.ts"
import { observe } from "./Observe.ts"

/** What user code throws while its functions are asked (labels, paths, cells) is a problem of the config like any other. */
const evaluated = (project: unknown, at: { readonly root: string; readonly config: string | null }): ReturnType<typeof evaluate> => {
  try {
    return evaluate(project, at)
  } catch (error) {
    return { problems: [problemOf(error, at.config ?? at.root)] }
  }
}

/** A host for a project value or for the config at an absolute path; evaluated once, when first needed. */
export const openHost = (source: { readonly config: string } | { readonly project: unknown; readonly root: string }): HostModule => {
  let evaluating: Promise<Evaluated | { readonly problems: ReadonlyArray<any> }> | undefined
  const once = () => (evaluating ??= begin())
  const begin = async () => {
    if (!("config" in source)) return evaluated(source.project, { root: source.root, config: null })
    const loaded = await load(source.config)
    if ("problem" in loaded) return { problems: [loaded.problem] }
    return evaluated(loaded.exports["default"], { root: dirname(source.config), config: source.config })
  }
  const definitions = async (): Promise<Definitions> => {
    const evaluated = await once()
    return "definitions" in evaluated ? evaluated.definitions : new Map()
  }
  return {
    evaluate: async () => {
      const evaluated = await once()
      return "definitions" in evaluated ? { project: evaluated.project } : { problems: evaluated.problems }
    },
    execute: async (task, tell, signal) => Effect.runPromise(execute(await definitions(), task, tell), { signal }),
    observe: async (question, signal) => Effect.runPromise(observe(await definitions(), question), { signal })
  }
}
