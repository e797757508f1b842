/** What the reference lets one choose of ingest (dataset contract §2.6, §8.1), under the names of its flags. */
import { Effect, Schema } from "effect"
import type { Dialect } from "../artifact/dialect.ts"
import type { Strictness } from "../ingest/strictness.ts"

const oneOf = <const A extends string>(choices: readonly [A, ...ReadonlyArray<A>], description: string) =>
  Schema.Literals(choices)
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(choices[0])))
    .annotate({ description })

const on = (description: string) => Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))).annotate({ description })

const count = (normal: number, description: string) =>
  Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(normal)))
    .annotate({ description })

const text = (normal: string, description: string) =>
  Schema.String.pipe(Schema.withDecodingDefaultKey(Effect.succeed(normal))).annotate({ description })

/** Options of this ruleset alone, for the options of a stage. */
export const atlasV1Fields = {
  duplicateGeneIdPolicy: oneOf(
    ["fail", "dedupe"],
    "atlas-v1: of several genes of one id, dedupe keeps the smallest; fail refuses them where strict"
  ),
  geneIdentifierPolicy: oneOf(["gff3-id", "ensembl"], "atlas-v1: a gene's id is its ID, or its Ensembl stable id"),
  ensemblKeys: text("gene_id", "atlas-v1: attributes that may hold the stable id, with commas between"),
  seqidAliases: text("", "atlas-v1: other names of sequences, as in 1=chr1,MT=chrM"),
  reportOnly: on("atlas-v1: writes reports alone, at the strictness chosen"),
  strict: on("atlas-v1: refuses any warning anomaly"),
  allowOverlapGeneIdsAcrossContigs: on("atlas-v1: lets a gene id stand on several sequences"),
  devAutoGenerateFai: on("atlas-v1: makes an index of two columns where none is named"),
  fastaScanning: on("atlas-v1: takes the lengths in table contigs from the FASTA"),
  fastaScanMaxBases: count(2_000_000_000, "atlas-v1: bases that fastaScanning takes at most; 0 for no end"),
  emitShards: on("atlas-v1: writes a database a sequence beside the whole one"),
  shardPartitions: count(0, "atlas-v1: so many shards, over which the sequences are spread; 0 for one a sequence"),
  shardingPlan: oneOf(["none", "contig", "region-grid"], "atlas-v1: contig is emitShards; region-grid is refused, as by the reference"),
  emitNormalizedDebug: on("atlas-v1: writes every row as a line of normalized_features.jsonl.zst"),
  prodMode: on("atlas-v1: refuses emitNormalizedDebug")
} as const

const Choices = Schema.Struct(atlasV1Fields)

export interface AtlasV1Options extends Schema.Schema.Type<typeof Choices> {
  readonly strictness: Strictness
  /** Form of the build root; the package released as 0.2.1 also has fewer rules (§13). */
  readonly dialect: Dialect
}

export const atlasV1Defaults: AtlasV1Options = { strictness: "strict", dialect: "main", ...Schema.decodeSync(Choices)({}) }

type Choice = keyof typeof atlasV1Fields

/** Which of these options differ from what they are if not given. */
export const chosenOf = (options: Partial<Readonly<Record<Choice, unknown>>>): ReadonlyArray<Choice> =>
  (Object.keys(atlasV1Fields) as ReadonlyArray<Choice>).filter(
    (name) => options[name] !== undefined && options[name] !== atlasV1Defaults[name]
  )

/** Only the reports are written. */
export const isReportOnly = ({ reportOnly, strictness }: AtlasV1Options): boolean => reportOnly || strictness === "report-only"
