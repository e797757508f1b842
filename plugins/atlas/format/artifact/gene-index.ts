/** release_gene_index.json out of the database: its index has the genes by id, so nobody has to sort them (dataset contract §2.14). */
import { Effect } from "effect"
import type { DatasetParts } from "../dataset-id.ts"
import type { IoDurability, Written } from "../durable.ts"
import { type GeneSummaryUnreadable, openGeneSummary } from "./gene-summary-reader.ts"
import { writeJson } from "./json-writer.ts"
import { geneIndexInOrder, type IndexedGene } from "./sidecars.ts"

const question = "SELECT gene_id, name, biotype, seqid, start, end, transcript_count FROM gene_summary ORDER BY gene_id, seqid, start, end"

/** Writes a new file. */
export const writeGeneIndex = (
  path: string,
  dataset: DatasetParts,
  database: string
): Effect.Effect<Written, IoDurability | GeneSummaryUnreadable> =>
  Effect.scoped(
    Effect.gen(function* () {
      const genes = (yield* openGeneSummary(database)).prepare(question).iterate()
      return yield* writeJson(path, geneIndexInOrder(dataset, indexed(genes)))
    })
  )

function* indexed(rows: Iterable<Record<string, unknown>>): Generator<IndexedGene> {
  for (const row of rows)
    yield {
      gene_id: String(row["gene_id"]),
      name: String(row["name"]),
      biotype: String(row["biotype"]),
      seqid: String(row["seqid"]),
      start: Number(row["start"]),
      end: Number(row["end"]),
      transcript_count: Number(row["transcript_count"])
    }
}
