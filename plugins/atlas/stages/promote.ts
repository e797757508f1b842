/** promote: adds the dataset to the catalog; from then on servers serve it. Commit point: the rename of catalog.json. */
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
import { DatasetFields, idOf } from "../dataset.ts"
import { canonicalId } from "../format/dataset-id.ts"
import { entryValue, observeEntry } from "../format/catalog/catalog.ts"
import { promote, promoteErrors } from "../format/catalog/promote.ts"
import { openServingStore, StoreUnusable } from "../format/store/serving-store.ts"
import { Publish } from "./publish.ts"
import { ifStore } from "./store.ts"

export class Promote extends Stage("promote")({
  summary: "Adds the dataset to the catalog of its store",
  target: DatasetFields,
  needs: [Publish],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { entry: "value" },
  roots: { store: "serving-store" },
  findings: {},
  errors: [...promoteErrors, StoreUnusable],
  cell: {
    id: ({ target, roots }) => `${roots.store}/catalog.json#${canonicalId(target)}`,
    immutable: true,
    desired: ({ target }) => Effect.succeed(entryValue(idOf(target))),
    observe: ({ target, roots }) => ifStore(roots.store, (store) => observeEntry(store, idOf(target)))
  },
  run: ({ target, roots }) =>
    Effect.gen(function* () {
      const store = yield* openServingStore(roots.store)
      yield* promote(store, idOf(target))
    })
}) {}
