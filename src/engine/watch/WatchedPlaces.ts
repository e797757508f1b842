/** The places that a run of a project rests on, for whoever waits until one of them moves. */
import { statSync } from "node:fs"
import { dirname, isAbsolute, join, resolve } from "node:path"
import type { ConfigEvidence } from "../../domain/ConfigEvidence.ts"
import type { Trace } from "../../domain/Trace.ts"
import { configNames } from "../../fast/ConfigNames.ts"
import { globFiles, type GlobMatch } from "../../ports/GlobFiles.ts"
import type { Place } from "../../ports/Snapshot.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { toolPlaces } from "../standing/Standing.ts"
import type { Watched } from "./Watcher.ts"

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** What cannot be listed now is told by the run. */
const globNow = (root: string, patterns: ReadonlyArray<string>): GlobMatch => {
  try {
    return globFiles(root, patterns)
  } catch {
    return { paths: [], looked: [] }
  }
}

const evidencePlaces = ({ config, modules, lookups, paths }: ConfigEvidence): ReadonlyArray<Place> => [
  { path: config, is: "file" },
  ...modules.map(({ path }): Place => ({ path, is: "file" })),
  ...lookups.flatMap(({ absent, link }) => [...absent, ...(link === null ? [] : [link])].map((path): Place => ({ path, is: "file" }))),
  ...paths.map(({ path, is }): Place => ({ path, is: is.startsWith("names:") ? "names" : "file" }))
]

/** A project whose config cannot be used: all modules near it may mend it. */
export const brokenPlaces = (config: string, named: ReadonlyArray<string>): ReadonlyArray<Place> => [
  { path: config, is: "file" },
  ...named.filter(isAbsolute).map((path): Place => ({ path, is: "file" })),
  { path: dirname(config), is: "code" }
]

/**
 * Of the tasks `indices`: their inputs, those that they told of when they last ran, their programs, and what the config was made of. Cells
 * are others' too: they are looked at in a run.
 */
export const watchedPlaces = (
  { document, tasks, evidence }: AnalyzedProject,
  indices: Iterable<number>,
  traceOf: (task: string) => Trace | null
): Watched => {
  const { root, config } = document
  const places = new Map<string, Place>()
  const add = (place: Place): void => void places.set(`${place.is}\0${place.path}`, place)
  if (evidence !== null) for (const place of evidencePlaces(evidence)) add(place)
  else if (config !== null) for (const place of brokenPlaces(config, [])) add(place)
  if (config !== null) for (const name of configNames) add({ path: join(dirname(config), name), is: "file" })
  const tools = new Set<string>()
  for (const index of indices) {
    const task = tasks[index]
    for (const tool of task?.tools ?? []) tools.add(tool)
    for (const { kind, subject } of task === undefined ? [] : (traceOf(task.task)?.rows ?? []))
      if (kind === "discovered") add({ path: resolve(root, subject), is: "file" })
    for (const input of task?.inputs ?? []) {
      const { paths, looked } = input.kind === "glob" ? globNow(root, input.patterns) : { paths: [input.path], looked: [] }
      for (const folder of looked) add({ path: folder, is: isFolder(folder) ? "names" : "file" })
      for (const declared of paths) {
        const path = isAbsolute(declared) ? declared : join(root, declared)
        add({ path, is: isFolder(path) ? "tree" : "file" })
      }
    }
  }
  for (const tool of tools) for (const { path } of toolPlaces(tool, root)) add({ path, is: "file" })
  const outputs = tasks.flatMap((task) =>
    task.outputs.filter(({ kind }) => kind !== "value").map(({ path }) => (isAbsolute(path) ? path : join(root, path)))
  )
  return { places: [...places.values()], ignored: new Set([join(root, ".atlas"), ...outputs]) }
}
