/** Flags of `ingest --ruleset atlas-v1`, named as the reference names them, and the options they make. */
import { atlasV1Defaults, type AtlasV1Options, chosenOf } from "../format/atlas-v1/options.ts"
import { type Flag, on, oneOf, optional, type Values } from "./flag.ts"

const digits = (text: string) =>
  /^[0-9]{1,15}$/.test(text)
    ? { ok: Number(text) }
    : { wrong: `wants a number of at most 15 digits, not ${JSON.stringify(text.slice(0, 100))}` }

const count = (help: string): Flag<number | undefined> => optional("N", help, digits)

export const atlasV1Flags = {
  "duplicate-gene-id-policy": oneOf(
    ["fail", "dedupe"],
    "atlas-v1: of genes of one id, dedupe keeps the smallest; fail refuses them where strict"
  ),
  "gene-identifier-policy": oneOf(["gff3-id", "ensembl"], "atlas-v1: a gene's id is its ID, or its Ensembl stable id"),
  "ensembl-keys": optional("KEYS", "atlas-v1: attributes that may hold the stable id, with commas between; gene_id if absent"),
  "seqid-aliases": optional("A=B,C=D", "atlas-v1: other names of sequences"),
  "report-only": on("atlas-v1: reports alone, at the strictness chosen"),
  strict: on("atlas-v1: refuses any warning anomaly (not the strictness)"),
  "allow-overlap-gene-ids-across-contigs": on("atlas-v1: a gene id may stand on several sequences"),
  "dev-auto-generate-fai": on("atlas-v1: makes an index of two columns where --fai is absent"),
  "no-fai-check": on("atlas-v1: always refused, as by the reference"),
  "fasta-scanning": on("atlas-v1: takes the lengths in table contigs from the FASTA"),
  "fasta-scan-max-bases": count("atlas-v1: bases that --fasta-scanning takes at most; 2000000000 if absent, 0 for no end"),
  "emit-shards": on("atlas-v1: a database a sequence beside the whole one"),
  "shard-partitions": count("atlas-v1: so many shards, over which the sequences are spread"),
  "sharding-plan": oneOf(["none", "contig", "region-grid"], "atlas-v1: contig is --emit-shards; region-grid is refused"),
  "emit-normalized-debug": on("atlas-v1: every row as a line of normalized_features.jsonl.zst"),
  "prod-mode": on("atlas-v1: refuses --emit-normalized-debug")
} as const

type AtlasV1Values = Values<typeof atlasV1Flags>

/** The options these flags choose. */
export const atlasV1Of = (flags: AtlasV1Values): Omit<AtlasV1Options, "strictness" | "dialect"> => ({
  duplicateGeneIdPolicy: flags["duplicate-gene-id-policy"],
  geneIdentifierPolicy: flags["gene-identifier-policy"],
  ensemblKeys: flags["ensembl-keys"] ?? atlasV1Defaults.ensemblKeys,
  seqidAliases: flags["seqid-aliases"] ?? atlasV1Defaults.seqidAliases,
  reportOnly: flags["report-only"],
  strict: flags.strict,
  allowOverlapGeneIdsAcrossContigs: flags["allow-overlap-gene-ids-across-contigs"],
  devAutoGenerateFai: flags["dev-auto-generate-fai"],
  fastaScanning: flags["fasta-scanning"],
  fastaScanMaxBases: flags["fasta-scan-max-bases"] ?? atlasV1Defaults.fastaScanMaxBases,
  emitShards: flags["emit-shards"],
  shardPartitions: flags["shard-partitions"] ?? atlasV1Defaults.shardPartitions,
  shardingPlan: flags["sharding-plan"],
  emitNormalizedDebug: flags["emit-normalized-debug"],
  prodMode: flags["prod-mode"]
})

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** What is wrong with them together. */
export const atlasV1Conflicts = (flags: AtlasV1Values & { readonly ruleset: string; readonly profile: string }): ReadonlyArray<string> => {
  if (flags["no-fai-check"])
    return ["policy gate: --no-fai-check is forbidden in production; use --dev-auto-generate-fai for local development"]
  return flags.ruleset === "atlas-v1"
    ? flags.profile === "auto"
      ? []
      : ["--profile is no flag of --ruleset atlas-v1"]
    : chosenOf({ ...atlasV1Of(flags) }).map((name) => `--${kebab(name)} is no flag of --ruleset ontology`)
}
