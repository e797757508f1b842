/** Records of the local cache: read only to be believed whole, else gone. */
import * as fs from "node:fs"
import * as path from "node:path"
import { hash } from "node:crypto"
import { Option, Schema } from "effect"
import { type CachedOutput, CacheRecord } from "../domain/CacheDocuments.ts"
import { cacheKey } from "./CacheKey.ts"
import { digestListing } from "./FileTree.ts"
import { makeFolders } from "./MakeFolders.ts"
import { replaceFile } from "./ReplaceFile.ts"
import { readSealed, seal, type SealProblem } from "./SealedJson.ts"

/** Largest record that is believed, bytes. */
const limitBytes = 256 * 1024 * 1024

export type ReadRecord =
  | { readonly state: "absent" }
  | { readonly state: "good"; readonly record: CacheRecord }
  | { readonly state: SealProblem }

const decode = Schema.decodeUnknownOption(CacheRecord)
const sha256 = /^[0-9a-f]{64}$/

/** Every part a name, so that nothing is written beside the output. */
const isInside = (relative: string): boolean =>
  relative.isWellFormed() && !relative.includes("\0") && relative.split("/").every((part) => part !== "" && part !== "." && part !== "..")

/** The listing is the one that its digest stands for, each thing once and in a folder of the listing, never in a link. */
const isListing = ({ kind, digest, files, value }: CachedOutput): boolean => {
  if (kind === "value") return files.length === 0 && value !== null && digest === `sha256:${hash("sha256", value)}`
  const types = new Map<string, string>()
  for (const { path: at, type, bytes, sha256: sha, link, mode } of files) {
    const above = at.includes("/") ? at.slice(0, at.lastIndexOf("/")) : ""
    if (at === "" ? type !== kind || types.size > 0 : !isInside(at) || types.get(above) !== "folder" || types.has(at)) return false
    if (bytes < 0 || (mode === undefined) !== (type === "link") || (mode !== undefined && (mode & ~0o777) !== 0)) return false
    if (type === "link" ? link === undefined || sha !== hash("sha256", link) : link !== undefined) return false
    if (type === "folder" ? sha !== "" : !sha256.test(sha)) return false
    types.set(at, type)
  }
  return types.has("") && digestListing(files) === digest
}

/** Links are not followed, a FIFO does not hang. Total. */
export const readRecord = (file: string, store: string): ReadRecord => {
  const opened = readSealed(file, "cache-record/1", limitBytes)
  if (opened.state !== "good") return opened
  const record = Option.getOrNull(decode(opened.document, { onExcessProperty: "error" }))
  if (record === null || !record.outputs.every(isListing)) return { state: "corrupt" }
  const named = path.basename(file) === `${record.key}.json`
  return named && record.store === store && cacheKey(record.definition, record.rows) === record.key
    ? { state: "good", record }
    : { state: "foreign" }
}

/** Replaces it at once. Not durable: a record that a power cut takes or tears is a miss. Throws errnos. */
export const writeRecord = (file: string, record: CacheRecord): void => {
  makeFolders(path.dirname(file))
  replaceFile(file, seal(record), { durable: false })
}

/** Marks a record, or an object, as used now. Its time of change is the only memory of that; losing it costs an order. */
export const touch = (file: string): void => {
  try {
    const now = new Date()
    fs.utimesSync(file, now, now)
  } catch {
    // A read-only cache stays in the order it has.
  }
}

/** Digests of the objects that a record needs, with their sizes. */
export const objectsOf = (record: CacheRecord): ReadonlyMap<string, number> => {
  const objects = new Map<string, number>()
  for (const { files } of record.outputs) for (const { type, sha256: sha, bytes } of files) if (type === "file") objects.set(sha, bytes)
  return objects
}
