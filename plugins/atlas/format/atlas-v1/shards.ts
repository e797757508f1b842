/** Shards: a gene-summary database a sequence, or a partition of sequences, and their catalog (dataset contract §2.11). */
import { join } from "node:path"
import { Effect } from "effect"
import { asciiLower } from "../artifact/contig-class.ts"
import { type GeneSummaryUnwritable, writeGeneSummary } from "../artifact/gene-summary.ts"
import { writeJson } from "../artifact/json-writer.ts"
import { type ArtifactUnreadable, sha256 } from "../artifact/sha256.ts"
import { compareCodePoints } from "../canonical-json.ts"
import type { DatasetId } from "../dataset-id.ts"
import { type IoDurability, syncDirectory } from "../durable.ts"
import type { GeneModel } from "../model/gene-model.ts"
import { AtlasV1Policy } from "./failure.ts"
import type { AtlasV1Options } from "./options.ts"
import { refuse } from "./refuse.ts"
import { sorted } from "./text.ts"

/** As the reference ships its policy. */
const maxShards = 512

export const isSharded = ({ emitShards, shardingPlan }: AtlasV1Options): boolean => emitShards || shardingPlan === "contig"

const bucketOf = (seqid: string, partitions: number): string => {
  if (partitions === 0) return seqid
  let sum = 0
  for (const byte of Buffer.from(sha256(seqid))) sum += byte
  return `p${String(sum % partitions).padStart(3, "0")}`
}

/** Bucket → its sequences with genes; refuses what cannot be a file's name, which the reference would write elsewhere. */
export const bucketsOf = (seqids: Iterable<string>, partitions: number): ReadonlyMap<string, ReadonlyArray<string>> => {
  const buckets = new Map<string, Array<string>>()
  for (const seqid of sorted(seqids)) {
    const bucket = bucketOf(seqid, partitions)
    if (/[/\0]/.test(bucket) || Buffer.byteLength(bucket) > 200) refuse(AtlasV1Policy, `shard name ${bucket} can be no file name`)
    const known = buckets.get(bucket)
    if (known === undefined) buckets.set(bucket, [seqid])
    else known.push(seqid)
  }
  if (buckets.size > maxShards) refuse(AtlasV1Policy, `shard count ${buckets.size} exceeds configured max_shards ${maxShards}`)
  return new Map([...buckets].sort(([a], [b]) => compareCodePoints(a, b)))
}

const shardId = (bucket: string): string => asciiLower(bucket).replace(/[^a-z0-9_-]/gu, "_")

/** Genes by (sequence, start, end, id), their sequences' transcripts, no exons and no sequences. */
const part = (model: GeneModel, seqids: ReadonlyArray<string>): GeneModel => {
  const has = new Set(seqids)
  return {
    ...model,
    genes: model.genes
      .filter((gene) => has.has(gene.seqid))
      .sort((a, b) => compareCodePoints(a.seqid, b.seqid) || a.start - b.start || a.end - b.end || compareCodePoints(a.gene_id, b.gene_id)),
    transcripts: model.transcripts.filter((transcript) => has.has(transcript.seqid)),
    exons: [],
    cds: [],
    contigs: []
  }
}

/** Writes the shards and catalog_shards.json beside the other derived files. */
export const writeShards = (
  folder: string,
  dataset: DatasetId,
  model: GeneModel,
  partitions: number,
  buckets: ReadonlyMap<string, ReadonlyArray<string>>
): Effect.Effect<void, GeneSummaryUnwritable | IoDurability | ArtifactUnreadable> =>
  Effect.gen(function* () {
    const derived = join(folder, "derived")
    const shards: Array<{ shard_id: string; seqids: ReadonlyArray<string>; sqlite_path: string; sqlite_sha256: string }> = []
    const none = { gff3_sha256: "", fasta_sha256: "", fai_sha256: "" }
    for (const [bucket, seqids] of buckets) {
      const sqlite_path = `gene_summary.${bucket}.sqlite`
      const { sha256 } = yield* writeGeneSummary(join(derived, sqlite_path), dataset, part(model, seqids), none)
      shards.push({ shard_id: shardId(bucket), seqids, sqlite_path, sqlite_sha256: sha256 })
    }
    shards.sort((a, b) => compareCodePoints(a.shard_id, b.shard_id) || compareCodePoints(a.seqids.join("\0"), b.seqids.join("\0")))
    const mode = partitions > 0 ? "contig_partitioned" : "contig"
    yield* writeJson(join(derived, "catalog_shards.json"), { model_version: "v1", dataset, mode, shards })
    yield* syncDirectory(derived)
  })
