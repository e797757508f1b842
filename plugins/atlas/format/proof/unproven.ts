/** What deep verification cannot prove of a dataset: said, so that nobody takes silence for proof. */
import { dialectOf, isOurs } from "../artifact/dialect.ts"
import { layout } from "../artifact/layout.ts"
import { BuildRoot, type DatasetFiles } from "../build-root.ts"
import type { ValidationReport } from "../validate.ts"
import type { Ledger } from "./proof.ts"
import type { Remade } from "./remake.ts"

const fromAnnotation = "rejected rows, CDS rows, anomalies and where names came from: only the annotation tells"

export const tellUnproven = (root: DatasetFiles, report: ValidationReport, remade: Remade | undefined, ledger: Ledger): void => {
  const { manifest, provenance, files, rows } = report
  if (manifest === undefined || provenance === undefined) {
    ledger.leave(layout.manifest, "cannot be read: nothing says what the other files should be")
    return
  }
  if (rows === undefined) ledger.leave(layout.sqlite, "cannot be read: no row was looked at")
  if (!(root instanceof BuildRoot))
    for (const role of ["gff3", "fasta", "fai"] as const)
      if (!files.has(role)) ledger.leave(layout[role], "is not published: nothing was made again from it")
  if (remade === undefined && root instanceof BuildRoot) ledger.leave("tables", "were not made again from the inputs")
  if (isOurs(provenance)) return
  if (!files.has("lock")) ledger.leave(layout.lock, "is not there: what names the manifest is only its own fields")
  if (files.has("sourceFacts")) ledger.leave(`${layout.sourceFacts}: inputs`, "paths of the machine that built it")
  if (dialectOf(manifest) === "released") {
    ledger.leave(`${layout.manifest}: ingest_toolchain, ingest_build_hash`, "no digest names them")
    if (files.has("qc") && remade?.agrees !== true)
      ledger.leave(`${layout.qc}: counts.cds, contig_stats.total_features, contig_stats.max_contig_name_length`, fromAnnotation)
  } else if (!files.has("canonicalFeatures")) {
    ledger.leave("canonical_query_semantic_sha256, canonical_lineage_sha256", `${layout.canonicalFeatures} is not published`)
    if (!files.has("bundle")) ledger.leave("evidence_bundle_sha256", `${layout.bundle} is not published`)
  } else if (remade?.agrees !== true) ledger.leave(layout.anomalyReport, fromAnnotation)
}
