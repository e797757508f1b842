/**
 * The last event of each cell of a store. Events never change, so each is read once a process: asking again costs one listing of names.
 */
import { Effect, Semaphore } from "effect"
import { canonicalId, type DatasetParts } from "../dataset-id.ts"
import { eventNumbers, type HistoryUnreadable, readEvent, type StoreEvent } from "./history.ts"
import type { ServingStore } from "./serving-store.ts"

/** A place in a store: a dataset's folder, its catalog entry, its embargo, or an alias of a species and assembly. */
export type StoreCell =
  | { readonly cell: "dataset" | "entry" | "embargo"; readonly dataset: DatasetParts }
  | { readonly cell: "alias"; readonly name: string; readonly species: string; readonly assembly: string }

const aliasKey = (name: string, { species, assembly }: { readonly species: string; readonly assembly: string }): string =>
  `alias ${name} ${species}/${assembly}`

const keyOf = (cell: StoreCell): string => (cell.cell === "alias" ? aliasKey(cell.name, cell) : `${cell.cell} ${canonicalId(cell.dataset)}`)

/** Which cells an event is about. A promotion takes back that its dataset was retired. */
const keysOf = ({ action, dataset, alias }: StoreEvent): ReadonlyArray<string> => {
  if (dataset === undefined) return []
  const id = canonicalId(dataset)
  switch (action) {
    case "publish":
      return [`dataset ${id}`, `life ${id}`]
    case "promote":
      return [`entry ${id}`, `life ${id}`]
    case "rollback":
      return [`entry ${id}`]
    case "retire":
      return [`entry ${id}`, `life ${id}`]
    case "alias":
      return alias === undefined ? [] : [aliasKey(alias, dataset)]
    case "embargo":
      return [`embargo ${id}`]
    case "latest-alias":
      return []
  }
}

interface Index {
  readonly lock: Semaphore.Semaphore
  readonly events: Map<string, StoreEvent>
  read: number
  /** How many numbers were seen, and the digest that the last event gives of the one before: another history has others. */
  count: number
  last: StoreEvent | undefined
}

/** Most stores that are remembered at one time. */
const storesAtOnce = 8

const indexes = new Map<string, Index>()

const indexOf = (store: ServingStore): Index => {
  const found = indexes.get(store.path)
  if (found !== undefined) return found
  const [oldest] = indexes.keys()
  if (indexes.size >= storesAtOnce && oldest !== undefined) indexes.delete(oldest)
  const index: Index = { lock: Semaphore.makeUnsafe(1), events: new Map(), read: 0, count: 0, last: undefined }
  indexes.set(store.path, index)
  return index
}

const isSameHistory = (store: ServingStore, { last, read, count }: Index, numbers: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    if (last === undefined) return read === 0
    if (numbers[count - 1] !== read) return false
    const now = yield* readEvent(store, last.n)
    return now !== undefined && now.at === last.at && now.previous === last.previous && now.after === last.after
  })

const eventsOf = (store: ServingStore): Effect.Effect<ReadonlyMap<string, StoreEvent>, HistoryUnreadable> =>
  Effect.suspend(() => {
    const index = indexOf(store)
    return index.lock.withPermit(
      Effect.gen(function* () {
        const numbers = yield* eventNumbers(store)
        if (!(yield* isSameHistory(store, index, numbers))) {
          index.events.clear()
          Object.assign(index, { read: 0, count: 0, last: undefined })
        }
        for (const n of numbers.slice(index.count)) {
          const event = yield* readEvent(store, n)
          if (event !== undefined) {
            for (const key of keysOf(event)) index.events.set(key, event)
            index.last = event
          }
          index.read = n
          index.count++
        }
        return index.events
      })
    )
  })

/** The last event that tells of a cell's value; undefined if none does. An event may tell of a change that was never made. */
export const lastEvent = (store: ServingStore, cell: StoreCell): Effect.Effect<StoreEvent | undefined, HistoryUnreadable> =>
  Effect.map(eventsOf(store), (events) => events.get(keyOf(cell)))

/** Who took an absent thing away on purpose. */
export interface Retired {
  readonly by: string
  readonly at: string
  readonly because?: string
}

/** Null unless the last that was done with it was to take it away: to retire the dataset, roll back the entry, remove the alias. */
export const retiredOf = (store: ServingStore, cell: StoreCell): Effect.Effect<Retired | null, HistoryUnreadable> =>
  Effect.map(eventsOf(store), (events) => {
    const event = events.get(cell.cell === "dataset" ? `life ${canonicalId(cell.dataset)}` : keyOf(cell))
    const taken = event !== undefined && (cell.cell === "dataset" ? event.action === "retire" : event.after === null)
    return taken ? { by: event.actor, at: event.at, ...(event.because === undefined ? {} : { because: event.because }) } : null
  })
