/** Making every sidecar again from the database and the canonical evidence: each must be the same bytes. */
import { createHash } from "node:crypto"
import { Schema } from "effect"
import { canonicalChunks } from "../canonical-json.ts"
import type { ContigRow, GeneRow, TranscriptRow } from "../model/gene-model.ts"
import { ProfileEvidence } from "../profile/choose.ts"
import type { AnomalyReport } from "./anomalies.ts"
import type { CanonicalFacts } from "./canonical-files.ts"
import { type Aliasing, type DatasetFacts, datasetFacts, loneTranscripts } from "./dataset-facts.ts"
import type { Digests } from "./evidence.ts"
import type { Say, VerifyFindingName } from "./finding.ts"
import { bundleRoles, layout, type Role } from "./layout.ts"
import { type Manifest, manifestJson } from "./manifest.ts"
import { manifestLockJson } from "./manifest-lock.ts"
import { type Qc, qcReport } from "./qc.ts"
import { sha256 } from "./sha256.ts"
import * as sidecars from "./sidecars.ts"
import { deepSignature, ingestSignature } from "./signature.ts"

const Counts = Schema.Record(Schema.String, Schema.Int)

/** source_facts.json: what cannot be counted again is decoded, the rest is only compared. */
export const SourceFacts = Schema.Struct({
  schema_version: Schema.Literal(1),
  dataset: Schema.Unknown,
  inputs: Schema.Struct({ gff3_path: Schema.String, fasta_path: Schema.String, fai_path: Schema.String, hashes: Schema.Unknown }),
  normalization: Schema.Struct({
    seqid_aliases: Schema.Record(Schema.String, Schema.String),
    reject_normalized_seqid_collisions: Schema.Unknown,
    seqid_traces: Schema.Record(Schema.String, Schema.Unknown),
    annotation_profile: Schema.optionalKey(ProfileEvidence)
  }),
  contigs: Schema.Unknown,
  feature_distribution: Schema.Struct({
    contigs: Schema.Unknown,
    contig_classes: Schema.Unknown,
    biotypes: Schema.Unknown,
    biotype_source_keys: Counts
  }),
  canonical_model: Schema.Unknown,
  scientific_ambiguities: Schema.Unknown
})
export type SourceFacts = typeof SourceFacts.Type

/** All that the sidecars are made of: rows of the database, and the few figures that only the GFF3 held. */
export interface Evidence {
  readonly manifest: Manifest
  readonly genes: ReadonlyArray<GeneRow>
  readonly transcripts: ReadonlyArray<TranscriptRow>
  readonly contigs: ReadonlyArray<ContigRow>
  readonly exonRows: number
  readonly canonical: CanonicalFacts
  readonly anomalies: AnomalyReport
  readonly qc: Qc
  readonly source: SourceFacts
  /** Written by this program: its signature has one form, and no path of a machine is in its files. */
  readonly ours: boolean
}

/** Says a signature that the rows do not give. The reference signs 13 fields a transcript, which its own deep verification refuses. */
export const saySignature = (
  { dataset_signature_sha256: told }: Manifest,
  genes: ReadonlyArray<GeneRow>,
  transcripts: ReadonlyArray<TranscriptRow>,
  ours: boolean,
  say: Say<VerifyFindingName>
): void => {
  const deep = deepSignature(genes, transcripts)
  const at = "dataset_signature_sha256"
  if (told === deep) return
  if (!ours && told === ingestSignature(genes, transcripts))
    return say("reference-signature", at, `${at} is the form with 13 fields a transcript; the form with 10 is ${deep}`)
  say("signature", at, `${at} of the manifest is ${JSON.stringify(told)}, the tables make it ${JSON.stringify(deep)}`)
}

/** As the file should be: of another program's, the paths that it tells are taken from it, for nothing else tells them. */
const sourceFactsOf = (facts: DatasetFacts, { manifest, source, ours }: Evidence): unknown => {
  const expected = sidecars.sourceFacts(facts, manifest.checksums)
  if (ours) return expected
  const { gff3_path, fasta_path, fai_path } = source.inputs
  return { ...expected, inputs: { ...expected.inputs, gff3_path, fasta_path, fai_path } }
}

/** Which names of the GFF3 became which: no table holds them. */
const aliasingOf = ({ seqid_aliases, seqid_traces }: SourceFacts["normalization"]): Aliasing => ({
  aliases: seqid_aliases,
  sources: new Map(
    Object.entries(seqid_traces).flatMap(([name, trace]) => {
      const source = (trace as { readonly source_seqid?: unknown } | null)?.source_seqid
      return typeof source === "string" && source !== name ? [[name, source] as const] : []
    })
  )
})

const factsOf = ({ manifest, genes, transcripts, contigs, exonRows, canonical, anomalies, qc, source }: Evidence): DatasetFacts => {
  const { model_version: _, ...lists } = anomalies
  const { total_features, unknown_contig_feature_ratio } = qc.contig_stats
  return datasetFacts(
    manifest.dataset,
    {
      genes,
      contigs,
      exonRows,
      loneTranscripts: loneTranscripts({ genes, transcripts }),
      anomalies: lists,
      totalFeatures: total_features,
      cdsRows: qc.counts.cds,
      unknownContigFeatures: Math.round(unknown_contig_feature_ratio * total_features),
      biotypeSources: new Map(Object.entries(source.feature_distribution.biotype_source_keys)),
      ...(source.normalization.annotation_profile === undefined ? {} : { profile: source.normalization.annotation_profile })
    },
    canonical,
    Object.keys(source.normalization.seqid_traces),
    aliasingOf(source.normalization)
  )
}

/** sha256 of the canonical JSON. */
export const digestOf = (value: unknown): string => {
  const digest = createHash("sha256")
  for (const chunk of canonicalChunks(value)) digest.update(chunk)
  return digest.digest("hex")
}

/** Fields of the manifest that follow from the tables. */
const derivedFields = (facts: DatasetFacts): Partial<Manifest> => ({
  stats: facts.stats,
  reference_build_identity_sha256: facts.referenceBuildIdentity,
  contig_naming_style: facts.namingStyle,
  scientific_prerequisites_status: facts.prerequisites,
  canonical_query_semantic_sha256: facts.canonical.hashes.query_semantic_sha256,
  canonical_lineage_sha256: facts.canonical.hashes.lineage_sensitive_sha256,
  canonical_feature_counts: facts.canonical.summary.feature_type_counts
})

/** Says every sidecar and every field of the manifest that is not what the evidence makes it. */
export function* checkSidecars(evidence: Evidence, digests: Digests, say: Say<VerifyFindingName>): Generator<void> {
  const { manifest, genes, transcripts } = evidence
  const { dataset } = manifest
  const facts = factsOf(evidence)
  saySignature(manifest, genes, transcripts, evidence.ours, say)
  yield
  const qc = qcReport(facts, ingestSignature(genes, transcripts))
  yield
  for (const [field, expected] of Object.entries(derivedFields(facts))) {
    const told = manifest[field as keyof Manifest]
    if (digestOf(told ?? {}) !== digestOf(expected))
      say(
        "manifest-mismatch",
        field,
        `${field} of ${layout.manifest} is ${JSON.stringify(told)}, the tables make it ${JSON.stringify(expected)}`
      )
  }
  const compare = (role: Role, expected: string) => {
    const found = digests.get(role)?.sha256
    if (found !== undefined && found !== expected)
      say("sidecar-mismatch", layout[role], `${layout[role]} is not what the tables and ${told(role)} make it`)
  }
  /** Of the writing program only the manifest tells beside it. */
  const told = (role: Role) => (role === "buildMetadata" ? layout.manifest : "the other evidence")
  const bundled = Object.fromEntries(bundleRoles.map((role) => [layout[role], digests.get(role)?.sha256 ?? ""]))
  const values: ReadonlyArray<readonly [Role, () => unknown]> = [
    ["qcReport", () => qc],
    ["qc", () => qc],
    ["anomalyReport", () => sidecars.anomalyReport(facts)],
    ["anomalySummary", () => sidecars.anomalySummary(facts)],
    ["sourceFacts", () => sourceFactsOf(facts, evidence)],
    ["buildMetadata", () => sidecars.buildMetadata(dataset, manifest)],
    ["datasetStats", () => sidecars.datasetStats(facts)],
    ["scientificProfile", () => sidecars.scientificProfile(facts)],
    [
      "geneIndex",
      () =>
        sidecars.geneIndex(
          dataset,
          genes.map((g) => ({ ...g, name: g.gene_name }))
        )
    ],
    ["inventory", () => sidecars.inventory(dataset, manifest.checksums, digests, manifest.contig_normalization_aliases)],
    ["bundle", () => sidecars.evidenceBundle(dataset, bundled)]
  ]
  for (const [role, value] of values) {
    if (digests.has(role)) compare(role, digestOf(value()))
    yield
  }
  compare("manifest", sha256(manifestJson(manifest)))
  const [sealed, sqlite] = [digests.get("manifest"), digests.get("sqlite")]
  if (sealed !== undefined && sqlite !== undefined)
    compare("lock", sha256(manifestLockJson({ manifest_sha256: sealed.sha256, sqlite_sha256: sqlite.sha256 })))
}
