/** The files behind `StateStore`: `traces/<task>.json` and `runs/last.json`, each sealed and replaced by rename. */
import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Exit } from "effect"
import type { DiskFull } from "../domain/FileErrors.ts"
import type { RunReport } from "../domain/RunReport.ts"
import type { StateWriteFailed } from "../domain/StateErrors.ts"
import type { Trace } from "../domain/Trace.ts"
import { errnoOf, stateFault } from "./Errno.ts"
import { isGone } from "./FileStat.ts"
import { makeFolders } from "./MakeFolders.ts"
import { removeFile, removeTree } from "./RemoveTree.ts"
import { replaceFile, syncFolder, temporaryPrefix } from "./ReplaceFile.ts"
import { seal } from "./SealedJson.ts"
import { syncFile } from "./SyncFile.ts"
import { ensureStateFolder } from "./StateFolder.ts"
import { readTraceFiles, type StateWarning } from "./TraceFiles.ts"

/** So many files are synced at once. */
const syncsAtOnce = 4

type Written = Effect.Effect<void, StateWriteFailed | DiskFull>

export interface StateStoreShape {
  /** Read anew at each call; null if there is none to believe. */
  readonly get: (task: string) => Trace | null
  /** All traces, by task, whether or not the project still has the task; without those of `but`. */
  readonly all: (but?: ReadonlySet<string>) => ReadonlyMap<string, Trace>
  /** Atomic at once, durable by the next `flush`: until then a power cut may take the trace, and the task runs again. */
  readonly put: (trace: Trace) => Written
  readonly remove: (task: string) => Written
  /** All that was put is on the disk when this succeeds. What cannot be made durable is removed. */
  readonly flush: () => Written
  readonly putReport: (report: RunReport) => Written
  readonly lastReport: () => RunReport | null
  /** What was met so far that could not be believed, each path once. */
  readonly warnings: () => ReadonlyArray<StateWarning>
}

/** Gone meanwhile is good: then there is nothing to make durable. */
const syncTrace = (file: string): Effect.Effect<void, unknown> => Effect.catchIf(syncFile(file), isGone, () => Effect.void)

const writing = (file: string, write: () => void) => Effect.try({ try: write, catch: (cause) => stateFault(file, cause) })

export const openStateFiles = (state: string): StateStoreShape => {
  const files = readTraceFiles(state)
  const unsynced = new Set<string>()
  let prepared = false

  /** Once, before the first write: folders, and what a killed run left half-written. */
  const prepare = () => {
    if (prepared) return
    ensureStateFolder(state)
    for (const below of [files.traces, path.dirname(files.report)]) {
      makeFolders(below)
      for (const name of fs.readdirSync(below)) if (name.startsWith(temporaryPrefix)) removeFile(path.join(below, name))
    }
    prepared = true
  }

  /** Once more after clearing away what stands in the way: a folder under a file's name, or `.atlas` removed meanwhile. */
  const replace = (file: string, document: { readonly atlas: string }, durable: boolean) => {
    prepare()
    const content = seal(document)
    try {
      replaceFile(file, content, { durable })
    } catch (cause) {
      const errno = errnoOf(cause)
      if (errno === "EISDIR") removeTree(file)
      else if (errno !== "ENOENT") throw cause
      prepared = false
      prepare()
      replaceFile(file, content, { durable })
    }
    files.settle(file)
  }

  const flush = Effect.gen(function* () {
    if (unsynced.size === 0) return
    yield* Effect.forEach(
      [...unsynced],
      (file) =>
        syncTrace(file).pipe(
          Effect.mapError((cause) => stateFault(file, cause)),
          // Its bytes may be lost although they can be read now: nobody may believe them.
          Effect.tapError(() => Effect.try({ try: () => removeFile(file), catch: (cause) => stateFault(file, cause) })),
          Effect.onExit((exit) => Effect.sync(() => void (Exit.hasInterrupts(exit) || unsynced.delete(file))))
        ),
      { concurrency: syncsAtOnce, discard: true }
    )
    yield* writing(state, () => {
      for (const below of [files.traces, state, path.dirname(state)]) syncFolder(below)
    })
  })

  return {
    get: files.get,
    all: files.all,
    put: (trace) =>
      Effect.suspend(() => {
        const file = files.fileOf(trace.task)
        return writing(file, () => {
          replace(file, trace, false)
          unsynced.add(file)
        })
      }),
    remove: (task) =>
      Effect.suspend(() => {
        const file = files.fileOf(task)
        return writing(file, () => {
          removeTree(file)
          unsynced.delete(file)
        })
      }),
    flush: () => flush,
    putReport: (last) => writing(files.report, () => replace(files.report, last, true)),
    lastReport: files.lastReport,
    warnings: files.warnings
  }
}
