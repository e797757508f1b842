/** Looks into a store that may not be there yet. */
import { existsSync } from "node:fs"
import { Effect } from "effect"
import type { CellObservation } from "atlas-run/plugin"
import { openServingStore, type ServingStore } from "../format/store/serving-store.ts"

/** `absent` without a store; else what `look` sees. */
export const ifStore = <E>(path: string, look: (store: ServingStore) => Effect.Effect<CellObservation, E>) =>
  Effect.suspend(() =>
    existsSync(path) ? Effect.flatMap(openServingStore(path), look) : Effect.succeed<CellObservation>({ state: "absent" })
  )
