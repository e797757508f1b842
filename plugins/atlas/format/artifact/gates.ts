/** The gates before publication (dataset contract §5.2), all looked at. */
import type { AnomalyReport } from "./anomalies.ts"
import { dialectOf } from "./dialect.ts"
import type { Say, ValidateFindingName } from "./finding.ts"
import { layout } from "./layout.ts"
import type { Manifest } from "./manifest.ts"
import type { PublishPolicy } from "./policy.ts"

export const lookAtGates = (
  manifest: Manifest,
  anomalies: AnomalyReport | undefined,
  policy: PublishPolicy,
  say: Say<ValidateFindingName>
): void => {
  if (manifest.stats.gene_count < policy.min_gene_count)
    say("gate-gene-count", "gene_count", `gene_count ${manifest.stats.gene_count} < min_gene_count ${policy.min_gene_count}`)
  if (anomalies !== undefined) {
    const missing = anomalies.missing_parents.length
    if (missing > policy.max_missing_parents)
      say("gate-missing-parents", layout.anomalyReport, `missing_parents ${missing} > max_missing_parents ${policy.max_missing_parents}`)
    const ambiguities = anomalies.scientific_ambiguities
    if (ambiguities.length > 0)
      say(
        "gate-ambiguities",
        layout.anomalyReport,
        `scientific ambiguities present (${ambiguities.length}): ${ambiguities.slice(0, 3).join(", ")}`
      )
  }
  // The released dialect tells of neither.
  if (dialectOf(manifest) === "released") return
  const status = manifest.scientific_prerequisites_status
  if (status !== "complete")
    say("gate-prerequisites", "scientific_prerequisites_status", `scientific prerequisites under-specified (${status})`)
  if (manifest.contig_naming_style === "mixed_chr_and_plain")
    say("gate-contig-naming", "contig_naming_style", "mixed chr-prefixed and plain core contig naming")
}
