/** What the sidecars and the manifest tell of a gene model, counted once. */
import { compareCodePoints } from "../canonical-json.ts"
import type { DatasetParts } from "../dataset-id.ts"
import type { GeneModel } from "../model/gene-model.ts"
import { tally } from "./tally.ts"
import type { CanonicalFacts } from "./canonical-files.ts"
import { contigClass, contigClassName, contigLabel, namingStyle, type NamingStyle } from "./contig-class.ts"
import { referenceBuildIdentity } from "./identity.ts"
import type { Stats } from "./manifest.ts"

export interface SequenceTrace {
  readonly source_seqid: string
  readonly normalized_seqid: string
  readonly class: string
  readonly canonical_label: string
  readonly alias_applied: boolean
}

/** What of a gene model the sidecars tell: all but transcripts, exons and CDS, which only count. */
export type ModelFacts = Omit<GeneModel, "transcripts" | "exons" | "cds" | "lineage"> & {
  readonly exonRows: number
  /** Transcripts whose gene is only named: a lone RNA has no gene row (decision 2). */
  readonly loneTranscripts: number
}

/** How many transcripts have a parent that is none of the genes. */
export const loneTranscripts = ({ genes, transcripts }: Pick<GeneModel, "genes" | "transcripts">): number => {
  const ids = new Set(genes.map((g) => g.gene_id))
  return transcripts.filter((t) => !ids.has(t.parent_gene_id)).length
}

export interface DatasetFacts {
  readonly dataset: DatasetParts
  readonly model: ModelFacts
  readonly canonical: CanonicalFacts
  readonly stats: Stats
  readonly genesBySequence: ReadonlyMap<string, number>
  readonly genesByClass: ReadonlyMap<string, number>
  readonly genesByBiotype: ReadonlyMap<string, number>
  readonly referenceBuildIdentity: string
  readonly namingStyle: NamingStyle
  readonly prerequisites: "complete" | "insufficient"
  /** Sequences with at least one feature row, bytewise. */
  readonly seqids: ReadonlyArray<string>
  readonly traces: ReadonlyMap<string, SequenceTrace>
}

/** Sequences that a model shows to have feature rows. */
export const modelSeqids = (model: GeneModel): Iterable<string> => {
  const seqids = new Set<string>(model.anomalies.unknown_contigs)
  for (const rows of [model.genes, model.transcripts, model.exons, model.cds]) for (const row of rows) seqids.add(row.seqid)
  return seqids
}

const trace = (name: string): SequenceTrace => ({
  source_seqid: name,
  normalized_seqid: name,
  class: contigClass(name),
  canonical_label: contigLabel(name),
  alias_applied: false
})

/** `seqids`: every sequence with a feature row, also rows that are in no table. */
export const datasetFacts = (
  dataset: DatasetParts,
  model: ModelFacts,
  canonical: CanonicalFacts,
  seqids: Iterable<string>
): DatasetFacts => {
  const genesBySequence = tally(model.genes.map((g) => g.seqid))
  const genesByClass = tally(model.genes.map((g) => contigClassName(g.seqid)))
  const { scientific_ambiguities, unknown_contigs, missing_required_fields } = model.anomalies
  const names = [...new Set(seqids)].sort(compareCodePoints)
  return {
    dataset,
    model,
    canonical,
    stats: {
      gene_count: model.genes.length,
      transcript_count: model.genes.reduce((total, g) => total + g.transcript_count, model.loneTranscripts),
      contig_count: genesBySequence.size
    },
    genesBySequence,
    genesByClass,
    genesByBiotype: tally(model.genes.map((g) => g.biotype)),
    referenceBuildIdentity: referenceBuildIdentity(dataset, genesBySequence, genesByClass),
    namingStyle: namingStyle(genesBySequence.keys()),
    prerequisites:
      scientific_ambiguities.length + unknown_contigs.length + missing_required_fields.length > 0 ? "insufficient" : "complete",
    seqids: names,
    traces: new Map(names.map((name) => [name, trace(name)]))
  }
}
