/**
 * `gc`: drops what nothing needs. Outputs of tasks that the project no longer has are told, and removed only when asked for:
 * a target may be back tomorrow. Shared places are not looked at.
 */
import { relative } from "node:path"
import { Effect } from "effect"
import type { GcDocument } from "../../domain/CacheDocuments.ts"
import type { ProjectDocument } from "../../domain/ProjectDocument.ts"
import { compileCacheOf } from "../../host/Launch.ts"
import { Cache, cacheKey } from "../../ports/Cache.ts"
import { attempt } from "../../ports/Errno.ts"
import { Lease } from "../../ports/Lease.ts"
import { besideOutputs, liesBelow, oldRecords, removeOutput, scratchFolders, strayCode, strayLogs, weigh } from "../../ports/Leftovers.ts"
import { Outputs } from "../../ports/Outputs.ts"
import { removeTree } from "../../ports/RemoveTree.ts"
import { StateStore } from "../../ports/StateStore.ts"
import type { Trace } from "../../domain/Trace.ts"
import { orphansOf, placeOf } from "./Orphans.ts"

export interface GcOptions {
  /** Tells what would be dropped, and writes nothing. */
  readonly dryRun?: boolean
  /** Removes outputs of tasks that the project no longer has, where they are still as they were made. */
  readonly orphans?: boolean
  /** How many records of past runs stay; 100 if absent. */
  readonly runs?: number
}

export interface CollectRequest extends GcOptions {
  readonly run: string
  /** The project's `.atlas`, absolute. */
  readonly state: string
}

/** Keys of what the project's tasks rest on now: these are not dropped for want of room. */
export const pinnedKeys = ({ tasks }: ProjectDocument, traceOf: (task: string) => Trace | null): ReadonlyArray<string> =>
  tasks.flatMap(({ task, definition, cell }) => {
    const trace = cell === null ? traceOf(task) : null
    return trace === null ? [] : [cacheKey(definition, trace.rows)]
  })

/** How long `gc` waits for a run to end, ms. */
const lockWaitMs = 10_000

/** Of what stands beside outputs only that of this project: a path may have become a link. */
const finalsOf = (project: ProjectDocument, traces: ReadonlyMap<string, Trace>): ReadonlyArray<string> => {
  const { root, tasks } = project
  const own = tasks.flatMap(({ outputs }) => outputs)
  const finals = [...own, ...[...traces.values()].flatMap(({ outputs }) => outputs)]
    .filter(({ kind }) => kind !== "value")
    .map(({ path }) => placeOf(root, path))
  return [...new Set(finals)].filter((final) => liesBelow(final, root))
}

/** Holds the lease unless it is a dry run; a live run's things are not even told. */
export const collect = Effect.fnUntraced(function* (project: ProjectDocument, request: CollectRequest) {
  const { dryRun = false, orphans: remove = false, runs, run, state } = request
  const { root } = project
  const lease = yield* Lease
  const states = yield* StateStore
  const cache = yield* Cache
  const outputs = yield* Outputs
  if (!dryRun) yield* lease.hold({ run, command: "atlas-run gc", timeoutMs: lockWaitMs })
  const live = dryRun && lease.held().held

  const traces = states.all()
  const finals = yield* attempt("look at", root, () => finalsOf(project, traces))
  const scratch = live ? [] : yield* attempt("look at", state, () => scratchFolders(state))
  const beside = live ? [] : yield* attempt("look at", root, () => besideOutputs(finals))
  const leftovers = [...scratch, ...beside]
  let freed = yield* attempt("look at", state, () => leftovers.reduce((sum, at) => sum + weigh(at), 0))
  if (!dryRun) {
    // First, so that an old output which a dead run moved aside is looked at where it belongs.
    yield* outputs.recover(finals)
    for (const at of scratch) yield* attempt("remove", at, () => removeTree(at))
  }

  const orphans = yield* orphansOf(project, traces, { remove })
  const gone = new Set(orphans.flatMap(({ task, forgotten }) => (forgotten ? [task] : [])))
  const remembered = [...project.tasks.map(({ task }) => task), ...traces.keys()].filter((task) => !gone.has(task))
  const reports = yield* attempt("look at", state, () =>
    live ? [] : [...oldRecords(state, runs), ...strayLogs(state, remembered), ...strayCode(compileCacheOf(root))]
  )
  freed += yield* attempt("look at", state, () => reports.reduce((sum, at) => sum + weigh(at), 0))
  if (!dryRun) for (const at of reports) yield* attempt("remove", at, () => removeTree(at))
  for (const { task, forgotten, removable, outputs } of orphans) {
    for (const { state, bytes } of outputs) if (state === "removed") freed += bytes
    if (dryRun) continue
    for (const at of removable) yield* attempt("remove", at, () => removeOutput(at, root, run))
    if (forgotten) yield* states.remove(task)
  }
  if (!dryRun) yield* states.flush()

  cache.pin(() => pinnedKeys(project, (task) => traces.get(task) ?? null))
  const collected = yield* cache.collect({ dryRun })
  for (const { bytes } of [collected.entries, collected.objects, collected.quarantine, collected.temporaries]) freed += bytes
  const shown = (at: string): string => (at.startsWith(`${root}/`) ? relative(root, at) : at)
  return {
    atlas: "gc/1",
    project: project.name,
    dryRun,
    orphans: orphans.map(({ removable: _removable, ...orphan }) => orphan),
    cache: collected,
    leftovers: leftovers.map(shown),
    reports: reports.map(shown),
    freed,
    warnings: [...states.warnings().map(({ message }) => message), ...cache.warnings()]
  } satisfies GcDocument as GcDocument
})
