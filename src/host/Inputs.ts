/** What stages declare as inputs, looked at without trusting their types, as the document has it. */
import { isAbsolute, join, normalize } from "node:path"
import { claims, claimSentence } from "../core/Claims.ts"
import { parsePattern } from "../core/PathGlob.ts"
import { ConfigConflict } from "../domain/ConfigErrors.ts"
import { encodeFailure, type ErrorDocument } from "../domain/Failure.ts"
import type { Definition, ProjectInput, ProjectTask } from "../domain/ProjectDocument.ts"
import type { TaskInputPath } from "../domain/TaskDocument.ts"
import { token } from "../domain/Tokens.ts"
import type { AnyContent } from "../plugin/Content.ts"
import { declaredWhere } from "./Definitions.ts"

const isObject = (value: unknown): value is Record<string, unknown> =>
  (typeof value === "object" || typeof value === "function") && value !== null

const isContent = (value: unknown): value is AnyContent =>
  isObject(value) && typeof value["content"] === "string" && isObject(value["def"]) && typeof value["def"]["digest"] === "function"

const nameForm = /^[a-z0-9][a-z0-9-]*$/
/** Contents that are known by these names. */
const known: ReadonlySet<unknown> = new Set(["gzip", "bytes"])

/** What an input of a stage counts by, if that is a content of a plugin. */
export const contentOf = (declared: unknown): AnyContent | null =>
  isObject(declared) && isContent(declared["content"]) ? declared["content"] : null

export interface ReadInputs {
  readonly inputs: ReadonlyArray<ProjectInput>
  readonly contents: ReadonlyArray<AnyContent>
  readonly problems: ReadonlyArray<string>
}

const patternProblem = (pattern: unknown): string | null => {
  if (typeof pattern !== "string") return "is not a text"
  const parsed = parsePattern(pattern.startsWith("!") ? pattern.slice(1) : pattern)
  return "problem" in parsed ? `${JSON.stringify(pattern)} ${parsed.problem}` : null
}

/** `given` is what a stage's `inputs` returned; sentences tell what is wrong with it. */
export const readInputs = (given: unknown): ReadInputs => {
  if (!isObject(given)) return { inputs: [], contents: [], problems: ["inputs must give an object"] }
  const inputs: Array<ProjectInput> = []
  const contents: Array<AnyContent> = []
  const problems: Array<string> = []
  for (const [name, declared] of Object.entries(given)) {
    const wrong = (what: string) => problems.push(`input ${name} ${what}`)
    if (declared === undefined) continue
    if (typeof declared === "string") {
      inputs.push({ kind: "file", name, path: declared })
      continue
    }
    const kind = isObject(declared) ? declared["~input"] : undefined
    if (!isObject(declared) || (kind !== "file" && kind !== "optional" && kind !== "glob")) {
      wrong("must be a path, input(…), optional(…) or glob(…)")
      continue
    }
    const counting = declared["content"]
    const content = contentOf(declared)
    if (counting !== undefined && content === null && !known.has(counting))
      wrong('has a content that is neither "gzip", "bytes" nor a Content')
    if (content !== null) {
      if (!nameForm.test(content.content) || known.has(content.content))
        wrong(`has a content called ${JSON.stringify(content.content)}: small letters, digits and hyphens, but not gzip or bytes`)
      contents.push(content)
    }
    const how = counting === undefined ? {} : { content: content?.content ?? String(counting) }
    if (kind !== "glob") {
      if (typeof declared["path"] === "string") inputs.push({ kind, name, path: declared["path"], ...how })
      else wrong("has no path")
      continue
    }
    const { patterns, min } = declared
    const list = Array.isArray(patterns) ? patterns : [patterns]
    const problem = list.map(patternProblem).find((one) => one !== null)
    if (problem !== undefined && problem !== null) wrong(`is a glob whose pattern ${problem}`)
    else if (!list.some((pattern) => !String(pattern).startsWith("!"))) wrong("is a glob without a pattern")
    else if (!Number.isSafeInteger(min) || Number(min) < 0) wrong("is a glob whose min is no number of files")
    else inputs.push({ kind, name, patterns: list.map(String), min: Number(min), ...how })
  }
  return { inputs, contents, problems }
}

/** What inputs are called in the words of a command. One that a target lacks on purpose is undefined. */
export const wordsOfInputs = (inputs: ReadonlyArray<ProjectInput>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    inputs.map(({ kind, name }) => [name, token(kind === "glob" ? "inputs" : kind === "optional" ? "optional" : "input", name)])
  )

/** Contents by name; two that are not the same must not have one name. */
export class Contents {
  readonly #known = new Map<string, AnyContent>()

  /** Why it cannot be taken; null if it was. */
  take(content: AnyContent): string | null {
    const before = this.#known.get(content.content)
    if (before !== undefined && before !== content) return `two contents are called ${content.content}`
    this.#known.set(content.content, content)
    return null
  }

  definitions(): ReadonlyArray<Definition> {
    return Array.from(this.#known.values(), ({ content, def, definedAt }) => ({
      name: content,
      kind: "content",
      summary: def.summary ?? "",
      errors: [],
      findings: {},
      options: null,
      definedAt: declaredWhere(definedAt) ?? null,
      modules: [...new Set(definedAt.map(({ path }) => path))]
    }))
  }
}

/** Inputs that lie in, are, or hold what another task makes, without a need that leads there. Globs are matched when a task is decided. */
export const claimedInputs = (tasks: ReadonlyArray<ProjectTask>, root: string): ReadonlyArray<ErrorDocument> => {
  const absolute = (path: string) => normalize(isAbsolute(path) ? path : join(root, path))
  const claim = claims(tasks, absolute)
  return tasks.flatMap(({ task, inputs, declaredAt }) =>
    inputs.flatMap((input) => {
      const found = input.kind === "glob" ? null : claim(task, absolute(input.path))
      if (found === null || input.kind === "glob") return []
      const where = declaredAt === null ? {} : { where: declaredAt }
      return [encodeFailure(new ConfigConflict({ message: claimSentence(task, input.path, found), tasks: [task, found.owner], ...where }))]
    })
  )
}

/** As user code sees what it declared: paths are absolute, what is absent is undefined. */
export const inputsView = (inputs: ReadonlyArray<TaskInputPath>) => {
  const one = inputs.flatMap((input) => ("paths" in input ? [] : [[input.name, input.path ?? undefined] as const]))
  const globs = inputs.flatMap((input) => ("paths" in input ? [[input.name, input.paths] as const] : []))
  return { inputs: Object.fromEntries(one), globs: Object.fromEntries(globs) }
}
