/**
 * The profiles, those that say more before those that say less (a predicted RefSeq annotation is Gnomon's, and RefSeq's too).
 * Rules are from the providers' published files and their documentation; docs/explanation/dataset-format.md has them as a table.
 */
import type { Attributes, Gff3Row } from "../gff3/row.ts"
import type { Profile } from "./profile.ts"

type Row = Pick<Gff3Row, "source" | "attributes">

const none = { gene: [], transcript: [], cds: [] } as const

const first = (attributes: Attributes, key: string): string | undefined => {
  const value = attributes.get(key)?.[0]
  return value === undefined || value === "" ? undefined : value
}

/** ID, or else the first Parent, begins so: CDS and exons often have no ID of their own. */
const begins = ({ attributes }: Row, prefixes: ReadonlyArray<string>): boolean => {
  const name = first(attributes, "ID") ?? first(attributes, "Parent") ?? ""
  return prefixes.some((prefix) => name.startsWith(prefix))
}

const named = ({ attributes }: Row, pattern: RegExp): boolean =>
  [first(attributes, "ID"), first(attributes, "Parent")].some((id) => id !== undefined && id.length < 100 && pattern.test(id))

const ncbiPrefixes = { gene: ["gene-"], transcript: ["rna-"], cds: ["cds-"] } as const

/** NCBI numbered features within a file until 2018 (`gene12`, `rna3`): such an ID says nothing in the next release. */
const ncbiOwnId = (kind: "gene" | "transcript", attributes: Attributes): string | undefined => {
  const id = first(attributes, "ID")
  if (id === undefined || id.length > 20 || !/^(?:gene|rna|id)\d+$/.test(id)) return undefined
  if (kind === "transcript") return first(attributes, "transcript_id")
  return first(attributes, "locus_tag") ?? attributes.get("Dbxref")?.find((reference) => reference.startsWith("GeneID:"))
}

const ncbi = {
  prefixes: ncbiPrefixes,
  ownId: ncbiOwnId,
  names: ["gene", "Name", "locus_tag"],
  geneBiotypes: ["gene_biotype"],
  transcriptBiotypes: ["transcript_biotype"]
} as const

const prokkaTools = /^(?:prodigal|aragorn|barrnap|infernal|prokka|rnammer|minced|signalp)(?::|$)/i

export const profiles = [
  {
    name: "ensembl",
    provider: "Ensembl and Ensembl Genomes",
    isOf: (row) => begins(row, ["gene:", "transcript:", "CDS:"]),
    prefixes: { gene: ["gene:"], transcript: ["transcript:"], cds: ["CDS:"] },
    names: ["Name", "gene_id"],
    geneBiotypes: ["biotype"],
    transcriptBiotypes: ["biotype"]
  },
  {
    name: "gencode",
    provider: "GENCODE",
    isOf: ({ attributes }) => attributes.has("gene_type") && attributes.has("gene_name") && attributes.has("level"),
    prefixes: { ...none, cds: ["CDS:"] },
    names: ["gene_name", "gene_id"],
    geneBiotypes: ["gene_type"],
    transcriptBiotypes: ["transcript_type"]
  },
  {
    name: "wormbase",
    provider: "WormBase",
    isOf: (row) => begins(row, ["Gene:", "Transcript:", "Pseudogene:", "CDS:"]) && row.source.startsWith("WormBase"),
    prefixes: { gene: ["Gene:"], transcript: ["Transcript:", "Pseudogene:"], cds: ["CDS:"] },
    names: ["locus", "sequence_name", "Name"],
    geneBiotypes: ["biotype"],
    transcriptBiotypes: []
  },
  {
    name: "flybase",
    provider: "FlyBase",
    isOf: (row) => row.source === "FlyBase" || named(row, /^FB(?:gn|tr|pp)\d{7}/),
    prefixes: none,
    names: ["Name"],
    geneBiotypes: [],
    transcriptBiotypes: []
  },
  {
    name: "sgd",
    provider: "Saccharomyces Genome Database",
    isOf: ({ source }) => source === "SGD",
    prefixes: none,
    names: ["gene", "Name"],
    geneBiotypes: [],
    transcriptBiotypes: []
  },
  {
    name: "tair",
    provider: "TAIR and Araport",
    isOf: (row) => /^(?:TAIR|Araport)/.test(row.source) || named(row, /^AT[1-5CM]G\d{5}/),
    prefixes: none,
    names: ["symbol", "Name"],
    geneBiotypes: ["locus_type"],
    transcriptBiotypes: []
  },
  {
    name: "prokka",
    provider: "Prokka",
    isOf: ({ source, attributes }) => prokkaTools.test(source) && attributes.has("locus_tag"),
    prefixes: none,
    // With --addgenes and --addmrna the locus tag stands three times.
    ownId: (_kind, attributes) => {
      const tag = first(attributes, "locus_tag")
      return tag !== undefined && /_(?:gene|mRNA)$/.test(first(attributes, "ID") ?? "") ? tag : undefined
    },
    names: ["gene", "Name", "locus_tag"],
    geneBiotypes: [],
    transcriptBiotypes: []
  },
  {
    name: "genedb",
    provider: "GeneDB and VEuPathDB",
    isOf: ({ source }) => /^(?:chado|GeneDB|EuPathDB|VEuPathDB)$/.test(source),
    prefixes: none,
    names: ["Name", "gene", "previous_systematic_id"],
    geneBiotypes: ["ebi_biotype", "gene_ebi_biotype"],
    transcriptBiotypes: ["transcript_ebi_biotype"]
  },
  {
    name: "gnomon",
    provider: "NCBI Gnomon, predictions alone",
    isOf: ({ source }) => /(?:^|%2C|,)Gnomon$/.test(source),
    ...ncbi
  },
  {
    name: "refseq",
    provider: "NCBI RefSeq and GenBank",
    isOf: ({ attributes }) => attributes.has("gbkey"),
    ...ncbi
  },
  {
    name: "plain",
    provider: "anyone else: IDs as they stand",
    isOf: () => false,
    prefixes: none,
    names: ["gene_name", "Name", "gene", "locus_tag"],
    geneBiotypes: ["gene_biotype", "biotype", "gene_type"],
    transcriptBiotypes: ["transcript_biotype", "transcript_type", "biotype", "gene_biotype"]
  }
] as const satisfies ReadonlyArray<Profile>

export type ProfileName = (typeof profiles)[number]["name"]

export const profileNames: ReadonlyArray<ProfileName> = profiles.map(({ name }) => name)

/** `auto` chooses by what the file says. */
export const profileChoices: readonly ["auto", ...ReadonlyArray<ProfileName>] = ["auto", ...profileNames]

export const profileOf = (name: ProfileName): Profile => {
  const found: Profile | undefined = profiles.find((profile) => profile.name === name)
  if (found === undefined) throw new Error(`no profile ${name}`)
  return found
}

/** No provider's rules. */
export const plain: Profile = profileOf("plain")
