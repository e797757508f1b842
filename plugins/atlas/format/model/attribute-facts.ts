/** The few attributes that the model looks at, out of a row's many. */
import type { Attributes } from "../gff3/row.ts"
import type { AttributeRules } from "../profile/profile.ts"
import { owned } from "../text.ts"
import type { CdsFacts, Feature, GeneFacts, LocusNames, TranscriptFacts, Type } from "./feature.ts"

const collapsed = (text: string): string => (/\s/.test(text) ? text.trim().replace(/\s+/g, " ") : text)

/** First value of the first key that has one; white space collapsed. */
const firstOf = (attributes: Attributes, keys: ReadonlyArray<string>): readonly [key: string, value: string] | undefined => {
  for (const key of keys) {
    // A comma in a value may be unescaped text rather than a list: the whole is the name.
    const value = collapsed(attributes.get(key)?.join(",") ?? "")
    if (value !== "") return [key, owned(value)]
  }
  return undefined
}

const biotypeOf = (attributes: Attributes, keys: ReadonlyArray<string>) => {
  const found = firstOf(attributes, keys)
  return found === undefined || found[1].toLowerCase() === "unknown" ? undefined : found
}

const locusOf = (attributes: Attributes): LocusNames => {
  const id = firstOf(attributes, ["geneID", "locus_tag", "gene", "protein_id"])
  const isGene = id?.[0] === "geneID"
  return {
    id: id?.[1],
    isTag: isGene || id?.[0] === "locus_tag",
    isGene,
    name: firstOf(attributes, ["gene_name", "gene", "Name", "locus_tag"])?.[1]
  }
}

export const geneFacts = (attributes: Attributes, rules: AttributeRules): GeneFacts => {
  const biotype = biotypeOf(attributes, rules.geneBiotypes)
  const ownId = rules.ownId("gene", attributes)
  return {
    of: "gene",
    name: firstOf(attributes, rules.names)?.[1],
    biotype: biotype?.[1],
    biotypeKey: biotype?.[0],
    ownId: ownId === undefined ? undefined : owned(ownId),
    fallbackId: firstOf(attributes, ["locus_tag", "gene_id", "gene", "Name"])?.[1]
  }
}

export const transcriptFacts = (attributes: Attributes, rules: AttributeRules): TranscriptFacts => {
  const ownId = rules.ownId("transcript", attributes)
  return {
    of: "transcript",
    biotype: biotypeOf(attributes, rules.transcriptBiotypes)?.[1],
    ownId: ownId === undefined ? undefined : owned(ownId),
    fallbackId: firstOf(attributes, ["transcript_id", "transcriptId"])?.[1],
    locus: locusOf(attributes)
  }
}

const isTrue = (attributes: Attributes, key: string): boolean => attributes.get(key)?.[0]?.toLowerCase() === "true"

export const isTransSpliced = (attributes: Attributes): boolean =>
  attributes.get("exception")?.some((e) => /trans[-_ ]splic/i.test(e.slice(0, 200))) === true

/** Says that it is one feature on several rows. */
export const isLinked = (attributes: Attributes): boolean => attributes.has("part") || isTransSpliced(attributes)

const readsByTable = (exception: string): boolean => /trans[-_ ]splic|slippage/i.test(exception.slice(0, 200))

export const cdsFacts = (attributes: Attributes): CdsFacts => {
  const table = attributes.get("transl_table")?.[0]
  const translation = attributes.get("translation")?.[0]
  return {
    of: "cds",
    table: table === undefined || !/^\d{1,3}$/.test(table) ? undefined : Number(table),
    exempt:
      attributes.has("transl_except") ||
      isTrue(attributes, "pseudo") ||
      attributes.get("exception")?.every(readsByTable) === false ||
      attributes.has("pseudogene"),
    partial: isTrue(attributes, "partial") || attributes.has("start_range") || attributes.has("end_range"),
    translation: translation === undefined ? undefined : owned(translation),
    locus: locusOf(attributes)
  }
}

/** By what the row's type makes of it. */
export const factsOf = (type: Type, attributes: Attributes, rules: AttributeRules): Feature["facts"] => {
  switch (type.kind.category) {
    case "gene":
      return geneFacts(attributes, rules)
    case "transcript":
    case "unknown":
    case "other":
      return transcriptFacts(attributes, rules)
    case "cds":
      return cdsFacts(attributes)
    case "exon":
      return undefined
  }
}
