import { Effect } from "effect"
import { retire } from "../../format/catalog/retire.ts"
import { openServingStore } from "../../format/store/serving-store.ts"
import { command } from "../command.ts"
import { CatalogRetireFacts } from "../documents.ts"
import { datasetOf } from "../flag.ts"
import { takeConflicts, takeFlags, takenAnswer, takeOptions } from "./catalog-rollback.ts"

export const CatalogRetire = command({
  name: "catalog retire",
  summary: "rolls a dataset back and marks it as done with",
  detail: [
    "Its folder stays as it is. Once that is removed by hand, projects that own the dataset take it as held and do not publish it again.",
    "Publishing or promoting it by hand takes this back. Retiring again changes nothing."
  ],
  flags: takeFlags,
  conflicts: takeConflicts,
  examples: [
    {
      line: "atlas-dataset catalog retire --store-root serving-store --release 90 --species saccharomyces_cerevisiae --assembly R64 --because superseded",
      does: "serve release 90 no longer, for good"
    }
  ],
  facts: CatalogRetireFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const dataset = datasetOf(flags)
      const store = yield* openServingStore(flags["store-root"])
      return takenAnswer(store, dataset, "retired", yield* retire(store, dataset, takeOptions(flags)))
    })
})
