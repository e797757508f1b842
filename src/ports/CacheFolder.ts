/** Where the local cache lies, whose it is, and how much it may hold. Throws errnos where it says so. */
import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Option, Schema } from "effect"
import { CacheMark } from "../domain/CacheDocuments.ts"
import { statOf } from "./FileStat.ts"
import { makeFolders } from "./MakeFolders.ts"
import { removeFile } from "./RemoveTree.ts"
import { replaceFile, syncFolder } from "./ReplaceFile.ts"
import { readSealed, seal, type SealProblem } from "./SealedJson.ts"
import { ensureStateFolder } from "./StateFolder.ts"

const limitBytes = 4096
const gibibyte = 1024 ** 3

export interface CacheFolder {
  readonly root: string
  readonly mark: string
  readonly uses: string
  readonly records: string
  readonly objects: string
  readonly quarantine: string
  readonly temporary: string
  readonly recordOf: (key: string) => string
  readonly objectOf: (sha256: string) => string
}

export const cacheFolder = (state: string): CacheFolder => {
  const root = path.join(state, "cache")
  const records = path.join(root, "ac")
  const objects = path.join(root, "cas", "sha256")
  return {
    root,
    mark: path.join(root, "cache.json"),
    uses: path.join(root, "uses.json"),
    records,
    objects,
    quarantine: path.join(root, "quarantine"),
    temporary: path.join(root, "tmp"),
    recordOf: (key) => path.join(records, key.slice(0, 2), `${key}.json`),
    objectOf: (sha256) => path.join(objects, sha256.slice(0, 2), sha256)
  }
}

/** `off`: a folder that this build must leave as it is. `broken`: its mark says nothing, so nothing in it can be believed. */
export type Found =
  | { readonly state: "absent" }
  | { readonly state: "ready"; readonly store: string }
  | { readonly state: "off" | "broken"; readonly problem: SealProblem }

const decode = Schema.decodeUnknownOption(CacheMark)

/** Writes nothing. Total. */
export const findCache = ({ mark }: CacheFolder): Found => {
  const opened = readSealed(mark, "cache/1", limitBytes)
  switch (opened.state) {
    case "absent":
      return { state: "absent" }
    case "good": {
      const decoded = Option.getOrNull(decode(opened.document, { onExcessProperty: "error" }))
      return decoded === null ? { state: "broken", problem: "corrupt" } : { state: "ready", store: decoded.store }
    }
    case "truncated":
    case "corrupt":
      return { state: "broken", problem: opened.state }
    default:
      return { state: "off", problem: opened.state }
  }
}

/** Makes the cache, or takes that of a process that was faster. Throws errnos. */
export const makeCache = (state: string, folder: CacheFolder): Found => {
  ensureStateFolder(state)
  makeFolders(folder.root)
  const found = findCache(folder)
  if (found.state === "ready" || found.state === "off") return found
  const own: CacheMark = { atlas: "cache/1", store: randomUUID() }
  const mark = seal(own)
  if (found.state === "broken") replaceFile(folder.mark, mark, { durable: true })
  else {
    // A link does not replace: of two processes that make the mark, the second takes the first one's.
    const unnamed = path.join(folder.root, `.tmp-mark-${own.store}`)
    replaceFile(unnamed, mark, { durable: true })
    try {
      fs.linkSync(unnamed, folder.mark)
    } catch (cause) {
      // Some file systems have no links at all.
      if (statOf(folder.mark, false) === null) fs.renameSync(unnamed, folder.mark)
      else if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause
    } finally {
      removeFile(unnamed)
    }
    syncFolder(folder.root)
  }
  return findCache(folder)
}

export interface Disk {
  readonly bytes: number
  readonly free: number
}

/** The file system of the nearest folder that is there. Throws errnos. */
export const diskOf = (folder: string): Disk => {
  let at = folder
  while (statOf(at, true) === null && at !== path.dirname(at)) at = path.dirname(at)
  const { bsize, blocks, bavail } = fs.statfsSync(at)
  return { bytes: bsize * blocks, free: bsize * bavail }
}

/** Name of the environment variable that holds a cap in bytes. */
export const capVariable = "ATLAS_CACHE_CAP"

/** 20 GiB or a tenth of the disk, whichever is less, unless `given` says so many bytes. */
export const capOf = (given: string | undefined, disk: Disk): number =>
  given !== undefined && /^\d{1,15}$/.test(given) ? Number(given) : Math.min(20 * gibibyte, Math.floor(disk.bytes / 10))

/** Left free for everybody else, bytes. */
export const reserveOf = (disk: Disk): number => Math.min(2 * gibibyte, Math.floor(disk.bytes / 20))
