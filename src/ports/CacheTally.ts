/** What runs got from the cache and gave to it: told by `cache stats`, read by no decision. */
import { Option, Schema } from "effect"
import { type CacheUse, CacheUses } from "../domain/CacheDocuments.ts"
import { replaceFile } from "./ReplaceFile.ts"
import { readSealed, seal } from "./SealedJson.ts"

/** So many runs are remembered. */
const remembered = 10
const limitBytes = 64 * 1024

const decode = Schema.decodeUnknownOption(CacheUses)

/** Newest first; none if they cannot be believed. Total. */
export const readUses = (file: string): ReadonlyArray<CacheUse> => {
  const opened = readSealed(file, "cache-uses/1", limitBytes)
  return opened.state === "good" ? Option.getOrElse(decode(opened.document), () => ({ runs: [] })).runs : []
}

/** Throws errnos. */
export const writeUse = (file: string, use: CacheUse): void => {
  const runs = [use, ...readUses(file).filter(({ run }) => run !== use.run)].slice(0, remembered)
  const uses: CacheUses = { atlas: "cache-uses/1", runs }
  replaceFile(file, seal(uses), { durable: false })
}

/** Counts of one process. */
export const openTally = () => {
  const counts = { hits: 0, misses: 0, stored: 0 }
  return {
    count: (what: keyof typeof counts): void => void counts[what]++,
    /** Null if the cache was not used. */
    useOf: (run: string): CacheUse | null =>
      counts.hits + counts.misses + counts.stored === 0 ? null : { run, at: new Date().toISOString(), ...counts }
  }
}
