/** Verifying a pack: exactly the bytes that `pack` would have written, read once, front to back; then what they say of each other. */
import { createHash } from "node:crypto"
import * as fs from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { Effect, Result } from "effect"
import { several, type Several } from "atlas-run/plugin"
import { allGenes, allTranscripts } from "../artifact/database-model.ts"
import { isOurs, type Provenance, provenanceOf } from "../artifact/dialect.ts"
import { type VerifyFindingName, verifyFindings } from "../artifact/finding.ts"
import { lookAtSchema, readCreatedBy } from "../artifact/gene-summary-contract.ts"
import { type GeneSummaryUnreadable, queryGeneSummary } from "../artifact/gene-summary-reader.ts"
import { decodeJson } from "../artifact/json-file.ts"
import { Manifest } from "../artifact/manifest.ts"
import { manifestBindings } from "../artifact/manifest-bindings.ts"
import { manifestProblems } from "../artifact/manifest-rules.ts"
import { countRows, lookAtCounts } from "../artifact/row-counts.ts"
import { isSha256, sha256 } from "../artifact/sha256.ts"
import { saySignature } from "../artifact/sidecar-check.ts"
import { integrityComplaints } from "../artifact/table-rules.ts"
import { canonicalId, type DatasetId, isDatasetId, sameDataset } from "../dataset-id.ts"
import { ioDurability, type Sink, writeNew } from "../durable.ts"
import { withPlainFile } from "../store/copy.ts"
import { ManifestLock, manifestLockJson } from "../artifact/manifest-lock.ts"
import * as Failure from "./failure.ts"
import { memberBytesLimit } from "./header.ts"
import { manifestBytesLimit, type Packed, type PackedMember } from "./pack.ts"
import { PackReader } from "./reader.ts"

/** What a verification proves: `intact` in itself, `identified` as the pack or dataset that was expected. */
export type PackLevel = "intact" | "identified"

export interface VerifyPackOptions {
  /** The whole pack's digest as its sender told it: `sha256:` and 64 lower-case hex digits. */
  readonly expect?: string
  readonly id?: DatasetId
  /** The least level that must be proved; `intact` if not given. `authentic` is refused: signatures are not built. */
  readonly level?: PackLevel | "authentic"
}

/** What was proved, and of what. `writtenBy` is who wrote the dataset; the tar form is the same of both programs. */
export interface VerifiedPack extends Packed {
  readonly level: PackLevel
  readonly writtenBy: Provenance
}

export const verifyPackErrors = Failure.verifyPackErrors
export type PackFailure = InstanceType<(typeof verifyPackErrors)[number]>

const collect = (pieces: Array<Buffer>) => (chunk: Buffer) => Effect.sync(() => void pieces.push(Buffer.from(chunk)))

const lockFailures = (path: string, bytes: Buffer, actual: ManifestLock) =>
  Effect.gen(function* () {
    const where = { path }
    const text = bytes.toString("latin1")
    if (text === manifestLockJson(actual)) return []
    const lock = yield* Effect.result(decodeJson(ManifestLock, bytes, "manifest.lock"))
    const bad = (reason: string) => [new Failure.PackLock({ message: `manifest.lock is not of its form: ${reason}`, where, reason })]
    if (Result.isFailure(lock)) return bad(lock.failure.problems.join("; "))
    const { manifest_sha256, sqlite_sha256 } = lock.success
    if (!isSha256(manifest_sha256) || !isSha256(sqlite_sha256)) return bad("its digests are not 64 lower-case hex digits")
    if (text !== manifestLockJson(lock.success)) return bad("it is not canonical JSON")
    const differing = (member: string, expected: string, actual: string) =>
      expected === actual
        ? []
        : [
            new Failure.PackChecksum({
              message: `${member} has sha256 ${actual}, manifest.lock says ${expected}`,
              where,
              member,
              expected,
              actual
            })
          ]
    return [
      ...differing("manifest.json", manifest_sha256, actual.manifest_sha256),
      ...differing("gene_summary.sqlite", sqlite_sha256, actual.sqlite_sha256)
    ]
  })

const badManifest = (path: string, problems: ReadonlyArray<string>) =>
  new Failure.PackManifest({ message: `manifest.json of the pack is not valid: ${problems.join("; ")}`, where: { path }, problems })

/** The manifest of a pack, if it is valid and of the database beside it. */
const judgeManifest = (path: string, bytes: Buffer, sqlite: string) =>
  Effect.gen(function* () {
    const manifest = yield* decodeJson(Manifest, bytes, "manifest.json").pipe(Effect.mapError((error) => badManifest(path, error.problems)))
    const problems = [...manifestProblems(manifest)]
    if (manifest.checksums.sqlite_sha256 !== sqlite) problems.push("checksums.sqlite_sha256 is not the digest of gene_summary.sqlite")
    const dataset = manifest.dataset
    if (!isDatasetId(dataset)) problems.push("it does not name a legal dataset")
    if (problems.length > 0 || !isDatasetId(dataset)) return yield* badManifest(path, problems)
    return { manifest, dataset }
  })

/** What the database's tables, counts and rows say against the format or the manifest; empty if nothing. */
const databaseProblems = (database: DatabaseSync, manifest: Manifest, ours: boolean): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const say = (name: VerifyFindingName, _at: string, message: string) => {
    if (verifyFindings[name].severity === "error") problems.push(message)
  }
  lookAtSchema(database, say)
  if (problems.length > 0) return problems
  const integrity = integrityComplaints(database)
  if (integrity.length > 0) return integrity
  lookAtCounts(countRows(database), manifest, undefined, undefined, say)
  // The rows that it signs: a database with other rows, or a manifest of another dataset.
  saySignature(manifest, allGenes(database), allTranscripts(database), ours, say)
  return problems
}

/** Opens the private copy, read-only. */
const judgeDatabase = (path: string, copy: string, manifest: Manifest, ours: boolean) => {
  const bad = (reason: string) =>
    new Failure.PackDatabase({ message: `gene_summary.sqlite of the pack ${reason}`, where: { path }, reason })
  return queryGeneSummary(copy, (database) => {
    const genes = Number(database.prepare("SELECT COUNT(*) AS n FROM gene_summary").get()?.["n"])
    return genes === manifest.stats.gene_count
      ? databaseProblems(database, manifest, ours).map((problem) => `does not verify: ${problem}`)
      : [`holds ${genes} genes, its manifest says ${manifest.stats.gene_count}`]
  }).pipe(
    Effect.mapError((error: GeneSummaryUnreadable) => bad(`cannot be read: ${error.reason}`)),
    Effect.flatMap(([first, ...more]) =>
      first === undefined ? Effect.void : Effect.fail(bad(more.length === 0 ? first : `${first} (and ${more.length} more)`))
    )
  )
}

/** A folder of our own that goes when the scope closes; never beside the pack. */
const privateTemporary = Effect.acquireRelease(
  Effect.tryPromise({
    try: () => fs.mkdtemp(join(tmpdir(), "atlas-pack-")),
    catch: (cause) => ioDurability("mkdir", tmpdir(), cause)
  }),
  (folder) => Effect.promise(() => fs.rm(folder, { recursive: true, force: true }).catch(() => undefined))
)

const judgeLevel = (path: string, options: VerifyPackOptions, sha: string, dataset: DatasetId) =>
  Effect.gen(function* () {
    const where = { path }
    const { expect, id, level = "intact" } = options
    const actual = `sha256:${sha}`
    if (expect !== undefined && expect !== actual) {
      const message = `the pack is ${actual}, expected was ${expect.slice(0, 200)}`
      return yield* new Failure.PackDigest({ message, where, expected: expect, actual })
    }
    if (id !== undefined && !sameDataset(id, dataset)) {
      const [expected, found] = [canonicalId(id), canonicalId(dataset)]
      return yield* new Failure.PackIdentity({
        message: `the pack holds ${found}, expected was ${expected}`,
        where,
        expected,
        actual: found
      })
    }
    const proved: PackLevel = expect !== undefined || id !== undefined ? "identified" : "intact"
    if (level === "authentic" || (level === "identified" && proved === "intact")) {
      const why = level === "authentic" ? "signatures are not part of this format yet" : "no expected digest or dataset was given"
      return yield* new Failure.PackLevel({
        message: `level ${level} was asked, ${proved} was proved: ${why}`,
        where,
        asked: level,
        proved
      })
    }
    return proved
  })

const verify = (path: string, options: VerifyPackOptions, file: fs.FileHandle, size: number) =>
  Effect.gen(function* () {
    const reader = new PackReader(file, path, size)
    const manifestPieces: Array<Buffer> = []
    const manifestSize = yield* reader.member("manifest.json", { limit: manifestBytesLimit, take: collect(manifestPieces) })
    const manifestText = Buffer.concat(manifestPieces, manifestSize)
    const copy = join(yield* privateTemporary, "gene_summary.sqlite")
    const hash = createHash("sha256")
    let sqliteSize = 0
    const take = (sink: Sink) => (chunk: Buffer) => {
      hash.update(chunk)
      return sink.write(chunk)
    }
    yield* writeNew(
      copy,
      (sink) =>
        Effect.map(reader.member("gene_summary.sqlite", { limit: memberBytesLimit, take: take(sink) }), (bytes) => {
          sqliteSize = bytes
        }),
      { sync: false }
    )
    const lockPieces: Array<Buffer> = []
    const lockSize = yield* reader.member("manifest.lock", { limit: 65_536, take: collect(lockPieces) })
    const lockText = Buffer.concat(lockPieces, lockSize)
    const whole = yield* reader.end
    const [manifestSha, sqliteSha] = [sha256(manifestText), hash.digest("hex")]
    const failures = yield* lockFailures(path, lockText, { manifest_sha256: manifestSha, sqlite_sha256: sqliteSha })
    if (failures.length > 0) return yield* Effect.fail(several<PackFailure>(failures))
    const { manifest, dataset } = yield* judgeManifest(path, manifestText, sqliteSha)
    const writtenBy = provenanceOf(manifest, yield* readCreatedBy(copy))
    yield* judgeDatabase(path, copy, manifest, isOurs(writtenBy))
    const unbound = manifestBindings(manifest)
    if (unbound.length > 0)
      return yield* badManifest(
        path,
        unbound.map(({ message }) => message)
      )
    const level = yield* judgeLevel(path, options, whole.sha256, dataset)
    const members: ReadonlyArray<PackedMember> = [
      { name: "manifest.json", bytes: manifestSize, sha256: manifestSha },
      { name: "gene_summary.sqlite", bytes: sqliteSize, sha256: sqliteSha },
      { name: "manifest.lock", bytes: lockSize, sha256: sha256(lockText) }
    ]
    return { level, dataset, ...whole, members, writtenBy }
  })

/**
 * Accepts exactly what `pack` or the reference's writer writes for the members the pack holds; anything else is refused with the
 * place. Follows no link, writes nothing beside the pack (the database is opened from a private copy in the temporary folder).
 */
export const verifyPack = (
  path: string,
  options: VerifyPackOptions = {}
): Effect.Effect<VerifiedPack, PackFailure | Several<PackFailure>> =>
  withPlainFile(path, (file, size) => Effect.scoped(verify(path, options, file, size)))
