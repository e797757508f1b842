/** What the local cache can be asked, whatever keeps it. */
import type { Effect } from "effect"
import type { CacheCollected, CacheRecord, CacheStatsDocument } from "../domain/CacheDocuments.ts"
import type { Trace } from "../domain/Trace.ts"

export interface PutRequest {
  readonly definition: string
  /** Of a task that was executed and ended well. One of a cell, or of what was adopted, is refused. */
  readonly trace: Trace
  /** Absolute place of each output that is a file or folder, by name. */
  readonly places: ReadonlyMap<string, string>
}

/** `known`: it was there already. `changed`: an output is no longer what the trace says. `refused`: no room, no cache, or nothing that may be kept. */
export type Put = "stored" | "known" | "changed" | "refused"

export interface CacheShape {
  /** What is recorded under a key; null is a miss. Nothing of the outputs has been looked at yet. */
  readonly get: (key: string) => Effect.Effect<CacheRecord | null>
  /**
   * Copies every output to its place, absolute, where nothing is yet; links, empty folders and permissions too. False is a miss:
   * the places are empty again, and what was damaged is in quarantine.
   */
  readonly restore: (record: CacheRecord, places: ReadonlyMap<string, string>) => Effect.Effect<boolean>
  readonly put: (request: PutRequest) => Effect.Effect<Put>
  /** Keys that are not dropped to make room; asked only when room is needed. */
  readonly pin: (keys: () => Iterable<string>) => void
  /** Drops what nothing refers to, what cannot be believed, and the least recently used beyond the cap. Under the lease only. */
  readonly collect: (options: { readonly dryRun: boolean }) => Effect.Effect<CacheCollected>
  /** Writes nothing. */
  readonly stats: () => Effect.Effect<CacheStatsDocument>
  /** Keeps what this run got and gave, if it did either. */
  readonly note: (run: string) => Effect.Effect<void>
  /** What is wrong with the cache, each thing once. */
  readonly warnings: () => ReadonlyArray<string>
}
