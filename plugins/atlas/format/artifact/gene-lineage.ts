/** The GFF3 rows behind a gene's features, out of a model's lineage (dataset contract §2.12). */
import type { CdsSegment, Lineage } from "../model/gene-model.ts"
import type { LineageSource, NestedGene, Placed } from "./canonical-model.ts"

/** The key of a model's lineage. */
export const placeKey = (type: string, { seqid, start, end }: Placed): string => `${type}\t${seqid}\t${start}\t${end}`

/** A CDS segment's own row among those at its place: by ID and Parent, the n-th of equals for the n-th equal segment. */
const ownRow = <Sha>(
  rows: ReadonlyArray<Lineage<Sha>>,
  segments: ReadonlyArray<CdsSegment>,
  index: number
): ReadonlyArray<Lineage<Sha>> => {
  const cds = segments[index]
  if (rows.length <= 1 || cds === undefined) return rows
  const named = rows.filter((r) => r.source_feature_id === cds.cds_id || cds.cds_id === `cds_line_${r.gff3_line}_${cds.transcript_id}`)
  const ofTranscript = named.filter((r) => r.parent_ids.includes(cds.transcript_id))
  const candidates = ofTranscript.length > 0 ? ofTranscript : named.length > 0 ? named : rows
  let nth = 0
  for (let i = index - 1; i >= 0; i--) {
    const before = segments[i]
    if (before === undefined || before.start !== cds.start || before.end !== cds.end || before.cds_id !== cds.cds_id) break
    nth++
  }
  const row = candidates[Math.min(nth, candidates.length - 1)]
  return row === undefined ? [] : [row]
}

/** Rows at a feature's place: all of its type, but for a CDS its own alone. */
export const geneLineage = <Sha>(
  { row: gene, transcripts }: NestedGene,
  lineage: ReadonlyMap<string, ReadonlyArray<Lineage<Sha>>>
): LineageSource<Sha> => {
  const at = (type: string, place: Placed | undefined) => (place === undefined ? [] : (lineage.get(placeKey(type, place)) ?? []))
  return {
    ofGene: () => at("gene", gene),
    ofTranscript: (t) => at(transcripts[t]?.row.transcript_type ?? "", transcripts[t]?.row),
    ofExon: (t, e) => at("exon", transcripts[t]?.exons[e]),
    ofCds: (t, c) => ownRow(at("CDS", transcripts[t]?.cds[c]), transcripts[t]?.cds ?? [], c)
  }
}
