/**
 * Genes that no file can hold: each feature has with it every row of its type and place (dataset contract §2.12), so that rows at one place
 * count by their square.
 */
import { LimitExceeded, limits } from "../limits.ts"
import type { GeneModel, Lineage } from "../model/gene-model.ts"
import { quote } from "../text.ts"
import { nestedGenes } from "./canonical-model.ts"
import { geneLineage } from "./gene-lineage.ts"

type Part = Pick<GeneModel, "genes" | "transcripts" | "exons" | "cds" | "lineage">

/** Bytes of an entry's JSON beside its names. */
const fixed = 220
/** Rows in places that are looked at closer; real annotations stay below. */
const many = 100

type Rows = ReadonlyArray<Lineage<unknown>>

const bytesOf = (rows: Rows): number =>
  rows.reduce(
    (sum, row) =>
      sum +
      fixed +
      row.seqid.length +
      row.feature_type.length +
      (row.source_feature_id?.length ?? 0) +
      row.parent_ids.reduce((all, id) => all + id.length + 3, 0),
    0
  )

/** Those that canonical_features.json would hold with more than `jsonBytes` of rows. `path` is the GFF3's. */
export const crowdedGenes = (part: Part, path: string): ReadonlyArray<LimitExceeded> => {
  let rows = 0
  for (const entries of part.lineage.values()) if (entries.length > many) rows += entries.length ** 2
  const allowed = limits.jsonBytes
  if (rows * fixed < allowed) return []
  const sizes = new Map<Rows, number>()
  const size = (entries: Rows): number => {
    let bytes = sizes.get(entries)
    if (bytes === undefined) sizes.set(entries, (bytes = bytesOf(entries)))
    return bytes
  }
  const found: Array<LimitExceeded> = []
  for (const gene of nestedGenes(part)) {
    const source = geneLineage(gene, part.lineage)
    let bytes = 0
    gene.transcripts.forEach(({ exons }, t) => {
      bytes += size(source.ofTranscript(t))
      exons.forEach((_, e) => (bytes += size(source.ofExon(t, e))))
    })
    if (bytes <= allowed) continue
    const line = source.ofGene()[0]?.gff3_line
    const message = `The rows of gene ${quote(gene.row.gene_id)} stand so many at one place that they would take ${bytes} bytes in canonical_features.json, more than ${allowed}.`
    found.push(
      new LimitExceeded({ message, where: { path, ...(line === undefined ? {} : { line }) }, limit: "jsonBytes", allowed, found: bytes })
    )
  }
  return found.slice(0, limits.problems)
}
