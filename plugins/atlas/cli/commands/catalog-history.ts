import { Effect } from "effect"
import { catalogFindings } from "../../format/catalog/survey.ts"
import { canonicalId } from "../../format/dataset-id.ts"
import { readHistory, type StoreEvent } from "../../format/store/history.ts"
import { openServingStore } from "../../format/store/serving-store.ts"
import { command } from "../command.ts"
import { CatalogHistoryFacts } from "../documents.ts"
import { toldBy } from "../findings.ts"
import { maybeDatasetOf, optionalDatasetFlags, partlyNamed, required } from "../flag.ts"
import { columns, oneLine } from "../text.ts"

const words = ({ action, alias, dataset, after, before }: StoreEvent): string => {
  const gone = action === "rollback" || action === "retire" ? "" : after === null ? (action === "embargo" ? " lifted" : " removed") : ""
  const until = action === "embargo" && after !== null ? ` until ${after}` : action === "embargo" ? ` (it was until ${before})` : ""
  return `${action}${alias === undefined ? "" : ` ${alias}`}${gone}${dataset === undefined ? "" : `  ${canonicalId(dataset)}`}${until}`
}

export const CatalogHistory = command({
  name: "catalog history",
  summary: "who changed a store, when, on which machine, and why",
  detail: ["Oldest first. An event is written before the change it tells of, so the last may tell of one that a killed run never made."],
  flags: { "store-root": required("STORE", "the serving store"), ...optionalDatasetFlags },
  conflicts: partlyNamed,
  examples: [{ line: "atlas-dataset catalog history --store-root serving-store", does: "tell all that was done to it" }],
  facts: CatalogHistoryFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const store = yield* openServingStore(flags["store-root"])
      const only = maybeDatasetOf(flags)
      const { events, problems } = yield* readHistory(store)
      const told = events.filter(
        ({ dataset }) => only === undefined || (dataset !== undefined && canonicalId(dataset) === canonicalId(only))
      )
      return {
        facts: { store: store.path, events: told },
        findings: problems.map(({ path, message }) =>
          toldBy(catalogFindings)({ name: "history-damaged", at: path.slice(store.path.length + 1), message })
        ),
        lines: ({ style }) =>
          columns(
            told.map((event) => [
              String(event.n),
              oneLine(event.at),
              oneLine(`${event.actor}@${event.host}`),
              oneLine(words(event)),
              oneLine(event.because ?? "")
            ]),
            0,
            (cell, column) => (column === 0 || column === 4 ? style.dim(cell) : cell)
          )
      }
    })
})
