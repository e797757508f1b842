/** Biotypes of genes and transcripts that state none, from their structure (decision 3). Never `unknown`. */
import { isA } from "../ontology/sequence-ontology.ts"
import type { GeneDraft, TranscriptDraft } from "./draft.ts"

const plain = new Set(["gene", "SO:0000704", "transcript", "SO:0000673", "mRNA", "SO:0000234"])

/** Its own, and polycistronic ones that are counted with another gene. */
const transcriptsOf = (gene: GeneDraft): ReadonlyArray<TranscriptDraft> =>
  gene.shared === undefined ? gene.transcripts : [...gene.transcripts, ...gene.shared]

/** The most telling child RNA: the first by name that says more than `transcript`, and messengers as protein_coding. */
const rnaOf = (gene: GeneDraft): string | undefined => {
  const types = transcriptsOf(gene)
    .flatMap((t) => t.type ?? [])
    .sort()
  const telling = types.find((type) => !plain.has(type))
  if (telling !== undefined) return telling
  return types.some((type) => isA(type, "mRNA")) ? "protein_coding" : types[0]
}

/** Pseudogene by type; protein_coding with CDS; the type of its RNA; its own type. */
export const geneBiotype = (gene: GeneDraft): string => {
  if (gene.pseudo) return "pseudogene"
  if (transcriptsOf(gene).some((t) => t.cds.length > 0)) return "protein_coding"
  return rnaOf(gene) ?? gene.type
}

/** Null where the type says it all or there is nothing to say. */
export const transcriptBiotype = (transcript: TranscriptDraft): string | null => {
  if (transcript.pseudo) return "pseudogene"
  if (transcript.cds.length > 0) return "protein_coding"
  return transcript.type === undefined || plain.has(transcript.type) ? null : transcript.type
}
