/** The few attributes that the model looks at, out of a row's many. */
import type { Attributes } from "../gff3/row.ts"
import type { CdsFacts, GeneFacts, LocusNames, TranscriptFacts } from "./feature.ts"

const collapsed = (text: string): string => text.trim().replace(/\s+/g, " ")

/** A copy of its own: a text cut from a line keeps the whole line in memory. */
const owned = (text: string): string => Buffer.from(text).toString()

/** First value of the first key that has one; white space collapsed. */
const firstOf = (attributes: Attributes, keys: ReadonlyArray<string>): readonly [key: string, value: string] | undefined => {
  for (const key of keys) {
    // A comma in a value may be unescaped text rather than a list: the whole is the name.
    const value = collapsed(attributes.get(key)?.join(",") ?? "")
    if (value !== "") return [key, owned(value)]
  }
  return undefined
}

const nameKeys = ["gene_name", "Name", "gene", "locus_tag"]
const geneBiotypeKeys = ["gene_biotype", "biotype", "gene_type"]
const transcriptBiotypeKeys = ["transcript_biotype", "transcript_type", "biotype", "gene_biotype"]

const biotypeOf = (attributes: Attributes, keys: ReadonlyArray<string>) => {
  const found = firstOf(attributes, keys)
  return found === undefined || found[1].toLowerCase() === "unknown" ? undefined : found
}

const locusOf = (attributes: Attributes): LocusNames => {
  const id = firstOf(attributes, ["locus_tag", "gene", "protein_id"])
  return { id: id?.[1], isTag: id?.[0] === "locus_tag", name: firstOf(attributes, ["gene_name", "gene", "Name", "locus_tag"])?.[1] }
}

export const geneFacts = (attributes: Attributes): GeneFacts => {
  const biotype = biotypeOf(attributes, geneBiotypeKeys)
  return {
    of: "gene",
    name: firstOf(attributes, nameKeys)?.[1],
    biotype: biotype?.[1],
    biotypeKey: biotype?.[0],
    fallbackId: firstOf(attributes, ["locus_tag", "gene_id", "gene", "Name"])?.[1]
  }
}

export const transcriptFacts = (attributes: Attributes): TranscriptFacts => ({
  of: "transcript",
  biotype: biotypeOf(attributes, transcriptBiotypeKeys)?.[1],
  fallbackId: firstOf(attributes, ["transcript_id", "transcriptId"])?.[1],
  locus: locusOf(attributes)
})

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
