/** Writing derived/: everything of a dataset that follows from its inputs and its gene model (dataset contract §1.2), the lock last. */
import { mkdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { type ErrorDocs, Several, several, Told } from "atlas-run/plugin"
import type { DatasetId } from "../dataset-id.ts"
import { ioDurability, type IoDurability, remove, syncDirectory } from "../durable.ts"
import type { GeneModel } from "../model/gene-model.ts"
import { type CanonicalFacts, writeCanonical } from "./canonical-files.ts"
import { type Aliasing, type DatasetFacts, datasetFacts } from "./dataset-facts.ts"
import { writeGeneIndex } from "./gene-index.ts"
import { GeneSummaryUnwritable, type InputChecksums, writeGeneSummary } from "./gene-summary.ts"
import type { GeneSummaryUnreadable } from "./gene-summary-reader.ts"
import { bundleSha256 } from "./identity.ts"
import { writeJson, writePieces } from "./json-writer.ts"
import { bundleRoles, layout, type Role } from "./layout.ts"
import { type Manifest, manifestJson } from "./manifest.ts"
import { manifestLockJson } from "./manifest-lock.ts"
import { manifestOf } from "./manifest-of.ts"
import { type ModelSpool, spooled, type SpooledModel } from "./model-spool.ts"
import { qcReport } from "./qc.ts"
import { type ArtifactUnreadable, type FileDigest, unreadable } from "./sha256.ts"
import * as sidecars from "./sidecars.ts"
import { leniently, writtenBy } from "./software.ts"
import { deepSignatureInOrder, ingestSignature } from "./signature.ts"
import { spooling } from "./spool.ts"
import { GeneIdUnindexable } from "./unindexable.ts"

export class NoGenes extends Schema.TaggedError<NoGenes>()("NoGenes", Told) {
  static readonly docs: ErrorDocs = {
    summary: "The annotation has no gene that can be kept",
    hint: "is it the annotation of this genome, and does it have gene rows? Look at the anomalies that ingest told",
    example: "no gene is left to write: gene_count must be > 0"
  }
}

export { GeneIdUnindexable }

export interface DerivedRequest {
  /** The dataset's folder, which has inputs/ already; an old derived/ is removed. */
  readonly folder: string
  readonly dataset: DatasetId
  readonly model: GeneModel | SpooledModel
  /** sha256 of the files in inputs/. */
  readonly checksums: InputChecksums
  /** Every sequence with a feature row, also of rows that the model left out; by default those the model shows. */
  readonly seqids?: Iterable<string>
  /** Bytes of the model written so far, and in all. */
  readonly onProgress?: (done: number, total: number) => void
  /** Wrong rows were left out. */
  readonly lenient?: boolean
  readonly aliasing?: Aliasing
  /** `none` if absent; the shards are the caller's to write. */
  readonly shardingPlan?: Manifest["sharding_plan"]
}

export interface Derived {
  readonly manifest: Manifest
  readonly facts: DatasetFacts
  /** Every file of derived/ with its digest and size in bytes. */
  readonly files: ReadonlyMap<Role, FileDigest>
}

export type WriteDerivedError = NoGenes | GeneIdUnindexable | GeneSummaryUnwritable | IoDurability | ArtifactUnreadable

/** Its own classes, for the `errors` of a stage; GeneSummaryUnwritable, IoDurability and ArtifactUnreadable come beside them. */
export const writeDerivedErrors = [NoGenes, GeneIdUnindexable] as const

const inputBytes = (path: string, sha256: string): Effect.Effect<FileDigest, ArtifactUnreadable> =>
  Effect.tryPromise({ try: async () => ({ sha256, bytes: (await stat(path)).size }), catch: unreadable(path) })

const emptied = (derived: string) =>
  Effect.andThen(remove(derived), Effect.tryPromise({ try: () => mkdir(derived), catch: (cause) => ioDurability("mkdir", derived, cause) }))

const factsFor = (
  { dataset, seqids, aliasing }: DerivedRequest,
  { rows, ...rest }: SpooledModel,
  canonical: CanonicalFacts
): DatasetFacts =>
  datasetFacts(
    dataset,
    { ...rest, genes: rows.genes, exonRows: rows.exons, loneTranscripts: rows.loneTranscripts },
    { hashes: canonical.hashes, summary: canonical.summary },
    seqids ?? new Set([...rest.anomalies.unknown_contigs, ...rows.seqids]),
    aliasing
  )

const ingestSignatureOf = (rows: ModelSpool) => spooling(() => ingestSignature(rows.geneRows(), rows.transcriptRows()))
const deepSignatureOf = (rows: ModelSpool) => spooling(() => deepSignatureInOrder(rows.genesByEnd(), rows.transcriptsByEnd()))

/** Writes what report-only gives (dataset contract §2.8): the canonical model, anomalies and quality figures, and nothing a reader accepts. */
export const writeReports = (request: DerivedRequest): Effect.Effect<undefined, IoDurability> =>
  Effect.gen(function* () {
    const { folder } = request
    const at = (role: Role) => join(folder, layout[role])
    yield* emptied(join(folder, "derived"))
    const model = yield* spooled(folder, request.model)
    const facts = factsFor(
      request,
      model,
      yield* writeCanonical(model.rows, { features: at("canonicalFeatures"), summary: at("canonicalSummary") })
    )
    yield* writeJson(at("anomalyReport"), sidecars.anomalyReport(facts))
    const qc = qcReport(facts, yield* ingestSignatureOf(model.rows), true)
    yield* writeJson(at("qcReport"), qc)
    yield* writeJson(at("qc"), qc)
    yield* syncDirectory(join(folder, "derived"))
    yield* syncDirectory(folder)
    return undefined
  }).pipe(Effect.scoped)

/** Writes all of derived/ and fsyncs it. Deterministic: no clock, no path of the machine. */
export const writeDerived = (request: DerivedRequest): Effect.Effect<Derived, WriteDerivedError | Several<GeneIdUnindexable>> =>
  Effect.gen(function* () {
    const { folder, dataset, checksums, lenient = false } = request
    const by = lenient ? leniently : writtenBy
    const model = yield* spooled(folder, request.model)
    const { rows } = model
    rows.onProgress = request.onProgress
    if (rows.genes.count === 0) return yield* new NoGenes({ message: "no gene is left to write: gene_count must be > 0" })
    if (rows.unindexable.problems.length > 0) return yield* Effect.fail(several(rows.unindexable.problems))

    const at = (role: Role) => join(folder, layout[role])
    const derived = join(folder, "derived")
    yield* emptied(derived)
    const files = new Map<Role, FileDigest>()
    const write = (role: Role, value: unknown) => Effect.map(writeJson(at(role), value), (written) => files.set(role, written))

    // The database is filled in a thread of its own meanwhile.
    const evidence = Effect.gen(function* () {
      const canonical = yield* writeCanonical(rows, { features: at("canonicalFeatures"), summary: at("canonicalSummary") })
      return { canonical, ingested: yield* ingestSignatureOf(rows), deep: yield* deepSignatureOf(rows) }
    })
    const [database, { canonical, ingested, deep }] = yield* Effect.all(
      [writeGeneSummary(at("sqlite"), dataset, model, checksums), evidence],
      { concurrency: 2 }
    )
    files.set("canonicalFeatures", canonical.features).set("canonicalSummary", canonical.summaryFile).set("sqlite", database)
    const facts = factsFor(request, model, canonical)

    const qc = qcReport(facts, ingested)
    yield* write("qcReport", qc)
    yield* write("qc", qc)
    yield* write("anomalyReport", sidecars.anomalyReport(facts))
    yield* write("anomalySummary", sidecars.anomalySummary(facts))
    yield* write("sourceFacts", sidecars.sourceFacts(facts, checksums))
    yield* write("buildMetadata", sidecars.buildMetadata(dataset, by))
    yield* write("datasetStats", sidecars.datasetStats(facts))
    yield* write("scientificProfile", sidecars.scientificProfile(facts))
    const index = writeGeneIndex(at("geneIndex"), dataset, at("sqlite"))
    const unwritable = ({ message, reason }: GeneSummaryUnreadable) =>
      Effect.fail(new GeneSummaryUnwritable({ message, where: { path: at("sqlite") }, reason }))
    files.set("geneIndex", yield* Effect.catchTag(index, "GeneSummaryUnreadable", unwritable))

    const complete: Manifest["checksums"] = { ...checksums, sqlite_sha256: database.sha256 }
    const inputs = new Map<Role, FileDigest>([
      ["gff3", yield* inputBytes(at("gff3"), checksums.gff3_sha256)],
      ["fasta", yield* inputBytes(at("fasta"), checksums.fasta_sha256)],
      ["fai", yield* inputBytes(at("fai"), checksums.fai_sha256)]
    ])
    yield* write("inventory", sidecars.inventory(dataset, complete, new Map([...files, ...inputs]), facts.aliases))
    const bundled = Object.fromEntries(bundleRoles.map((role) => [layout[role], files.get(role)?.sha256 ?? ""]))
    yield* write("bundle", sidecars.evidenceBundle(dataset, bundled))

    const manifest = manifestOf(facts, {
      checksums: complete,
      signature: deep,
      bundleSha256: bundleSha256(dataset, bundled),
      writtenBy: by,
      shardingPlan: request.shardingPlan
    })
    const sealed = yield* writePieces(at("manifest"), [manifestJson(manifest)])
    files.set("manifest", sealed)
    const lock = manifestLockJson({ manifest_sha256: sealed.sha256, sqlite_sha256: database.sha256 })
    files.set("lock", yield* writePieces(at("lock"), [lock]))
    yield* syncDirectory(derived)
    yield* syncDirectory(folder)
    return { manifest, facts, files }
  }).pipe(Effect.scoped)
