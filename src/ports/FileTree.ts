/** A file or a whole folder as one digest. Links are recorded by their text and never followed. */
import { createHash, hash } from "node:crypto"
import * as fs from "node:fs"
import type { OutputFile } from "../domain/Trace.ts"
import { type Absent, absent, isGone, namesIn, rowOf, sortBytewise, specialFile, statOf, type StatRow } from "./FileStat.ts"

/** One thing below a root: `path` relative, `/` between its parts, "" the root itself. */
export interface TreeEntry {
  readonly path: string
  readonly type: OutputFile["type"]
  readonly row: StatRow
  readonly bytes: number
  /** Text of a link, else null. */
  readonly link: string | null
}

export interface TreeDigest {
  /** sha256 over the canonical encoding of `files`. */
  readonly digest: string
  /** Of all regular files together. */
  readonly bytes: number
  /** Sorted bytewise by path; the first is the root itself. */
  readonly files: ReadonlyArray<OutputFile>
  readonly stat: StatRow
}

const entryOf = (full: string, path: string, stat: fs.BigIntStats): TreeEntry => {
  const row = rowOf(stat)
  if (stat.isFile()) return { path, type: "file", row, bytes: Number(stat.size), link: null }
  if (stat.isDirectory()) return { path, type: "folder", row, bytes: 0, link: null }
  if (!stat.isSymbolicLink()) throw specialFile(full, stat)
  const link = fs.readlinkSync(full, "utf8")
  return { path, type: "link", row, bytes: Buffer.byteLength(link), link }
}

/** All below `root`, sorted. What disappears during the walk is left out: `treeRow` then differs. Throws errnos, typed errors. */
export const walk = (root: string): ReadonlyArray<TreeEntry> | Absent => {
  const top = statOf(root, false)
  if (top === null) return absent
  const entries = [entryOf(root, "", top)]
  const open = top.isDirectory() ? [""] : []
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    let names: ReadonlyArray<string>
    try {
      names = namesIn(folder === "" ? root : `${root}/${folder}`)
    } catch (cause) {
      if (isGone(cause)) continue
      throw cause
    }
    for (const name of names) {
      const path = folder === "" ? name : `${folder}/${name}`
      const full = `${root}/${path}`
      const stat = statOf(full, false)
      if (stat === null) continue
      const entry = entryOf(full, path, stat)
      entries.push(entry)
      if (entry.type === "folder") open.push(path)
    }
  }
  return entries.length === 1 ? entries : sortBytewise(entries, (entry) => entry.path)
}

/** One row for all rows below a root: equal only if none of them moved. A lone file has its own row. */
export const treeRow = (entries: ReadonlyArray<TreeEntry>): StatRow => {
  const [only] = entries
  if (entries.length === 1 && only !== undefined && only.type !== "folder") return only.row
  const digest = createHash("sha256")
  for (const { path, row } of entries) digest.update(`${Buffer.byteLength(path)}:${path}${row.length}:${row}`)
  return `tree:${digest.digest("hex")}`
}

/**
 * Digest of a listing, version 1: sha256 over `tree/1\n` and, for each file in order, its path, type, size and sha256,
 * each as its length in bytes, a colon and its UTF-8, so that no two listings have one encoding.
 */
export const digestListing = (files: ReadonlyArray<OutputFile>): string => {
  let encoded = "tree/1\n"
  const digest = createHash("sha256")
  for (const { path, type, bytes, sha256 } of files) {
    for (const field of [path, type, String(bytes), sha256]) encoded += `${Buffer.byteLength(field)}:${field}`
    if (encoded.length > 65_536) {
      digest.update(encoded)
      encoded = ""
    }
  }
  return digest.update(encoded).digest("hex")
}

/** `shaOf` gives a regular file's sha256, or null if it is not known: then neither is the tree. */
export const digestTree = (entries: ReadonlyArray<TreeEntry>, shaOf: (entry: TreeEntry) => string | null): TreeDigest | null => {
  const files: Array<OutputFile> = []
  let bytes = 0
  for (const entry of entries) {
    const sha256 = entry.type === "file" ? shaOf(entry) : entry.link === null ? "" : hash("sha256", entry.link)
    if (sha256 === null) return null
    if (entry.type === "file") bytes += entry.bytes
    files.push({ path: entry.path, type: entry.type, bytes: entry.bytes, sha256 })
  }
  return { digest: digestListing(files), bytes, files, stat: treeRow(entries) }
}
