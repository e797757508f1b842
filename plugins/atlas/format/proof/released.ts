/**
 * Making again what can be made from the tables alone: of a dataset in the dialect `released`, and of one that was published without its
 * evidence (dataset contract §13, §5.3). What only the annotation held is taken from the file and told as not proven.
 */
import { anomalyItems, type AnomalyReport } from "../artifact/anomalies.ts"
import { CanonicalSummary } from "../artifact/canonical-model.ts"
import { contigClassName, namingStyle } from "../artifact/contig-class.ts"
import { datasetFacts, loneTranscripts } from "../artifact/dataset-facts.ts"
import { dialectOf } from "../artifact/dialect.ts"
import type { Digests } from "../artifact/evidence.ts"
import type { Say, VerifyFindingName } from "../artifact/finding.ts"
import { referenceBuildIdentity } from "../artifact/identity.ts"
import { layout, type Role } from "../artifact/layout.ts"
import { type Manifest, manifestJson } from "../artifact/manifest.ts"
import { manifestLockJson } from "../artifact/manifest-lock.ts"
import { type Qc, qcReport } from "../artifact/qc.ts"
import { sha256 } from "../artifact/sha256.ts"
import { digestOf, saySignature } from "../artifact/sidecar-check.ts"
import { geneIndex } from "../artifact/sidecars.ts"
import { ingestSignature } from "../artifact/signature.ts"
import { tally } from "../artifact/tally.ts"
import { canonicalJson } from "../canonical-json.ts"
import type { ContigRow, GeneRow, TranscriptRow } from "../model/gene-model.ts"

export interface Tables {
  readonly genes: ReadonlyArray<GeneRow>
  readonly transcripts: ReadonlyArray<TranscriptRow>
  readonly contigs: ReadonlyArray<ContigRow>
  readonly exonRows: number
}

const noHashes = { lineage_sensitive_sha256: "", query_semantic_sha256: "" }

/** The quality report as the released program writes it: without the two fields that it does not have. */
const releasedQc = (manifest: Manifest, tables: Tables, anomalies: AnomalyReport, qc: Qc): unknown => {
  const { model_version: _, ...lists } = anomalies
  const { total_features, unknown_contig_feature_ratio, max_contig_name_length } = qc.contig_stats
  const facts = datasetFacts(
    manifest.dataset,
    {
      ...tables,
      loneTranscripts: loneTranscripts(tables),
      anomalies: lists,
      totalFeatures: total_features,
      cdsRows: qc.counts.cds,
      unknownContigFeatures: Math.round(unknown_contig_feature_ratio * total_features),
      biotypeSources: new Map()
    },
    { hashes: noHashes, summary: new CanonicalSummary().toObject() },
    []
  )
  const { anomaly_classes: _classes, canonical: _canonical, ...report } = qcReport(facts, ingestSignature(tables.genes, tables.transcripts))
  const { contig_stats: stats, ...rest } = report as { readonly contig_stats: object }
  const items = anomalyItems(lists).filter((item) => item.class !== "scientific_ambiguities")
  return {
    ...rest,
    contig_stats: { ...stats, max_contig_name_length },
    // Every anomaly is a warning there.
    severity_items: items.map((item) => ({ code: item.class, count: item.count, severity: "WARN" })),
    severity_summary: { INFO: 0, WARN: items.length, ERROR: 0 }
  }
}

/** Says all that is not what the tables make it; gives how many evidence files were made again. */
export const checkFromTables = (
  manifest: Manifest,
  tables: Tables,
  evidence: { readonly anomalies: AnomalyReport | undefined; readonly qc: Qc | undefined },
  digests: Digests,
  ours: boolean,
  say: Say<VerifyFindingName>
): number => {
  const { genes, transcripts } = tables
  const genesBySequence = tally(genes.map((g) => g.seqid))
  saySignature(manifest, genes, transcripts, ours, say)
  const expect = (field: keyof Manifest, expected: unknown) => {
    if (canonicalJson(manifest[field]) !== canonicalJson(expected))
      say(
        "manifest-mismatch",
        field,
        `${field} of ${layout.manifest} is ${JSON.stringify(manifest[field])}, the tables make it ${JSON.stringify(expected)}`
      )
  }
  const transcriptCount = genes.reduce((total, g) => total + g.transcript_count, loneTranscripts({ genes, transcripts }))
  expect("stats", { gene_count: genes.length, transcript_count: transcriptCount, contig_count: genesBySequence.size })
  const main = dialectOf(manifest) === "main"
  if (main) {
    const byClass = tally(genes.map((g) => contigClassName(g.seqid)))
    expect("reference_build_identity_sha256", referenceBuildIdentity(manifest.dataset, genesBySequence, byClass))
    expect("contig_naming_style", namingStyle(genesBySequence.keys()))
  }
  let made = 0
  const compare = (role: Role, expected: string) => {
    const found = digests.get(role)?.sha256
    if (found === undefined) return
    made++
    if (found !== expected) say("sidecar-mismatch", layout[role], `${layout[role]} is not what the tables and the other evidence make it`)
  }
  const indexed = genes.map((g) => ({ ...g, name: g.gene_name }))
  compare("geneIndex", digestOf(geneIndex(manifest.dataset, indexed)))
  const { anomalies, qc } = evidence
  if (!main && anomalies !== undefined && qc !== undefined) {
    const expected = digestOf(releasedQc(manifest, tables, anomalies, qc))
    compare("qc", expected)
    compare("qcReport", expected)
    const { model_version: _, scientific_ambiguities: _none, ...lists } = anomalies
    compare("anomalyReport", digestOf({ model_version: "v1", ...lists }))
  }
  const sealed = digests.get("manifest")
  if (sealed !== undefined && sealed.sha256 !== sha256(manifestJson(manifest)))
    say("sidecar-mismatch", layout.manifest, `${layout.manifest} is not canonical`)
  const sqlite = digests.get("sqlite")
  if (sealed !== undefined && sqlite !== undefined)
    compare("lock", sha256(manifestLockJson({ manifest_sha256: sealed.sha256, sqlite_sha256: sqlite.sha256 })))
  return made
}
