/** What the sidecars and the manifest tell of a gene model, counted once. */
import { compareCodePoints } from "../canonical-json.ts"
import type { DatasetParts } from "../dataset-id.ts"
import type { GeneModel } from "../model/gene-model.ts"
import { GeneTally } from "./gene-tally.ts"
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

/** What of a gene model the sidecars tell: all but genes, transcripts, exons and CDS, which only count. */
export type ModelFacts = Omit<GeneModel, "genes" | "transcripts" | "exons" | "cds" | "lineage"> & {
  readonly genes: GeneModel["genes"] | GeneTally
  readonly exonRows: number
  /** Transcripts whose gene is only named: a lone RNA has no gene row (decision 2). */
  readonly loneTranscripts: number
}

/** How many transcripts have a parent that is none of the genes. */
export const loneTranscripts = ({ genes, transcripts }: Pick<GeneModel, "genes" | "transcripts">): number => {
  const ids = new Set(genes.map((g) => g.gene_id))
  return transcripts.filter((t) => !ids.has(t.parent_gene_id)).length
}

/** Other names that sequences have in the GFF3. */
export interface Aliasing {
  /** Name in the GFF3 → name in the dataset, as asked for. */
  readonly aliases: Readonly<Record<string, string>>
  /** Name in the dataset → the first name that the GFF3 has for it, where that is another. */
  readonly sources: ReadonlyMap<string, string>
}

export const noAliasing: Aliasing = { aliases: {}, sources: new Map() }

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
  readonly aliases: Aliasing["aliases"]
}

const trace = (name: string, { aliases, sources }: Aliasing): SequenceTrace => ({
  source_seqid: sources.get(name) ?? name,
  normalized_seqid: name,
  class: contigClass(name),
  canonical_label: contigLabel(name),
  alias_applied: Object.hasOwn(aliases, sources.get(name) ?? name)
})

/** `seqids`: every sequence with a feature row, also rows that are in no table. */
export const datasetFacts = (
  dataset: DatasetParts,
  model: ModelFacts,
  canonical: CanonicalFacts,
  seqids: Iterable<string>,
  aliasing: Aliasing = noAliasing
): DatasetFacts => {
  const counted = model.genes instanceof GeneTally ? model.genes : GeneTally.of(model.genes)
  const { bySequence: genesBySequence, byBiotype: genesByBiotype } = counted
  const genesByClass = new Map<string, number>()
  for (const [name, genes] of genesBySequence)
    genesByClass.set(contigClassName(name), (genesByClass.get(contigClassName(name)) ?? 0) + genes)
  const { scientific_ambiguities, unknown_contigs, missing_required_fields } = model.anomalies
  const names = [...new Set(seqids)].sort(compareCodePoints)
  return {
    dataset,
    model,
    canonical,
    stats: {
      gene_count: counted.count,
      transcript_count: counted.transcripts + model.loneTranscripts,
      contig_count: genesBySequence.size
    },
    genesBySequence,
    genesByClass,
    genesByBiotype,
    referenceBuildIdentity: referenceBuildIdentity(dataset, genesBySequence, genesByClass),
    namingStyle: namingStyle(genesBySequence.keys()),
    prerequisites:
      scientific_ambiguities.length + unknown_contigs.length + missing_required_fields.length > 0 ? "insufficient" : "complete",
    seqids: names,
    traces: new Map(names.map((name) => [name, trace(name, aliasing)])),
    aliases: aliasing.aliases
  }
}
