/** What a project has on the disk: its state by parts, outputs by stage, the places that its stages name. Writes nothing. */
import { readdirSync } from "node:fs"
import { isAbsolute, join } from "node:path"
import { Effect } from "effect"
import type { CacheStatsDocument, Footprint } from "../../domain/CacheDocuments.ts"
import type { ProjectDocument } from "../../domain/ProjectDocument.ts"
import { takeCensus } from "../../ports/CacheCensus.ts"
import { cacheFolder } from "../../ports/CacheFolder.ts"
import { Cache } from "../../ports/Cache.ts"
import { countBelow } from "../../ports/Leftovers.ts"
import { StateStore } from "../../ports/StateStore.ts"

const namesIn = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** What cannot be looked at weighs nothing. */
const weighed = (at: string): { readonly files: number; readonly bytes: number } => {
  try {
    return countBelow(at)
  } catch {
    return { files: 0, bytes: 0 }
  }
}

/** Told by themselves; the cache is told apart, and outputs with their stages. */
const parts = new Set(["traces", "logs", "runs", "closures", "compile-cache", "scratch"])

const stateParts = (state: string): ReadonlyArray<Footprint> => {
  const other = { files: 0, bytes: 0 }
  const found: Array<Footprint> = []
  for (const name of namesIn(state)) {
    if (name === "cache" || name === "outputs") continue
    const sum = weighed(join(state, name))
    if (parts.has(name)) found.push({ kind: "state", name, path: `.atlas/${name}`, ...sum })
    else {
      other.files += sum.files
      other.bytes += sum.bytes
    }
  }
  return [...found, { kind: "state", name: "other", path: ".atlas", ...other }]
}

const rootParts = ({ root, tasks }: ProjectDocument): ReadonlyArray<Footprint> => {
  const places = new Map<string, string>()
  for (const task of tasks) for (const [name, path] of Object.entries(task.roots)) places.set(path, name)
  return Array.from(
    places,
    ([path, name]) => ({ kind: "root", name, path, ...weighed(isAbsolute(path) ? path : join(root, path)) }) as const
  )
}

export const cacheFootprint = Effect.fnUntraced(function* (project: ProjectDocument, state: string) {
  const stats = yield* Cache.use((cache) => cache.stats())
  const traces = (yield* StateStore).all()
  const { objects } = yield* takeCensus(cacheFolder(state))
  const stages = new Map<string, { files: number; bytes: number }>()
  const current = new Set<string>()
  for (const task of project.tasks) {
    for (const output of traces.get(task.task)?.outputs ?? []) {
      const sum = stages.get(task.stage) ?? { files: 0, bytes: 0 }
      for (const file of output.files) {
        if (file.type !== "file") continue
        current.add(file.sha256)
        sum.files++
        sum.bytes += file.bytes
      }
      stages.set(task.stage, sum)
    }
  }
  let shared = 0
  for (const [sha256, { bytes }] of objects) if (current.has(sha256)) shared += bytes
  const outputs = Array.from(stages, ([name, sum]) => ({ kind: "outputs", name, path: null, ...sum }) as const)
  const footprint = [...outputs, ...rootParts(project), ...stateParts(state)]
    .filter(({ files }) => files > 0)
    .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
  return { ...stats, shared, footprint } satisfies CacheStatsDocument as CacheStatsDocument
})
