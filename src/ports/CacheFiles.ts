/** The files behind `Cache`: objects by content, records by what an execution depended on. */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import type { CacheCollected, CacheRecord } from "../domain/CacheDocuments.ts"
import { bytesIn, bytesOf, type Kept, takeCensus } from "./CacheCensus.ts"
import { cacheFolder, capOf, capVariable, type Disk, diskOf, findCache, type Found, makeCache } from "./CacheFolder.ts"
import { cacheKey } from "./CacheKey.ts"
import { readRecord, touch, writeRecord } from "./CacheRecords.ts"
import { type Fetch, type Refusal, restoreOutputs } from "./CacheRestore.ts"
import { openRoom } from "./CacheRoom.ts"
import type { CacheShape, Put, PutRequest } from "./CacheShape.ts"
import { listOutputs, mayKeep, missingObjects, storeObjects } from "./CacheStore.ts"
import { openTally, readUses, writeUse } from "./CacheTally.ts"
import type { Trimmed } from "./CacheTrim.ts"
import { type Copy, openCopy } from "./CopyHashed.ts"
import { errnoOf, wordsOf } from "./Errno.ts"
import { makeFolders } from "./MakeFolders.ts"
import { removeFile } from "./RemoveTree.ts"
import type { SealProblem } from "./SealedJson.ts"

export interface CacheOptions {
  /** Bytes; else `ATLAS_CACHE_CAP`, else 20 GiB or a tenth of the disk, whichever is less. */
  readonly cap?: number
  /** The disk that the cache lies on. Throws errnos. */
  readonly disk?: (folder: string) => Disk
  readonly copy?: Copy
}

const words: Readonly<Record<SealProblem, string>> = {
  unreadable: "cannot be read",
  "too-large": "is larger than it may be",
  truncated: "is cut off",
  corrupt: "is damaged",
  foreign: "is not what its name says",
  newer: "was written by a newer atlas-run"
}

const counted = (kept: ReadonlyArray<Kept>) => ({ files: kept.length, bytes: bytesOf(kept) })

const causeOf = (fault: unknown): unknown =>
  typeof fault === "object" && fault !== null && "cause" in fault && fault.cause !== undefined ? fault.cause : fault

export const openCacheFiles = (state: string, options: CacheOptions): CacheShape => {
  const folder = cacheFolder(state)
  const disk = options.disk ?? diskOf
  const copyIn = options.copy ?? openCopy()
  const copyOut = options.copy ?? openCopy()
  const fetch: Fetch = (sha256, to, how) => copyOut(folder.objectOf(sha256), to, how)
  const tally = openTally()
  const warned = new Map<string, string>()
  let pins: () => Iterable<string> = () => []
  let found: Found | undefined
  /** Cannot be written: asked no more. */
  let closed = false

  const warn = (about: string, sentence: string): void => {
    if (!warned.has(about)) warned.set(about, sentence)
  }

  const told = (now: Found): Found => {
    if (now.state === "off") warn(folder.mark, `${folder.mark} ${words[now.problem]}: the cache is left alone and not used`)
    if (now.state === "broken") warn(folder.mark, `${folder.mark} ${words[now.problem]}: the cache starts anew`)
    return now
  }
  const open = (): Found => (found ??= told(findCache(folder)))

  const close = (cause: unknown): void => {
    closed = true
    warn(folder.root, `nothing is kept in the cache ${folder.root}: ${wordsOf(cause).what}`)
  }

  const limitOf = (now: Disk): number => options.cap ?? capOf(process.env[capVariable], now)

  /** What is dropped must not come back as a hit, and must not fail anything. */
  const drop = (file: string): void => {
    try {
      removeFile(file)
    } catch {
      // It is looked at again, and refused again.
    }
  }

  const quarantine = (sha256: string): void => {
    const object = folder.objectOf(sha256)
    warn(object, `${object} was damaged and is in quarantine; what needed it is made anew`)
    try {
      makeFolders(folder.quarantine)
      fs.renameSync(object, path.join(folder.quarantine, `${sha256}-${randomBytes(4).toString("hex")}`))
    } catch {
      // A read-only cache: it is found damaged each time.
    }
  }

  const get = (key: string): CacheRecord | null => {
    const now = open()
    if (now.state !== "ready") {
      tally.count("misses")
      return null
    }
    const file = folder.recordOf(key)
    const read = readRecord(file, now.store)
    if (read.state === "good") return read.record
    tally.count("misses")
    if (read.state !== "absent") {
      warn(file, `${file} ${words[read.state]}; it is ignored`)
      if (read.state !== "newer" && read.state !== "unreadable") drop(file)
    }
    return null
  }

  const refuse = (record: CacheRecord, refusal: Refusal): void => {
    tally.count("misses")
    switch (refusal.why) {
      case "damaged":
        quarantine(refusal.sha256)
        return drop(folder.recordOf(record.key))
      case "gone":
        return drop(folder.recordOf(record.key))
      default:
        warn(refusal.why, `what is cached could not be copied: ${wordsOf(causeOf(refusal.cause)).what}`)
    }
  }

  const room = openRoom({
    folder,
    disk: () => disk(folder.root),
    limitOf,
    pins: () => pins(),
    refused: (why) => warn("room", `results are not kept in the cache: ${why}`)
  })

  const store = Effect.fnUntraced(function* (request: PutRequest, uuid: string) {
    const { definition, trace, places } = request
    const listing = yield* Effect.try(() => listOutputs(trace.outputs, places))
    if (listing === null) return "changed" as Put
    const key = cacheKey(definition, trace.rows)
    const file = folder.recordOf(key)
    const record: CacheRecord = {
      atlas: "cache-record/1",
      store: uuid,
      key,
      definition,
      rows: trace.rows,
      outputs: listing.outputs,
      findings: trace.findings,
      summary: trace.summary,
      run: trace.run,
      at: trace.at,
      ms: trace.ms
    }
    const missing = missingObjects(folder, listing.sources.values())
    const present = readRecord(file, uuid)
    if (missing.length === 0 && present.state === "good" && sameResult(present.record, record)) {
      touch(file)
      return "known" as Put
    }
    const bytes = missing.reduce((sum, source) => sum + source.bytes, 0) + 1024 * (1 + missing.length)
    if (!(yield* room.reserve(uuid, bytes))) return "refused" as Put
    if (missing.length > 0 && !(yield* storeObjects(folder, copyIn, missing))) return "changed" as Put
    yield* Effect.try(() => writeRecord(file, record))
    tally.count("stored")
    return "stored" as Put
  })

  const put = (request: PutRequest): Effect.Effect<Put> =>
    Effect.suspend(() => {
      if (closed || !mayKeep(request.trace) || open().state === "off") return Effect.succeed<Put>("refused")
      return Effect.gen(function* () {
        const now = open()
        const ready = now.state === "ready" ? now : yield* Effect.try(() => (found = told(makeCache(state, folder))))
        return ready.state === "ready" ? yield* store(request, ready.store) : ("refused" as Put)
      }).pipe(
        Effect.catch((fault) =>
          Effect.sync((): Put => {
            room.recount()
            const cause = causeOf(fault)
            // The output itself moved away under us.
            if (typeof fault === "object" && fault !== null && "side" in fault && fault.side === "from") return "changed"
            // Removed by somebody while we ran: the next put makes it anew.
            if (errnoOf(cause) === "ENOENT") found = undefined
            else close(cause)
            return "refused"
          })
        )
      )
    })

  const collected = (plan: Trimmed, limit: number): CacheCollected => ({
    entries: counted(plan.records),
    objects: counted(plan.objects),
    quarantine: counted(plan.quarantine),
    temporaries: counted(plan.temporaries),
    bytes: plan.bytes,
    cap: limit
  })

  const limitNow = (): number => {
    try {
      return limitOf(disk(folder.root))
    } catch {
      return options.cap ?? 0
    }
  }

  return {
    get: (key) => Effect.sync(() => get(key)),
    restore: (record, places) =>
      restoreOutputs(record.outputs, places, fetch).pipe(
        Effect.map(() => {
          tally.count("hits")
          touch(folder.recordOf(record.key))
          return true
        }),
        Effect.catch((refusal) =>
          Effect.sync(() => {
            refuse(record, refusal)
            return false
          })
        )
      ),
    put,
    pin: (keys) => void (pins = keys),
    collect: ({ dryRun }) =>
      Effect.gen(function* () {
        const now = open()
        const limit = limitNow()
        if (now.state === "off" || now.state === "absent")
          return collected({ records: [], objects: [], quarantine: [], temporaries: [], bytes: 0 }, limit)
        // Where the mark is broken no record can be believed.
        const plan = yield* room.trim(now.state === "ready" ? now.store : "", limit)
        if (!dryRun) {
          room.clear(plan)
        }
        return collected(plan, limit)
      }),
    stats: () =>
      Effect.gen(function* () {
        const now = open()
        const census = yield* takeCensus(folder)
        return {
          atlas: "cache-stats/1" as const,
          folder: folder.root,
          state: now.state === "ready" ? ("ready" as const) : now.state === "off" ? ("off" as const) : ("absent" as const),
          entries: census.records.size,
          objects: census.objects.size,
          bytes: bytesIn(census),
          cap: limitNow(),
          quarantine: counted(census.quarantine),
          runs: readUses(folder.uses),
          warnings: [...warned.values()]
        }
      }),
    note: (run) =>
      Effect.sync(() => {
        const use = tally.useOf(run)
        if (use === null || closed || open().state !== "ready") return
        try {
          writeUse(folder.uses, use)
        } catch {
          // Only told, never needed.
        }
      }),
    warnings: () => [...warned.values()]
  }
}

/** How long it took and which run it was are no part of a result. */
const sameResult = (a: CacheRecord, b: CacheRecord): boolean => {
  const result = ({ outputs, findings, summary }: CacheRecord) => JSON.stringify([outputs, findings, summary])
  return result(a) === result(b)
}
