/** A project from the document of its last evaluation: all of it while that is proven current, or some groups of it. */
import { hash } from "node:crypto"
import { lstatSync } from "node:fs"
import { dirname, join } from "node:path"
import { components } from "../../core/Components.ts"
import { build } from "../../core/TaskGraph.ts"
import type { ConfigEvidence } from "../../domain/ConfigEvidence.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import { openClosures } from "../../ports/Closures.ts"
import { type KeptGroup, type KeptProject, type Target, writeKeptProject } from "../../ports/KeptProject.ts"
import { type AnalyzedProject, type CodeClosures, engineFolder } from "./Analyzer.ts"

/** The engine's own programs and libraries, absolute. */
export const enginePrograms = (): ReadonlyArray<string> => {
  const home = dirname(engineFolder())
  return ["dist/bin.mjs", "dist/chunks/main.mjs", "dist/chunks/Atlas.mjs", "package.json"].map((path) => join(home, path))
}

/** Another build of the engine evaluates anew: what it makes of a config may differ. */
export const engineBuild = (): string =>
  hash(
    "sha256",
    enginePrograms()
      .map((path) => {
        const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false })
        return stat === undefined ? path : `${path}\0${stat.ino}\0${stat.size}\0${stat.mtimeNs}`
      })
      .join("\n")
  )

const closuresOf = (state: string, digests: ReadonlyMap<string, string>): CodeClosures => {
  const closures = openClosures(state)
  return {
    digest: (definition) => digests.get(definition),
    get: (definition) => closures.get(digests.get(definition) ?? "") ?? undefined,
    all: () => []
  }
}

const byIndex = <A>(numbered: Array<readonly [number, A]>): Array<A> => numbered.sort(([a], [b]) => a - b).map(([, value]) => value)

export interface KeptPart {
  readonly project: AnalyzedProject
  /** Of each task: its group, and its place in the whole project. */
  readonly groups: ReadonlyArray<number>
  readonly indices: ReadonlyArray<number>
}

/** `groups` of what is kept below `state`; null where a piece is damaged. */
export const partOf = (state: string, kept: KeptProject, groups: Iterable<number>, evidence: ConfigEvidence | null): KeptPart | null => {
  const tasks: Array<readonly [index: number, task: ProjectTask, group: number]> = []
  const targets: Array<readonly [number, Target]> = [...kept.head.bare]
  for (const number of groups) {
    const group = kept.group(number)
    if (group === null) return null
    for (const [index, task] of group.tasks) tasks.push([index, task, number])
    for (const target of group.targets) targets.push(target)
  }
  tasks.sort(([a], [b]) => a - b)
  const document = { ...kept.head.document, targets: byIndex(targets), tasks: tasks.map(([, task]) => task) }
  const built = build(document.tasks)
  if ("problems" in built) return null
  const project: AnalyzedProject = {
    document,
    graph: built.ok,
    tasks: document.tasks,
    definitions: new Map(document.definitions.map((definition) => [definition.name, definition])),
    closures: closuresOf(state, new Map(kept.head.closures)),
    evidence
  }
  return { project, groups: tasks.map(([, , group]) => group), indices: tasks.map(([index]) => index) }
}

/** All of it. */
export const wholeOf = (state: string, kept: KeptProject, evidence: ConfigEvidence): AnalyzedProject | null =>
  partOf(
    state,
    kept,
    Array.from({ length: kept.groups }, (_, group) => group),
    evidence
  )?.project ?? null

/** Keeps the document for the next one to start from; its seal, null where nothing proves it current. Throws errnos. */
export const keepProject = (state: string, { document, graph, evidence, closures }: AnalyzedProject): string | null => {
  if (evidence === null) return null
  const { of, count } = components(graph)
  const groups: ReadonlyArray<{ tasks: Array<KeptGroup["tasks"][number]>; targets: Array<KeptGroup["targets"][number]> }> = Array.from(
    { length: count },
    () => ({ tasks: [], targets: [] })
  )
  const groupOf = new Map<string, number>()
  for (const [index, task] of document.tasks.entries()) {
    const group = of[index] as number
    groups[group]?.tasks.push([index, task])
    if (!groupOf.has(task.target)) groupOf.set(task.target, group)
  }
  const bare: Array<readonly [number, Target]> = []
  for (const [index, target] of document.targets.entries()) {
    const group = groupOf.get(target.target)
    if (group === undefined) bare.push([index, target])
    else groups[group]?.targets.push([index, target])
  }
  const { tasks: _tasks, targets: _targets, ...rest } = document
  const digests = document.definitions.flatMap(({ name }) => {
    const digest = closures.digest(name)
    return digest === undefined ? [] : [[name, digest] as const]
  })
  return writeKeptProject(state, { document: rest, bare, closures: digests, build: engineBuild() }, evidence, groups)
}
