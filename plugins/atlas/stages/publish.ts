/** publish: puts the dataset into the serving store, for good. Commit point: one rename. */
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
import { DatasetFields, folderOf, idOf } from "../dataset.ts"
import { layout } from "../format/artifact/layout.ts"
import { BuildRootInvalid, openBuildRoot } from "../format/build-root.ts"
import { hashPlainFile } from "../format/store/copy.ts"
import { retiredOf } from "../format/store/last-events.ts"
import { observePublished, publishedPaths } from "../format/store/observe.ts"
import { publish, publishErrors } from "../format/store/publish.ts"
import { openServingStore, StoreUnusable } from "../format/store/serving-store.ts"
import { whoChanged } from "../format/store/who-changed.ts"
import { asChange, gone, ifStore } from "./store.ts"
import { Ingest } from "./ingest.ts"
import { Validate } from "./validate.ts"
import { Verify } from "./verify.ts"

export class Publish extends Stage("publish")({
  summary: "Puts the dataset into the serving store, where it never changes",
  target: DatasetFields,
  needs: [Ingest, Validate, Verify],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { dataset: "value" },
  roots: { store: "serving-store" },
  findings: {},
  errors: [...publishErrors, StoreUnusable, BuildRootInvalid],
  cell: {
    id: ({ target, roots }) => `${roots.store}/${folderOf(target)}`,
    immutable: true,
    desired: ({ needs }) => Effect.map(hashPlainFile(join(needs.ingest.buildRoot, layout.manifest)), (file) => file.sha256),
    observe: ({ target, roots }) =>
      ifStore(roots.store, (store) =>
        Effect.gen(function* () {
          const id = idOf(target)
          const live = yield* observePublished(store, id)
          const witnesses = yield* publishedPaths(store, id)
          if (live.state === "present") return { state: "present", value: live.value, witnesses }
          if (live.state === "absent") return gone(store, yield* retiredOf(store, { cell: "dataset", dataset: id }), witnesses)
          const problems = live.problems.map(({ path, message }) => ({ path: join(roots.store, folderOf(target), path), message }))
          return { state: "damaged", value: live.value, problems, witnesses }
        })
      ),
    changed: ({ target, roots }, live) =>
      Effect.gen(function* () {
        const store = yield* openServingStore(roots.store)
        const value = live.state === "present" ? live.value : undefined
        const paths =
          live.state === "damaged" ? live.problems.map(({ path }) => path) : [join(roots.store, folderOf(target), layout.manifest)]
        return asChange(yield* whoChanged(store, { cell: "dataset", dataset: idOf(target) }, value, paths))
      })
  },
  run: ({ needs, roots, cell, summary }) =>
    Effect.gen(function* () {
      const store = yield* openServingStore(roots.store, { create: true })
      const root = yield* openBuildRoot(needs.ingest.buildRoot)
      const { files, changed } = yield* publish(store, root, { expected: cell.desired })
      yield* summary(changed ? `${files.length} files` : "was there already")
    })
}) {}
