/** Stores with releases of the recorded dataset `mini`. */
import { Effect } from "effect"
import { openBuildRoot } from "../../../../../plugins/atlas/format/build-root.ts"
import { readCatalog } from "../../../../../plugins/atlas/format/catalog/catalog.ts"
import { observeAlias } from "../../../../../plugins/atlas/format/catalog/alias.ts"
import { promote } from "../../../../../plugins/atlas/format/catalog/promote.ts"
import type { DatasetId } from "../../../../../plugins/atlas/format/dataset-id.ts"
import { publish } from "../../../../../plugins/atlas/format/store/publish.ts"
import { openServingStore, type ServingStore } from "../../../../../plugins/atlas/format/store/serving-store.ts"
import { miniId, temporaryFolder } from "../store/golden-root.ts"
import { writeReleaseRoot } from "../store/many-releases.ts"

export const releaseOf = (release: string) => ({ ...miniId, release }) as DatasetId

export const latestCell = { name: "latest", species: miniId.species, assembly: miniId.assembly }

export const rootOf = (release: string) => Effect.suspend(() => openBuildRoot(writeReleaseRoot(temporaryFolder(), release)))

/** Releases that are published, of which the first are promoted. */
export const storeWith = (promoted: ReadonlyArray<string>, published: ReadonlyArray<string> = [], folder = temporaryFolder()) =>
  Effect.gen(function* () {
    const store = yield* openServingStore(folder)
    for (const release of [...promoted, ...published]) yield* publish(store, yield* rootOf(release))
    for (const release of promoted) yield* promote(store, releaseOf(release))
    return store
  })

/** Promoted releases, in the catalog's order. */
export const servedIn = (store: ServingStore) =>
  Effect.map(readCatalog(store), ({ entries }) => entries.map(({ dataset }) => dataset.release))

/** The release that latest points to, or why none. */
export const latestIn = (store: ServingStore) =>
  Effect.map(observeAlias(store, latestCell), (live) => (live.state === "present" ? (live.dataset?.release ?? "?") : live.state))
