/** Writing a pack: three members in the one form the format has (dataset contract §6), a function of their bytes alone. */
import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import type { FileHandle } from "node:fs/promises"
import { dirname } from "node:path"
import { Effect } from "effect"
import { provenanceOf, writesAtIngest } from "../artifact/dialect.ts"
import { readCreatedBy } from "../artifact/gene-summary-contract.ts"
import { decodeJson } from "../artifact/json-file.ts"
import { layout } from "../artifact/layout.ts"
import { Manifest } from "../artifact/manifest.ts"
import { ArtifactUnreadable, sha256, unreadable } from "../artifact/sha256.ts"
import { canonicalId, type DatasetId, isDatasetId, sameDataset } from "../dataset-id.ts"
import { durableReplaceWith, IoDurability, type Sink } from "../durable.ts"
import type { BuildRoot } from "../build-root.ts"
import { withPlainFile } from "../store/copy.ts"
import { manifestLockJson } from "../artifact/manifest-lock.ts"
import { publishedFolder, type ServingStore } from "../store/serving-store.ts"
import { PackSource, PackTooLarge } from "./failure.ts"
import { endBytes, memberBytesLimit, packHeader, type PackMemberName, paddingOf } from "./header.ts"

/** Most bytes of manifest.json in a pack: 16 MiB (reliability.md §3.8). */
export const manifestBytesLimit = 16 * 1024 * 1024

/** What is packed: a build root, or a dataset of a store. */
export type PackContent = BuildRoot | { readonly store: ServingStore; readonly dataset: DatasetId }

/** One member as packed. */
export interface PackedMember {
  readonly name: PackMemberName
  readonly bytes: number
  readonly sha256: string
}

/** `sha256` (lower-case hex) and `bytes` are of the whole pack. */
export interface Packed {
  readonly dataset: DatasetId
  readonly sha256: string
  readonly bytes: number
  readonly members: ReadonlyArray<PackedMember>
}

const folderOf = (content: PackContent): string => ("store" in content ? publishedFolder(content.store, content.dataset) : content.path)

const chunkBytes = 1 << 20

const refused = (path: string, ...problems: ReadonlyArray<string>) =>
  new PackSource({ message: `the dataset cannot be packed: ${problems.join("; ")}`, where: { path }, problems })

const tooLarge = (path: string, member: PackMemberName, bytes: number, limit: number) =>
  new PackTooLarge({ message: `${member} has ${bytes} bytes, a pack holds at most ${limit}`, where: { path }, member, bytes, limit })

/** The bytes of a small member, read whole. */
const readMember = (path: string, name: PackMemberName, limit: number): Effect.Effect<Buffer, PackTooLarge | ArtifactUnreadable> =>
  withPlainFile(path, (file, bytes): Effect.Effect<Buffer, PackTooLarge | ArtifactUnreadable> =>
    bytes > limit
      ? Effect.fail(tooLarge(path, name, bytes, limit))
      : Effect.tryPromise({ try: () => file.readFile(), catch: unreadable(path) })
  )

const writeMember = (sink: Sink, name: PackMemberName, bytes: Buffer) =>
  Effect.gen(function* () {
    yield* sink.write(packHeader(name, bytes.length))
    yield* sink.write(bytes)
    yield* sink.write(Buffer.alloc(paddingOf(bytes.length)))
    return { name, bytes: bytes.length, sha256: sha256(bytes) }
  })

/** Streams a member; the size its header states is the size that was read. */
const streamMember = (sink: Sink, name: PackMemberName, path: string, file: FileHandle, bytes: number) =>
  Effect.gen(function* () {
    if (bytes > memberBytesLimit) return yield* tooLarge(path, name, bytes, memberBytesLimit)
    yield* sink.write(packHeader(name, bytes))
    const hash = createHash("sha256")
    const buffer = Buffer.allocUnsafe(chunkBytes)
    let at = 0
    for (;;) {
      const { bytesRead } = yield* Effect.uninterruptible(
        Effect.tryPromise({ try: () => file.read(buffer, 0, chunkBytes, at), catch: unreadable(path) })
      )
      if (bytesRead === 0) break
      const piece = buffer.subarray(0, bytesRead)
      hash.update(piece)
      yield* sink.write(piece)
      at += bytesRead
    }
    if (at !== bytes) return yield* refused(path, `${name} changed while it was read`)
    yield* sink.write(Buffer.alloc(paddingOf(bytes)))
    return { name, bytes, sha256: hash.digest("hex") }
  })

/** What writing a pack may fail with. */
export const packWriteErrors = [PackSource, PackTooLarge, ArtifactUnreadable, IoDurability] as const
export type PackWriteFailure = InstanceType<(typeof packWriteErrors)[number]>

/** Packs a dataset into the file `out`, whose folder must exist. What is packed was checked against its manifest and lock as it was read. */
export const pack = (content: PackContent, out: string): Effect.Effect<Packed, PackWriteFailure> =>
  Effect.gen(function* () {
    const folder = folderOf(content)
    const [manifestPath, sqlitePath, lockPath] = [`${folder}/${layout.manifest}`, `${folder}/${layout.sqlite}`, `${folder}/${layout.lock}`]
    const manifestBytes = yield* readMember(manifestPath, "manifest.json", manifestBytesLimit)
    const manifest = yield* decodeJson(Manifest, manifestBytes, manifestPath).pipe(
      Effect.mapError((error) => refused(manifestPath, ...error.problems))
    )
    const dataset = manifest.dataset
    if (!isDatasetId(dataset)) return yield* refused(manifestPath, "manifest.json does not name a legal dataset")
    if ("store" in content && !sameDataset(dataset, content.dataset))
      return yield* refused(manifestPath, `manifest.json is of ${canonicalId(dataset)}, not of ${canonicalId(content.dataset)}`)
    // Ingest of the reference writes no lock: its pack makes one, and so does this (dataset contract §6).
    const unlocked =
      "path" in content && !existsSync(lockPath) && !writesAtIngest(provenanceOf(manifest, yield* readCreatedBy(sqlitePath)), "lock")
    const locked = unlocked ? undefined : yield* readMember(lockPath, "manifest.lock", 65_536)
    const members: Array<PackedMember> = []
    const written = yield* durableReplaceWith(out, (sink) =>
      Effect.gen(function* () {
        members.push(yield* writeMember(sink, "manifest.json", manifestBytes))
        const sqlite = yield* withPlainFile(sqlitePath, (file, bytes) => streamMember(sink, "gene_summary.sqlite", sqlitePath, file, bytes))
        members.push(sqlite)
        const exact = manifestLockJson({ manifest_sha256: sha256(manifestBytes), sqlite_sha256: sqlite.sha256 })
        const lockBytes = locked ?? Buffer.from(exact)
        members.push(yield* writeMember(sink, "manifest.lock", lockBytes))
        const problems: Array<string> = []
        if (manifest.checksums.sqlite_sha256 !== sqlite.sha256)
          problems.push("manifest.json does not name the bytes of gene_summary.sqlite")
        if (lockBytes.toString("utf8") !== exact)
          problems.push("manifest.lock does not name the bytes of manifest.json and gene_summary.sqlite")
        if (problems.length > 0) return yield* refused(dirname(manifestPath), ...problems)
        yield* sink.write(Buffer.alloc(endBytes))
      })
    )
    return { dataset, ...written, members }
  })
