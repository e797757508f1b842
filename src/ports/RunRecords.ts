/**
 * What past runs did: a sealed file a run below `.atlas/runs`, written while it goes on, in its place once it ended. Disposable. Reads
 * never fail and never write: what cannot be believed is told and left out.
 */
import { createHash, type Hash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Context, Layer, Schema } from "effect"
import { type RecordedTask, type RunEnd, type RunHead, RunRecord, RunSummary } from "../domain/RunRecord.ts"
import { wordsOf } from "./Errno.ts"
import { removeFile } from "./RemoveTree.ts"
import { writeAll } from "./ReplaceFile.ts"
import { readVouched } from "./SealedJson.ts"
import { ensureStateFolder } from "./StateFolder.ts"
import { makeFolders } from "./MakeFolders.ts"

const kind = "run-record/1"
const limitBytes = 1024 * 1024 * 1024
/** Characters that are written at once. */
const chunk = 256 * 1024
const runName = /^\d{8}T\d{6}-[0-9a-f]{8}$/

/** The file of one run while it goes on. Nothing here throws: a record that cannot be written is a sentence at the end. */
export interface RunWriter {
  /** `idle`: by itself not worth a record. */
  readonly add: (task: RecordedTask, idle: boolean) => void
  /** Puts it in its place; what went wrong, null if nothing did. Writes nothing for a run that did nothing. */
  readonly end: (end: RunEnd) => string | null
}

export interface RunRecordsShape {
  readonly begin: (head: RunHead) => RunWriter
  /** Ids of the runs that left a record, newest first. */
  readonly runs: () => ReadonlyArray<string>
  /** Null if there is none to believe; with the tasks that are asked for, all if none are named. */
  readonly read: (run: string, tasks?: ReadonlySet<string>) => RunRecord | null
  readonly summary: (run: string) => RunSummary | null
  /** What was met so far that could not be believed, as sentences. */
  readonly warnings: () => ReadonlyArray<string>
}

const words: Readonly<Record<string, string>> = {
  unreadable: "cannot be read",
  "too-large": "is larger than it may be",
  truncated: "is cut off",
  corrupt: "does not match its own digest or is not well-formed",
  foreign: "is not what its name says",
  newer: "was written by a newer atlas-run"
}

const decodeRecord = Schema.decodeUnknownOption(RunRecord)
const nothing: ReadonlySet<string> = new Set()

/** A key that no text within the document can be taken for: quotes in it are escaped. */
const summaryKey = '],"summary":'

/**
 * A document that a seal has vouched for, with tasks that nobody asked for left out before they are decoded; most records name none
 * of a few tasks, and are not even parsed then.
 */
const documentIn = (open: Buffer, tasks: ReadonlySet<string> | undefined): unknown => {
  const at = open.lastIndexOf(summaryKey)
  try {
    if (at > 0 && tasks !== undefined && ![...tasks].some((task) => open.includes(`{"task":${JSON.stringify(task)},`)))
      return { atlas: kind, tasks: [], summary: JSON.parse(open.toString("utf8", at + summaryKey.length)) }
    const document = JSON.parse(`${open.toString("utf8")}}`) as { readonly tasks?: unknown }
    const { tasks: all } = document
    if (tasks === undefined || !Array.isArray(all)) return document
    const asked = all.filter((task: { readonly task?: unknown } | null) => typeof task?.task === "string" && tasks.has(task.task))
    return { ...document, tasks: asked }
  } catch {
    return null
  }
}

const namesIn = (folder: string): ReadonlyArray<string> => {
  try {
    return fs.readdirSync(folder)
  } catch {
    return []
  }
}

/** A file that grows: `name.part` until its seal is on. */
class Growing {
  readonly #part: string
  readonly #descriptor: number
  readonly #hash: Hash = createHash("sha256")
  #pending = ""

  constructor(part: string) {
    this.#part = part
    const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = fs.constants
    this.#descriptor = fs.openSync(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o644)
  }

  add(text: string): void {
    this.#pending += text
    if (this.#pending.length >= chunk) this.#write()
  }

  #write(): void {
    const bytes = Buffer.from(this.#pending)
    this.#pending = ""
    this.#hash.update(bytes)
    writeAll(this.#descriptor, bytes)
  }

  /** As `seal` ends a document. */
  seal(final: string): void {
    try {
      this.#write()
      writeAll(this.#descriptor, Buffer.from(`,"sha256":"${this.#hash.digest("hex")}"}\n`))
    } finally {
      fs.closeSync(this.#descriptor)
    }
    fs.renameSync(this.#part, final)
  }

  /** The next run that writes a record clears away what cannot be taken away now. */
  abandon(): void {
    for (const end of [() => fs.closeSync(this.#descriptor), () => removeFile(this.#part)]) {
      try {
        end()
      } catch {
        // It was closed already, or cannot be removed.
      }
    }
  }
}

export const openRunRecords = (state: string): RunRecordsShape => {
  const folder = path.join(state, "runs")
  const warned = new Map<string, string>()
  const warn = (file: string, problem: string): null => {
    warned.set(file, `${file} ${words[problem] ?? problem}; it is left out`)
    return null
  }

  const begin = (head: RunHead): RunWriter => {
    const final = path.join(folder, `${head.run}.json`)
    let file: Growing | null = null
    let idle: Array<string> = []
    let some = false
    let problem: string | null = null

    const quietly = (write: () => void): void => {
      if (problem !== null) return
      try {
        write()
      } catch (cause) {
        problem = `the record of this run could not be written: ${wordsOf(cause).what}`
        file?.abandon()
        file = null
      }
    }
    const append = (file: Growing, text: string): void => {
      file.add(some ? `,${text}` : text)
      some = true
    }
    const opened = (): Growing => {
      if (file !== null) return file
      ensureStateFolder(state)
      makeFolders(folder)
      // Under the lease nobody else is writing one.
      for (const name of namesIn(folder)) if (name.endsWith(".part")) removeFile(path.join(folder, name))
      const made = new Growing(`${final}.part`)
      file = made
      made.add(`{"atlas":"${kind}","tasks":[`)
      for (const text of idle) append(made, text)
      idle = []
      return made
    }
    return {
      add: (task, isIdle) =>
        quietly(() => {
          const text = JSON.stringify(task)
          if (isIdle && file === null) idle.push(text)
          else append(opened(), text)
        }),
      end: (end) => {
        quietly(() => {
          if (file === null) return
          const { outcome, exit, ms, counts, warnings } = end
          const summary: RunSummary = { ...head, outcome, exit, ms, counts, warnings }
          file.add(`],"summary":${JSON.stringify(summary)}`)
          file.seal(final)
          file = null
        })
        return problem
      }
    }
  }

  const read = (run: string, tasks?: ReadonlySet<string>): RunRecord | null => {
    if (!runName.test(run)) return null
    const file = path.join(folder, `${run}.json`)
    const vouched = readVouched(file, kind, limitBytes)
    if (vouched.state === "absent") return null
    if (vouched.state !== "good") return warn(file, vouched.state)
    const decoded = decodeRecord(documentIn(vouched.open, tasks), { onExcessProperty: "error" })
    if (decoded._tag === "None") return warn(file, "corrupt")
    return decoded.value.summary.run === run ? decoded.value : warn(file, "foreign")
  }

  return {
    begin,
    runs: () =>
      namesIn(folder)
        .filter((name) => name.endsWith(".json") && runName.test(name.slice(0, -".json".length)))
        .map((name) => name.slice(0, -".json".length))
        .sort()
        .toReversed(),
    read,
    summary: (run) => read(run, nothing)?.summary ?? null,
    warnings: () => [...warned.values()]
  }
}

export class RunRecords extends Context.Service<RunRecords, RunRecordsShape>()("atlas-run/ports/RunRecords") {
  /** Files below `state`, the absolute `.atlas`; made by the first run that does something. */
  static readonly layer = (state: string): Layer.Layer<RunRecords> => Layer.sync(RunRecords, () => openRunRecords(state))

  static readonly layerMemory: Layer.Layer<RunRecords> = Layer.sync(RunRecords, () => {
    const kept = new Map<string, RunRecord>()
    return {
      begin: (head) => {
        const tasks: Array<RecordedTask> = []
        let acted = false
        return {
          add: (task, idle) => {
            tasks.push(structuredClone(task))
            acted ||= !idle
          },
          end: ({ outcome, exit, ms, counts, warnings }) => {
            if (acted) kept.set(head.run, { atlas: "run-record/1", tasks, summary: { ...head, outcome, exit, ms, counts, warnings } })
            return null
          }
        }
      },
      runs: () => [...kept.keys()].sort().toReversed(),
      read: (run, tasks) => {
        const record = kept.get(run)
        if (record === undefined) return null
        return structuredClone({ ...record, tasks: record.tasks.filter(({ task }) => tasks === undefined || tasks.has(task)) })
      },
      summary: (run) => structuredClone(kept.get(run)?.summary ?? null),
      warnings: () => []
    }
  })
}
