/**
 * Retiring: a dataset is rolled back and marked as done with. Its folder stays and never changes; once an operator removes it to gain space,
 * projects that own it take it as held and do not publish it again. Promoting or publishing it by hand takes the mark back.
 */
import * as fs from "node:fs/promises"
import { Effect } from "effect"
import { canonicalId, type DatasetId } from "../dataset-id.ts"
import { lastEvent } from "../store/last-events.ts"
import { publishedFolder, type ServingStore, withStoreLock } from "../store/serving-store.ts"
import { NotPublished } from "./promote.ts"
import { type RolledBack, rollbackErrors, type RollbackOptions, takeEntry } from "./rollback.ts"

export const retireErrors = [NotPublished, ...rollbackErrors] as const
export type RetireFailure = InstanceType<(typeof retireErrors)[number]>

/** Rolls a dataset back, if it is promoted, and marks it as retired in the store's history. Idempotent. */
export const retire = (store: ServingStore, id: DatasetId, options: RollbackOptions = {}): Effect.Effect<RolledBack, RetireFailure> =>
  withStoreLock(
    store,
    Effect.gen(function* () {
      const path = publishedFolder(store, id)
      const there = yield* Effect.promise(() =>
        fs.lstat(path).then(
          () => true,
          () => false
        )
      )
      if (!there && (yield* lastEvent(store, { cell: "dataset", dataset: id })) === undefined) {
        const dataset = canonicalId(id)
        return yield* new NotPublished({ message: `${dataset} is not published in ${store.path}`, where: { path }, dataset })
      }
      return yield* takeEntry(store, id, "retire", options)
    }),
    options.lock
  )
