import { Effect } from "effect"
import { readCatalog } from "../../format/catalog/catalog.ts"
import type { Embargo } from "../../format/catalog/embargo.ts"
import { promote } from "../../format/catalog/promote.ts"
import { catalogFindings, stringOrderOf } from "../../format/catalog/survey.ts"
import { canonicalId, type DatasetParts } from "../../format/dataset-id.ts"
import { openServingStore } from "../../format/store/serving-store.ts"
import { command } from "../command.ts"
import { CatalogPromoteFacts } from "../documents.ts"
import { toldBy } from "../findings.ts"
import { datasetFlags, datasetOf, dayFlag, expectCatalogFlag, historyFlags, required } from "../flag.ts"

export const storeFlags = { "store-root": required("STORE", "the serving store"), ...datasetFlags } as const

/** An embargo keeps nothing back that is in the catalog already. */
export const servedUnderEmbargo = (dataset: DatasetParts, { until }: Pick<Embargo, "until">) =>
  toldBy(catalogFindings)({ name: "embargoed-entry", at: canonicalId(dataset), message: `it is embargoed until ${until}, and served` })

export const CatalogPromote = command({
  name: "catalog promote",
  summary: "adds a published dataset to the catalog; from then on servers serve it",
  detail: [
    "The dataset is hashed again first; one that is damaged is refused, and one that is embargoed, by the store or by --embargo-until, until",
    "the day of --now. Promoting it again changes nothing."
  ],
  flags: {
    ...storeFlags,
    "embargo-until": dayFlag("refuse before this day (UTC), also if the store knows of no embargo"),
    now: dayFlag("the day (UTC) that embargoes are held against; today if absent"),
    expect: expectCatalogFlag,
    ...historyFlags
  },
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
      const { "embargo-until": embargoUntil, now, expect: expectedCatalog, actor, because } = flags
      const promoted = yield* promote(store, dataset, { embargoUntil, now, expectedCatalog, actor, because })
      const { changed, value, embargo, catalog_sha256: catalogSha256 } = promoted
      const { entries } = yield* readCatalog(store)
      return {
        findings: [
          ...(embargo === null ? [] : [servedUnderEmbargo(dataset, embargo)]),
          ...stringOrderOf(entries, dataset).map(toldBy(catalogFindings))
        ],
        facts: { dataset, store: store.path, changed, entrySha256: value, catalogSha256 },
        lines: ({ style }) => [
          `${style.green("✓")} ${changed ? "promoted" : "promoted before, unchanged:"} ${style.bold(canonicalId(dataset))}`
        ]
      }
    })
})
