/**
 * Accepting or refusing a dataset, as a build root or published: every file's digest, every rule of the manifest, the database's schema and
 * counts, the evidence, the quality thresholds and the gates before publication, by what its writer makes (ours, or the reference's).
 * Problems are collected, not thrown; what fails is only looking.
 */
import { Effect } from "effect"
import { AnomalyReport } from "./artifact/anomalies.ts"
import { isOurs, type Provenance, provenanceOf, writesAtIngest } from "./artifact/dialect.ts"
import { readCanonicalHashes } from "./artifact/canonical-summary.ts"
import { lookAtEvidence, readPart } from "./artifact/evidence.ts"
import type { Finding, Say as SayOf, ValidateFindingName, VerifyFindingName } from "./artifact/finding.ts"
import { lookAtGates } from "./artifact/gates.ts"
import { lookAtSchema, readCreatedBy, sqliteMagic } from "./artifact/gene-summary-contract.ts"
import { queryGeneSummary } from "./artifact/gene-summary-reader.ts"
import { readJsonFile } from "./artifact/json-file.ts"
import { layout, type Role } from "./artifact/layout.ts"
import type { Manifest } from "./artifact/manifest.ts"
import { manifestBindings } from "./artifact/manifest-bindings.ts"
import { brokenRules } from "./artifact/manifest-rules.ts"
import { policy as shippedPolicy, type PublishPolicy, type QcThresholds, thresholdsOf } from "./artifact/policy.ts"
import { type Qc, qcProblems, readQc } from "./artifact/qc.ts"
import { countRows, lookAtCounts, readDatasetStats, type RowCounts } from "./artifact/row-counts.ts"
import { ArtifactUnreadable, type FileDigest, unreadable, withFile } from "./artifact/sha256.ts"
import { type Readers, survey } from "./artifact/survey.ts"
import { type DatasetFiles, PublishedDataset } from "./build-root.ts"
import { canonicalId, type DatasetId, sameDataset } from "./dataset-id.ts"
import { lookAtQuirks } from "./reference/quirks.ts"
import { lookAtShards, type Sharded } from "./reference/shards.ts"
import { hashPlainFile } from "./store/copy.ts"
import { observeFolder } from "./store/observe.ts"

export { type Finding, validateFindings, type ValidateFindingName } from "./artifact/finding.ts"

type Say = SayOf<ValidateFindingName>

const roleAt = new Map<string, Role>((Object.keys(layout) as ReadonlyArray<Role>).map((role) => [layout[role], role]))

export interface ValidateOptions {
  readonly policy?: PublishPolicy
  /** In place of those that the manifest names. */
  readonly thresholds?: QcThresholds
  readonly readers?: Readers
}

/** Names narrow to those of `validate` or of `verify`. */
export interface ValidationReport<Name extends VerifyFindingName = VerifyFindingName> {
  readonly dataset: DatasetId
  readonly problems: ReadonlyArray<Finding<Name>>
  /** Undefined where it cannot be read. */
  readonly manifest: Manifest | undefined
  readonly qc: Qc | undefined
  readonly rows: RowCounts | undefined
  /** Every file of the layout that is there. */
  readonly files: ReadonlyMap<Role, FileDigest>
  /** Who wrote it, undefined where the manifest cannot be read. */
  readonly provenance: Provenance | undefined
  /** Shards beside the database, which the reference may write. */
  readonly shards: Sharded
}

/** Could not look: permission, disk. What is missing or damaged is a problem of the report. */
export type ValidateErrors = ArtifactUnreadable

/** For the `errors` of a stage. */
export const validateErrors = [ArtifactUnreadable] as const

const readManifestPart = (root: DatasetFiles, files: ReadonlyMap<Role, FileDigest>, say: Say) =>
  files.has("manifest")
    ? root.manifest.pipe(
        Effect.catchTag("ManifestInvalid", (e) =>
          Effect.sync((): undefined => {
            for (const problem of e.problems) say("manifest-unreadable", layout.manifest, `${layout.manifest}: ${problem}`)
          })
        ),
        Effect.catchTag("ManifestUnreadable", (e) =>
          Effect.fail(new ArtifactUnreadable({ message: e.message, where: { path: root.file("manifest") }, reason: e.reason }))
        )
      )
    : Effect.succeed(undefined)

const lookAtManifest = (manifest: Manifest, root: DatasetFiles, id: DatasetId, files: ReadonlyMap<Role, FileDigest>, say: Say): void => {
  for (const { field, message } of brokenRules(manifest)) say("manifest-rule", field, `${layout.manifest}: ${message}`)
  for (const { field, message } of manifestBindings(manifest)) say("manifest-binding", field, `${layout.manifest}: ${message}`)
  if (!sameDataset(manifest.dataset, id))
    say("dataset-mismatch", layout.manifest, `the manifest is of ${canonicalId(manifest.dataset)}, asked for was ${canonicalId(id)}`)
  const claimed = root.folderParts
  if (claimed !== undefined && !sameDataset(claimed, id))
    say("dataset-mismatch", "folder", `the folder is named for ${canonicalId(claimed)}, asked for was ${canonicalId(id)}`)
  const { gff3_sha256, fasta_sha256, fai_sha256, sqlite_sha256 } = manifest.checksums
  for (const [role, expected] of [
    ["gff3", gff3_sha256],
    ["fasta", fasta_sha256],
    ["fai", fai_sha256],
    ["sqlite", sqlite_sha256]
  ] as const) {
    const found = files.get(role)?.sha256
    if (found !== undefined && found !== expected)
      say("checksum-mismatch", layout[role], `checksum mismatch for ${layout[role]}: expected ${expected}, got ${found}`)
  }
}

const lookAtCanonical = (root: DatasetFiles, manifest: Manifest, files: ReadonlyMap<Role, FileDigest>, say: Say) =>
  Effect.gen(function* () {
    if (!files.has("canonicalSummary")) return
    const hashes = yield* readCanonicalHashes(root.file("canonicalSummary"))
    if (hashes === undefined)
      return say("canonical-summary", layout.canonicalSummary, `${layout.canonicalSummary} does not begin with its digests`)
    const pairs = [
      ["query semantic", manifest.canonical_query_semantic_sha256, hashes.query_semantic_sha256],
      ["lineage", manifest.canonical_lineage_sha256, hashes.lineage_sensitive_sha256]
    ] as const
    for (const [what, told, found] of pairs)
      if (told !== found)
        say("canonical-summary", layout.canonicalSummary, `canonical ${what} hash mismatch: manifest=${told} summary=${found}`)
  })

const lookAtDatabase = (
  root: DatasetFiles,
  files: ReadonlyMap<Role, FileDigest>,
  say: Say
): Effect.Effect<RowCounts | undefined, ArtifactUnreadable> =>
  Effect.gen(function* () {
    if (!files.has("sqlite")) return undefined
    const path = root.file("sqlite")
    const first = yield* withFile(path, (file) =>
      Effect.tryPromise({ try: () => file.read(Buffer.alloc(sqliteMagic.length), 0, sqliteMagic.length, 0), catch: unreadable(path) })
    )
    if (!first.buffer.equals(sqliteMagic)) {
      say("database-unreadable", layout.sqlite, "sqlite artifact does not start with SQLite header")
      return undefined
    }
    return yield* queryGeneSummary(path, (database) => {
      const problems: Array<Parameters<Say>> = []
      lookAtSchema(database, (...problem) => problems.push(problem))
      for (const problem of problems) say(...problem)
      return problems.some(([name]) => name === "database-schema") ? undefined : countRows(database)
    }).pipe(
      Effect.catchTag("GeneSummaryUnreadable", (e) =>
        Effect.sync(() => {
          say("database-unreadable", layout.sqlite, `${layout.sqlite} cannot be read: ${e.reason}`)
          return undefined
        })
      )
    )
  })

/** What a published dataset is by its inventory, or as its writer published it. What was hashed before is not read again. */
const lookAtStore = (root: PublishedDataset, id: DatasetId, files: ReadonlyMap<Role, FileDigest>, say: Say) =>
  Effect.gen(function* () {
    const known = new Map([...files].map(([role, { sha256 }]) => [root.file(role), sha256]))
    const hash = (path: string) => {
      const digest = known.get(path)
      return digest === undefined ? Effect.map(hashPlainFile(path), (file) => file.sha256) : Effect.succeed(digest)
    }
    const seen = yield* observeFolder(root.path, id, { hash })
    if (seen.state === "damaged") for (const { path, message } of seen.problems) say("published", path, `${path} ${message}`)
    if (seen.state === "present") for (const { name, at, message } of seen.quirks) say(name, at, message)
  })

/** Looks at all of a dataset as `id`. An accepted one has no error among its problems. */
export const validate = (
  root: DatasetFiles,
  id: DatasetId,
  { policy = shippedPolicy, thresholds, readers = {} }: ValidateOptions = {}
): Effect.Effect<ValidationReport<ValidateFindingName>, ValidateErrors> =>
  Effect.gen(function* () {
    const problems: Array<Finding<ValidateFindingName>> = []
    const say: Say = (name, at, message) => problems.push({ name, at, message })
    const missing: Array<Finding<ValidateFindingName>> = []
    const found: Say = (name, at, message) => (name === "file-missing" ? missing : problems).push({ name, at, message })
    const files = yield* survey(root, found, readers)
    const manifest = yield* readManifestPart(root, files, say)
    const provenance = manifest && provenanceOf(manifest, files.has("sqlite") ? yield* readCreatedBy(root.file("sqlite")) : "")
    if (root instanceof PublishedDataset) yield* lookAtStore(root, id, files, say)
    // Of a published dataset the look at the store told what is missing.
    else problems.push(...missing.filter(({ at }) => provenance === undefined || writesAtIngest(provenance, roleAt.get(at) ?? "lock")))
    if (manifest !== undefined) {
      lookAtManifest(manifest, root, id, files, say)
      yield* lookAtEvidence(root, files, manifest, say)
      yield* lookAtCanonical(root, manifest, files, say)
    }
    const rows = yield* lookAtDatabase(root, files, say)
    const qc = yield* readPart(files, "qc", readQc(root.file("qc")), say)
    const stats = yield* readPart(files, "datasetStats", readDatasetStats(root.file("datasetStats")), say)
    const anomalies = yield* readPart(files, "anomalyReport", readJsonFile(AnomalyReport, root.file("anomalyReport")), say)
    const limits = thresholds ?? thresholdsOf(manifest?.config_version)
    if (qc !== undefined) for (const { at, message } of qcProblems(qc, limits)) say("qc-threshold", at, message)
    if (manifest !== undefined) {
      if (rows !== undefined) lookAtCounts(rows, manifest, qc, stats, say)
      lookAtGates(manifest, anomalies, policy, say)
    }
    const shards = yield* lookAtShards(root, manifest, provenance === undefined || isOurs(provenance), say)
    const report = { dataset: id, problems, manifest, qc, rows, files, provenance, shards }
    yield* lookAtQuirks(root, report, say)
    return report
  })
