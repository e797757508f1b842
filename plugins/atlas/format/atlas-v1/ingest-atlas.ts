/** Ingest by the ruleset atlas-v1: the inputs taken, the model made, and written in the form that was asked for. */
import { join } from "node:path"
import { Effect } from "effect"
import type { Several } from "atlas-run/plugin"
import { anomalyItems } from "../artifact/anomalies.ts"
import { release } from "../artifact/released.ts"
import { indexedNameBytes } from "../artifact/unindexable.ts"
import { GeneIdUnindexable, NoGenes, writeDerived, type WriteDerivedError, writeReports } from "../artifact/write-derived.ts"
import { trimWhiteSpace } from "../dataset-id.ts"
import { remove } from "../durable.ts"
import { rejectionFindings } from "../ingest/input-findings.ts"
import type { Beside } from "../ingest/beside.ts"
import type { IngestFinding, IngestFindingName } from "../ingest/findings.ts"
import type { IngestFacts, IngestHooks, IngestRequest } from "../ingest/ingest.ts"
import type { GeneModel } from "../model/gene-model.ts"
import type { GenomeUnexpected } from "../seqcol/expectation.ts"
import { AtlasV1Policy } from "./failure.ts"
import { writeNormalized } from "./normalized.ts"
import { atlasV1Defaults, type AtlasV1Options, isReportOnly } from "./options.ts"
import { refusals, refuse } from "./refuse.ts"
import { bucketsOf, isSharded, writeShards } from "./shards.ts"
import { type AtlasInputError, type AtlasTaken, takeAtlasInputs } from "./take-inputs.ts"

/** Why the release's gene index cannot have a name, in the reference's words. */
const unindexable = (field: "gene_id" | "seqid", value: string): string | undefined => {
  if (value === "") return `${field} must not be empty`
  if (trimWhiteSpace(value) !== value) return `${field} must not contain leading/trailing whitespace`
  return Buffer.byteLength(value) > indexedNameBytes ? `${field} exceeds max length ${indexedNameBytes}` : undefined
}

/** What the reference finds when it has written half of the root; here before anything is written. */
const requireWritable = (model: GeneModel): Effect.Effect<void, NoGenes | GeneIdUnindexable> => {
  if (model.genes.length === 0) return Effect.fail(new NoGenes({ message: "gene_count must be > 0" }))
  for (const { gene_id, seqid } of model.genes)
    for (const [field, value] of [["gene_id", gene_id] as const, ["seqid", seqid] as const]) {
      const message = unindexable(field, value)
      if (message !== undefined) return Effect.fail(new GeneIdUnindexable({ message, value: value.slice(0, 200) }))
    }
  return Effect.void
}

const linesByCode = ({ anomalies }: GeneModel): ReadonlyMap<string, ReadonlyArray<number>> => {
  const lines = new Map<string, Array<number>>()
  for (const { code, line } of anomalies.rejections) {
    const known = lines.get(code)
    if (known === undefined) lines.set(code, [line])
    else known.push(line)
  }
  return lines
}

/** Rejections whose rows are kept all the same, or are not rows of the file. */
const kept: ReadonlySet<string> = new Set(["GFF3_MULTI_PARENT_CHILD", "GFF3_DUPLICATE_TRANSCRIPT_ID"])

const findingsOf = (taken: AtlasTaken, rejected: ReadonlyMap<string, ReadonlyArray<number>>): ReadonlyArray<IngestFinding> => {
  const anomaly = (at: string, count: number): IngestFinding => ({ name: "anomaly", at, message: `${count} ${at.replaceAll("_", " ")}` })
  return [
    ...taken.findings,
    ...rejectionFindings(new Map([...rejected].filter(([code]) => !kept.has(code)))),
    ...[...rejected].filter(([code]) => kept.has(code)).map(([code, lines]) => anomaly(code, lines.length)),
    ...anomalyItems(taken.model.anomalies)
      .filter((item) => item.class !== "rejections")
      .map((item) => anomaly(item.class, item.count))
  ]
}

/** Writes derived/; gives the manifest, undefined where only reports were written. */
const write = ({ folder, dataset }: IngestRequest, options: AtlasV1Options, taken: AtlasTaken) =>
  Effect.gen(function* () {
    const { model, checksums, seqids, aliasing } = taken
    const released = options.dialect === "released"
    if (isReportOnly(options)) {
      yield* remove(join(folder, "inputs"))
      yield* writeReports({ folder, dataset, model, checksums, seqids, aliasing })
      return released ? yield* release(folder, model.anomalies, undefined) : undefined
    }
    yield* requireWritable(model)
    const buckets = yield* refusals(() => {
      if (!options.emitShards && options.shardingPlan === "region-grid")
        refuse(AtlasV1Policy, "region_grid sharding plan is reserved for future implementation")
      return isSharded(options)
        ? bucketsOf(
            model.genes.map((gene) => gene.seqid),
            options.shardPartitions
          )
        : undefined
    })
    const shardingPlan = buckets === undefined ? "none" : "contig"
    const { manifest } = yield* writeDerived({ folder, dataset, model, checksums, seqids, aliasing, shardingPlan })
    if (buckets !== undefined) yield* writeShards(folder, dataset, model, options.shardPartitions, buckets)
    if (options.emitNormalizedDebug) yield* writeNormalized(folder, model)
    return released ? yield* release(folder, model.anomalies, manifest) : manifest
  })

export const ingestAtlas = (
  request: IngestRequest,
  chosen: Partial<AtlasV1Options>,
  hooks: IngestHooks,
  progress: (path: string) => (bytesRead: number) => void,
  beside: Beside
): Effect.Effect<IngestFacts, AtlasInputError | WriteDerivedError | Several<GeneIdUnindexable | GenomeUnexpected>> =>
  Effect.gen(function* () {
    const options = { ...atlasV1Defaults, ...chosen }
    const taken = yield* takeAtlasInputs(request, options, progress)
    yield* beside.unchanged
    const { model, checksums, sequences, bases, collection } = taken
    const rejected = linesByCode(model)
    const counts = new Map<IngestFindingName, number>()
    for (const finding of [...beside.findings, ...findingsOf(taken, rejected)]) {
      counts.set(finding.name, (counts.get(finding.name) ?? 0) + 1)
      yield* hooks.report?.(finding) ?? Effect.void
    }
    const manifest = yield* write(request, options, taken)
    return {
      dataset: request.dataset,
      genes: model.genes.length,
      transcripts: model.transcripts.length,
      exons: model.exons.length,
      cdsRows: model.cdsRows,
      rows: model.totalFeatures,
      sequences,
      bases,
      collection,
      findings: counts,
      rejected: new Map([...rejected].map(([code, lines]) => [code, lines.length])),
      manifest,
      checksums
    }
  })
