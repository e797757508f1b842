/** What a feature type means for a gene model, by the Sequence Ontology. */
import { isA, similarTerm, termOf } from "./sequence-ontology.ts"

/** `other` are terms a gene model does not hold (repeats, UTRs, regions …), `unknown` are no terms at all. */
export type Category = "gene" | "transcript" | "exon" | "cds" | "other" | "unknown"

export interface Kind {
  readonly category: Category
  /** pseudogene-like: pseudogene, pseudogenic_transcript and what is_a them. */
  readonly pseudo: boolean
}

// Pseudogenes, gene segments and NMD_transcript_variant stand outside is_a gene / is_a transcript in the ontology, but annotators
// (Ensembl, NCBI) use them as genes and transcripts. Decision 2 counts pseudogenes as genes.
const segmentRoots = [
  "gene_segment",
  "vertebrate_immunoglobulin_T_cell_receptor_segment",
  "vertebrate_immunoglobulin_T_cell_receptor_rearranged_segment"
]
const roots: ReadonlyArray<readonly [Category, ReadonlyArray<string>]> = [
  ["gene", ["gene", "pseudogene"]],
  ["transcript", ["transcript", "pseudogenic_transcript", "NMD_transcript_variant", ...segmentRoots]],
  ["exon", ["exon", "pseudogenic_exon"]],
  ["cds", ["CDS"]]
]
const pseudoRoots = ["pseudogene", "pseudogenic_region", "pseudogenic_gene_segment"]

const kinds = new Map<string, Kind>()

/** The kind of a column 3 value. */
export const kindOf = (type: string): Kind => {
  const known = kinds.get(type)
  if (known !== undefined) return known
  const term = termOf(type)
  const category =
    term === undefined || term.obsolete
      ? "unknown"
      : (roots.find(([, names]) => names.some((name) => isA(term.accession, name)))?.[0] ?? "other")
  const kind = { category, pseudo: pseudoRoots.some((name) => isA(type, name)) } as const
  // A hostile file may name any number of types; the ontology has a few thousand.
  if (term !== undefined) kinds.set(type, kind)
  return kind
}

/** Whether it is a part of a rearranging gene: used as a transcript, but neither RNA nor gene. */
export const isGeneSegment = (type: string): boolean => segmentRoots.some((name) => isA(type, name))

const utrs = new Map<string, boolean>()

/** Whether it is an untranslated region, also where its name is written in other case, as some programs do. */
export const isUtr = (type: string): boolean => {
  let known = utrs.get(type)
  if (known === undefined) {
    known = isA(type, "UTR") || (termOf(type) === undefined && isA(similarTerm(type)?.name ?? "", "UTR"))
    if (utrs.size < 10_000) utrs.set(type, known)
  }
  return known
}
