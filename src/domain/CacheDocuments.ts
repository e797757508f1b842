/** What the local cache keeps, and what `cache stats` and `gc` print. */
import { Schema } from "effect"
import { Finding } from "./Finding.ts"
import { OutputKind } from "./ProjectDocument.ts"
import { OutputFile, Row, type Trace } from "./Trace.ts"

/** `cache/1`: whose cache a folder is. A record of another one is not believed. */
export const CacheMark = Schema.Struct({ atlas: Schema.Literal("cache/1"), store: Schema.String })
export type CacheMark = typeof CacheMark.Type

/** As in the trace, with its permission bits (none for a link), and the text of a link. */
export const CachedFile = Schema.Struct({
  ...OutputFile.fields,
  mode: Schema.optionalKey(Schema.Int),
  link: Schema.optionalKey(Schema.String)
})
export type CachedFile = typeof CachedFile.Type

export const CachedOutput = Schema.Struct({
  name: Schema.String,
  kind: OutputKind,
  value: Schema.NullOr(Schema.String),
  digest: Schema.String,
  files: Schema.Array(CachedFile)
})
export type CachedOutput = typeof CachedOutput.Type

/** `cache-record/1`: what one execution gave. `key` is the digest of `definition` and `rows`; `store` is the mark's. */
export const CacheRecord = Schema.Struct({
  atlas: Schema.Literal("cache-record/1"),
  store: Schema.String,
  key: Schema.String,
  definition: Schema.String,
  rows: Schema.Array(Row),
  outputs: Schema.Array(CachedOutput),
  findings: Schema.Array(Finding),
  summary: Schema.NullOr(Schema.String),
  /** Run that executed it, when (UTC), and how long that took. */
  run: Schema.String,
  at: Schema.String,
  ms: Schema.Number
})
export type CacheRecord = typeof CacheRecord.Type

/** The trace of a task that was restored; `pathOf` gives an output's place as the project has it. `rows` are the task's own. */
export const restoredTrace = (record: CacheRecord, task: string, rows: ReadonlyArray<Row>, pathOf: (output: string) => string): Trace => ({
  atlas: "trace/1",
  task,
  run: record.run,
  at: record.at,
  ms: record.ms,
  rows,
  outputs: record.outputs.map(({ name, kind, value, digest, files }) => ({
    name,
    kind,
    path: kind === "value" ? "" : pathOf(name),
    value,
    digest,
    files: files.map(({ path, type, bytes, sha256 }) => ({ path, type, bytes, sha256 }))
  })),
  findings: record.findings,
  summary: record.summary,
  applied: null
})

const count = Schema.Int

/** What one run got from the cache and gave to it. A miss is a task that had to be executed. */
export const CacheUse = Schema.Struct({ run: Schema.String, at: Schema.String, hits: count, misses: count, stored: count })
export type CacheUse = typeof CacheUse.Type

/** `cache-uses/1`: the last runs that used the cache, newest first. Disposable. */
export const CacheUses = Schema.Struct({ atlas: Schema.Literal("cache-uses/1"), runs: Schema.Array(CacheUse) })
export type CacheUses = typeof CacheUses.Type

/**
 * `state`: a part of `.atlas`; `outputs`: of one stage, as its tasks recorded them, checks with their stage; `root`: a place that stages
 * name, with all that is in it; `path` as the project writes it.
 */
export const Footprint = Schema.Struct({
  kind: Schema.Literals(["state", "outputs", "root"]),
  name: Schema.String,
  path: Schema.NullOr(Schema.String),
  files: count,
  bytes: Schema.Number
})
export type Footprint = typeof Footprint.Type

/** Bytes are those of files, not of blocks. `state`: `off` is a cache that this build leaves alone. */
export const CacheStatsDocument = Schema.Struct({
  atlas: Schema.Literal("cache-stats/1"),
  folder: Schema.String,
  state: Schema.Literals(["absent", "ready", "off"]),
  entries: count,
  objects: count,
  /** Of objects and entries together. */
  bytes: Schema.Number,
  /** Of these, in objects that are also an output now: on a file system with reflinks they are there once. */
  shared: Schema.optionalKey(Schema.Number),
  /** What else the project has on the disk, largest first. */
  footprint: Schema.optionalKey(Schema.Array(Footprint)),
  cap: Schema.Number,
  quarantine: Schema.Struct({ files: count, bytes: Schema.Number }),
  runs: Schema.Array(CacheUse),
  warnings: Schema.Array(Schema.String)
})
export type CacheStatsDocument = typeof CacheStatsDocument.Type

const Dropped = Schema.Struct({ files: count, bytes: Schema.Number })

/** What was, or on a dry run would be, dropped from the cache. */
export const CacheCollected = Schema.Struct({
  /** Entries beyond the cap, least recently used first, and those that cannot be believed. */
  entries: Dropped,
  /** Objects that no entry refers to. */
  objects: Dropped,
  quarantine: Dropped,
  /** Half-written files of processes that died. */
  temporaries: Dropped,
  /** Bytes that stay, and the cap they are held against. */
  bytes: Schema.Number,
  cap: Schema.Number
})
export type CacheCollected = typeof CacheCollected.Type

/**
 * `present`: stands there as recorded; `altered`: not as recorded; `shared`: the project still names the place or something
 * in it; `outside`: not below the project's folder, or reached through a link; `gone`: nothing is there; `removed`: was taken away.
 */
export const OrphanState = Schema.Literals(["present", "altered", "shared", "outside", "gone", "removed"])
export type OrphanState = typeof OrphanState.Type

export const Orphan = Schema.Struct({
  task: Schema.String,
  /** The task of the project that rests on the same, and seems to be it under another name. */
  renamedTo: Schema.optionalKey(Schema.String),
  /** Whether what was remembered of the task was dropped. */
  forgotten: Schema.Boolean,
  outputs: Schema.Array(Schema.Struct({ name: Schema.String, path: Schema.String, state: OrphanState, bytes: Schema.Number }))
})
export type Orphan = typeof Orphan.Type

/** `gc`: what was dropped; on a dry run, what would be. Paths as the project writes them. */
export const GcDocument = Schema.Struct({
  atlas: Schema.Literal("gc/1"),
  project: Schema.String,
  dryRun: Schema.Boolean,
  /** Tasks that are remembered and that the project no longer has. */
  orphans: Schema.Array(Orphan),
  cache: CacheCollected,
  /** What runs that died left beside outputs and in the scratch folder. */
  leftovers: Schema.Array(Schema.String),
  /** Reports of runs that are no longer among the last, logs of tasks that nothing else remembers, compiled code of other Nodes. */
  reports: Schema.Array(Schema.String),
  /** Bytes of files that are gone, or would be. */
  freed: Schema.Number,
  warnings: Schema.Array(Schema.String)
})
export type GcDocument = typeof GcDocument.Type
