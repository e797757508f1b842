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
const limits = { fileBytes: 1024 * 1024 * 1024, entries: 2_000_000 }
const rowForm = /^\d+:\d+:\d+:[0-7]+:-?\d+:-?\d+$/
const digestForm = /^[0-9a-f]{64}$/

export interface StatCache {
  readonly get: (path: string, row: string) => FileDigest | null
  /** A row that is not settled is not remembered. */
  readonly put: (path: string, digest: FileDigest, settled: boolean) => void
  /** Writes the file if its content would differ; true if it did. Throws errnos. */
  readonly save: () => boolean
}

const bytesOf = (row: string): number => Number(row.split(":", 3)[2])

const load = (file: string): Map<string, FileDigest> => {
  const entries = new Map<string, FileDigest>()
  const opened = readSealed(file, kind, limits.fileBytes)
  if (opened.state !== "good") return entries
  const document = opened.document as { readonly boot?: unknown; readonly entries?: unknown }
  // Another boot may have lost writes that were never synced, behind times that look right.
  if (document.boot !== bootId() || !Array.isArray(document.entries)) return entries
  for (const entry of document.entries as ReadonlyArray<unknown>) {
    if (!Array.isArray(entry)) return new Map()
    const [at, stat, sha256] = entry as ReadonlyArray<unknown>
    if (typeof at !== "string" || typeof stat !== "string" || typeof sha256 !== "string") return new Map()
    if (!rowForm.test(stat) || !digestForm.test(sha256)) return new Map()
    entries.set(at, { sha256, bytes: bytesOf(stat), stat })
  }
  return entries
}

/** `file` null: remembered by this process only. */
export const makeStatCache = (file: string | null): StatCache => {
  const entries = file === null ? new Map<string, FileDigest>() : load(file)
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
      if (entry === undefined || entry.stat !== row) return null
      used.add(at)
      return entry
    },
    put: (at, digest, settled) => {
      const before = entries.get(at)
      if (!settled) return
      used.add(at)
      if (before !== undefined && before.stat === digest.stat && before.sha256 === digest.sha256) return
      entries.set(at, { sha256: digest.sha256, bytes: digest.bytes, stat: digest.stat })
      changed = true
    },
    save: () => {
      if (file === null || !changed) return false
      forget()
      ensureStateFolder(path.dirname(file))
      const rows = Array.from(entries, ([at, { stat, sha256 }]) => [at, stat, sha256])
      replaceFile(file, seal({ atlas: kind, boot: bootId(), entries: rows } as { readonly atlas: string }), { durable: false })
      changed = false
      return true
    }
  }
}
