/**
 * What canonical_features.json tells of genes, as the spool holds it until it is written: tables' rows, CDS segments and the GFF3 rows behind
 * them, some hundred genes of one sequence together.
 */
import type { CdsSegment, ExonRow, GeneModel, GeneRow, Lineage, RecordPlace, TranscriptRow } from "../model/gene-model.ts"
import { type NestedGene, nestedGenes } from "./canonical-model.ts"
import { geneLineage, placeKey } from "./gene-lineage.ts"
import type { DigestOf } from "./record-digests.ts"

/** Sorted as in `GeneModel`. */
export type ModelPart = Pick<GeneModel, "genes" | "transcripts" | "exons" | "cds" | "lineage">

/** Of a bundle that is cut out of a larger part. */
const genesOfBundle = 512

type Rows = Lineage<string | RecordPlace>

class Bundle {
  readonly genes: Array<GeneRow> = []
  readonly transcripts: Array<TranscriptRow> = []
  readonly exons: Array<ExonRow> = []
  readonly cds: Array<CdsSegment> = []
  readonly lineage = new Map<string, ReadonlyArray<Rows>>()

  add(gene: NestedGene, lineage: ModelPart["lineage"]): void {
    const source = geneLineage(gene, lineage)
    this.genes.push(gene.row)
    this.lineage.set(placeKey("gene", gene.row), source.ofGene())
    gene.transcripts.forEach(({ row, exons, cds }, t) => {
      this.transcripts.push(row)
      this.lineage.set(placeKey(row.transcript_type, row), source.ofTranscript(t))
      exons.forEach((exon, e) => {
        this.exons.push(exon)
        this.lineage.set(placeKey("exon", exon), source.ofExon(t, e))
      })
      for (const segment of cds) {
        this.cds.push(segment)
        const key = placeKey("CDS", segment)
        this.lineage.set(key, lineage.get(key) ?? [])
      }
    })
  }
}

/** Parts of a part, each with genes of one sequence alone, in the canonical order. */
export function* bundlesOf(part: ModelPart): Generator<ModelPart> {
  const { genes } = part
  if (genes.length === 0) return
  if (genes.length <= genesOfBundle && genes[0]!.seqid === genes.at(-1)!.seqid) return yield part
  let bundle = new Bundle()
  for (const gene of nestedGenes(part)) {
    const before = bundle.genes[0]
    if (before !== undefined && (before.seqid !== gene.row.seqid || bundle.genes.length >= genesOfBundle)) {
      yield bundle
      bundle = new Bundle()
    }
    bundle.add(gene, part.lineage)
  }
  yield bundle
}

/** The GFF3 rows behind features, as one JSON list: key, number of rows, their values. */
export const encodeLineage = (lineage: ModelPart["lineage"]): string => {
  const values: Array<string | number | null | ReadonlyArray<string>> = []
  for (const [key, rows] of lineage) {
    values.push(key, rows.length)
    for (const { gff3_line, seqid, feature_type, source_feature_id, parent_ids, record_sha256: record } of rows) {
      values.push(gff3_line, seqid, feature_type, source_feature_id, parent_ids)
      if (typeof record === "string") values.push(record, 0)
      else values.push(record.byte, record.bytes)
    }
  }
  return JSON.stringify(values)
}

/** What `encodeLineage` made into text, with digests. */
export const decodeLineage = (text: string, digestOf: DigestOf): ReadonlyMap<string, ReadonlyArray<Lineage>> => {
  const values = JSON.parse(text) as ReadonlyArray<never>
  const lineage = new Map<string, ReadonlyArray<Lineage>>()
  for (let i = 0; i < values.length;) {
    const key: string = values[i]!
    const rows: Array<Lineage> = []
    const end = i + 2 + 7 * values[i + 1]!
    for (i += 2; i < end; i += 7) {
      const record: string | number = values[i + 5]!
      rows.push({
        gff3_line: values[i]!,
        seqid: values[i + 1]!,
        feature_type: values[i + 2]!,
        source_feature_id: values[i + 3]!,
        parent_ids: values[i + 4]!,
        record_sha256: typeof record === "string" ? record : digestOf({ byte: record, bytes: values[i + 6]! })
      })
    }
    lineage.set(key, rows)
  }
  return lineage
}
