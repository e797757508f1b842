/**
 * Filling a database from spooled rows, in a thread of its own where that is permitted: SQLite takes as long as all else of writing a dataset.
 * The thread's text is that of `steps` and `work`, so that it is the same from source, in a bundle and within a package.
 */
import { Worker } from "node:worker_threads"
import { Effect } from "effect"

/** Rows of one table: pieces of the spool, each a JSON list of `width` values a row, all rows of one sequence. */
interface Fill {
  readonly width: number
  /** Inserts one row, or `together` of them; a row's parameters are its number from 1, its sequence, its values. */
  readonly one: string
  readonly many: string
  readonly together: number
  readonly pieces: ReadonlyArray<{ readonly seqid: string; readonly at: number; readonly bytes: number }>
}

export interface FillJob {
  /** A database to fill, and the one that the statements make out of it; empty files. */
  readonly working: string
  readonly path: string
  /** The spool's descriptor. */
  readonly spool: number
  readonly before: ReadonlyArray<string>
  /** Small tables. */
  readonly rows: ReadonlyArray<{ readonly insert: string; readonly values: ReadonlyArray<string | number | null> }>
  readonly fills: ReadonlyArray<Fill>
  readonly after: ReadonlyArray<string>
  /** Of the database that was made. */
  readonly last: ReadonlyArray<string>
}

/** One step a piece or a statement; gives the bytes read back. Names nothing of this module. */
function* steps(job: FillJob): Generator<number, void> {
  const { readSync } = process.getBuiltinModule("node:fs")
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
  const textOf = (at: number, bytes: number): string => {
    const buffer = Buffer.allocUnsafe(bytes)
    for (let done = 0; done < bytes;) {
      const read = readSync(job.spool, buffer, done, bytes - done, at + done)
      if (read === 0) throw new Error("the spool ends early")
      done += read
    }
    return buffer.toString("utf8")
  }
  const database = new DatabaseSync(job.working)
  try {
    for (const statement of job.before) database.exec(statement)
    for (const { insert, values } of job.rows) database.prepare(insert).run(...values)
    for (const { width, one, many, together, pieces } of job.fills) {
      const [single, several] = [database.prepare(one), database.prepare(many)]
      let number = 0
      for (const { seqid, at, bytes } of pieces) {
        const values = JSON.parse(textOf(at, bytes)) as ReadonlyArray<string | number | null>
        const rows = values.length / width
        for (let row = 0; row < rows;) {
          const count = rows - row >= together ? together : 1
          const parameters: Array<string | number | null> = []
          for (const end = row + count; row < end; row++) {
            parameters.push(++number, seqid)
            for (let i = row * width; i < (row + 1) * width; i++) parameters.push(values[i]!)
          }
          if (count === 1) single.run(...parameters)
          else several.run(...parameters)
        }
        yield bytes
      }
    }
    for (const statement of job.after) {
      database.exec(statement)
      yield 0
    }
  } finally {
    database.close()
  }
  const made = new DatabaseSync(job.path)
  try {
    for (const statement of job.last) made.exec(statement)
  } finally {
    made.close()
  }
}

/** What the thread says: bytes read back, or how it ended. */
type Said = number | { readonly failed: string; readonly code: string | undefined } | "done"

/** Runs in the thread, which gets nothing but this text and that of `steps`. */
const work = (run: typeof steps): void => {
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads")
  try {
    for (const bytes of run(workerData as FillJob)) if (bytes > 0) parentPort?.postMessage(bytes, [])
    parentPort?.postMessage("done", [])
  } catch (cause) {
    const { code } = cause as { readonly code?: unknown }
    parentPort?.postMessage(
      {
        failed: cause instanceof Error ? cause.message : String(cause),
        code: typeof code === "string" ? code : undefined
      },
      []
    )
  }
}

/** What it holds are rows of one piece: more room for garbage gains no time. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 }

/** Undefined where threads are not permitted (`--permission`), or none can be started. */
const startThread = (job: FillJob): Worker | undefined => {
  try {
    return new Worker(`(${work.toString()})(${steps.toString()})`, {
      eval: true,
      workerData: job,
      env: {},
      execArgv: [],
      resourceLimits,
      name: "database"
    })
  } catch {
    return undefined
  }
}

const inThread = (thread: Worker, onBytes: (bytes: number) => void): Effect.Effect<void, unknown> =>
  Effect.callback<void, unknown>((resume) => {
    let done = false
    thread.on("message", (said: Said) => {
      if (typeof said === "number") onBytes(said)
      else if (said === "done") done = true
      else resume(Effect.fail(Object.assign(new Error(said.failed), said.code === undefined ? {} : { code: said.code })))
    })
    thread.on("error", (error) => resume(Effect.fail(error)))
    thread.on("exit", () => resume(done ? Effect.void : Effect.fail(new Error("the thread that fills the database ended early"))))
    return Effect.promise(() => thread.terminate())
  })

const here = (job: FillJob, onBytes: (bytes: number) => void): Effect.Effect<void, unknown> =>
  Effect.suspend(() => {
    const running = steps(job)
    return Effect.gen(function* () {
      for (;;) {
        const step = yield* Effect.try({ try: () => running.next(), catch: (cause) => cause })
        if (step.done === true) return
        if (step.value > 0) onBytes(step.value)
        yield* Effect.yieldNow
      }
    }).pipe(Effect.ensuring(Effect.sync(() => void running.return())))
  })

/** Runs the job; fails with what SQLite or the system said. Interruption ends it and closes the database. */
export const fillDatabase = (job: FillJob, onBytes: (bytes: number) => void): Effect.Effect<void, unknown> =>
  Effect.suspend(() => {
    const thread = startThread(job)
    return thread === undefined ? here(job, onBytes) : inThread(thread, onBytes)
  })
