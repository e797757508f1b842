/** Inspecting one of the format's JSON files: dataset manifest, lock, catalog, alias. */
import { Effect, Result } from "effect"
import { decodeJson, readWhole } from "../artifact/json-file.ts"
import { provenanceOf } from "../artifact/dialect.ts"
import { Manifest } from "../artifact/manifest.ts"
import { ManifestLock } from "../artifact/manifest-lock.ts"
import { manifestProblems } from "../artifact/manifest-rules.ts"
import { ManifestInvalid } from "../artifact/manifest.ts"
import { type ArtifactUnreadable, sha256 } from "../artifact/sha256.ts"
import { Alias } from "../catalog/alias.ts"
import { parseCatalog } from "../catalog/catalog.ts"
import { LatestAlias, ReleasedLatestAlias } from "../catalog/latest-alias.ts"
import { parseStrictJson } from "../strict-json.ts"
import { type Inspected, type InspectedKind, inspectLimits, type Inspection, type InspectProblem } from "./inspected.ts"

/** Which of them it means to be, by the keys it has. */
const kindOf = (bytes: Buffer): InspectedKind | undefined => {
  const json = parseStrictJson(bytes)
  if (Result.isFailure(json)) return undefined
  const value = json.success
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
  const has = (key: string) => Object.hasOwn(value, key)
  if (has("manifest_version") && has("checksums")) return "dataset-manifest"
  if (has("manifest_sha256") && has("sqlite_sha256") && Object.keys(value).length === 2) return "manifest-lock"
  if (has("datasets")) return "catalog"
  if (has("policy") && has("dataset")) return "latest-alias"
  return has("alias") ? "alias" : undefined
}

type Facts = Partial<Pick<Inspected, "dataset" | "writtenBy" | "counts" | "digests" | "datasets" | "aliases">>

const invalidManifest = (path: string, problems: ReadonlyArray<string>): ReadonlyArray<InspectProblem> =>
  problems.length === 0
    ? []
    : [new ManifestInvalid({ message: `${path} is not a valid dataset manifest: ${problems.join("; ")}`, where: { path }, problems })]

const factsOf = (
  kind: InspectedKind,
  bytes: Buffer,
  path: string
): Effect.Effect<readonly [Facts, ReadonlyArray<InspectProblem>], InspectProblem> => {
  switch (kind) {
    case "dataset-manifest":
      return Effect.map(decodeJson(Manifest, bytes, path), (manifest) => {
        const writtenBy = provenanceOf(manifest)
        const { dataset, stats, checksums, dataset_signature_sha256 } = manifest
        const { gff3_sha256: gff3, fasta_sha256: fasta, fai_sha256: fai, sqlite_sha256: sqlite } = checksums
        const counts = { genes: stats.gene_count, transcripts: stats.transcript_count, sequencesWithGenes: stats.contig_count }
        return [
          { dataset, writtenBy, counts, digests: { gff3, fasta, fai, sqlite, signature: dataset_signature_sha256 } },
          invalidManifest(path, manifestProblems(manifest))
        ]
      })
    case "manifest-lock":
      return Effect.map(decodeJson(ManifestLock, bytes, path), ({ manifest_sha256: manifest, sqlite_sha256: sqlite }) => [
        { digests: { manifest, sqlite } },
        []
      ])
    case "catalog":
      return Effect.map(parseCatalog(bytes, path), (entries) => [
        {
          counts: { datasets: entries.length },
          datasets: entries.slice(0, inspectLimits.datasets).map(({ dataset }) => ({ dataset, promoted: true }))
        },
        []
      ])
    case "latest-alias":
      // The program released as 0.2.1 names the dataset alone.
      if (!bytes.includes('"alias"'))
        return Effect.map(decodeJson(ReleasedLatestAlias, bytes, path), ({ dataset }) => [
          { dataset, aliases: [{ alias: "latest", dataset }] },
          []
        ])
      return Effect.map(decodeJson(LatestAlias, bytes, path), ({ alias, dataset, catalog_sha256: catalog }) => [
        { dataset, digests: { catalog }, aliases: [{ alias, dataset }] },
        []
      ])
    default:
      return Effect.map(decodeJson(Alias, bytes, path), ({ alias, dataset, manifest_sha256: manifest }) => [
        { dataset, digests: { manifest }, aliases: [{ alias, dataset }] },
        []
      ])
  }
}

/** Undefined for a file that means to be none of them. */
export const inspectJson = (path: string): Effect.Effect<Inspection | undefined, ArtifactUnreadable> =>
  Effect.gen(function* () {
    const bytes = yield* readWhole(path)
    const kind = kindOf(bytes)
    if (kind === undefined) return undefined
    const read = yield* Effect.result(factsOf(kind, bytes, path))
    const [facts, problems]: readonly [Facts, ReadonlyArray<InspectProblem>] = Result.isSuccess(read) ? read.success : [{}, [read.failure]]
    const { counts = {}, digests = {}, ...more } = facts
    return {
      inspected: { path, kind, ...more, counts: { ...counts, bytes: bytes.length }, digests: { file: sha256(bytes), ...digests } },
      problems
    }
  })
