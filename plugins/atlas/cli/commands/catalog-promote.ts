import { Effect } from "effect"
import { promote } from "../../format/catalog/promote.ts"
import { canonicalId } from "../../format/dataset-id.ts"
import { openServingStore } from "../../format/store/serving-store.ts"
import { command } from "../command.ts"
import { CatalogPromoteFacts } from "../documents.ts"
import { datasetFlags, datasetOf, required } from "../flag.ts"

export const storeFlags = { "store-root": required("STORE", "the serving store"), ...datasetFlags } as const

export const CatalogPromote = command({
  name: "catalog promote",
  summary: "adds a published dataset to the catalog; from then on servers serve it",
  detail: ["The dataset is hashed again first; one that is damaged is refused. Promoting it again changes nothing."],
  flags: storeFlags,
  examples: [
    {
      line: "atlas-dataset catalog promote --store-root serving-store --release 110 --species saccharomyces_cerevisiae --assembly R64",
      does: "serve what was published"
    }
  ],
  facts: CatalogPromoteFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const dataset = datasetOf(flags)
      const store = yield* openServingStore(flags["store-root"])
      const { changed, value, catalog_sha256: catalogSha256 } = yield* promote(store, dataset)
      return {
        facts: { dataset, store: store.path, changed, entrySha256: value, catalogSha256 },
        lines: ({ style }) => [
          `${style.green("✓")} ${changed ? "promoted" : "promoted before, unchanged:"} ${style.bold(canonicalId(dataset))}`
        ]
      }
    })
})
