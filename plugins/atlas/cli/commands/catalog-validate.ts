import { resolve } from "node:path"
import { Effect } from "effect"
import { catalogPath, validateCatalog } from "../../format/catalog/catalog.ts"
import { openServingStore } from "../../format/store/serving-store.ts"
import { command } from "../command.ts"
import { CatalogValidateFacts } from "../documents.ts"
import { optional } from "../flag.ts"
import { counted } from "../text.ts"

export const CatalogValidate = command({
  name: "catalog validate",
  summary: "accepts or rejects a catalog, all problems at once",
  detail: ["The catalog is named by its path, or by its store."],
  words: { name: "CATALOG", required: false, help: "a catalog.json" },
  flags: { "store-root": optional("STORE", "the serving store whose catalog it is") },
  conflicts: (flags, words) =>
    (flags["store-root"] === undefined) === (words.length === 0) ? ["catalog validate wants either CATALOG or --store-root STORE"] : [],
  examples: [{ line: "atlas-dataset catalog validate serving-store/catalog.json", does: "ends with 0 if it is valid, with 1 if not" }],
  facts: CatalogValidateFacts,
  run: ({ flags, words }) =>
    Effect.gen(function* () {
      const store = flags["store-root"]
      const catalog = store === undefined ? resolve(words[0] ?? "") : catalogPath(yield* openServingStore(store))
      const entries = yield* validateCatalog(catalog)
      return {
        facts: { catalog, datasets: entries.map(({ dataset }) => dataset) },
        lines: ({ style }) => [`${style.green("✓")} valid catalog ${style.bold(catalog)}  ${counted(entries.length, "dataset")}`]
      }
    })
})
