import { Effect } from "effect"
import { observeEntry } from "../../format/catalog/catalog.ts"
import { embargoInForce, setEmbargo } from "../../format/catalog/embargo.ts"
import { canonicalId } from "../../format/dataset-id.ts"
import { openServingStore } from "../../format/store/serving-store.ts"
import { command } from "../command.ts"
import { CatalogEmbargoFacts } from "../documents.ts"
import { datasetOf, dayFlag, historyFlags, on, required } from "../flag.ts"
import { servedUnderEmbargo, storeFlags } from "./catalog-promote.ts"

export const CatalogEmbargo = command({
  name: "catalog embargo",
  summary: "lets nobody promote a dataset before a day; it may be published",
  detail: [
    "The store remembers it, so it holds for people and projects alike, and may be set before the dataset is published. What is in the",
    "catalog already stays there. On the day itself, UTC, it may be promoted."
  ],
  flags: {
    ...storeFlags,
    until: dayFlag("the first day (UTC) on which it may be promoted"),
    lift: on("end the embargo"),
    ...historyFlags,
    because: required("TEXT", "why, for the store's history")
  },
  conflicts: (flags) => ((flags.until === undefined) === flags.lift ? [] : ["catalog embargo wants either --until DATE or --lift"]),
  examples: [
    {
      line: "atlas-dataset catalog embargo --store-root serving-store --release 110 --species saccharomyces_cerevisiae --assembly R64 --until 2027-03-01 --because paper",
      does: "keep release 110 back until the paper is out"
    }
  ],
  facts: CatalogEmbargoFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const dataset = datasetOf(flags)
      const store = yield* openServingStore(flags["store-root"])
      const until = flags.until ?? null
      const { changed, before } = yield* setEmbargo(store, dataset, until, { actor: flags.actor, because: flags.because })
      const { embargo } = yield* embargoInForce(store, dataset, {})
      const served = embargo !== null && (yield* observeEntry(store, dataset)).state === "present"
      return {
        facts: { dataset, store: store.path, changed, until, before },
        findings: served ? [servedUnderEmbargo(dataset, embargo)] : [],
        lines: ({ style }) => [
          `${style.green("✓")} ${style.bold(canonicalId(dataset))} ${until === null ? "is not embargoed" : `is embargoed until ${until}`}${changed ? "" : ", as before"}`
        ]
      }
    })
})
