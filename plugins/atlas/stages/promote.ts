/** promote: adds the dataset to the catalog; from then on servers serve it. Commit point: the rename of catalog.json. */
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
import { DatasetFields, idOf } from "../dataset.ts"
import { canonicalId } from "../format/dataset-id.ts"
import { catalogPath, entryValue, observeEntry } from "../format/catalog/catalog.ts"
import { Day } from "../format/catalog/day.ts"
import { promote, promoteErrors } from "../format/catalog/promote.ts"
import { retiredOf } from "../format/store/last-events.ts"
import { openServingStore, StoreUnusable } from "../format/store/serving-store.ts"
import { whoChanged } from "../format/store/who-changed.ts"
import { Publish } from "./publish.ts"
import { asChange, gone, ifStore } from "./store.ts"

export class Promote extends Stage("promote")({
  summary: "Adds the dataset to the catalog of its store",
  target: DatasetFields,
  needs: [Publish],
  options: Schema.Struct({
    embargoUntil: Schema.optionalKey(Day.annotate({ description: "the first day (UTC) on which it may be promoted, e.g. 2027-03-01" }))
  }),
  inputs: () => ({}),
  outputs: { entry: "value" },
  roots: { store: "serving-store" },
  findings: {},
  errors: [...promoteErrors, StoreUnusable],
  cell: {
    id: ({ target, roots }) => `${roots.store}/catalog.json#${canonicalId(target)}`,
    immutable: true,
    desired: ({ target }) => Effect.succeed(entryValue(idOf(target))),
    // the entry alone: what others promote leaves the observation as it is
    observe: ({ target, roots }) =>
      ifStore(roots.store, (store) =>
        Effect.gen(function* () {
          const id = idOf(target)
          const live = yield* observeEntry(store, id)
          const witnesses = [catalogPath(store)]
          return live.state === "present"
            ? { ...live, witnesses }
            : gone(store, yield* retiredOf(store, { cell: "entry", dataset: id }), witnesses)
        })
      ),
    changed: ({ target, roots }, live) =>
      Effect.gen(function* () {
        const store = yield* openServingStore(roots.store)
        const value = live.state === "present" ? live.value : undefined
        return asChange(yield* whoChanged(store, { cell: "entry", dataset: idOf(target) }, value, [catalogPath(store)]))
      })
  },
  // The day is no row: nothing is decided by it. An embargo is an error, which is never remembered, so the next run tries again.
  run: ({ target, options, roots }) =>
    Effect.gen(function* () {
      const store = yield* openServingStore(roots.store)
      yield* promote(store, idOf(target), options.embargoUntil === undefined ? {} : { embargoUntil: options.embargoUntil })
    })
}) {}
