/** Which parts of the local cache go: a plan, so that a dry run tells exactly what a real one does. */
import { bytesIn, type Census, type Kept } from "./CacheCensus.ts"

/** Younger than this may belong to a put that is under way, ms. */
export const graceMs = 60 * 60 * 1000
/** So long a damaged object is kept for whoever wants to look at it, ms. */
const quarantineMs = 7 * 24 * graceMs

export interface Trim {
  /** Bytes of records and objects that may stay. */
  readonly target: number
  readonly nowMs: number
  /** Keys that stay whatever their age. */
  readonly pinned: ReadonlySet<string>
  /** Objects of each record that can be believed; a record without an entry here goes. */
  readonly references: ReadonlyMap<string, ReadonlyArray<string>>
}

export interface Trimmed {
  readonly records: ReadonlyArray<Kept>
  readonly objects: ReadonlyArray<Kept>
  readonly quarantine: ReadonlyArray<Kept>
  readonly temporaries: ReadonlyArray<Kept>
  /** Bytes of records and objects that stay. */
  readonly bytes: number
}

/** A time far in the future is no time: clocks jump. */
const isYoung = ({ usedMs }: Kept, nowMs: number): boolean => Math.abs(nowMs - usedMs) < graceMs

/**
 * First what nothing refers to, then whole records, least recently used first, with the objects that only they need, until
 * `target` is met. What is young or pinned stays, even beyond the target.
 */
export const planTrim = (census: Census, { target, nowMs, pinned, references }: Trim): Trimmed => {
  const users = new Map<string, number>()
  for (const [key, objects] of references) if (census.records.has(key)) for (const sha of objects) users.set(sha, (users.get(sha) ?? 0) + 1)
  const records: Array<Kept> = []
  const objects: Array<Kept> = []
  let bytes = bytesIn(census)
  const dropRecord = (kept: Kept): void => {
    records.push(kept)
    bytes -= kept.bytes
  }
  const dropObject = (sha: string): void => {
    const kept = census.objects.get(sha)
    if (kept === undefined || isYoung(kept, nowMs)) return
    objects.push(kept)
    bytes -= kept.bytes
  }
  for (const [key, kept] of census.records) if (!references.has(key)) dropRecord(kept)
  for (const sha of census.objects.keys()) if (!users.has(sha)) dropObject(sha)
  const old = [...census.records]
    .filter(([key, kept]) => references.has(key) && !pinned.has(key) && !isYoung(kept, nowMs))
    .sort(([a, one], [b, other]) => one.usedMs - other.usedMs || (a < b ? -1 : 1))
  for (const [key, kept] of old) {
    if (bytes <= target) break
    dropRecord(kept)
    for (const sha of references.get(key) ?? []) {
      const left = (users.get(sha) ?? 0) - 1
      users.set(sha, left)
      if (left === 0) dropObject(sha)
    }
  }
  return {
    records,
    objects,
    quarantine: census.quarantine.filter(({ usedMs }) => nowMs - usedMs >= quarantineMs),
    temporaries: census.temporaries.filter((kept) => !isYoung(kept, nowMs)),
    bytes
  }
}
