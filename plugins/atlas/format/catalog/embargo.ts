/**
 * Embargoes: a dataset that is published may not be promoted before a day. The last event about it in the store's history is the embargo, so
 * whoever promotes keeps it, by hand or in a project. What is in the catalog already stays there.
 */
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { canonicalId, type DatasetId } from "../dataset-id.ts"
import type { StoreFailure } from "../store/failures.ts"
import { appendEvent, type HistoryUnreadable } from "../store/history.ts"
import { lastEvent } from "../store/last-events.ts"
import { publishedFolder, type ServingStore, withStoreLock } from "../store/serving-store.ts"
import { type Day, isDay, today } from "./day.ts"
import type { StoreChangeOptions } from "./swap.ts"

export class Embargoed extends Schema.TaggedError<Embargoed>()("Embargoed", {
  ...Told,
  dataset: Schema.String,
  until: Schema.String,
  now: Schema.String,
  by: Schema.NullOr(Schema.String),
  because: Schema.NullOr(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A dataset may not be promoted before a day",
    hint: "run again on that day (UTC) or later; an embargo of the store is moved or lifted with `atlas-dataset catalog embargo`",
    example: "110/homo_sapiens/GRCh38 is embargoed: it may be promoted from 2027-03-01 on"
  }
}

/** The first day, UTC, on which it may be promoted, and who said so; nobody for one that only the promotion itself names. */
export interface Embargo {
  readonly until: string
  readonly by: string | null
  readonly because: string | null
}

/** What the promotion itself says. */
export interface EmbargoOptions {
  /** An embargo beside the store's: the later one holds. */
  readonly embargoUntil?: Day | undefined
  /** The day of the promotion, UTC; this machine's if not given. */
  readonly now?: Day | undefined
}

/** The embargo that the store knows of. */
export const recordedEmbargo = (store: ServingStore, id: DatasetId): Effect.Effect<Embargo | null, HistoryUnreadable> =>
  Effect.map(lastEvent(store, { cell: "embargo", dataset: id }), (event) =>
    event === undefined || event.after === null ? null : { until: event.after, by: event.actor, because: event.because ?? null }
  )

/** The embargo that is in force on a day, and that day. What is no day never ends. */
export const embargoInForce = (store: ServingStore, id: DatasetId, options: EmbargoOptions) =>
  Effect.gen(function* () {
    const now = options.now ?? (yield* today)
    const recorded = yield* recordedEmbargo(store, id)
    const { embargoUntil: until } = options
    const own: Embargo | null = until === undefined ? null : { until, by: null, because: null }
    const later = own === null || (recorded !== null && (!isDay(recorded.until) || recorded.until >= own.until)) ? recorded : own
    return { now, embargo: later !== null && (!isDay(later.until) || now < later.until) ? later : null }
  })

/** Fails with `Embargoed` while the dataset may not be promoted. */
export const notEmbargoed = (
  store: ServingStore,
  id: DatasetId,
  options: EmbargoOptions
): Effect.Effect<void, Embargoed | HistoryUnreadable> =>
  Effect.gen(function* () {
    const { now, embargo } = yield* embargoInForce(store, id, options)
    if (embargo === null) return
    const dataset = canonicalId(id)
    const message = `${dataset} is embargoed: it may be promoted from ${embargo.until} on`
    return yield* new Embargoed({ message, where: { path: publishedFolder(store, id) }, dataset, now, ...embargo })
  })

/** `setEmbargo` for who holds the store's lock; true if it was another. */
export const placeEmbargo = (store: ServingStore, id: DatasetId, until: Day | null, { actor, because }: StoreChangeOptions) =>
  Effect.gen(function* () {
    const before = (yield* recordedEmbargo(store, id))?.until ?? null
    if (before === until) return { before, changed: false }
    yield* appendEvent(store, { action: "embargo", actor, because, dataset: id, before, after: until })
    return { before, changed: true }
  })

/** Sets, moves or (null) lifts the embargo of a dataset, published or not yet. Idempotent. */
export const setEmbargo = (
  store: ServingStore,
  id: DatasetId,
  until: Day | null,
  options: StoreChangeOptions = {}
): Effect.Effect<{ readonly before: string | null; readonly changed: boolean }, StoreFailure> =>
  withStoreLock(store, placeEmbargo(store, id, until, options), options.lock)
