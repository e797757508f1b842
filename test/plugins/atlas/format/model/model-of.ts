/** Runs the ruleset over GFF3 text. */
import { Gff3Parser } from "../../../../../plugins/atlas/format/gff3/parser.ts"
import type { Gff3Row } from "../../../../../plugins/atlas/format/gff3/row.ts"
import type { FetchOf } from "../../../../../plugins/atlas/format/model/coding-check.ts"
import { OntologyModel, type OntologyOutcome } from "../../../../../plugins/atlas/format/model/ontology-model.ts"

/** Rows of a text that must be sound. */
export const rowsOf = (text: string | Buffer): ReadonlyArray<Gff3Row> => {
  const rows: Array<Gff3Row> = []
  const parser = new Gff3Parser({ onRow: (row) => void rows.push(row) }, { path: "genes.gff3" })
  parser.push(Buffer.from(text))
  const facts = parser.end()
  if (facts.problemCount > 0) throw new Error(JSON.stringify(facts.problems))
  return rows
}

export const modelOfRows = (rows: Iterable<Gff3Row>, lengths: Readonly<Record<string, number>>, fetch?: FetchOf): OntologyOutcome => {
  const contigs = Object.entries(lengths).map(([name, length]) => ({ name, length }))
  const model = new OntologyModel({ path: "genes.gff3", contigs })
  for (const row of rows) model.add(row)
  return model.finish(fetch)
}

/** Lines with columns separated by blanks, source and score left out: `chr1 gene 1 9 + . ID=a`. */
export const gff3 = (...lines: ReadonlyArray<string>): string =>
  lines
    .map((line) => {
      const [seqid, type, start, end, strand, phase, ...attributes] = line.split(" ")
      return [seqid, "test", type, start, end, ".", strand, phase, attributes.join(" ") || "."].join("\t")
    })
    .join("\n")

export const modelOf = (
  lines: ReadonlyArray<string>,
  lengths: Readonly<Record<string, number>> = { chr1: 1000, chr2: 1000 }
): OntologyOutcome => modelOfRows(rowsOf(gff3(...lines)), lengths)
