/** From a config to a project that can be decided on: documents, graph, and the code behind each definition. */
import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { build, type GraphProblem, type TaskGraph } from "../../core/TaskGraph.ts"
import { ConfigConflict } from "../../domain/ConfigErrors.ts"
import type { ConfigEvidence } from "../../domain/ConfigEvidence.ts"
import { ConfigInvalid } from "../../domain/EngineErrors.ts"
import { encodeFailure, type ErrorDocument } from "../../domain/Failure.ts"
import type { Definition, ProjectDocument, ProjectTask } from "../../domain/ProjectDocument.ts"
import { Host } from "../../ports/Host.ts"
import { type CodeClosure, codeClosures } from "../closure/CodeClosure.ts"
import { complete } from "../closure/Unwatched.ts"
import type { Expansion } from "./Expansion.ts"

export interface AnalyzedProject {
  readonly document: ProjectDocument
  readonly graph: TaskGraph
  /** By index of the graph. */
  readonly tasks: ReadonlyArray<ProjectTask>
  readonly definitions: ReadonlyMap<string, Definition>
  readonly closures: CodeClosures
  /** What proves `document` current; null where nothing can. */
  readonly evidence: ConfigEvidence | null
  /** Where only a part was opened: all of it, if that can still be read. */
  readonly whole?: () => ProjectDocument | null
  /** Present where tasks stand for items of fan-outs. */
  readonly expansion?: Expansion
}

/** By definition. */
export interface CodeClosures {
  readonly digest: (definition: string) => string | undefined
  /** What is in it; undefined where that is not known any more. */
  readonly get: (definition: string) => CodeClosure | undefined
  /** Those that were made anew. */
  readonly all: () => Iterable<CodeClosure>
}

/** The `src` of this package, from a module of it or from the bundle beside it. */
export const engineFolder = (): string => {
  const here = dirname(fileURLToPath(import.meta.url))
  return here.endsWith("/dist") || here.includes("/dist/") ? join(here.slice(0, here.lastIndexOf("/dist")), "src") : dirname(dirname(here))
}

const sentence = (problem: GraphProblem): { readonly message: string; readonly tasks: ReadonlyArray<string> } => {
  switch (problem.problem) {
    case "duplicate-task":
      return { message: `two tasks are called ${problem.task}`, tasks: [problem.task] }
    case "unknown-need":
      return { message: `${problem.task} needs ${problem.unknown}, which is not in the project`, tasks: [problem.task, problem.unknown] }
    case "cycle":
      return {
        message: `a cycle: ${[...problem.steps, problem.steps[0]].map((step) => step?.task).join(" → ")}`,
        tasks: problem.steps.map((step) => step.task)
      }
  }
}

const problemOf = (problem: GraphProblem, tasks: ReadonlyArray<ProjectTask>): ErrorDocument => {
  const { message, tasks: named } = sentence(problem)
  const at = tasks.find((task) => task.task === named[0])?.declaredAt ?? null
  return encodeFailure(new ConfigConflict({ message, tasks: named, ...(at === null ? {} : { where: at }) }))
}

/** Evaluates the config and builds its graph; fails with all that is wrong. */
export const analyze: Effect.Effect<AnalyzedProject, ConfigInvalid, Host> = Effect.gen(function* () {
  const host = yield* Host
  const { project: document, evidence } = yield* host.evaluate
  const watched = evidence === null ? null : complete(evidence)
  const built = build(document.tasks)
  if ("problems" in built) {
    const problems = built.problems.map((problem) => problemOf(problem, document.tasks))
    return yield* new ConfigInvalid({ message: problems[0]?.message ?? "", problems })
  }
  const looked = new Set<string>()
  const closures = codeClosures(document, { engine: engineFolder(), evidence: watched, looked })
  return {
    document,
    graph: built.ok,
    tasks: document.tasks,
    definitions: new Map(document.definitions.map((definition) => [definition.name, definition])),
    evidence: watched === null ? null : withModules(watched, looked),
    closures: {
      digest: (definition: string) => closures.get(definition)?.digest,
      get: (definition: string) => closures.get(definition),
      all: () => closures.values()
    }
  }
})

/** Code that is only imported while a task runs was not loaded by the evaluation, and counts all the same. */
const withModules = (evidence: ConfigEvidence, looked: Iterable<string>): ConfigEvidence => {
  const known = new Set([...evidence.modules, ...evidence.paths].map(({ path }) => path))
  const paths = Array.from(looked).filter((path) => !known.has(path))
  return { ...evidence, paths: [...evidence.paths, ...paths.map((path) => ({ path, is: contentOf(path) }))] }
}

const contentOf = (path: string): string => {
  try {
    return `sha256:${hash("sha256", readFileSync(path))}`
  } catch {
    return "absent"
  }
}
