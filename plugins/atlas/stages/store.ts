/** Looks into a store that may not be there yet. */
import { existsSync } from "node:fs"
import { isAbsolute, join, relative } from "node:path"
import { Effect } from "effect"
import type { CellChange, Observed } from "atlas-run/plugin"
import type { Retired } from "../format/store/last-events.ts"
import { historyFolder } from "../format/store/history.ts"
import { openServingStore, type ServingStore } from "../format/store/serving-store.ts"
import type { StoreChange } from "../format/store/who-changed.ts"

/** `absent` without a store; else what `look` sees. Paths are told as the project spells its store: it may be a link that moves. */
export const ifStore = <E>(path: string, look: (store: ServingStore) => Effect.Effect<Observed, E>) =>
  Effect.gen(function* () {
    if (!existsSync(path)) return { state: "absent", witnesses: [path] } satisfies Observed
    const store = yield* openServingStore(path)
    const { witnesses, ...seen } = yield* look(store)
    if (witnesses === undefined) return seen
    return { ...seen, witnesses: witnesses.map((witness) => spelled(store, path, witness)) }
  })

const spelled = (store: ServingStore, path: string, witness: string): string => {
  const inside = relative(store.path, witness)
  return inside.startsWith("..") || isAbsolute(inside) ? witness : join(path, inside)
}

/** What is not there: taken away on purpose or not. */
export const gone = (store: ServingStore, retired: Retired | null, witnesses: ReadonlyArray<string>): Observed => ({
  ...(retired === null ? { state: "absent" } : { state: "retired", ...retired }),
  witnesses: [...witnesses, historyFolder(store)]
})

export const asChange = ({ by, host, at }: StoreChange): CellChange => ({ by, host, at })
