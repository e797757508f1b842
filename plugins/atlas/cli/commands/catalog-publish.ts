import { resolve } from "node:path"
import { Effect } from "effect"
import { catalogPath } from "../../format/catalog/catalog.ts"
import { publishCatalog } from "../../format/catalog/publish-catalog.ts"
import { canonicalId } from "../../format/dataset-id.ts"
import { openServingStore } from "../../format/store/serving-store.ts"
import { command } from "../command.ts"
import { CatalogPublishFacts } from "../documents.ts"
import { dayFlag, expectCatalogFlag, historyFlags, on, required } from "../flag.ts"
import { counted, labelled } from "../text.ts"

export const CatalogPublish = command({
  name: "catalog publish",
  summary: "puts a whole catalog in place of the store's, by compare-and-swap",
  detail: [
    "What it adds must be published, undamaged and not embargoed. What it leaves out is rolled back, which is refused while an alias points",
    "to it, and without --expect: so nobody's promotion is lost unseen. The same entries again change nothing."
  ],
  flags: {
    "store-root": required("STORE", "the serving store"),
    catalog: required("FILE", "the catalog; its order and form are put right"),
    expect: expectCatalogFlag,
    digest: on("also write catalog.sha256, which the reference's server checks; every later change keeps it"),
    "dry-run": on("tell what would change, and write nothing"),
    now: dayFlag("the day (UTC) that embargoes are held against; today if absent"),
    ...historyFlags
  },
  examples: [
    { line: "atlas-dataset catalog publish --store-root serving-store --catalog new.json --dry-run", does: "see what would come and go" }
  ],
  facts: CatalogPublishFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const store = yield* openServingStore(flags["store-root"])
      const { digest, now, expect: expectedCatalog, actor, because, "dry-run": dryRun } = flags
      const done = yield* publishCatalog(store, resolve(flags.catalog), { digest, dryRun, now, expectedCatalog, actor, because })
      const { changed, added, removed, datasets, previous: previousSha256, sha256: catalogSha256 } = done
      const catalog = catalogPath(store)
      const what = dryRun ? "would publish" : changed ? "published" : "published before, unchanged:"
      return {
        facts: { store: store.path, catalog, changed, dryRun, datasets, added, removed, previousSha256, catalogSha256 },
        lines: (telling) =>
          labelled(
            `${telling.style.green("✓")} ${what} ${telling.style.bold(catalog)}  ${counted(datasets, "dataset")}`,
            [
              ["added", added.map(canonicalId).join(", ")],
              ["removed", removed.map(canonicalId).join(", ")],
              ["catalog", `sha256:${catalogSha256}`]
            ],
            telling
          )
      }
    })
})
