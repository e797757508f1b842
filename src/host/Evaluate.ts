/** From a project value to a project document, or to all that is wrong with it. */
import { ConfigShape } from "../domain/ConfigErrors.ts"
import { encodeFailure, type ErrorDocument } from "../domain/Failure.ts"
import type { ProjectDocument } from "../domain/ProjectDocument.ts"
import type { Place } from "../plugin/Place.ts"
import { type CheckValue, describe, readDefinitions, type StageValue, unknownKey, whereOf } from "./Definitions.ts"
import { claimedInputs } from "./Inputs.ts"
import { readTargets } from "./Targets.ts"
import { makeTasks } from "./Tasks.ts"

export interface Evaluated {
  readonly project: ProjectDocument
  /** Definitions by name, to run tasks with. */
  readonly definitions: ReadonlyMap<string, StageValue | CheckValue>
}

interface ProjectValue {
  readonly "~project": string
  readonly name: unknown
  readonly stages: unknown
  readonly checks: unknown
  readonly targets: unknown
  readonly declaration: Readonly<Record<string, unknown>>
  readonly at: ReadonlyArray<Place>
}

const projectKeys = ["name", "stages", "checks", "targets"]

const isProject = (value: unknown): value is ProjectValue =>
  typeof value === "object" && value !== null && typeof (value as ProjectValue)["~project"] === "string"

/** `root` is the absolute folder that relative paths start at; `config` is null for a value made in a program. */
export const evaluate = (
  value: unknown,
  { root, config }: { readonly root: string; readonly config: string | null }
): Evaluated | { readonly problems: ReadonlyArray<ErrorDocument> } => {
  const problems: Array<ErrorDocument> = []
  if (!isProject(value)) {
    const message = "the config does not export a project: export default project({ name, stages, targets })"
    return { problems: [encodeFailure(new ConfigShape({ message, nearest: [], ...(config === null ? {} : { where: { path: config } }) }))] }
  }
  const at = whereOf(value.at) ?? (config === null ? undefined : { path: config })
  const shape = (message: string) =>
    problems.push(encodeFailure(new ConfigShape({ message, nearest: [], ...(at === undefined ? {} : { where: at }) })))
  if (value["~project"] !== "plugin/1") shape(`the config was written for ${value["~project"]}, this engine speaks plugin/1`)
  for (const key of Object.keys(value.declaration))
    if (!projectKeys.includes(key)) problems.push(unknownKey(key, "project({…})", projectKeys, at))
  if (typeof value.name !== "string" || value.name.trim() === "") shape("the project has no name")
  const { stages, checks } = readDefinitions(value.stages, value.declaration["checks"], at, problems)
  const targets = readTargets(value.targets, stages, checks, at, problems)
  // tasks of definitions that do not fit together would only repeat their problems
  const made = problems.length === 0 ? makeTasks(stages, checks, targets) : { tasks: [], contents: [], problems: [] }
  problems.push(...made.problems)
  const defined = new Set([...stages, ...checks].map(({ name }) => name))
  for (const { name } of made.contents) if (defined.has(name)) shape(`two definitions are called ${name}`)
  if (problems.length === 0) problems.push(...claimedInputs(made.tasks, root))
  // a project without tasks is a mistake, not an empty success
  if (problems.length === 0 && made.tasks.length === 0) shape("the project has no targets")
  if (problems.length > 0) return { problems }
  return {
    definitions: new Map([...stages, ...checks].map((definition) => [definition.name, definition])),
    project: {
      atlas: "project/1",
      contract: "plugin/1",
      name: String(value.name),
      root,
      config,
      definitions: [...[...stages, ...checks].map(describe), ...made.contents],
      targets: targets.map((target) => ({ target: target.target, labels: target.labels })),
      tasks: made.tasks
    }
  }
}
