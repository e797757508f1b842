/** Reading what is remembered below `.atlas/`. Total and without a trace of its own: what cannot be believed is a warning. */
import * as fs from "node:fs"
import * as path from "node:path"
import { Schema } from "effect"
import { RunReport } from "../domain/RunReport.ts"
import type { Trace } from "../domain/Trace.ts"
import { isGone } from "./FileStat.ts"
import { temporaryPrefix } from "./ReplaceFile.ts"
import { readSealed, type SealProblem } from "./SealedJson.ts"
import { foundVersion, stateVersion } from "./StateFolder.ts"
import { traceName } from "./TraceName.ts"
import { isTrace } from "./TraceShape.ts"

/** Largest trace or report that is believed, bytes. */
const limitBytes = 256 * 1024 * 1024

export interface StateWarning {
  readonly path: string
  readonly problem: SealProblem
  readonly message: string
}

const words: Readonly<Record<SealProblem, string>> = {
  unreadable: "cannot be read",
  "too-large": "is larger than it may be",
  truncated: "is cut off",
  corrupt: "does not match its own digest or is not well-formed",
  foreign: "is not what its name says",
  newer: "was written by a newer atlas-run"
}

export interface TraceFiles {
  readonly traces: string
  readonly report: string
  readonly fileOf: (task: string) => string
  readonly get: (task: string) => Trace | null
  readonly all: (but?: ReadonlySet<string>) => ReadonlyMap<string, Trace>
  readonly lastReport: () => RunReport | null
  readonly warnings: () => ReadonlyArray<StateWarning>
  /** A file was written anew: what was wrong with it is past. */
  readonly settle: (file: string) => void
}

const decodeReport = Schema.decodeUnknownOption(RunReport)

export const readTraceFiles = (state: string): TraceFiles => {
  const traces = path.join(state, "traces")
  const report = path.join(state, "runs", "last.json")
  const version = path.join(state, "version")
  const warned = new Map<string, StateWarning>()
  let checkedVersion = false

  const warn = (at: string, problem: SealProblem) => {
    if (!warned.has(at)) warned.set(at, { path: at, problem, message: `${at} ${words[problem]}; it is ignored` })
    return null
  }
  const fileOf = (task: string) => path.join(traces, `${traceName(task)}.json`)

  /** Only said: every file below carries a version of its own. */
  const checkVersion = () => {
    if (checkedVersion) return
    checkedVersion = true
    const found = foundVersion(state)
    if (found !== null && found !== stateVersion) warn(version, /^atlas-state\/\d+$/.test(found) ? "newer" : "foreign")
  }

  const read = (file: string, belongs: (trace: Trace) => boolean): Trace | null => {
    checkVersion()
    const opened = readSealed(file, "trace/1", limitBytes)
    if (opened.state === "absent") return null
    if (opened.state !== "good") return warn(file, opened.state)
    if (!isTrace(opened.document)) return warn(file, "corrupt")
    return belongs(opened.document) ? opened.document : warn(file, "foreign")
  }

  const names = (): ReadonlyArray<string> => {
    try {
      return fs.readdirSync(traces)
    } catch (cause) {
      if (!isGone(cause)) warn(traces, "unreadable")
      return []
    }
  }

  return {
    traces,
    report,
    fileOf,
    get: (task) => read(fileOf(task), (trace) => trace.task === task),
    all: (but = new Set()) => {
      const found = new Map<string, Trace>()
      const left = new Set(Array.from(but, (task) => `${traceName(task)}.json`))
      for (const name of names()) {
        if (!name.endsWith(".json") || name.startsWith(temporaryPrefix) || left.has(name)) continue
        const trace = read(path.join(traces, name), (trace) => `${traceName(trace.task)}.json` === name)
        if (trace !== null) found.set(trace.task, trace)
      }
      return found
    },
    lastReport: () => {
      const opened = readSealed(report, "run-report/1", limitBytes)
      if (opened.state === "absent") return null
      if (opened.state !== "good") return warn(report, opened.state)
      const decoded = decodeReport(opened.document, { onExcessProperty: "error" })
      return decoded._tag === "Some" ? decoded.value : warn(report, "corrupt")
    },
    warnings: () => [...warned.values()],
    settle: (file) => void warned.delete(file)
  }
}
