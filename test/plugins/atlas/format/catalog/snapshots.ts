/** A store as it was before each of its changes of the file system: what a kill at that moment leaves. */
import * as fs from "node:fs"
import { Effect } from "effect"
import { BeforeChange, type Change } from "../../../../../plugins/atlas/format/durable.ts"
import { openServingStore, type ServingStore } from "../../../../../plugins/atlas/format/store/serving-store.ts"
import { filesOf, memoryFolder } from "../store/golden-root.ts"

/** Does `act`, then looks at the store as it was before each of its changes, one by one; answers how many there were. */
export const atEachKill = <A, E, R, E2, R2>(
  store: ServingStore,
  act: Effect.Effect<A, E, R>,
  look: (killed: ServingStore) => Effect.Effect<unknown, E2, R2>
) =>
  Effect.gen(function* () {
    const snapshots = new Map<string, string>()
    const snapshot = (_change: Change, _path: string) =>
      Effect.sync(() => {
        const state = JSON.stringify([...filesOf(store.path)])
        if (snapshots.has(state)) return
        const folder = memoryFolder()
        // SQLite's files are locks: they go with their holder.
        fs.cpSync(store.path, folder, { recursive: true, filter: (from) => !from.endsWith(".db") })
        snapshots.set(state, folder)
      })
    yield* act.pipe(Effect.provideService(BeforeChange, snapshot))
    for (const folder of snapshots.values()) {
      yield* look(yield* openServingStore(folder))
      fs.rmSync(folder, { recursive: true })
    }
    return snapshots.size
  })
