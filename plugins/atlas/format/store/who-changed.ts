/** Who changed a cell of a store last: by its history if that tells of what is there, else nobody known, by the time of the file. */
import * as fs from "node:fs/promises"
import { dirname } from "node:path"
import { Effect } from "effect"
import type { HistoryUnreadable, StoreAction } from "./history.ts"
import { lastEvent, type StoreCell } from "./last-events.ts"
import type { ServingStore } from "./serving-store.ts"

/** `at` is ISO UTC. A change that is not in the history has `by` and `host` `unknown`, and no action. */
export interface StoreChange {
  readonly by: string
  readonly host: string
  readonly at: string
  readonly action: StoreAction | null
}

const modified = (path: string): Promise<number> =>
  fs.lstat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => (dirname(path) === path ? 0 : modified(dirname(path)))
  )

/**
 * `live` is the cell's value as the history writes it, null where nothing is there, undefined for what no command of ours makes.
 * `paths` are the files that hold it: the newest is told where the history does not know; of one that is gone its folder.
 */
export const whoChanged = (
  store: ServingStore,
  cell: StoreCell,
  live: string | null | undefined,
  paths: ReadonlyArray<string>
): Effect.Effect<StoreChange, HistoryUnreadable> =>
  Effect.gen(function* () {
    const event = yield* lastEvent(store, cell)
    if (event !== undefined && live !== undefined && event.after === live)
      return { by: event.actor, host: event.host, at: event.at, action: event.action }
    const times = yield* Effect.promise(() => Promise.all(paths.map(modified)))
    return { by: "unknown", host: "unknown", at: new Date(Math.max(0, ...times)).toISOString(), action: null }
  })
