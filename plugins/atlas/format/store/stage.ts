/** Folders in which a publish puts its copy before it is renamed in; one left behind belongs to a run that was killed. */
import * as fs from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { Effect } from "effect"
import { type DatasetId, isDatasetId } from "../dataset-id.ts"
import { type IoDurability, remove } from "../durable.ts"
import type { LockUnusable } from "./lock.ts"
import { publishedFolder, type ServingStore, withDatasetLock } from "./serving-store.ts"

/** `.assembly=A.stage-<run>` beside the final folder, so that the rename stays in one folder. */
export const stageOf = (store: ServingStore, id: DatasetId, run: string): string => {
  const final = publishedFolder(store, id)
  return join(dirname(final), `.${basename(final)}.stage-${run}`)
}

const stageName = /^\.assembly=([A-Za-z0-9._]{1,64})\.stage-[0-9a-f]{16}$/

/**
 * Removes stages beside a dataset whose lock the caller holds: its own, and those of other assemblies that nobody is publishing
 * (a holder of the lock is alive; the kernel freed it otherwise).
 */
export const sweepStages = (store: ServingStore, id: DatasetId): Effect.Effect<void, IoDurability | LockUnusable> =>
  Effect.gen(function* () {
    const folder = dirname(publishedFolder(store, id))
    const names = yield* Effect.promise(() => fs.readdir(folder).catch(() => []))
    for (const name of names) {
      const assembly = stageName.exec(name)?.[1]
      if (assembly === undefined) continue
      const owner = { release: id.release, species: id.species, assembly }
      if (assembly === id.assembly) yield* remove(join(folder, name))
      else if (isDatasetId(owner))
        yield* withDatasetLock(store, owner, remove(join(folder, name)), { timeoutMs: 0 }).pipe(
          Effect.catchTag("LockBusy", () => Effect.void)
        )
    }
  })
