/** Writing derived/: everything of a dataset that follows from its inputs and its gene model (dataset contract §1.2), the lock last. */
import { mkdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { type ErrorDocs, Several, several, Told } from "atlas-run/plugin"
import type { DatasetId } from "../dataset-id.ts"
import { ioDurability, type IoDurability, remove, syncDirectory } from "../durable.ts"
import type { GeneModel } from "../model/gene-model.ts"
import { quote } from "../text.ts"
import { writeCanonical } from "./canonical-files.ts"
import { type DatasetFacts, datasetFacts, loneTranscripts, modelSeqids } from "./dataset-facts.ts"
import { type GeneSummaryUnwritable, type InputChecksums, writeGeneSummary } from "./gene-summary.ts"
import { bundleSha256 } from "./identity.ts"
import { writeJson, writePieces } from "./json-writer.ts"
import { bundleRoles, layout, type Role } from "./layout.ts"
import { type Manifest, manifestJson } from "./manifest.ts"
import { manifestLockJson } from "./manifest-lock.ts"
import { manifestOf } from "./manifest-of.ts"
import { qcReport } from "./qc.ts"
import { type ArtifactUnreadable, type FileDigest, unreadable } from "./sha256.ts"
import * as sidecars from "./sidecars.ts"
import { writtenBy } from "./software.ts"
import { deepSignature, ingestSignature } from "./signature.ts"

export class NoGenes extends Schema.TaggedError<NoGenes>()("NoGenes", Told) {
  static readonly docs: ErrorDocs = {
    summary: "The annotation has no gene that can be kept",
    hint: "is it the annotation of this genome, and does it have gene rows? Look at the anomalies that ingest told",
    example: "no gene is left to write: gene_count must be > 0"
  }
}

export class GeneIdUnindexable extends Schema.TaggedError<GeneIdUnindexable>()("GeneIdUnindexable", { ...Told, value: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A gene id or sequence name cannot stand in the release's gene index",
    hint: "ids and names there have 1 to 128 bytes and no white space at their ends: shorten it in the GFF3",
    example: 'gene_id "ENSG…" has 129 bytes, more than 128'
  }
}

/** Bytes of a gene id or sequence name in release_gene_index.json (§2.14). */
export const indexedNameBytes = 128

const indexable = (model: GeneModel): ReadonlyArray<GeneIdUnindexable> => {
  const problems: Array<GeneIdUnindexable> = []
  const told = new Set<string>()
  const look = (field: string, value: string) => {
    const bytes = Buffer.byteLength(value)
    if (bytes > 0 && bytes <= indexedNameBytes && value.trim() === value) return
    if (told.has(value) || problems.length >= 100) return
    told.add(value)
    const problem =
      bytes === 0
        ? "is empty"
        : bytes > indexedNameBytes
          ? `has ${bytes} bytes, more than ${indexedNameBytes}`
          : "has white space at an end"
    problems.push(new GeneIdUnindexable({ message: `${field} ${quote(value)} ${problem}`, value: value.slice(0, 200) }))
  }
  for (const gene of model.genes) {
    look("gene_id", gene.gene_id)
    look("seqid", gene.seqid)
  }
  return problems
}

export interface DerivedRequest {
  /** The dataset's folder, which has inputs/ already; an old derived/ is removed. */
  readonly folder: string
  readonly dataset: DatasetId
  readonly model: GeneModel
  /** sha256 of the files in inputs/. */
  readonly checksums: InputChecksums
  /** Every sequence with a feature row, also of rows that the model left out; by default those the model shows. */
  readonly seqids?: Iterable<string>
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

/** Writes all of derived/ and fsyncs it. Deterministic: no clock, no path of the machine. */
export const writeDerived = ({
  folder,
  dataset,
  model,
  checksums,
  seqids
}: DerivedRequest): Effect.Effect<Derived, WriteDerivedError | Several<GeneIdUnindexable>> =>
  Effect.gen(function* () {
    if (model.genes.length === 0) return yield* new NoGenes({ message: "no gene is left to write: gene_count must be > 0" })
    const unindexable = indexable(model)
    if (unindexable.length > 0) return yield* Effect.fail(several(unindexable))

    const at = (role: Role) => join(folder, layout[role])
    const derived = join(folder, "derived")
    yield* remove(derived)
    yield* Effect.tryPromise({ try: () => mkdir(derived), catch: (cause) => ioDurability("mkdir", derived, cause) })
    const files = new Map<Role, FileDigest>()
    const write = (role: Role, value: unknown) => Effect.map(writeJson(at(role), value), (written) => files.set(role, written))

    const canonical = yield* writeCanonical(model, { features: at("canonicalFeatures"), summary: at("canonicalSummary") })
    files.set("canonicalFeatures", canonical.features).set("canonicalSummary", canonical.summaryFile)
    const { hashes, summary } = canonical
    const facts = datasetFacts(
      dataset,
      { ...model, exonRows: model.exons.length, loneTranscripts: loneTranscripts(model) },
      { hashes, summary },
      seqids ?? modelSeqids(model)
    )
    const database = yield* writeGeneSummary(at("sqlite"), dataset, model, checksums)
    files.set("sqlite", database)

    const qc = qcReport(facts, ingestSignature(model.genes, model.transcripts))
    yield* write("qcReport", qc)
    yield* write("qc", qc)
    yield* write("anomalyReport", sidecars.anomalyReport(facts))
    yield* write("anomalySummary", sidecars.anomalySummary(facts))
    yield* write("sourceFacts", sidecars.sourceFacts(facts, checksums))
    yield* write("buildMetadata", sidecars.buildMetadata(dataset, writtenBy))
    yield* write("datasetStats", sidecars.datasetStats(facts))
    yield* write("scientificProfile", sidecars.scientificProfile(facts))
    const indexed = model.genes.map((g) => ({ ...g, name: g.gene_name }))
    yield* write("geneIndex", sidecars.geneIndex(dataset, indexed))

    const complete: Manifest["checksums"] = { ...checksums, sqlite_sha256: database.sha256 }
    const inputs = new Map<Role, FileDigest>([
      ["gff3", yield* inputBytes(at("gff3"), checksums.gff3_sha256)],
      ["fasta", yield* inputBytes(at("fasta"), checksums.fasta_sha256)],
      ["fai", yield* inputBytes(at("fai"), checksums.fai_sha256)]
    ])
    yield* write("inventory", sidecars.inventory(dataset, complete, new Map([...files, ...inputs])))
    const bundled = Object.fromEntries(bundleRoles.map((role) => [layout[role], files.get(role)?.sha256 ?? ""]))
    yield* write("bundle", sidecars.evidenceBundle(dataset, bundled))

    const manifest = manifestOf(facts, {
      checksums: complete,
      signature: deepSignature(model.genes, model.transcripts),
      bundleSha256: bundleSha256(dataset, bundled)
    })
    const sealed = yield* writePieces(at("manifest"), [manifestJson(manifest)])
    files.set("manifest", sealed)
    const lock = manifestLockJson({ manifest_sha256: sealed.sha256, sqlite_sha256: database.sha256 })
    files.set("lock", yield* writePieces(at("lock"), [lock]))
    yield* syncDirectory(derived)
    yield* syncDirectory(folder)
    return { manifest, facts, files }
  })
