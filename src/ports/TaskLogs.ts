/**
 * The last log of each task: what it logged and its programs printed, bounded. Written as it comes (a killed run leaves what it
 * had), replaced atomically at the task's end. Disposable: nothing depends on it, and nothing is synced.
 */
import * as path from "node:path"
import { Context, Effect, Layer } from "effect"
import type { DiskFull } from "../domain/FileErrors.ts"
import type { StateWriteFailed } from "../domain/StateErrors.ts"
import type { KeptLog, LogLevel } from "../domain/ViewDocuments.ts"
import { stateFault } from "./Errno.ts"
import { OpenLog } from "./OpenLog.ts"
import { readLog } from "./ReadLog.ts"
import { traceName } from "./TraceName.ts"

/** The log of a task that runs. */
export interface TaskLog {
  /** Never fails: what goes wrong is told by `close`. */
  readonly append: (level: LogLevel, message: string) => void
  /** Puts the log in its place; one without lines leaves none. */
  readonly close: Effect.Effect<void, StateWriteFailed | DiskFull>
}

export interface TaskLogsShape {
  /** Touches nothing until something is logged. By the holder of the lease, one log a task at a time. */
  readonly open: (task: string, run: string) => TaskLog
  /** What is kept; also of a task that is still running, or was killed. Null if there is none that can be read. */
  readonly read: (task: string) => KeptLog | null
}

export class TaskLogs extends Context.Service<TaskLogs, TaskLogsShape>()("atlas-run/ports/TaskLogs") {
  /** Files `logs/<task>.log` below `state`, the absolute `.atlas`. */
  static readonly layer = (state: string): Layer.Layer<TaskLogs> =>
    Layer.sync(TaskLogs, () => {
      const fileOf = (task: string): string => path.join(state, "logs", `${traceName(task)}.log`)
      return {
        open: (task, run) => {
          const file = fileOf(task)
          const log = new OpenLog({ state, file, run })
          return {
            append: (level, message) => log.append(level, message),
            close: Effect.try({ try: () => log.close(), catch: (cause) => stateFault(file, cause) })
          }
        },
        read: (task) => readLog(fileOf(task))
      }
    })
}
