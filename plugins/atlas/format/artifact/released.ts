/**
 * The form that the package released as 0.2.1 writes and reads (dataset contract §13): six files, fewer fields, every anomaly a warning.
 * It is made from the later form, of which it is a part.
 */
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { anomalyItems } from "./anomalies.ts"
import { isMainOnly } from "./dialect.ts"
import { releasedArtifactHash } from "./identity.ts"
import { readWhole } from "./json-file.ts"
import { writeJson, writePieces } from "./json-writer.ts"
import { layout, type Role } from "./layout.ts"
import { Manifest, manifestJson } from "./manifest.ts"
import { manifestLockJson } from "./manifest-lock.ts"
import type { ArtifactUnreadable } from "./sha256.ts"
import { Float } from "../canonical-json.ts"
import { type IoDurability, remove, syncDirectory } from "../durable.ts"
import type { Anomalies } from "../model/gene-model.ts"

/** Of the later form only. */
const mainOnlyFiles = [
  "anomalySummary",
  "bundle",
  "buildMetadata",
  "canonicalFeatures",
  "canonicalSummary",
  "datasetStats",
  "inventory",
  "scientificProfile",
  "sourceFacts"
] as const satisfies ReadonlyArray<Role>

const anomalyReport = ({ scientific_ambiguities: _ambiguities, ...lists }: Anomalies) => ({ model_version: "v1", ...lists })

/** From the later qc_report.json, whose ratio is its one float. */
const qcReport = (json: string, anomalies: Anomalies): Readonly<Record<string, unknown>> => {
  const {
    anomaly_classes: _,
    canonical: __,
    contig_stats,
    ...rest
  } = JSON.parse(json) as Readonly<Record<string, unknown>> & {
    readonly contig_stats: { readonly unknown_contig_feature_ratio: number }
  }
  const items = anomalyItems(anomalies).filter((item) => item.class !== "scientific_ambiguities")
  return {
    ...rest,
    contig_stats: { ...contig_stats, unknown_contig_feature_ratio: new Float(contig_stats.unknown_contig_feature_ratio) },
    severity_items: items.map((item) => ({ code: item.class, count: item.count, severity: "WARN" })),
    severity_summary: { INFO: 0, WARN: items.length, ERROR: 0 }
  }
}

const manifestOf = (main: Manifest): Manifest => {
  const fields = Object.fromEntries(Object.entries(main).filter(([field]) => !isMainOnly(field)))
  const manifest = Schema.decodeUnknownSync(Manifest)(fields)
  return { ...manifest, artifact_hash: releasedArtifactHash(manifest) }
}

/** Rewrites the reports of a folder that has the later form. */
const releaseReports = (folder: string, anomalies: Anomalies): Effect.Effect<void, IoDurability | ArtifactUnreadable> =>
  Effect.gen(function* () {
    const at = (role: Role) => join(folder, layout[role])
    const report = qcReport((yield* readWhole(at("qc"))).toString("utf8"), anomalies)
    for (const role of [...mainOnlyFiles, "anomalyReport", "qc", "qcReport"] as const) yield* remove(at(role))
    yield* writeJson(at("anomalyReport"), anomalyReport(anomalies))
    yield* writeJson(at("qcReport"), report)
    yield* writeJson(at("qc"), report)
    yield* syncDirectory(join(folder, "derived"))
  })

/** Rewrites manifest and lock; gives the new manifest. */
const releaseManifest = (folder: string, main: Manifest): Effect.Effect<Manifest, IoDurability> =>
  Effect.gen(function* () {
    const at = (role: Role) => join(folder, layout[role])
    const manifest = manifestOf(main)
    yield* remove(at("manifest"))
    yield* remove(at("lock"))
    const { sha256 } = yield* writePieces(at("manifest"), [manifestJson(manifest)])
    const lock = manifestLockJson({ manifest_sha256: sha256, sqlite_sha256: manifest.checksums.sqlite_sha256 })
    yield* writePieces(at("lock"), [lock])
    yield* syncDirectory(join(folder, "derived"))
    return manifest
  })

/** Rewrites a folder of the later form; gives its new manifest. Without a manifest there are only reports. */
export const release = (
  folder: string,
  anomalies: Anomalies,
  manifest: Manifest | undefined
): Effect.Effect<Manifest | undefined, IoDurability | ArtifactUnreadable> =>
  Effect.andThen(releaseReports(folder, anomalies), manifest === undefined ? Effect.succeed(undefined) : releaseManifest(folder, manifest))
