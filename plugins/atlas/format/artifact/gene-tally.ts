/** Genes counted as the sidecars tell of them, so that nobody has to hold the genes. */
import type { GeneRow } from "../model/gene-model.ts"

type Counted = Pick<GeneRow, "seqid" | "biotype" | "transcript_count">

const plusOne = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)

export class GeneTally {
  count = 0
  /** Sum of the genes' own counts. */
  transcripts = 0
  readonly bySequence = new Map<string, number>()
  readonly byBiotype = new Map<string, number>()

  static of(genes: Iterable<Counted>): GeneTally {
    const counts = new GeneTally()
    for (const gene of genes) counts.add(gene)
    return counts
  }

  add({ seqid, biotype, transcript_count }: Counted): void {
    this.count++
    this.transcripts += transcript_count
    plusOne(this.bySequence, seqid)
    plusOne(this.byBiotype, biotype)
  }
}
