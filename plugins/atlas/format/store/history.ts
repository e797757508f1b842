/**
 * What was done to a store, by whom and when: STORE/.atlas/history/<n>.json, written durably before the change it tells of.
 * An event may tell of a change that a killed run never made: what the store holds is asked of the store, not of its history.
 */
import * as fs from "node:fs/promises"
import { hostname, userInfo } from "node:os"
import { Clock, Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { decodeJson, readWhole } from "../artifact/json-file.ts"
import { sha256 } from "../artifact/sha256.ts"
import { canonicalJson } from "../canonical-json.ts"
import { DatasetParts } from "../dataset-id.ts"
import { durableCreate, type FileTaken, type IoDurability, ioDurability, makeDirectory } from "../durable.ts"
import { privateFolder, type ServingStore } from "./serving-store.ts"

export const StoreAction = Schema.Literals(["publish", "promote", "alias", "latest-alias", "rollback", "retire", "embargo"])
export type StoreAction = typeof StoreAction.Type

/**
 * `at` is ISO UTC; `before` and `after` are values of the cell, null where absent; `previous` is the sha256 of event n - 1's bytes.
 * An alias that was removed has `after` null, and the dataset it pointed to. Of an embargo they are days, null where there is none.
 */
export const StoreEvent = Schema.Struct({
  atlas: Schema.Literal("store-event/1"),
  n: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  at: Schema.String,
  actor: Schema.String,
  host: Schema.String,
  action: StoreAction,
  dataset: Schema.optionalKey(DatasetParts),
  alias: Schema.optionalKey(Schema.String),
  because: Schema.optionalKey(Schema.String),
  before: Schema.NullOr(Schema.String),
  after: Schema.NullOr(Schema.String),
  previous: Schema.NullOr(Schema.String)
})
export type StoreEvent = typeof StoreEvent.Type

export class HistoryUnreadable extends Schema.TaggedError<HistoryUnreadable>()("HistoryUnreadable", { ...Told, reason: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "The history of a store could not be read",
    hint: "check the permissions of STORE/.atlas/history",
    example: "store/.atlas/history could not be read: permission denied"
  }
}

/** Who acts where no name is given: the user's login name. */
export const defaultActor = (): string => {
  try {
    return userInfo().username
  } catch {
    return "unknown"
  }
}

/** Where events are; its stat row changes with every event. */
export const historyFolder = (store: ServingStore): string => `${privateFolder(store)}/history`
const eventFile = (store: ServingStore, n: number) => `${historyFolder(store)}/${n}.json`
const eventBytes = 65_536

/** The numbers of all events, ascending. */
export const eventNumbers = (store: ServingStore): Effect.Effect<ReadonlyArray<number>, HistoryUnreadable> =>
  Effect.tryPromise({
    try: async () => {
      const names = await fs.readdir(historyFolder(store)).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === "ENOENT") return []
        throw cause
      })
      return names
        .filter((name) => /^[1-9][0-9]{0,14}\.json$/.test(name))
        .map((name) => Number(name.slice(0, -".json".length)))
        .sort((a, b) => a - b)
    },
    catch: (cause) => {
      const path = historyFolder(store)
      return new HistoryUnreadable({ message: `${path} could not be read: ${String(cause)}`, where: { path }, reason: String(cause) })
    }
  })

/** What the writer of an event says; the rest is filled in. */
export interface EventFacts {
  readonly action: StoreAction
  readonly actor?: string | undefined
  readonly dataset?: DatasetParts
  readonly alias?: string
  readonly because?: string | undefined
  readonly before: string | null
  readonly after: string | null
}

/** Appends an event durably. Only under the store's lock, which makes its number its own. */
export const appendEvent = (
  store: ServingStore,
  { actor, because, ...facts }: EventFacts
): Effect.Effect<StoreEvent, IoDurability | FileTaken | HistoryUnreadable> =>
  Effect.gen(function* () {
    yield* makeDirectory(historyFolder(store), store.path)
    const last = (yield* eventNumbers(store)).at(-1) ?? 0
    const previous =
      last === 0
        ? null
        : sha256(
            yield* Effect.tryPromise({
              try: () => fs.readFile(eventFile(store, last)),
              catch: (cause) => ioDurability("create", eventFile(store, last), cause)
            })
          )
    const event: StoreEvent = {
      atlas: "store-event/1",
      n: last + 1,
      at: new Date(yield* Clock.currentTimeMillis).toISOString(),
      actor: actor ?? defaultActor(),
      host: hostname(),
      ...facts,
      ...(because === undefined ? {} : { because }),
      previous
    }
    yield* durableCreate(eventFile(store, event.n), canonicalJson(event))
    return event
  })

/** One event; undefined where there is none, or none that reads. */
export const readEvent = (store: ServingStore, n: number): Effect.Effect<StoreEvent | undefined> =>
  Effect.gen(function* () {
    const path = eventFile(store, n)
    const event = yield* Effect.result(Effect.flatMap(readWhole(path, eventBytes), (bytes) => decodeJson(StoreEvent, bytes, path)))
    return event._tag === "Success" && event.success.n === n ? event.success : undefined
  })

export interface HistoryProblem {
  readonly path: string
  readonly message: string
}

/** All events in order, and what is wrong with the files: one that is missing, altered or not an event does not hide the others. */
export const readHistory = (
  store: ServingStore
): Effect.Effect<{ readonly events: ReadonlyArray<StoreEvent>; readonly problems: ReadonlyArray<HistoryProblem> }, HistoryUnreadable> =>
  Effect.gen(function* () {
    const events: Array<StoreEvent> = []
    const problems: Array<HistoryProblem> = []
    let before: { readonly n: number; readonly sha256: string } | undefined
    for (const n of yield* eventNumbers(store)) {
      const path = eventFile(store, n)
      const told = (message: string) => problems.push({ path, message })
      if (n !== (before?.n ?? 0) + 1) told(`event ${n - 1} is missing before it`)
      const bytes = yield* Effect.result(readWhole(path, eventBytes))
      if (bytes._tag === "Failure") {
        told(bytes.failure.message)
        before = undefined
        continue
      }
      const event = yield* Effect.result(decodeJson(StoreEvent, bytes.success, path))
      if (event._tag === "Failure") told(event.failure.message)
      else if (event.success.n !== n) told(`it says that it is event ${event.success.n}`)
      else {
        if (before?.n === n - 1 && event.success.previous !== before.sha256) told(`event ${n - 1} was altered after it was written`)
        events.push(event.success)
      }
      before = { n, sha256: sha256(bytes.success) }
    }
    return { events, problems }
  })
