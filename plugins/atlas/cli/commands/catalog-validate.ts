import { resolve } from "node:path"
import { Effect } from "effect"
import { sha256File } from "../../format/artifact/sha256.ts"
import { catalogPath, validateCatalog } from "../../format/catalog/catalog.ts"
import { catalogFindings, stringOrderFindings, surveyCatalog } from "../../format/catalog/survey.ts"
import { openServingStore } from "../../format/store/serving-store.ts"
import { command } from "../command.ts"
import { CatalogValidateFacts } from "../documents.ts"
import { errorsAmong, toldBy } from "../findings.ts"
import { dayFlag, optional } from "../flag.ts"
import { counted } from "../text.ts"

export const CatalogValidate = command({
  name: "catalog validate",
  summary: "accepts or rejects a catalog, all problems at once",
  detail: [
    "The catalog is named by its path, and judged by its form; or by its store, and held against all that the store holds: every file of",
    "its datasets is hashed, every alias followed, and catalog.sha256 and the history are checked. Nothing is written."
  ],
  words: { name: "CATALOG", required: false, help: "a catalog.json" },
  flags: {
    "store-root": optional("STORE", "the serving store whose catalog it is"),
    now: dayFlag("the day (UTC) that embargoes are held against; today if absent")
  },
  conflicts: (flags, words) =>
    (flags["store-root"] === undefined) === (words.length === 0) ? ["catalog validate wants either CATALOG or --store-root STORE"] : [],
  examples: [
    { line: "atlas-dataset catalog validate serving-store/catalog.json", does: "ends with 0 if it is valid, with 1 if not" },
    { line: "atlas-dataset catalog validate --store-root serving-store", does: "also if all of it is there, undamaged" }
  ],
  facts: CatalogValidateFacts,
  run: ({ flags, words }) =>
    Effect.gen(function* () {
      const store = flags["store-root"] === undefined ? undefined : yield* openServingStore(flags["store-root"])
      const catalog = store === undefined ? resolve(words[0] ?? "") : catalogPath(store)
      const { sha256: catalogSha256 } = yield* sha256File(catalog)
      const entries = yield* validateCatalog(catalog)
      const found = store === undefined ? stringOrderFindings(entries) : yield* surveyCatalog(store, entries, { now: flags.now })
      const findings = found.map(toldBy(catalogFindings))
      const rejected = errorsAmong(findings) > 0
      return {
        facts: { catalog, datasets: entries.map(({ dataset }) => dataset), catalogSha256 },
        findings,
        lines: ({ style }) => [
          `${rejected ? `${style.red("✗")} rejected` : `${style.green("✓")} valid`} catalog ${style.bold(catalog)}  ${counted(entries.length, "dataset")}`
        ]
      }
    })
})
