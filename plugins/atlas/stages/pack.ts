/** pack: the published dataset as one portable archive, the same bytes on any machine. */
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
import { DatasetFields, idOf } from "../dataset.ts"
import { pack, packWriteErrors } from "../format/pack/pack.ts"
import { openServingStore, StoreUnusable } from "../format/store/serving-store.ts"
import { Publish } from "./publish.ts"

export class Pack extends Stage("pack")({
  summary: "Makes a portable archive of the published dataset",
  target: DatasetFields,
  needs: [Publish],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { pack: "file" },
  roots: { store: "serving-store", packs: "packs" },
  paths: ({ target, roots }) => ({ pack: `${roots.packs}/${target.release}.${target.species}.${target.assembly}.tar` }),
  findings: {},
  errors: [...packWriteErrors, StoreUnusable],
  run: ({ target, roots, outputs, summary }) =>
    Effect.gen(function* () {
      const store = yield* openServingStore(roots.store)
      const { bytes, sha256 } = yield* pack({ store, dataset: idOf(target) }, outputs.pack)
      yield* summary(`${bytes.toLocaleString("en")} bytes · sha256 ${sha256.slice(0, 12)}`)
    })
}) {}
