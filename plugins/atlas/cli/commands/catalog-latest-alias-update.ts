import { Effect } from "effect"
import { readCatalog } from "../../format/catalog/catalog.ts"
import { latestAliasUpdate } from "../../format/catalog/latest-alias.ts"
import { catalogFindings, stringOrderOf } from "../../format/catalog/survey.ts"
import { canonicalId } from "../../format/dataset-id.ts"
import { openServingStore } from "../../format/store/serving-store.ts"
import { command } from "../command.ts"
import { LatestAliasFacts } from "../documents.ts"
import { toldBy } from "../findings.ts"
import { datasetOf, historyFlags } from "../flag.ts"
import { storeFlags } from "./catalog-promote.ts"

export const CatalogLatestAliasUpdate = command({
  name: "catalog latest-alias-update",
  summary: "points the store's one latest.alias.json to a promoted dataset",
  detail: [
    "Other than the aliases of a project, which are one a species and assembly, this one is of the whole store. A project's alias latest",
    "of that species and assembly, where there is one, is moved with it: its next run says drifted, until that is adopted."
  ],
  flags: { ...storeFlags, ...historyFlags },
  examples: [
    {
      line: "atlas-dataset catalog latest-alias-update --store-root serving-store --release 110 --species saccharomyces_cerevisiae --assembly R64",
      does: "write serving-store/latest.alias.json"
    }
  ],
  facts: LatestAliasFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const dataset = datasetOf(flags)
      const store = yield* openServingStore(flags["store-root"])
      const { path, changed } = yield* latestAliasUpdate(store, dataset, { actor: flags.actor, because: flags.because })
      const { entries } = yield* readCatalog(store)
      return {
        findings: stringOrderOf(entries, dataset).map(toldBy(catalogFindings)),
        facts: { dataset, store: store.path, alias: path, changed },
        lines: ({ style }) => [`${style.green("✓")} latest ${changed ? "→" : "is"} ${style.bold(canonicalId(dataset))}`]
      }
    })
})
