import { Effect } from "effect"
import { AliasNotPromoted, type AliasCell, aliasPath, observeAlias } from "../../format/catalog/alias.ts"
import { readCatalog } from "../../format/catalog/catalog.ts"
import { removeAlias, setAlias } from "../../format/catalog/set-alias.ts"
import { catalogFindings, highestRelease, stringOrderOf } from "../../format/catalog/survey.ts"
import { canonicalId } from "../../format/dataset-id.ts"
import { openServingStore } from "../../format/store/serving-store.ts"
import { command } from "../command.ts"
import { CatalogAliasFacts } from "../documents.ts"
import { toldBy } from "../findings.ts"
import { datasetFlags, datasetOf, historyFlags, on, optional, optionalDatasetFlags, required } from "../flag.ts"

export const CatalogAlias = command({
  name: "catalog alias",
  summary: "points an alias of a species and assembly to a promoted release, the highest if none is named",
  detail: [
    "Releases are compared as numbers: 110 is higher than 99. Where the reference's server, which compares them as texts, takes another for",
    "the latest, that is told. A project that owns the alias says drifted at its next run, or held where the alias was removed."
  ],
  flags: {
    "store-root": required("STORE", "the serving store"),
    name: optional("NAME", "the alias; latest if absent"),
    species: datasetFlags.species,
    assembly: datasetFlags.assembly,
    release: { ...optionalDatasetFlags.release, help: "the release that it shall point to; the highest in the catalog if absent" },
    remove: on("take the alias away"),
    "expect-release": {
      ...optionalDatasetFlags.release,
      help: "the release that it points to now; an alias that points elsewhere is left as it is"
    },
    ...historyFlags
  },
  conflicts: (flags) => (flags.release !== undefined && flags.remove ? ["--release and --remove exclude each other"] : []),
  examples: [
    {
      line: "atlas-dataset catalog alias --store-root serving-store --species saccharomyces_cerevisiae --assembly R64",
      does: "point latest to the highest promoted release"
    }
  ],
  facts: CatalogAliasFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const store = yield* openServingStore(flags["store-root"])
      const { name = "latest", actor, because, "expect-release": expectRelease } = flags
      const { species, assembly } = datasetOf({ release: "0", species: flags.species, assembly: flags.assembly })
      const cell: AliasCell = { name, species, assembly }
      const live = yield* observeAlias(store, cell)
      // An alias that is to point to a release is expected to be what it is now, or nothing that any alias is.
      const points = live.state === "present" && live.dataset?.release === expectRelease ? live.value : `release ${expectRelease}`
      const options = { actor, because, expected: expectRelease === undefined ? undefined : points }
      const { entries } = yield* readCatalog(store)
      const findings = stringOrderOf(entries, cell).map(toldBy(catalogFindings))
      const facts = { alias: name, species, assembly, store: store.path }
      if (flags.remove) {
        const { changed } = yield* removeAlias(store, cell, options)
        const line = `${name} of ${species} ${assembly} ${changed ? "removed" : "is not there"}`
        return { facts: { ...facts, changed, dataset: null }, lines: ({ style }) => [`${style.green("✓")} ${line}`] }
      }
      const dataset = flags.release === undefined ? highestRelease(entries, cell) : datasetOf({ release: flags.release, species, assembly })
      if (dataset === undefined) {
        const message = `${name} cannot point to a release of ${species} ${assembly}: none is in the catalog`
        return yield* new AliasNotPromoted({ message, where: { path: aliasPath(store, cell) }, alias: name, dataset: "" })
      }
      const { changed } = yield* setAlias(store, name, dataset, options)
      return {
        facts: { ...facts, changed, dataset },
        findings,
        lines: ({ style }) => [`${style.green("✓")} ${name} ${changed ? "→" : "is"} ${style.bold(canonicalId(dataset))}`]
      }
    })
})
