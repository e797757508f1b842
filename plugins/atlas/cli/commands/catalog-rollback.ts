import { Effect } from "effect"
import { rollback, type RolledBack, type RollbackOptions } from "../../format/catalog/rollback.ts"
import { canonicalId, type DatasetParts } from "../../format/dataset-id.ts"
import { openServingStore, type ServingStore } from "../../format/store/serving-store.ts"
import { command } from "../command.ts"
import { CatalogRollbackFacts } from "../documents.ts"
import { datasetFlags, datasetOf, expectCatalogFlag, historyFlags, on, optional, required, type Values } from "../flag.ts"
import type { Telling } from "../text.ts"

/** Of commands that take a dataset out of the catalog. */
export const takeFlags = {
  "store-root": required("STORE", "the serving store"),
  ...datasetFlags,
  ...historyFlags,
  because: required("TEXT", "why, for the store's history"),
  "move-alias-to": optional("R", "the release that aliases which point to it shall point to"),
  "remove-alias": on("take away the aliases that point to it"),
  expect: expectCatalogFlag
} as const

type TakeFlags = Values<typeof takeFlags>

export const takeConflicts = (flags: TakeFlags): ReadonlyArray<string> =>
  flags["move-alias-to"] !== undefined && flags["remove-alias"] ? ["--move-alias-to and --remove-alias exclude each other"] : []

export const takeOptions = (flags: TakeFlags): RollbackOptions => {
  const moveTo = flags["move-alias-to"]
  return {
    because: flags.because,
    actor: flags.actor,
    expectedCatalog: flags.expect,
    aliases: moveTo !== undefined ? { moveTo } : flags["remove-alias"] ? "remove" : undefined
  }
}

export const takenAnswer = (store: ServingStore, dataset: DatasetParts, did: string, taken: RolledBack) => ({
  facts: { dataset, store: store.path, changed: taken.changed, aliases: taken.aliases, catalogSha256: taken.catalog_sha256 },
  lines: ({ style }: Telling) => [
    `${style.green("✓")} ${did}${taken.changed ? "" : " before, unchanged:"} ${style.bold(canonicalId(dataset))}${taken.aliases.length === 0 ? "" : `  with ${taken.aliases.join(", ")}`}`
  ]
})

export const CatalogRollback = command({
  name: "catalog rollback",
  summary: "takes a dataset out of the catalog; it stays published, and servers serve it no longer",
  detail: [
    "Refused while an alias points to it, unless it is said what becomes of it. Projects that own the entry take it as held: they do",
    "not promote it again by themselves. Promoting it by hand takes this back. Rolling back again changes nothing."
  ],
  flags: takeFlags,
  conflicts: takeConflicts,
  examples: [
    {
      line: "atlas-dataset catalog rollback --store-root serving-store --release 110 --species saccharomyces_cerevisiae --assembly R64 --because mislabelled --move-alias-to 109",
      does: "serve 109 as latest again"
    }
  ],
  facts: CatalogRollbackFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const dataset = datasetOf(flags)
      const store = yield* openServingStore(flags["store-root"])
      return takenAnswer(store, dataset, "rolled back", yield* rollback(store, dataset, takeOptions(flags)))
    })
})
