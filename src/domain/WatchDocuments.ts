/** Lines of `watch --json` between the runs, whose own lines are those of `run --json`. */
import { Schema } from "effect"

/** All is looked at and nothing moved. `polling` says why some places are only looked at now and then; null if none are. */
export const WatchWaiting = Schema.Struct({
  event: Schema.Literal("watch-waiting"),
  atlas: Schema.Literal("watch/1"),
  /** Files and folders that a run rests on. */
  places: Schema.Int,
  polling: Schema.NullOr(Schema.String)
})

/** What moved, absolute and sorted; `more` is how many paths are left out. A run follows. */
export const WatchChanged = Schema.Struct({
  event: Schema.Literal("watch-changed"),
  atlas: Schema.Literal("watch/1"),
  paths: Schema.Array(Schema.String),
  more: Schema.Int
})

export const WatchEvent = Schema.Union([WatchWaiting, WatchChanged])
export type WatchEvent = typeof WatchEvent.Type
