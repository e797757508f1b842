/** Outputs into the local cache: objects durable before the record that refers to them. */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import type { CachedFile, CachedOutput } from "../domain/CacheDocuments.ts"
import type { Trace, TracedOutput } from "../domain/Trace.ts"
import type { CacheFolder } from "./CacheFolder.ts"
import { touch } from "./CacheRecords.ts"
import type { Copy } from "./CopyHashed.ts"
import { statOf } from "./FileStat.ts"
import { makeFolders } from "./MakeFolders.ts"
import { syncFolder } from "./ReplaceFile.ts"
import { removeTree } from "./RemoveTree.ts"
import { syncTree } from "./SyncTree.ts"

/** So many objects are copied at once. */
export const copiesAtOnce = 4

export interface Source {
  readonly sha256: string
  readonly bytes: number
  readonly path: string
}

/** The outputs as they are to be recorded, and where the bytes of each object are. Null if they are no longer as traced. */
export interface Listing {
  readonly outputs: ReadonlyArray<CachedOutput>
  readonly sources: ReadonlyMap<string, Source>
}

/** Shared places are never restored, and what was adopted was not executed. */
export const mayKeep = ({ applied, adopted }: Trace): boolean => applied === null && adopted === undefined

/** Throws errnos. */
export const listOutputs = (outputs: ReadonlyArray<TracedOutput>, places: ReadonlyMap<string, string>): Listing | null => {
  const sources = new Map<string, Source>()
  const listed: Array<CachedOutput> = []
  for (const { name, kind, value, digest, files } of outputs) {
    const place = places.get(name)
    if (kind !== "value" && place === undefined) return null
    const cached: Array<CachedFile> = []
    for (const file of files) {
      const at = file.path === "" ? (place ?? "") : `${place}/${file.path}`
      const stat = statOf(at, false)
      if (stat === null) return null
      const isThat = { file: stat.isFile(), folder: stat.isDirectory(), link: stat.isSymbolicLink() }[file.type]
      if (!isThat || (file.type === "file" && stat.size !== BigInt(file.bytes))) return null
      if (file.type === "link") cached.push({ ...file, link: fs.readlinkSync(at, "utf8") })
      else cached.push({ ...file, mode: Number(stat.mode & 0o777n) })
      if (file.type === "file") sources.set(file.sha256, { sha256: file.sha256, bytes: file.bytes, path: at })
    }
    listed.push({ name, kind, value, digest, files: cached })
  }
  return { outputs: listed, sources }
}

/** Those that are not there with the right size; the others are marked as used, so that nobody drops them now. */
export const missingObjects = (folder: CacheFolder, sources: Iterable<Source>): ReadonlyArray<Source> => {
  const missing: Array<Source> = []
  for (const source of sources) {
    const object = folder.objectOf(source.sha256)
    const stat = statOf(object, false)
    if (stat?.isFile() === true && stat.size === BigInt(source.bytes)) touch(object)
    else missing.push(source)
  }
  return missing
}

/** Throws errnos. */
const place = (folder: CacheFolder, own: string, sources: ReadonlyArray<Source>): void => {
  const shards = new Set<string>()
  for (const { sha256 } of sources) {
    const final = folder.objectOf(sha256)
    for (const made of makeFolders(path.dirname(final))) shards.add(path.dirname(made))
    // Two that store the same bytes replace each other's equal file.
    if (statOf(final, false)?.isFile() === false) removeTree(final)
    fs.renameSync(path.join(own, sha256), final)
    shards.add(path.dirname(final))
  }
  for (const shard of shards) syncFolder(shard)
}

/** Copies, compares with what was traced, makes durable, then names. False if a file is no longer what was traced. Fails with errnos. */
export const storeObjects = (folder: CacheFolder, copy: Copy, sources: ReadonlyArray<Source>) =>
  Effect.acquireUseRelease(
    Effect.try(() => {
      const own = path.join(folder.temporary, randomBytes(8).toString("hex"))
      makeFolders(own)
      return own
    }),
    (own) =>
      Effect.gen(function* () {
        let same = true
        yield* Effect.forEach(
          sources,
          ({ sha256, bytes, path: from }) =>
            Effect.map(copy(from, path.join(own, sha256), { bytes, mode: 0o444 }), (copied) => {
              if (copied.sha256 !== sha256 || copied.bytes !== bytes) same = false
            }),
          { concurrency: copiesAtOnce, discard: true }
        )
        if (!same) return false
        yield* syncTree(own)
        yield* Effect.uninterruptible(Effect.try(() => place(folder, own, sources)))
        return true
      }),
    (own) => Effect.ignore(Effect.try(() => removeTree(own)))
  )
