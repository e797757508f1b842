/**
 * Locks between processes that the kernel releases when the holder dies: `BEGIN EXCLUSIVE` on an empty SQLite file. A suspended or
 * busy holder keeps its lock, and no clock is read. The `.json` beside it says who holds it, for messages only.
 * Nothing else of this process may open a lock file: closing any descriptor of it would drop the lock (POSIX).
 */
import * as fs from "node:fs/promises"
import { hostname } from "node:os"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Clock, Effect, Result, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { canonicalJson } from "../canonical-json.ts"
import { type IoDurability, makeDirectory } from "../durable.ts"
import { parseStrictJson } from "../strict-json.ts"

/** Who holds a lock; `since` is ISO UTC. */
export const LockHolder = Schema.Struct({ pid: Schema.Int, host: Schema.String, command: Schema.String, since: Schema.String })
export type LockHolder = typeof LockHolder.Type

export class LockBusy extends Schema.TaggedError<LockBusy>()("LockBusy", {
  ...Told,
  path: Schema.String,
  holder: Schema.NullOr(LockHolder),
  waitedMs: Schema.Int
}) {
  static readonly docs: ErrorDocs = {
    summary: "Another process holds a lock for longer than this one may wait",
    hint: "wait for the other process to end, or raise the time limit; the lock goes with its holder, nothing has to be removed",
    example: "store/.atlas/lock.db is held by process 4711 on hostA since 2026-11-22T10:00:00.000Z (atlas-run run)"
  }
}

export class LockUnusable extends Schema.TaggedError<LockUnusable>()("LockUnusable", {
  ...Told,
  path: Schema.String,
  reason: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "A lock file cannot be used",
    hint: "when no other process uses the store, remove this file and run again",
    example: "store/.atlas/lock.db cannot be used as a lock: file is not a database"
  }
}

export interface LockOptions {
  /** How long to wait for another holder, ms; 60,000 if not given, 0 to try once. */
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 60_000
const sliceMs = 100
const busy = 5 // SQLITE_BUSY
const holderBytes = 65_536

const holderFile = (lock: string) => `${lock.slice(0, -".db".length)}.json`

const readHolder = (lock: string): Effect.Effect<LockHolder | null> =>
  Effect.promise(async () => {
    const bytes = await fs.readFile(holderFile(lock)).catch(() => undefined)
    if (bytes === undefined || bytes.length > holderBytes) return null
    const json = parseStrictJson(bytes)
    if (Result.isFailure(json)) return null
    const holder = Schema.decodeUnknownResult(LockHolder)(json.success)
    return Result.isSuccess(holder) ? holder.success : null
  })

/** `undefined` where another holds it. */
const attempt = (path: string): Effect.Effect<DatabaseSync | undefined, LockUnusable> =>
  Effect.try({
    try: () => {
      const database = new DatabaseSync(path, { timeout: 0 })
      try {
        database.exec("PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE")
        return database
      } catch (cause) {
        database.close()
        if (((cause as { readonly errcode?: number }).errcode ?? 0) % 256 === busy) return undefined
        throw cause
      }
    },
    catch: (cause) => {
      const reason = cause instanceof Error ? cause.message : String(cause)
      return new LockUnusable({ message: `${path} cannot be used as a lock: ${reason}`, where: { path }, path, reason })
    }
  })

const told = (holder: LockHolder | null) =>
  holder === null ? "another process" : `process ${holder.pid} on ${holder.host} since ${holder.since} (${holder.command})`

const acquire = (path: string, timeoutMs: number): Effect.Effect<DatabaseSync, LockBusy | LockUnusable> =>
  Effect.gen(function* () {
    // Slices are counted, not measured: a clock that jumps changes nothing.
    for (let waitedMs = 0; ; waitedMs += sliceMs) {
      const database = yield* attempt(path)
      if (database !== undefined) return database
      if (waitedMs >= timeoutMs) {
        const holder = yield* readHolder(path)
        return yield* new LockBusy({ message: `${path} is held by ${told(holder)}`, where: { path }, path, holder, waitedMs })
      }
      yield* Effect.interruptible(Effect.sleep(sliceMs))
    }
  })

const announce = (path: string) =>
  Effect.gen(function* () {
    const since = new Date(yield* Clock.currentTimeMillis).toISOString()
    const holder: LockHolder = { pid: process.pid, host: hostname(), command: process.argv.slice(1, 4).join(" "), since }
    yield* Effect.promise(() => fs.writeFile(holderFile(path), canonicalJson(holder)).catch(() => undefined))
  })

/** Holds the lock `path` (its name ends in `.db`; its folder is made if missing) while `use` runs. */
export const withLock = <A, E, R>(
  path: string,
  use: Effect.Effect<A, E, R>,
  options: LockOptions = {}
): Effect.Effect<A, E | IoDurability | LockBusy | LockUnusable, R> =>
  Effect.andThen(
    makeDirectory(dirname(path)),
    Effect.acquireUseRelease(
      Effect.tap(acquire(path, options.timeoutMs ?? defaultTimeoutMs), () => announce(path)),
      () => use,
      (database) =>
        Effect.promise(() => fs.rm(holderFile(path), { force: true }).catch(() => undefined)).pipe(
          Effect.andThen(Effect.sync(() => database.close()))
        )
    )
  )
