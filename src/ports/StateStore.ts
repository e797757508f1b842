/**
 * What is remembered between runs: a trace a task, and the last run's report. Reads never fail and never write: what cannot
 * be believed is as good as absent, with a warning. Writes belong to the holder of the lease.
 */
import { Context, Effect, Layer } from "effect"
import type { RunReport } from "../domain/RunReport.ts"
import type { Trace } from "../domain/Trace.ts"
import { openStateFiles, type StateStoreShape } from "./StateFiles.ts"

export type { StateStoreShape } from "./StateFiles.ts"
export type { StateWarning } from "./TraceFiles.ts"

export class StateStore extends Context.Service<StateStore, StateStoreShape>()("atlas-run/ports/StateStore") {
  /** Files below `state`, the absolute `.atlas`; made by the first write. */
  static readonly layer = (state: string): Layer.Layer<StateStore> => Layer.sync(StateStore, () => openStateFiles(state))

  static readonly layerMemory: Layer.Layer<StateStore> = Layer.sync(StateStore, () => {
    const traces = new Map<string, Trace>()
    let last: RunReport | null = null
    return {
      get: (task) => structuredClone(traces.get(task) ?? null),
      all: (but = new Set()) => structuredClone(new Map([...traces].filter(([task]) => !but.has(task)))),
      put: (trace) => Effect.sync(() => void traces.set(trace.task, structuredClone(trace))),
      remove: (task) => Effect.sync(() => void traces.delete(task)),
      flush: () => Effect.void,
      putReport: (report) => Effect.sync(() => void (last = structuredClone(report))),
      lastReport: () => structuredClone(last),
      warnings: () => []
    }
  })
}
