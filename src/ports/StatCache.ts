/**
 * Digests remembered by stat row, so that an unchanged file is not read again. Only settled rows come in (FileClock), so
 * an entry found is an entry to trust. Disposable: whatever is wrong with its file, it only costs hashing.
 */
import * as path from "node:path"
import type { FileDigest } from "./FileContent.ts"
import { bootId } from "./Machine.ts"
import { replaceFile } from "./ReplaceFile.ts"
import { readSealed, seal } from "./SealedJson.ts"
import { ensureStateFolder } from "./StateFolder.ts"
import { statOf } from "./FileStat.ts"

const kind = "stat-cache/1"
/** So many files are looked at without a thought. */
const fewEntries = 1000
const limits = { fileBytes: 1024 * 1024 * 1024, entries: 2_000_000 }
/** As the file has it: a seal has proven the form, so that what nobody asks for costs nothing more. */
type Entry = readonly [path: string, stat: string, sha256: string]

export interface StatCache {
  readonly get: (path: string, row: string) => FileDigest | null
  /** A row that is not settled is not remembered. */
  readonly put: (path: string, digest: FileDigest, settled: boolean) => void
  /** Writes the file if its content would differ; true if it did. Throws errnos. */
  readonly save: () => boolean
}

const bytesOf = (row: string): number => Number(row.split(":", 3)[2])

const load = (file: string): Map<string, Entry> => {
  const entries = new Map<string, Entry>()
  const opened = readSealed(file, kind, limits.fileBytes)
  if (opened.state !== "good") return entries
  const document = opened.document as { readonly boot?: unknown; readonly entries?: unknown }
  // Another boot may have lost writes that were never synced, behind times that look right.
  if (document.boot !== bootId() || !Array.isArray(document.entries)) return entries
  for (const entry of document.entries as ReadonlyArray<Entry>) entries.set(entry[0], entry)
  return entries
}

/** `file` null: remembered by this process only. */
export const makeStatCache = (file: string | null): StatCache => {
  const entries = file === null ? new Map<string, Entry>() : load(file)
  const used = new Set<string>()
  let changed = false

  /** What nothing asked for in this process is kept while its file is there. */
  const forget = () => {
    for (const at of entries.keys()) {
      if (used.has(at)) continue
      let there = false
      try {
        there = statOf(at, true) !== null
      } catch {
        // Cannot be looked at now: not worth remembering.
      }
      if (!there || entries.size > limits.entries) entries.delete(at)
    }
  }

  return {
    get: (at, row) => {
      const entry = entries.get(at)
      if (entry === undefined || entry[1] !== row) return null
      used.add(at)
      return { sha256: entry[2], bytes: bytesOf(row), stat: row }
    },
    put: (at, digest, settled) => {
      const before = entries.get(at)
      if (!settled) return
      used.add(at)
      if (before !== undefined && before[1] === digest.stat && before[2] === digest.sha256) return
      entries.set(at, [at, digest.stat, digest.sha256])
      changed = true
    },
    save: () => {
      if (file === null || !changed) return false
      // who was asked about little leaves it to the next one, unless it is soon done
      if (used.size * 2 > entries.size || entries.size < fewEntries || entries.size > limits.entries) forget()
      ensureStateFolder(path.dirname(file))
      const document = { atlas: kind, boot: bootId(), entries: [...entries.values()] }
      replaceFile(file, seal(document), { durable: false })
      changed = false
      return true
    }
  }
}
