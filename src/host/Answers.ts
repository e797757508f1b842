/** How a host process answers one question after another, and how it stands afterwards. */
import { dirname } from "node:path"
import { Schema } from "effect"
import { encodeFailure, type ErrorDocument } from "../domain/Failure.ts"
import { DocumentVersion, PluginLeak, TaskLost } from "../domain/Fault.ts"
import { DigestDocument, type HostEvent, ObserveDocument, type ResultDocument, TaskDocument } from "../domain/TaskDocument.ts"
import type { HostModule } from "../ports/Host.ts"
import { highWater, resetHighWater } from "../ports/Resident.ts"
import { refused } from "./Denied.ts"
import { reportName } from "./Fate.ts"
import { processState, residue, settled } from "./Residue.ts"
import { startedPrograms } from "./StartedPrograms.ts"
import { type Ask, hostMark, type Tell, versionOf } from "./Wire.ts"

interface Line {
  readonly host: () => HostModule | null
  readonly say: (message: Tell) => void
  readonly began: (id: number, task: string) => void
  readonly ended: (task: string) => void
  /** Before the answer to an execution: nothing may come after it, since the engine may end the host at once. */
  readonly executed: () => void
}

/** Above this a host is not used again, bytes. */
const residentLimit = 1024 ** 3

/** Characters of log lines that a task may tell; what is beyond is counted. */
const logLimit = 1024 * 1024

const taskOf = (document: unknown): string => {
  const task: unknown = typeof document === "object" && document !== null ? (document as { readonly task?: unknown }).task : undefined
  return typeof task === "string" ? task : "an unknown task"
}

/** The document, or why it is none that this host can work with. */
const read = <A>(
  schema: Schema.Codec<A, unknown>,
  version: string,
  document: unknown
): { readonly ok: A } | { readonly error: ErrorDocument } => {
  const found = versionOf(document)
  if (found !== version) {
    const message = `the document of ${taskOf(document)} is ${found}, this host reads ${version}`
    return { error: encodeFailure(new DocumentVersion({ message, found, known: version })) }
  }
  const exit = Schema.decodeUnknownExit(schema)(document, { onExcessProperty: "error" })
  if (exit._tag === "Success") return { ok: exit.value }
  const [reason] = exit.cause.reasons
  const why = reason?._tag === "Fail" ? reason.error.message : "it cannot be decoded"
  return { error: encodeFailure(new TaskLost({ message: `the document of ${taskOf(document)} is no ${version}: ${why}` })) }
}

const failedResult = (task: string, error: ErrorDocument): ResultDocument => ({
  atlas: "result/1",
  task,
  errors: [error],
  findings: [],
  values: {},
  summary: null
})

/** Passes events on, log lines up to a limit; `rest` tells how much was left out. */
const telling = (say: (event: HostEvent) => void) => {
  let told = 0
  let left = 0
  return {
    tell: (event: HostEvent): void => {
      if (event.event !== "log") return say(event)
      if (told > logLimit) return void left++
      told += event.message.length + 1
      say(event)
    },
    rest: (): void => {
      if (left > 0) say({ event: "log", level: "warning", message: `${left.toLocaleString("en")} more lines were left out` })
    }
  }
}

/** Gives a task its declared variables, over what the host has. */
const declare = (environment: TaskDocument["environment"]): (() => void) => {
  const before = new Map(Object.keys(environment).map((name) => [name, process.env[name]]))
  const put = (name: string, value: string | null | undefined) => {
    if (value === null || value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  for (const [name, value] of Object.entries(environment)) put(name, value)
  return () => {
    for (const [name, value] of before) put(name, value)
  }
}

/** One question at a time: the next comes when the last is answered. */
export const answerer = ({ host, say, began, ended, executed }: Line) => {
  let abort = new AbortController()

  const refuse = (id: number, document: unknown): void => say({ tell: "answer", id, document, clean: true, programs: false })

  const evaluate = async (id: number): Promise<void> => {
    // a config starts nothing, and is told nothing that is another each time
    delete process.env[hostMark]
    const document = await host()?.evaluate()
    say({ tell: "answer", id, document, clean: true, programs: startedPrograms() })
  }

  const execute = async (id: number, document: unknown): Promise<void> => {
    const reading = read(TaskDocument, "task/1", document)
    if ("error" in reading) return refuse(id, failedResult(taskOf(document), reading.error))
    const task = reading.ok
    const module = host()
    if (module === null)
      return refuse(id, failedResult(task.task, encodeFailure(new TaskLost({ message: "the host was given no config" }))))
    // imports belong to no task: what they leave is how the process is
    await module.ready()
    began(id, task.task)
    if (process.report !== undefined) {
      process.report.directory = dirname(task.scratch)
      process.report.filename = reportName(process.pid)
    }
    const undeclare = declare(task.environment)
    const before = processState()
    const events = telling((event) => say({ tell: "event", id, event }))
    resetHighWater()
    // what imports were refused says nothing of the task
    refused(task.task)
    const done = await module.execute(task, events.tell, abort.signal).catch(() => null)
    const denied = refused(task.task)
    const result = done === null || denied.length === 0 ? done : { ...done, errors: denied }
    const peak = highWater("self")
    await settled(before)
    const left = residue(before)
    undeclare()
    events.rest()
    const broke = result !== null && result.errors.some(({ code }) => code === "TASK_DEFECT")
    const answer =
      result === null || left.length === 0 || result.errors.length > 0
        ? result
        : {
            ...result,
            errors: [encodeFailure(new PluginLeak({ message: `${task.task} left behind: ${left.join("; ")}`, left: [...left] }))]
          }
    const clean = left.length === 0 && !broke && process.memoryUsage.rss() < residentLimit
    ended(task.task)
    executed()
    const measured = answer === null || peak === null ? answer : { ...answer, peakMiB: Math.ceil(peak / 1024 ** 2) }
    say({ tell: "answer", id, document: measured, clean, programs: startedPrograms() })
  }

  /** A question that no task runs for. */
  const asked = async <Question extends { readonly task: string }>(
    id: number,
    reading: ReturnType<typeof read<Question>>,
    nothing: (error: ErrorDocument) => unknown,
    answer: (module: HostModule, question: Question) => Promise<unknown>
  ): Promise<void> => {
    if ("error" in reading) return refuse(id, nothing(reading.error))
    const module = host()
    if (module === null) return refuse(id, nothing(encodeFailure(new TaskLost({ message: "the host was given no config" }))))
    await module.ready()
    began(id, reading.ok.task)
    const before = processState()
    const document = await answer(module, reading.ok).catch(() => null)
    await settled(before)
    const clean = residue(before).length === 0 && process.memoryUsage.rss() < residentLimit
    ended(reading.ok.task)
    say({ tell: "answer", id, document, clean, programs: startedPrograms() })
  }

  const observe = (id: number, document: unknown): Promise<void> =>
    asked(
      id,
      read(ObserveDocument, "observe/1", document),
      (error) => ({ atlas: "observation/1", task: taskOf(document), errors: [error], desired: null, live: null, witnesses: [] }),
      (module, question) => module.observe(question, abort.signal)
    )

  const digest = (id: number, document: unknown): Promise<void> =>
    asked(
      id,
      read(DigestDocument, "digest/1", document),
      (error) => ({ atlas: "content-digest/1", task: taskOf(document), errors: [error], digest: null, unreadable: null }),
      (module, question) => module.digest(question, abort.signal)
    )

  return (ask: Exclude<Ask, { readonly ask: "open" }>): void => {
    if (ask.ask === "interrupt") return abort.abort()
    abort = new AbortController()
    if (ask.ask === "evaluate") void evaluate(ask.id)
    else if (ask.ask === "execute") void execute(ask.id, ask.document)
    else if (ask.ask === "observe") void observe(ask.id, ask.document)
    else void digest(ask.id, ask.document)
  }
}
