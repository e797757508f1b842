/** Ingests in a process of its own: `node child.ts GFF3 FASTA FOLDER`. Prints what it took as JSON. */
import { Effect } from "effect"
import type { DatasetId } from "../../../../../plugins/atlas/format/dataset-id.ts"
import { ingest } from "../../../../../plugins/atlas/format/ingest/ingest.ts"

const [gff3 = "", fasta = "", folder = ""] = process.argv.slice(2)
const dataset = { release: "1", species: "homo_sapiens", assembly: "made_up" } as DatasetId
const { genes, rows } = await Effect.runPromise(ingest({ folder, dataset, gff3, fasta }))
console.log(JSON.stringify({ genes, rows, megabytes: process.resourceUsage().maxRSS >> 10 }))
