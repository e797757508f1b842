/** A cache in this process only, under the same laws. */
import * as fs from "node:fs"
import { hash } from "node:crypto"
import { Effect } from "effect"
import type { CacheRecord } from "../domain/CacheDocuments.ts"
import { cacheKey } from "./CacheKey.ts"
import { objectsOf } from "./CacheRecords.ts"
import { type Fetch, restoreOutputs } from "./CacheRestore.ts"
import type { CacheShape, Put, PutRequest } from "./CacheShape.ts"
import { listOutputs, mayKeep } from "./CacheStore.ts"

const nothing = { files: 0, bytes: 0 }

export const openCacheMemory = (): CacheShape => {
  const records = new Map<string, CacheRecord>()
  const objects = new Map<string, Buffer>()

  const fetch: Fetch = (sha256, to, { mode }) =>
    Effect.suspend(() => {
      let side: "from" | "to" = "from"
      try {
        const content = objects.get(sha256)
        if (content === undefined) throw Object.assign(new Error("nothing is kept of it"), { code: "ENOENT" })
        side = "to"
        fs.writeFileSync(to, content, { flag: "wx" })
        fs.chmodSync(to, mode)
        return Effect.succeed({ sha256: hash("sha256", content), bytes: content.length })
      } catch (cause) {
        return Effect.fail({ side, cause })
      }
    })

  const put = ({ definition, trace, places }: PutRequest): Put => {
    if (!mayKeep(trace)) return "refused"
    const listing = listOutputs(trace.outputs, places)
    if (listing === null) return "changed"
    const contents = new Map<string, Buffer>()
    for (const { sha256, path } of listing.sources.values()) {
      const content = fs.readFileSync(path)
      if (hash("sha256", content) !== sha256) return "changed"
      contents.set(sha256, content)
    }
    for (const [sha256, content] of contents) objects.set(sha256, content)
    const { rows, findings, summary, run, at, ms } = trace
    const key = cacheKey(definition, rows)
    const known = records.get(key)
    const record: CacheRecord = {
      atlas: "cache-record/1",
      store: "memory",
      key,
      definition,
      rows,
      outputs: listing.outputs,
      findings,
      summary,
      run,
      at,
      ms
    }
    const result = (one: CacheRecord) => JSON.stringify([one.outputs, one.findings, one.summary])
    if (known !== undefined && result(known) === result(record)) return "known"
    records.set(key, structuredClone(record))
    return "stored"
  }

  return {
    get: (key) => Effect.sync(() => structuredClone(records.get(key) ?? null)),
    restore: (record, places) =>
      restoreOutputs(record.outputs, places, fetch).pipe(
        Effect.as(true),
        Effect.catch((refusal) =>
          Effect.sync(() => {
            if (refusal.why === "gone") records.delete(record.key)
            return false
          })
        )
      ),
    put: (request) =>
      Effect.sync((): Put => {
        try {
          return put(request)
        } catch {
          return "changed"
        }
      }),
    pin: () => {},
    collect: () =>
      Effect.sync(() => {
        const used = new Set([...records.values()].flatMap((record) => [...objectsOf(record).keys()]))
        for (const sha256 of objects.keys()) if (!used.has(sha256)) objects.delete(sha256)
        const bytes = [...objects.values()].reduce((sum, { length }) => sum + length, 0)
        return { entries: nothing, objects: nothing, quarantine: nothing, temporaries: nothing, bytes, cap: bytes }
      }),
    stats: () =>
      Effect.sync(() => {
        const bytes = [...objects.values()].reduce((sum, { length }) => sum + length, 0)
        return {
          atlas: "cache-stats/1" as const,
          folder: "",
          state: "ready" as const,
          entries: records.size,
          objects: objects.size,
          bytes,
          cap: bytes,
          quarantine: nothing,
          runs: [],
          warnings: []
        }
      }),
    note: () => Effect.void,
    warnings: () => []
  }
}
